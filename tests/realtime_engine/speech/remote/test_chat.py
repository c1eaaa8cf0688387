"""A conversation as a request for chat completions."""

from __future__ import annotations

from typing import Any

from realtime_engine.core.ports import Image, Reply, ReplyParameters, Turn
from realtime_engine.speech.remote import chat

TOOL = {"type": "function", "name": "light", "description": "", "parameters": {"type": "object"}}
QUIET = ReplyParameters(model="gpt-realtime", spoken=False)


def request(*turns: Turn, model: str = "llama", is_openai: bool = False, **how: Any) -> dict[str, Any]:
    fields = {"instructions": "", "tools": (), "tool_choice": "auto", "parameters": QUIET} | how
    return chat.request(Reply("r", turns, **fields), model, is_openai=is_openai)


def messages(*turns: Turn) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = request(*turns)["messages"]
    return sent


def test_conversation_in_order() -> None:
    turns = (Turn("user", "Hello"), Turn("assistant", "Hi"), Turn("system", "Be brief."), Turn("user", "Bye"))
    assert [(sent["role"], sent["content"]) for sent in messages(*turns)] == [
        ("user", "Hello"),
        ("assistant", "Hi"),
        ("system", "Be brief."),
        ("user", "Bye"),
    ]


def test_instructions_come_first() -> None:
    sent = request(Turn("user", "Hello"), instructions="Speak like a pirate.")["messages"]
    assert sent[0] == {"role": "system", "content": "Speak like a pirate."}


def test_model_is_told_that_its_reply_is_spoken() -> None:
    sent = request(Turn("user", "Hello"), instructions="Be kind.", parameters=ReplyParameters())["messages"]
    assert sent[0]["content"] == f"Be kind.\n\n{chat.SPOKEN}"


def test_image_stands_beside_the_text() -> None:
    content = messages(Turn("user", "What is it?", images=(Image("data:image/png;base64,AA==", "low"),)))[0]["content"]
    assert content == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}},
    ]


def test_words_that_were_not_recognised_are_said_to_be_missing() -> None:
    assert messages(Turn("user", ""))[0]["content"] == chat.INAUDIBLE


def test_reply_of_which_nothing_was_heard_is_left_out() -> None:
    sent = messages(Turn("user", "Hello"), Turn("assistant", ""), Turn("user", "Well?"))
    assert sent == [{"role": "user", "content": "Hello\nWell?"}]


def test_turns_of_one_speaker_in_a_row_are_one_message() -> None:
    image = Image("data:image/png;base64,AA==")
    sent = messages(Turn("user", "Look:", images=(image,)), Turn("user", "What is it?"), Turn("assistant", "A cat."))
    assert [message["role"] for message in sent] == ["user", "assistant"]
    assert [part["type"] for part in sent[0]["content"]] == ["text", "image_url", "text"]


def test_words_before_a_tool_call_stand_in_its_message() -> None:
    call = Turn("tool_call", "{}", call_id="c1", name="light")
    said, output = messages(Turn("assistant", "Let me see."), call, Turn("tool_output", "on", call_id="c1"))
    assert (said["content"], said["tool_calls"][0]["id"], output["role"]) == ("Let me see.", "c1", "tool")


def test_outputs_stand_directly_behind_their_calls() -> None:
    turns = (
        Turn("tool_call", '{"a":1}', call_id="c1", name="light"),
        Turn("tool_call", "", call_id="c2", name="light"),
        Turn("user", "Are you still there?"),
        Turn("tool_output", "on", call_id="c1"),
    )
    calls, first, second, user = messages(*turns)
    assert [call["function"]["arguments"] for call in calls["tool_calls"]] == ['{"a":1}', "{}"]
    assert (first["tool_call_id"], first["content"]) == ("c1", "on")
    assert (second["tool_call_id"], second["content"]) == ("c2", chat.NO_OUTPUT_YET)
    assert user["role"] == "user"


def test_output_whose_call_was_deleted_is_kept() -> None:
    sent = messages(Turn("tool_output", "on", call_id="c9"))
    assert sent == [{"role": "user", "content": f"{chat.OUTPUT_WITHOUT_CALL}on"}]


def test_tools_and_the_choice_among_them() -> None:
    choice = {"type": "function", "name": "light"}
    body = request(tools=(TOOL,), tool_choice=choice)
    assert body["tools"] == [{"type": "function", "function": {"name": "light", "parameters": {"type": "object"}}}]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "light"}}


def test_choice_without_tools_is_not_sent() -> None:
    assert request(tool_choice="required").keys() == {"model", "stream", "messages"}


def test_parameters_that_are_set_are_passed_on() -> None:
    set_ = ReplyParameters("gpt", False, 0.6, 100, "high", parallel_tool_calls=False)
    body = request(tools=(TOOL,), parameters=set_)
    passed_on = [body[name] for name in ("temperature", "max_tokens", "reasoning_effort", "parallel_tool_calls")]
    assert passed_on == [0.6, 100, "high", False]


def test_openai_takes_the_limit_by_its_new_name_and_is_asked_for_usage() -> None:
    body = request(parameters=ReplyParameters(max_output_tokens=100), is_openai=True)
    assert (body["max_completion_tokens"], body["stream_options"]) == (100, {"include_usage": True})
    assert "max_tokens" not in body


def test_session_names_the_model_where_the_settings_do_not() -> None:
    assert (request(model="llama")["model"], request(model="")["model"]) == ("llama", "gpt-realtime")
