"""Reading the real recordings, and the sounds that tests make themselves."""

from __future__ import annotations

import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from realtime_engine.core.ports import ANALYSIS_RATE, SESSION_RATE, VAD_FRAME, FrontEnd, Samples
from realtime_engine.speech.noise import front_end

Mask = npt.NDArray[np.bool_]


def label(folder: Path, clip: str) -> dict[str, Any]:
    """The clip's entry in the manifest."""
    manifest = json.loads((folder / "manifest.json").read_text())
    return next(entry for entry in manifest["clips"] if entry["id"] == clip)


def recording(folder: Path, clip: str) -> Samples:
    """The clip at SESSION_RATE."""
    with wave.open(str(folder / f"{clip}.wav")) as file:
        return np.frombuffer(file.readframes(-1), np.int16)


def analysed(samples: Samples, through: FrontEnd | None = None, chunk: int = 480) -> Samples:
    """The samples as turn detection hears them, at ANALYSIS_RATE, taken in by chunks."""
    end = through or front_end(None, 1.0)
    parts = [end.process(samples[at : at + chunk]).analysis for at in range(0, len(samples), chunk)]
    return np.concatenate(parts)


def frames(samples: Samples) -> Iterator[Samples]:
    """Whole VAD frames of audio at ANALYSIS_RATE."""
    return (samples[at : at + VAD_FRAME] for at in range(0, len(samples) - VAD_FRAME + 1, VAD_FRAME))


def speech_frames(folder: Path, clip: str, count: int, collar: float) -> tuple[Mask, Mask]:
    """Masks of ``count`` frames: those labelled as speech, and those further than ``collar`` s from every edge."""
    middle = (np.arange(count) + 0.5) * VAD_FRAME / ANALYSIS_RATE
    segments = np.array(label(folder, clip)["speech_segments"])
    within = (middle[:, None] >= segments[:, 0]) & (middle[:, None] < segments[:, 1])
    is_clear = np.abs(middle[:, None] - segments.ravel()).min(axis=1) > collar
    return np.asarray(within.any(axis=1)), np.asarray(is_clear)


def tone(hertz: float, seconds: float, rate: int = SESSION_RATE, peak: float = 10_000) -> Samples:
    return np.round(peak * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.int16)


def hiss(seconds: float, rate: int = SESSION_RATE, level: float = 300) -> Samples:
    """White noise, the same every time."""
    noise = np.random.default_rng(1).standard_normal(int(seconds * rate))
    return np.round(level * noise).astype(np.int16)


def syllables(seconds: float, rate: int = SESSION_RATE) -> Samples:
    """Something voice-like: a buzz four times a second, whose pitch glides from 100 to 200 Hz each time."""
    time = np.arange(int(seconds * rate)) / rate
    within = time * 4 % 1
    cycles = np.cumsum(100 * (1 + within)) / rate
    buzz = sum(np.sin(2 * np.pi * n * cycles) / n for n in range(1, 20))
    return np.round(6000 * buzz * np.maximum(np.sin(2 * np.pi * within), 0)).astype(np.int16)


def level_db(samples: Samples) -> float:
    """Root mean square in dB of full scale."""
    return float(10 * np.log10(np.mean((samples / 32768.0) ** 2) + 1e-12))
