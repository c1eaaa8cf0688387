"""Sound as speech servers send it: raw samples, or a WAV file as it streams; decoded to samples at SESSION_RATE."""

from __future__ import annotations

import struct
from typing import Protocol

import numpy as np
import soxr

from realtime_engine.core.ports import SESSION_RATE, Samples

MAX_HEADER = 4096
UNKNOWN_LENGTH = 0x7FFF_0000
RATES = range(8_000, 48_001)

_SAMPLE = np.dtype("<i2")
_NOTHING: Samples = np.zeros(0, np.int16)


class UnknownSound(ValueError):
    """The bytes are no sound that can be decoded here."""


class Decoder(Protocol):
    def decode(self, data: bytes) -> Samples:
        """The samples that have become complete; ``data`` may be cut anywhere. Raises UnknownSound."""
        ...

    def close(self) -> Samples:
        """What is left at the end."""
        ...


class Raw:
    """16-bit little-endian mono at ``rate``, one of RATES."""

    def __init__(self, rate: int = SESSION_RATE) -> None:
        self._odd = b""
        self._resampler = None if rate == SESSION_RATE else soxr.ResampleStream(rate, SESSION_RATE, 1, dtype="int16")

    def decode(self, data: bytes) -> Samples:
        data = self._odd + data
        whole = len(data) // _SAMPLE.itemsize * _SAMPLE.itemsize
        self._odd = data[whole:]
        return self._resampled(np.frombuffer(data[:whole], _SAMPLE).astype(np.int16))

    def close(self) -> Samples:
        return self._resampled(_NOTHING, last=True)

    def _resampled(self, samples: Samples, *, last: bool = False) -> Samples:
        return samples if self._resampler is None else self._resampler.resample_chunk(samples, last=last)


class Wav:
    """16-bit mono PCM in a RIFF file, at any usual rate."""

    def __init__(self) -> None:
        self._raw: Raw | None = None
        self._head = b""
        self._left = 0  # bytes of sound still to come

    def decode(self, data: bytes) -> Samples:
        if self._raw is None:
            self._head += data
            opened = _header(self._head)
            if opened is None:
                return _NOTHING
            rate, start, self._left = opened
            self._raw = Raw(rate)
            data = self._head[start:]
        sound = data[: self._left]
        self._left -= len(sound)
        return self._raw.decode(sound)

    def close(self) -> Samples:
        return _NOTHING if self._raw is None else self._raw.close()


def _header(data: bytes) -> tuple[int, int, int] | None:
    """Rate, where the sound begins, and its bytes; None while that is still to come. Raises UnknownSound."""
    if len(data) >= 12 and (data[:4], data[8:12]) != (b"RIFF", b"WAVE"):
        raise UnknownSound("no WAV file")
    at, rate = 12, 0
    while len(data) >= at + 8:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"data":
            return _checked(rate), at + 8, _length(size)
        if name == b"fmt " and len(data) >= at + 24:
            coding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, at + 8)
            rate = rate if (coding, channels, bits) == (1, 1, 16) else 0
        at += 8 + size + size % 2
    if at > MAX_HEADER:
        raise UnknownSound("a WAV file without sound")
    return None


def _checked(rate: int) -> int:
    if rate not in RATES:
        raise UnknownSound("a WAV file that is not 16-bit mono PCM")
    return rate


def _length(size: int) -> int:
    """Who writes the header before the sound is made cannot know its length, and puts 0 or a huge number."""
    return size if 0 < size < UNKNOWN_LENGTH else 1 << 62
