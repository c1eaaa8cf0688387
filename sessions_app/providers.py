"""Realtime providers: who makes ephemeral keys, and how one is asked."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

import httpx
from pydantic import SecretStr

from realtime_api.config import Kind, SessionConfig
from realtime_api.dialect import Dialect, Minted
from sessions_app import refusals

PAID_TTL_S = 60  # the page connects at once; a minute also covers the fallback from WebRTC to WebSocket
FREE_TTL_S = 600  # long enough to copy the key into a client of one's own
MAX_ANSWER_BYTES = 1024 * 1024
KEPT_HEADERS = ("content-type", "location", "retry-after", "allow")
JSON = "application/json"
TIMEOUT = httpx.Timeout(15, connect=5)

Sentences = Mapping[str, str]
NO_KEY = SecretStr("")


def new_client(mounts: Mapping[str, httpx.AsyncBaseTransport | None] | None = None) -> httpx.AsyncClient:
    """The client all providers of a process share: its TLS context alone takes longer to make than a key.

    No redirects: a key must not wander. ``mounts`` gives single hosts a transport of their own.
    """
    return httpx.AsyncClient(mounts=mounts, timeout=TIMEOUT, follow_redirects=False)


class BearerAuth(httpx.Auth):
    """Adds the key to a request as late as can be: no local variable that an error page shows ever holds it."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        yield request


@dataclass(frozen=True, slots=True)
class RealtimeProvider:
    """A server of the Realtime API; its dialect belongs to it.

    ``base_url`` ends before ``/realtime``. ``is_local`` marks the engine that answers at this site's own address,
    ``is_openai`` the service whose shutdown dates the catalog knows. ``without_effect`` names form fields, per kind
    of session, that the provider accepts and cannot honour.
    """

    id: str
    label: str
    dialect: Dialect
    base_url: str
    client: httpx.AsyncClient = field(repr=False, compare=False)
    api_key: SecretStr = NO_KEY
    is_local: bool = False
    is_openai: bool = False
    costs: bool = False
    notes: Mapping[Kind, str] = field(default_factory=dict)
    without_effect: Mapping[Kind, Sentences] = field(default_factory=dict)

    @property
    def paid(self) -> bool:
        """Whether a session costs whoever runs the site money, as far as one can tell: it needs their key.

        The local engine's own key costs nothing, unless it pays others (``costs``).
        """
        return self.costs or (bool(self.api_key) and not self.is_local)

    async def create_key(self, config: SessionConfig) -> Minted:
        """An ephemeral key for this configuration. Raises ProviderError, which never holds the API key."""
        body = self.dialect.encode_mint(config, PAID_TTL_S if self.paid else FREE_TTL_S)
        answer = await self.send("POST", self.dialect.mint_path(config.kind), json.dumps(body).encode())
        if not answer.is_success:
            raise refusals.refused(self.label, answer, is_local=self.is_local)
        try:
            return self.dialect.decode_minted(answer.json())
        except ValueError:
            raise refusals.unreadable(self.label) from None

    async def send(self, method: str, path: str, content: bytes = b"", content_type: str = JSON) -> httpx.Response:
        """The answer to a request below ``base_url``, with KEPT_HEADERS only. Raises ProviderError. Neither holds the
        API key.
        """
        headers = {"Content-Type": content_type} if content else {}
        url = self.base_url + path
        try:
            async with self.client.stream(method, url, content=content, headers=headers, auth=self._auth) as response:
                body = await _read(response)
        except httpx.HTTPError as error:
            raise refusals.unreachable(self.label, error) from None  # httpx's errors hold the request and its key
        kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        return httpx.Response(response.status_code, headers=kept, content=self._without_key(body))

    @property
    def _auth(self) -> httpx.Auth | None:
        return BearerAuth(self.api_key) if self.api_key else None

    def _without_key(self, content: bytes) -> bytes:
        """Some servers quote the key they refuse."""
        return content.replace(self.api_key.get_secret_value().encode(), b"[key]") if self.api_key else content


async def _read(response: httpx.Response) -> bytes:
    """The body, or as much of it as any answer of the API could need."""
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            raise httpx.ReadError("The answer is too long.")
    return bytes(content)
