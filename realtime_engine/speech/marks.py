"""Where words begin in speech whose maker does not tell."""

from __future__ import annotations

import re
from collections import deque

from realtime_engine.core.ports import SESSION_RATE, SpeechMark

CHARACTERS_PER_SECOND = 15.0
"""An ordinary pace of spoken English at speed 1, blanks included."""

_WORD = re.compile(r"\S+")


class EvenMarks:
    """An estimate: all characters of the text take the same time.

    How long the whole will be is not known while it is made, so words are first placed by an ordinary pace; what is
    left at the end is spread over the audio that is left.
    """

    def __init__(self, text: str, speed: float) -> None:
        self._words = deque(match.span() for match in _WORD.finditer(text))
        self._length = len(text)
        self._samples_per_character = SESSION_RATE / (CHARACTERS_PER_SECOND * speed)
        self._character, self._sample = 0, 0  # of the last mark

    def until(self, samples: int) -> tuple[SpeechMark, ...]:
        """The words that begin before this sample and were not told yet."""
        return self._take(self._samples_per_character, samples)

    def rest(self, samples: int) -> tuple[SpeechMark, ...]:
        """All others, for speech that ends with this sample."""
        left = max(1, self._length - self._character)
        return self._take(max(0, samples - self._sample) / left, samples + 1)

    def _take(self, samples_per_character: float, before: int) -> tuple[SpeechMark, ...]:
        marks: list[SpeechMark] = []
        while self._words:
            start, end = self._words[0]
            sample = self._sample + round((start - self._character) * samples_per_character)
            if sample >= before:
                break
            self._words.popleft()
            self._character, self._sample = start, sample
            marks.append(SpeechMark(start, end, sample))
        return tuple(marks)
