"""Reads the next part of an arithmetic expression: a number, an operation, a bracket, or "that"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from realtime_engine.speech.guide.heard_numbers import HOMOPHONES, Number, read_number
from realtime_engine.speech.guide.said_numbers import spoken

from .evaluation import PREFIXES, Kind, Token

Words = Sequence[str]
Phrases = Mapping[tuple[str, ...], str]


class Read(NamedTuple):
    """A token and the index of the first word behind it."""

    token: Token
    end: int


def _phrases(table: Mapping[str, str]) -> Phrases:
    return {tuple(phrase.split()): sign for phrases, sign in table.items() for phrase in phrases.split("|")}


_INFIX = _phrases(
    {
        "plus|+|added to": "+",
        "minus|-|less|take away": "-",
        "times|time|x|*|\u00d7|\u00b7|multiplied by|multiplied with|multiply by|multiply": "*",
        "divided by|divided buy|divided bye|divide by|divided|over|/|\u00f7": "/",
        "to the power of|to the power|raised to the power of|raised to|^|**": "^",
    }
)
_PREFIX = _phrases(
    {
        "the square root of|square root of|the root of": "root",
        "twice|double": "double",
        "halve": "half",
        "the square of|square": "square",
        "the cube of|cube": "cube",
    }
)
_POSTFIX = _phrases({"squared": "squared", "cubed": "cubed", "percent|per cent|%": "percent"})
_PREVIOUS = _phrases({"that|it|the result|that result|the answer|that number": "that"})
_SIGN = _phrases({"minus|negative|-": "-"})
_INFIX_WORDS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by", "^": "to the power of"}
_LONGEST_PHRASE = max(map(len, (*_INFIX, *_PREFIX, *_POSTFIX, *_PREVIOUS, *_SIGN)))


def operation(sign: str) -> Token:
    """The operation between two operands."""
    return Token("infix", sign, _INFIX_WORDS[sign])


def number(read: Number, heard: Words) -> Token:
    """A number; said as it was heard ("a third") where it is a fraction in words."""
    in_words = read.value.denominator > 1 and all(word.isalpha() and word != "point" for word in heard)
    return Token("number", "", " ".join(heard) if in_words else spoken(read.value), read.value)


def read_infix(words: Words, at: int) -> Read | None:
    """An operation between two operands."""
    return _named(words, at, _INFIX, "infix")


def read_sign(words: Words, at: int) -> Read | None:
    """ "minus" or "negative" before a number."""
    return _named(words, at, _SIGN, "infix")


def read_operand(words: Words, at: int, last: Kind | None) -> Read | None:
    """What can stand at the start of an expression (``last`` is None) or behind an operation."""
    if words[at] == "(":
        return Read(Token("open"), at + 1)
    if found := read_number(_plausible(words, at, last), at):
        return Read(number(found, words[at : found.end]), found.end)
    return read_sign(words, at) or _named(words, at, _PREFIX, "prefix") or _named(words, at, _PREVIOUS, "previous")


def read_operator(words: Words, at: int, last: Token) -> Read | None:
    """What can stand behind an operand."""
    if words[at] == ")":
        return Read(Token("close"), at + 1)
    if words[at] == "of":
        is_share = last.sign == "percent" or last.value.denominator > 1
        return Read(Token("infix", "*", "of"), at + 1) if is_share else None
    return _named(words, at, _POSTFIX, "postfix") or read_infix(words, at)


def _named(words: Words, at: int, phrases: Phrases, kind: Kind) -> Read | None:
    """The longest of the phrases that stands here."""
    for length in range(_LONGEST_PHRASE, 0, -1):
        sign = phrases.get(tuple(words[at : at + length]))
        if sign and at + length <= len(words):
            said = _INFIX_WORDS.get(sign) or (PREFIXES[sign][0] if sign in PREFIXES else sign)
            return Read(Token(kind, sign, said), at + length)
    return None


def _plausible(words: Words, at: int, last: Kind | None) -> Words:
    """The words, with a homophone here read as the number that must stand in this place."""
    beside_operation = last == "infix" or (last is None and read_infix(words, at + 1))
    if beside_operation and words[at] in HOMOPHONES:
        return [*words[:at], HOMOPHONES[words[at]], *words[at + 1 :]]
    return words
