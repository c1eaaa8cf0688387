"""Several requests in one turn of the user."""

from __future__ import annotations

import json
from typing import Any

import pytest

from realtime_engine.core.ports import Reply, ReplyParameters, ReplyText, ReplyToolCall
from realtime_engine.speech.guide import answer

from .talk import NOW, replies, said, user
from .test_tools import ALL, LIGHT, TIMER, WEATHER, output, tool

TIME = tool("get_time", "Get the current time")

Call = tuple[str, dict[str, Any]]


def reply_to(text: str, tools: list[dict[str, Any]], **request: Any) -> tuple[str, list[Call]]:
    """What is said first, and the calls behind it."""
    given = replies(user(text), tools=tools, **request)[:-1]
    spoken = [reply.delta for reply in given if isinstance(reply, ReplyText)]
    calls = [(reply.name, json.loads(reply.arguments)) for reply in given[len(spoken) :]]  # type: ignore[union-attr]
    return "".join(spoken), calls


def weather(city: str) -> Call:
    return "get_weather", {"city": city}


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("what time is it and what's the weather in Paris?", [("get_time", {}), weather("Paris")]),
        ("what is the weather in Paris, and then what time is it", [weather("Paris"), ("get_time", {})]),
        ("what's the weather in Paris and in Rome?", [weather("Paris"), weather("Rome")]),
        ("the weather in Paris, in Rome and in Berlin", [weather("Paris"), weather("Rome"), weather("Berlin")]),
        ("get the weather and the time in Paris", [weather("Paris"), ("get_time", {})]),
        (
            "turn the light on and start a timer for five minutes",
            [("set_light", {"on": True}), ("start_timer", {"minutes": 5})],
        ),
    ],
)
def test_each_request_has_its_call(text: str, calls: list[Call]) -> None:
    assert reply_to(text, [*ALL, TIME]) == ("", calls)


def test_what_the_guide_knows_itself_is_said_before_the_call() -> None:
    spoken, calls = reply_to("what's the weather in Rome and what is two plus two", [WEATHER])
    assert (spoken, calls) == ("Two plus two is four.", [weather("Rome")])


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("start timer thirty seconds and two minutes", ("start_timer", {"minutes": 2, "seconds": 30})),
        ("hello, what's the weather in Paris, please", weather("Paris")),
        ('the weather in "Paris and in Rome"', weather("Paris and in Rome")),
        ("turn the light on, and the light on", ("set_light", {"on": True})),
    ],
)
def test_one_request_is_one_call(text: str, call: Call) -> None:
    assert reply_to(text, [WEATHER, TIMER, LIGHT]) == ("", [call])


def test_a_named_function_is_called_for_each_of_its_requests() -> None:
    choice = {"type": "function", "name": "get_weather"}
    text = "what time is it, and what's the weather in Paris and in Rome"
    assert reply_to(text, [WEATHER, TIME], tool_choice=choice)[1] == [weather("Paris"), weather("Rome")]


def test_no_tool_is_called_where_none_may_be() -> None:
    assert reply_to("what time is it and what's the weather in Paris", [WEATHER, TIME], tool_choice="none")[1] == []


def test_without_parallel_calls_there_is_one() -> None:
    turns = (user("what's the weather in Paris and in Rome"),)
    request = Reply("job_1", turns, "", (WEATHER,), "auto", {}, ReplyParameters(parallel_tool_calls=False))
    assert sum(isinstance(reply, ReplyToolCall) for reply in answer(request, NOW)) == 1


def test_all_results_are_read_back() -> None:
    told = said(user("weather in Paris and in Rome"), output("sunny"), output("rain"), tools=[WEATHER])
    assert told == "The tool says: sunny. The tool says: rain."


def test_a_turn_of_endless_requests_is_answered_in_bounds() -> None:
    text = " and ".join(f"the weather in city{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    assert len(reply_to(text, [WEATHER])[1]) == 16
