"""What the guide says about itself: who it is, what it can do, that it hears, and which instructions it was given."""

from __future__ import annotations

import re
from collections.abc import Iterable

from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.scene import Answer, Scene, shortened

MAX_INSTRUCTIONS = 240
"""Characters of the instructions that are quoted."""

OFFERS = (
    "ask what time it is",
    "ask what twelve times seven is",
    "have me count to twenty",
    "ask for a story and interrupt it",
    "have me repeat a sentence after you",
    "have me spell a word",
    "ask for the current settings",
    "ask what day it was yesterday",
)
"""Things to try; each stands behind "you can"."""

_HELP = re.compile(
    r"^(what|how|which)\b.*\b(can|could|should|do|are|able|may) (you|i)\b.*\b(do|help|say|ask|know|able)\b"
    r"|\bwhat you can do\b|^(help|help me|help us|how does this work|what now|options|commands)$"
)
_WHO = re.compile(
    r"^(tell me )?(who|what) (are you|you are|am i (talking|speaking) (to|with)|made you|is this|is speaking)$"
    r"|\b(your name|about yourself|introduce yourself|who made you|who you are|what you are)\b"
    r"|\bare you (a |an |the )?(real |actual )?(robot|human|person|computer|machine|bot|a i|ai|language model|model"
    r"|open a ?i|openai|chat g ?p ?t|artificial|intelligent|program|script|assistant|alive)\b"
    r"|\bis this (a |an |the )?(robot|human|person|computer|real|a i|ai|open a ?i|openai|chat g ?p ?t|language model)\b"
)
_HEARING = re.compile(
    r"\b(can|do|did) you (hear|understand)( me)?( now)?$|^hear me( now)?$|^(are )?you (there|listening)$|^hear me\b"
    r"|^(is )?(anybody|anyone|somebody|someone) there$|^(testing|test|mic check|this is a test)\b"
    r"|^one two( three)?( four)? test(ing)?$|^understand me$|^do you hear me\b"
)
_INSTRUCTIONS = re.compile(r"\b(instructions?|system prompt|your prompt)\b")


def find(heard: Heard) -> Answer | None:
    """Answers questions about the guide itself."""
    for pattern, answer in (
        (_INSTRUCTIONS, _instructions),
        (_HELP, _help),
        (_WHO, _who),
        (_HEARING, _hearing),
    ):
        if pattern.search(heard.request) or pattern.search(heard.line):
            return answer
    return None


def offers(scene: Scene, count: int = 3) -> str:
    """A sentence with some things to try, others each time."""
    start = scene.user_turns * count
    chosen = [OFFERS[(start + place) % len(OFFERS)] for place in range(count)]
    return f"You can {', '.join(chosen[:-1])}{',' if count > 2 else ''} or {chosen[-1]}."


def introduction(scene: Scene) -> Iterable[str]:
    """What is said when nobody has asked for anything yet."""
    yield "Hello, I am the guide of this demo, a small script and no language model."
    yield offers(scene)


def _help(scene: Scene) -> Iterable[str]:
    yield "I tell the time and the date, do arithmetic, count, spell words, and repeat what you say."
    yield "I can also read you the current settings, and tell a story of a minute, so that you can interrupt me."
    yield scene.vary(
        "Try it: ask me what twelve times seven is.",
        "Try it: say, count to twenty.",
        "Try it: say, spell elephant.",
    )


def _who(scene: Scene) -> Iterable[str]:
    yield "I am the guide of this demo, a small scripted program on this server."
    yield "I am not OpenAI, and there is no language model behind me, so I only do what I was written for."
    yield offers(scene, 2)


def _hearing(scene: Scene) -> Iterable[str]:
    yield scene.vary("Yes, I hear you.", "Yes, I am listening.", "I am here, and I hear you.")
    yield offers(scene, 2)


def _instructions(scene: Scene) -> Iterable[str]:
    if scene.instructions.strip():
        yield f"My instructions are: {shortened(' '.join(scene.instructions.split()), MAX_INSTRUCTIONS).rstrip('.')}."
        yield "I can read them to you, but I am a script and cannot follow them."
    else:
        yield "No instructions are set for this session."
        yield "I am a script, so I could read them to you, but not follow them."
