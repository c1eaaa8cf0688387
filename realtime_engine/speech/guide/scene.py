"""What a skill may look at when it answers, and what a skill is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from realtime_engine.core.ports import Turn

from .heard import Heard


@dataclass(frozen=True, slots=True)
class Scene:
    """The conversation before the request that is answered."""

    now: datetime
    earlier: tuple[Turn, ...] = ()
    """All turns before the request."""
    instructions: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def user_turns(self) -> int:
        """How many turns of the user came before; answers with several wordings take turns by it."""
        return sum(turn.role == "user" for turn in self.earlier)

    def vary(self, *wordings: str) -> str:
        """One of several wordings, another one each turn."""
        return wordings[self.user_turns % len(wordings)]

    def last_said(self) -> str:
        """What the guide said last, as far as it was heard; empty when nothing."""
        return next(
            (turn.text for turn in reversed(self.earlier) if turn.role == "assistant" and turn.text.strip()), ""
        )


Answer = Callable[[Scene], Iterable[str]]
"""Makes the sentences of an answer."""

Skill = Callable[[Heard], Answer | None]
"""Answers what it understands; None is for the next skill to look at."""


def versions(turn: Turn) -> Iterator[Heard]:
    """What was heard of a turn, the guide's own recogniser first."""
    for text in (turn.guide_text, turn.text):
        if text and text.strip():
            yield Heard.of(text)


def sentence(text: str) -> str:
    """With a capital at its start."""
    return text[:1].upper() + text[1:]


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut behind a word and then marked by three dots."""
    if len(text) <= limit:
        return text
    return text[: limit - 3].rsplit(" ", 1)[0].rstrip(" ,.;:") + "..."
