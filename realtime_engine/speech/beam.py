"""Beam search: the likeliest texts of an utterance, found token by token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from realtime_engine.speech.moonshine import END, Decoding, LogProbs, Moonshine

REACH = 8.0
"""A hypothesis so far (natural log) below the best one is given up: most utterances leave few to follow."""

Preference = Callable[[str], float]
"""How welcome a text is, in nats on top of what is heard; asked about whole words only."""


class Stopped(Exception):
    """The search was asked to stop."""


class Hypothesis(NamedTuple):
    """A sequence of tokens, with the natural log of each one's probability behind those before it."""

    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]  # the end's as well, where it has ended
    preference: float = 0.0

    @property
    def score(self) -> float:
        """Natural log of the probability that this was said."""
        return sum(self.logprobs)


class _Step(NamedTuple):
    """A way to go on with a hypothesis; it has ended where the token is END."""

    parent: int
    token: int
    grown: Hypothesis

    @property
    def worth(self) -> float:
        return self.grown.score + self.grown.preference


class Beam:
    """A search that follows ``width`` hypotheses at a time; of width 1, the likeliest token each time."""

    def __init__(self, model: Moonshine, width: int = 1, preference: Preference | None = None) -> None:
        self._model = model
        self._width = width
        self._preference = preference
        self._barred = np.where(model.is_text, np.float32(0), np.float32(-np.inf))
        self._completes_word = model.begins_word.copy()
        self._barred[END], self._completes_word[END] = 0, True

    def search(
        self, decoding: Decoding, limit: int, prefix: Sequence[int] = (), stop: Callable[[], bool] = lambda: False
    ) -> list[Hypothesis]:
        """Hypotheses that begin with ``prefix``, those with the best sum of score and preference first.

        At most ``limit`` tokens follow the prefix. Raises Stopped within a step of being asked to.
        """
        following = decoding.begin(prefix)
        logprobs = (float(following[place, token]) for place, token in enumerate(prefix))
        live, ended = [Hypothesis(tuple(prefix), tuple(logprobs))], list[_Step]()
        following = following[-1:]
        for _ in range(limit):
            if stop():
                raise Stopped
            steps = self._best_steps(live, following, self._width - len(ended))
            ended += [step for step in steps if step.token == END]
            going = [step for step in steps if step.token != END]
            live = [step.grown for step in going]
            if not going:
                break
            following = decoding.go_on([step.parent for step in going], [step.token for step in going])
        found = [step.grown for step in ended] + live
        return sorted(found, key=lambda hypothesis: -hypothesis.score - hypothesis.preference)

    def _best_steps(self, live: Sequence[Hypothesis], following: LogProbs, count: int) -> list[_Step]:
        """Up to ``count`` ways to go on with any of the hypotheses, best first."""
        scores = np.array([[hypothesis.score] for hypothesis in live], np.float32)
        preferences = self._preferences(live)
        worth = following + self._barred + scores + preferences
        places = np.argwhere(worth > worth.max() - REACH)
        steps = []
        for parent, token in places[np.argsort(-worth[tuple(places.T)])][:count]:
            before, logprob = live[parent], float(following[parent, token])
            tokens = before.tokens if token == END else (*before.tokens, int(token))
            grown = Hypothesis(tokens, (*before.logprobs, logprob), float(preferences[parent, token]))
            steps.append(_Step(int(parent), int(token), grown))
        return steps

    def _preferences(self, live: Sequence[Hypothesis]) -> npt.NDArray[np.float32]:
        """For each hypothesis and next token; it changes only where that token completes a word."""
        before = np.array([[hypothesis.preference] for hypothesis in live], np.float32)
        if self._preference is None:
            return np.broadcast_to(before, (len(live), len(self._barred)))
        texts = (self._model.text(hypothesis.tokens) for hypothesis in live)
        after = np.array([[self._preference(text)] for text in texts], np.float32)
        return np.where(self._completes_word, after, before)
