from __future__ import annotations

import pytest

from realtime_engine.core.ports import ReplyDone, Turn
from realtime_engine.speech.guide import understands

from .talk import answer_to, conversation, guide, replies, said, user


def test_it_quotes_what_it_heard_and_offers_something() -> None:
    answer = answer_to("go forward ten meters")
    assert '"go forward ten meters"' in answer
    assert "You can ask what time it is" in answer


def test_it_does_not_say_the_same_line_each_time() -> None:
    strange = ["go forward ten meters", "open the garage", "where is my hat", "buy some milk"]
    answers = [turn.text for turn in conversation(*strange) if turn.role == "assistant"]
    assert len({answer.split("You can")[1] for answer in answers}) == len(answers)


def test_a_long_text_is_quoted_in_part() -> None:
    assert len(answer_to("blah " * 1000)) < 400


@pytest.mark.parametrize("nothing", ["", "   ", "\n", "\u200b"])
def test_a_turn_without_words(nothing: str) -> None:
    assert answer_to(nothing).startswith("I could not make out any words.")


def test_a_conversation_nobody_has_begun() -> None:
    assert said().startswith("Hello, I am the guide of this demo, a small script and no language model.")
    assert said(Turn("system", "Be brief.")) == said()


def test_nothing_new_since_its_own_turn() -> None:
    assert said(user("hello"), guide("Hello.")).startswith("I am listening.")


def test_a_system_message_hides_no_request() -> None:
    assert said(user("two plus two"), Turn("system", "Be brief.")) == "Two plus two is four."


def test_the_guides_own_ear_comes_first() -> None:
    assert said(user("what dime is in", guide_text="what time is it")) == "It is three oh five PM."


def test_the_general_text_where_the_guides_is_not_understood() -> None:
    assert said(user("what time is it", guide_text="what mississippi is")) == "It is three oh five PM."


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        pytest.param("count to", "three", "One, two, three.", id="count"),
        pytest.param("what is twelve times", "seven", "Twelve times seven is eighty-four.", id="sum"),
        pytest.param("how do i", "spell cat", "Cat is spelled c, a, t.", id="spell"),
    ],
)
def test_a_request_that_a_pause_cut_apart_is_put_together(first: str, second: str, answer: str) -> None:
    assert said(user(first), user(second)) == answer
    assert said(*conversation(first), user(second)) == answer


def test_the_reply_ends_with_done() -> None:
    assert replies(user("hello"))[-1] == ReplyDone("job_1")


@pytest.mark.parametrize(
    "text", ["go forward ten meters", "had he married a more amiable woman", "ask not what your country can do", ""]
)
def test_other_speech_is_not_understood(text: str) -> None:
    assert not understands(text)
