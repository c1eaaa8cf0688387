"""Addresses of other servers, as the settings write them."""

from __future__ import annotations

import re

import httpx

BASE_URL = re.compile(r"https?://[^/?#@\s]+(/[^?#\s]*)?")
PORTS = range(1, 65536)


def is_base_url(text: str) -> bool:
    """Whether requests can be sent below it: no key, no query, and a port there is."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return False
    return BASE_URL.fullmatch(text) is not None and bool(url.host) and (url.port is None or url.port in PORTS)
