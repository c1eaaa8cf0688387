from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_engine.core.ports import ReplyToolCall

from .talk import replies, user


def arguments(text: str, parameters: object) -> Any:
    """What a tool with these parameters is called with when it must be called."""
    tool = {"type": "function", "name": "find_recipe", "parameters": parameters}
    first = replies(user(text), tools=[tool], tool_choice="required")[0]
    assert isinstance(first, ReplyToolCall)
    return json.loads(first.arguments)


def one(text: str, schema: dict[str, Any], name: str = "it", required: bool = True) -> Any:
    """The value of the only property; "absent" where it is left out."""
    parameters = {"type": "object", "properties": {name: schema}, "required": [name] if required else []}
    return arguments(text, parameters).get(name, "absent")


STRING = {"type": "string"}
PLACE = {"type": "object", "properties": {"city": STRING, "zip": {"type": "integer"}}, "required": ["city"]}


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        pytest.param("seven and a half", {"type": "number"}, 7.5, id="number"),
        pytest.param("minus two", {"type": "integer"}, -2, id="negative integer"),
        pytest.param("three point nine", {"type": "integer"}, 3, id="integer of a decimal"),
        pytest.param("two hundred", {"type": "integer", "maximum": 100}, 100, id="maximum"),
        pytest.param("nothing", {"type": "integer", "minimum": 1}, 1, id="minimum where not said"),
        pytest.param("nothing", {"type": "integer", "default": 9}, 9, id="default"),
        pytest.param("no please", {"type": "boolean"}, False, id="no"),
        pytest.param("turn it on", {"type": "boolean"}, True, id="on"),
        pytest.param("nothing", {"type": "boolean"}, False, id="boolean where not said"),
        pytest.param("a Large one", {"enum": ["small", "large"]}, "large", id="enum"),
        pytest.param("extra large", {"enum": ["large", "extra_large"]}, "large", id="first enum value that was said"),
        pytest.param("nothing", {"enum": ["small", "large"]}, "small", id="enum where not said"),
        pytest.param("level three", {"enum": [1, 2, 3]}, 3, id="enum of numbers"),
        pytest.param("nothing", {"const": 5}, 5, id="const"),
        pytest.param('find "Apple Pie" now', STRING, "Apple Pie", id="quoted"),
        pytest.param("find a recipe for apple pie please", STRING, "apple pie", id="behind a preposition"),
        pytest.param("find pancakes", STRING, "find pancakes", id="all words"),
        pytest.param("recipe pancakes", STRING, "pancakes", id="without the words of the tool"),
        pytest.param("pancakes", {"type": "string", "maxLength": 3}, "pan", id="longest"),
        pytest.param("nothing", {"type": "string", "default": "soup"}, "soup", id="string default"),
        pytest.param("tomorrow", {"type": "string", "format": "date"}, "2026-11-21", id="date"),
        pytest.param("now", {"type": "string", "format": "date-time"}, "2026-11-20T15:05:00+00:00", id="date and time"),
        pytest.param("now", {"type": "string", "format": "time"}, "15:05:00", id="time"),
        pytest.param("for eggs, milk and flour", {"type": "array", "items": STRING}, ["eggs"], id="phrase"),
        pytest.param(
            '"eggs, milk and flour"', {"type": "array", "items": STRING}, ["eggs", "milk", "flour"], id="list"
        ),
        pytest.param("one, 5 plus 7", {"type": "array", "items": {"type": "number"}}, [1, 5, 7], id="numbers"),
        pytest.param(
            "red and blue", {"type": "array", "items": {"enum": ["blue", "green", "red"]}}, ["blue", "red"], id="enums"
        ),
        pytest.param(
            "nothing", {"type": "array", "items": {"type": "number"}, "minItems": 2}, [0, 0], id="least items"
        ),
        pytest.param("in Rome 123", PLACE, {"city": "Rome 123", "zip": 123}, id="object"),
        pytest.param("five", {"type": ["integer", "null"]}, 5, id="type or null"),
        pytest.param("five", {"anyOf": [{"type": "null"}, {"type": "integer"}]}, 5, id="any of"),
        pytest.param("nothing", {"type": "null"}, None, id="null"),
        pytest.param("pancakes", {}, "pancakes", id="no type"),
    ],
)
def test_required_values(text: str, schema: dict[str, Any], value: object) -> None:
    assert one(text, schema) == value


@pytest.mark.parametrize(
    "schema",
    [STRING, {"type": "integer"}, {"type": "boolean"}, {"enum": ["a", "b"]}, {"type": "array", "items": STRING}, PLACE],
)
def test_optional_values_that_were_not_said_are_left_out(schema: dict[str, Any]) -> None:
    assert one("pancakes", schema, required=False) == "absent"


def test_an_optional_string_is_found_by_its_name() -> None:
    assert one("find it, the title is Long Days.", STRING, name="title", required=False) == "Long Days"


def test_references_are_followed() -> None:
    parameters = {
        "properties": {"size": {"$ref": "#/$defs/size"}},
        "required": ["size"],
        "$defs": {"size": {"enum": ["s", "l"]}},
    }
    assert arguments("nothing", parameters) == {"size": "s"}


@pytest.mark.parametrize(
    "parameters", [None, {}, [], "x", {"properties": []}, {"type": "object", "required": 3}, {"$ref": "#"}]
)
def test_odd_parameters_make_empty_arguments(parameters: object) -> None:
    assert arguments("five pancakes", parameters) == {}


def test_a_schema_that_contains_itself_ends() -> None:
    names = [f"next_{number}" for number in range(40)]
    node = {"type": "object", "properties": {name: {"$ref": "#"} for name in names}, "required": names}
    assert arguments("go", node).keys() == set(names)


TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


@given(
    properties=st.dictionaries(st.text(min_size=1, max_size=8), st.sampled_from(sorted(TYPES)), max_size=6),
    text=st.text(max_size=80),
)
def test_every_required_property_gets_a_value_of_its_type(properties: dict[str, str], text: str) -> None:
    schema = {name: {"type": kind} for name, kind in properties.items()}
    built = arguments(text, {"type": "object", "properties": schema, "required": list(properties)})
    assert built.keys() == properties.keys()
    assert all(isinstance(built[name], TYPES[kind]) for name, kind in properties.items())


KEYWORDS = """
type properties required items enum const default format anyOf oneOf allOf $ref $defs minimum maximum exclusiveMinimum
minItems maxLength
"""
SCALARS = st.none() | st.booleans() | st.integers() | st.floats()
LEAVES = SCALARS | st.sampled_from([*TYPES, "date", "#", "#/$defs/a", ""])
SCHEMAS = st.recursive(
    LEAVES,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from([*KEYWORDS.split(), "a", "b"]), part),
    max_leaves=20,
)


@given(properties=SCHEMAS, required=SCHEMAS)
def test_no_schema_is_too_odd(properties: object, required: object) -> None:
    assert isinstance(arguments("five tomorrow in Rome", {"properties": properties, "required": required}), dict)
    assert isinstance(arguments("five", {"properties": {"a": properties}, "required": ["a"]}), dict)
