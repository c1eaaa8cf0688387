"""Noise reduction in numpy, for platforms without WebRTC's: a spectral gate and an automatic gain.

Simpler than WebRTC's and made to the same shape: 160 samples in and out at 16 kHz, 96 samples late.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from realtime_engine.core.ports import Samples

from .resample import to_int16

_FRAME = 160
_OVERLAP = 96
_SIZE = _FRAME + _OVERLAP
_BINS = _SIZE // 2 + 1
_RUMBLE = 2  # bins below 94 Hz hold hum, no speech

# Per frame of 10 ms.
_POWER_KEPT = 0.7  # of the smoothed power
_NOISE_FALL = 0.1
_NOISE_RISE = 1.004  # 1.7 dB per second: slower than speech comes and goes
_OVERSUBTRACTION = 3.0  # the tracked minimum lies below the noise's mean
_GATE_KEPT = 0.8  # of the gate's opening, while it closes

_TARGET_DB = -14.0  # of full scale: power of the loudest frames after levelling
_LEVEL_FALL_DB = 0.05

Float = npt.NDArray[np.float64]


class SpectralGate:
    """Noise reduction of one stream at 16 kHz.

    ``floor_db`` is the gain of bins that hold noise alone, ``max_gain_db`` the most that levelling adds.
    """

    def __init__(self, floor_db: float, max_gain_db: float) -> None:
        self._floor = 10 ** (floor_db / 20)
        self._max_gain_db = max_gain_db
        self._heard: Float = np.zeros(_OVERLAP)
        self._unfinished: Float = np.zeros(_OVERLAP)
        self._power: Float = np.zeros(_BINS)
        self._noise: Float = np.zeros(_BINS)
        self._gate: Float = np.ones(_BINS)
        self._level_db = _TARGET_DB
        self._gain = 1.0

    def process(self, frame: Samples) -> Samples:
        """One frame of 160 samples, cleaned and levelled, 96 samples late."""
        block = np.concatenate((self._heard, frame.astype(np.float64)))
        self._heard = block[_FRAME:]
        spectrum = np.fft.rfft(block * _FADES)
        if block.any():  # a muted microphone's zeros say nothing about the noise
            self._track(spectrum.real**2 + spectrum.imag**2)
        cleaned = np.fft.irfft(spectrum * self._gate, _SIZE) * _FADES
        cleaned[:_OVERLAP] += self._unfinished
        self._unfinished = cleaned[_FRAME:]
        return to_int16(self._levelled(cleaned[:_FRAME]))

    def _track(self, power: Float) -> None:
        """Follow each bin's noise as the slow minimum of its power, and set the gate to what rises above it."""
        if not self._power.any():
            self._power, self._noise = power, power
        self._power = _POWER_KEPT * self._power + (1 - _POWER_KEPT) * power
        falling = self._noise + _NOISE_FALL * (self._power - self._noise)
        self._noise = np.where(self._power < self._noise, falling, self._noise * _NOISE_RISE)
        clean = 1 - _OVERSUBTRACTION * self._noise / np.maximum(self._power, 1e-9)
        opening = np.sqrt(np.maximum(clean, self._floor**2))
        self._gate = np.maximum(opening, _GATE_KEPT * self._gate)
        self._gate[:_RUMBLE] = 0

    def _levelled(self, cleaned: Float) -> Float:
        """Raise the frame towards the target; only what is mostly let through the gate, voice, sets the gain."""
        if self._is_voice():
            frame_db = 10 * np.log10(np.mean(cleaned**2) / 32768**2 + 1e-12)
            self._level_db = max(frame_db, self._level_db - _LEVEL_FALL_DB)
        before = self._gain
        self._gain = 10 ** (np.clip(_TARGET_DB - self._level_db, 0, self._max_gain_db) / 20)
        return cleaned * np.linspace(before, self._gain, _FRAME)

    def _is_voice(self) -> bool:
        return bool(np.dot(self._power, self._gate**2) > 0.5 * self._power.sum())


def _fades() -> Float:
    """Window whose square adds up to one over successive blocks."""
    rise = np.sin((np.arange(_OVERLAP) + 0.5) / _OVERLAP * np.pi / 2)
    return np.concatenate((rise, np.ones(_FRAME - _OVERLAP), rise[::-1]))


_FADES = _fades()
