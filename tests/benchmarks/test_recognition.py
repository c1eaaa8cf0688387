"""What the recogniser's benchmark feeds it, and how its rows are grouped."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.clips import load
from benchmarks.recognition import REDUCTIONS, Result, Utterance, grouped, recorded, reduced
from realtime_engine.core.ports import ANALYSIS_RATE, SESSION_RATE


@pytest.fixture
def two_clips(clips: Path, tmp_path: Path) -> Path:
    """A folder that names one recording of speech and one of noise."""
    manifest = json.loads((clips / "manifest.json").read_text())
    speech = next(clip for clip in manifest["clips"] if clip.get("transcript"))
    noise = next(clip for clip in manifest["clips"] if not clip["speech_segments"])
    chosen = [clip | {"file": str((clips / clip["file"]).resolve())} for clip in (speech, noise)]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"clips": chosen}))
    return tmp_path


def test_each_recording_is_heard_under_each_noise_reduction(two_clips: Path) -> None:
    heard = [(utterance.group, utterance.reduction) for utterance in recorded(two_clips)]
    assert heard == list(itertools.product(("recordings", "noise"), REDUCTIONS))


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_recording_goes_through_the_front_end_of_its_noise_reduction(clips: Path, reduction: str) -> None:
    samples = load(clips)[0].samples()[: 2 * SESSION_RATE]
    plain, heard = reduced(samples, "off"), reduced(samples, reduction)
    assert len(heard) == pytest.approx(2 * ANALYSIS_RATE, abs=ANALYSIS_RATE // 50)
    assert np.array_equal(plain, heard) is (reduction == "off")


def test_requests_are_pooled_by_synthesiser_and_altogether() -> None:
    said = {"recordings": False, "espeak alloy": True, "espeak echo": True, "flite slt": True}
    silence = np.zeros(1, np.int16)
    groups = grouped([Result(Utterance(name, "", silence, "", asked), "", 0, 0) for name, asked in said.items()])
    pooled = {name: len(results) for (name, _), results in groups.items() if name.startswith("all ")}
    assert pooled == {"all espeak": 2, "all flite": 1, "all requests": 3}
