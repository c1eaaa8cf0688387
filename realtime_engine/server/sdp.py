"""Session descriptions of browsers, checked before any media object is made."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from aiortc.sdp import MediaDescription, SessionDescription

from realtime_api.errors import InvalidRequest

MAX_SDP_CHARACTERS = 64 * 1024
MAX_CANDIDATES = 64  # each is an address this server will send packets to; browsers offer up to ten or so
LAST_STATIC_PAYLOAD_TYPE = 34  # RFC 3551; what lies above means nothing without a=rtpmap

SECTION = re.compile(r"^(?=m=)", re.MULTILINE)
CANDIDATE = re.compile(r"^a=candidate:\S+ \d+ \S+ \d+ (\S+) .*\r?\n?", re.MULTILINE)
USABLE_CANDIDATE = re.compile(r"^a=candidate:\S+ 1 udp ", re.MULTILINE | re.IGNORECASE)
END_OF_CANDIDATES = re.compile(r"^a=end-of-candidates[ \t]*\r?\n?", re.MULTILINE)
BUNDLE_ONLY = re.compile(r"^a=bundle-only\b", re.MULTILINE)

FINGERPRINT = re.compile(
    r"sha-256 (?:[0-9a-f]{2}:){31}[0-9a-f]{2}|sha-384 (?:[0-9a-f]{2}:){47}[0-9a-f]{2}|"
    r"sha-512 (?:[0-9a-f]{2}:){63}[0-9a-f]{2}"
)
PROTOCOLS = {
    "audio": re.compile(r"(UDP/TLS/|TCP/DTLS/)?RTP/S?AVPF?"),
    "application": re.compile(r"((UDP|TCP)/)?DTLS/SCTP"),
}
"""What a section may be transported by, old names included (RFC 8829, 5.1.2)."""

COMPARED_ALGORITHMS = ("sha-256", "sha-384", "sha-512")


def checked_offer(sdp: str) -> str:
    """The offer without the candidates that are names: no server can resolve ``.local``, and none asks for others.

    A section that is left without a candidate does not say that these were all: its peer is found when it knocks.
    Raises InvalidRequest (400, invalid_offer) for what is no offer of one audio section and a data channel.
    """
    if len(sdp) > MAX_SDP_CHARACTERS:
        raise invalid_offer("it is larger than 64 KiB.")
    lines = "".join(f"{line}\r\n" for line in sdp.splitlines())  # aiortc's lines, too, end at more than a line feed
    head, *sections = map(_open_ended, SECTION.split(CANDIDATE.sub(_addressed, lines)))
    offer = head + "".join(sections)
    if offer.count("a=candidate:") > MAX_CANDIDATES:
        raise invalid_offer(f"it has more than {MAX_CANDIDATES} candidates.")
    description = _parsed(offer)
    _check_kinds([media.kind for media in description.media])
    _check_names(description)
    for media, text in zip(description.media, sections, strict=True):
        _check_transport(media, bundle_only=BUNDLE_ONLY.search(text) is not None)
        _check_fingerprints(media)
        if media.kind == "audio":
            _check_audio(media)
    return offer


def _addressed(candidate: re.Match[str]) -> str:
    """The candidate's line, or nothing where it has no IP address."""
    try:
        ipaddress.ip_address(candidate[1])
    except ValueError:
        return ""
    return candidate[0]


def _open_ended(section: str) -> str:
    return section if USABLE_CANDIDATE.search(section) else END_OF_CANDIDATES.sub("", section)


def _check_kinds(kinds: Sequence[str]) -> None:
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


def _check_transport(media: MediaDescription, *, bundle_only: bool) -> None:
    """Port 0 switches a section off, unless it is to share the port of another (RFC 9143)."""
    if media.port == 0 and not bundle_only:
        raise invalid_offer(f"its {media.kind} section is switched off (port 0).")
    if not PROTOCOLS[media.kind].fullmatch(media.profile):
        raise invalid_offer(f"its {media.kind} section asks for a transport that is not WebRTC's.")
    if media.ice is None or not (media.ice.usernameFragment and media.ice.password):
        raise invalid_offer(f"its {media.kind} section has no ICE user and password (a=ice-ufrag, a=ice-pwd).")


def _check_fingerprints(media: MediaDescription) -> None:
    """Without one that can be compared, nobody would know whom the encryption is with."""
    fingerprints = media.dtls.fingerprints if media.dtls else []
    compared = [one for one in fingerprints if one.algorithm.lower() in COMPARED_ALGORITHMS]
    if not compared:
        raise invalid_offer("it has no SHA-256, SHA-384 or SHA-512 fingerprint of the certificate.")
    for one in compared:
        if not FINGERPRINT.fullmatch(f"{one.algorithm} {one.value}".lower()):
            raise invalid_offer(f"its {one.algorithm.lower()} fingerprint is none: pairs of hexadecimal digits.")


def _check_audio(media: MediaDescription) -> None:
    if not media.rtcp_mux:
        raise invalid_offer("its audio section does not multiplex RTCP (a=rtcp-mux).")
    if media.direction == "inactive":
        raise invalid_offer("its audio section is inactive: nobody would hear anybody.")
    described = {codec.payloadType for codec in media.rtp.codecs}
    unknown = [number for number in media.fmt if number > LAST_STATIC_PAYLOAD_TYPE and number not in described]
    if unknown:
        raise invalid_offer(f"it does not say what its audio payload type {unknown[0]} is (a=rtpmap).")


def invalid_offer(reason: str) -> InvalidRequest:
    return InvalidRequest(f"The SDP offer cannot be used: {reason}", "invalid_offer")


def _parsed(sdp: str) -> SessionDescription:
    if not sdp.startswith("v=0"):
        raise invalid_offer("it does not begin with 'v=0'.")
    try:
        return SessionDescription.parse(sdp)
    except Exception:  # noqa: BLE001 - the parser names no errors of its own
        raise invalid_offer("it is no well-formed SDP. Send what createOffer() made, unchanged.") from None
