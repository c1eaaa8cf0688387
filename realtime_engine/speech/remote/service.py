"""One server behind the engine: how it is asked, and how its failures are told.

Nothing it sends is taken in without a bound, nothing it says about a refused key is repeated, and no message holds its
address: messages go to the clients, whose remedy is whoever keeps the settings.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr
from pydantic_core import from_json

from realtime_engine.speech.running import JobError

TIMEOUT = httpx.Timeout(30, connect=5, pool=5)
"""Seconds; 30 between two bytes of an answer, the first one included."""

TOTAL_SECONDS = 300.0
"""No answer may take longer."""

MAX_CONNECTIONS = 256
RETRY_SECONDS = 0.25
MAX_RETRY_AFTER = 2.0
"""Seconds to wait where a busy server names them; who asks for more is not asked again, because a person waits."""

RETRIED_STATUS = (429, 503)
MAX_REASON_BYTES = 4096
MAX_REASON = 200  # characters of a server's reason that are repeated


@dataclass(frozen=True, slots=True)
class Kind:
    """What a server is for; ``setting`` is the beginning of its settings' names, ``code`` of its errors' codes."""

    label: str
    setting: str
    code: str


LANGUAGE_MODEL = Kind("language model", "REALTIME_LLM", "llm")
TRANSCRIPTION = Kind("transcription server", "REALTIME_STT", "stt")
SPEECH = Kind("speech server", "REALTIME_TTS", "tts")


NO_KEY = SecretStr("")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server answers; ``url`` ends before ``/chat/completions`` or ``/audio``, ``model`` may be empty."""

    url: str
    model: str = ""
    api_key: SecretStr = NO_KEY


class BearerAuth(httpx.Auth):
    """Adds the key as late as can be: no local variable of a traceback ever holds it."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        yield request


class Service:
    """A server and the one HTTP client all sessions share for it. No redirects: a key must not wander."""

    def __init__(
        self,
        kind: Kind,
        address: Address,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        retry_seconds: float = RETRY_SECONDS,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self.kind = kind
        self.model = address.model
        self.host = httpx.URL(address.url).host
        self._url = address.url.rstrip("/")
        self._key = address.api_key
        self._retry_seconds = retry_seconds
        self._total_seconds = total_seconds
        self._client = httpx.AsyncClient(
            auth=BearerAuth(address.api_key),
            headers={"Accept-Encoding": "identity"},  # packed streams come late, and unpack to any length
            limits=httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=32),
            timeout=TIMEOUT,
            transport=transport,
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    @asynccontextmanager
    async def post(self, path: str, **content: Any) -> AsyncIterator[httpx.Response]:
        """The answer to a POST, its body not read yet; ``content`` is httpx's ``json``, ``data`` and ``files``.

        Asks a second time where there was no connection or the server was busy. Raises JobError, also for what goes
        wrong while the body is read.
        """
        response = None
        try:
            async with asyncio.timeout(self._total_seconds):
                response = await self._send(path, content)
                try:
                    yield response
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout):
            raise self.failure("timeout", "did not answer in time", "Check that it keeps up.") from None
        except httpx.HTTPError as error:  # it holds the request, and with it the key
            what = "cannot be reached" if response is None else "broke off its answer"
            remedy = f"Check that it runs, and {self._url_setting}."
            raise self.failure("unreachable", f"{what} ({type(error).__name__})", remedy) from None

    async def _send(self, path: str, content: Mapping[str, Any]) -> httpx.Response:
        wait = await self._first(path, content)
        if isinstance(wait, httpx.Response):
            return wait
        await asyncio.sleep(wait)
        response = await self._client.send(self._request(path, content), stream=True)
        if not response.is_success:
            raise await self._refusal(response)
        return response

    async def _first(self, path: str, content: Mapping[str, Any]) -> httpx.Response | float:
        """The answer, or how many seconds to wait before asking once more."""
        try:
            response = await self._client.send(self._request(path, content), stream=True)
        except (httpx.NetworkError, httpx.ConnectTimeout, httpx.RemoteProtocolError):
            return self._retry_seconds
        if response.is_success:
            return response
        wait = self._wait(response)
        if wait is None:
            raise await self._refusal(response)
        await response.aclose()
        return wait

    def _wait(self, response: httpx.Response) -> float | None:
        if response.status_code not in RETRIED_STATUS:
            return None
        asked = response.headers.get("retry-after", "")
        seconds = float(asked) if asked.isdecimal() else self._retry_seconds
        return seconds if seconds <= MAX_RETRY_AFTER else None

    def _request(self, path: str, content: Mapping[str, Any]) -> httpx.Request:
        return self._client.build_request("POST", self._url + path, **content)

    # --- failures ---

    def failure(self, reason: str, what: str, remedy: str) -> JobError:
        """The error of this server; ``reason`` is unreachable, refused, timeout or bad_answer."""
        return JobError(f"{self.kind.code}_{reason}", f"The {self.kind.label} {what}. {remedy}")

    def bad_answer(self, what: str) -> JobError:
        """The server answered, but not as its API says."""
        remedy = f"Check that a server of the OpenAI-compatible API answers at {self._url_setting}."
        return self.failure("bad_answer", what, remedy)

    def refusal(self, said: Any) -> JobError:
        """An ``error`` object in the middle of an answer."""
        return self.failure("refused", f"broke off: {self._shown(_message(said))}", f"Check {self.kind.setting}_MODEL.")

    async def _refusal(self, response: httpx.Response) -> JobError:
        status = response.status_code
        try:
            if status in (401, 403):
                remedy = f"Check {self.kind.setting}_API_KEY."
                return self.failure("refused", f"refused the key (status {status})", remedy)
            reason = self._shown(_reason(await _beginning(response)))
        finally:
            await response.aclose()
        said = f": {reason}" if reason else ""
        remedy = f"Check {self._url_setting} and {self.kind.setting}_MODEL."
        return self.failure("refused", f"refused the request with status {status}{said}", remedy)

    def _shown(self, text: str) -> str:
        """One printable line without the key."""
        key = self._key.get_secret_value()
        line = " ".join((text.replace(key, "[key]") if key else text).split())
        return "".join(filter(str.isprintable, line))[:MAX_REASON].rstrip(".")

    @property
    def _url_setting(self) -> str:
        return f"{self.kind.setting}_URL"


async def _beginning(response: httpx.Response) -> bytes:
    content = b""
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) >= MAX_REASON_BYTES:
            break
    return content[:MAX_REASON_BYTES]


def _reason(content: bytes) -> str:
    """What a refusal says, from any of the shapes servers use; nothing of a page in HTML."""
    try:
        return _message(from_json(content))
    except ValueError:
        text = content.decode(errors="replace")
        return "" if "<" in text else text


def _message(said: Any) -> str:
    if isinstance(said, Mapping):
        return _message(next((said[name] for name in ("error", "message", "detail", "msg") if said.get(name)), ""))
    if isinstance(said, list) and said:
        return _message(said[0])
    return said if isinstance(said, str) else ""
