"""Wire audio formats of the Realtime API: pcm16 (24 kHz, little endian, mono), g711_ulaw and g711_alaw (8 kHz).

G.711 companding follows ITU-T G.711: 256 output levels, decoded and encoded by table.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from realtime_engine.core.ports import SESSION_RATE, Decoder, Encoder, Samples

from .resample import Resampler

G711_RATE = 8_000
"""Samples per second of both G.711 formats."""

Levels = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


class Pcm16Decoder:
    """Little endian 16-bit samples at SESSION_RATE: nothing to convert."""

    def decode(self, data: bytes) -> Samples:
        """Samples of shape (len(data) / 2,). ValueError when half a sample is left over."""
        if len(data) % 2:
            raise ValueError(f"pcm16 audio must have an even number of bytes, got {len(data)}.")
        return np.frombuffer(data, "<i2").astype(np.int16, copy=False)


class Pcm16Encoder:
    """Little endian 16-bit samples at SESSION_RATE: nothing to convert."""

    def encode(self, samples: Samples) -> bytes:
        """Two bytes per sample."""
        return samples.astype("<i2", copy=False).tobytes()


class G711Decoder:
    """One byte per sample at 8 kHz to samples at SESSION_RATE; trails its input by 3 ms."""

    def __init__(self, levels: Samples) -> None:
        self._levels = levels
        self._resampler = Resampler(G711_RATE, SESSION_RATE)

    def decode(self, data: bytes) -> Samples:
        """Samples at SESSION_RATE that have become computable."""
        return self._resampler.process(self._levels[np.frombuffer(data, np.uint8)])


class G711Encoder:
    """Samples at SESSION_RATE to one byte per sample at 8 kHz; trails its input by 3 ms."""

    def __init__(self, codes: Bytes) -> None:
        self._codes = codes
        self._resampler = Resampler(SESSION_RATE, G711_RATE)

    def encode(self, samples: Samples) -> bytes:
        """Bytes that have become computable."""
        return self._codes[self._resampler.process(samples).view(np.uint16)].tobytes()


def decoder(audio_format: str) -> Decoder:
    """A decoder of one input stream; KeyError for a format other than pcm16, g711_ulaw, g711_alaw."""
    return Pcm16Decoder() if audio_format == "pcm16" else G711Decoder(DECODED[audio_format])


def encoder(audio_format: str) -> Encoder:
    """An encoder of one output stream; KeyError for a format other than pcm16, g711_ulaw, g711_alaw."""
    return Pcm16Encoder() if audio_format == "pcm16" else G711Encoder(ENCODED[audio_format])


def _ulaw_levels() -> Samples:
    code = ~np.arange(256) & 0xFF
    exponent, mantissa = code >> 4 & 7, code & 15
    magnitude = ((mantissa << 3) + 0x84 << exponent) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_levels() -> Samples:
    code = np.arange(256) ^ 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    magnitude = np.where(exponent, (mantissa << 4) + 0x108 << np.maximum(exponent - 1, 0), (mantissa << 4) + 8)
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _ulaw_codes() -> Bytes:
    samples = _every_sample()
    magnitude = np.minimum(np.abs(samples), 32635) + 0x84
    exponent = _top_bit(magnitude) - 7
    code = exponent << 4 | magnitude >> exponent + 3 & 15
    return np.asarray(~np.where(samples < 0, code | 0x80, code) & 0xFF, np.uint8)


def _alaw_codes() -> Bytes:
    samples = _every_sample()
    # One's complement for negatives: the two halves of the characteristic meet between 0 and -1.
    magnitude = np.where(samples < 0, ~samples, samples)
    exponent = np.maximum(_top_bit(np.maximum(magnitude, 1)) - 7, 0)
    code = exponent << 4 | magnitude >> np.maximum(exponent, 1) + 3 & 15
    return np.asarray(np.where(samples < 0, code, code | 0x80) ^ 0x55, np.uint8)


def _every_sample() -> Levels:
    """All 16-bit values in the order of their bit pattern, so that a sample's own bits index the table."""
    return np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64)


def _top_bit(values: Levels) -> Levels:
    return np.log2(values).astype(np.int64)


DECODED = {"g711_ulaw": _ulaw_levels(), "g711_alaw": _alaw_levels()}
ENCODED = {"g711_ulaw": _ulaw_codes(), "g711_alaw": _alaw_codes()}
