"""How well and how soon the engine's recogniser hears.

    python -m benchmarks.recognition FOLDER [--requests 100] [--seed 2026] [--misheard] [--json FILE]

Two kinds of speech: the labelled recordings of a folder (see ``clips``), as a transcription session hears them under
each noise reduction, and requests to the guide, as a conversation hears them. The requests are made by the guide's
grammar (none of them is a sentence of the corpus that the guide's language model is made of) and spoken by the engine's
voices, by espeak-ng's own ("plain") and, where it is installed, by flite's, at several speeds. Of these voices of
espeak-ng the acoustic model was adapted to coral's alone (en-us+f5), at another pitch.

Columns: WER, the word error rate after numbers are written alike; the share of requests that the guide understands;
CPU milliseconds per second of audio; milliseconds from the last audio to the transcript, median and 95th percentile.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import subprocess
import tempfile
import time
import wave
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import jiwer
import numpy as np

from benchmarks import clips
from realtime_engine.core.ports import ANALYSIS_RATE, SESSION_RATE, Samples
from realtime_engine.speech import guide, noise
from realtime_engine.speech.espeak import Espeak, Manner, espeak
from realtime_engine.speech.guide.corpus import sentences
from realtime_engine.speech.guide.heard import words_of
from realtime_engine.speech.guide.heard_numbers import read_number
from realtime_engine.speech.recogniser import Recogniser
from realtime_engine.speech.resample import Resampler
from realtime_engine.speech.voices import manner

PIECE = ANALYSIS_RATE // 50
SESSION_PIECE = SESSION_RATE // 50
ESPEAK = tuple(itertools.product(("alloy", "echo", "nova", "sage", "coral"), (0.85, 1.0, 1.15)))
PLAIN = tuple(
    itertools.product(
        ("en-us", "en", "en-us+m3", "en-us+f2", "en+m4", "en+f3", "en-us+m6", "en-gb-scotland"), (130, 150, 175)
    )
)
FLITE = tuple(itertools.product(("slt", "rms", "awb", "kal16"), (0.9, 1.0, 1.15)))
SIGNS = {"+": "plus", "-": "minus", "*": "times", "\u00d7": "times", "/": "divided by", "%": "percent", "ok": "okay"}
NO_NUMBERS = ("a", "half")  # "a story"
REDUCTIONS = {"off": None, "near_field": "near_field", "far_field": "far_field"}
COLUMNS = (
    "group", "reduction", "n", "seconds", "wer", "words_invented", "understood",
    "cpu_ms_per_s", "done_ms_p50", "done_ms_p95",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Utterance:
    """Speech at ANALYSIS_RATE, after noise reduction, and what is said."""

    group: str
    name: str
    audio: Samples
    text: str
    for_guide: bool
    reduction: str = "off"


@dataclass(frozen=True, slots=True)
class Result:
    utterance: Utterance
    text: str
    cpu_seconds: float
    end_seconds: float


def recorded(folder: Path) -> Iterator[Utterance]:
    """The clips of a folder whose words are known, once for each noise reduction; noise should give no words."""
    for clip, reduction in itertools.product(clips.load(folder), REDUCTIONS):
        transcript = "" if clip.is_noise else clip.transcript
        if transcript is not None and "(" not in transcript:
            group = "noise" if clip.is_noise else "recordings"
            text = transcript.replace(" / ", " ")
            yield Utterance(group, clip.id, reduced(clip.samples(), reduction), text, False, reduction)


def reduced(samples: Samples, reduction: str) -> Samples:
    """A recording at SESSION_RATE as a session's recogniser gets it: through the front end, 20 ms at a time."""
    front_end = noise.front_end(REDUCTIONS[reduction], 1.0)
    pieces = (samples[start : start + SESSION_PIECE] for start in range(0, len(samples), SESSION_PIECE))
    return np.concatenate([front_end.process(piece).analysis for piece in pieces])


def requests(count: int, seed: int) -> list[str]:
    """Requests that are not in the corpus of the guide's language model."""
    new = sorted(set(sentences(seed)) - set(sentences()))
    return Random(seed).sample(new, count)


def spoken(texts: Sequence[str]) -> Iterator[Utterance]:
    """Each text by one of the engine's voices, one of espeak-ng's own, and one of flite's."""
    with espeak() as synthesiser:
        for text, (name, speed) in zip(texts, itertools.cycle(ESPEAK), strict=False):
            yield request(f"espeak {name}", text, synthesised(synthesiser, text, manner(name, speed)), synthesiser.rate)
        for text, (name, pace) in zip(texts, itertools.cycle(PLAIN), strict=False):
            speech = synthesised(synthesiser, text, Manner(name, pace, pitch=50, pitch_range=50, volume=100))
            yield request(f"plain {name}", text, speech, synthesiser.rate)
    if shutil.which("flite"):
        for text, (name, speed) in zip(texts, itertools.cycle(FLITE), strict=False):
            yield request(f"flite {name}", text, *flite(text, name, speed))


