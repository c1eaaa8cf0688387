"""How many tokens an image counts, by its size and detail; like all usage of a local engine an estimate."""

from __future__ import annotations

import base64
import math

BASE_TOKENS = 85
TILE_TOKENS = 170
"""The API's rule for images: a low detail costs the base alone, else each tile of the shrunken image comes on top."""

TILE = 512  # pixels
LONGEST_SIDE, SHORTER_SIDE = 2048, 768  # pixels an image is shrunk to fit into, one after the other

HEADER_CHARACTERS = 256 * 1024  # of base64: a JPEG's size may stand behind a thumbnail and a colour profile
MOST_SEGMENTS = 64  # of a JPEG, that are looked through for its size
START_OF_FRAME = {bytes([marker]) for marker in range(0xC0, 0xD0)} - {b"\xc4", b"\xc8", b"\xcc"}
"""The markers of a JPEG that are followed by its size."""


def image_tokens(image_url: str, detail: str | None) -> int:
    """Tokens of a PNG or JPEG in a data URI; one whose size cannot be read counts as one tile."""
    if detail == "low":
        return BASE_TOKENS
    encoded = image_url.partition(",")[2][:HEADER_CHARACTERS]
    width, height = _size(base64.b64decode(encoded[: len(encoded) // 4 * 4]))
    return BASE_TOKENS + TILE_TOKENS * _tiles(width, height)


def _tiles(width: int, height: int) -> int:
    shrink = min(1.0, LONGEST_SIDE / max(width, height))
    shrink = min(shrink, SHORTER_SIDE / min(width, height))
    return math.ceil(width * shrink / TILE) * math.ceil(height * shrink / TILE)


def _size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, at least 1."""
    if data.startswith(b"\x89PNG"):
        width, height = data[16:20], data[20:24]
    else:
        frame = _frame(data)
        width, height = data[frame + 7 : frame + 9], data[frame + 5 : frame + 7]
    return max(1, int.from_bytes(width)), max(1, int.from_bytes(height))


def _frame(data: bytes) -> int:
    """Where the segment of a JPEG begins that tells its size; the end of the data where none is found."""
    start = 2
    for _ in range(MOST_SEGMENTS):
        if data[start + 1 : start + 2] in START_OF_FRAME:
            return start
        start += 2 + int.from_bytes(data[start + 2 : start + 4])
    return len(data)
