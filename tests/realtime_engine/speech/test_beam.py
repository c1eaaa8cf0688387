"""Beam search, over a decoder whose probabilities are written down here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from realtime_engine.speech.beam import Beam, Hypothesis, Stopped
from realtime_engine.speech.moonshine import END, LogProbs

PIECES = [b"", b"", b"", b" tell", b" the", b" a", b" story", b"\xe2\x99\xaa"]
TELL, THE, A, STORY, MUSIC = range(3, 8)


class Vocabulary:
    """What a beam asks of a model."""

    is_text = np.array([piece.isascii() and piece != b"" for piece in PIECES])
    begins_word = np.array([piece.startswith(b" ") for piece in PIECES])

    def text(self, tokens: Sequence[int]) -> str:
        return b"".join(PIECES[token] for token in tokens).decode()


class Script:
    """A decoder that has these probabilities behind these tokens; everything else is next to impossible."""

    def __init__(self, probabilities: Mapping[tuple[int, ...], Mapping[int, float]]) -> None:
        self._probabilities = probabilities
        self._hypotheses: list[tuple[int, ...]] = []

    def begin(self, tokens: Sequence[int]) -> LogProbs:
        self._hypotheses = [tuple(tokens)]
        return np.array([self._behind(tuple(tokens[:place])) for place in range(len(tokens) + 1)], np.float32)

    def go_on(self, parents: Sequence[int], tokens: Sequence[int]) -> LogProbs:
        self._hypotheses = [(*self._hypotheses[parent], token) for parent, token in zip(parents, tokens, strict=True)]
        return np.array([self._behind(tokens) for tokens in self._hypotheses], np.float32)

    def _behind(self, tokens: tuple[int, ...]) -> list[float]:
        following = self._probabilities.get(tokens, {END: 1.0})
        return [float(np.log(following.get(token, 1e-9))) for token in range(len(PIECES))]


STORY_OR_SO = {
    (): {TELL: 1.0},
    (TELL,): {THE: 0.6, A: 0.4},
    (TELL, THE): {STORY: 0.5, END: 0.5},
    (TELL, A): {STORY: 0.98, END: 0.02},
}


def found(width: int = 1, script: Mapping[tuple[int, ...], Mapping[int, float]] = STORY_OR_SO, **options) -> list[str]:
    beam = Beam(Vocabulary(), width, options.pop("preference", None))
    hypotheses = beam.search(Script(script), **{"limit": 10, **options})
    return [Vocabulary().text(hypothesis.tokens).strip() for hypothesis in hypotheses]


def test_a_narrow_search_takes_the_likeliest_token_each_time():
    assert found(script={**STORY_OR_SO, (TELL, THE): {STORY: 0.51, END: 0.49}}) == ["tell the story"]


def test_a_wide_search_finds_what_is_likelier_as_a_whole():
    assert found(width=3)[0] == "tell a story"


def test_hypotheses_come_best_first():
    scores = [hypothesis.score for hypothesis in Beam(Vocabulary(), 3).search(Script(STORY_OR_SO), 10)]
    assert scores == sorted(scores, reverse=True)


def test_a_preference_decides_between_likely_texts():
    prefers_the = {"": 0.0, " tell": 0.0, " tell the": 3.0, " tell the story": 3.0}
    assert found(width=3, preference=lambda text: prefers_the.get(text, 0.0))[0] in ("tell the story", "tell the")


def test_a_preference_does_not_change_the_probability():
    plain, preferred = (Beam(Vocabulary(), 1, preference) for preference in (None, lambda text: float(len(text))))
    scores = [beam.search(Script({}), 10)[0].score for beam in (plain, preferred)]
    assert scores[0] == pytest.approx(scores[1])


def test_every_hypothesis_begins_with_the_prefix():
    assert set(found(width=3, prefix=(TELL, THE))) == {"tell the story", "tell the"}


def test_tokens_of_the_prefix_have_their_probability():
    (hypothesis,) = Beam(Vocabulary()).search(Script(STORY_OR_SO), 10, (TELL, THE))
    assert hypothesis.logprobs[:2] == pytest.approx([0.0, np.log(0.6)], abs=1e-6)


def test_what_is_no_text_is_not_written():
    assert found(script={(): {MUSIC: 0.9, TELL: 0.1}}) == ["tell"]


def test_a_text_without_end_is_cut_off():
    endless = {(TELL,) * count: {TELL: 1.0} for count in range(20)}
    assert found(script=endless, limit=4) == ["tell tell tell tell"]


def test_a_search_stops_when_it_is_told_to():
    asked = iter([False, True])
    with pytest.raises(Stopped):
        found(stop=lambda: next(asked))


def test_the_score_is_the_sum_of_the_log_probabilities():
    assert Hypothesis((TELL,), (-1.0, -0.5), preference=9.0).score == -1.5
