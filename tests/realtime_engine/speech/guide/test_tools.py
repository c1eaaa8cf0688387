from __future__ import annotations

import json
from typing import Any

import pytest

from realtime_engine.core.ports import ReplyDone, ReplyToolCall, Turn

from .talk import replies, said, user


def tool(name: str, description: str = "", **parameters: Any) -> dict[str, Any]:
    return {"type": "function", "name": name, "description": description, "parameters": parameters}


WEATHER = tool(
    "get_weather",
    "Get the current weather of a city",
    type="object",
    properties={"city": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
    required=["city"],
)
LIGHT = tool(
    "set_light",
    "Turns a lamp on or off",
    type="object",
    properties={"room": {"type": "string"}, "on": {"type": "boolean"}},
    required=["on"],
)
TIMER = tool(
    "start_timer",
    "Starts a countdown timer",
    type="object",
    properties={"minutes": {"type": "integer"}, "seconds": {"type": "integer"}},
    required=["minutes"],
)
ALL = [WEATHER, LIGHT, TIMER]


def call(text: str, tools: list[dict[str, Any]] | None = None, tool_choice: object = "auto") -> tuple[str, Any] | None:
    """Name and arguments of the tool that is called."""
    first = replies(user(text), tools=ALL if tools is None else tools, tool_choice=tool_choice)[0]
    return (first.name, json.loads(first.arguments)) if isinstance(first, ReplyToolCall) else None


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        pytest.param("what's the weather in Paris?", "get_weather", {"city": "Paris"}, id="name"),
        pytest.param(
            "weather for new york in celsius please", "get_weather", {"city": "new york", "unit": "celsius"}, id="enum"
        ),
        pytest.param("turn the kitchen lamp on", "set_light", {"on": True}, id="two words of the description"),
        pytest.param("switch off the light in the kitchen", "set_light", {"room": "kitchen", "on": False}, id="no"),
        pytest.param("start a timer for five minutes", "start_timer", {"minutes": 5}, id="number"),
        pytest.param(
            "start timer thirty seconds and two minutes", "start_timer", {"minutes": 2, "seconds": 30}, id="beside"
        ),
    ],
)
def test_a_tool_that_clearly_matches_is_called(text: str, name: str, arguments: dict[str, Any]) -> None:
    assert call(text) == (name, arguments)


@pytest.mark.parametrize(
    "text",
    [
        "what is twelve times seven",
        "hello",
        "go forward ten meters",
        "say the weather is nice in Paris",
        "what time is it",
    ],
)
def test_what_does_not_match_calls_no_tool(text: str) -> None:
    assert call(text) is None


def test_a_tool_call_is_the_whole_reply() -> None:
    assert [type(reply) for reply in replies(user("weather in Rome"), tools=ALL)] == [ReplyToolCall, ReplyDone]


def test_tool_choice_none_never_calls() -> None:
    assert call("what's the weather in Paris", tool_choice="none") is None


def test_tool_choice_required_calls_the_best_tool_for_any_words() -> None:
    assert call("make it brighter", [TIMER, WEATHER], "required") == ("start_timer", {"minutes": 0})
    assert call("is there rain in Rome, what weather", [TIMER, WEATHER], "required") == (
        "get_weather",
        {"city": "Rome"},
    )


def test_tool_choice_can_name_the_function() -> None:
    assert call("two", tool_choice={"type": "function", "name": "start_timer"}) == (
        "start_timer",
        {"minutes": 2},
    )


def test_a_required_tool_is_called_before_the_user_spoke() -> None:
    first = replies(tools=[TIMER], tool_choice="required")[0]
    assert first == ReplyToolCall("job_1", "start_timer", '{"minutes": 0}')


def test_a_name_that_is_no_tool_calls_none() -> None:
    assert call("two plus two", tool_choice={"type": "function", "name": "unknown"}) is None


def test_servers_of_tools_are_not_functions() -> None:
    assert call("weather", [{"type": "mcp", "server_label": "weather"}], "required") is None


def test_the_guides_own_ear_may_match_the_tool() -> None:
    first = replies(user("whether", guide_text="what time is it"), tools=[tool("get_time")])[0]
    assert first == ReplyToolCall("job_1", "get_time", "{}")


def test_after_the_output_the_tool_is_not_called_again() -> None:
    turns = [
        user("weather in Rome"),
        Turn("tool_call", "{}", call_id="c1", name="get_weather"),
        output('{"sky": "clear"}'),
    ]
    assert said(*turns, tools=ALL, tool_choice="required") == "The tool get weather says: sky is clear."


def test_a_call_without_output_is_waited_for() -> None:
    turns = [user("weather in Rome"), Turn("tool_call", "{}", call_id="c1", name="get_weather")]
    assert said(*turns) == "I am still waiting for the result of the tool."


def output(text: str) -> Turn:
    return Turn("tool_output", text, call_id="c1")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param(
            '{"temperature": 21.5, "sky": "clear"}',
            "says: temperature is twenty-one point five, sky is clear.",
            id="object",
        ),
        pytest.param(
            '{"maxTemp": -3, "wind_speed": {"kmh": 12}}',
            "says: max temp is minus three, wind speed is kmh is twelve.",
            id="nested",
        ),
        pytest.param('["red", "green"]', "found two results: red, green.", id="list"),
        pytest.param("[]", "found zero results.", id="empty list"),
        pytest.param('"It is sunny."', "says: It is sunny.", id="string"),
        pytest.param("It is sunny.", "says: It is sunny.", id="plain text"),
        pytest.param("42", "says: forty-two.", id="number"),
        pytest.param("true", "says: yes.", id="boolean"),
        pytest.param("null", "is done, and sent nothing back.", id="null"),
        pytest.param("", "is done, and sent nothing back.", id="empty"),
        pytest.param("{}", "is done, and sent nothing back.", id="empty object"),
        pytest.param('{"broken": ', 'says: {"broken":.', id="broken"),
        pytest.param(
            str(list(range(1, 12))),
            "found eleven results: one, two, three, four, five, six, seven, eight, and three more.",
            id="many",
        ),
    ],
)
def test_outputs_are_read_in_words(text: str, answer: str) -> None:
    assert said(user("go"), output(text)) == f"The tool {answer}"


@pytest.mark.parametrize(
    "deep", ["[" * 100_000, "[" * 5_000 + "]" * 5_000, '{"a":' * 900 + "1" + "}" * 900, "1" * 30_000, "[1e999]"]
)
def test_hostile_outputs_are_read_in_bounds(deep: str) -> None:
    assert 0 < len(said(user("go"), output(deep))) <= 1500
