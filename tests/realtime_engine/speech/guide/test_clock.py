from __future__ import annotations

from datetime import UTC, datetime

import pytest

from .talk import answer_to


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        pytest.param(15, 5, "three oh five PM", id="afternoon"),
        pytest.param(0, 30, "twelve thirty AM", id="after midnight"),
        pytest.param(12, 45, "twelve forty-five PM", id="after noon"),
        pytest.param(9, 0, "exactly nine AM", id="full hour"),
        pytest.param(0, 0, "midnight", id="midnight"),
        pytest.param(12, 0, "twelve noon", id="noon"),
    ],
)
def test_the_time_is_said_in_words(hour: int, minute: int, words: str) -> None:
    now = datetime(2026, 11, 20, hour, minute, tzinfo=UTC)
    assert answer_to("what time is it", now=now) == f"It is {words}."


@pytest.mark.parametrize(
    "question",
    [
        "What time is it?",
        "I'd like to know what time it is",
        "gimme the time",
        "hey, what's the time?",
        "tell me the time",
        "do you know what time it is",
        "what time as it",
        "time",
    ],
)
def test_questions_for_the_time(question: str) -> None:
    assert answer_to(question) == "It is three oh five PM."


def test_the_time_elsewhere_is_not_known() -> None:
    assert answer_to("what time is it in london").startswith("I only know the clock of the machine")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("what day is it", "Today is Friday, November twentieth, twenty twenty-six.", id="today"),
        pytest.param("what's today's date", "Today is Friday, November twentieth, twenty twenty-six.", id="date"),
        pytest.param(
            "what day is it tomorrow", "Tomorrow is Saturday, November twenty-first, twenty twenty-six.", id="tomorrow"
        ),
        pytest.param(
            "what was yesterday's date",
            "Yesterday was Thursday, November nineteenth, twenty twenty-six.",
            id="yesterday",
        ),
        pytest.param(
            "what day is the day after tomorrow",
            "That is Sunday, November twenty-second, twenty twenty-six.",
            id="after",
        ),
        pytest.param(
            "what day is it in ten days", "That is Monday, November thirtieth, twenty twenty-six.", id="in ten"
        ),
        pytest.param(
            "what day was it 20 days ago", "That was Saturday, October thirty-first, twenty twenty-six.", id="ago"
        ),
        pytest.param("what day is it in ten million days", "That is too far away for my calendar.", id="too far"),
        pytest.param("what month is it", "It is November, twenty twenty-six.", id="month"),
        pytest.param("what year is it", "The year is twenty twenty-six.", id="year"),
    ],
)
def test_dates_are_said_in_words(question: str, answer: str) -> None:
    assert answer_to(question) == answer


def test_tomorrow_crosses_the_end_of_the_year() -> None:
    now = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert answer_to("what is tomorrow's date", now=now) == "Tomorrow is Friday, January first, twenty twenty-seven."
