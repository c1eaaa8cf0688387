"""Broken SDP of many kinds: each is refused as an invalid offer, leaves nothing behind, and the next call works."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from realtime_engine.server import admission, calls
from tests.realtime_engine.server.support import MANUAL, Dial, MakeCaller, issue, post, until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.django_db(transaction=True)]


def without(pattern: str) -> Callable[[str], str]:
    """The offer without the lines that begin so."""
    return lambda sdp: re.sub(rf"^{pattern}.*\r\n", "", sdp, flags=re.MULTILINE)


def replaced(pattern: str, by: str) -> Callable[[str], str]:
    return lambda sdp: re.sub(pattern, by, sdp)


def section(sdp: str, kind: str) -> str:
    return re.search(rf"m={kind}.*?(?=m=|\Z)", sdp, re.DOTALL)[0]  # type: ignore[index]


BREAK: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "prose": lambda _: "hello, I would like to talk",
    "JSON": lambda sdp: json.dumps({"type": "offer", "sdp": sdp}),
    "HTML": lambda _: "<!doctype html><title>Bad gateway</title>",
    "version alone": lambda _: "v=0\r\n",
    "session part alone": lambda sdp: sdp[: sdp.index("m=")],
    "cut off in the audio section": lambda sdp: sdp[: sdp.index("m=audio") + 12],
    "no audio section": lambda sdp: sdp.replace(section(sdp, "audio"), ""),
    "no data channel section": lambda sdp: sdp.replace(section(sdp, "application"), ""),
    "two audio sections": lambda sdp: sdp + section(sdp, "audio"),
    "video section": lambda sdp: sdp + section(sdp, "audio").replace("m=audio", "m=video"),
    "section behind a carriage return": lambda sdp: sdp.replace("a=sendrecv", "a=sendrecv\rm=audio 9 X 0"),
    "section behind a vertical tab": lambda sdp: sdp.replace("a=sendrecv", "a=sendrecv\vm=audio 9 X 0"),
    "section behind a line separator": lambda sdp: sdp.replace("a=sendrecv", "a=sendrecv\u2028m=audio 9 X 0"),
    "no ICE user": without("a=ice-ufrag"),
    "no ICE password": without("a=ice-pwd"),
    "no fingerprint": without("a=fingerprint"),
    "fingerprint without a value": replaced(r"a=fingerprint:\S+ .*", "a=fingerprint:sha-256"),
    "fingerprint of an unknown kind": replaced(r"a=fingerprint:sha-\d+", "a=fingerprint:crc-32"),
    "fingerprint that is none": replaced(r"(a=fingerprint:sha-\d+) .*", r"\1 zz:zz"),
    "one fingerprint that is none among others": replaced(r"(a=fingerprint:sha-256) .*", r"\1 ZZ" + ":ZZ" * 31 + "\r"),
    "audio section that is switched off": replaced(r"m=audio \d+", "m=audio 0"),
    "data channel section that is switched off": replaced(r"m=application \d+", "m=application 0"),
    "inactive audio section": replaced("a=sendrecv", "a=inactive"),
    "no name for Opus": without("a=rtpmap:.* opus"),
    "no setup": without("a=setup"),
    "unknown setup": replaced("a=setup:actpass", "a=setup:perhaps"),
    "unknown codec": replaced(r"(opus|PCMU|PCMA|G722)/", "morse/"),
    "no codec": without("a=rtpmap"),
    "codec that is no number": replaced(r"(m=audio .*SAVPF) \d+", r"\1 ninety-six"),
    "port that is no number": replaced("m=audio \\d+", "m=audio nine"),
    "candidate that is none": lambda sdp: sdp + "a=candidate:nonsense\r\n",
    "candidate with a port that is no number": lambda sdp: sdp + "a=candidate:1 1 udp 1 192.0.2.7 x typ host\r\n",
    "SCTP port that is no number": replaced(r"a=sctp-port:\d+", "a=sctp-port:five"),
    "bundle of unknown sections": replaced("a=group:BUNDLE .*", "a=group:BUNDLE 7 8\r"),
    "no section names": without("a=mid"),
    "no multiplexing of RTCP": without("a=rtcp-mux"),
    "binary": lambda sdp: "v=0\x00\xff" + sdp[3:200],
    "64 KiB of attributes": lambda sdp: sdp + "a=x\r\n" * 20_000,
}


@pytest.mark.parametrize("broken", BREAK.values(), ids=BREAK)
async def test_broken_offer_is_refused(make_caller: MakeCaller, broken: Callable[[str], str]) -> None:
    response = await post("calls", broken(await make_caller().offer()), key=await issue(MANUAL))
    assert (response.status, json.loads(response.body)["error"]["code"]) == (400, "invalid_offer")
    await until(lambda: not calls._live and admission.of_this_process().sessions == 0)


LINE_ENDS = {"line feed": "\n", "carriage return": "\r", "vertical tab": "\v", "line separator": "\u2028"}


@pytest.mark.parametrize("line_end", LINE_ENDS.values(), ids=LINE_ENDS)
async def test_lines_may_end_as_the_parser_knows_it(make_caller: MakeCaller, line_end: str) -> None:
    offer = (await make_caller().offer()).replace("\r\n", line_end)
    assert (await post("calls", offer, key=await issue(MANUAL))).status == 201


PLAIN_WORDS: dict[str, tuple[Callable[[str], str], str]] = {
    "cut off": (BREAK["cut off in the audio section"], "no well-formed SDP"),
    "no ICE user": (BREAK["no ICE user"], "a=ice-ufrag"),
    "no multiplexing of RTCP": (BREAK["no multiplexing of RTCP"], "a=rtcp-mux"),
    "unknown codec": (BREAK["unknown codec"], "answer"),
}


@pytest.mark.parametrize(("broken", "said"), PLAIN_WORDS.values(), ids=PLAIN_WORDS)
async def test_refusal_is_in_words_of_sdp(make_caller: MakeCaller, broken: Callable[[str], str], said: str) -> None:
    response = await post("calls", broken(await make_caller().offer()), key=await issue(MANUAL))
    message = json.loads(response.body)["error"]["message"]
    assert said in message
    assert "Error" not in message


async def test_the_next_call_works(make_caller: MakeCaller, dial: Dial) -> None:
    for broken in BREAK.values():
        await post("calls", broken(await make_caller().offer()), key=await issue(MANUAL))
    caller, _ = await dial()
    await caller.event("session.created")
