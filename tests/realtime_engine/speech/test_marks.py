"""Where words probably begin in speech whose maker does not tell."""

from __future__ import annotations

from realtime_engine.speech.marks import CHARACTERS_PER_SECOND, EvenMarks

TEXT = "one two three four"
PACE = 24_000 / CHARACTERS_PER_SECOND


def test_words_begin_at_an_ordinary_pace_while_the_length_is_unknown() -> None:
    marks = EvenMarks(TEXT, speed=1).until(round(5 * PACE))
    assert [(TEXT[mark.start : mark.end], mark.sample) for mark in marks] == [("one", 0), ("two", round(4 * PACE))]


def test_faster_speech_has_its_words_earlier() -> None:
    assert EvenMarks(TEXT, speed=2).until(24_000)[1].sample == round(4 * PACE / 2)


def test_what_is_left_at_the_end_is_spread_over_what_is_left() -> None:
    marks = EvenMarks(TEXT, speed=1)
    marks.until(1)
    assert [mark.sample for mark in marks.rest(1800)] == [400, 800, 1400]


def test_speech_that_ended_sooner_than_its_words_still_marks_them_all() -> None:
    marks = EvenMarks(TEXT, speed=1)
    told = [*marks.until(20_000), *marks.rest(20_000)]
    assert [TEXT[mark.start : mark.end] for mark in told] == TEXT.split()
    assert told[-1].sample <= 20_000
