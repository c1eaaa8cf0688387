"""All skills of the guide, in the order in which they look at what was heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.scene import Answer, Skill

from . import about, arithmetic, beyond, clock, counting, echo, followups, numbers_said, settings, smalltalk, story

SKILLS: Mapping[str, Skill] = {
    "follow-up": followups.find,
    "remark": smalltalk.find,
    "open": echo.find_open,
    "say": echo.find_say,
    "spell": echo.find_spell,
    "count": counting.find,
    "arithmetic": arithmetic.find,
    "story": story.find,
    "clock": clock.find,
    "about": about.find,
    "settings": settings.find,
    "numbers": numbers_said.find,
    "beyond": beyond.find,
}

OPEN_VOCABULARY = frozenset({"say", "spell"})
"""Skills whose content can be any word; there the guide's own recogniser, with its few words, is the worse one."""


class Understood(NamedTuple):
    """Which skill answers, and how."""

    skill: str
    answer: Answer


def understand(heard: Heard) -> Understood | None:
    """The first skill that understands, or None."""
    for name, find in SKILLS.items():
        if answer := find(heard):
            return Understood(name, answer)
    return None
