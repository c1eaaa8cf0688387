from __future__ import annotations

import numpy as np
import pytest

from realtime_engine.core.ports import Samples
from realtime_engine.speech.codecs import DECODED, ENCODED, decoder, encoder

from .recordings import hiss, tone

G711 = ["g711_ulaw", "g711_alaw"]


def coded(audio_format: str, sample: int) -> int:
    """The code of one sample."""
    return int(ENCODED[audio_format][np.array([sample], np.int16).view(np.uint16)][0])


def sent(audio_format: str, samples: Samples) -> bytes:
    """The samples on the wire, encoded in steps of 20 ms."""
    output = encoder(audio_format)
    return b"".join(output.encode(samples[at : at + 480]) for at in range(0, len(samples), 480))


def test_pcm16_is_little_endian() -> None:
    assert decoder("pcm16").decode(b"\x01\x00\xff\xff\x00\x80").tolist() == [1, -1, -32768]
    assert encoder("pcm16").encode(np.array([1, -1, -32768], np.int16)) == b"\x01\x00\xff\xff\x00\x80"


def test_pcm16_refuses_half_a_sample() -> None:
    with pytest.raises(ValueError, match="even number of bytes, got 3"):
        decoder("pcm16").decode(b"\x00\x00\x00")


# Codes and levels of ITU-T G.711, as 16-bit values.
@pytest.mark.parametrize(
    ("audio_format", "code", "level"),
    [
        pytest.param("g711_ulaw", 0xFF, 0, id="u-law silence"),
        pytest.param("g711_ulaw", 0xFE, 8, id="u-law smallest step"),
        pytest.param("g711_ulaw", 0x80, 32124, id="u-law loudest"),
        pytest.param("g711_ulaw", 0x00, -32124, id="u-law loudest negative"),
        pytest.param("g711_alaw", 0xD5, 8, id="A-law smallest"),
        pytest.param("g711_alaw", 0x55, -8, id="A-law smallest negative"),
        pytest.param("g711_alaw", 0xAA, 32256, id="A-law loudest"),
        pytest.param("g711_alaw", 0x2A, -32256, id="A-law loudest negative"),
    ],
)
def test_g711_levels_are_the_standard_ones(audio_format: str, code: int, level: int) -> None:
    assert DECODED[audio_format][code] == level
    assert coded(audio_format, level) == code


@pytest.mark.parametrize("audio_format", G711)
def test_g711_error_stays_in_proportion_to_the_sample(audio_format: str) -> None:
    samples = np.arange(-32_000, 32_001)
    codes = ENCODED[audio_format][samples.astype(np.int16).view(np.uint16)]
    error = DECODED[audio_format][codes].astype(int) - samples
    assert (np.abs(error) <= np.abs(samples) / 32 + 8).all()


@pytest.mark.parametrize("audio_format", G711)
def test_g711_carries_a_tone_in_time_and_level(audio_format: str) -> None:
    heard = decoder(audio_format).decode(sent(audio_format, tone(1000, 0.5)))
    wanted = tone(1000, 0.5)[: len(heard)]
    noise = np.std(heard[480:] - wanted[480:].astype(float))
    assert 20 * np.log10(np.std(wanted) / noise) > 34


@pytest.mark.parametrize("audio_format", G711)
def test_g711_uses_one_byte_for_three_samples(audio_format: str) -> None:
    wire = sent(audio_format, hiss(1.0))
    assert 8000 - 24 <= len(wire) <= 8000


@pytest.mark.parametrize("audio_format", ["pcm16", *G711])
def test_no_data_gives_no_samples(audio_format: str) -> None:
    assert len(decoder(audio_format).decode(b"")) == 0
