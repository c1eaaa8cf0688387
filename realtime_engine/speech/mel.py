"""Log-mel features as Whisper's preprocessor makes them, in numpy alone.

Definition: the WhisperFeatureExtractor of Hugging Face Transformers with ``do_normalize``: 25 ms Hann windows every
10 ms, 80 bands on the Slaney mel scale, log10 with an 80 dB range, scaled to about -1..1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from realtime_engine.core.ports import ANALYSIS_RATE

BANDS = 80
_WINDOW = 400
_HOP = 160
_PRODUCT = 16  # frames per matrix product: a larger one makes BLAS start threads, 25 times slower on busy cores
_BREAK_HZ, _BREAK_MEL = 1000.0, 15.0  # below: linear, 200/3 Hz per mel; above: logarithmic
_LOG_STEP = np.log(6.4) / 27

Float = npt.NDArray[np.float32]


def log_mel(audio: Float, frames: int) -> Float:
    """Features of shape (80, frames) of the last ``frames`` 10 ms of audio at 16 kHz, at any level.

    Mean and level are of all the audio; the 80 dB range is that of these frames, so what is before them should be soft.
    """
    normal = (audio - audio.mean()) / np.sqrt(audio.var() + 1e-7)
    spectra = _power_spectra(normal, frames)
    energies = np.hstack([_FILTERS @ spectra[:, at : at + _PRODUCT] for at in range(0, frames, _PRODUCT)])
    levels = np.log10(np.maximum(energies, 1e-10))
    return np.asarray((np.maximum(levels, levels.max() - 8) + 4) / 4, np.float32)


def _power_spectra(audio: Float, frames: int) -> Float:
    """Shape (201, frames); frame k from the beginning is centred on sample 160 k, the edges are mirrored."""
    first = len(audio) // _HOP - frames
    padded = np.pad(audio, _WINDOW // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    spectra = np.fft.rfft(windows[first : first + frames] * _HANN)
    return np.asarray((spectra.real**2 + spectra.imag**2).T, np.float32)


def _mel(hertz: float) -> float:
    if hertz < _BREAK_HZ:
        return hertz * 3 / 200
    return float(_BREAK_MEL + np.log(hertz / _BREAK_HZ) / _LOG_STEP)


def _hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    above = _BREAK_HZ * np.exp(_LOG_STEP * (mel - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * 200 / 3, above)


def _triangles() -> npt.NDArray[np.float64]:
    """Band filters of shape (80, 201), each triangle of the same area."""
    edges = _hertz(np.linspace(_mel(0), _mel(ANALYSIS_RATE / 2), BANDS + 2))
    bins = np.linspace(0, ANALYSIS_RATE / 2, _WINDOW // 2 + 1)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    slopes = np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre))
    return np.asarray(np.maximum(slopes, 0) * 2 / (high - low))


_HANN = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
_FILTERS = _triangles().astype(np.float32)
