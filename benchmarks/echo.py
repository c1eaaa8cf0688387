"""How often the model's own voice, heard back by the microphone of a WebRTC call, interrupts it; how soon people do.

    python -m benchmarks.echo FOLDER [--json FILE]

The session core itself is run: it plays a text in several voices, and its microphone hears that again, later, more
quietly, through a room, with hiss at NOISE. Time is counted in audio. ``false`` is detected turns per minute of playing
with nobody there, ``unguarded`` the same on a WebSocket, where the engine does not know what is played when. Then the
turns of FOLDER (benchmarks/clips.py) whose onset is labelled exactly are spoken over it: ``start`` is the arrival of
speech_started after the true onset (p50, p95, ms), ``onset`` the error of audio_start_ms plus padding, ``missed`` those
not found within 2 s, ``early`` those where a turn had begun before.
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, count, product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.clips import RATE, Clip, Samples, load
from benchmarks.scoring import percentile
from benchmarks.turn_quality import CHUNK, TIGHT_LABELS
from benchmarks.voices import say
from realtime_api.config import ServerVad, SessionConfig
from realtime_api.ga import GA
from realtime_engine.core.outputs import Media, SendEvent, StartJob
from realtime_engine.core.ports import Reply, ReplyDone, ReplyText, Speak, SpeechChunk, SpeechDone, SpeechPorts
from realtime_engine.core.session import RealtimeSession
from realtime_engine.speech.espeak import espeak
from realtime_engine.speech.ports import LocalSpeechPorts

TEXT = (
    "Once upon a time there was a small lighthouse on a cliff above the sea. Every evening its keeper climbed ninety "
    "steps to light the lamp. One night a great storm came, and the ships could not see the shore."
)
VOICES = ("alloy", "cedar", "coral", "echo")
DELAYS_MS = (50, 120, 200, 300)
LEVELS_DB = (-30, -20, -12)
ROOMS_MS = (0, 80)
NOISE = 3.0  # root mean square, about -80 dB of full scale
NOISES_DB = (-10, -5, 0, 5)  # louder hiss, relative to what is heard of the voice
NOISY = (-20, 80, 120)  # level, room and delay with those
OVER_FROM = (2.0, 5.0)  # seconds of playing before somebody speaks
FOUND_WITHIN = 2.0
LEAD = 0.3  # of the recording before the onset
NO_REPLY = ServerVad(silence_duration_ms=200, create_response=False, interrupt_response=False)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Started:
    """A speech_started event, in seconds of the microphone's audio: when it left, and the onset it tells."""

    arrived: float
    onset: float


