"""One part of an utterance, short enough for the model to hear as a whole."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import reduce
from itertools import takewhile

import numpy as np

from realtime_engine.core.ports import ANALYSIS_RATE, Samples
from realtime_engine.speech.beam import Beam, Hypothesis
from realtime_engine.speech.moonshine import Decoding, Moonshine
from realtime_engine.speech.voiced import VoiceGate

LEAST_STEP = ANALYSIS_RATE * 3 // 4
"""New samples before what is there is decoded again."""

LEISURE = 3
"""So many times as long as the last decoding took must have been heard since: a worker never falls behind."""

CUT_FROM = 12 * ANALYSIS_RATE
CUT_BY = 15 * ANALYSIS_RATE
"""A longer part is cut between these samples. Nothing behind the first is decoded before, or a word there could become
stable and lie behind the cut."""

PAUSE = ANALYSIS_RATE // 5
"""It is cut in the middle of so many samples, the quietest there are."""

TOKENS_PER_SECOND = 6.5
"""Nobody talks faster; it ends a text that repeats itself."""

AGREEING = 3
UNSURE_WORDS = 5
"""What so many decodings in a row agree on, less its last words, is stable. Two and one word would be quicker, but
the beginnings of words are misheard alike twice: word error rate .19 instead of .06 on recordings of 10 s, clean and
noisy. With these it is as low as with nothing stable, and 60 % of the text is there before the end."""

LEAST_CONFIDENCE = -1.2
"""Mean log probability of a token below which a text is none: the model does not believe it itself."""


class Part:
    """Grows while it is heard; its stable tokens only become more, and its text begins with them."""

    def __init__(self, model: Moonshine, beam: Beam, clock: Callable[[], float] = time.monotonic) -> None:
        self._model = model
        self._beam = beam
        self._clock = clock
        self._gate = VoiceGate()
        self._due = LEAST_STEP
        self._latest: deque[tuple[int, ...]] = deque(maxlen=AGREEING)
        self._heard: tuple[int, Decoding] | None = None
        self.audio: Samples = np.zeros(0, np.int16)
        self.stable = Hypothesis((), ())

    def hear(self, audio: Samples) -> None:
        """More audio at ANALYSIS_RATE."""
        self.audio = np.concatenate((self.audio, audio))
        self._gate.hear(audio)

    @property
    def is_due(self) -> bool:
        """Whether it is time, and of use, to decode what is there."""
        return self._gate.is_open and self._due <= len(self.audio) <= CUT_FROM

    @property
    def is_full(self) -> bool:
        return len(self.audio) >= CUT_BY

    def advance(self, stop: Callable[[], bool]) -> None:
        """Decode what is there, and see what is stable now. Raises Stopped."""
        start = self._clock()
        (found,) = self._search(self._beam, stop)
        self._due = len(self.audio) + max(LEAST_STEP, round(LEISURE * (self._clock() - start) * ANALYSIS_RATE))
        self._latest.append(found.tokens)
        agreed = self._sure(reduce(_common, self._latest)) if len(self._latest) == AGREEING else ()
        if len(agreed) > len(self.stable.tokens):
            self.stable = Hypothesis(agreed, found.logprobs[: len(agreed)])

    def cut(self) -> Samples:
        """Ends the part in a pause; returns the audio behind it."""
        end = CUT_FROM + _quietest(self.audio[CUT_FROM:CUT_BY])
        self.audio, rest = self.audio[:end], self.audio[end:]
        return rest

    def finish(self, stop: Callable[[], bool]) -> Hypothesis:
        """What was said, as far as it can be believed. Raises Stopped."""
        if not self._gate.is_open:
            return self.stable
        (found,) = self._search(self._beam, stop)
        is_credible = found.score >= LEAST_CONFIDENCE * len(found.logprobs)
        return found if is_credible or self.stable.tokens else self.stable

    def alternatives(self, beam: Beam, stop: Callable[[], bool]) -> list[Hypothesis]:
        """What another beam finds, best first. Raises Stopped."""
        return self._search(beam, stop) if self._gate.is_open else []

    def _search(self, beam: Beam, stop: Callable[[], bool]) -> list[Hypothesis]:
        limit = 1 + round(TOKENS_PER_SECOND * len(self.audio) / ANALYSIS_RATE)
        return beam.search(self._decoding(), limit, self.stable.tokens, stop)

    def _decoding(self) -> Decoding:
        """Of all the audio so far, taken in once."""
        if self._heard is None or self._heard[0] != len(self.audio):
            self._heard = len(self.audio), self._model.hear(self.audio)
        return self._heard[1]

    def _sure(self, tokens: tuple[int, ...]) -> tuple[int, ...]:
        """Without the last words."""
        starts = np.flatnonzero(self._model.begins_word[list(tokens)])
        return tokens[: starts[-UNSURE_WORDS]] if len(starts) >= UNSURE_WORDS else ()


def _common(some: tuple[int, ...], others: tuple[int, ...]) -> tuple[int, ...]:
    """What both begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False))
    return tuple(token for token, _ in pairs)


def _quietest(audio: Samples) -> int:
    """The middle of the quietest PAUSE."""
    energy = np.cumsum(audio.astype(np.float64) ** 2)
    return PAUSE // 2 + int(np.argmin(energy[PAUSE:] - energy[:-PAUSE]))
