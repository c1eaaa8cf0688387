"""The guide's reply to a conversation: tool calls, the sentences of an answer, or both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from realtime_engine.core.ports import Reply, ReplyDone, ReplyText, ReplyToolCall, Turn

from .heard import Heard
from .parts import Part, parts_of
from .request import Request, requested
from .scene import Scene, shortened, versions
from .skills import OPEN_VOCABULARY, understand
from .skills.about import introduction, offers
from .tools import arguments_for, choose_tool, pending_results, read_results

MAX_REPLY = 1_500
"""Characters of one reply."""

MAX_QUOTE = 80
"""Characters of what was heard that are said back when it was not understood."""


def understands(text: str) -> bool:
    """Whether the guide has an answer of its own for this text."""
    return understand(Heard.of(text)) is not None


def answer(request: Reply, now: datetime) -> Iterator[ReplyText | ReplyToolCall | ReplyDone]:
    """Answers the conversation, one delta for each sentence; ``now`` is the local time, with its zone.

    Results of tools are read out before anything else is looked at, also where tool_choice forces a tool: the guide
    calls a tool once for each request of the user.
    """
    turns = tuple(turn for turn in request.turns if turn.role != "system")
    asked = requested(turns)
    scene = Scene(now, turns[:-1] if asked else turns, request.instructions, request.settings)
    results = pending_results(turns)
    if results:
        yield from _deltas(request.job_id, read_results(results, turns))
    elif parts := _parts(request, turns, asked):
        answers = (part.understood.answer(scene) for part in parts if part.understood)
        yield from _deltas(request.job_id, chain.from_iterable(answers))
        yield from _calls(request, parts, now)
    elif call := _tool_call(request, turns, asked, now):
        yield call
    else:
        yield from _deltas(request.job_id, _sentences(turns, asked, scene))
    yield ReplyDone(request.job_id)


def _parts(request: Reply, turns: Sequence[Turn], asked: Request | None) -> Sequence[Part]:
    """The user's requests, where they are several and tools may be called for them."""
    if asked is None or asked.skill in OPEN_VOCABULARY or request.tool_choice == "none":
        return ()
    tools = [tool for tool in request.tools if _allowed(tool, request.tool_choice)]
    readings = [Heard.of(turns[-1].text), *versions(turns[-1])]
    parts = next(filter(None, (parts_of(heard, tools) for heard in readings)), ())
    calls = sum(part.tool is not None for part in parts)
    return () if calls > 1 and request.parameters.parallel_tool_calls is False else parts


def _allowed(tool: Mapping[str, Any], tool_choice: object) -> bool:
    return not isinstance(tool_choice, Mapping) or tool.get("name") == tool_choice.get("name")


def _calls(request: Reply, parts: Sequence[Part], now: datetime) -> Iterator[ReplyToolCall]:
    """One call for each part, none of them twice."""
    calls = (
        ReplyToolCall(request.job_id, part.tool["name"], arguments_for(part.tool, part.heard, now))
        for part in parts
        if part.tool
    )
    yield from dict.fromkeys(calls)


def _tool_call(request: Reply, turns: Sequence[Turn], asked: Request | None, now: datetime) -> ReplyToolCall | None:
    """Told what to say or spell, the guide calls no tool unless it must."""
    unasked = asked is None or asked.skill in OPEN_VOCABULARY
    if not request.tools or (request.tool_choice == "auto" and unasked):
        return None
    readings = [Heard.of(turns[-1].text), *versions(turns[-1])] if asked else [Heard.of("")]
    for heard in readings:
        if tool := choose_tool(request.tools, request.tool_choice, heard):
            return ReplyToolCall(request.job_id, tool["name"], arguments_for(tool, heard, now))
    return None


def _sentences(turns: Sequence[Turn], asked: Request | None, scene: Scene) -> Iterable[str]:
    if asked is None:
        return _unasked(turns, scene)
    if asked.understood:
        return asked.understood.answer(scene)
    return _not_understood(asked.heard.text, scene)


def _unasked(turns: Sequence[Turn], scene: Scene) -> Iterable[str]:
    """The conversation has not begun, or nothing was said since the guide's last turn."""
    if turns and turns[-1].role == "tool_call":
        return ["I am still waiting for the result of the tool."]
    if any(turn.role == "assistant" for turn in turns):
        return ["I am listening.", offers(scene)]
    return introduction(scene)


def _not_understood(text: str, scene: Scene) -> Iterable[str]:
    """Honestly, with what was heard, and with something else to try each time."""
    quote = shortened(text, MAX_QUOTE)
    if not quote:
        yield scene.vary("I could not make out any words.", "I heard you, but no words that I know.")
    else:
        yield scene.vary(
            f'I heard "{quote}", and I do not know what to do with that.',
            f'If I heard "{quote}" correctly, that is more than a small script can answer.',
            f'I did not understand "{quote}".',
        )
    yield offers(scene)


def _deltas(job_id: str, sentences: Iterable[str]) -> Iterator[ReplyText]:
    """One delta for each sentence, with the blank before the next one, up to MAX_REPLY characters."""
    left, blank = MAX_REPLY, ""
    for sentence in sentences:
        text = blank + shortened(sentence, left - len(blank))
        yield ReplyText(job_id, text)
        left, blank = left - len(text), " "
        if left < 10:
            return
