"""Reads the result of a tool back in sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from math import isfinite

from realtime_engine.core.ports import Turn
from realtime_engine.speech.guide.said_numbers import spoken
from realtime_engine.speech.guide.scene import shortened

MAX_OUTPUT = 20_000
"""Characters of an output that are parsed as JSON; a longer one is quoted from its start."""

MAX_FACTS = 8
MAX_TEXT = 200
MAX_DEPTH = 3


def pending_results(turns: Sequence[Turn]) -> Sequence[Turn]:
    """The tool outputs the conversation ends with, which nobody has spoken about yet."""
    start = len(turns)
    while start and turns[start - 1].role == "tool_output":
        start -= 1
    return turns[start:]


def read_results(outputs: Sequence[Turn], turns: Sequence[Turn]) -> Iterable[str]:
    """A sentence for each output, with the name of its tool from the call it belongs to."""
    names = {turn.call_id: turn.name for turn in turns if turn.role == "tool_call" and turn.name}
    for output in outputs:
        name = output.name or names.get(output.call_id)
        teller = f"The tool {_plain(name)}" if name else "The tool"
        yield f"{teller} {_told(output.text)}."


def _told(text: str) -> str:
    value = _parsed(text)
    if value is None or value in ("", {}):
        return "is done, and sent nothing back"
    if isinstance(value, list):
        count = f"found {spoken(len(value))} {'result' if len(value) == 1 else 'results'}"
        return f"{count}: {_said(value)}" if value else count
    return f"says: {_said(value)}"


def _parsed(text: str) -> object:
    """The JSON value, or the text itself where it is none."""
    if len(text) <= MAX_OUTPUT:
        with suppress(ValueError, RecursionError):
            return json.loads(text)
    return text.strip()


def _said(value: object, depth: int = MAX_DEPTH) -> str:
    """Any JSON value in words, at most MAX_FACTS of an object or a list, and ``depth`` levels deep."""
    match value:
        case dict() | list() if depth <= 0:
            return "one entry" if len(value) == 1 else f"{spoken(len(value))} entries"
        case dict():
            inner = islice(value.items(), MAX_FACTS)
            return _some([f"{_plain(key)} is {_said(part, depth - 1)}" for key, part in inner], len(value))
        case list():
            return _some([_said(part, depth - 1) for part in value[:MAX_FACTS]], len(value))
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case int() | float() if isfinite(value):
            return spoken(Fraction(str(value)))
    return shortened(" ".join(str(value).split()), MAX_TEXT).rstrip(".")


def _some(parts: Sequence[str], count: int) -> str:
    more = f", and {spoken(count - len(parts))} more" if count > len(parts) else ""
    return ", ".join(parts) + more if parts else "nothing"


def _plain(name: object) -> str:
    """A key or a name as words: "max_temp" and "maxTemp" are "max temp"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^\w]|_", " ", str(name)[:MAX_TEXT])
    return " ".join(words.split()).lower()
