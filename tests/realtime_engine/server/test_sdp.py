"""Offers of browsers: cleaned of what no server can use, refused where no call can come of them."""

from __future__ import annotations

import random
import re
from contextlib import suppress

import pytest
from aiortc import RTCPeerConnection

from realtime_api.errors import InvalidRequest
from realtime_engine.server.sdp import checked_offer

CANDIDATE = "a=candidate:1 1 udp 2122 {} 50000 typ host generation 0\r\n"


async def offer(*, audio: int = 1, video: bool = False, channel: bool = True) -> str:
    peer = RTCPeerConnection()
    for _ in range(audio):
        peer.addTransceiver("audio")
    if video:
        peer.addTransceiver("video")
    if channel:
        peer.createDataChannel("oai-events")
    sdp = (await peer.createOffer()).sdp
    await peer.close()
    return sdp


@pytest.mark.parametrize("name", ["a3b1-77.local", "browser.example", "dead.beef", "999.1.1.1"])
@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
async def test_candidates_without_an_address_are_stripped_and_the_rest_kept(name: str, address: str) -> None:
    sdp, real = await offer(), CANDIDATE.format(address)
    assert checked_offer(sdp + CANDIDATE.format(name) + real) == sdp + real


async def test_offer_without_candidates_is_fine() -> None:
    sdp = await offer()
    assert "a=candidate" not in sdp
    assert checked_offer(sdp) == sdp


async def test_section_left_without_candidates_is_open_to_more() -> None:
    sdp, end = await offer(), "a=end-of-candidates\r\n"
    assert checked_offer(sdp + CANDIDATE.format("a3b1-77.local") + end) == sdp
    assert checked_offer(sdp + end) == sdp


async def test_section_with_a_candidate_keeps_its_word_that_it_is_the_last() -> None:
    ended = await offer() + CANDIDATE.format("192.0.2.7") + "a=end-of-candidates\r\n"
    assert checked_offer(ended) == ended


async def test_section_may_share_the_port_of_another() -> None:
    sdp = re.sub(r"m=application \d+", "m=application 0", await offer()) + "a=bundle-only\r\n"
    assert checked_offer(sdp) == sdp


@pytest.mark.parametrize("protocol", ["UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF", "RTP/SAVPF"])
async def test_audio_may_be_asked_for_under_older_names(protocol: str) -> None:
    sdp = (await offer()).replace("UDP/TLS/RTP/SAVPF", protocol)
    assert checked_offer(sdp) == sdp


@pytest.mark.parametrize("protocol", ["UDP/TLS/RTP/SAVPF", "UDP/DTLS/SCTP"])
async def test_section_by_another_transport_is_refused(protocol: str) -> None:
    with pytest.raises(InvalidRequest, match="transport"):
        checked_offer((await offer()).replace(protocol, "TCP/MSRP"))


async def test_offer_to_listen_only_is_fine() -> None:
    sdp = (await offer()).replace("a=sendrecv", "a=recvonly")
    assert checked_offer(sdp) == sdp


async def test_offer_cannot_have_the_server_knock_at_many_doors() -> None:
    doors = "".join(CANDIDATE.format(f"192.0.2.{number}") for number in range(100))
    with pytest.raises(InvalidRequest, match="more than 64 candidates"):
        checked_offer(await offer() + doors)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"channel": False}, "no data channel"),
        ({"audio": 0}, "no audio section"),
        ({"audio": 2}, "no others"),
        ({"video": True}, "no others"),
    ],
    ids=["no data channel", "no audio", "two microphones", "video"],
)
async def test_offer_of_another_shape_is_refused(parts: dict[str, int], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said) as refused:
        checked_offer(await offer(**parts))  # type: ignore[arg-type]
    assert refused.value.code == "invalid_offer"


@pytest.mark.parametrize("sdp", ["", "hello", "v=0", "v=0\r\n", "v=0\r\nm=\r\n", "v=0\r\n" + "a=x\r\n" * 20_000])
def test_what_is_no_offer_is_refused(sdp: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_offer(sdp)
    assert (refused.value.code, refused.value.status) == ("invalid_offer", 400)


async def test_mutilated_offers_are_read_or_refused_never_more() -> None:
    sdp, chance = await offer(), random.Random(7)
    for _ in range(300):
        at, length = chance.randrange(len(sdp)), chance.randrange(40)
        splinter = chance.choice(["", "\r\n", "x", " ", "a=", "99999999999"])
        with suppress(InvalidRequest):
            checked_offer(sdp[:at] + splinter + sdp[at + length :])
