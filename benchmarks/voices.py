"""How far apart the voices are, and how soon the first sound of a text comes.

    python -m benchmarks.voices [--json FILE]

Every voice says the same sentences. Two voices differ in ``timbre``, the root mean square difference of their
long-term spectra in dB, over 40 mel bands and with the loudness taken out, and in ``pitch``, the difference of their
median fundamental frequencies in semitones; their distance is the root of the sum of the squares. Listeners tell
neighbours by about 1 dB and 1 semitone, so APART, 2.5, is where two voices count as different.

``first`` is the time from a text to its first audio within the voice's own process, in ms (median, 95th percentile).
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from realtime_engine.core.ports import SESSION_RATE, Samples, Speak, SpeechChunk
from realtime_engine.speech import voice
from realtime_engine.speech.espeak import Espeak, espeak
from realtime_engine.speech.voices import VOICES

APART = 2.5
SENTENCES = (
    "The quick brown fox jumps over the lazy dog.",
    "She had your dark suit in greasy wash water all year.",
    "Nine men moved the piano down to the river on Monday.",
)
BANDS = 40
FRAME = 1024
PITCHES = (60.0, 400.0)  # hertz
QUIET = 200  # root mean square of a frame between words
VOICED = 0.5  # correlation of a frame with itself one period later
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Character:
    """What is measured of one voice."""

    spectrum_db: Floats  # BANDS values around 0
    pitch_hz: float


def character(samples: Samples) -> Character:
    """The character of speech at SESSION_RATE."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    loud = frames[np.square(frames).mean(axis=1) > QUIET**2]
    power = np.square(np.abs(np.fft.rfft(loud * np.hanning(FRAME)))).mean(axis=0)
    spectrum = 10 * np.log10(np.add.reduceat(power, _band_starts()) + 1)
    return Character(spectrum - spectrum.mean(), float(np.median(_pitches(samples))))


def distance(one: Character, other: Character) -> float:
    """See the module's text."""
    timbre = float(np.sqrt(np.square(one.spectrum_db - other.spectrum_db).mean()))
    return float(np.hypot(timbre, 12 * abs(np.log2(one.pitch_hz / other.pitch_hz))))


def _band_starts() -> npt.NDArray[np.int64]:
    """First bins of bands of equal width in mel, from 100 Hz to the top; each band has a bin at least."""
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (100, SESSION_RATE / 2))
    hertz = 700 * (10 ** (np.linspace(low, high, BANDS, endpoint=False) / 2595) - 1)
    bins = np.ceil(hertz * FRAME / SESSION_RATE).astype(np.int64)
    return np.maximum.accumulate(np.maximum(bins, bins[0] + np.arange(BANDS)))


def _pitches(samples: Samples) -> list[float]:
    """Fundamental frequency of each voiced frame (43 ms), by autocorrelation."""
    shortest, longest = (int(SESSION_RATE / pitch) for pitch in reversed(PITCHES))
    found = []
    for start in range(0, len(samples) - FRAME - longest, FRAME):
        frame = samples[start : start + FRAME + longest].astype(np.float64)
        here = frame[:FRAME]
        lags = range(shortest, longest)
        later = [frame[lag : lag + FRAME] for lag in lags]
        energy = np.sqrt(np.square(here).sum() * np.array([np.square(each).sum() for each in later])) + 1
        likeness = np.array([here @ each for each in later]) / energy
        if likeness.max() > VOICED and np.square(here).mean() > QUIET**2:
            found.append(SESSION_RATE / (shortest + _first_peak(likeness)))
    return found


def _first_peak(likeness: Floats) -> int:
    """The shortest period that is nearly as good as the best: not a multiple of it."""
    good = np.flatnonzero(likeness > 0.9 * likeness.max())
    first = good[: np.flatnonzero(np.diff(good) > 1)[0] + 1] if (np.diff(good) > 1).any() else good
    return int(first[np.argmax(likeness[first])])


def say(synthesiser: Espeak, name: str, text: str) -> tuple[Samples, float]:
    """The text in a voice, and the seconds until its first audio."""
    chunks: list[Samples] = []
    firsts: list[float] = []

    def take(answer: object) -> None:
        if isinstance(answer, SpeechChunk):
            firsts.append(time.perf_counter())
            chunks.append(answer.audio)

    begun = time.perf_counter()
    voice.speak(synthesiser, Speak("benchmark", text, name, 1.0), lambda _job: False, take)
    return np.concatenate(chunks), firsts[0] - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="also append a line of JSON to this file")
    options = parser.parse_args()
    with espeak() as synthesiser:
        said = {name: [say(synthesiser, name, text) for text in SENTENCES] for name in VOICES}
    characters = {name: character(np.concatenate([audio for audio, _ in each])) for name, each in said.items()}
    apart = {pair: distance(*(characters[name] for name in pair)) for pair in itertools.combinations(VOICES, 2)}
    firsts = [seconds * 1000 for each in said.values() for _, seconds in each]
    print(f"{'voice':<10}{'pitch Hz':>9}  nearest voice")
    for name, each in characters.items():
        nearest, other = min((far, *{*pair} - {name}) for pair, far in apart.items() if name in pair)
        print(f"{name:<10}{each.pitch_hz:>9.0f}  {other:<10}{nearest:>5.1f}")
    least, (p50, p95) = min(apart.values()), np.percentile(firsts, (50, 95))
    print(f"least distance {least:.1f} (different from {APART} on); first audio p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    if options.json:
        with options.json.open("a") as file:
            file.write(json.dumps({"least_distance": least, "apart": APART, "first_audio_ms": [p50, p95]}) + "\n")


if __name__ == "__main__":
    main()
