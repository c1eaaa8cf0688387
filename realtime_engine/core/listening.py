"""The input side: audio in, turns out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from realtime_api import errors
from realtime_api.config import SemanticVad, ServerVad, SessionConfig
from realtime_api.items import Content, Message
from realtime_api.server_events import (
    BufferCommitted,
    Error,
    ItemAdded,
    ItemDone,
    SpeechStarted,
    SpeechStopped,
    TimeoutTriggered,
)
from realtime_engine.core import wire_audio
from realtime_engine.core.chores import Chore, Chores, one_by_one
from realtime_engine.core.conversation import Conversation, Entry
from realtime_engine.core.echo import Echo
from realtime_engine.core.hearing import Hearing
from realtime_engine.core.input_buffer import AUDIO_PER_MS, InputBuffer
from realtime_engine.core.judging import Judging
from realtime_engine.core.limits import Limits
from realtime_engine.core.outbox import Outbox
from realtime_engine.core.ports import (
    VAD_FRAME,
    FrontEnd,
    JobFailed,
    Samples,
    SpeechPorts,
    TurnJudged,
)
from realtime_engine.core.samples import cut
from realtime_engine.core.turn_detection import CLEARLY_SILENT, FRAME_MS, AskJudge, SpeechEnd, SpeechStart, TurnDetector

OVERFLOW = "input_audio_buffer_overflow"

Heard = Literal["speech_started", "turn_committed"]

SHORTEST_COMMIT_MS = 100
JUDGED_MS = 8_000
KEPT_SILENCE_MS = 1_000
"""Audio kept before the padding while nobody speaks, so that a manual commit still finds what was just said."""

CAPTION_GATE = ServerVad(prefix_padding_ms=1_000)
"""Without turn detection captions begin with the first speech; a generous padding, for nothing said is to be lost."""


class Listening:
    """Detects turns in the audio written, commits them as items and sees that they are transcribed."""

    def __init__(
        self,
        config: SessionConfig,
        outbox: Outbox,
        conversation: Conversation,
        hearing: Hearing,
        ports: SpeechPorts,
        limits: Limits,
        chores: Chores,
        echo: Echo | None,
    ) -> None:
        self._config = config
        self._outbox = outbox
        self._conversation = conversation
        self._hearing = hearing
        self._ports = ports
        self._limits = limits
        self._chores = chores
        self._echo = echo
        self._decoder = ports.decoder(config.input_format)
        self.buffer = InputBuffer(self._make_front_end())
        self._vad = ports.voice_activity_detector()
        self._frame: Samples = np.zeros(0, dtype=np.int16)
        self._frame_end_ms = 0
        self._now = 0.0
        self._detector = self._make_detector()
        self._caption_gate = TurnDetector(CAPTION_GATE, self._vad.release_ms)
        self._overflowing = False  # uncommitted audio was dropped, and the client was told
        self._item_id: str | None = None  # of the turn being spoken
        self._start_ms = 0
        self._transcribe_job: str | None = None
        self._judging = Judging(outbox)

    @property
    def streams_captions(self) -> bool:
        """Transcription without turn detection: deltas are sent before the commit."""
        return self._config.kind == "transcription" and self._config.turn_detection is None

    # --- configuration ---

    def configure(self, config: SessionConfig) -> None:
        """Changes hold from the next audio on; a turn that has begun goes on under the new settings."""
        old, self._config = self._config, config
        if config.input_format != old.input_format:
            self._decoder = self._ports.decoder(config.input_format)
        if config.noise_reduction != old.noise_reduction:
            self.buffer.change_front_end(self._make_front_end())
        if config.turn_detection is not None and self._detector is not None:
            self._detector.policy = config.turn_detection
        elif config.turn_detection != old.turn_detection:
            self._abandon_turn()
            self._restart_vad()
            self._detector = self._make_detector()

    def _make_detector(self) -> TurnDetector | None:
        policy = self._config.turn_detection
        return TurnDetector(policy, self._vad.release_ms) if policy else None

    def _make_front_end(self) -> FrontEnd:
        reduction = self._config.noise_reduction
        if reduction is None:
            return self._ports.front_end(None, 1.0)
        return self._ports.front_end(reduction.type, reduction.strength)

    def _restart_vad(self) -> None:
        self._vad = self._ports.voice_activity_detector()
        self._begin_frame()

    def _begin_frame(self) -> None:
        self._frame = self._frame[:0]
        self._frame_end_ms = self.buffer.analysed_ms

    # --- audio in ---

    def hear(self, samples: Samples, now: float) -> None:
        """Audio of a track, at SESSION_RATE."""
        if self._echo is not None:
            self._echo.hear(samples, now)
        self.buffer.write(samples)

    def append(self, audio: bytes) -> None:
        """Wire audio. Raises InvalidRequest, and then nothing was written."""
        wire_audio.check(audio, self._config.input_format, "audio", self._limits.buffer_ms)
        if wire_audio.is_one_piece(audio, self._config.input_format) and not self._chores:  # 50 times a second
            self.buffer.write(self._decoder.decode(audio))
        else:
            self._chores.start(self._decode(audio))

    def _decode(self, audio: bytes) -> Chore:
        pieces = wire_audio.pieces(audio, self._config.input_format)
        decoder = self._decoder
        yield from one_by_one(lambda piece: self.buffer.write(decoder.decode(piece)), pieces)

    @property
    def backlog(self) -> bool:
        """Whether audio waits that should be processed by now; a little may wait while nothing is about to happen."""
        may_wait_ms = self._detector.may_wait_ms if self._detector else 0
        return self.buffer.waiting_ms > may_wait_ms

    @property
    def patience_ms(self) -> float:
        """By how much the audio to come may be late; endless where no turns are detected: nothing follows from it."""
        if self._detector is None:
            return math.inf
        waiting_ms = self.buffer.waiting_ms if self._detector.speaking else 0
        return self._detector.calm_ms - waiting_ms

    def held_until(self, now: float) -> float | None:
        """Until when audio waits for the turn judge at most; None where there is no judge, or no audio, to wait for."""
        return self._judging.awaited_until(now) if self.buffer.waiting_ms else None

    def process(self, now: float) -> Iterator[Heard]:
        """Process the next slice and report the turns that begin and end in it."""
        self._now = now
        frames = self._frames(self.buffer.process().analysis)
        for frame, probability in zip(frames, self._probabilities(frames), strict=True):
            self._frame_end_ms += FRAME_MS
            if self._transcribe_job is not None:
                self._hearing.feed(self._transcribe_job, frame)
            if self._detector is not None:
                yield from self._step(self._detector, probability)
            elif self.streams_captions and self._transcribe_job is None:
                self._await_caption(probability)
        if self._detector is not None:
            yield from self._bound_turn(self._detector)
        else:
            self._bound_buffer()

    def _frames(self, analysis: Samples) -> list[Samples]:
        audio = np.concatenate((self._frame, analysis))
        whole = len(audio) - len(audio) % VAD_FRAME
        self._frame = audio[whole:]
        return list(cut(audio[:whole], VAD_FRAME))

    def _probabilities(self, frames: Sequence[Samples]) -> Sequence[float]:
        """That each frame is speech, where anybody asks."""
        is_asked = self._detector is not None or (self.streams_captions and self._transcribe_job is None)
        return self._vad.probabilities(frames) if frames and is_asked else [0.0] * len(frames)

    def _bound_turn(self, detector: TurnDetector) -> Iterator[Heard]:
        """End a turn that never ends, and let go of silence."""
        end_ms = self.buffer.end_ms
        if self._item_id is None:
            self.buffer.forget_before(end_ms - detector.prefix_padding_ms - max(KEPT_SILENCE_MS, self._idle_timeout_ms))
        elif end_ms - self._start_ms > self._limits.turn_ms:
            detector.reset()
            yield from self._speech_stopped(end_ms)

    def _bound_buffer(self) -> None:
        """Without turn detection: drop the oldest of what is never committed, and say so once."""
        start_ms = self.buffer.end_ms - self._limits.buffer_ms
        if start_ms <= self.buffer.kept_from_ms:
            return
        self.buffer.forget_before(start_ms)
        if not self._overflowing:
            self._overflowing = True
            message = (
                f"The input audio buffer holds {self._limits.buffer_ms // 1000} s of uncommitted audio: from now on "
                "the oldest is dropped. Commit or clear the buffer."
            )
            self._outbox.emit(Error(error=errors.InvalidRequest(message, OVERFLOW)))

    def _step(self, detector: TurnDetector, probability: float) -> Iterator[Heard]:
        if self._is_echo(probability, detector):
            probability = 0.0
        match detector.step(probability, self._frame_end_ms):
            case SpeechStart(onset_ms):
                self._judging.cancel()
                self._speech_started(self._near_onset_ms(onset_ms))
                yield "speech_started"
            case SpeechEnd(end_ms):
                self._judging.cancel()
                yield from self._speech_stopped(end_ms)
            case AskJudge():
                self._ask_judge()
            case None if not detector.pausing:
                self._judging.cancel()

    def _is_echo(self, probability: float, detector: TurnDetector) -> bool:
        """Whether what would begin a turn is the model's own voice; a turn that has begun is not doubted."""
        if self._echo is None or detector.speaking or probability < CLEARLY_SILENT:
            return False
        return not self._echo.is_near_end(self._frame_end_ms)

    def _near_onset_ms(self, onset_ms: int) -> int:
        """Speech may have been taken for an echo at first."""
        return onset_ms if self._echo is None else min(onset_ms, self._frame_end_ms - self._echo.near_ms)

    # --- turns ---

    def _speech_started(self, onset_ms: int) -> None:
        assert self._detector is not None
        self._start_ms = max(self.buffer.start_ms, onset_ms - self._detector.prefix_padding_ms)
        self._item_id = self._outbox.new_id("item")
        self._outbox.emit(SpeechStarted(item_id=self._item_id, audio_start_ms=self._start_ms))
        policy = self._config.turn_detection
        answers = self._config.kind == "realtime" and policy is not None and policy.create_response
        if self._config.transcription is not None or answers:
            self._transcribe_job = self._hearing.open(self._config, self._item_id)
            self._hearing.feed(self._transcribe_job, self.buffer.analysis_between(self._start_ms, self._frame_end_ms))

    def _speech_stopped(self, end_ms: int) -> Iterator[Heard]:
        assert self._item_id is not None
        self._outbox.emit(SpeechStopped(item_id=self._item_id, audio_end_ms=end_ms))
        if self._has_room():
            self._commit(self._item_id, self._start_ms, end_ms)
            yield "turn_committed"
        else:
            self._abandon_turn()
            self.buffer.commit(end_ms)

    def _has_room(self) -> bool:
        """Whether the conversation takes one more item; if not, the client is told."""
        try:
            self._conversation.check_room()
        except errors.InvalidRequest as full:
            self._outbox.emit(Error(error=full))
            return False
        return True

    @property
    def speaking(self) -> bool:
        """Whether a turn has begun and not ended."""
        return self._item_id is not None

    def commit_silence(self) -> bool:
        """The user said nothing for idle_timeout_ms: commit the silence as a turn of its own, if it has room."""
        end_ms = self.buffer.end_ms
        start_ms = max(self.buffer.kept_from_ms, end_ms - self._idle_timeout_ms)
        item_id = self._outbox.new_id("item")
        self._outbox.emit(TimeoutTriggered(item_id=item_id, audio_start_ms=start_ms, audio_end_ms=end_ms))
        has_room = self._has_room()
        if has_room:
            self._commit(item_id, start_ms, end_ms)
        return has_room

    @property
    def _idle_timeout_ms(self) -> int:
        policy = self._config.turn_detection
        return policy.idle_timeout_ms or 0 if isinstance(policy, ServerVad) else 0

    def commit(self) -> None:
        """A commit by the client. Raises InvalidRequest where there is too little audio."""
        have = self.buffer.uncommitted_ms
        if have < SHORTEST_COMMIT_MS:
            message = (
                "Error committing input audio buffer: buffer too small. "
                f"Expected at least {SHORTEST_COMMIT_MS}ms of audio, but buffer only has {have:.2f}ms of audio."
            )
            raise errors.InvalidRequest(message, "input_audio_buffer_commit_empty")
        self._conversation.check_room()
        self._judging.cancel()
        if self._detector is not None:
            self._detector.reset()
        if self._transcribe_job is not None:
            self._hearing.feed(self._transcribe_job, self._frame)
        self._begin_frame()
        self._report_overflow()
        start_ms = self._start_ms if self._item_id else self.buffer.start_ms
        self._commit(self._item_id or self._outbox.new_id("item"), start_ms, self.buffer.end_ms)

    def _commit(self, item_id: str, start_ms: int, end_ms: int) -> None:
        audio = self.buffer.audio_between(start_ms, end_ms)
        if self._transcribe_job is None and self._config.transcription is not None:
            self._transcribe_job = self._hearing.open(self._config, item_id)
            self._hearing.feed(self._transcribe_job, self.buffer.analysis_between(start_ms, end_ms))
        item = Message(item_id, "user", (Content("input_audio"),))
        previous = self._conversation.last_id
        self._outbox.emit(BufferCommitted(item_id=item_id, previous_item_id=previous))
        self._conversation.insert(Entry(item, audio))
        self._outbox.emit(ItemAdded(item=item, previous_item_id=previous))
        self._outbox.emit(ItemDone(item=item, previous_item_id=previous))
        self._hearing.committed(item_id, len(audio) // AUDIO_PER_MS)
        if self._transcribe_job is not None:
            self._hearing.end(self._transcribe_job)
        self._item_id = self._transcribe_job = None
        self._overflowing = False
        self._caption_gate.reset()
        self.buffer.commit(end_ms)

    def _report_overflow(self) -> None:
        if self._overflowing:
            lost = self.buffer.kept_from_ms - self.buffer.start_ms
            message = f"The first {lost} ms of the committed audio were dropped: the input audio buffer was full."
            self._outbox.emit(Error(error=errors.InvalidRequest(message, OVERFLOW)))

    def clear(self) -> None:
        """Forget everything not committed; the clock goes on."""
        self._abandon_turn()
        self._overflowing = False
        self.buffer.clear()
        self._restart_vad()

    def stop(self) -> None:
        """The session is over."""
        self._judging.cancel()

    def _abandon_turn(self) -> None:
        self._judging.cancel()
        if self._transcribe_job is not None:
            self._hearing.cancel(self._transcribe_job)
        if self._detector is not None:
            self._detector.reset()
        self._item_id = self._transcribe_job = None
        self._caption_gate.reset()

    def _await_caption(self, probability: float) -> None:
        """Manual transcription sessions are heard while the client still talks, from the first speech on."""
        started = self._caption_gate.step(probability, self._frame_end_ms)
        if not isinstance(started, SpeechStart):
            return
        self._item_id, self._start_ms = self._outbox.new_id("item"), self.buffer.start_ms
        self._transcribe_job = self._hearing.open(self._config, self._item_id)
        start_ms = max(self.buffer.kept_from_ms, started.onset_ms - CAPTION_GATE.prefix_padding_ms)
        self._hearing.feed(self._transcribe_job, self.buffer.analysis_between(start_ms, self._frame_end_ms))

    # --- the turn judge ---

    def _ask_judge(self) -> None:
        assert self._item_id is not None  # a pause lies within a turn
        start_ms = max(self._start_ms, self._frame_end_ms - JUDGED_MS)
        audio = self.buffer.analysis_between(start_ms, self._frame_end_ms)
        self._judging.ask(self._item_id, audio, self._frame_end_ms, self._now)

    def handles(self, job_id: str) -> bool:
        return self._judging.handles(job_id)

    def judged(self, result: TurnJudged | JobFailed) -> None:
        """The judge's answer, of use only where semantic_vad still decides."""
        is_semantic = isinstance(self._config.turn_detection, SemanticVad)
        self._judging.judged(result, self._detector if is_semantic else None)
