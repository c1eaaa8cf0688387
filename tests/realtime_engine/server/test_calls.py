"""WebRTC calls: a real peer connection on this machine against the real engine."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from channels.db import database_sync_to_async

from realtime_api.beta import BETA
from realtime_api.config import SemanticVad, SessionConfig
from realtime_api.dialect import Dialect
from realtime_api.ga import GA
from realtime_engine.core.ports import SESSION_RATE
from realtime_engine.server import admission, calls, distant, engine, keys, lifespan, metrics, webrtc
from realtime_engine.server.admission import Admission
from realtime_engine.server.relay import Relay
from tests.patience import PATIENCE
from tests.realtime_engine.server.caller import RATE, Caller, Microphone
from tests.realtime_engine.server.support import (
    FAR_FUTURE,
    MANUAL,
    SDP,
    Dial,
    MakeCaller,
    issue,
    post,
    text_message,
    until,
)
from tests.realtime_engine.speech.recordings import recording

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.django_db(transaction=True)]


def part(name: str, content: str) -> str:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{content}\r\n'


def tone(seconds: float, hertz: float = 440) -> Any:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.int16)


def level(samples: Any) -> float:
    return float(np.sqrt(np.mean(np.square(samples.astype(float))))) if len(samples) else 0.0


async def committed_audio(caller: Caller) -> Any:
    """What the engine heard so far, at 24 kHz."""
    caller.send(type="input_audio_buffer.commit")
    item = (await caller.event("input_audio_buffer.committed"))["item_id"]
    caller.send(type="conversation.item.retrieve", item_id=item)
    retrieved = await caller.event("conversation.item.retrieved")
    return np.frombuffer(base64.b64decode(retrieved["item"]["content"][0]["audio"]), np.int16)


async def test_call_is_answered_and_greeted(dial: Dial) -> None:
    caller, response = await dial()
    assert response.status == 201
    assert response.headers["Content-Type"] == "application/sdp"
    assert response.headers["Location"].startswith("/v1/realtime/calls/rtc_")
    assert (await caller.event("session.created"))["session"]["audio"]["input"]["turn_detection"] is None


async def test_a_second_data_channel_shows_how_turns_are_decided(make_caller: MakeCaller, clips: Path) -> None:
    command = recording(clips, "dev05_three_commands")[:72_000]
    caller = make_caller(microphone=Microphone(np.repeat(command, RATE // SESSION_RATE)))
    shown: asyncio.Queue[str] = asyncio.Queue()
    caller.peer.createDataChannel("turn_detection").on("message", shown.put_nowait)
    semantic = SessionConfig(turn_detection=SemanticVad(create_response=False))
    response = await post("calls", await caller.offer(), key=await issue(semantic))
    await caller.accept(response.body.decode())
    judged = json.loads(await asyncio.wait_for(shown.get(), PATIENCE))
    assert judged["type"] == "local.turn_detection.judged"
    assert judged["item_id"] == (await caller.event("input_audio_buffer.speech_started"))["item_id"]


async def test_engine_hears_the_microphone(dial: Dial) -> None:
    caller, _ = await dial(microphone=(microphone := Microphone(tone(60))))
    await caller.event("session.created")
    await until(lambda: microphone.seconds > 1)
    heard = await committed_audio(caller)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert len(heard) > 12_000
    assert abs(np.argmax(spectrum) * 24_000 / len(heard) - 440) < 5
    assert level(heard[4800:]) == pytest.approx(8000 / np.sqrt(2), rel=0.15)


async def test_caller_hears_the_model(dial: Dial) -> None:
    caller, _ = await dial()
    await caller.event("session.created")
    caller.send(**text_message("What is two plus three?"))
    caller.send(type="response.create")
    await caller.event("output_audio_buffer.started")
    await caller.event("output_audio_buffer.stopped")
    assert max(level(frame) for frame in caller.heard) > 500


async def test_paused_microphone_counts_as_silence(dial: Dial) -> None:
    microphone = Microphone(tone(60))
    caller, _ = await dial(microphone=microphone)
    await caller.event("session.created")
    await until(lambda: microphone.seconds > 0.5)
    microphone.paused.set()
    await asyncio.sleep(1.5)  # what did not come in real time
    heard = await committed_audio(caller)
    assert len(heard) > 24_000
    assert level(heard[-12_000:]) < 10


async def test_hangup_ends_the_call(dial: Dial) -> None:
    caller, response = await dial()
    await caller.event("session.created")
    path = response.headers["Location"].removeprefix("/v1/realtime/")
    assert (await post(f"{path}/hangup")).status == 200
    await asyncio.wait_for(caller.closed.wait(), PATIENCE)
    await calls.hang_up_all()
    assert (await post(f"{path}/hangup")).status == 404


async def test_key_ends_its_own_calls_only(dial: Dial) -> None:
    _, response = await dial()
    path = response.headers["Location"].removeprefix("/v1/realtime/")
    assert (await post(f"{path}/hangup", key=await issue(MANUAL))).status == 404


async def test_caller_who_hangs_up_frees_the_place(
    dial: Dial, make_caller: MakeCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Admission(max_sessions=1, max_per_key=1)
    monkeypatch.setattr(admission, "of_this_process", lambda: places)
    caller, _ = await dial()
    await caller.event("session.created")
    assert (await post("calls", await make_caller().offer())).status == 503
    await caller.hang_up()
    await until(lambda: places.sessions == 0)


async def test_shutdown_tells_the_caller_and_is_quick(dial: Dial) -> None:
    caller, _ = await dial()
    await caller.event("session.created")
    async with asyncio.timeout(10):
        await lifespan.shutdown()
    assert (await caller.event("error"))["error"]["code"] == "server_shutting_down"
    await asyncio.wait_for(caller.closed.wait(), PATIENCE)
    await engine.start()  # for the other tests


async def test_call_whose_peer_falls_silent_ends_with_a_reason_in_the_log(
    dial: Dial, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ENGINE_CALL_QUIET_SECONDS = 2
    caller, response = await dial()
    await caller.event("session.created")
    call_id = response.headers["Location"].rpartition("/")[2]
    with caplog.at_level("INFO"):
        for (
            protocol
        ) in caller.peer.sctp.transport.transport._connection._protocols:  # as a machine that is switched off
            protocol.transport.abort()
        await until(lambda: f"call {call_id} ends: nothing came from its peer for 2 s" in caplog.text)


async def test_redis_that_does_not_answer_holds_no_call_up(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await asyncio.start_server(_stay_silent, "127.0.0.1", 0) as silent:
        host, port = silent.sockets[0].getsockname()
        relay = Relay(f"redis://{host}:{port}/0")
        monkeypatch.setattr(distant, "_running", [relay])
        monkeypatch.setattr(webrtc, "CONNECT_SECONDS", 2.0)
        caller, _ = await dial()
        await caller.event("session.created")
        await asyncio.sleep(2.2)  # longer than connecting may take
        caller.send(type="input_audio_buffer.clear")
        await caller.event("input_audio_buffer.cleared")
        await caller.hang_up()
        await until(lambda: not calls._live)
        await relay.stop()


async def _stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(-1)
    writer.close()


async def test_call_that_nobody_connects_to_ends(make_caller: MakeCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webrtc, "CONNECT_SECONDS", 0.2)
    assert (await post("calls", await make_caller().offer())).status == 201
    await until(lambda: not calls._live)


async def test_data_channel_of_another_name_is_refused(dial: Dial) -> None:
    caller, _ = await dial(label="events")
    assert (await caller.event("error"))["error"]["param"] == "label"


async def test_binary_message_is_refused(dial: Dial) -> None:
    caller, _ = await dial()
    await caller.event("session.created")
    caller.channel.send(b"\0")
    assert (await caller.event("error"))["error"]["code"] == "invalid_event"


async def test_form_with_a_session_configures_the_call(make_caller: MakeCaller) -> None:
    caller = make_caller()
    session = {"type": "realtime", "audio": {"output": {"voice": "marin"}}}
    form = part("sdp", await caller.offer()) + part("session", json.dumps(session)) + "--b--\r\n"
    response = await post("calls", form, content_type="multipart/form-data; boundary=b")
    await caller.accept(response.body.decode())
    assert (await caller.event("session.created"))["session"]["audio"]["output"]["voice"] == "marin"


async def test_call_comes_about_where_the_browser_hides_its_addresses(make_caller: MakeCaller) -> None:
    caller = make_caller()
    hidden = re.sub(r"(a=candidate:\S+ \d+ \S+ \d+) \S+", r"\1 0b1c-77.local", await caller.offer())
    response = await post("calls", hidden, key=await issue(MANUAL))
    assert response.status == 201
    await caller.accept(response.body.decode())
    await caller.event("session.created")


@pytest.mark.parametrize("dialect", [GA, BETA], ids=["GA", "beta"])
async def test_model_of_the_address_counts_where_the_key_names_none(make_caller: MakeCaller, dialect: Dialect) -> None:
    key = await database_sync_to_async(keys.issue)(MANUAL, dialect, 60, FAR_FUTURE, pins_model=False)
    caller = make_caller()
    response = await post("calls", await caller.offer(), key=key.value, query="model=gpt-realtime-mini")
    await caller.accept(response.body.decode())
    assert (await caller.event("session.created"))["session"]["model"] == "gpt-realtime-mini"


@pytest.mark.parametrize("pins_model", [True, False])
async def test_unknown_model_in_the_address_makes_no_call(make_caller: MakeCaller, pins_model: bool) -> None:
    key = await database_sync_to_async(keys.issue)(MANUAL, GA, 60, FAR_FUTURE, pins_model=pins_model)
    response = await post("calls", await make_caller().offer(), key=key.value, query="model=gpt-9")
    assert (response.status, json.loads(response.body)["error"]["code"]) == (404, "model_not_found")


async def test_model_of_the_address_counts_where_the_form_names_none(make_caller: MakeCaller) -> None:
    caller = make_caller()
    form = part("sdp", await caller.offer()) + part("session", '{"type": "realtime"}') + "--b--\r\n"
    options = {"content_type": "multipart/form-data; boundary=b", "query": "model=gpt-realtime-mini"}
    response = await post("calls", form, **options)
    await caller.accept(response.body.decode())
    assert (await caller.event("session.created"))["session"]["model"] == "gpt-realtime-mini"


FORMS: dict[str, tuple[str, str, str]] = {
    # name: (parts, code, param)
    "session that is no JSON": (part("session", "{"), "invalid_json", "session"),
    "empty session": (part("session", ""), "invalid_json", "session"),
    "session that is null": (part("session", "null"), "invalid_type", "session"),
    "session that is a list": (part("session", "[]"), "invalid_type", "session"),
    "two offers": (part("sdp", "v=0"), "invalid_form", "sdp"),
    "two sessions": (part("session", "{}") * 2, "invalid_form", "session"),
    "another part": (part("voice", "marin"), "unknown_parameter", "voice"),
}


@pytest.mark.parametrize(("parts", "code", "param"), FORMS.values(), ids=FORMS)
async def test_form_is_refused_by_the_name_of_its_part(running_engine: None, parts: str, code: str, param: str) -> None:
    form = part("sdp", "v=0") + parts + "--b--\r\n"
    response = await post("calls", form, content_type="multipart/form-data; boundary=b")
    error = json.loads(response.body)["error"]
    assert (response.status, error["code"], error["param"]) == (400, code, param)


async def test_client_that_reads_no_events_is_cut_off(dial: Dial, settings: Any) -> None:
    settings.ENGINE_MAX_UNREAD_MIB = 1
    caller, _ = await dial()
    await caller.event("session.created")
    caller.send(**text_message("x" * 150_000))
    item = (await caller.event("conversation.item.added"))["item"]
    before = metrics.REJECTIONS.labels("too_slow")._value.get()
    channels = caller.peer.sctp
    channels.transport._unregister_data_receiver(channels)  # what comes is neither read nor confirmed from now on
    for _ in range(12):
        caller.send(type="conversation.item.retrieve", item_id=item["id"])
    await until(lambda: not calls._live)
    assert metrics.REJECTIONS.labels("too_slow")._value.get() == before + 1


async def test_beta_address_speaks_beta(make_caller: MakeCaller) -> None:
    caller = make_caller()
    response = await post("", await caller.offer())
    await caller.accept(response.body.decode())
    assert "modalities" in (await caller.event("session.created"))["session"]


REFUSED: dict[str, tuple[str, str, dict[str, str], int, str]] = {
    # name: (path, body, headers, status, code)
    "broken SDP": ("calls", "v=0\r\nrubbish", SDP, 400, "invalid_offer"),
    "empty": ("calls", "", SDP, 400, "invalid_offer"),
    "JSON": ("calls", "{}", {"content_type": "application/json"}, 415, "unsupported_content_type"),
    "too large": ("calls", "v" * 2**21, SDP, 413, "request_too_large"),
    "form without boundary": ("calls", "x", {"content_type": "multipart/form-data"}, 400, "invalid_form"),
    "form without offer": (
        "calls", "--b--\r\n", {"content_type": "multipart/form-data; boundary=b"}, 400, "missing_required_parameter",
    ),
    "unknown call": ("calls/rtc_x/hangup", "", SDP, 404, "call_not_found"),
    "unknown verb": ("calls/rtc_x/transfer", "", SDP, 404, "unknown_url"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "body", "headers", "status", "code"), REFUSED.values(), ids=REFUSED)
async def test_refusal(
    running_engine: None, path: str, body: str, headers: dict[str, str], status: int, code: str
) -> None:
    response = await post(path, body, **{name.replace("-", "_"): value for name, value in headers.items()})
    assert (response.status, json.loads(response.body)["error"]["code"]) == (status, code)


async def test_machine_without_a_network_says_so_at_once(
    make_caller: MakeCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = await make_caller().offer()
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda *_, **__: [])
    response = await post("calls", offer)
    assert (response.status, json.loads(response.body)["error"]["code"]) == (503, "no_media_address")


async def test_wrong_key_makes_no_call(make_caller: MakeCaller) -> None:
    assert (await post("calls", await make_caller().offer(), key="sk-wrong")).status == 401


async def test_beta_key_speaks_beta_on_the_ga_address(dial: Dial) -> None:
    caller, _ = await dial(dialect=BETA)
    assert "modalities" in (await caller.event("session.created"))["session"]
