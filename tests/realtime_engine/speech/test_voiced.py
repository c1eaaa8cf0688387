from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from realtime_engine.core.ports import ANALYSIS_RATE, Samples
from realtime_engine.speech.voiced import VoiceGate

from .recordings import analysed, hiss, recording

NO_VOICE = {
    "nothing": np.zeros(0, np.int16),
    "silence": np.zeros(3 * ANALYSIS_RATE, np.int16),
    "hiss": hiss(3.0, ANALYSIS_RATE, level=3000),
}


def opened(audio: Samples, piece: int) -> bool:
    gate = VoiceGate()
    for start in range(0, len(audio), piece):
        gate.hear(audio[start : start + piece])
    return gate.is_open


@pytest.mark.parametrize("audio", NO_VOICE.values(), ids=NO_VOICE)
def test_it_stays_closed_where_nobody_speaks(audio: Samples) -> None:
    assert not opened(audio, 320)


@pytest.mark.parametrize("piece", [100, 512, 16_000])
def test_it_opens_for_a_voice_in_pieces_of_any_size(clips: Path, piece: int) -> None:
    assert opened(analysed(recording(clips, "dev01_jfk")), piece)


def test_it_opens_for_every_recording_of_speech(clips: Path) -> None:
    manifest = json.loads((clips / "manifest.json").read_text())["clips"]
    speech = [clip["id"] for clip in manifest if clip["speech_segments"]]
    assert [clip for clip in speech if not opened(analysed(recording(clips, clip)), 1600)] == []
