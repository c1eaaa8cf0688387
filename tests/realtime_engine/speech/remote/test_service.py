"""One server behind the engine: what is tried again, what is told, and what never is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from realtime_engine.speech.remote.service import LANGUAGE_MODEL, Service
from realtime_engine.speech.running import JobError
from tests.realtime_engine.speech.remote.support import KEY, Pieces, make_service

Answer = httpx.Response | Exception


def answering(*answers: Answer) -> tuple[Service, list[httpx.Request]]:
    """A server that gives one answer after the other, and the requests it got."""
    waiting, requests = list(answers), []

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        answer = waiting.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return make_service(LANGUAGE_MODEL, handle), requests


async def post(service: Service) -> bytes:
    async with service.post("/chat/completions", json={"a": 1}) as response:
        return await response.aread()


async def failure(*answers: Answer) -> tuple[JobError, int]:
    """How the request failed, and how often the server was asked."""
    service, requests = answering(*answers)
    with pytest.raises(JobError) as failed:
        await post(service)
    return failed.value, len(requests)


async def test_it_asks_with_the_key() -> None:
    service, requests = answering(httpx.Response(200, content=b"fine"))
    assert await post(service) == b"fine"
    assert str(requests[0].url) == "http://server.invalid/v1/chat/completions"
    assert requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(requests[0].content) == {"a": 1}


BRIEFLY_AWAY: dict[str, Answer] = {
    "no connection": httpx.ConnectError("refused"),
    "connection lost before the answer": httpx.RemoteProtocolError("disconnected"),
    "busy": httpx.Response(429),
    "unavailable for a second": httpx.Response(503, headers={"Retry-After": "0"}),
}


@pytest.mark.parametrize("first", BRIEFLY_AWAY.values(), ids=BRIEFLY_AWAY)
async def test_it_tries_once_more(first: Answer) -> None:
    service, requests = answering(first, httpx.Response(200, content=b"fine"))
    assert await post(service) == b"fine"
    assert len(requests) == 2


FAILED: dict[str, tuple[list[Answer], str, str, int]] = {
    # name: (answers, code, words of the message, how often it was asked)
    "away": ([httpx.ConnectError("x")] * 2, "llm_unreachable", "REALTIME_LLM_URL", 2),
    "slow": ([httpx.ReadTimeout("x")], "llm_timeout", "in time", 1),
    "busy twice": ([httpx.Response(429), httpx.Response(429)], "llm_refused", "429", 2),
    "busy for long": ([httpx.Response(503, headers={"Retry-After": "60"})], "llm_refused", "503", 1),
    "wrong key": ([httpx.Response(401, json={"error": f"bad {KEY}"})], "llm_refused", "REALTIME_LLM_API_KEY", 1),
    "unknown model": (
        [httpx.Response(404, json={"error": {"message": "No model 'm'."}})],
        "llm_refused",
        "No model 'm'",
        1,
    ),
    "list of faults": (
        [httpx.Response(422, json={"detail": [{"loc": ["voice"], "msg": "unknown voice"}]})],
        "llm_refused",
        "unknown voice",
        1,
    ),
    "odd refusal": ([httpx.Response(400, json=[{"what": 1}])], "llm_refused", "status 400.", 1),
    "page of a proxy": ([httpx.Response(502, content=b"<html>Bad</html>")], "llm_refused", "status 502.", 1),
    "redirect": ([httpx.Response(307, headers={"Location": "http://elsewhere.invalid"})], "llm_refused", "307", 1),
}


@pytest.mark.parametrize(("answers", "code", "words", "asked"), FAILED.values(), ids=FAILED)
async def test_failure_is_named_with_its_remedy(answers: list[Answer], code: str, words: str, asked: int) -> None:
    error, requests = await failure(*answers)
    assert (error.code, requests) == (code, asked)
    assert words in error.message
    assert "Check " in error.message


LEAKS: dict[str, Callable[[], Answer]] = {
    "quoted": lambda: httpx.Response(400, json={"error": {"message": f"The key {KEY} is old"}}),
    "not reached": lambda: httpx.ConnectError("x", request=httpx.Request("GET", "http://x", headers={"A": KEY})),
}


@pytest.mark.parametrize("answer", LEAKS.values(), ids=LEAKS)
async def test_no_message_holds_the_key_or_the_address(answer: Callable[[], Answer]) -> None:
    error, _ = await failure(answer(), answer())
    assert KEY not in error.message
    assert "server.invalid" not in error.message
    assert error.__cause__ is None


async def test_long_reason_is_cut() -> None:
    error, _ = await failure(httpx.Response(400, json={"error": {"message": "x" * 10_000}}))
    assert len(error.message) < 400


async def test_answer_that_takes_too_long_in_all_is_given_up() -> None:
    body = Pieces([b"x"], hang=True)
    service = make_service(LANGUAGE_MODEL, lambda request: httpx.Response(200, stream=body), total_seconds=0.05)
    with pytest.raises(JobError) as failed:
        await post(service)
    assert failed.value.code == "llm_timeout"
    assert body.closed


async def test_cancellation_closes_the_stream() -> None:
    body = Pieces([b"x"], hang=True)
    service = make_service(LANGUAGE_MODEL, lambda request: httpx.Response(200, stream=body))
    task: asyncio.Task[Any] = asyncio.create_task(post(service))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert body.closed
