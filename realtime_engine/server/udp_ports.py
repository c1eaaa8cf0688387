"""The setting REALTIME_UDP_PORTS."""

from __future__ import annotations

import re


def parse(setting: str) -> range | None:
    """``50000-50100`` as its ports, both ends included; None where nothing is set. Raises ValueError."""
    if not setting:
        return None
    match = re.fullmatch(r"(\d{1,5})-(\d{1,5})", setting)
    if match is None:
        raise ValueError("it is a first and a last port, like 50000-50100")
    first, last = int(match[1]), int(match[2])
    if not 1024 <= first <= last <= 65535:
        raise ValueError("its ports go up, from 1024 at the lowest to 65535 at the highest")
    return range(first, last + 1)
