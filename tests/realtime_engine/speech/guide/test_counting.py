from __future__ import annotations

import pytest

from realtime_engine.core.ports import ReplyText

from .talk import answer_to, conversation, guide, replies, said, user


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        pytest.param("count to five", "One, two, three, four, five.", id="to"),
        pytest.param("Count to 3.", "One, two, three.", id="typed"),
        pytest.param("can you count up to three please", "One, two, three.", id="polite"),
        pytest.param("count from three to six", "Three, four, five, six.", id="from to"),
        pytest.param("count down from three", "Three, two, one.", id="down"),
        pytest.param("count backwards from five to three", "Five, four, three.", id="backwards"),
        pytest.param("count from five to three", "Five, four, three.", id="falling"),
        pytest.param("count by fives to fifteen", "Five, ten, fifteen.", id="by fives"),
        pytest.param("count from five to twenty in steps of five", "Five, ten, fifteen, twenty.", id="steps"),
        pytest.param("count from minus two to one", "Minus two, minus one, zero, one.", id="negative"),
        pytest.param(
            "count from ten by tens",
            "Ten, twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety, one hundred.",
            id="no end",
        ),
        pytest.param("count down to eight", "Ten, nine, eight.", id="down to"),
        pytest.param("count three", "One, two, three.", id="lone number"),
        pytest.param("count two three", "One, two, three.", id="misheard to"),
        pytest.param("count to too", "One, two.", id="misheard two"),
        pytest.param("count for me", "One, two, three, four, five, six, seven, eight, nine, ten.", id="no number"),
    ],
)
def test_counting(request_: str, answer: str) -> None:
    assert answer_to(request_) == answer


def test_counting_streams_in_sentences_of_ten() -> None:
    deltas = [reply.delta for reply in replies(user("count to twenty")) if isinstance(reply, ReplyText)]
    assert len(deltas) == 2
    assert deltas[1] == " Eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty."


def test_counting_to_a_hundred_is_complete() -> None:
    answer = answer_to("count to one hundred")
    assert answer.endswith("ninety-nine, one hundred.")
    assert answer.count(",") == 90  # nine in each of ten sentences


@pytest.mark.parametrize("far", ["count to a million", "count from 900000000 to 900000099"])
def test_counting_too_far_stops_and_says_so(far: str) -> None:
    answer = answer_to(far)
    assert answer.endswith("I stop there, because that is as far as I count in one go.")
    assert len(answer) <= 1500


def test_go_on_takes_up_an_interrupted_count() -> None:
    turns = [
        user("count to thirty"),
        guide("One, two, three, four, five, six, seven, eight, nine, ten. Eleven, twelve"),
    ]
    assert said(*turns, user("go on")).startswith("Eleven, twelve, thirteen")


def test_go_on_after_a_finished_count_has_nothing_left() -> None:
    assert said(*conversation("count to five"), user("go on")).startswith("There is nothing left")
