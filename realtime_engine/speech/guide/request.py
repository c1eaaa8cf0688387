"""What the user wants now: which reading of the last turn, or turns, the guide answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from realtime_engine.core.ports import Turn

from .heard import Heard
from .scene import versions
from .skills import OPEN_VOCABULARY, Understood, understand
from .skills.echo import opened
from .skills.smalltalk import is_withdrawal

MAX_JOINED = 3
"""User turns in a row that are taken for one request, cut apart by a pause."""


class Request(NamedTuple):
    """What was heard, and what answers it, if anything does."""

    heard: Heard
    understood: Understood | None

    @property
    def skill(self) -> str | None:
        return self.understood.skill if self.understood else None


def requested(turns: Sequence[Turn]) -> Request | None:
    """What the user wants: the last turn as the guide or the general recogniser heard it, else joined to those before.

    None where the conversation does not end with the user. Numbers alone are joined first: "count to", "twenty".
    """
    if not _ends_with_user(turns):
        return None
    general = _read(Heard.of(turns[-1].text))
    alone = [reading for heard in (*_completed(turns), *versions(turns[-1])) if (reading := _read(heard)).understood]
    joined = [reading for heard in _joined(turns) if (reading := _read(heard)).understood]
    numbers_alone = bool(alone) and alone[0].skill == "numbers"
    first = next(iter(joined + alone if numbers_alone else alone + joined), general)
    return general if first.skill == general.skill and first.skill in OPEN_VOCABULARY else first


def _read(heard: Heard) -> Request:
    return Request(heard, understand(heard))


def _completed(turns: Sequence[Turn]) -> Iterator[Heard]:
    """The words that were missing in the turn before, behind its command."""
    before = _turn_before(turns)
    command = next(filter(None, map(opened, versions(before))), None) if before else None
    if command and not any(map(is_withdrawal, versions(turns[-1]))):
        yield Heard.of(f"{command} {turns[-1].text}")


def _joined(turns: Sequence[Turn]) -> Iterator[Heard]:
    """The turns that a pause has cut apart as one: those without an answer between, or one that was not understood."""
    start = len(turns)
    while start > len(turns) - MAX_JOINED and _ends_with_user(turns[:start]):
        start -= 1
    before = _turn_before(turns)
    parts = list(turns[start:])
    if len(parts) == 1 and before and not any(map(understand, versions(before))):
        parts = [before, *parts]
    if len(parts) > 1:
        yield Heard.of(" ".join(turn.guide_text or turn.text for turn in parts))
        yield Heard.of(" ".join(turn.text for turn in parts))


def _turn_before(turns: Sequence[Turn]) -> Turn | None:
    return next((turn for turn in reversed(turns[:-1]) if turn.role == "user"), None)


def _ends_with_user(turns: Sequence[Turn]) -> bool:
    return bool(turns) and turns[-1].role == "user"
