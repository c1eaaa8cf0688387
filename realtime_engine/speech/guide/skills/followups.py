"""Requests that only mean something after something else: "say that again", "go on", "what did I say"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import dropwhile

from realtime_engine.core.ports import Turn
from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.scene import Answer, Scene, shortened, versions

from . import counting, story
from .about import offers

MAX_AGAIN = 600
"""Characters that are said again."""

_WHAT = r"(that|it|this|all that|what you( just)? said|the last (one|sentence)|everything|yourself)"
_AGAIN = re.compile(
    rf"((say|tell me|repeat|do|read|give me) ?)?{_WHAT}? ?(again|once again|once more|one more time)"
    rf"|say {_WHAT}|repeat( {_WHAT})?|pardon( me)?|come again|what|say what|what was that|what did you( just)? say"
    r"|i did not (hear|understand|get|catch) (you|that|it)"
)
_GO_ON = re.compile(
    r"(go on|go ahead|continue|keep going|carry on|keep (counting|talking|reading)|proceed|resume|more|and then)"
    r"( (with|please|the|it|that|your|my|from|there|counting|talking|reading|story|where|you|stopped|were))*"
)
_WHAT_I_SAID = re.compile(
    r"(what|which words) (did|do|have) (i|you) (just )?(say|said|hear|heard|understand|understood)( me say)?"
    r"|(did )?you hear what i said|do you know what i said|what i said"
)


def find(heard: Heard) -> Answer | None:
    """Answers requests about what was said before."""
    for pattern, answer in ((_AGAIN, _again), (_WHAT_I_SAID, _what_was_heard), (_GO_ON, _go_on)):
        if pattern.fullmatch(heard.request):
            return answer
    return None


def _again(scene: Scene) -> Iterable[str]:
    said = scene.last_said()
    yield shortened(said, MAX_AGAIN) if said else "I have not said anything yet."


def _what_was_heard(scene: Scene) -> Iterable[str]:
    heard = next((turn.text for turn in reversed(scene.earlier) if turn.role == "user" and turn.text.strip()), "")
    yield f"Before this I heard: {shortened(heard.strip(), 200)}" if heard else "I heard nothing before this."


def _go_on(scene: Scene) -> Iterable[str]:
    """Takes up a story or a count where it was interrupted."""
    rest = _rest(scene.earlier, scene)
    yield from rest or ("There is nothing left that I could go on with.", offers(scene, 2))


def _rest(turns: Sequence[Turn], scene: Scene) -> list[str]:
    """The sentences of the latest story or count that were not heard to their end."""
    for place in range(len(turns) - 1, -1, -1):
        answer = _long_answer(turns[place])
        if answer:
            said = " ".join(turn.text for turn in turns[place:] if turn.role == "assistant")
            return _unsaid(answer(replace(scene, earlier=tuple(turns[:place]))), said)
    return []


def _unsaid(sentences: Iterable[str], said: str) -> list[str]:
    return list(dropwhile(lambda sentence: sentence in said, sentences))


def _long_answer(turn: Turn) -> Answer | None:
    """What takes long enough to be interrupted."""
    if turn.role != "user":
        return None
    return next((answer for heard in versions(turn) if (answer := story.find(heard) or counting.find(heard))), None)
