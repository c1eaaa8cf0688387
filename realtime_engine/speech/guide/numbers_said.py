"""Reads back numbers that come without a request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .heard import Heard
from .heard_numbers import is_number_word, numbers_in
from .said_numbers import UNITS, spoken
from .scene import Answer, Scene

MAX_NUMBERS = 30

_DIGITS = {**{name: name for name in UNITS[:10]}, **{str(value): name for value, name in enumerate(UNITS[:10])}, "oh": "oh"}
_BETWEEN = {"and", "point", "minus", "a"}


def find(heard: Heard) -> Answer | None:
    """Answers "one two three" and "what is twelve"; a single number can be gone on with ("times two")."""
    words = heard.request.removeprefix("what is ").split()
    if not any(map(is_number_word, words)) or not all(is_number_word(word) or word in _BETWEEN for word in words):
        return None
    return lambda scene: _read_back(words, scene)


def _read_back(words: Sequence[str], scene: Scene) -> Iterable[str]:
    digit_by_digit = len(words) > 1 and all(word in _DIGITS for word in words)
    names = [_DIGITS[word] for word in words] if digit_by_digit else [spoken(number) for number in numbers_in(words)]
    if not names:
        yield "That number is too long for me."
        return
    yield f"I heard {', '.join(names[:MAX_NUMBERS])}."
    if len(names) == 1:
        yield "I can go on with that: say, times two, or, minus five."
    else:
        yield scene.vary("I can add and multiply numbers as well: try seven times eight.", "Try a sum, like seven plus eight.")
