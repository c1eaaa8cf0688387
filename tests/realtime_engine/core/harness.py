"""A session on a bench: say, be silent, send events, bring results back; then look at what came out.

Its ports are the simplest things that satisfy the protocols: a frame is speech when it is loud, noise reduction is the
identity, and every job is answered by the test. Time is a number the test moves.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from realtime_api.config import SessionConfig
from realtime_api.dialects import DIALECTS
from realtime_engine.core import ports
from realtime_engine.core.limits import Limits
from realtime_engine.core.outputs import CloseSession, Media, PlayAudio, SendEvent, ShowDecision, StartJob, StopPlayback
from realtime_engine.core.session import RealtimeSession

LOUD = 8_000
Samples = ports.Samples


class Pcm16:
    def decode(self, data: bytes) -> Samples:
        if len(data) % 2:
            raise ValueError("pcm16 needs an even number of bytes.")
        return np.frombuffer(data, dtype="<i2")

    def encode(self, samples: Samples) -> bytes:
        return samples.astype("<i2").tobytes()


class Identity:
    """Two of three samples: enough of a resampler for square waves."""

    def process(self, samples: Samples) -> ports.Processed:
        keep = np.arange(len(samples)) % 3 != 2
        return ports.Processed(samples, samples[keep])


class Loudness:
    release_ms = 0

    def probabilities(self, frames: Sequence[Samples]) -> Sequence[float]:
        return [0.9 if np.abs(frame).mean() > LOUD / 2 else 0.02 for frame in frames]


class BenchPorts:
    def decoder(self, audio_format: str) -> Pcm16:
        return Pcm16()

    def encoder(self, audio_format: str) -> Pcm16:
        return Pcm16()

    def front_end(self, noise_reduction: str | None, strength: float) -> Identity:
        return Identity()

    def voice_activity_detector(self) -> Loudness:
        return Loudness()


def tone(ms: int) -> Samples:
    """A loud square wave of 1 kHz."""
    return np.tile(np.repeat(np.array([LOUD, -LOUD], dtype=np.int16), 12), ms)


class Bench:
    """One session under test. ``events`` holds everything sent to the client so far."""

    def __init__(
        self,
        *,
        dialect: str = "ga",
        media: Media = "events",
        limits: Limits | None = None,
        degraded: Mapping[str, str] | None = None,
        languages: Collection[str] | None = ports.ENGLISH,
        session_seconds: float = 3600,
        **config: Any,
    ) -> None:
        counter = itertools.count()
        self.now = 100.0
        self.session = RealtimeSession(
            SessionConfig(**config),
            DIALECTS[dialect],
            ports=BenchPorts(),
            new_id=lambda prefix: f"{prefix}_{next(counter)}",
            media=media,
            now=self.now,
            expires_at=1_800_000_000,
            limits=limits,
            degraded=degraded,
            languages=languages,
            session_seconds=session_seconds,
        )
        self.events: list[dict[str, Any]] = []
        self.decisions: list[dict[str, Any]] = []
        self.jobs: list[ports.Job] = []
        self.played: list[Samples] = []
        self.playback_stopped = 0
        self.closed: CloseSession | None = None
        self._seen = 0
        self.session.start(self.now)
        self._collect()

    # --- what the client does ---

    def send(self, **event: Any) -> None:
        self.session.receive_message(json.dumps(event), self.now)
        self.settle()

    def send_text(self, text: str) -> None:
        self.session.receive_message(text, self.now)
        self.settle()

    def say(self, ms: int) -> None:
        """A loud tone, moving the clock along."""
        self.hear(tone(ms))

    def silence(self, ms: int) -> None:
        self.hear(np.zeros(ms * 24, dtype=np.int16))

    def wait(self, seconds: float) -> None:
        """Let time pass; timers fire when they are due."""
        end = self.now + seconds
        while (timer := self.session.next_timer) is not None and timer <= end:
            self.now = max(self.now, timer)
            self.session.handle_timer(self.now)
            self._collect()
        self.now = end

    # --- what the jobs do ---

    def bring(self, result: ports.JobResult) -> None:
        self.session.job_done(result, self.now)
        self._collect()

    def job(self, kind: type[Any]) -> Any:
        """The latest job of a kind."""
        return [job for job in self.jobs if isinstance(job, kind)][-1]

    def hear_words(self, text: str, guide_text: str | None = None) -> None:
        """The recogniser is done with the latest transcription."""
        tokens = tuple(ports.Token(piece, -0.1) for piece in re.findall(r"\s*\S+", text))
        self.bring(ports.TranscriptDone(self.job(ports.Transcribe).job_id, text, tokens, guide_text))

    def reply(self, *sentences: str) -> None:
        """The replier answers in full."""
        job = self.job(ports.Reply)
        for sentence in sentences:
            self.bring(ports.ReplyText(job.job_id, sentence))
        self.bring(ports.ReplyDone(job.job_id))

    def speak(self, seconds: float = 1.0) -> None:
        """The voice speaks the latest sentence in full, its words evenly spread."""
        job = self.job(ports.Speak)
        samples = int(seconds * ports.SESSION_RATE)
        ends = [i for i, letter in enumerate(job.text + " ") if letter == " "]
        starts = [0, *(end + 1 for end in ends[:-1])]
        marks = tuple(
            ports.SpeechMark(start, end, n * samples // len(ends))
            for n, (start, end) in enumerate(zip(starts, ends, strict=True))
        )
        self.bring(ports.SpeechChunk(job.job_id, np.full(samples, 1000, dtype=np.int16), marks))
        self.bring(ports.SpeechDone(job.job_id))

    # --- what came out ---

    def new_events(self) -> list[dict[str, Any]]:
        """Events since the last call."""
        events = self.events[self._seen :]
        self._seen = len(self.events)
        return events

    def types(self) -> list[str]:
        """Types of the events since the last call, runs of the same type folded into one."""
        return [name for name, _ in itertools.groupby(event["type"] for event in self.new_events())]

    def last(self, event_type: str) -> dict[str, Any]:
        return [event for event in self.events if event["type"] == event_type][-1]

    def hear(self, samples: Samples) -> None:
        for start in range(0, len(samples), 480):
            self.session.receive_audio(samples[start : start + 480], self.now)
            self.settle()
            self.wait(len(samples[start : start + 480]) / ports.SESSION_RATE)

    def settle(self) -> None:
        """Have all audio processed that does not wait for anything."""
        while self.session.backlog:
            self.session.process_backlog(self.now)
        self._collect()

    def _collect(self) -> None:
        for output in self.session.take_outputs():
            match output:
                case SendEvent(event):
                    self.events.append(json.loads(json.dumps(event)))
                case ShowDecision(event):
                    self.decisions.append(event)
                case StartJob(job):
                    self.jobs.append(job)
                case PlayAudio(audio):
                    self.played.append(audio)
                case StopPlayback():
                    self.playback_stopped += 1
                case CloseSession():
                    self.closed = output
