"""Builds the arguments of a tool call from the tool's JSON schema and what the user said.

A required property that was not said gets its default, else a plain value of its type; an optional one is left out.
Keywords that narrow a string further (pattern, minLength) are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import takewhile
from typing import Any

from realtime_engine.speech.guide.skills.clock import MAX_DAYS, days_away

from .schema import Schema, bounded, resolved, type_of
from .slots import Slots

MAX_DEPTH = 5
MAX_PROPERTIES = 32
MAX_ITEMS = 16
MAX_STRING = 400

_ABSENT = object()
"""What a property has that was not said."""


def build_arguments(schema: object, slots: Slots, now: datetime, tool_words: Collection[str]) -> dict[str, Any]:
    """The arguments object; empty where the schema asks for nothing."""
    root = schema if isinstance(schema, Mapping) else {}
    return _Builder(root, slots, now, tool_words).object(resolved(root, root), MAX_DEPTH)


@dataclass(frozen=True, slots=True)
class _Builder:
    root: Schema
    slots: Slots
    now: datetime
    tool_words: Collection[str]

    def object(self, schema: Schema, depth: int) -> dict[str, Any]:
        """The properties that were said, and all required ones."""
        properties, required = schema.get("properties"), schema.get("required")
        if not isinstance(properties, Mapping) or not depth:
            return {}
        needed = set(required) if isinstance(required, list) else set()
        values = {
            name: self._value(str(name), resolved(inner, self.root), name in needed, depth - 1)
            for name, inner in list(properties.items())[:MAX_PROPERTIES]
        }
        return {name: value for name, value in values.items() if value is not _ABSENT}

    def _value(self, name: str, schema: Schema, required: bool, depth: int) -> Any:
        if "const" in schema:
            return schema["const"]
        said = self._said(name, schema, required, depth)
        if said is not _ABSENT or not required:
            return said
        return schema["default"] if "default" in schema else self._plain(name, schema)

    def _said(self, name: str, schema: Schema, required: bool, depth: int) -> Any:
        """What the user said for this property, or _ABSENT."""
        options = schema.get("enum")
        if isinstance(options, list):
            return next((option for option in options if self.slots.mentioned(option)), _ABSENT)
        match type_of(schema):
            case "object":
                return self.object(schema, depth) or _ABSENT
            case "array":
                return self._items(name, resolved(schema.get("items"), self.root), required, depth) or _ABSENT
            case "number" | "integer":
                number = self.slots.number(name)
                return _ABSENT if number is None else bounded(number, schema)
            case "boolean":
                said = self.slots.boolean()
                return _ABSENT if said is None else said
            case "string":
                return self._string(name, schema, required)
        return _ABSENT

    def _items(self, name: str, schema: Schema, required: bool, depth: int) -> list[Any]:
        """One item for each value that was said: of a list of words, of the options, of the numbers."""
        if isinstance(schema.get("enum"), list):
            return [option for option in schema["enum"] if self.slots.mentioned(option)]
        if type_of(schema) == "string":
            text = self._string(name, schema, required)
            return [] if text is _ABSENT else [part for part in re.split(r",\s*|\s+and\s+", text) if part][:MAX_ITEMS]
        most = MAX_ITEMS if type_of(schema) in ("number", "integer") else 1
        items = (self._value(name, schema, False, depth - 1) for _ in range(most if depth else 0))
        return list(takewhile(lambda item: item is not _ABSENT, items))

    def _string(self, name: str, schema: Schema, required: bool) -> Any:
        kind = str(schema.get("format"))
        if kind in _MOMENTS:
            days = days_away(" ".join(self.slots.words))
            return self._moment(kind, days) if days or required else _ABSENT
        said = self.slots.string(name)
        if said is None and required and "default" not in schema:
            said = self.slots.any_string(self.tool_words)
        return _ABSENT if said is None else said[: _longest(schema)]

    def _moment(self, kind: str, days: int) -> str:
        moment = self.now + timedelta(days=max(-MAX_DAYS, min(days, MAX_DAYS)))
        return _MOMENTS[kind](moment)

    def _plain(self, name: str, schema: Schema) -> Any:
        """What stands for a required value that was not said."""
        options = schema.get("enum")
        if isinstance(options, list) and options:
            return options[0]
        match type_of(schema):
            case "object":
                return {}
            case "array":
                least = schema.get("minItems")
                count = min(least, MAX_ITEMS) if isinstance(least, int) else 0
                return [self._plain(name, resolved(schema.get("items"), self.root)) for _ in range(count)]
            case "number" | "integer":
                return bounded(Fraction(0), schema)
            case "boolean":
                return False
            case "null":
                return None
        return ""


_MOMENTS: Mapping[str, Callable[[datetime], str]] = {
    "date": lambda moment: moment.date().isoformat(),
    "date-time": lambda moment: moment.isoformat(timespec="seconds"),
    "time": lambda moment: moment.time().isoformat(timespec="seconds"),
}


def _longest(schema: Schema) -> int:
    longest = schema.get("maxLength")
    return min(longest, MAX_STRING) if isinstance(longest, int) and longest >= 0 else MAX_STRING
