from __future__ import annotations

import time
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_engine.core.ports import ReplyText, Turn
from realtime_engine.speech.guide.corpus import sentences

from .talk import replies, said, user

ROLES = st.sampled_from(["system", "user", "assistant", "tool_call", "tool_output"])
VOCABULARY = """
count to from down by spell say repeat after me what is the time date plus minus times divided by ( ) ^ ** two ten
hundred thousand million point half of percent that it again go on stop story settings voice and a 12 3.5 1e9 - .5
"""
WORDS = st.sampled_from(VOCABULARY.split())


@given(st.lists(WORDS, max_size=40))
def test_any_words_get_a_bounded_answer(words: list[str]) -> None:
    assert 0 < len(said(user(" ".join(words)))) <= 1500


@given(st.lists(st.tuples(ROLES, st.text(max_size=60)), max_size=6))
def test_any_conversation_gets_a_bounded_answer(turns: list[tuple[str, str]]) -> None:
    assert 0 < len(said(*(Turn(role, text, call_id="c") for role, text in turns))) <= 1500


def test_no_answer_shouts() -> None:
    answers = [said(user(sentence)) for sentence in islice(sentences(), 0, None, 50)]
    assert not any("!" in answer for answer in answers)


def test_deltas_are_whole_sentences() -> None:
    deltas = [reply.delta for reply in replies(user("who are you")) if isinstance(reply, ReplyText)]
    assert len(deltas) > 1
    assert all(delta.endswith(".") for delta in deltas)
    assert all(delta.startswith(" ") for delta in deltas[1:])


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("(" * 5_000, id="brackets"),
        pytest.param("- " * 5_000 + "1", id="signs"),
        pytest.param("and " * 5_000, id="and"),
        pytest.param("one " * 5_000, id="digits"),
        pytest.param("please " * 5_000 + "x", id="politeness"),
        pytest.param("hello okay now " * 2_000 + "x", id="greetings"),
        pytest.param('say """""' * 2_000, id="quotes"),
        pytest.param("1" * 100_000, id="long number"),
        pytest.param("9" * 15 + "^" + "9" * 15, id="huge power"),
        pytest.param("99999" + "*99999" * 400, id="long product"),
        pytest.param("square " * 60 + "9", id="squares"),
        pytest.param("tell me story " * 1_000, id="stories"),
    ],
)
def test_hostile_text_is_answered_at_once(hostile: str) -> None:
    start = time.process_time()
    assert 0 < len(said(user(hostile), user("go on"), user(hostile))) <= 1500
    assert time.process_time() - start < 1
