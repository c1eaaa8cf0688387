"""Replies as they stream in from a language model."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from realtime_engine.core.ports import (
    CancelJob,
    JobFailed,
    JobResult,
    Reply,
    ReplyDone,
    ReplyParameters,
    ReplyText,
    ReplyToolCall,
    ReplyUsage,
    Turn,
)
from realtime_engine.speech.remote.language_model import LanguageModel
from realtime_engine.speech.remote.service import LANGUAGE_MODEL
from tests.realtime_engine.server.support import until
from tests.realtime_engine.speech.remote.support import Pieces, chunk, make_service, run, sse, stream


def reply(*, spoken: bool = False) -> Reply:
    parameters = ReplyParameters(spoken=spoken)
    return Reply("r", (Turn("user", "Hi"),), "", tools=(), tool_choice="auto", parameters=parameters)


def model(answer: httpx.Response) -> LanguageModel:
    return LanguageModel(make_service(LANGUAGE_MODEL, lambda request: answer))


async def results(*pieces: bytes, spoken: bool = False, **how: Any) -> list[JobResult]:
    return await run(model(stream(pieces, **how)), reply(spoken=spoken))


def call(
    name: str | None = None, arguments: str | None = None, index: int | None = 0, call_id: str | None = None
) -> Any:
    return [{"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}]


async def test_text_arrives_as_it_is_made() -> None:
    got = await results(*sse(chunk("Hel"), chunk("lo."), chunk(finish="stop")))
    assert got == [ReplyText("r", "Hel"), ReplyText("r", "lo."), ReplyDone("r")]


async def test_text_to_be_spoken_arrives_in_sentences() -> None:
    got = await results(*sse(chunk("It is no"), chunk("on. Good"), chunk("bye."), chunk(finish="stop")), spoken=True)
    assert got == [ReplyText("r", "It is noon."), ReplyText("r", " Goodbye."), ReplyDone("r")]


async def test_thoughts_are_not_part_of_the_reply() -> None:
    got = await results(
        *sse(chunk("<think>Noon"), chunk(" it is.</think>"), chunk("It is noon."), chunk(finish="stop"))
    )
    assert got == [ReplyText("r", "It is noon."), ReplyDone("r")]


async def test_events_cut_anywhere_by_the_network() -> None:
    sent = b"".join(sse(chunk("Grüße"), chunk(finish="stop"))).replace(b"\n", b"\r\n")
    got = await results(*(sent[start : start + 7] for start in range(0, len(sent), 7)))
    assert got[0] == ReplyText("r", "Grüße")


async def test_tool_call_comes_whole_and_behind_the_text() -> None:
    pieces = sse(
        chunk("Let me see"),
        chunk(calls=call("light", '{"on"', call_id="a")),
        chunk(calls=call(arguments=":true}")),
        chunk(finish="tool_calls"),
    )
    got = await results(*pieces, spoken=True)
    assert got == [ReplyText("r", "Let me see"), ReplyToolCall("r", "light", '{"on":true}'), ReplyDone("r")]


NEXT_CALL = {"next index": (1, "b"), "index always 0": (0, "b"), "no index": (None, "b")}


@pytest.mark.parametrize(("index", "call_id"), NEXT_CALL.values(), ids=NEXT_CALL)
async def test_several_tool_calls(index: int | None, call_id: str) -> None:
    first = call("light", "", index=0 if index is not None else None, call_id="a")
    got = await results(*sse(chunk(calls=first), chunk(calls=call("fan", "{}", index, call_id)), chunk(finish="stop")))
    assert got == [ReplyToolCall("r", "light", "{}"), ReplyToolCall("r", "fan", "{}"), ReplyDone("r")]


@pytest.mark.parametrize("again", [(None, None), ("a", "b")], ids=["id once", "id in every piece"])
async def test_tool_calls_that_come_in_turns(again: tuple[str | None, str | None]) -> None:
    pieces = sse(
        chunk(calls=call("light", '{"on"', index=0, call_id="a")),
        chunk(calls=call("fan", '{"speed"', index=1, call_id="b")),
        chunk(calls=call(arguments=":true}", index=0, call_id=again[0])),
        chunk(calls=call(arguments=":2}", index=1, call_id=again[1]), finish="tool_calls"),
    )
    got = await results(*pieces)
    assert got == [ReplyToolCall("r", "light", '{"on":true}'), ReplyToolCall("r", "fan", '{"speed":2}'), ReplyDone("r")]


@pytest.mark.parametrize(
    ("finish", "incomplete"), [("length", "max_output_tokens"), ("content_filter", "content_filter"), ("stop", None)]
)
async def test_why_the_reply_ended(finish: str, incomplete: str | None) -> None:
    assert (await results(*sse(chunk("Hello"), chunk(finish=finish))))[-1] == ReplyDone("r", incomplete)  # type: ignore[arg-type]


async def test_server_need_not_say_why_its_reply_ended() -> None:
    assert await results(*sse(chunk("Hello"))) == [ReplyText("r", "Hello"), ReplyDone("r")]


async def test_usage_is_handed_over() -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}}
    assert (await results(*sse(chunk("Hello"), chunk(finish="stop"), usage)))[-1] == ReplyDone(
        "r", None, ReplyUsage(12, 3)
    )


FAILURES: dict[str, tuple[dict[str, Any], str]] = {
    "no chat completion": ({"pieces": sse("hello")}, "llm_bad_answer"),
    "nonsense": ({"pieces": [b"data: {]\n\n"]}, "llm_bad_answer"),
    "cut off": ({"pieces": sse(chunk("Hel"), done=False)}, "llm_bad_answer"),
    "nothing": ({"pieces": []}, "llm_bad_answer"),
    "tool without a name": ({"pieces": sse(chunk(calls=call(None, "{}")), chunk(finish="stop"))}, "llm_bad_answer"),
    "endless calls": ({"pieces": sse(*[chunk(calls=call("f", index=i)) for i in range(129)])}, "llm_bad_answer"),
    "endless text": ({"pieces": sse(*[chunk("x" * 60_000)] * 2)}, "llm_bad_answer"),
    "endless event": ({"pieces": [b"data: " + b"x" * 300_000]}, "llm_bad_answer"),
    "not streamed": ({"pieces": [b"{}"], "content_type": "application/json"}, "llm_bad_answer"),
    "error in the stream": ({"pieces": sse({"error": {"message": "out of memory"}})}, "llm_refused"),
    "connection lost": ({"pieces": sse(chunk("Hel"), done=False), "error": httpx.ReadError("x")}, "llm_unreachable"),
    "silence": ({"pieces": sse(chunk("Hel"), done=False), "error": httpx.ReadTimeout("x")}, "llm_timeout"),
}


@pytest.mark.parametrize(("answer", "code"), FAILURES.values(), ids=FAILURES)
async def test_failure_is_delivered_with_its_code(answer: dict[str, Any], code: str) -> None:
    last = (await run(model(stream(**answer)), reply()))[-1]
    assert isinstance(last, JobFailed)
    assert last.code == code


async def test_cancelled_reply_closes_its_stream_and_says_no_more() -> None:
    body = Pieces(sse(chunk("Hel"), done=False), hang=True)
    answerer = model(httpx.Response(200, headers={"Content-Type": "text/event-stream"}, stream=body))
    got: list[JobResult] = []
    answerer.handle(reply(), got.append)
    await until(lambda: bool(got))
    answerer.handle(CancelJob("r"), got.append)
    await answerer.aclose()
    assert body.closed
    assert got == [ReplyText("r", "Hel")]
