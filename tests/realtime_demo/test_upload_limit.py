"""Bodies too large for any endpoint never reach Django."""

from __future__ import annotations

from typing import Any

import pytest

from realtime_demo.upload_limit import UploadLimit


async def reads_everything(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def answer(chunks: list[bytes], **headers: str) -> Any:
    """The start of the response to a body sent in these chunks."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await UploadLimit(reads_everything, 1000)({"type": "http", "headers": raw}, receive, send)
    return sent[0]


BODIES = {
    "none": ([], {}, 200),
    "as much as may be": ([b"x" * 1000], {"content_length": "1000"}, 200),
    "declared too large": ([b"x"], {"content_length": "1001"}, 413),
    "too large in chunks": ([b"x" * 600, b"x" * 600], {}, 413),
    "declared in nonsense": ([b"x"], {"content_length": "-5"}, 200),
}


@pytest.mark.parametrize(("chunks", "headers", "status"), BODIES.values(), ids=BODIES)
async def test_a_body_is_bounded(chunks, headers, status):
    assert (await answer(chunks, **headers))["status"] == status


@pytest.mark.parametrize("headers", [{}, {"content_length": "1200"}])
async def test_pages_of_other_sites_can_read_the_refusal(headers):
    refusal = await answer([b"x" * 600, b"x" * 600], **headers)
    assert (b"access-control-allow-origin", b"*") in refusal["headers"]
