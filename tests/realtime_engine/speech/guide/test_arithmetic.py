from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_engine.speech.guide import understands
from realtime_engine.speech.guide.heard import words_of
from realtime_engine.speech.guide.heard_numbers import numbers_in
from realtime_engine.speech.guide.said_numbers import cardinal

from .talk import answer_to, conversation, said, user

SIGNS = {"plus": "+", "minus": "-", "times": "*"}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("what is twelve times seven", "Twelve times seven is eighty-four.", id="spoken"),
        pytest.param("12*7", "Twelve times seven is eighty-four.", id="typed"),
        pytest.param("What's 12 x 7?", "Twelve times seven is eighty-four.", id="typed with a letter"),
        pytest.param("um could you tell me what five plus three is please", "Five plus three is eight.", id="polite"),
        pytest.param("what is seven minus ten", "Seven minus ten is minus three.", id="negative result"),
        pytest.param("minus five plus eight", "Minus five plus eight is three.", id="negative operand"),
        pytest.param("-5 - -3", "Minus five minus minus three is minus two.", id="typed negatives"),
        pytest.param("six divided by four", "Six divided by four is one point five.", id="decimal"),
        pytest.param(
            "ten divided by three",
            "Ten divided by three is three and one third, about three point three three three.",
            id="fraction",
        ),
        pytest.param("ten over seven", "Ten divided by seven is about one point four two nine.", id="rounded"),
        pytest.param(
            "five divided by zero",
            "Nothing can be divided by zero, so there is no answer to that.",
            id="division by zero",
        ),
        pytest.param(
            "two plus three times four",
            "Two plus three times four is fourteen, with multiplication and division done first.",
            id="precedence is told",
        ),
        pytest.param("ten minus three minus two", "Ten minus three minus two is five.", id="left to right where equal"),
        pytest.param("(2+3)*4", "That is twenty.", id="brackets"),
        pytest.param("what is two and two", "Two plus two is four.", id="and"),
        pytest.param(
            "nine thousand nine hundred ninety nine plus one",
            "Nine thousand nine hundred ninety-nine plus one is ten thousand.",
            id="thousands",
        ),
        pytest.param(
            "1,250 + 750", "One thousand two hundred fifty plus seven hundred fifty is two thousand.", id="commas"
        ),
        pytest.param(
            "three point one four times two", "Three point one four times two is six point two eight.", id="point"
        ),
        pytest.param("two and a half times two", "Two and a half times two is five.", id="half"),
        pytest.param("ten percent of fifty", "Ten percent of fifty is five.", id="percent"),
        pytest.param("the square root of 144", "The square root of one hundred forty-four is twelve.", id="root"),
        pytest.param("what is nine squared", "Nine squared is eighty-one.", id="squared"),
        pytest.param("2^10", "Two to the power of ten is one thousand twenty-four.", id="power"),
        pytest.param(
            "0 to the power of -1", "Nothing can be divided by zero, so there is no answer to that.", id="zero^-1"
        ),
        pytest.param("2^0.5", "I can raise numbers to whole powers only.", id="power that is no whole number"),
        pytest.param(
            "square root of minus four", "A negative number has no real square root.", id="root of a negative"
        ),
        pytest.param(
            "the square root of 2", "The square root of two is about one point four one four.", id="endless root"
        ),
        pytest.param("subtract minus three from ten", "Ten minus minus three is thirteen.", id="subtract a negative"),
        pytest.param("3 cubed", "Three cubed is twenty-seven.", id="cubed"),
        pytest.param("9999^9999", "That number is too long for me to work out.", id="power too long"),
        pytest.param("subtract three from ten", "Ten minus three is seven.", id="subtract from"),
        pytest.param("multiply six by seven", "Six times seven is forty-two.", id="multiply by"),
        pytest.param("the sum of one and two and three", "One plus two plus three is six.", id="sum of three"),
        pytest.param("what is two plus for", "Two plus four is six.", id="misheard four"),
        pytest.param("to times too", "Two times two is four.", id="misheard two"),
        pytest.param("what is five time six", "Five times six is thirty.", id="misheard times"),
    ],
)
def test_sums_are_answered(question: str, answer: str) -> None:
    assert answer_to(question) == answer


@given(
    first=st.integers(0, 9_999),
    rest=st.lists(st.tuples(st.sampled_from(sorted(SIGNS)), st.integers(0, 9_999)), min_size=1, max_size=3),
)
def test_any_sum_of_whole_numbers_is_right(first: int, rest: list[tuple[str, int]]) -> None:
    spoken = " ".join([cardinal(first), *(f"{sign} {cardinal(number)}" for sign, number in rest)])
    typed = " ".join([str(first), *(f"{SIGNS[sign]} {number}" for sign, number in rest)])
    assert result_of(f"what is {spoken}") == eval(typed)
    assert result_of(typed) == eval(typed)


@given(dividend=st.integers(-9_999, 9_999), divisor=st.integers(1, 9_999))
def test_any_division_is_right_to_three_decimals(dividend: int, divisor: int) -> None:
    assert abs(result_of(f"{dividend} / {divisor}") - Fraction(dividend, divisor)) <= Fraction(1, 2000)


def result_of(question: str) -> Fraction:
    """The last number of the answer; "almost zero" is zero."""
    words = words_of(answer_to(question).split(" is ")[-1].split(", with")[0])
    return numbers_in(words)[-1]


@pytest.mark.parametrize(
    ("follow_up", "answer"),
    [
        pytest.param("times two", "Eighty-four times two is one hundred sixty-eight.", id="operation"),
        pytest.param("and plus five", "Eighty-four plus five is eighty-nine.", id="and"),
        pytest.param("minus four", "Eighty-four minus four is eighty.", id="minus"),
        pytest.param("add five to that", "Eighty-four plus five is eighty-nine.", id="that"),
        pytest.param("divide it by two", "Eighty-four divided by two is forty-two.", id="it"),
        pytest.param("double it", "Twice eighty-four is one hundred sixty-eight.", id="double"),
    ],
)
def test_a_result_is_gone_on_with(follow_up: str, answer: str) -> None:
    assert said(*conversation("what is twelve times seven"), user(follow_up)) == answer


def test_results_are_chained() -> None:
    turns = conversation("two plus two", "times ten", "hello")
    assert said(*turns, user("minus one")) == "Forty minus one is thirty-nine."


def test_a_sum_cut_apart_by_a_pause_is_one_sum() -> None:
    assert said(user("what is twelve"), user("times seven")) == "Twelve times seven is eighty-four."


def test_without_an_earlier_result_it_says_so() -> None:
    assert "no earlier result" in answer_to("times two")


def test_numbers_by_chance_in_long_speech_are_no_sum() -> None:
    chance = "is a real excuse me fifty ends no minus eight percent is which eleven believe nine of country and seventy"
    assert not understands(chance)
