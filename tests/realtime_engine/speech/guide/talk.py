"""Conversations with the guide, written the short way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from realtime_engine.core.ports import Reply, ReplyDone, ReplyText, ReplyToolCall, Turn
from realtime_engine.speech.guide import answer

NOW = datetime(2026, 11, 20, 15, 5, tzinfo=UTC)
"""A Friday."""


def user(text: str, guide_text: str | None = None) -> Turn:
    return Turn("user", text, guide_text)


def guide(text: str) -> Turn:
    return Turn("assistant", text)


def replies(
    *turns: Turn,
    now: datetime = NOW,
    instructions: str = "",
    tools: Sequence[dict[str, Any]] = (),
    tool_choice: object = "auto",
    settings: Mapping[str, Any] | None = None,
) -> list[ReplyText | ReplyToolCall | ReplyDone]:
    request = Reply("job_1", turns, instructions, tuple(tools), tool_choice, dict(settings or {}))
    return list(answer(request, now))


def said(*turns: Turn, **request: Any) -> str:
    """The guide's whole answer as one text."""
    return "".join(reply.delta for reply in replies(*turns, **request) if isinstance(reply, ReplyText))


def answer_to(text: str, **request: Any) -> str:
    return said(user(text), **request)


def conversation(*texts: str) -> list[Turn]:
    """What the user says turn by turn, with the guide's answers between; the last answer included."""
    turns: list[Turn] = []
    for text in texts:
        turns.append(user(text))
        turns.append(guide(said(*turns)))
    return turns
