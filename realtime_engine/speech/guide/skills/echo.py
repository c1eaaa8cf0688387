"""Says what it is told to say, and spells words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.said_numbers import UNITS
from realtime_engine.speech.guide.scene import Answer, sentence, shortened

MAX_ECHO = 400
"""Characters that are repeated."""

MAX_LETTERS = 60
"""Letters that are spelled."""

_SAY = r"repeat after me|repeat this|repeat the words?|repeat|say after me|say this|say the words?|say"
_SPELL = r"how (?:do|would|can|should|to)(?: you| i| we)? spell|what is the spelling of|spell out|spell|how is"
_OPEN = r"repeat after me|say after me|say|say the words?|(?:how do you )?spell(?: the)?(?: word)?"
_SIGNS = {"'": "apostrophe", "-": "hyphen", ".": "dot", "@": "at", "_": "underscore", "/": "slash", "&": "and sign"}
_POLITE = re.compile(r"(?:[\s,]+(?:please|for me|thank you|thanks))+[\s.,?!]*$", re.IGNORECASE)


def opened(heard: Heard) -> str | None:
    """The command without its words: after "repeat after me" a pause may end the turn before the words come."""
    return heard.request if re.fullmatch(_OPEN, heard.request) else None


def find_open(heard: Heard) -> Answer | None:
    """Asks for the words that are missing."""
    command = opened(heard)
    if command is None:
        return None
    question = "Which word shall I spell?" if "spell" in command else "What shall I say?"
    return lambda scene: [question]


def find_say(heard: Heard) -> Answer | None:
    """Answers "repeat after me ..." and "say ..." with the words that follow, as they were written."""
    if not re.match(rf"(?:{_SAY})\b", heard.request):
        return None
    words = _behind(_SAY, heard.text)
    return (lambda scene: _said(words)) if any(map(str.isalnum, words)) else None


def find_spell(heard: Heard) -> Answer | None:
    """Answers "spell hello", "how do you spell hello", "how is hello spelled"."""
    match = re.match(rf"(?:tell me )?(?:{_SPELL})\b", heard.request)
    if not match or (match[0].startswith("how is") and not re.search(r"\b(?:spelled|spelt)$", heard.request)):
        return None
    words = re.sub(r"^(?:the )?(?:words? |name )?|\s+spel(?:led|t)$", "", _behind(_SPELL, heard.text))
    return (lambda scene: _spelled(words)) if any(map(str.isalnum, words)) else None


def _behind(command: str, text: str) -> str:
    """What stands behind the command, without quotes, punctuation at the ends and politeness."""
    parts = re.split(rf"\b(?:{command})\b", text, maxsplit=1, flags=re.IGNORECASE)
    words = _POLITE.sub("", re.sub(r"^[\s:,]*please\b", "", parts[-1])) if len(parts) > 1 else ""
    return words.strip(" \t:;,.?!\"'\u201c\u201d\u2018\u2019")


def _said(words: str) -> Iterable[str]:
    yield f"{sentence(shortened(words, MAX_ECHO))}."


def _spelled(words: str) -> Iterable[str]:
    letters_left = MAX_LETTERS
    for word in words.split():
        letters = [named for character in word[:letters_left] if (named := _letter(character))]
        letters_left -= len(letters)
        if letters:
            yield f"{sentence(shortened(word, MAX_LETTERS))} is spelled {', '.join(letters)}."
        if letters_left <= 0:
            yield "I spell no more than that in one go."
            return


def _letter(character: str) -> str:
    if character.isdecimal() and character.isascii():
        return UNITS[int(character)]
    return character.lower() if character.isalpha() else _SIGNS.get(character, "")
