from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from benchmarks.voices import say
from realtime_engine.core.ports import ANALYSIS_RATE, SESSION_RATE, Samples
from realtime_engine.speech.espeak import espeak
from realtime_engine.speech.mel import log_mel
from realtime_engine.speech.resample import Resampler
from realtime_engine.speech.turn_judge import WINDOW, SmartTurnJudge, network

from .recordings import analysed, hiss, label, recording, tone

QUIET = 100  # samples below are the silence behind a synthesised text


@pytest.fixture(scope="module")
def judge() -> SmartTurnJudge:
    return SmartTurnJudge(network())


def up_to(folder: Path, clip: str, seconds: float) -> Samples:
    return analysed(recording(folder, clip))[: int(seconds * ANALYSIS_RATE)]


@pytest.mark.parametrize("clip", ["dev01_jfk", "dev03_librivox_0870", "dev04_librivox_0920", "dev07_libri_2412"])
def test_a_finished_sentence_is_complete(clips: Path, judge: SmartTurnJudge, clip: str) -> None:
    end = label(clips, clip)["turns"][-1]["end"]
    assert judge.judge(up_to(clips, clip, end + 0.3)) > 0.8


@pytest.mark.parametrize("hold", [1, 2, 3])
def test_a_pause_in_mid_sentence_is_not(clips: Path, judge: SmartTurnJudge, hold: int) -> None:
    start = label(clips, "dev01_jfk")["turns"][0]["holds"][hold][0]
    assert judge.judge(up_to(clips, "dev01_jfk", start + 0.2)) < 0.2


def test_a_trailing_um_is_not(judge: SmartTurnJudge) -> None:
    with espeak() as synthesiser:
        speech = say(synthesiser, "alloy", "I would like to know, um")[0]
    loud = speech[: np.flatnonzero(np.abs(speech) > QUIET)[-1]]
    turn = Resampler(SESSION_RATE, ANALYSIS_RATE).process(np.concatenate((loud, np.zeros(SESSION_RATE // 5, np.int16))))
    assert judge.judge(turn) < 0.1


def test_only_the_last_eight_seconds_count(judge: SmartTurnJudge) -> None:
    long = hiss(9.0, ANALYSIS_RATE)
    assert judge.judge(long) == judge.judge(long[-WINDOW:])


def test_a_shorter_turn_is_heard_after_silence(judge: SmartTurnJudge) -> None:
    short, silence = hiss(2.0, ANALYSIS_RATE), np.zeros(ANALYSIS_RATE, np.int16)
    assert judge.judge(short) == pytest.approx(judge.judge(np.concatenate((silence, short))), abs=0.05)


@pytest.mark.parametrize("length", [0, 1, 8000])
def test_any_short_turn_gets_a_probability(judge: SmartTurnJudge, length: int) -> None:
    assert 0 <= judge.judge(np.zeros(length, np.int16)) <= 1


def test_threads_may_share_a_judge(judge: SmartTurnJudge) -> None:
    turns = [hiss(seconds, ANALYSIS_RATE) for seconds in (0.5, 1.0, 2.0, 4.0)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(judge.judge, turns)) == [judge.judge(turn) for turn in turns]


def test_a_tone_fills_its_own_mel_band() -> None:
    # 1 kHz is 15 mel on the Slaney scale, and 81 equal steps of mel reach 8 kHz: the 27th band, counted from 0: 26.
    features = log_mel(tone(1000, 1.0, ANALYSIS_RATE).astype(np.float32), 100)
    assert features.shape == (80, 100)
    assert np.argmax(features[:, 50]) == 26


def test_features_do_not_depend_on_level() -> None:
    noise = hiss(1.0, ANALYSIS_RATE).astype(np.float32)
    assert np.allclose(log_mel(noise, 100), log_mel(noise * 10, 100), atol=1e-4)


def test_the_last_frames_are_those_of_the_whole() -> None:
    noise = hiss(1.0, ANALYSIS_RATE).astype(np.float32)
    assert np.allclose(log_mel(noise, 30), log_mel(noise, 100)[:, 70:])
