"""Session descriptions of browsers, checked before any media object is made."""

from __future__ import annotations

import re

from aiortc.sdp import SessionDescription

from realtime_api.errors import InvalidRequest

MAX_SDP_CHARACTERS = 64 * 1024
MAX_CANDIDATES = 64  # each is an address this server will send packets to; browsers offer up to ten or so
LOCAL_CANDIDATE = re.compile(r"^a=candidate:\S+ \d+ \S+ \d+ \S+\.local .*\r?\n?", re.MULTILINE)


def checked_offer(sdp: str) -> str:
    """The offer without its ``.local`` candidates, which no server can resolve (trying takes a second).

    Raises InvalidRequest (400, invalid_offer) for what is no offer of one audio section and a data channel.
    """
    if len(sdp) > MAX_SDP_CHARACTERS:
        raise invalid_offer("it is larger than 64 KiB.")
    offer = LOCAL_CANDIDATE.sub("", sdp)
    if offer.count("a=candidate:") > MAX_CANDIDATES:
        raise invalid_offer(f"it has more than {MAX_CANDIDATES} candidates.")
    kinds = [media.kind for media in _parsed(offer).media]
    if "application" not in kinds:
        raise invalid_offer("it has no data channel. Create 'oai-events' before the offer.")
    if "audio" not in kinds:
        raise invalid_offer("it has no audio section. Add a microphone track or an audio transceiver before the offer.")
    if sorted(kinds) != ["application", "audio"]:
        raise invalid_offer("it may have one audio section and one data channel section, and no others.")
    return offer


def invalid_offer(reason: str) -> InvalidRequest:
    return InvalidRequest(f"The SDP offer cannot be used: {reason}", "invalid_offer")


def _parsed(sdp: str) -> SessionDescription:
    if not sdp.startswith("v=0"):
        raise invalid_offer("it does not begin with 'v=0'.")
    try:
        return SessionDescription.parse(sdp)
    except Exception as error:  # noqa: BLE001 - the parser names no errors of its own
        raise invalid_offer(f"it could not be parsed ({type(error).__name__}).") from None
