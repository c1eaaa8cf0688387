"""How well the engine finds turns in labelled recordings, for each turn detection and noise reduction.

    python -m benchmarks.turn_quality FOLDER [--only semantic] [--reduction off near_field far_field]
                                      [--format g711_ulaw] [--beneath ID --below 10] [--per-clip] [--curve]
                                      [--json FILE]

Runs the session core itself: recordings in, 20 ms at a time, events out, time counted in audio; so the same recordings
give the same figures on any machine. FOLDER is described in benchmarks/clips.py, the figures in benchmarks/scoring.py.
The turn judge's answer arrives JUDGE_SECONDS after it was asked.

Which labels count for what: frames and latencies those set exactly (exact, aligned, gold); cut-offs, missed and
spurious turns all of them, since a hold or a turn is there wherever its edges lie. server_vad's boundaries are
corrected by padding and silence as the API defines them; semantic_vad has neither, so its frames are those on the wire,
with the waiting at the end of each turn counted as speech.
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.background import Background
from benchmarks.clips import RATE, BadClip, Clip, Samples, load
from benchmarks.scoring import DetectedTurn, Score, interval, percentile, score
from realtime_api.config import NoiseReduction, SemanticVad, ServerVad, SessionConfig
from realtime_api.ga import GA
from realtime_engine.core.outputs import SendEvent, StartJob
from realtime_engine.core.ports import Encoder, JudgeTurn, TurnJudged
from realtime_engine.core.session import RealtimeSession
from realtime_engine.core.turn_detection import PATIENCE
from realtime_engine.speech.ports import LocalSpeechPorts

CHUNK = RATE // 50
JUDGE_SECONDS = 0.06
TIGHT_LABELS = {"exact", "aligned", "gold"}
COLLAR = 0.1
REDUCTIONS = {
    "off": None,
    "near_field": NoiseReduction(type="near_field"),
    "far_field": NoiseReduction(type="far_field"),
}
FORMATS = ("pcm16", "g711_ulaw", "g711_alaw")
TurnDetection = ServerVad | SemanticVad


@dataclass(frozen=True, slots=True)
class Configuration:
    """What one row of the table is about."""

    turn_detection: TurnDetection
    reduction: str = "off"
    format: str = "pcm16"

    @property
    def name(self) -> str:
        match self.turn_detection:
            case ServerVad() as vad:
                return f"server_vad({vad.silence_duration_ms}, {vad.threshold})"
            case SemanticVad() as vad:
                return f"semantic_vad({vad.eagerness})"

    @property
    def tail_seconds(self) -> float:
        """Room tone that must follow the last word for a decision to come."""
        match self.turn_detection:
            case ServerVad() as vad:
                return max(2.5, vad.silence_duration_ms / 1000 + 1)
            case SemanticVad() as vad:
                return PATIENCE[vad.eagerness].most / 1000 + 1


TABLE: list[TurnDetection] = [
    *(ServerVad(silence_duration_ms=silence, create_response=False) for silence in (200, 500, 800)),
    *(ServerVad(threshold=threshold, create_response=False) for threshold in (0.3, 0.7, 0.9)),
    *(SemanticVad(eagerness=eagerness, create_response=False) for eagerness in ("low", "medium", "high")),
]
CURVE: list[TurnDetection] = [
    *(ServerVad(silence_duration_ms=silence, create_response=False) for silence in range(200, 1700, 200)),
    *TABLE[-3:],
]


def detect(configuration: Configuration, audio: Samples, ports: LocalSpeechPorts) -> list[DetectedTurn]:
    """Feeds a recording to a session and gathers the turns it reports."""
    ids = count()
    session = RealtimeSession(
        SessionConfig(
            turn_detection=configuration.turn_detection,
            noise_reduction=REDUCTIONS[configuration.reduction],
            input_format=configuration.format,  # type: ignore[arg-type]  # checked by SessionConfig
        ),
        GA,
        ports=ports,
        new_id=lambda prefix: f"{prefix}_{next(ids)}",
        media="events",
        now=0.0,
        expires_at=0,
    )
    appends = _appends(audio, ports.encoder(configuration.format))
    return list(_turns(configuration.turn_detection, _events(session, appends, ports)))


def _appends(audio: Samples, encoder: Encoder) -> Iterator[str]:
    """What a client sends, 20 ms each."""
    for start in range(0, len(audio), CHUNK):
        data = base64.b64encode(encoder.encode(audio[start : start + CHUNK])).decode()
        yield json.dumps({"type": "input_audio_buffer.append", "audio": data})


def _events(session: RealtimeSession, appends: Iterable[str], ports: LocalSpeechPorts) -> Iterator[tuple[float, Any]]:
    """Server events with the time at which they left, in seconds of audio sent."""
    answers: list[tuple[float, TurnJudged]] = []
    for number, append in enumerate(appends, 1):
        now = number * CHUNK / RATE
        while answers and answers[0][0] <= now:
            session.job_done(answers.pop(0)[1], now)
        session.receive_message(append, now)
        while session.backlog:
            session.process_backlog(now)
        for output in session.take_outputs():
            if isinstance(output, SendEvent):
                yield now, output.event
            elif isinstance(output, StartJob) and isinstance(output.job, JudgeTurn):
                assert ports.judge is not None
                probability = ports.judge.judge(output.job.audio)
                answers.append((now + JUDGE_SECONDS, TurnJudged(output.job.job_id, probability)))


def _turns(policy: TurnDetection, events: Iterator[tuple[float, Any]]) -> Iterator[DetectedTurn]:
    """Boundaries corrected as the API defines them; padding that the turn before cut short is not taken off."""
    padding, silence = 0, 0
    if isinstance(policy, ServerVad):
        padding, silence = policy.prefix_padding_ms, policy.silence_duration_ms
    begun: tuple[float, float] | None = None
    last_end_ms = 0
    for now, event in events:
        if event["type"] == "input_audio_buffer.speech_started":
            start_ms = event["audio_start_ms"]
            begun = (start_ms if start_ms == last_end_ms else start_ms + padding) / 1000, now
        elif event["type"] == "input_audio_buffer.speech_stopped":
            assert begun is not None
            last_end_ms = event["audio_end_ms"]
            yield DetectedTurn(begun[0], (last_end_ms - silence) / 1000, begun[1], now)
            begun = None
    if begun is not None:
        yield DetectedTurn(begun[0], None, begun[1], None)


def with_room_tone(clip: Clip, seconds: float) -> Samples:
    """The recording, its own last room tone repeated until ``seconds`` follow the last word."""
    audio = clip.samples()
    if clip.is_noise:
        return audio
    spoken = round((clip.speech[-1][1] + 0.3) * RATE)
    tone = audio[spoken:][-RATE:]
    missing = max(0, round((clip.speech[-1][1] + seconds) * RATE) - len(audio))
    swing = np.concatenate((tone[::-1], tone))  # back and forth: no jump at the seams
    return np.concatenate((audio, np.resize(swing, missing)))


@dataclass(frozen=True, slots=True)
class Row:
    """One configuration's figures, in the units of the table."""

    configuration: Configuration
    tight: Score
    every: Score
    noise: Score
    collared: Score
    clips: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, other: Row) -> None:
        """Pools further clips, measured in the same configuration."""
        self.tight.add(other.tight)
        self.every.add(other.every)
        self.noise.add(other.noise)
        self.collared.add(other.collared)
        self.clips.update(other.clips)

    def figures(self) -> dict[str, Any]:
        """For the JSON line: rates 0..1, milliseconds."""
        frames, collared = self.tight.frames, self.collared.frames
        return {
            "configuration": self.configuration.name,
            "noise_reduction": self.configuration.reduction,
            "format": self.configuration.format,
            "f1": frames.f1,
            "fpr": frames.fpr,
            "fnr": frames.fnr,
            "collar_ms": COLLAR * 1000,
            "f1_collar": collared.f1,
            "fpr_collar": collared.fpr,
            "fnr_collar": collared.fnr,
            "holds": self.every.holds,
            "false_cutoffs": self.every.cut_holds,
            "false_cutoff_interval": interval(self.every.cut_holds, self.every.holds),
            "turns": self.every.turns,
            "cut_turns": self.every.cut_turns,
            "missed": self.every.missed,
            "spurious": self.every.spurious,
            "spurious_in_noise": self.noise.spurious,
            "end_latency_n": len(self.tight.end_latencies),
            "end_latency_ms": _milliseconds(self.tight.end_latencies),
            "end_latency_all_labels_ms": _milliseconds(self.every.end_latencies),
            "start_latency_ms": _milliseconds(self.tight.start_latencies),
            "onset_error_ms": _milliseconds(self.tight.onset_errors),
            "clips": self.clips,
        }


