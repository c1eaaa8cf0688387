"""Session descriptions of browsers, checked before any media object is made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aiortc.sdp import SessionDescription

from realtime_api.errors import InvalidRequest

MAX_SDP_CHARACTERS = 64 * 1024
MAX_CANDIDATES = 64  # each is an address this server will send packets to; browsers offer up to ten or so
LOCAL_CANDIDATE = re.compile(r"^a=candidate:\S+ \d+ \S+ \d+ \S+\.local .*\r?\n?", re.MULTILINE)

FINGERPRINT = re.compile(r"sha-(256 ([0-9a-f]{2}:){31}|384 ([0-9a-f]{2}:){47}|512 ([0-9a-f]{2}:){63})[0-9a-f]{2}")


def checked_offer(sdp: str) -> str:
    """The offer without its ``.local`` candidates, which no server can resolve (trying takes a second).

    Raises InvalidRequest (400, invalid_offer) for what is no offer of one audio section and a data channel.
    """
    if len(sdp) > MAX_SDP_CHARACTERS:
        raise invalid_offer("it is larger than 64 KiB.")
    offer = LOCAL_CANDIDATE.sub("", sdp)
    if offer.count("a=candidate:") > MAX_CANDIDATES:
        raise invalid_offer(f"it has more than {MAX_CANDIDATES} candidates.")
    description = _parsed(offer)
    _check_sections([media.kind for media in description.media])
    _check_names(description)
    _check_fingerprints(description)
    return offer


def _check_sections(kinds: Sequence[str]) -> None:
    if "application" not in kinds:
        raise invalid_offer("it has no data channel. Create 'oai-events' before the offer.")
    if "audio" not in kinds:
        raise invalid_offer("it has no audio section. Add a microphone track or an audio transceiver before the offer.")
    if sorted(kinds) != ["application", "audio"]:
        raise invalid_offer("it may have one audio section and one data channel section, and no others.")


def _check_names(description: SessionDescription) -> None:
    names = {media.rtp.muxId for media in description.media}
    if "" in names or len(names) < len(description.media):
        raise invalid_offer("each section needs a name of its own (a=mid).")
    bundled = {name for group in description.group if group.semantic == "BUNDLE" for name in group.items}
    if not bundled <= names:
        raise invalid_offer("its BUNDLE group names sections it does not have.")


def _check_fingerprints(description: SessionDescription) -> None:
    """Without one that can be compared, nobody would know whom the encryption is with."""
    for media in description.media:
        fingerprints = media.dtls.fingerprints if media.dtls else []
        if not any(FINGERPRINT.fullmatch(f"{one.algorithm} {one.value}".lower()) for one in fingerprints):
            raise invalid_offer("it has no SHA-256, SHA-384 or SHA-512 fingerprint of the certificate.")


def invalid_offer(reason: str) -> InvalidRequest:
    return InvalidRequest(f"The SDP offer cannot be used: {reason}", "invalid_offer")


def _parsed(sdp: str) -> SessionDescription:
    if not sdp.startswith("v=0"):
        raise invalid_offer("it does not begin with 'v=0'.")
    try:
        return SessionDescription.parse(sdp)
    except Exception as error:  # noqa: BLE001 - the parser names no errors of its own
        raise invalid_offer(f"it could not be parsed ({type(error).__name__}).") from None
