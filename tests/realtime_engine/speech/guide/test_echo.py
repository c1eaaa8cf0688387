from __future__ import annotations

import pytest

from .talk import answer_to, conversation, said, user


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        pytest.param("repeat after me hello world", "Hello world.", id="repeat after me"),
        pytest.param("Please repeat after me: The cat sat on Ann's mat.", "The cat sat on Ann's mat.", id="as written"),
        pytest.param('can you say "good morning" please?', "Good morning.", id="quotes and politeness"),
        pytest.param("say two plus two", "Two plus two.", id="not worked out"),
        pytest.param("say what time is it", "What time is it.", id="not answered"),
    ],
)
def test_words_are_repeated(request_: str, answer: str) -> None:
    assert answer_to(request_) == answer


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        pytest.param("spell hello", "Hello is spelled h, e, l, l, o.", id="spell"),
        pytest.param("How do you spell NASA?", "NASA is spelled n, a, s, a.", id="capitals"),
        pytest.param("how is banana spelled", "Banana is spelled b, a, n, a, n, a.", id="how is"),
        pytest.param("can you spell the word rhythm for me please", "Rhythm is spelled r, h, y, t, h, m.", id="polite"),
        pytest.param("spell o'clock", "O'clock is spelled o, apostrophe, c, l, o, c, k.", id="apostrophe"),
        pytest.param("spell r2d2", "R2d2 is spelled r, two, d, two.", id="digits"),
        pytest.param("spell ice cream", "Ice is spelled i, c, e. Cream is spelled c, r, e, a, m.", id="two words"),
    ],
)
def test_words_are_spelled(request_: str, answer: str) -> None:
    assert answer_to(request_) == answer


@pytest.mark.parametrize("command", ["Say!", "spell ?!", "repeat after me..."])
def test_missing_words_are_asked_for(command: str) -> None:
    assert answer_to(command) in ("What shall I say?", "Which word shall I spell?")


@pytest.mark.parametrize(
    ("command", "words", "answer"),
    [
        pytest.param("repeat after me", "what time is it", "What time is it.", id="repeat"),
        pytest.param("can you spell", "Hello.", "Hello is spelled h, e, l, l, o.", id="spell"),
        pytest.param("say", "never mind", "Okay, never mind.", id="taken back"),
    ],
)
def test_words_may_come_after_a_pause(command: str, words: str, answer: str) -> None:
    assert said(*conversation(command), user(words)) == answer
    assert said(user(command), user(words)) == answer


def test_open_vocabulary_comes_from_the_general_recogniser() -> None:
    heard = user("repeat after me purple submarine", guide_text="repeat after me apple seven")
    assert said(heard) == "Purple submarine."


def test_the_guides_own_ear_is_used_where_the_general_one_heard_something_else() -> None:
    assert said(user("smell how low", guide_text="spell hello")) == "Hello is spelled h, e, l, l, o."


def test_a_very_long_word_is_spelled_in_part() -> None:
    assert answer_to("spell " + "a" * 500).endswith("I spell no more than that in one go.")
