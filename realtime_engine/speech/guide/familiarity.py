"""How familiar a text is to the guide: what the recogniser prefers where the guide will answer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from .corpus import sentences
from .heard import words_of
from .said_numbers import cardinal

PAIR = 1.0
TRIPLE = 2.0
"""Nats for a word that stands behind the word, or the two words, before it as in a sentence of the guide's corpus."""

LONGEST_NUMBER = 4
"""Digits; longer numbers are as good as unknown words."""

_Triple = tuple[str, str, str]


def familiarity(text: str) -> float:
    """In nats: 0 for a text of nothing that the guide is ever asked, about TRIPLE per word of a request."""
    pairs, triples = _known()
    return sum(TRIPLE if found in triples else PAIR if found[1:] in pairs else 0.0 for found in _triples(text))


@cache
def _known() -> tuple[frozenset[tuple[str, ...]], frozenset[_Triple]]:
    triples = frozenset(found for sentence in sentences() for found in _triples(sentence))
    return frozenset(found[1:] for found in triples), triples


def _triples(text: str) -> Iterator[_Triple]:
    """Each word with the two before it; before the first there is nothing."""
    words = ["", "", *(spoken for word in words_of(text) for spoken in _spoken(word))]
    return zip(words, words[1:], words[2:], strict=False)


def _spoken(word: str) -> list[str]:
    """A number as the corpus has it: in words."""
    is_number = word.isdecimal() and len(word) <= LONGEST_NUMBER
    return cardinal(int(word)).replace("-", " ").split() if is_number else [word]
