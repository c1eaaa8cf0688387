"""How many tokens images count."""

from __future__ import annotations

import base64

import pytest

from realtime_api.images import image_tokens


def png(width: int, height: int) -> str:
    header = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"
    return "data:image/png;base64," + base64.b64encode(header).decode()


def jpeg(width: int, height: int) -> str:
    """With a comment in front of the frame, as a camera's thumbnail would be."""
    comment = b"\xff\xfe" + (402).to_bytes(2) + bytes(400)
    frame = b"\xff\xc2" + (17).to_bytes(2) + b"\x08" + height.to_bytes(2) + width.to_bytes(2)
    return "data:image/jpeg;base64," + base64.b64encode(b"\xff\xd8" + comment + frame).decode()


@pytest.mark.parametrize("image", [png, jpeg])
@pytest.mark.parametrize(
    ("width", "height", "tiles"),
    [(512, 512, 1), (513, 512, 2), (1024, 768, 4), (2048, 4096, 6), (1, 65535, 4)],
)
def test_a_detailed_image_counts_by_the_tiles_of_what_it_is_shrunk_to(image, width, height, tiles):
    assert image_tokens(image(width, height), "high") == 85 + 170 * tiles
    assert image_tokens(image(width, height), "auto") == 85 + 170 * tiles


def test_an_image_of_low_detail_counts_the_same_whatever_its_size():
    assert image_tokens(png(4000, 3000), "low") == 85


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8" + b"\xff\xe0\x00\x02" * 9000])
def test_an_image_whose_size_cannot_be_read_counts_one_tile(data):
    assert image_tokens("data:image/any;base64," + base64.b64encode(data).decode(), "high") == 85 + 170
