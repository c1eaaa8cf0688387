"""The model's track: frames from a queue, ended and cut without a click."""

from __future__ import annotations

import numpy as np
import pytest

from realtime_engine.core.ports import Samples
from realtime_engine.server.track import FADE_SAMPLES, FRAME_SAMPLES, PlaybackQueue


def tone(samples: int, level: int = 8000) -> Samples:
    return np.full(samples, level, np.int16)


def test_empty_queue_plays_silence() -> None:
    assert not PlaybackQueue().next_frame().any()


def test_frames_are_whole_however_the_audio_was_cut() -> None:
    queue, audio = PlaybackQueue(), np.arange(3 * FRAME_SAMPLES, dtype=np.int16)
    for part in np.split(audio, [1, 100, 700, 700]):
        queue.append(part)
    assert np.array_equal(np.concatenate([queue.next_frame() for _ in range(3)]), audio)


def test_audio_that_ends_within_a_frame_fades_into_silence() -> None:
    queue = PlaybackQueue()
    queue.append(tone(400))
    frame = queue.next_frame()
    assert (frame[0], frame[399], frame[400:].any()) == (8000, 0, False)


def steepest(*audio: Samples) -> int:
    """The largest step from one sample to the next."""
    return int(np.abs(np.diff(np.concatenate(audio).astype(int))).max())


@pytest.mark.parametrize("within_the_frame", [0, 1, 50, FADE_SAMPLES, FRAME_SAMPLES - 1])
def test_audio_ends_without_a_click_wherever_in_a_frame(within_the_frame: int) -> None:
    queue = PlaybackQueue()
    queue.append(tone(FRAME_SAMPLES + within_the_frame))
    frames = [queue.next_frame() for _ in range(3)]
    assert (steepest(*frames) < 100, frames[-1].any()) == (True, False)


@pytest.mark.parametrize("left", [0, 1, 50, FADE_SAMPLES, 48_000])
def test_cut_drops_the_rest_without_a_click(left: int) -> None:
    queue = PlaybackQueue()
    queue.append(tone(FRAME_SAMPLES + left))
    before = queue.next_frame()
    queue.cut()
    after = np.concatenate([queue.next_frame() for _ in range(3)])
    assert not after[FADE_SAMPLES:].any()
    assert steepest(before, after) < 100


def test_audio_after_a_cut_is_played() -> None:
    queue = PlaybackQueue()
    queue.append(tone(48_000))
    queue.cut()
    queue.next_frame()
    queue.append(tone(FRAME_SAMPLES, level=500))
    assert (queue.next_frame() == 500).all()
