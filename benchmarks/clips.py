"""A folder of labelled recordings: ``manifest.json`` (format 1) beside mono 16-bit WAV files at 24 kHz.

Each entry of the manifest names ``id``, ``file``, ``label_quality``, ``speech_segments`` ([[start, end], ...]) and
``turns`` ([{"start", "end", "holds": [[start, end], ...]}, ...]), all times in seconds of the file.
"""

from __future__ import annotations

import json
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

RATE = 24_000
FORMAT = 1

Samples = npt.NDArray[np.int16]
Span = tuple[float, float]
"""Start and end in seconds."""


class BadClip(Exception):
    """A manifest or recording cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """What a person said before it was the other's turn; ``holds`` are the pauses within."""

    start: float
    end: float
    holds: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording. ``quality`` is how the labels came to be: gold, human, aligned, exact, silver, ..."""

    id: str
    path: Path
    quality: str
    speech: tuple[Span, ...]
    turns: tuple[LabelledTurn, ...]
    transcript: str | None = None  # words of several turns are apart by " / "

    @property
    def is_noise(self) -> bool:
        return not self.speech

    def samples(self) -> Samples:
        """Mono samples at RATE. Raises BadClip."""
        with wave.open(str(self.path)) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
                raise BadClip(f"{self.path}: must be mono, 16 bit, {RATE} samples per second.")
            return np.frombuffer(file.readframes(-1), "<i2")


def load(folder: Path) -> list[Clip]:
    """The clips of a folder, in the manifest's order. Raises BadClip."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        if manifest["format"] != FORMAT:
            raise BadClip(f"{folder}/manifest.json: format {manifest['format']} is not known; use {FORMAT}.")
        return [_clip(folder, entry) for entry in manifest["clips"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadClip(f"{folder}/manifest.json cannot be read: {type(error).__name__}: {error}") from error


def _clip(folder: Path, entry: dict[str, Any]) -> Clip:
    turns = tuple(LabelledTurn(turn["start"], turn["end"], _spans(turn["holds"])) for turn in entry["turns"])
    speech, transcript = _spans(entry["speech_segments"]), entry.get("transcript")
    return Clip(entry["id"], folder / entry["file"], entry["label_quality"], speech, turns, transcript)


def _spans(pairs: list[list[float]]) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in pairs)
