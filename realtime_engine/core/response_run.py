"""One response, from response.created to response.done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from realtime_api.config import SessionConfig
from realtime_api.items import FunctionCall, Item, Message, Status
from realtime_api.responses import (
    CHARACTERS_PER_TOKEN,
    Response,
    ResponseParams,
    ResponseStatus,
    Usage,
    text_tokens,
)
from realtime_api.server_events import (
    FunctionArgumentsDelta,
    FunctionArgumentsDone,
    ItemAdded,
    ItemDone,
    OutputItemAdded,
    OutputItemDone,
    RateLimit,
    ResponseCreated,
    ResponseDone,
)
from realtime_engine.core import context
from realtime_engine.core.conversation import Conversation, Entry
from realtime_engine.core.limits import Limits
from realtime_engine.core.outbox import Outbox
from realtime_engine.core.outputs import Media
from realtime_engine.core.playback import ClientPlayback, TrackPlayback
from realtime_engine.core.ports import (
    CancelJob,
    Encoder,
    JobFailed,
    JobResult,
    Reply,
    ReplyDone,
    ReplyText,
    ReplyToolCall,
    Speak,
    SpeechChunk,
    SpeechDone,
    Turn,
)
from realtime_engine.core.spoken import Place, SpokenPart, TextPart

MAX_LEAD_S = 20.0
"""Speech made ahead of what was played; the next sentence waits while there is more, so that a client is never
flooded and an interrupted story costs little."""


def apply(params: ResponseParams, config: SessionConfig) -> SessionConfig:
    """The session's configuration with what this one response overrides."""
    asked = {
        "output_modality": params.output_modality,
        "instructions": params.instructions,
        "voice": params.voice,
        "output_format": params.output_format,
        "max_output_tokens": params.max_output_tokens,
        "temperature": params.temperature,
        "reasoning": params.reasoning,
        "parallel_tool_calls": params.parallel_tool_calls,
    }
    return config.model_copy(update={key: value for key, value in asked.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Request:
    """What a response answers, decided when all the user's words are known."""

    turns: tuple[Turn, ...]
    tools: tuple[dict[str, Any], ...]
    tool_choice: Any
    settings: dict[str, Any]
    usage: Usage  # the input side


class ResponseRun:
    """Runs the reply and voice jobs of one response and emits its events in the documented order.

    ``on_done`` is called once, after response.done.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        conversation: Conversation,
        config: SessionConfig,
        params: ResponseParams,
        media: Media,
        encoder: Encoder,
        track: TrackPlayback,
        limits: Limits,
        on_done: Callable[[ResponseRun], None],
    ) -> None:
        self.config = config
        self.out_of_band = params.out_of_band
        self._outbox = outbox
        self._conversation = conversation
        self._media = media
        self._encoder = encoder
        self._most_tokens = limits.response_tokens if config.max_output_tokens == "inf" else config.max_output_tokens
        self._on_done = on_done
        self._reply_job: str | None = None
        self._end_of_reply: ReplyDone | None = None
        self._speak_job: str | None = None
        self._queue: deque[str | ReplyToolCall] = deque()
        self._part: TextPart | SpokenPart | None = None
        self._item: Message | None = None
        self._input_usage = Usage()
        self._finished_audio_tokens = 0
        self._finished_text_tokens = 0
        self.done = False
        self.response = Response(
            id=outbox.new_id("resp"),
            conversation_id=None if params.out_of_band else conversation.id,
            output_modality=config.output_modality,
            voice=config.voice,
            output_format=config.output_format,
            temperature=config.temperature,
            max_output_tokens=config.max_output_tokens,
            metadata=params.metadata,
        )
        self.playback = (
            track.of_response(self.response.id, out_of_band=params.out_of_band)
            if media == "track"
            else ClientPlayback()
        )
        outbox.emit(ResponseCreated(response=self.response))

    # --- progress ---

    def begin(self, request: Request) -> None:
        """Ask for the reply."""
        self._input_usage = request.usage
        self._reply_job = self._outbox.new_id("job")
        self._outbox.start(
            Reply(
                self._reply_job,
                turns=request.turns,
                instructions=self.config.instructions,
                tools=request.tools,
                tool_choice=request.tool_choice,
                settings=request.settings,
                parameters=context.parameters(self.config),
            )
        )

    def handles(self, job_id: str) -> bool:
        return not self.done and job_id in (self._reply_job, self._speak_job)

    def job_done(self, result: JobResult, now: float) -> None:
        """A result of one of this response's jobs."""
        match result:
            case ReplyText():
                self._queue.append(result.delta)
                self._go_on(now)
            case ReplyToolCall():
                self._queue.append(result)
                self._go_on(now)
            case ReplyDone():
                self._end_of_reply = result
                self._go_on(now)
            case SpeechChunk():
                self._take_speech(result, now)
            case SpeechDone():
                self._end_sentence(now)
            case JobFailed():
                self.fail(result.code, result.message)

    @property
    def next_timer(self) -> float | None:
        """When the next sentence may be spoken, if one waits for the listener to catch up."""
        waiting = bool(self._queue) and self._speak_job is None and not self.done
        return self.playback.ends_at - MAX_LEAD_S if waiting else None

    def handle_timer(self, now: float) -> None:
        self._go_on(now)

    # --- ends ---

    def cancel(self, reason: str) -> None:
        """Stop; what was sent stays said. ``reason`` is turn_detected or client_cancelled."""
        self._finish("cancelled", {"type": "cancelled", "reason": reason})

    def fail(self, code: str, message: str) -> None:
        """Our fault."""
        error = {"type": "server_error", "code": code, "message": message}
        self._finish("failed", {"type": "failed", "reason": None, "error": error})

    def _finish(self, status: ResponseStatus, details: dict[str, Any] | None = None) -> None:
        if self.done:
            return
        self._queue.clear()
        for job_id in (self._reply_job, self._speak_job):
            if job_id is not None and status != "completed":
                self._outbox.start(CancelJob(job_id))
        self._close_message("completed" if status == "completed" else "incomplete")
        self.done = True
        self.response = replace(self.response, status=status, status_details=details, usage=self._usage())
        self.playback.complete()
        self._outbox.emit(ResponseDone(response=self.response))
        self._on_done(self)

    def _usage(self) -> Usage:
        """Audio and images by the API's rule; the rest as the language model counted it, where it did."""
        counted = self._end_of_reply.usage if self._end_of_reply else None
        estimated = self._input_usage
        return replace(
            estimated,
            input_text=max(0, counted.input_tokens - estimated.input_image) if counted else estimated.input_text,
            output_text=counted.output_tokens if counted else self._finished_text_tokens,
            output_audio=self._finished_audio_tokens,
        )

    # --- a message ---

    def _go_on(self, now: float) -> None:
        """Speak, write or call what comes next; finish when nothing does."""
        while self._queue and self._speak_job is None and not self.done:
            speaks = isinstance(self._queue[0], str) and self.config.output_modality == "audio"
            if speaks and self.playback.ends_at - now > MAX_LEAD_S:
                return
            part = self._queue.popleft()
            if isinstance(part, ReplyToolCall):
                self._close_message("completed")
                if self._may_call():
                    self._call_tool(part)
            elif speaks:
                self._speak(part)
            else:
                self._write(part)
        if self._end_of_reply and not self._queue and self._speak_job is None:
            self._complete()

    def _complete(self) -> None:
        """All of the reply was said; a language model may have had to cut it short."""
        reason = self._end_of_reply.incomplete if self._end_of_reply else None
        if reason is None:
            self._finish("completed")
        else:
            self._finish("incomplete", {"type": "incomplete", "reason": reason})

    def _write(self, text: str) -> None:
        part = self._open_message()
        assert isinstance(part, TextPart)
        allowed = text[: max(0, self._room()) * CHARACTERS_PER_TOKEN]
        if allowed:
            part.add(allowed)
        if allowed != text:
            self._reach_token_limit()

    def _open_message(self) -> TextPart | SpokenPart:
        if self._part is not None:
            return self._part
        self._item = Message(self._outbox.new_id("item"), "assistant", (), "in_progress")
        place = self._add_output(self._item)
        self._part = (
            SpokenPart(self._outbox, place, self._media, self._encoder, self.playback)
            if self.config.output_modality == "audio"
            else TextPart(self._outbox, place)
        )
        return self._part

    def _speak(self, sentence: str) -> None:
        part = self._open_message()
        assert isinstance(part, SpokenPart)
        part.begin_sentence(sentence)
        self._speak_job = self._outbox.new_id("job")
        self._outbox.start(Speak(self._speak_job, sentence, self.config.voice, self.config.speed))

    def _take_speech(self, chunk: SpeechChunk, now: float) -> None:
        assert isinstance(self._part, SpokenPart)
        allowed = self._part.affordable(chunk, self._room())
        self._part.add(chunk, now, allowed)
        if allowed < len(chunk.audio):
            self._reach_token_limit()

    def _end_sentence(self, now: float) -> None:
        assert isinstance(self._part, SpokenPart)
        self._part.end_sentence()
        self._speak_job = None
        self._go_on(now)

    def _close_message(self, status: Status) -> None:
        part = self._part
        if part is None:
            return
        part.close()
        entry = self._entry(part, status)
        self._part = None
        self._count(part)
        self._end_output(entry)

    def _entry(self, part: TextPart | SpokenPart, status: Status) -> Entry:
        """The message as far as it was made."""
        assert self._item is not None
        entry = Entry(replace(self._item, content=(part.content,), status=status))
        if isinstance(part, SpokenPart):
            entry.audio, entry.marks = part.audio, part.marks
        return entry

    def show_progress(self) -> None:
        """Put into the conversation what was made so far of the message in progress: somebody looks at it."""
        if self._part is not None and self._item is not None and self._item.id in self._conversation:
            self._conversation.update(self._entry(self._part, "in_progress"))

    # --- a tool call ---

    def _may_call(self) -> bool:
        """Whether tokens and items are left for one more call; if not, the response ends here."""
        if self._room() <= 0:
            self._reach_token_limit()
        elif not self.out_of_band and not self._conversation.items_left:
            self.fail("too_many_items", "The conversation holds as many items as it may: the call found no room.")
        return not self.done

    def _call_tool(self, call: ReplyToolCall) -> None:
        item = FunctionCall(self._outbox.new_id("item"), self._outbox.new_id("call"), call.name, "", "in_progress")
        place = self._add_output(item)
        common = {
            "response_id": place.response_id,
            "item_id": place.item_id,
            "output_index": place.output_index,
            "call_id": item.call_id,
        }
        self._outbox.emit(FunctionArgumentsDelta(delta=call.arguments, **common))  # type: ignore[arg-type]
        self._outbox.emit(FunctionArgumentsDone(name=call.name, arguments=call.arguments, **common))  # type: ignore[arg-type]
        self._finished_text_tokens += text_tokens(call.arguments)
        self._end_output(Entry(replace(item, arguments=call.arguments, status="completed")))

    # --- output items ---

    def _add_output(self, item: Item) -> Place:
        place = Place(self.response.id, item.id, len(self.response.output))
        self._outbox.emit(OutputItemAdded(response_id=place.response_id, output_index=place.output_index, item=item))
        self.response = replace(self.response, output=(*self.response.output, item))
        if not self.out_of_band:
            previous = self._conversation.insert(Entry(item))
            self._outbox.emit(ItemAdded(item=item, previous_item_id=previous))
        return place

    def _end_output(self, entry: Entry) -> None:
        index = len(self.response.output) - 1
        if not self.out_of_band and entry.item.id in self._conversation:
            self._conversation.update(entry)
            previous = self._conversation.previous_of(entry.item.id)
            self._outbox.emit(ItemDone(item=entry.item, previous_item_id=previous))
        self._outbox.emit(OutputItemDone(response_id=self.response.id, output_index=index, item=entry.item))
        self.response = replace(self.response, output=(*self.response.output[:index], entry.item))

    # --- tokens ---

    def _room(self) -> int:
        """Output tokens left."""
        running = self._part.tokens if self._part else 0
        return self._most_tokens - self._finished_text_tokens - self._finished_audio_tokens - running

    @property
    def tokens_left(self) -> RateLimit:
        """What this response left of its output tokens; the next one has them all again."""
        return RateLimit(name="tokens", limit=self._most_tokens, remaining=max(0, self._room()), reset_seconds=0.0)

    def _reach_token_limit(self) -> None:
        self._finish("incomplete", {"type": "incomplete", "reason": "max_output_tokens"})

    def _count(self, part: TextPart | SpokenPart) -> None:
        if isinstance(part, SpokenPart):
            self._finished_audio_tokens += part.audio_tokens
            self._finished_text_tokens += text_tokens(part.transcript)
        else:
            self._finished_text_tokens += part.tokens
