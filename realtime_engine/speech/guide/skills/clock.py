"""Time of day and date, by the clock of the machine the guide runs on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.heard_numbers import read_number
from realtime_engine.speech.guide.said_numbers import cardinal, ordinal, year
from realtime_engine.speech.guide.scene import Answer, Scene

MAX_DAYS = 36_500
"""Dates further away are not worked out."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

_TIME = re.compile(
    r"\bwhat times?( (is|was|as|it|its|do|right|now|in|at)\b|$)|\btime (is|as) (it|this)\b"
    r"|\bwhat (is|was) the (current |exact |local )?time\b"
    r"|\b(tell|give|read|have|know|got)( me)?( you)?( got)? the time( (is|it|now|right|in|at)\b|$)"
    r"|^(the )?(current )?time$"
)
_ELSEWHERE = re.compile(r"\btime\b.*\b(in|at) (?!the (morning|afternoon|evening|moment))[a-z]")
_DATE = re.compile(
    r"\b(what|which) (day|date)\b|\bday of the week\b|\b(what|which) (is|was|will)( be)?( the)? (day|date)\b"
    r"|\b(what|which) (is|was|will)( be)? (today|tomorrow|yesterday|the day)\b"
    r"|\b(today|tomorrow|yesterday) (date|day)\b|\b(tell|give)( me)? (the|today|tomorrow|yesterday) (date|day)\b"
    r"|^(the )?(current )?(date|day)( is it)?( today| tomorrow)?$|^(today|tomorrow)$"
)
_MONTH = re.compile(r"\b(what|which)( is the)?( current)? month\b")
_YEAR = re.compile(r"\b(what|which)( is the)?( current)? year\b")


def find(heard: Heard) -> Answer | None:
    """Answers questions for the time, the day, the date, the month and the year."""
    request = heard.request
    if _TIME.search(request):
        elsewhere = bool(_ELSEWHERE.search(request))
        return lambda scene: _time(scene, elsewhere)
    if _MONTH.search(request):
        return lambda scene: [f"It is {MONTHS[scene.now.month - 1]}, {year(scene.now.year)}."]
    if _YEAR.search(request):
        return lambda scene: [f"The year is {year(scene.now.year)}."]
    return (lambda scene: _date(scene, request)) if _DATE.search(request) else None


def _time(scene: Scene, elsewhere: bool) -> Iterable[str]:
    if elsewhere:
        yield "I only know the clock of the machine I run on."
    yield scene.vary(f"It is {time_in_words(scene.now)}.", f"The time is {time_in_words(scene.now)}.")


def _date(scene: Scene, request: str) -> Iterable[str]:
    days = days_away(request)
    if abs(days) > MAX_DAYS:
        yield "That is too far away for my calendar."
        return
    name = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}.get(days, "That")
    yield f"{name} {'was' if days < 0 else 'is'} {date_in_words(scene.now + timedelta(days=days))}."


def days_away(request: str) -> int:
    """Which day is meant, counted from today: "tomorrow" is 1, "three days ago" is -3."""
    for phrase, days in (("day after tomorrow", 2), ("day before yesterday", -2), ("tomorrow", 1), ("yesterday", -1)):
        if phrase in request:
            return days
    words = request.split()
    for at in range(len(words)):
        number = read_number(words, at)
        if number and number.value.denominator == 1 and words[number.end : number.end + 1] in (["day"], ["days"]):
            return int(number.value) * (-1 if words[number.end + 1 : number.end + 2] == ["ago"] else 1)
    return 0


def time_in_words(moment: datetime) -> str:
    """ "three oh five PM", "twelve noon"."""
    hour, half = moment.hour % 12 or 12, "PM" if moment.hour >= 12 else "AM"
    if moment.minute == 0:
        special = {0: "midnight", 12: "twelve noon"}
        return special.get(moment.hour) or f"exactly {cardinal(hour)} {half}"
    minutes = ("oh " if moment.minute < 10 else "") + cardinal(moment.minute)
    return f"{cardinal(hour)} {minutes} {half}"


def date_in_words(moment: datetime) -> str:
    """ "Friday, November twentieth, twenty twenty-six"."""
    day = f"{MONTHS[moment.month - 1]} {ordinal(moment.day)}"
    return f"{WEEKDAYS[moment.weekday()]}, {day}, {year(moment.year)}"
