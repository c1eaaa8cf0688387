"""Finds in what the user said the values that a tool's arguments ask for. Each value is handed out once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from realtime_engine.speech.guide.heard import Heard, words_of
from realtime_engine.speech.guide.heard_numbers import read_signed

MAX_NAME = 64
"""Characters of a property's name that are looked for."""

_PREPOSITIONS = "in|at|near|for|to|from|about|on|of|called|named|titled|with|by|saying|that says"
_PHRASE = re.compile(
    rf"\b(?P<lead>{_PREPOSITIONS})\s+(?:the\s+)?(?P<words>[^,.;:?!\"]+?)"
    rf"(?=\s+(?:{_PREPOSITIONS}|and|please|now|today|tomorrow)\b|\s*[,.;:?!\"]|\s*$)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d]+)[\"\u201d]")
_LEADS = {
    "in": "city location place country town region area address room",
    "at": "location place address time",
    "near": "city location place address",
    "for": "city location place topic query duration person name",
    "to": "to destination recipient receiver target contact value city location language person",
    "from": "from origin source sender start",
    "about": "about topic subject query question text message",
    "on": "topic subject query device",
    "of": "city location place country name",
    "called": "name title label",
    "named": "name title label",
    "titled": "name title",
    "with": "with person contact name text message",
    "by": "by author artist",
    "saying": "message text body content",
    "that says": "message text body content",
}
"""Which properties the words behind a preposition are likely for."""

_YES = {"on", "yes", "true", "enable", "enabled", "start", "activate", "open", "with"}
_NO = {"off", "no", "not", "false", "disable", "disabled", "stop", "deactivate", "close", "without"}


class _Number(NamedTuple):
    value: Fraction
    beside: frozenset[str]
    """The words before and behind it, in the singular."""


class Slots:
    """The values in one turn of the user."""

    def __init__(self, heard: Heard) -> None:
        self._text = heard.text
        self.words = heard.words
        self._numbers = list(_numbers(heard.words))
        self._quoted = _QUOTED.findall(heard.text)
        self._phrases = [(match["lead"].lower(), match["words"].strip()) for match in _PHRASE.finditer(heard.text)]

    def number_beside(self, name: str) -> Fraction | None:
        """The number beside a word of the property's name ("five minutes")."""
        names = {singular(word) for word in words_of(name.replace("_", " "))}
        return self._taken(next((number for number in self._numbers if number.beside & names), None))

    def next_number(self) -> Fraction | None:
        """The first number that is left."""
        return self._taken(next(iter(self._numbers), None))

    def _taken(self, number: _Number | None) -> Fraction | None:
        if number is None:
            return None
        self._numbers.remove(number)
        return number.value

    def mentioned(self, value: object) -> bool:
        """Whether a value of an enumeration was said."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return any(number.value == value for number in self._numbers)
        words = words_of(str(value).replace("_", " "))
        return bool(words) and contains(self.words, words)

    def boolean(self) -> bool | None:
        """No before yes: "do not turn it on" is a no."""
        words = set(self.words)
        return False if words & _NO else True if words & _YES else None

    def string(self, name: str) -> str | None:
        """Words in quotes, words behind the property's name, or behind a preposition that suits it."""
        if self._quoted:
            return str(self._quoted.pop(0))
        if behind := self._behind_name(name):
            return behind
        last = words_of(name.replace("_", " "))[-1:]
        for phrase in self._phrases:
            if last and last[0] in _LEADS[phrase[0]].split():
                self._phrases.remove(phrase)
                return phrase[1]
        return None

    def any_string(self, besides: Collection[str]) -> str:
        """The next words behind a preposition, else all that was said but the words of the tool's own name."""
        if self._phrases:
            return self._phrases.pop(0)[1]
        rest = [
            word for word in re.findall(r"\S+", self._text) if singular(word.lower().strip(",.;:?!")) not in besides
        ]
        return " ".join(rest).strip(" ,.;:?!") or self._text

    def _behind_name(self, name: str) -> str | None:
        spoken = r"\s+".join(map(re.escape, words_of(name[:MAX_NAME].replace("_", " "))))
        pattern = (
            rf"\b{spoken}\s+(?:is\s+|should be\s+|to\s+|of\s+)?([^,.;:?!]+?)(?=\s+(?:and|please|with)\b|[,.;:?!]|$)"
        )
        match = re.search(pattern, self._text, re.IGNORECASE) if spoken else None
        return match[1].strip() if match else None


def _numbers(words: Sequence[str]) -> Iterator[_Number]:
    at = 0
    while at < len(words):
        if number := read_signed(words, at):
            beside = (*words[max(at - 1, 0) : at], *words[number.end : number.end + 1])
            yield _Number(number.value, frozenset(map(singular, beside)))
            at = number.end
        else:
            at += 1


def contains(words: Sequence[str], part: Sequence[str]) -> bool:
    """Whether the part occurs among the words, in one piece."""
    return any(list(words[at : at + len(part)]) == list(part) for at in range(len(words) - len(part) + 1))


def singular(word: str) -> str:
    """A word without the "s" of its plural, roughly, for comparing."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
