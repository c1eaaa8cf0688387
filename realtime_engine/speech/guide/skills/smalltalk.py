"""Greetings, thanks, goodbyes, and the other short remarks of a conversation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from realtime_engine.speech.guide.heard import GREETING, Heard
from realtime_engine.speech.guide.scene import Answer, Scene

from .about import introduction, offers

_BEFORE = "(?:(?:okay|ok|alright|well|no|yes|great|good|oh|hey|hello|hi|now|just|please|and|thank you|thanks|so) )*"
_BEHIND = "(?: (?:please|now|guide|thank you|thanks|very much|so much|a lot|for that|then|today|okay|everybody))*"


class _Remark(NamedTuple):
    pattern: re.Pattern[str]
    wordings: tuple[str, ...]
    offers: int


def _remark(words: str, *wordings: str, offers: int = 0) -> _Remark:
    """A remark of these words alone, but for politeness around them; ``offers`` things to try follow the answer."""
    return _Remark(re.compile(f"{_BEFORE}(?:{words}){_BEHIND}"), wordings, offers)


_GREETING = _remark(f"(?:(?:{GREETING}) ?)+", "Hello again.", "Hello, I am still here.", offers=3)
_STOP = _remark(
    "stop|stop it|stop that|stop talking|stop there|stop counting|stop stop|be quiet|quiet|silence|hush|shut up"
    "|enough|that is enough|wait|wait a (?:minute|second|moment)|hold on|hang on|pause",
    "All right, I stop.",
    "Okay, I am quiet.",
)
_NEVER_MIND = _remark(
    "(?:no|no no) (?:thanks|thank you)|never ?mind|forget (?:it|that|about it)|cancel|cancel (?:it|that)|nothing",
    "All right.",
    "Okay, never mind.",
)
_REMARKS = (
    _STOP,
    _NEVER_MIND,
    _remark(
        "goodbye|good bye|bye|bye bye|good night|farewell|see you|see you (?:later|soon|tomorrow|then)|have a nice day",
        "Goodbye, it was nice to talk with you.",
        "Goodbye, and thank you for trying the demo.",
    ),
    _remark(
        f"(?:(?:{GREETING}) )*(?:how are you|how are you doing|how do you do|how is it going|are you well|what is up)",
        "I am well, thank you, as far as a script can be.",
        "All my parts are running, thank you.",
        offers=2,
    ),
    _remark("nice to meet you|pleased to meet you|good to see you", "It is nice to meet you too.", offers=2),
    _remark(
        "thanks|thank you|many thanks|thank you very much|thanks a lot|cheers",
        "You are welcome.",
        "With pleasure.",
        "You are welcome, and there is more to try.",
    ),
    _GREETING,
    _remark(
        "(?:say|tell me|do) something(?: else| nice| interesting)?",
        "A day has eighty-six thousand four hundred seconds, and that was about five of them.",
        "The word rhythm has no A, E, I, O or U in it.",
        "One hundred eleven times one hundred eleven is twelve thousand three hundred twenty-one.",
    ),
    _remark(
        "(?:speak|talk|go|say it|read)? ?(?:a (?:bit|little) )?(?:more )?(?:slower|slowly|faster|quickly|louder"
        "|quieter|slow|softer)|slow down|speed up|speak up",
        "How fast and loud I speak is set for the whole session, so I cannot change it while we talk.",
    ),
    _remark(
        "yes|yeah|yep|sure|okay|ok|alright|all right|right|great|good|very good|nice|cool|wow|well done|perfect"
        "|excellent|i see|that is (?:right|correct|good|great|nice|true|fine)|no problem",
        "All right.",
        "Good.",
        offers=2,
    ),
    _remark("no|nope|no way|not now|that is (?:wrong|not right|not true|incorrect)|wrong", "All right.", offers=2),
    _remark("sorry|excuse me|i am sorry|my mistake", "No problem.", offers=2),
)


def find(heard: Heard) -> Answer | None:
    """Answers a remark. The whole line is looked at as well, because in remarks politeness is the content."""
    lines = [line for line in (heard.line, heard.request) if line]
    remark = next((remark for line in lines for remark in _REMARKS if remark.pattern.fullmatch(line)), None)
    return (lambda scene: _reply(remark, scene)) if remark else None


def is_withdrawal(heard: Heard) -> bool:
    """Whether the user takes back what was asked."""
    return any(remark.pattern.fullmatch(heard.line) for remark in (_STOP, _NEVER_MIND))


def _reply(remark: _Remark, scene: Scene) -> Iterable[str]:
    if remark is _GREETING and not scene.last_said():
        yield from introduction(scene)
        return
    yield scene.vary(*remark.wordings)
    if remark.offers:
        yield offers(scene, remark.offers)
