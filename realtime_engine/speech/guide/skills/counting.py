"""Counts aloud: up, down, from somewhere, in steps."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction

from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.heard_numbers import HOMOPHONES, Number, is_number_word, read_signed
from realtime_engine.speech.guide.said_numbers import SCALES, cardinal
from realtime_engine.speech.guide.scene import Answer, sentence

MAX_NUMBERS = 100
"""Numbers in one go."""

MAX_CHARACTERS = 1_300

_PER_SENTENCE = 10
_COUNT = re.compile(r"^(?:\w+ ){0,3}?(?:count|counting|account)\b(?P<rest>.*)$")
_PLURALS = {"ones": 1, "twos": 2, "threes": 3, "fours": 4, "fives": 5, "tens": 10, "twenties": 20, "hundreds": 100}
_DOWN = {"down", "backwards", "backward", "back"}
_FROM = {"from", "form", "starting", "at"}
_TO = {"to", "till", "until", "through"}
_IN_STEPS = {"by", "of", "in"}
_SCALE_NAMES = {name for _, name in SCALES}
_WITHOUT_MEANING = {"up", "me", "with", "aloud", "out", "loud", "slowly", "something", "numbers"}


def find(heard: Heard) -> Answer | None:
    """Answers "count to twenty", "count down from ten", "count from five to fifty by fives"."""
    match = _COUNT.match(heard.request)
    numbers = _numbers(_with_to(match["rest"].split())) if match else None
    return (lambda scene: _counted(numbers)) if numbers else None


def _with_to(words: list[str]) -> list[str]:
    """The words, with "to" where "two" was heard in its place: "count two ten"."""
    for at in range(len(words) - 1, -1, -1):
        behind = words[at + 1 : at + 2]
        starts_number = behind and is_number_word(behind[0]) and behind[0] not in _SCALE_NAMES
        if words[at] in ("two", "too", "2") and starts_number and not _TO & {*words}:
            return [*words[:at], "to", *words[at + 1 :]]
    return words


def _numbers(words: Sequence[str]) -> range | None:
    """What is to be counted, ends included; None where the words do not say it."""
    step, words = _step(words)
    start, end = _behind(words, _FROM), _behind(words, _TO)
    if start is None and end is None:
        lone = next((int(number.value) for at in range(len(words)) if (number := _whole(words, at))), None)
        if lone is None and {*words} - _WITHOUT_MEANING - _DOWN:
            return None
        start, end = (lone, None) if _DOWN & {*words} else (None, 10 if lone is None else lone)
    return _range(start, end, step, bool(_DOWN & {*words}))


def _range(start: int | None, end: int | None, step: int, down: bool) -> range:
    if down:
        start = 10 if start is None else start
        end = (1 if start > 1 else start - 9) if end is None else end
    start = (step if end is None or end >= step else 0) if start is None else start
    end = start + 9 * step if end is None else end
    return range(start, end + 1, step) if start <= end else range(start, end - 1, -step)


def _step(words: Sequence[str]) -> tuple[int, Sequence[str]]:
    """The step ("by fives", "in steps of two"), and the words without it."""
    for at in range(1, len(words)):
        if words[at - 1] in _IN_STEPS and (step := _plural(words, at) or _whole(words, at)) and step.value:
            return abs(int(step.value)), [*words[: at - 1], *words[step.end :]]
    return 1, words


def _plural(words: Sequence[str], at: int) -> Number | None:
    return Number(Fraction(_PLURALS[words[at]]), at + 1) if words[at] in _PLURALS else None


def _behind(words: Sequence[str], connectors: Collection[str]) -> int | None:
    """The number behind the last of the connectors that has one; there it may be misheard ("count to too")."""
    for at in range(len(words) - 1, 0, -1):
        plausible = [*words[:at], HOMOPHONES.get(words[at], words[at]), *words[at + 1 :]]
        if words[at - 1] in connectors and (number := _whole(plausible, at)):
            return int(number.value)
    return None


def _whole(words: Sequence[str], at: int) -> Number | None:
    number = read_signed(words, at)
    return number if number and number.value.denominator == 1 else None


def _counted(numbers: range) -> Iterable[str]:
    """Sentences of ten numbers, and a word about it where they end too early."""
    said = 0
    for chunk in _sentences(numbers[:MAX_NUMBERS]):
        said += len(chunk)
        if said > MAX_CHARACTERS:
            break
        yield chunk
    if said > MAX_CHARACTERS or len(numbers) > MAX_NUMBERS:
        yield "I stop there, because that is as far as I count in one go."


def _sentences(numbers: range) -> Iterator[str]:
    for at in range(0, len(numbers), _PER_SENTENCE):
        names = ", ".join(map(cardinal, numbers[at : at + _PER_SENTENCE]))
        yield f"{sentence(names)}."
