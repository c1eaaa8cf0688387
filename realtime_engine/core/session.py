"""The session: what a client sends and what the jobs bring back, turned into events, audio and jobs.

Sans I/O: every entry takes ``now`` (monotonic seconds) and puts what follows into the outbox; ``take_outputs`` hands it
to the driver. Nothing here raises for anything a client sends.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import singledispatchmethod

from realtime_api import client_events as client
from realtime_api import errors
from realtime_api.client_events import ClientEvent, ClientEventError
from realtime_api.config import ServerVad, SessionConfig
from realtime_api.dialect import Dialect, check_response
from realtime_api.responses import ResponseParams
from realtime_api.server_events import (
    BufferCleared,
    ConversationCreated,
    Error,
    ItemDeleted,
    ItemTruncated,
    OutputBufferCleared,
    RateLimit,
    RateLimitsUpdated,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
)
from realtime_engine.core import capabilities
from realtime_engine.core.chores import Chores
from realtime_engine.core.conversation import Conversation
from realtime_engine.core.echo import Echo
from realtime_engine.core.hearing import Hearing
from realtime_engine.core.items import ItemDesk
from realtime_engine.core.limits import Limits
from realtime_engine.core.listening import Listening
from realtime_engine.core.outbox import Outbox
from realtime_engine.core.outputs import CloseSession, Media, Output
from realtime_engine.core.playback import Cut, TrackPlayback
from realtime_engine.core.ports import (
    ENGLISH,
    JobFailed,
    JobResult,
    NewId,
    Samples,
    SpeechPorts,
    TranscriptDone,
    TranscriptStable,
    TurnJudged,
)
from realtime_engine.core.responding import Responding, cannot_update_voice
from realtime_engine.core.response_run import ResponseRun


class RealtimeSession:
    """One session of one client.

    ``expires_at`` is unix seconds, shown to the client; ``session_seconds`` after ``now`` the session ends.
    ``answerer`` tells whether a language model replaces the guide, ``languages`` what the recogniser knows (None: who
    can tell), ``degraded`` what is missing (see ``capabilities``).
    """

    def __init__(
        self,
        config: SessionConfig,
        dialect: Dialect,
        *,
        ports: SpeechPorts,
        new_id: NewId,
        media: Media,
        now: float,
        expires_at: int,
        session_seconds: float = 3600,
        limits: Limits | None = None,
        answerer: bool = False,
        languages: Collection[str] | None = ENGLISH,
        degraded: Mapping[str, str] | None = None,
    ) -> None:
        limits = limits or Limits()
        self.session_id = new_id("sess")
        self._degraded = degraded
        self.config = config
        self._dialect = dialect
        self._expires_at = expires_at
        self._session_seconds = session_seconds
        self._deadline = now + session_seconds
        self._idle_from: float | None = None  # since when the user might have answered
        self._over = False
        self._outbox = Outbox(dialect, new_id)
        self._limits = limits
        self._chores = Chores()
        self._conversation = Conversation(new_id("conv"), limits, self._audio_dropped)
        self.track = TrackPlayback(self._outbox)  # Echo asks it what the microphone may hear
        self._languages = languages
        self._hearing = Hearing(
            self._outbox,
            self._conversation,
            self._heard,
            for_guide=not answerer,
            language=next(iter(languages)) if languages is not None and len(languages) == 1 else None,
        )
        self._responding = Responding(
            self._outbox,
            self._conversation,
            self._hearing,
            ports,
            media,
            self.track,
            limits,
            self._chores,
            self._response_done,
        )
        echo = Echo(self.track.played, ports.voice_activity_detector()) if media == "track" else None
        self._listening = Listening(
            config, self._outbox, self._conversation, self._hearing, ports, limits, self._chores, echo
        )
        self._items = ItemDesk(self._outbox, self._conversation, ports, media, limits, self._chores)
        self._media = media
        self._now = now

    # --- entries ---

    def start(self, now: float) -> None:
        """Greet the client."""
        self._now = now
        self._outbox.emit(self._session_event(SessionCreated))
        if self.config.kind == "realtime":
            self._outbox.emit(ConversationCreated(conversation_id=self._conversation.id))

    def receive_message(self, text: str | bytes, now: float) -> None:
        """One client event as JSON; every event is answered or reported."""
        self._now = now
        event_id = None
        try:
            event = client.decode(text, self._dialect)
            event_id = event.event_id
            if isinstance(event, client.BufferAppend):  # fifty a second: dispatching costs more than the event
                self._append(event)
            else:
                self._catch_up(now)
                self._handle(event)
        except ClientEventError as refused:
            self._outbox.emit(Error(error=refused.error, client_event_id=refused.event_id))
        except errors.ApiError as refused:
            self._outbox.emit(Error(error=refused, client_event_id=event_id))

    def receive_audio(self, samples: Samples, now: float) -> None:
        """Audio of the client's track, at SESSION_RATE."""
        self._now = now
        self._listening.hear(samples, now)

    @property
    def backlog(self) -> bool:
        """Whether audio still waits for processing; the next message is to wait for it."""
        return bool(self._chores) or (self._listening.backlog and not self.holding)

    @property
    def holding(self) -> bool:
        """Whether audio waits for the turn judge: the next message is to wait, too, until ``next_timer`` at most."""
        return self._listening.held_until(self._now) is not None

    @property
    def patience_ms(self) -> float:
        """By how much the client's next audio may be late without delaying what follows from it."""
        return self._listening.patience_ms

    def process_backlog(self, now: float) -> None:
        """Go on with long audio, or process at most 200 ms of the audio taken in."""
        self._now = now
        if self._chores:
            self._chores.go_on()
        elif self.backlog:
            self._process_audio(now)

    def _catch_up(self, now: float) -> None:
        """What happens now comes after all the audio written before."""
        while self._listening.buffer.waiting_ms:
            self._process_audio(now)

    def _process_audio(self, now: float) -> None:
        for heard in self._listening.process(now):
            if heard == "speech_started":
                self._idle_from = None
                self._interrupt(now)
            else:
                self._answer_turn(now)

    def job_done(self, result: JobResult, now: float) -> None:
        """A result of a job; results of cancelled jobs are ignored."""
        self._now = now
        if self._listening.handles(result.job_id):
            assert isinstance(result, TurnJudged | JobFailed)
            self._listening.judged(result)
        elif self._hearing.handles(result.job_id):
            assert isinstance(result, TranscriptStable | TranscriptDone | JobFailed)
            self._hearing.job_done(result, early_deltas=self._listening.streams_captions)
        else:
            self._responding.job_done(result, now)

    @property
    def next_timer(self) -> float | None:
        """When handle_timer wants to be called, in monotonic seconds."""
        held_until = self._listening.held_until(self._now)
        timers = (self._deadline, self._idle_deadline, self._responding.next_timer, self.track.next_timer, held_until)
        return None if self._over else min([timer for timer in timers if timer is not None])

    def handle_timer(self, now: float) -> None:
        """Time has come."""
        self._now = now
        if not self.backlog and not self.holding:  # a long append is worked off slice by slice, whatever the time
            self._catch_up(now)
        self.track.handle_timer(now)
        self._responding.handle_timer(now)
        if self._idle_deadline is not None and now >= self._idle_deadline:
            self._break_silence(now)
        if now >= self._deadline and not self._over:
            self._expire(now)

    def take_outputs(self) -> list[Output]:
        """Everything to send, play and run since the last call, in order."""
        return self._outbox.take()

    def end(self, now: float) -> None:
        """The connection is gone: cancel what runs."""
        self._over = True
        self._hearing.cancel_all()
        self._listening.stop()
        self._responding.cancel_all()

    # --- client events ---

    @singledispatchmethod
    def _handle(self, event: ClientEvent) -> None:
        raise AssertionError(f"no handler for {event!r}")

    @_handle.register
    def _(self, event: client.SessionUpdate) -> None:
        if event.of_transcription and self.config.kind == "realtime":
            message = "Passing a transcription session update event to a realtime session is not allowed."
            raise errors.InvalidRequest(message, "invalid_event", "type")
        updated = self._dialect.merge(self.config, event.patch)
        capabilities.check(updated, self._dialect, languages=self._languages)
        if self._responding.voice is not None and updated.voice not in (self.config.voice, self._responding.voice):
            raise cannot_update_voice(f"session.{self._dialect.param('voice')}")
        if self.config.tracing is not None and updated.tracing != self.config.tracing:
            message = "Cannot update tracing once it is enabled for a session."
            raise errors.InvalidRequest(message, "cannot_update_tracing", "session.tracing")
        self.config = updated
        self._listening.configure(updated)
        self._outbox.emit(self._session_event(SessionUpdated))

    def _append(self, event: client.BufferAppend) -> None:
        if self._media == "track":
            message = "Audio of a WebRTC call comes on its track; input_audio_buffer.append is not used."
            raise errors.InvalidRequest(message, "invalid_event", "type")
        if len(event.audio) > self._limits.append_bytes:
            raise errors.invalid_value(
                "audio", f"Invalid 'audio': at most {self._limits.append_bytes} bytes in one event."
            )
        self._listening.append(event.audio)

    @_handle.register
    def _(self, event: client.BufferCommit) -> None:
        self._listening.commit()

    @_handle.register
    def _(self, event: client.BufferClear) -> None:
        self._listening.clear()
        self._outbox.emit(BufferCleared())

    @_handle.register
    def _(self, event: client.OutputBufferClear) -> None:
        if self._media != "track":
            message = "output_audio_buffer.clear is for WebRTC calls: on a WebSocket the client holds the audio."
            raise errors.InvalidRequest(message, "invalid_event", "type")
        playing = self.track.responses
        if not playing:
            self._outbox.emit(OutputBufferCleared(response_id=self._responding.last_id or ""))
        cuts = self._report_cuts(self.track.clear(self._now, keep_out_of_band=False))
        self._responding.silence(playing)
        self._cut(cuts)

    @_handle.register
    def _(self, event: client.ItemCreate) -> None:
        self._items.create(event, self.config)

    @_handle.register
    def _(self, event: client.ItemRetrieve) -> None:
        self._responding.show_progress()
        self._items.retrieve(event.item_id, self.config)

    @_handle.register
    def _(self, event: client.ItemTruncate) -> None:
        self._responding.show_progress()
        self._conversation.check_truncation(event.item_id, event.content_index, event.audio_end_ms)
        self._cut(self._report_cuts([Cut(event.item_id, event.audio_end_ms)]))

    @_handle.register
    def _(self, event: client.ItemDelete) -> None:
        self._conversation.delete(event.item_id)
        self._outbox.emit(ItemDeleted(item_id=event.item_id))

    @_handle.register
    def _(self, event: client.ResponseCreate) -> None:
        if self.config.kind == "transcription":
            message = "A transcription session creates no responses."
            raise errors.InvalidRequest(message, "invalid_event", "type")
        check_response(event.params, self.config)
        self._responding.create(self.config, event.params, self._now)

    @_handle.register
    def _(self, event: client.ResponseCancel) -> None:
        self._responding.cancel(event.response_id, "client_cancelled")

    # --- turns ---

    def _interrupt(self, now: float) -> None:
        """The user began to speak: stop the model, if the session is so configured."""
        policy = self.config.turn_detection
        if self.config.kind == "transcription" or policy is None or not policy.interrupt_response:
            return
        cuts = self._report_cuts(self.track.clear(now, keep_out_of_band=True))
        self._responding.interrupt()
        self._cut(cuts)

    def _answer_turn(self, now: float) -> None:
        """The user's turn was committed: answer it, if the session is so configured."""
        policy = self.config.turn_detection
        if self.config.kind == "transcription" or policy is None or not policy.create_response:
            return
        try:
            self._responding.create(self.config, ResponseParams(), now)
        except errors.ApiError as refused:
            self._outbox.emit(Error(error=refused))

    def _audio_dropped(self, item_id: str) -> None:
        message = (
            f"The audio of item '{item_id}' was dropped, its text stays: a conversation holds "
            f"{self._limits.conversation_bytes} bytes of audio, images and texts."
        )
        self._outbox.emit(Error(error=errors.InvalidRequest(message, "item_audio_dropped")))

    def _response_done(self, run: ResponseRun) -> None:
        if not self._over:
            self._outbox.emit(RateLimitsUpdated(rate_limits=(self._requests_left(), run.tokens_left)))
        if not run.out_of_band and not self._listening.speaking:
            self._idle_from = max(self._now, run.playback.ends_at)

    def _requests_left(self) -> RateLimit:
        """A session's one bound on responses: each adds an item to a conversation that holds so many."""
        return RateLimit(
            name="requests",
            limit=self._limits.items,
            remaining=self._conversation.items_left,
            reset_seconds=round(max(0.0, self._deadline - self._now), 3),
        )

    @property
    def _idle_deadline(self) -> float | None:
        """When idle_timeout_ms without speech will have passed since the model was heard."""
        policy = self.config.turn_detection
        if self._idle_from is None or not isinstance(policy, ServerVad) or policy.idle_timeout_ms is None:
            return None
        busy = self._listening.speaking or self._responding.active is not None
        return None if busy else self._idle_from + policy.idle_timeout_ms / 1000

    def _break_silence(self, now: float) -> None:
        self._idle_from = None
        if self._listening.commit_silence():
            self._answer_turn(now)

    def _heard(self, item_id: str, failed: JobFailed | None) -> None:
        self._responding.heard(item_id, failed, self._now)

    def _report_cuts(self, cuts: list[Cut]) -> list[Cut]:
        """Tell which items of the conversation were not heard to their end; returns these."""
        known = [cut for cut in cuts if self._conversation.reaches(cut.item_id, cut.audio_end_ms)]
        for cut in known:
            self._outbox.emit(ItemTruncated(item_id=cut.item_id, content_index=0, audio_end_ms=cut.audio_end_ms))
        return known

    def _cut(self, cuts: list[Cut]) -> None:
        """Keep of the items what was heard; they are complete by now."""
        for cut in cuts:
            self._conversation.truncate(cut.item_id, cut.audio_end_ms)

    # --- the end ---

    def _expire(self, now: float) -> None:
        seconds = round(self._session_seconds)
        longest = f"{seconds} seconds" if seconds < 120 or seconds % 60 else f"{seconds // 60} minutes"
        message = f"Your session hit the maximum duration of {longest}."
        expired = errors.InvalidRequest(message, "session_expired")
        self._over = True
        self._responding.fail_all(expired)
        self.end(now)
        self._outbox.emit(Error(error=expired))
        self._outbox.put(CloseSession(4000, "invalid_request_error.session_expired"))

    def _session_event(self, kind: type[SessionCreated] | type[SessionUpdated]) -> ServerEvent:
        effects = capabilities.effects(self.config, self._dialect, self._degraded)
        return kind(config=self.config, session_id=self.session_id, expires_at=self._expires_at, effects=effects)
