"""Streaming resampling with a short, fixed delay.

A block resampler such as soxr's ResampleStream, at its quickest filter free of aliases ("LQ"), lets its output trail
the input by up to 20 ms between 24 kHz and 16 kHz and by up to 40 ms between 24 kHz and 8 kHz (measured). Every
millisecond of that would be added to each answer, so this polyphase filter trails by its own half length only:
1.5 ms and 3 ms.
"""

from __future__ import annotations

from math import ceil, gcd

import numpy as np
import numpy.typing as npt

from realtime_engine.core.ports import Samples

_ZERO_CROSSINGS = 24  # of the sinc on each side, counted at the lower of the two rates
_KAISER_BETA = 6.5  # about 68 dB of stop band
_CUTOFF = 0.92  # of the lower rate's Nyquist frequency: the stop band begins just at it
_SLICE = 1600  # input samples per step: bounds memory, and keeps the product below where BLAS starts threads
_TOGETHER = 8  # blocks that share a row: windows overlap by most of their length, and copying them is most of the cost
_SCALE = 2.0**24

Float = npt.NDArray[np.float64]


def to_int16(values: npt.NDArray[np.floating]) -> Samples:
    """Round to the nearest 16-bit sample; what lies outside the range is clipped."""
    return np.asarray(np.minimum(np.maximum(np.rint(values), -32768), 32767), np.int16)


class Resampler:
    """Resamples one stream from ``in_rate`` to ``out_rate`` (samples per second, integers).

    Output sample k lies at time ``k / out_rate`` of the input. The output does not depend on how the input is cut.
    """

    def __init__(self, in_rate: int, out_rate: int) -> None:
        common = gcd(in_rate, out_rate)
        self._up, self._down = out_rate // common, in_rate // common
        half = ceil(_ZERO_CROSSINGS * max(1.0, in_rate / out_rate))
        self._kernel = _kernel(self._up, self._down, half)
        self._kernel_of_many = _repeated(self._kernel, self._down)
        self._pending: Samples = np.zeros(half, np.int16)

    def process(self, samples: Samples) -> Samples:
        """The output that has become computable, shape (m,), possibly empty."""
        if len(samples) <= _SLICE:
            return self._step(samples)
        parts = [self._step(samples[at : at + _SLICE]) for at in range(0, len(samples), _SLICE)]
        return np.concatenate(parts)

    def _step(self, samples: Samples) -> Samples:
        heard = np.concatenate((self._pending, samples))
        width = len(self._kernel)
        blocks = max(0, (len(heard) - width) // self._down + 1)
        self._pending = heard[blocks * self._down :]
        if not blocks:
            return np.empty(0, np.int16)
        many, few = divmod(blocks, _TOGETHER)
        rest = heard[many * _TOGETHER * self._down :]
        filtered = (
            _filtered(heard, many, _TOGETHER * self._down, self._kernel_of_many),
            _filtered(rest, few, self._down, self._kernel),
        )
        return to_int16(np.concatenate(filtered))


def _filtered(heard: Samples, rows: int, hop: int, kernel: Float) -> Float:
    """The products of ``rows`` windows of the samples, ``hop`` apart, with the kernel."""
    step = heard.itemsize  # overlapping windows by hand: sliding_window_view costs more than the filter
    windows = np.ndarray((rows, len(kernel)), heard.dtype, heard, strides=(hop * step, step))
    return np.asarray((windows.astype(np.float64) @ kernel).reshape(-1))


def _repeated(kernel: Float, hop: int) -> Float:
    """The kernel for a row of _TOGETHER blocks, each ``hop`` samples after the one before."""
    width, outputs = kernel.shape
    together = np.zeros((width + (_TOGETHER - 1) * hop, _TOGETHER * outputs))
    for block in range(_TOGETHER):
        together[block * hop :][:width, block * outputs : (block + 1) * outputs] = kernel
    return together


def _kernel(up: int, down: int, half: int) -> Float:
    """One column of taps for each of the ``up`` output samples that ``down`` input samples give.

    Taps are whole multiples of 2**-24: their sums with 16-bit samples are exact in float64, so rounding cannot depend
    on the order of addition, and thereby on how the stream was cut.
    """
    last = (up - 1) * down // up
    taps = np.arange(-half, half + last + 1)[:, None] - np.arange(up) * down / up
    crossings = taps / max(1.0, down / up)
    inside = np.clip(1 - (crossings / _ZERO_CROSSINGS) ** 2, 0, None)
    kernel = np.sinc(crossings * _CUTOFF) * np.i0(_KAISER_BETA * np.sqrt(inside)) * (inside > 0)
    return np.asarray(np.rint(kernel / kernel.sum(axis=0) * _SCALE) / _SCALE)
