"""Numbers as they are heard: words, digits, and the mixtures recognisers write."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from .said_numbers import SCALES, TENS, UNITS

MAX_DIGITS = 15
"""Longer strings of digits are not read as numbers."""

HOMOPHONES = {
    "to": "two",
    "too": "two",
    "for": "four",
    "fore": "four",
    "won": "one",
    "ate": "eight",
    "tree": "three",
    "nought": "zero",
    "naught": "zero",
}
"""What recognisers write for number words; to be used only where a number must stand."""

_SMALL = {name: value for value, name in enumerate(UNITS)}
_TENS = {name: 10 * value for value, name in enumerate(TENS) if value >= 2} | {"fourty": 40}
_SCALES = {name: value for value, name in SCALES}
_DIGITS = {name: str(value) for value, name in enumerate(UNITS[:10])} | {"oh": "0"}
_PARTS = {
    f"{name}{ending}": Fraction(1, size)
    for name, size in (("half", 2), ("third", 3), ("quarter", 4))
    for ending in ("", "s")
}


class Number(NamedTuple):
    """A number and the index of the first word behind it."""

    value: Fraction
    end: int


def is_number_word(word: str) -> bool:
    """Whether a word is a number, or always part of one."""
    return word in _SMALL or word in _TENS or word in _SCALES or word == "oh" or word[:1].isdigit()


def numbers_in(words: Sequence[str]) -> list[Fraction]:
    """All numbers among the words, in order, with their signs."""
    found: list[Fraction] = []
    at = 0
    while at < len(words):
        number = read_signed(words, at)
        if number:
            found.append(number.value)
        at = number.end if number else at + 1
    return found


def read_signed(words: Sequence[str], at: int) -> Number | None:
    """The number that starts at this word; "minus" or "negative" may stand before it."""
    if words[at : at + 1] and words[at] in ("minus", "negative", "-"):
        number = read_number(words, at + 1)
        return number and Number(-number.value, number.end)
    return read_number(words, at)


def read_number(words: Sequence[str], at: int) -> Number | None:
    """The longest number that starts at this word: "two hundred and five", "3.5", "a thousand", "two and a half"."""
    whole = _whole(words, at)
    if whole is None:
        return _point(words, at, Fraction(0)) or _part(words, at)
    return _point(words, whole.end, whole.value) or _with_part(words, whole) or whole


def _whole(words: Sequence[str], at: int) -> Number | None:
    """Pieces and scale words: total of the finished scales, and the group below a thousand that is being read."""
    total, ceiling, end = Fraction(0), 10**18, at
    group: Fraction | None = None
    while end < len(words):
        scale, piece = _SCALES.get(words[end]), _piece(words, _behind_and(words, end, at))
        if piece and (group is None or "hundred" in words[end - 1 : end]):
            group, end = (group or Fraction(0)) + piece.value, piece.end
        elif scale == 100 and (group is None or group < 100):
            group, end = (Fraction(1) if group is None else group) * 100, end + 1
        elif scale and 100 < scale < ceiling:
            total, group, ceiling, end = total + (1 if group is None else group) * scale, None, scale, end + 1
        else:
            break
    return Number(total + (group or 0), end) if end > at else None


def _behind_and(words: Sequence[str], at: int, start: int) -> int:
    """Behind a scale word, "and" may stand before the rest of the number."""
    return at + 1 if words[at] == "and" and at > start and words[at - 1] in _SCALES else at


def _piece(words: Sequence[str], at: int) -> Number | None:
    """A numeral, a run of digits ("one oh five"), a year ("nineteen ninety nine"), "a" before a scale, or below 100."""
    word, following = [*words[at : at + 2], "", ""][:2]
    if word == "a" and following in _SCALES:
        return Number(Fraction(1), at + 1)
    if word[:1].isdigit() or (word[:1] == "." and len(word) > 1):
        return _numeral(word, at)
    return _digit_run(words, at) or _year(words, at) or _below_hundred(words, at)


def _numeral(word: str, at: int) -> Number | None:
    digits = word.replace(",", "")
    readable = digits.replace(".", "", 1).isdecimal() and len(digits) <= MAX_DIGITS
    return Number(Fraction(digits), at + 1) if readable else None


def _digit_run(words: Sequence[str], at: int) -> Number | None:
    digits = _digits(words, at)
    return Number(Fraction(int(digits)), at + len(digits)) if len(digits) > 1 else None


def _year(words: Sequence[str], at: int) -> Number | None:
    """Two halves from ten to ninety nine; the second may be "oh five"."""
    first = _below_hundred(words, at)
    if first is None or first.value < 10:
        return None
    has_oh = "oh" in words[first.end : first.end + 1]
    second = _below_hundred(words, first.end + has_oh)
    if second is None or (second.value < 10) != has_oh:
        return None
    return Number(first.value * 100 + second.value, second.end)


def _below_hundred(words: Sequence[str], at: int) -> Number | None:
    word, unit = [*words[at : at + 2], "", ""][:2]
    if word in _TENS:
        has_unit = 0 < _SMALL.get(unit, 0) < 10
        return Number(Fraction(_TENS[word] + (_SMALL[unit] if has_unit else 0)), at + 1 + has_unit)
    return Number(Fraction(_SMALL[word]), at + 1) if word in _SMALL else None


def _digits(words: Sequence[str], at: int) -> str:
    """The digits said one by one from this word on."""
    digits = ""
    while at < len(words) and len(digits) < MAX_DIGITS and words[at] in _DIGITS:
        digits, at = digits + _DIGITS[words[at]], at + 1
    return digits


def _point(words: Sequence[str], at: int, whole: Fraction) -> Number | None:
    """ "point one four" behind a whole number."""
    digits = _digits(words, at + 1) if "point" in words[at : at + 1] else ""
    return Number(whole + Fraction(int(digits), 10 ** len(digits)), at + 1 + len(digits)) if digits else None


def _part(words: Sequence[str], at: int) -> Number | None:
    """ "half", "a third"."""
    has_article = "a" in words[at : at + 1]
    name = [*words[at + has_article : at + has_article + 1], ""][0]
    return Number(_PARTS[name], at + has_article + 1) if name in _PARTS else None


def _with_part(words: Sequence[str], whole: Number) -> Number | None:
    """ "three quarters" or "two and a half" behind a whole number."""
    part = _part(words, whole.end)
    if part and part.end == whole.end + 1:
        return Number(whole.value * part.value, part.end)
    part = _part(words, whole.end + 1) if "and" in words[whole.end : whole.end + 1] else None
    return Number(whole.value + part.value, part.end) if part else None
