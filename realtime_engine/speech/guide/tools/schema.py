"""The part of JSON schema that tools describe their arguments with."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor, isfinite
from typing import Any

MAX_REFERENCES = 8

Schema = Mapping[str, Any]


def resolved(schema: object, root: Schema) -> Schema:
    """Without references into ``root``; of alternatives the first that is not null. Anything else is no restriction."""
    for _ in range(MAX_REFERENCES):
        if not isinstance(schema, Mapping):
            return {}
        choices = next((schema[key] for key in ("anyOf", "oneOf", "allOf") if isinstance(schema.get(key), list)), ())
        if isinstance(schema.get("$ref"), str):
            schema = _referenced(schema["$ref"], root)
        elif choices and "type" not in schema:
            schema = next((choice for choice in choices if choice != {"type": "null"}), {})
        else:
            return schema
    return {}


def type_of(schema: Schema) -> str:
    """The type that a value should have; a string where nothing is said."""
    named = schema.get("type")
    if isinstance(named, list):
        named = next((name for name in named if name != "null"), "null")
    if isinstance(named, str):
        return named
    return "object" if "properties" in schema else "array" if "items" in schema else "string"


def bounded(number: Fraction, schema: Schema) -> int | float:
    """The nearest number that the schema allows; whole for an integer, and where it is whole anyway."""
    is_integer = type_of(schema) == "integer"
    step = Fraction(1) if is_integer else Fraction(1, 1000)
    low, high = (
        _limit(schema, "minimum", "exclusiveMinimum", step),
        _limit(schema, "maximum", "exclusiveMaximum", -step),
    )
    number = max(number, low) if low is not None else number
    number = min(number, high) if high is not None else number
    if is_integer:
        return ceil(number) if low is not None and floor(number) < low else floor(number)
    return int(number) if number.denominator == 1 else float(number)


def _limit(schema: Schema, inclusive: str, exclusive: str, step: Fraction) -> Fraction | None:
    for key, distance in ((inclusive, Fraction(0)), (exclusive, step)):
        limit = schema.get(key)
        if isinstance(limit, (int, float)) and not isinstance(limit, bool) and isfinite(limit):
            return Fraction(str(limit)) + distance
    return None


def _referenced(reference: str, root: Schema) -> object:
    """What a reference like "#/$defs/place" points at, None for anything that is not in the schema."""
    found: object = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
