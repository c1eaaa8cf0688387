"""Tokens become pieces to be spoken: early at first, whole sentences later, and nothing is lost."""

# ruff: noqa: RUF001 - full stops of other scripts are meant
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_engine.speech.remote.sentences import LONGEST, Sentences


def pieces(text: str, step: int = 3) -> list[str]:
    """The pieces of a text that arrives a few characters at a time."""
    sentences = Sentences()
    ready = [piece for start in range(0, len(text), step) for piece in sentences.add(text[start : start + step])]
    return ready + sentences.close()


CUT: dict[str, list[str]] = {
    "two sentences": ["It is noon.", " Shall I go on?"],
    "first clause is early": ["Once upon a time in a wood,", " there lived, it is said, a fox."],
    "clause too short to be early": ["Well, yes."],
    "decimal": ["It costs 3.50 euros.", " Cheap!"],
    "title": ["Ask Dr. Miller.", " She knows."],
    "abbreviation": ["Fruit, e.g. apples, is good.", " Eat it."],
    "quotation": ['He said "Stop!"', " And I did."],
    "lines": ["First\n", "Second"],
    "Chinese": ["你好。", "今天天气很好！"],
    "dots": ["Hmm...", " I think so."],
}


@pytest.mark.parametrize("expected", CUT.values(), ids=CUT)
def test_pieces(expected: list[str]) -> None:
    assert pieces("".join(expected)) == expected


def test_piece_is_ready_before_the_text_is_complete() -> None:
    assert Sentences().add("It is noon. And") == ["It is noon."]


def test_endless_sentence_is_cut_at_a_blank() -> None:
    cut = pieces("word " * 200)
    assert max(map(len, cut)) <= LONGEST
    assert "".join(cut).split() == ["word"] * 200


def test_rest_without_words_is_not_spoken() -> None:
    assert pieces("Done. ") == ["Done."]


@settings(max_examples=200)
@given(text=st.text(alphabet="ab1.,!? \n\"')。，", max_size=700), step=st.integers(1, 50))
def test_nothing_that_has_a_word_is_lost(text: str, step: int) -> None:
    said = "".join(pieces(text, step))
    assert text.startswith(said)
    assert not any(letter.isalnum() for letter in text[len(said) :])
