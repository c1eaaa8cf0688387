from __future__ import annotations

from typing import Any

from asgiref.testing import ApplicationCommunicator

from realtime_demo.lifespan import lifespan


async def test_a_misconfigured_site_does_not_start_and_says_why(settings: Any) -> None:
    settings.OPENAI_BASE_URL = "nowhere"
    server = ApplicationCommunicator(lifespan, {"type": "lifespan"})
    await server.send_input({"type": "lifespan.startup"})
    answer = await server.receive_output()
    assert answer["type"] == "lifespan.startup.failed"
    assert "realtime_demo.E004" in answer["message"]
    await server.wait()
