from __future__ import annotations

import pytest
from channels.testing import WebsocketCommunicator

from realtime_demo.asgi import application
from tests.patience import PATIENCE


@pytest.mark.parametrize("path", ["/", "/v1/nothing", "/sessions/", "//", "/%00"])
async def test_a_websocket_at_an_unknown_address_is_refused_quietly(path: str) -> None:
    connected, _ = await WebsocketCommunicator(application, path).connect(PATIENCE)
    assert not connected