def _milliseconds(seconds: Sequence[float]) -> dict[str, int | None]:
    values = {f"p{percent}": percentile(seconds, percent) for percent in (50, 95)}
    return {name: None if value is None else round(value * 1000) for name, value in values.items()}


def measure(
    configuration: Configuration,
    clips: Sequence[Clip],
    ports: LocalSpeechPorts,
    background: Background | None = None,
    *,
    per_clip: bool = False,
) -> Row:
    """Runs every clip (those of speech, where a ``background`` lies beneath), and pools what its labels allow."""
    row = Row(configuration, Score(), Score(), Score(), Score())
    for clip in clips:
        if background and clip.is_noise:
            continue
        audio = with_room_tone(clip, configuration.tail_seconds)
        audio = background.beneath(clip, audio) if background else audio
        detected = detect(configuration, audio, ports)
        result = score(clip, detected, len(audio) / RATE)
        row.clips[clip.id] = _clip_figures(result, detected)
        if per_clip:
            print(_clip_line(clip, result, detected))
        (row.noise if clip.is_noise else row.every).add(result)
        if clip.quality in TIGHT_LABELS and not clip.is_noise:
            row.tight.add(result)
            row.collared.add(score(clip, detected, len(audio) / RATE, COLLAR))
    return row


def _clip_figures(result: Score, detected: Sequence[DetectedTurn]) -> dict[str, Any]:
    """For the JSON line; seconds, but for the latencies."""
    frames = result.frames
    return {
        "f1": frames.f1,
        "fpr": frames.fpr,
        "fnr": frames.fnr,
        "holds": result.holds,
        "false_cutoffs": result.cut_holds,
        "spurious": result.spurious,
        "missed": result.missed,
        "end_latency_ms": [round(seconds * 1000) for seconds in result.end_latencies],
        "turns": [(turn.onset, turn.end) for turn in detected],
    }


