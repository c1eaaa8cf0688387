"""Side-band connections: a server follows a browser's call and speaks in it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from realtime_engine.server import calls, side_band
from realtime_engine.server.http import Response
from tests.realtime_engine.server.support import (
    ENGINE_KEY,
    TEXT_SESSION,
    Connect,
    Dial,
    MakeCaller,
    closed,
    issue,
    post,
    text_message,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.django_db(transaction=True)]


def call_of(response: Response) -> str:
    return "call_id=" + response.headers["Location"].rpartition("/")[2]


async def event(socket: WebsocketCommunicator, event_type: str) -> dict[str, Any]:
    while (received := await socket.receive_json_from())["type"] != event_type:
        pass
    return dict(received)


async def test_side_band_is_greeted_with_the_session_as_it_is(dial: Dial, connect: Connect) -> None:
    caller, response = await dial()
    await caller.event("session.created")
    caller.send(type="session.update", session={"type": "realtime", "instructions": "Be kind."})
    await caller.event("session.updated")
    socket = await connect(call_of(response), key=ENGINE_KEY)
    assert (await event(socket, "session.created"))["session"]["instructions"] == "Be kind."


async def test_both_sides_see_the_answer_to_what_the_side_band_asks(dial: Dial, connect: Connect) -> None:
    caller, response = await dial(TEXT_SESSION)
    socket = await connect(call_of(response), key=ENGINE_KEY)
    await event(socket, "session.created")
    await socket.send_json_to(text_message("What is two plus three?"))
    await socket.send_json_to({"type": "response.create"})
    answer = await event(socket, "response.done")
    assert (await caller.event("response.done"))["event_id"] == answer["event_id"]


async def test_side_band_may_come_before_the_data_channel(make_caller: MakeCaller, connect: Connect) -> None:
    caller = make_caller()
    response = await post("calls", await caller.offer())
    socket = await connect(call_of(response), key=ENGINE_KEY)
    await socket.send_json_to({"type": "input_audio_buffer.clear"})
    await caller.accept(response.body.decode())
    await event(socket, "session.created")
    await event(socket, "input_audio_buffer.cleared")


async def test_side_band_ends_with_the_call(dial: Dial, connect: Connect) -> None:
    caller, response = await dial()
    socket = await connect(call_of(response), key=ENGINE_KEY)
    await event(socket, "session.created")
    await caller.hang_up()
    while (frame := await socket.receive_output())["type"] != "websocket.close":
        pass
    assert frame["code"] == 1000


async def test_call_goes_on_without_its_side_band(dial: Dial, connect: Connect) -> None:
    caller, response = await dial()
    socket = await connect(call_of(response), key=ENGINE_KEY)
    await event(socket, "session.created")
    await socket.disconnect()
    caller.send(type="input_audio_buffer.clear")
    await caller.event("input_audio_buffer.cleared")


async def test_side_band_that_comes_while_the_call_ends_is_told_so(dial: Dial, connect: Connect) -> None:
    caller, response = await dial()
    await caller.event("session.created")
    (call,) = (call for call, _ in calls._live.values())
    call.close(1000, "over")
    await asyncio.sleep(0)  # the end begins; it takes the data channel some time to close
    late = await connect(call_of(response), key=ENGINE_KEY)
    assert (await event(late, "error"))["error"]["code"] == "call_not_found"


async def test_one_more_than_may_join_is_refused(dial: Dial, connect: Connect) -> None:
    _, response = await dial()
    for _ in range(side_band.MAX_SIDE_BANDS):
        await event(await connect(call_of(response), key=ENGINE_KEY), "session.created")
    refused = await connect(call_of(response), key=ENGINE_KEY)
    assert (await event(refused, "error"))["error"]["code"] == "rate_limit_exceeded"


@pytest.mark.parametrize("query", ["call_id=rtc_nobody", "{call}"], ids=["unknown call", "another key's call"])
async def test_call_that_is_not_this_key_s_is_not_found(dial: Dial, connect: Connect, query: str) -> None:
    _, response = await dial()
    socket = await connect(query.format(call=call_of(response)), key=await issue(TEXT_SESSION))
    assert (await event(socket, "error"))["error"]["code"] == "call_not_found"
    assert await closed(socket) == (4000, "invalid_request_error.call_not_found")


async def test_model_beside_a_call_is_refused(connect: Connect) -> None:
    socket = await connect("call_id=rtc_1&model=gpt-realtime", key=ENGINE_KEY)
    assert (await event(socket, "error"))["error"]["param"] == "call_id"
