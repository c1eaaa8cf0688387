from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_engine.speech.guide.heard import words_of
from realtime_engine.speech.guide.heard_numbers import numbers_in, read_number
from realtime_engine.speech.guide.said_numbers import LARGEST, cardinal, ordinal, spoken, year

from .talk import answer_to


@pytest.mark.parametrize(
    ("heard", "numbers"),
    [
        pytest.param("a hundred and five", [105], id="article and and"),
        pytest.param("twelve hundred", [1200], id="twelve hundred"),
        pytest.param("two thousand nineteen", [2019], id="thousand"),
        pytest.param("one million two hundred thousand and three", [1_200_003], id="million"),
        pytest.param("nineteen ninety nine", [1999], id="year"),
        pytest.param("nineteen oh five", [1905], id="year with oh"),
        pytest.param("one oh five", [105], id="digits"),
        pytest.param("five and six", [5, 6], id="and between numbers"),
        pytest.param("3 hundred", [300], id="numeral with scale"),
        pytest.param("1,234.5", [Fraction("1234.5")], id="numeral"),
        pytest.param("minus three point one four", [Fraction("-3.14")], id="negative decimal"),
        pytest.param("three quarters", [Fraction(3, 4)], id="quarters"),
        pytest.param("two and a half", [Fraction(5, 2)], id="two and a half"),
        pytest.param("twenty-one", [21], id="hyphen"),
        pytest.param("12 7", [12, 7], id="two numerals"),
        pytest.param("1" * 16, [], id="too long"),
    ],
)
def test_numbers_are_heard(heard: str, numbers: list[Fraction]) -> None:
    assert numbers_in(words_of(heard)) == numbers


@given(st.integers(0, LARGEST))
def test_a_number_that_was_said_is_heard_again(number: int) -> None:
    words = words_of(cardinal(number))
    heard = read_number(words, 0)
    assert heard is not None
    assert heard.value == number
    assert heard.end == len(words)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param(Fraction(-1, 2), "minus zero point five", id="negative decimal"),
        pytest.param(Fraction(4, 3), "one and one third, about one point three three three", id="mixed"),
        pytest.param(Fraction(-2, 3), "minus two thirds, about minus zero point six six seven", id="negative thirds"),
        pytest.param(Fraction(1, 10**9), "almost zero", id="tiny"),
        pytest.param(Fraction(10**18), "a number with nineteen digits", id="beyond the largest"),
        pytest.param(Fraction(-(10**30)), "minus a number with thirty-one digits", id="far below"),
    ],
)
def test_numbers_are_said(value: Fraction, words: str) -> None:
    assert spoken(value) == words


@given(st.integers(1, 400))
def test_the_length_of_a_huge_number_is_right(digits: int) -> None:
    if digits > 18:
        assert cardinal(10 ** (digits - 1)) == f"a number with {cardinal(digits)} digits"
        assert cardinal(10**digits - 1) == f"a number with {cardinal(digits)} digits"


def test_ordinals_and_years() -> None:
    assert [ordinal(n) for n in (1, 12, 20, 23, 31)] == [
        "first",
        "twelfth",
        "twentieth",
        "twenty-third",
        "thirty-first",
    ]
    assert [year(n) for n in (1900, 1905, 1999, 2005, 2026)] == [
        "nineteen hundred",
        "nineteen oh five",
        "nineteen ninety-nine",
        "two thousand five",
        "twenty twenty-six",
    ]


@pytest.mark.parametrize(
    ("heard", "answer"),
    [
        pytest.param("one two three oh", "I heard one, two, three, oh.", id="digits"),
        pytest.param("1-0-0. 9-oh-2.", "I heard one, zero, zero, nine, oh, two.", id="digits with hyphens"),
        pytest.param("forty two seven hundred", "I heard forty-two, seven hundred.", id="numbers"),
        pytest.param(
            "one two three four five six month seven",
            "I heard one, two, three, four, five, six, seven.",
            id="one misheard",
        ),
        pytest.param("what is twelve", "I heard twelve.", id="question"),
    ],
)
def test_lone_numbers_are_read_back(heard: str, answer: str) -> None:
    assert answer_to(heard).startswith(answer)