def request(group: str, text: str, speech: Samples, rate: int) -> Utterance:
    return Utterance(group, text, in_room(speech, rate), text, True)


def synthesised(synthesiser: Espeak, text: str, how: Manner) -> Samples:
    """Samples at the synthesiser's rate."""
    chunks: list[Samples] = []

    def collect(chunk: Samples, _words: object) -> bool:
        chunks.append(chunk)
        return True

    synthesiser.speak(text, how, collect)
    return np.concatenate(chunks)


def flite(text: str, name: str, speed: float) -> tuple[Samples, int]:
    """Samples and their rate."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        stretch = f"duration_stretch={1 / speed}"
        subprocess.run(["flite", "-voice", name, "--setf", stretch, "-t", text, "-o", file.name], check=True)
        with wave.open(file.name) as speech:
            return np.frombuffer(speech.readframes(-1), "<i2"), speech.getframerate()


def in_room(speech: Samples, rate: int) -> Samples:
    """As a microphone hands it over: silence before and behind, faint noise everywhere."""
    padded = np.pad(speech, (3 * rate // 10, rate // 2)) * 0.6
    hiss = np.random.default_rng(len(speech)).normal(0, 5, len(padded))
    return analysis((padded + hiss).astype(np.int16), rate)


def analysis(samples: Samples, rate: int) -> Samples:
    return samples if rate == ANALYSIS_RATE else Resampler(rate, ANALYSIS_RATE).process(samples)


def hear(recogniser: Recogniser, utterance: Utterance) -> Result:
    """Fed in pieces, as a session does; time is counted, not waited for."""
    begin = time.process_time()
    recogniser.begin(for_guide=utterance.for_guide)
    for start in range(0, len(utterance.audio), PIECE):
        recogniser.hear(utterance.audio[start : start + PIECE])
        while recogniser.behind:
            recogniser.catch_up()
    ended = time.perf_counter()
    text = recogniser.end().text
    return Result(utterance, text, time.process_time() - begin, time.perf_counter() - ended)


def written_alike(text: str) -> str:
    """Lower case, without punctuation, numbers in digits: "Twelve times 7?" -> "12 times 7"."""
    words, written, at = [SIGNS.get(word, word) for word in words_of(text.replace("%", " percent"))], [], 0
    while at < len(words):
        number = None if words[at] in NO_NUMBERS else read_number(words, at)
        written.append(str(number.value) if number else words[at])
        at = number.end if number else at + 1
    return " ".join(written)


def figures_of(name: str, reduction: str, results: Sequence[Result]) -> dict[str, object]:
    """One row of the table."""
    spoken_words = [written_alike(result.utterance.text) for result in results]
    heard = [written_alike(result.text) for result in results]
    seconds = sum(len(result.utterance.audio) for result in results) / ANALYSIS_RATE
    ends = [1000 * result.end_seconds for result in results]
    asked = [guide.understands(result.text) for result in results if result.utterance.for_guide]
    return {
        "group": name,
        "reduction": reduction,
        "n": len(results),
        "seconds": round(seconds),
        "wer": round(float(jiwer.wer(spoken_words, heard)), 3) if any(spoken_words) else None,
        "words_invented": sum(len(text.split()) for text in heard) if not any(spoken_words) else None,
        "understood": round(sum(asked) / len(asked), 3) if asked else None,
        "cpu_ms_per_s": round(1000 * sum(result.cpu_seconds for result in results) / seconds, 1),
        "done_ms_p50": round(float(np.median(ends))),
        "done_ms_p95": round(float(np.percentile(ends, 95))),
    }


def grouped(results: Sequence[Result]) -> dict[tuple[str, str], list[Result]]:
    """By group and noise reduction; then the requests of each synthesiser, and all of them."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.utterance.group, result.utterance.reduction), []).append(result)
    requested = [result for result in results if result.utterance.for_guide]
    for result in requested:
        groups.setdefault((f"all {result.utterance.group.partition(' ')[0]}", "off"), []).append(result)
    return groups | {("all requests", "off"): requested}


def row(values: Iterable[object]) -> str:
    return "".join(f"{'-' if value is None else value:>15}" for value in values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="recordings with a manifest.json")
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--misheard", action="store_true", help="also print what was misheard")
    parser.add_argument("--json", type=Path, help="also append one line of JSON per row to this file")
    options = parser.parse_args()
    recogniser = Recogniser()
    utterances = [*recorded(options.folder), *spoken(requests(options.requests, options.seed))]
    results = [hear(recogniser, utterance) for utterance in utterances]
    print(row(COLUMNS))
    for (name, reduction), members in grouped(results).items():
        figures = figures_of(name, reduction, members)
        print(row(figures.values()))
        if options.json:
            with options.json.open("a") as file:
                file.write(json.dumps(figures) + "\n")
    for result in results if options.misheard else ():
        if written_alike(result.text) != written_alike(result.utterance.text):
            spoken_under = f"{result.utterance.group:16} {result.utterance.reduction:11}"
            print(f"{spoken_under} {result.utterance.text!r} -> {result.text!r}")


if __name__ == "__main__":
    main()
