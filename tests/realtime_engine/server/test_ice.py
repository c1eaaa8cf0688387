"""UDP ports and the announced address: held to what the installed aioice really does with them."""

from __future__ import annotations

import json
import re
import socket
from importlib.metadata import version
from typing import Any

import pytest

from realtime_engine.server import ice
from tests.realtime_engine.server.support import Dial, MakeCaller, post

CANDIDATE = re.compile(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host")


def free_ports() -> range:
    """Five UDP ports of which at least the first is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("", 0))
        first: int = min(probe.getsockname()[1], 65_530)
    return range(first, first + 5)


def test_the_adapter_was_written_for_the_installed_version() -> None:
    assert version("aioice").startswith("0.13."), "see whether server/ice.py still replaces all it means to"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.django_db(transaction=True)
class TestCall:
    async def test_call_uses_the_given_ports_and_connects(self, dial: Dial, settings: Any) -> None:
        ports = free_ports()
        settings.ENGINE_UDP_PORTS = f"{ports[0]}-{ports[-1]}"
        caller, response = await dial()
        await caller.event("session.created")
        used = {int(port) for _, port in CANDIDATE.findall(response.body.decode())}
        assert used
        assert used <= set(ports)

    async def test_without_a_free_port_the_call_is_refused(
        self, make_caller: MakeCaller, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        offer = await make_caller().offer()
        monkeypatch.setattr("aioice.ice.get_host_addresses", lambda *_, **__: ["127.0.0.1"])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            settings.ENGINE_UDP_PORTS = f"{port}-{port}"
            response = await post("calls", offer)
        assert (response.status, json.loads(response.body)["error"]["code"]) == (503, "no_media_address")

    async def test_answer_announces_the_address_of_the_settings(self, dial: Dial, settings: Any) -> None:
        settings.ENGINE_ANNOUNCED_ADDRESS = "203.0.113.7"
        _, response = await dial()
        hosts = {host for host, _ in CANDIDATE.findall(response.body.decode()) if ":" not in host}
        assert hosts == {"203.0.113.7"}


def test_announced_address_replaces_its_own_family_only() -> None:
    candidate = "a=candidate:1 1 udp 7 {} 5000 typ host\r\n"
    lines = "c=IN IP4 10.0.0.5\r\n" + candidate.format("10.0.0.5") + candidate.format("fd00::5")
    assert ice.announced(lines, "203.0.113.7") == lines.replace("10.0.0.5", "203.0.113.7")
