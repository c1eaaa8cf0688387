"""Builds the arguments of a tool call from the tool's JSON schema and what the user said.

A required property that was not said gets its default, else a plain value of its type; an optional one is left out.
Keywords that narrow a string further (pattern, minLength) are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import islice
from typing import Any, TypeVar

from realtime_engine.speech.guide.skills.clock import MAX_DAYS, days_away

from .schema import Schema, bounded, resolved, type_of
from .slots import Slots

MAX_DEPTH = 5
MAX_PROPERTIES = 128
MAX_ITEMS = 16
MAX_STRING = 400

T = TypeVar("T")

_ABSENT = object()
"""What a property has that was not said."""


def build_arguments(schema: object, slots: Slots, now: datetime, tool_words: Collection[str]) -> dict[str, Any]:
    """The arguments object; empty where the schema asks for nothing."""
    root = schema if isinstance(schema, Mapping) else {}
    return _Builder(root, slots, now, tool_words).object(resolved(root, root), MAX_DEPTH, required=True)


@dataclass(slots=True)
class _Builder:
    root: Schema
    slots: Slots
    now: datetime
    tool_words: Collection[str]
    properties_left: int = MAX_PROPERTIES

    def object(self, schema: Schema, depth: int, required: bool) -> dict[str, Any]:
        """First what was plainly said for each property, then the required ones, then optional numbers that are left.

        An object that is not required is empty where nothing in it was said.
        """
        inner = self._properties(schema) if depth else {}
        values = {name: self._said(name, part, depth - 1) for name, part in inner.items()}
        if not required and all(value is _ABSENT for value in values.values()):
            return {}
        for name in sorted(inner, key=lambda name: name not in _required(schema)):
            if values[name] is _ABSENT:
                values[name] = self._found(name, inner[name], name in _required(schema), depth - 1)
        return {name: value for name, value in values.items() if value is not _ABSENT}

    def _properties(self, schema: Schema) -> dict[str, Schema]:
        """The properties, as far as the whole schema has no more than MAX_PROPERTIES; it may contain itself."""
        properties = schema.get("properties")
        inner = list(properties.items())[: self.properties_left] if isinstance(properties, Mapping) else []
        self.properties_left -= len(inner)
        return {str(name): resolved(part, self.root) for name, part in inner}

    def _said(self, name: str, schema: Schema, depth: int) -> Any:
        """What the user plainly said for this property, or _ABSENT."""
        if "const" in schema:
            return _ABSENT
        if isinstance(schema.get("enum"), list):
            return next((option for option in schema["enum"] if self.slots.mentioned(option)), _ABSENT)
        match type_of(schema):
            case "object":
                return self.object(schema, depth, required=False) or _ABSENT
            case "array":
                return self._items(name, resolved(schema.get("items"), self.root)) or _ABSENT
            case "number" | "integer":
                return _or_absent(self.slots.number_beside(name), lambda number: bounded(number, schema))
            case "boolean":
                return _or_absent(self.slots.boolean(), bool)
            case "string":
                return self._string(name, schema)
        return _ABSENT

    def _items(self, name: str, schema: Schema) -> list[Any]:
        """One item for each value that was said: of the options, of a list of words."""
        if isinstance(schema.get("enum"), list):
            return [option for option in schema["enum"] if self.slots.mentioned(option)][:MAX_ITEMS]
        text = self._string(name, schema) if type_of(schema) == "string" else _ABSENT
        return [] if text is _ABSENT else _listed(str(text))

    def _string(self, name: str, schema: Schema) -> Any:
        if _format(schema) in _MOMENTS:
            days = days_away(" ".join(self.slots.words))
            return self._moment(_format(schema), days) if days else _ABSENT
        return _or_absent(self.slots.string(name), lambda said: said[: _longest(schema)])

    def _found(self, name: str, schema: Schema, required: bool, depth: int) -> Any:
        """What else could be meant for this property; where it is required, at least its default or a plain value."""
        kind = type_of(schema)
        if "const" in schema or "enum" in schema:
            return self._plain(name, schema, depth) if required else _ABSENT
        if kind in ("number", "integer") and (number := self.slots.next_number()) is not None:
            return bounded(number, schema)
        if not required:
            return _ABSENT
        if kind == "string" and "default" not in schema and _format(schema) not in _MOMENTS:
            return self.slots.any_string(self.tool_words)[: _longest(schema)]
        if kind == "array" and (items := self._any_items(resolved(schema.get("items"), self.root))):
            return items
        return self._plain(name, schema, depth)

    def _any_items(self, schema: Schema) -> list[Any]:
        """All numbers that are left, or the words that are left as a list."""
        if type_of(schema) in ("number", "integer"):
            numbers = iter(self.slots.next_number, None)
            return [bounded(number, schema) for number in islice(numbers, MAX_ITEMS)]
        plain_words = type_of(schema) == "string" and "enum" not in schema
        return _listed(self.slots.any_string(self.tool_words)) if plain_words else []

    def _plain(self, name: str, schema: Schema, depth: int) -> Any:
        """What stands for a required value that was not said."""
        for given in ("const", "default"):
            if given in schema:
                return schema[given]
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return schema["enum"][0]
        match type_of(schema):
            case "object":
                return self.object(schema, depth, required=True)
            case "array":
                items = resolved(schema.get("items"), self.root)
                return [self._plain(name, items, depth - 1) for _ in range(_least(schema) if depth > 0 else 0)]
            case "number" | "integer":
                return bounded(Fraction(0), schema)
            case "boolean":
                return False
            case "null":
                return None
        return self._moment(_format(schema), 0) if _format(schema) in _MOMENTS else ""

    def _moment(self, kind: str, days: int) -> str:
        moment = self.now + timedelta(days=max(-MAX_DAYS, min(days, MAX_DAYS)))
        return _MOMENTS[kind](moment)


_MOMENTS: Mapping[str, Callable[[datetime], str]] = {
    "date": lambda moment: moment.date().isoformat(),
    "date-time": lambda moment: moment.isoformat(timespec="seconds"),
    "time": lambda moment: moment.time().isoformat(timespec="seconds"),
}


def _format(schema: Schema) -> str:
    return str(schema.get("format"))


def _required(schema: Schema) -> Sequence[object]:
    required = schema.get("required")
    return required if isinstance(required, list) else ()


def _or_absent(value: T | None, made: Callable[[T], object]) -> Any:
    return _ABSENT if value is None else made(value)


def _listed(text: str) -> list[str]:
    """ "eggs, milk and flour" item by item."""
    return [part for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", text) if part][:MAX_ITEMS]


def _least(schema: Schema) -> int:
    least = schema.get("minItems")
    return max(0, min(least, MAX_ITEMS)) if isinstance(least, int) else 0


def _longest(schema: Schema) -> int:
    longest = schema.get("maxLength")
    return min(longest, MAX_STRING) if isinstance(longest, int) and longest >= 0 else MAX_STRING