def leak(voice: Samples, delay_ms: int, level_db: float, room_ms: int = 0) -> Floats:
    """What a microphone hears of a voice; ``room_ms`` is the time in which the room's sound falls by 60 dB."""
    path = np.zeros(1 + room_ms * RATE // 1000)
    path[0] = 1.0
    if room_ms:
        at = np.arange(1, len(path)) / len(path)
        reverberation = np.random.default_rng(room_ms).standard_normal(len(at)) * 10 ** (-3 * at)
        path[1:] = 0.7 * reverberation / np.sqrt(np.square(reverberation).sum())
    heard = np.convolve(np.concatenate((np.zeros(delay_ms * RATE // 1000), voice)), path)[: len(voice)]
    return np.asarray(10 ** (level_db / 20) * heard)


def microphone(*sounds: Floats, noise: float = NOISE) -> Samples:
    """All that is heard at once, with hiss of this root mean square."""
    hiss = np.random.default_rng(1).standard_normal(len(sounds[0])) * noise
    return np.clip(np.round(sum(sounds, hiss)), -32768, 32767).astype(np.int16)


def starts(ports: SpeechPorts, played: Samples, heard: Samples, media: Media = "track") -> list[Started]:
    """Plays a voice to a microphone that hears this meanwhile, and gathers the turns that begin."""
    ids = count()
    session = RealtimeSession(
        SessionConfig(turn_detection=NO_REPLY),
        GA,
        ports=ports,
        new_id=lambda prefix: f"{prefix}_{next(ids)}",
        media=media,
        now=0.0,
        expires_at=0,
    )
    _play(session, played)
    return list(_listen(session, heard, media))


def _play(session: RealtimeSession, audio: Samples) -> None:
    session.receive_message(json.dumps({"type": "response.create"}), 0.0)
    reply = _job(session, Reply)
    session.job_done(ReplyText(reply, "A story."), 0.0)
    session.job_done(ReplyDone(reply), 0.0)
    speech = _job(session, Speak)
    session.job_done(SpeechChunk(speech, audio), 0.0)
    session.job_done(SpeechDone(speech), 0.0)


def _job(session: RealtimeSession, kind: type[Reply] | type[Speak]) -> str:
    jobs = [output.job for output in session.take_outputs() if isinstance(output, StartJob)]
    return next(job.job_id for job in jobs if isinstance(job, kind))


def _listen(session: RealtimeSession, heard: Samples, media: Media) -> Iterator[Started]:
    for begin in range(0, len(heard), CHUNK):
        audio, now = heard[begin : begin + CHUNK], (begin + CHUNK) / RATE
        session.handle_timer(now)
        if media == "track":
            session.receive_audio(audio, now)
        else:
            data = base64.b64encode(audio.tobytes()).decode()
            session.receive_message(json.dumps({"type": "input_audio_buffer.append", "audio": data}), now)
        while session.backlog:
            session.process_backlog(now)
        for output in session.take_outputs():
            if isinstance(output, SendEvent) and output.event["type"] == "input_audio_buffer.speech_started":
                yield Started(now, (output.event["audio_start_ms"] + NO_REPLY.prefix_padding_ms) / 1000)


@dataclass(frozen=True, slots=True)
class Alone:
    """One leak with nobody there; turns per minute. ``noise_db`` is relative to the leak, None stands for NOISE."""

    delay_ms: int
    level_db: float
    room_ms: int
    noise_db: float | None
    false: float
    unguarded: float


def alone(
    ports: SpeechPorts,
    voices: Sequence[Samples],
    level_db: float,
    room_ms: int,
    delay_ms: int,
    noise_db: float | None = None,
) -> Alone:
    """Every voice with one leak and nobody there."""
    minutes = sum(len(voice) for voice in voices) / RATE / 60
    leaks = [leak(voice, delay_ms, level_db, room_ms) for voice in voices]
    heard = [microphone(sound, noise=_noise(sound, noise_db)) for sound in leaks]
    false, unguarded = (
        sum(len(starts(ports, *each, media)) for each in zip(voices, heard, strict=True)) / minutes for media in MEDIA
    )
    return Alone(delay_ms, level_db, room_ms, noise_db, false, unguarded)


def _noise(sound: Floats, noise_db: float | None) -> float:
    return NOISE if noise_db is None else float(np.sqrt(np.square(sound).mean()) * 10 ** (noise_db / 20))


MEDIA: tuple[Media, Media] = ("track", "events")


@dataclass(frozen=True, slots=True)
class Over:
    """People speaking over one leak; milliseconds."""

    level_db: float | None
    room_ms: int
    speakers: int
    missed: int
    early: int
    start_ms: tuple[float | None, float | None]
    onset_ms: tuple[float | None, float | None]


def over(
    ports: SpeechPorts, voices: Sequence[Samples], clips: Sequence[Clip], level_db: float | None, room_ms: int
) -> Over:
    """Every clip's first turn over every voice, with the next delay each time; level None is a headset."""
    found: list[Started] = []
    missed = early = 0
    delays = (DELAYS_MS * (1 + len(voices) * len(clips) * len(OVER_FROM)))[: len(voices) * len(clips) * len(OVER_FROM)]
    for delay_ms, (voice, clip, since) in zip(delays, product(voices, clips, OVER_FROM), strict=True):
        echo = np.zeros(len(voice)) if level_db is None else leak(voice, delay_ms, level_db, room_ms)
        onset, speech = spoken(clip, since, len(voice))
        begun = starts(ports, voice, microphone(echo, speech))
        of_speech = [start for start in begun if start.arrived > onset - 0.05]
        early += any(start.arrived <= onset - 0.05 for start in begun)
        if of_speech and of_speech[0].arrived <= onset + FOUND_WITHIN:
            found.append(Started(of_speech[0].arrived - onset, of_speech[0].onset - onset))
        elif len(of_speech) == len(begun):
            missed += 1
    latencies, errors = [1000 * each.arrived for each in found], [1000 * each.onset for each in found]
    return Over(level_db, room_ms, len(delays), missed, early, _p50_p95(latencies), _p50_p95(errors))


def spoken(clip: Clip, since: float, length: int) -> tuple[float, Floats]:
    """The clip's first turn from ``since`` s on (from LEAD before its onset), in silence; and its onset there."""
    begin = max(0.0, clip.speech[0][0] - LEAD)
    sound = np.zeros(length)
    at, part = round(since * RATE), clip.samples()[round(begin * RATE) : round(clip.turns[0].end * RATE)]
    part = part[: length - at]
    sound[at : at + len(part)] = part
    return since + clip.speech[0][0] - begin, sound


def _p50_p95(values: Sequence[float]) -> tuple[float | None, float | None]:
    return percentile(values, 50), percentile(values, 95)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="also append one line of JSON per row to this file")
    options = parser.parse_args()
    ports = LocalSpeechPorts.load()
    clips = [clip for clip in load(options.folder) if clip.quality in TIGHT_LABELS and not clip.is_noise]
    with espeak() as synthesiser:
        voices = [say(synthesiser, name, TEXT)[0] for name in VOICES]
    rows: list[Alone | Over] = []
    print(ALONE_HEADER)
    quiet = ((*leaked, None) for leaked in product(LEVELS_DB, ROOMS_MS, DELAYS_MS))
    noisy = ((*NOISY, noise_db) for noise_db in NOISES_DB)
    for case in chain(quiet, noisy):
        row = alone(ports, voices, *case)
        print(alone_line(row), flush=True)
        rows.append(row)
    print(OVER_HEADER)
    for level, room_ms in ((None, 0), *product(LEVELS_DB, ROOMS_MS)):
        found = over(ports, voices, clips, level, room_ms)
        print(over_line(found), flush=True)
        rows.append(found)
    if options.json:
        with options.json.open("a") as file:
            file.writelines(json.dumps(asdict(row)) + "\n" for row in rows)


ALONE_HEADER = f"{'level dB':>8}{'room':>6}{'delay':>7}{'noise':>7}{'false':>8}{'unguarded':>11}"
OVER_HEADER = (
    f"{'level dB':>8}{'room':>6}{'n':>5}{'missed':>8}{'early':>7}{'start p50':>11}{'p95':>6}{'onset p50':>11}{'p95':>6}"
)


def alone_line(row: Alone) -> str:
    noise = "-" if row.noise_db is None else f"{row.noise_db:.0f}"
    return f"{row.level_db:>8}{row.room_ms:>6}{row.delay_ms:>7}{noise:>7}{row.false:>8.1f}{row.unguarded:>11.1f}"


def over_line(row: Over) -> str:
    cells = ["-" if cell is None else f"{cell:.0f}" for cell in (*row.start_ms, *row.onset_ms)]
    level: Any = "none" if row.level_db is None else row.level_db
    return (
        f"{level:>8}{row.room_ms:>6}{row.speakers:>5}{row.missed:>8}{row.early:>7}"
        f"{cells[0]:>11}{cells[1]:>6}{cells[2]:>11}{cells[3]:>6}"
    )


if __name__ == "__main__":
    main()
