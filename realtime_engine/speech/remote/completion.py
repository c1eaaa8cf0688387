"""The chunks of a streamed chat completion, turned into the reply the core waits for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, Field

from realtime_engine.core.ports import ReplyDone, ReplyText, ReplyToolCall, ReplyUsage
from realtime_engine.speech.remote.sentences import Sentences
from realtime_engine.speech.remote.thoughts import Thoughts

MAX_CHARACTERS = 100_000
"""Text and arguments of one reply."""

MAX_CALLS = 128
"""Of one reply: as many as a session may have tools."""

CallKey = tuple[int | None, str | None]
"""Index and id of a call."""

Result = ReplyText | ReplyToolCall | ReplyDone


class Function(BaseModel):
    name: str | None = None
    arguments: str | None = None


class CallDelta(BaseModel):
    index: int | None = None
    id: str | None = None
    function: Function | None = None


class Delta(BaseModel):
    content: str | None = None
    tool_calls: list[CallDelta] | None = None


class Choice(BaseModel):
    delta: Delta | None = None
    finish_reason: str | None = None


class Usage(BaseModel):
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)


class Chunk(BaseModel):
    """One event of the stream; what is not needed here is passed over."""

    choices: list[Choice] | None = None
    usage: Usage | None = None
    error: Any = None


INCOMPLETE: dict[str, Literal["max_output_tokens", "content_filter"]] = {
    "length": "max_output_tokens",
    "content_filter": "content_filter",
}


class BadCompletion(ValueError):
    """The chunks make no reply."""


class Completion:
    """One reply in the making. ``take`` and ``close`` return what has become ready; they raise BadCompletion."""

    def __init__(self, job_id: str, *, spoken: bool) -> None:
        self._job_id = job_id
        self._sentences = Sentences() if spoken else None
        self._thoughts = Thoughts()
        self._calls: dict[CallKey, ReplyToolCall] = {}
        self._finish_reason: str | None = None
        self._usage: ReplyUsage | None = None
        self._characters = 0

    def take(self, chunk: Chunk) -> Iterator[Result]:
        """The next chunk."""
        if chunk.usage:
            self._usage = ReplyUsage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
        for choice in (chunk.choices or [])[:1]:
            delta = choice.delta or Delta()
            yield from self._text(delta.content or "")
            for call in delta.tool_calls or ():
                if not self._calls:
                    yield from self._rest_of_text()
                self._add_to_call(call)
            self._finish_reason = choice.finish_reason or self._finish_reason

    def finish(self) -> None:
        """The server says that this was all; some do not say why."""
        self._finish_reason = self._finish_reason or "stop"

    def close(self) -> Iterator[Result]:
        """The stream is over."""
        if self._finish_reason is None:
            raise BadCompletion("ended in the middle of a reply")
        yield from self._rest_of_text()
        yield from self._whole_calls()
        yield ReplyDone(self._job_id, INCOMPLETE.get(self._finish_reason), self._usage)

    def _text(self, delta: str) -> Iterator[ReplyText]:
        self._count(delta)
        yield from self._pieces(self._thoughts.strip(delta))

    def _rest_of_text(self) -> Iterator[ReplyText]:
        yield from self._pieces(self._thoughts.close())
        for piece in self._sentences.close() if self._sentences else ():
            yield ReplyText(self._job_id, piece)

    def _pieces(self, text: str) -> Iterator[ReplyText]:
        for piece in [text] if self._sentences is None else self._sentences.add(text):
            if piece:
                yield ReplyText(self._job_id, piece)

    def _add_to_call(self, delta: CallDelta) -> None:
        """Calls may come in turns, a piece of each; which of them is whole is certain only at the end."""
        key = self._key(delta)
        call = self._calls.get(key, ReplyToolCall(self._job_id, "", ""))
        function = delta.function or Function()
        name, arguments = function.name or "", function.arguments or ""
        self._count(name + arguments)
        self._calls[key] = ReplyToolCall(self._job_id, call.name + name, call.arguments + arguments)
        if len(self._calls) > MAX_CALLS:
            raise BadCompletion(f"called more than {MAX_CALLS} tools")

    def _key(self, delta: CallDelta) -> CallKey:
        """Some servers leave the index out, or count from 0 for every call; then the id tells.

        The id stands in a call's first piece, and not always in the others: those belong to the last with their index.
        """
        if delta.id:
            return delta.index, delta.id
        return next((key for key in reversed(self._calls) if key[0] == delta.index), (delta.index, None))

    def _whole_calls(self) -> Iterator[ReplyToolCall]:
        for call in self._calls.values():
            if not call.name:
                raise BadCompletion("called a tool without a name")
            yield ReplyToolCall(call.job_id, call.name, call.arguments or "{}")

    def _count(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > MAX_CHARACTERS:
            raise BadCompletion(f"replied with more than {MAX_CHARACTERS} characters")
