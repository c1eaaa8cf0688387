"""Who may ask for a key: pages of this site only, a paid provider only on this machine, and not too often."""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from sessions_app.errors import Forbidden, RateLimited
from sessions_app.loopback import is_loopback

if TYPE_CHECKING:
    from sessions_app.providers import RealtimeProvider

WINDOW_S = 60
FORWARDING_HEADERS = (
    "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "CF-Connecting-IP", "Via",
)  # fmt: skip
IPV6_NETWORK = 64  # bits; one household or machine usually has a whole /64

FOREIGN_PAGE = (
    "The request came from a page of another address. Open this site's own page and try again; behind a proxy that "
    "speaks HTTPS, set TRUST_X_FORWARDED_PROTO."
)


def check_same_origin(request: HttpRequest) -> None:
    """Raises Forbidden when another site's page sent this request.

    The CSRF token guards too; this also holds where a token has leaked. Clients that are no browser send neither
    header.
    """
    origin = request.headers.get("Origin")
    foreign_origin = origin is not None and origin != f"{request.scheme}://{request.get_host()}"
    if foreign_origin or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Forbidden(FOREIGN_PAGE)


def may_use(request: HttpRequest, provider: RealtimeProvider) -> bool:
    """Whether this client is offered the provider: one that costs money only on the machine itself, until the site
    has accounts (``REALTIME_ALLOW_OPEN_MINT`` lifts that).
    """
    return not provider.paid or settings.REALTIME_ALLOW_OPEN_MINT or is_local_browser(request)


def is_local_browser(request: HttpRequest) -> bool:
    """Whether the request comes straight from a browser on this machine: not through a proxy that runs here, and not
    by a public name.
    """
    forwarded = any(name in request.headers for name in FORWARDING_HEADERS)
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    return not forwarded and is_loopback(request.META.get("REMOTE_ADDR", "")) and is_loopback(host)


async def count_mint(request: HttpRequest, provider: RealtimeProvider) -> None:
    """Counts one key for this client. Raises RateLimited above the settings' limit per minute."""
    limit = settings.REALTIME_PAID_MINTS_PER_MINUTE if provider.paid else settings.REALTIME_MINTS_PER_MINUTE
    await _count(f"{'paid' if provider.paid else 'free'}:{client_network(request)}", limit, time.time())


async def _count(subject: str, limit: int, now: float) -> None:
    """A fixed window: one counter per subject and minute, shared by all processes where the cache is."""
    window = int(now // WINDOW_S)
    key = f"mints:{subject}:{window}"
    await cache.aadd(key, 0, timeout=2 * WINDOW_S)
    if await cache.aincr(key) > limit:
        wait = int((window + 1) * WINDOW_S - now) + 1
        raise RateLimited(f"Too many session keys in a minute (limit {limit}). Wait {wait} seconds.", wait)


def client_network(request: HttpRequest) -> str:
    """The client's address, or its network where one client has many addresses."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
