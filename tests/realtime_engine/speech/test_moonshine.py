"""The model by itself."""

from __future__ import annotations

import numpy as np
import pytest

from realtime_engine.speech.moonshine import END, Decoding, Moonshine

from .recordings import analysed, recording


@pytest.fixture(scope="module")
def model() -> Moonshine:
    return Moonshine()


@pytest.fixture
def decoding(model, clips) -> Decoding:
    return model.hear(analysed(recording(clips, "dev04_librivox_0920")))


def greedy(decoding: Decoding, count: int) -> list[int]:
    tokens, following = [], decoding.begin([])
    for _ in range(count):
        tokens.append(int(following[-1].argmax()))
        following = decoding.go_on([0], tokens[-1:])
    return tokens


def test_probabilities_add_up_to_one(decoding):
    assert np.exp(decoding.begin([])).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_tokens_given_at_once_lead_where_they_lead_one_by_one(decoding):
    tokens = greedy(decoding, 8)
    following = decoding.begin(tokens[:7])
    assert [int(token) for token in following.argmax(axis=1)] == tokens


def test_hypotheses_are_followed_side_by_side(decoding):
    first, second = greedy(decoding, 2)
    alone = decoding.begin([first, second])[-1]
    decoding.begin([])
    decoding.go_on([0, 0], [first, first + 1])
    together = decoding.go_on([1, 0], [second, second])
    assert together[1].argmax() == alone.argmax()
    assert together[1].max() == pytest.approx(alone.max(), abs=0.3)  # the model computes in 8 bits


def test_a_word_begins_with_its_blank(model):
    tokens = np.flatnonzero(model.begins_word & model.is_text)
    assert all(model.text([int(token)]).startswith(" ") for token in tokens[::500])


def test_only_text_is_text(model):
    assert not model.is_text[END]
    texts = "".join(model.text([int(token)]) for token in np.flatnonzero(model.is_text))
    assert not set(texts) & set('<>"\n\t')


@pytest.mark.parametrize("samples", [0, 1, 500])
def test_audio_may_be_shorter_than_a_frame(model, samples):
    assert model.hear(np.zeros(samples, np.int16)).begin([]).shape == (1, len(model.is_text))
