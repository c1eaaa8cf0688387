"""A reply as a request for chat completions: instructions, history, images, tools and what the session asks for.

Chat completions are stricter than a realtime conversation: the outputs of tools must stand directly behind the calls
they answer, all of them, no message may be empty, and for some models user and assistant must take turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import groupby
from typing import Any

from realtime_engine.core.ports import Reply, Turn

SPOKEN = (
    "Your reply is spoken by a text-to-speech voice: write plain sentences without Markdown, lists, links or emoji."
)
INAUDIBLE = "[The user said something here that could not be recognised.]"
NO_OUTPUT_YET = "[This tool has not returned its output yet.]"
OUTPUT_WITHOUT_CALL = "[Output of a tool whose call is no longer part of the conversation]\n"

Message = dict[str, Any]
Content = str | list[dict[str, Any]] | None


def request(job: Reply, model: str, *, is_openai: bool) -> dict[str, Any]:
    """The body of ``POST /chat/completions``; what is not set is left out.

    OpenAI's own server takes the token limit by its new name and counts tokens only when asked to; other servers are
    known to refuse both fields, so they are given the old name, and asked for nothing.
    """
    asked = job.parameters
    limit = "max_completion_tokens" if is_openai else "max_tokens"
    optional = {
        "temperature": asked.temperature,
        limit: asked.max_output_tokens,
        "reasoning_effort": asked.reasoning_effort,
        "stream_options": {"include_usage": True} if is_openai else None,
        **(_tools(job) if job.tools else {}),
    }
    body = {"model": model or asked.model, "stream": True, "messages": [*_system(job), *_joined(_messages(job.turns))]}
    return body | {name: value for name, value in optional.items() if value is not None}


def _tools(job: Reply) -> dict[str, Any]:
    choice = job.tool_choice
    if isinstance(choice, dict):
        choice = {"type": "function", "function": {"name": choice["name"]}}
    return {
        "tools": [{"type": "function", "function": _function(tool)} for tool in job.tools],
        "tool_choice": choice,
        "parallel_tool_calls": job.parameters.parallel_tool_calls,
    }


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    return {name: tool[name] for name in ("name", "description", "parameters") if tool.get(name)}


def _system(job: Reply) -> Iterator[Message]:
    parts = [job.instructions, SPOKEN if job.parameters.spoken else ""]
    if any(parts):
        yield {"role": "system", "content": "\n\n".join(filter(None, parts))}


def _messages(turns: Sequence[Turn]) -> Iterator[Message]:
    outputs = {turn.call_id: turn.text for turn in turns if turn.role == "tool_output"}
    called = {turn.call_id for turn in turns if turn.role == "tool_call"}
    for role, group in groupby((turn for turn in turns if not _stands_elsewhere(turn, called)), lambda turn: turn.role):
        if role == "tool_call":
            yield from _calls(list(group), outputs)
        else:
            yield from filter(None, map(_message, group))


def _joined(messages: Iterable[Message]) -> Iterator[Message]:
    """Messages of one speaker in a row, as after an interruption or before a tool call, as one."""
    for role, group in groupby(messages, lambda message: message["role"]):
        if role in ("user", "assistant"):
            yield reduce(lambda first, then: then | {"content": _both(first["content"], then["content"])}, group)
        else:
            yield from group


def _both(first: Content, then: Content) -> Content:
    if not first or not then:
        return first or then
    if isinstance(first, str) and isinstance(then, str):
        return f"{first}\n{then}"
    return [*_parts(first), *_parts(then)]


def _parts(content: Content) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content or []


def _stands_elsewhere(turn: Turn, called: set[str | None]) -> bool:
    """An output is put behind its call, wherever it came."""
    return turn.role == "tool_output" and turn.call_id in called


def _calls(calls: Sequence[Turn], outputs: dict[str | None, str]) -> Iterator[Message]:
    functions = [
        {"id": call.call_id, "type": "function", "function": {"name": call.name, "arguments": call.text or "{}"}}
        for call in calls
    ]
    yield {"role": "assistant", "content": None, "tool_calls": functions}
    for call in calls:
        yield {"role": "tool", "tool_call_id": call.call_id, "content": outputs.get(call.call_id, NO_OUTPUT_YET)}


def _message(turn: Turn) -> Message | None:
    if turn.role == "tool_output":
        return {"role": "user", "content": OUTPUT_WITHOUT_CALL + turn.text}
    if turn.role == "user":
        return {"role": "user", "content": _user_content(turn)}
    return {"role": turn.role, "content": turn.text} if turn.text.strip() else None


def _user_content(turn: Turn) -> Content:
    if not turn.images:
        return turn.text if turn.text.strip() else INAUDIBLE
    images = [
        {"type": "image_url", "image_url": {"url": image.url} | ({"detail": image.detail} if image.detail else {})}
        for image in turn.images
    ]
    return _both(turn.text.strip(), images)
