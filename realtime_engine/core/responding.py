"""The output side: which responses run, and what each of them waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from realtime_api import errors
from realtime_api.config import SessionConfig
from realtime_api.items import Message
from realtime_api.responses import ResponseParams
from realtime_engine.core import context, wire_audio
from realtime_engine.core.chores import Chore, Chores, one_by_one
from realtime_engine.core.conversation import Conversation, Entry
from realtime_engine.core.hearing import Hearing
from realtime_engine.core.input_buffer import AUDIO_PER_MS
from realtime_engine.core.limits import Limits
from realtime_engine.core.outbox import Outbox
from realtime_engine.core.outputs import Media
from realtime_engine.core.playback import TrackPlayback
from realtime_engine.core.ports import JobFailed, JobResult, Samples, SpeechChunk, SpeechPorts
from realtime_engine.core.response_input import ResponseInput, read_input
from realtime_engine.core.response_run import Request, ResponseRun, apply
from realtime_engine.core.samples import cut
from realtime_engine.core.wire_audio import PIECE_MS


def cannot_update_voice(param: str) -> errors.InvalidRequest:
    """The error for another voice than the conversation was spoken in so far."""
    message = "Cannot update a conversation's voice if assistant audio is present."
    return errors.InvalidRequest(message, "cannot_update_voice", param)


@dataclass(slots=True)
class _Waiting:
    """A response that has not begun yet: words of some items are still to come."""

    run: ResponseRun
    entries: list[Entry] | None  # None: the conversation as it is when the response begins
    params: ResponseParams
    items: set[str] = field(default_factory=set)


class Responding:
    """Starts, feeds, interrupts and cancels responses."""

    def __init__(
        self,
        outbox: Outbox,
        conversation: Conversation,
        hearing: Hearing,
        ports: SpeechPorts,
        media: Media,
        track: TrackPlayback,
        limits: Limits,
        chores: Chores,
        on_done: Callable[[ResponseRun], None],
    ) -> None:
        self._outbox = outbox
        self._conversation = conversation
        self._hearing = hearing
        self._ports = ports
        self._media = media
        self._track = track
        self._limits = limits
        self._chores = chores
        self._on_done = on_done
        self._runs: list[ResponseRun] = []
        self._waiting: list[_Waiting] = []
        self.voice: str | None = None  # of the conversation: the one its first audio was spoken in
        self.last_id: str | None = None

    @property
    def active(self) -> ResponseRun | None:
        """The one response that may write to the conversation."""
        return next((run for run in self._runs if not run.out_of_band), None)

    def create(self, config: SessionConfig, params: ResponseParams, now: float) -> None:
        """Begin a response as soon as all words it answers are known. Raises InvalidRequest."""
        self._check_free(params)
        self._check_voice(params)
        if not params.out_of_band:
            self._conversation.check_room()
        self.show_progress()
        given = self._given(params, config.input_format)
        run = ResponseRun(
            outbox=self._outbox,
            conversation=self._conversation,
            config=self._applied(params, config),
            params=params,
            media=self._media,
            encoder=self._ports.encoder(params.output_format or config.output_format),
            track=self._track,
            limits=self._limits,
            on_done=self._forget,
        )
        self._runs.append(run)
        self.last_id = run.response.id
        waiting = _Waiting(run, given.entries if given else None, params)
        self._chores.start(self._prepare(waiting, given.sounds if given else [], config.input_format))

    def _given(self, params: ResponseParams, audio_format: str) -> ResponseInput | None:
        """What the response is given in place of the conversation. Raises InvalidRequest."""
        if params.input is None:
            return None
        return read_input(params.input, self._conversation, self._outbox, audio_format, self._limits.buffer_ms)

    def _prepare(self, waiting: _Waiting, sounds: list[tuple[Entry, bytes]], audio_format: str) -> Chore:
        """Decode the audio it was given, find out whose words are still to come, and begin if there are none."""
        for entry, audio in sounds:
            entry.audio = yield from wire_audio.decoded(audio, audio_format, self._ports.decoder(audio_format))
        if waiting.run.done:
            return
        entries = self._conversation.entries if waiting.entries is None else waiting.entries
        waiting.items = self._still_unheard(waiting.run.config, entries)
        self._waiting.append(waiting)
        self._begin_ready()

    def _check_free(self, params: ResponseParams) -> None:
        active = self.active
        if not params.out_of_band and active is not None:
            message = (
                f"Conversation already has an active response in progress: {active.response.id}. "
                "Wait until the response is finished before creating a new one."
            )
            raise errors.InvalidRequest(message, "conversation_already_has_active_response")
        aside = sum(run.out_of_band for run in self._runs)
        if params.out_of_band and aside >= self._limits.out_of_band_responses:
            message = f"At most {self._limits.out_of_band_responses} out-of-band responses run at the same time."
            raise errors.InvalidRequest(message, "too_many_responses")

    def _check_voice(self, params: ResponseParams) -> None:
        """Raises InvalidRequest where the conversation would be spoken in a second voice."""
        if not params.out_of_band and None not in (self.voice, params.voice) and params.voice != self.voice:
            raise cannot_update_voice(f"response.{self._outbox.dialect.param('voice')}")

    def _applied(self, params: ResponseParams, config: SessionConfig) -> SessionConfig:
        """The configuration of one response; the voice of the conversation stays that of its first audio."""
        applied = apply(params, config)
        locked = self.voice is not None and not params.out_of_band
        return applied.model_copy(update={"voice": self.voice}) if locked else applied

    def _still_unheard(self, config: SessionConfig, entries: list[Entry]) -> set[str]:
        """Audio items of the user without words yet; those nobody listens to are listened to now."""
        unheard: set[str] = set()
        for entry in entries:
            item = entry.item
            if not isinstance(item, Message) or entry.audio is None or item.role != "user":
                continue
            index = next(i for i, part in enumerate(item.content) if part.kind == "input_audio")
            if item.content[index].transcript is None and not entry.inaudible:
                unheard.add(item.id)
                if not self._hearing.is_listening(item.id):
                    self._listen_now(config, entry, index)
        return unheard

    def _listen_now(self, config: SessionConfig, entry: Entry, index: int) -> None:
        assert entry.audio is not None
        quiet = config.model_copy(update={"transcription": None})
        job = self._hearing.open(quiet, entry.item.id, index, entry=entry)
        self._hearing.committed(entry.item.id, entry.audio_ms)
        self._chores.start(self._feed(job, entry.audio))

    def _feed(self, job: str, audio: Samples) -> Chore:
        front_end = self._ports.front_end(None, 1.0)
        pieces = cut(audio, PIECE_MS * AUDIO_PER_MS)
        yield from one_by_one(lambda piece: self._hearing.feed(job, front_end.process(piece).analysis), pieces)
        self._hearing.end(job)

    def heard(self, item_id: str, failed: JobFailed | None, now: float) -> None:
        """The words of an item are known, or will never be: then what waits for them fails, later responses do not."""
        if failed is not None and item_id in self._conversation:
            self._conversation.entry(item_id).inaudible = True
        for waiting in list(self._waiting):
            if item_id in waiting.items:
                waiting.items.discard(item_id)
                if failed is not None:
                    self._waiting.remove(waiting)
                    waiting.run.fail(failed.code, failed.message)
        self._begin_ready()

    def _begin_ready(self) -> None:
        for waiting in [waiting for waiting in self._waiting if not waiting.items]:
            self._waiting.remove(waiting)
            waiting.run.begin(self._request(waiting))

    def _request(self, waiting: _Waiting) -> Request:
        self.show_progress()
        entries = self._conversation.entries if waiting.entries is None else waiting.entries
        config, params = waiting.run.config, waiting.params
        session_tools: list[dict[str, Any]] = [tool.model_dump() for tool in config.tools]
        tools = session_tools if params.tools is None else params.tools
        choice = config.tool_choice if params.tool_choice is None else params.tool_choice
        return Request(
            turns=context.turns(entries),
            tools=tuple(tools),
            tool_choice=choice if isinstance(choice, str | dict) else choice.model_dump(),
            settings=context.settings(config),
            usage=context.input_usage(entries, config.instructions, tools),
        )

    # --- results, interruptions, ends ---

    def job_done(self, result: JobResult, now: float) -> None:
        """A result for one of the responses; anything else comes too late and is ignored."""
        for run in self._runs:
            if run.handles(result.job_id):
                if self.voice is None and isinstance(result, SpeechChunk) and not run.out_of_band:
                    self.voice = run.config.voice
                run.job_done(result, now)
                return

    def interrupt(self) -> None:
        """The user speaks: what runs in the conversation is cancelled."""
        active = self.active
        if active is not None:
            active.cancel("turn_detected")

    def show_progress(self) -> None:
        """Have the conversation show what was made so far of the item in progress."""
        active = self.active
        if active is not None:
            active.show_progress()

    def silence(self, response_ids: set[str]) -> None:
        """The client wants to hear no more of these."""
        for run in [run for run in self._runs if run.response.id in response_ids]:
            run.cancel("client_cancelled")

    def cancel(self, response_id: str | None, reason: str) -> None:
        """Cancel one response, by default the conversation's. Raises InvalidRequest."""
        runs = [run for run in self._runs if response_id in (run.response.id, None)]
        run = next((run for run in runs if not run.out_of_band), runs[0] if response_id and runs else None)
        if run is None:
            message = "Cancellation failed: no active response found"
            raise errors.InvalidRequest(message, "response_cancel_not_active", "response_id" if response_id else None)
        run.cancel(reason)

    def cancel_all(self) -> None:
        for run in list(self._runs):
            run.cancel("client_cancelled")

    def fail_all(self, error: errors.ApiError) -> None:
        """The session ends under them."""
        for run in list(self._runs):
            run.fail(error.code or error.type, error.message)

    def _forget(self, run: ResponseRun) -> None:
        self._runs.remove(run)
        self._waiting = [waiting for waiting in self._waiting if waiting.run is not run]
        self._on_done(run)

    @property
    def next_timer(self) -> float | None:
        timers = [run.next_timer for run in self._runs if run.next_timer is not None]
        return min(timers, default=None)

    def handle_timer(self, now: float) -> None:
        for run in list(self._runs):
            if run.next_timer is not None and now >= run.next_timer:
                run.handle_timer(now)
