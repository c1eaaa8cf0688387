"""Sound for the browser's microphone, and measures of what came back."""

from __future__ import annotations

import asyncio
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from realtime_engine.core.ports import SESSION_RATE, JobResult, Samples, Speak, SpeechChunk, SpeechDone
from realtime_engine.speech.client import Voice, WorkerPool
from tests.patience import PATIENCE

MICROPHONE_RATE = 48_000  # Chromium's fake microphone plays wav files at their own rate; this one needs no resampling
HOP_MS = 20


def spoken(text: str, voice: str = "alloy") -> Samples:
    """The text as the engine's voice says it, at SESSION_RATE."""
    with ThreadPoolExecutor(1) as thread:  # Playwright has a loop running in this one
        return thread.submit(asyncio.run, _spoken(text, voice)).result()


async def _spoken(text: str, voice: str) -> Samples:
    pool = WorkerPool("voice", 1)
    await pool.start()
    results: asyncio.Queue[JobResult] = asyncio.Queue()
    Voice(pool).handle(Speak("job", text, voice, 1.0), results.put_nowait)
    chunks: list[Samples] = []
    try:
        while not isinstance(result := await asyncio.wait_for(results.get(), PATIENCE), SpeechDone):
            assert isinstance(result, SpeechChunk), result
            chunks.append(result.audio)
    finally:
        await pool.stop()
    return np.concatenate(chunks)


def recording(path: Path) -> Samples:
    """A mono 16-bit recording at SESSION_RATE."""
    with wave.open(str(path)) as clip:
        assert (clip.getframerate(), clip.getnchannels()) == (SESSION_RATE, 1)
        return np.frombuffer(clip.readframes(clip.getnframes()), dtype="<i2")


def silence(seconds: float) -> Samples:
    """Not digital zeros: a room's faint noise."""
    return np.random.default_rng(1).normal(0, 3, int(seconds * SESSION_RATE)).astype(np.int16)


def write_microphone(path: Path, *parts: Samples) -> Path:
    """A wav for Chromium's fake microphone."""
    samples = np.concatenate(parts)
    position = np.arange(2 * len(samples)) / 2
    doubled = np.interp(position, np.arange(len(samples)), samples).astype("<i2")
    with wave.open(str(path), "wb") as clip:
        clip.setnchannels(1)
        clip.setsampwidth(2)
        clip.setframerate(MICROPHONE_RATE)
        clip.writeframes(doubled.tobytes())
    return path


def envelope(samples: Samples) -> np.ndarray:
    """RMS of each HOP_MS."""
    hop = SESSION_RATE * HOP_MS // 1000
    frames = samples[: len(samples) // hop * hop].reshape(-1, hop).astype(float)
    return np.sqrt((frames**2).mean(axis=1))


def likeness(reference: np.ndarray, heard: list[list[float]]) -> float:
    """Best correlation (-1..1) of a reference envelope with what a page heard, over all delays.

    ``heard`` holds pairs of milliseconds and RMS, at irregular times, each over about two hops: both are smoothed.
    """
    times, levels = np.array(heard).T
    grid = np.arange(times[0], times[-1], HOP_MS)
    smooth = np.full(3, 1 / 3)
    reference = np.convolve(reference, smooth, "same")
    level = np.convolve(np.interp(grid, times, levels), smooth, "same")
    if len(level) < len(reference):
        level = np.pad(level, (0, len(reference) - len(level)))
    windows = np.lib.stride_tricks.sliding_window_view(level, len(reference))
    return max((float(np.corrcoef(reference, window)[0, 1]) for window in windows if window.std() > 0), default=0.0)
