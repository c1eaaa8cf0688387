"""Reads back numbers that come without a request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.heard_numbers import is_number_word, numbers_in
from realtime_engine.speech.guide.said_numbers import UNITS, spoken
from realtime_engine.speech.guide.scene import Answer, Scene

MAX_NUMBERS = 30

WORDS_FOR_ONE_MISHEARD = 5
"""Among so many words of numbers one other word is passed over."""

_SINGLE = {**{name: name for name in UNITS}, **{str(value): name for value, name in enumerate(UNITS)}, "oh": "oh"}
_BETWEEN = {"and", "point", "minus", "a"}


def find(heard: Heard) -> Answer | None:
    """Answers "one two three" and "what is twelve"; a single number can be gone on with ("times two")."""
    words = heard.request.removeprefix("what is ").split()
    numeric = [word for word in words if is_number_word(word) or word in _BETWEEN]
    misheard = len(words) - len(numeric)
    if not any(map(is_number_word, words)) or misheard * WORDS_FOR_ONE_MISHEARD > len(numeric):
        return None
    return lambda scene: _read_back(numeric, scene)


def _read_back(words: Sequence[str], scene: Scene) -> Iterable[str]:
    one_by_one = all(word in _SINGLE for word in words)
    names = [_SINGLE[word] for word in words] if one_by_one else [spoken(number) for number in numbers_in(words)]
    if not names:
        yield "That number is too long for me."
        return
    yield f"I heard {', '.join(names[:MAX_NUMBERS])}."
    if len(names) == 1:
        yield "I can go on with that: say, times two, or, minus five."
    else:
        yield scene.vary(
            "I can add and multiply numbers as well: try seven times eight.", "Try a sum, like seven plus eight."
        )
