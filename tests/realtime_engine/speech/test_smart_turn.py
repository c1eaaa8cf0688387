from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from realtime_engine.core.ports import ANALYSIS_RATE
from realtime_engine.speech import models
from realtime_engine.speech.mel import log_mel
from realtime_engine.speech.smart_turn import GROUP, STEPS, Floats, groups_before, inputs
from realtime_engine.speech.turn_judge import WINDOW, network

from .recordings import analysed, recording


def features(folder: Path, clip: str, seconds: float) -> Floats:
    """Of the turn up to this time, after silence."""
    heard = np.zeros(WINDOW, np.float32)
    turn = analysed(recording(folder, clip))[: int(seconds * ANALYSIS_RATE)][-WINDOW:] / np.float32(32768)
    heard[WINDOW - len(turn) :] = turn
    return log_mel(heard, 2 * STEPS)


def test_a_whole_window_is_judged_as_by_the_model_as_it_comes(clips: Path) -> None:
    whole = features(clips, "dev01_jfk", 10.8)
    (as_it_comes,) = models.start(models.read(models.SMART_TURN)).run(None, {"input_features": whole[None]})
    (judged,) = network().run(None, inputs(whole, 0))
    assert judged == pytest.approx(as_it_comes, abs=0.02)


@pytest.mark.parametrize(
    ("clip", "seconds"), [("dev05_three_commands", 2.55), ("dev01_jfk", 3.95)], ids=["end", "hold"]
)
def test_silence_in_groups_is_judged_as_step_by_step(clips: Path, clip: str, seconds: float) -> None:
    whole, groups = features(clips, clip, seconds), groups_before(STEPS // 2)
    (step_by_step,) = network().run(None, inputs(whole, 0))
    (in_groups,) = network().run(None, inputs(whole[:, 2 * groups * GROUP :], groups))
    assert in_groups == pytest.approx(step_by_step, abs=0.1)


@pytest.mark.parametrize("heard", [1, 200, STEPS, STEPS + 1])
def test_every_step_is_heard_once_by_itself_or_in_a_group(heard: int) -> None:
    groups = groups_before(heard)
    shown = inputs(np.zeros((80, 2 * (STEPS - groups * GROUP)), np.float32), groups)
    assert shown["input_features"].shape == (1, 80, 2 * len(shown["chosen"]))
    assert np.exp(shown["weights"]).sum() == pytest.approx(STEPS)
    assert sorted({*shown["chosen"].tolist()}) == shown["chosen"].tolist()
    assert shown["chosen"][-1] == STEPS - 1
