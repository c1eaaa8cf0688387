"""Where a call's audio arrives: UDP ports of a given range, and the address that is announced for them.

The one place that reaches into aioice, which binds to any free port and announces what it is bound to. What it relies
on is held by a test, which also names the version it was written against.
"""

from __future__ import annotations

import ipaddress
import logging
import random
import re
import socket
from asyncio import get_running_loop
from collections.abc import Iterator
from functools import partial

from aioice import Candidate, Connection
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import StunProtocol
from aiortc import RTCPeerConnection

logger = logging.getLogger(__name__)

RECEIVE_BUFFER_BYTES = 256 * 1024
ADDRESS = re.compile(r"^(c=IN IP[46] |a=candidate:\S+ \d+ \S+ \d+ )(\S+)", re.MULTILINE)


def confine(peer: RTCPeerConnection, ports: range) -> None:
    """Has a peer connection bind to these ports only; to be called between the remote and the local description."""
    for connection in _connections(peer):
        connection.get_component_candidates = partial(_candidates, connection, ports)  # type: ignore[method-assign]


def announced(answer: str, address: str) -> str:
    """The answer with this address for all of its family, e.g. the public one of a machine behind a NAT."""
    version = ipaddress.ip_address(address).version

    def replace(line: re.Match[str]) -> str:
        same_family = ipaddress.ip_address(line[2]).version == version
        return line[1] + (address if same_family else line[2])

    return ADDRESS.sub(replace, answer)


def _connections(peer: RTCPeerConnection) -> Iterator[Connection]:
    """One for each section, until they are bundled into one."""
    for section in (*(transceiver.receiver for transceiver in peer.getTransceivers()), peer.sctp):
        if section is not None:
            yield section.transport.transport.iceGatherer._connection


async def _candidates(connection: Connection, ports: range, component: int, addresses: list[str]) -> list[Candidate]:
    """As aioice's own method, for host candidates on these ports; without any where all are taken."""
    candidates = []
    for address in addresses:
        protocol = await _bound(connection, address, ports)
        if protocol is None:
            logger.warning("no free UDP port from %d to %d on %s", ports[0], ports[-1], address)
            continue
        host, port = protocol.transport.get_extra_info("sockname")[:2]
        protocol.local_candidate = Candidate(
            foundation=candidate_foundation("host", "udp", host),
            component=component,
            transport="udp",
            priority=candidate_priority(component, "host"),
            host=host,
            port=port,
            type="host",
        )
        connection._protocols.append(protocol)
        candidates.append(protocol.local_candidate)
    return candidates


async def _bound(connection: Connection, address: str, ports: range) -> StunProtocol | None:
    """A socket on a free port of the range; calls begin anywhere in it, so that a port rests between two calls."""
    for port in random.sample(ports, len(ports)):
        try:
            transport, protocol = await get_running_loop().create_datagram_endpoint(
                lambda: StunProtocol(connection), local_addr=(address, port)
            )
        except OSError:
            continue
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        return protocol
    return None