def _clip_line(clip: Clip, result: Score, detected: Sequence[DetectedTurn]) -> str:
    spans = " ".join(f"{turn.onset:.2f}-{turn.end or float('nan'):.2f}" for turn in detected)
    latencies = [round(seconds * 1000) for seconds in result.end_latencies]
    frames = result.frames
    return (
        f"    {clip.id:<30} {clip.quality:<8} F1 {_rate(frames.f1)} FPR {_rate(frames.fpr)} FNR {_rate(frames.fnr)}"
        f" cut {result.cut_holds}/{result.holds} spurious {result.spurious} missed {result.missed}"
        f" end {latencies} ms | {spans}"
    )


HEADER = (
    f"{'configuration':<24}{'reduction':<11}{'F1':>6}{'FPR':>6}{'FNR':>6}{'F1±100':>8}"
    f"{'false cut-offs':>22}{'missed':>8}{'spurious':>9}{'in noise':>9}"
    f"{'end p50':>9}{'p95':>6}{'start p50':>10}{'p95':>6}"
)


def table_line(row: Row) -> str:
    """One row of the table."""
    figures = row.figures()
    low, high = figures["false_cutoff_interval"] or (0.0, 1.0)
    cut = f"{figures['false_cutoffs']}/{figures['holds']} [{low:.0%}, {high:.0%}]"
    end, start = figures["end_latency_ms"], figures["start_latency_ms"]
    return (
        f"{figures['configuration']:<24}{figures['noise_reduction']:<11}"
        f"{_rate(figures['f1']):>6}{_rate(figures['fpr']):>6}{_rate(figures['fnr']):>6}{_rate(figures['f1_collar']):>8}"
        f"{cut:>22}{figures['missed']:>8}{figures['spurious']:>9}{figures['spurious_in_noise']:>9}"
        f"{_cell(end['p50']):>9}{_cell(end['p95']):>6}{_cell(start['p50']):>10}{_cell(start['p95']):>6}"
    )


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _cell(value: int | None) -> str:
    return "-" if value is None else str(value)


def chosen(clips: Iterable[Clip], wanted: str) -> Clip:
    """The clip with this id. Raises BadClip."""
    for clip in clips:
        if clip.id == wanted:
            return clip
    raise BadClip(f"There is no clip with the id {wanted!r}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="configurations whose name contains this")
    parser.add_argument("--reduction", nargs="+", choices=REDUCTIONS, default=list(REDUCTIONS))
    parser.add_argument("--format", choices=FORMATS, default="pcm16", help="of the audio the session is sent")
    parser.add_argument("--beneath", metavar="ID", help="a recording to play beneath the others")
    parser.add_argument("--below", type=float, default=10, metavar="DB", help="by how much it is softer than speech")
    parser.add_argument("--per-clip", action="store_true")
    parser.add_argument("--curve", action="store_true", help="latency against cut-offs: server_vad by its silence")
    parser.add_argument("--json", type=Path, help="also append one line of JSON per configuration to this file")
    options = parser.parse_args()
    clips, ports = load(options.folder), LocalSpeechPorts.load()
    if options.beneath and options.beneath not in {clip.id for clip in clips if clip.is_noise}:
        parser.error(f"--beneath {options.beneath}: there is no clip of noise or music with this id")
    policies = CURVE if options.curve else TABLE
    background = Background(chosen(clips, options.beneath).samples(), options.below) if options.beneath else None
    print(HEADER)
    for reduction, policy in product(options.reduction, policies):
        configuration = Configuration(policy, reduction, options.format)
        if options.only in configuration.name:
            row = measure(configuration, clips, ports, background, per_clip=options.per_clip)
            print(table_line(row), flush=True)
            if options.json:
                with options.json.open("a") as file:
                    beneath = {"beneath": options.beneath, "below_db": options.below if background else None}
                    file.write(json.dumps(row.figures() | beneath) + "\n")


if __name__ == "__main__":
    main()
