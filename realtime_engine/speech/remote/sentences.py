"""A reply that arrives in tokens, cut into what the voice can say at a time.

The first piece is short and early, because a person waits for it; later ones are whole sentences, which sound better.
Put together, the pieces are the text again, blanks included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

FIRST_CLAUSE = 20
"""Characters behind which the first piece may end at a comma already."""

LONGEST = 300
"""Characters of a piece; a longer sentence is cut at a clause, or at a blank."""

# ruff: noqa: RUF001 - quotation marks and full stops of other scripts are meant
_CLOSING = r"[\"'”’»)\]]*"
_SENTENCE_END = re.compile(rf"[.!?…]+{_CLOSING}(?=\s)|[。！？]+[」』”’]*|\n+(?=\S)")
_CLAUSE_END = re.compile(r"[,;:—–]+(?=\s)|[，；：、]")
_NO_END = re.compile(r"(?:^|[\s(])(?:\w|\d+|\w\.\w|Dr|Mr|Mrs|Ms|Prof|St|vs|approx)\.$", re.IGNORECASE)
_WORD = re.compile(r"\w")


class Sentences:
    """Feed with ``add``, end with ``close``; both return the pieces that are ready to be spoken."""

    def __init__(self) -> None:
        self._text = ""
        self._first = True

    def add(self, delta: str) -> list[str]:
        """Some more of the reply."""
        self._text += delta
        return list(self._ready())

    def close(self) -> list[str]:
        """The reply is over; nothing is returned where no word is left."""
        rest, self._text = self._text, ""
        return [rest] if _WORD.search(rest) else []

    def _ready(self) -> Iterator[str]:
        while (end := self._end()) is not None:
            piece, self._text = self._text[:end], self._text[end:]
            self._first = False
            yield piece

    def _end(self) -> int | None:
        """Where the next piece ends, once that is certain."""
        end = next(self._sentence_ends(), None)
        if self._first:
            clause = next(self._clause_ends(FIRST_CLAUSE), None)
            end = min(filter(None, (end, clause)), default=None)
        if end is not None and end <= LONGEST:
            return end
        return self._cut() if len(self._text) > LONGEST else None

    def _sentence_ends(self) -> Iterator[int]:
        for match in _SENTENCE_END.finditer(self._text, 0, LONGEST + 1):
            said = self._text[: match.end()]
            if _WORD.search(said) and not _NO_END.search(said):
                yield match.end()

    def _clause_ends(self, least: int) -> Iterator[int]:
        return (match.end() for match in _CLAUSE_END.finditer(self._text, 0, LONGEST + 1) if match.end() >= least)

    def _cut(self) -> int:
        """Behind the last clause, else the last word, that still fits."""
        clauses = [end for end in self._clause_ends(FIRST_CLAUSE) if end <= LONGEST]
        return clauses[-1] if clauses else max(self._text.rfind(" ", 1, LONGEST), 0) or LONGEST
