"""The definitions on cases that can be checked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.clips import Clip, LabelledTurn
from benchmarks.scoring import DetectedTurn, Score, interval, score

TALK = Clip(
    "talk",
    Path("talk.wav"),
    "exact",
    speech=((1.0, 2.0), (2.5, 3.0), (6.0, 7.0)),
    turns=(LabelledTurn(1.0, 3.0, ((2.0, 2.5),)), LabelledTurn(6.0, 7.0, ())),
)
NOISE = Clip("noise", Path("noise.wav"), "exact", speech=(), turns=())


def detected(onset: float, end: float, wait: float = 0.5) -> DetectedTurn:
    """A turn noticed 0.1 s after its onset, and ended ``wait`` after its end."""
    return DetectedTurn(onset, end, onset + 0.1, end + wait)


def test_turns_found_where_they_are_have_no_fault():
    result = score(TALK, [detected(1.0, 3.0), detected(6.0, 7.0)], 10.0)
    assert (result.cut_holds, result.missed, result.spurious) == (0, 0, 0)
    assert result.end_latencies == pytest.approx([0.5, 0.5])
    assert result.start_latencies == pytest.approx([0.1, 0.1])


def test_a_pause_counted_as_speech_is_false_positives():
    frames = score(TALK, [detected(1.0, 3.0), detected(6.0, 7.0)], 10.0).frames
    assert (frames.true_positives, frames.false_positives, frames.false_negatives) == (250, 50, 0)
    assert frames.f1 == pytest.approx(500 / 550)
    assert frames.fpr == pytest.approx(50 / 750)


def test_frames_near_an_edge_do_not_count_within_the_collar():
    late = [detected(1.09, 2.09), detected(2.5, 3.0), detected(6.0, 7.0)]
    assert score(TALK, late, 10.0, collar=0.1).frames.f1 == 1


@pytest.mark.parametrize(("stopped", "cut"), [(1.9, 0), (2.1, 1), (2.59, 1), (2.7, 0)])
def test_a_stop_within_a_hold_or_just_after_it_is_a_false_cut_off(stopped, cut):
    result = score(TALK, [DetectedTurn(1.0, 2.0, 1.1, stopped), detected(2.5, 3.0)], 10.0)
    assert (result.holds, result.cut_holds, result.cut_turns) == (1, cut, cut)


def test_a_turn_that_ends_only_when_the_next_has_begun_is_missed():
    result = score(TALK, [DetectedTurn(1.0, 7.0, 1.1, 7.5)], 10.0)
    assert (result.turns, result.missed) == (2, 1)


def test_a_stop_later_than_five_seconds_is_missed():
    assert score(TALK, [detected(1.0, 3.0), detected(6.0, 7.0, wait=5.1)], 15.0).missed == 1


def test_a_turn_without_speech_in_it_is_spurious():
    turns = [detected(1.0, 3.0), detected(4.0, 4.5), detected(6.0, 7.0)]
    assert score(TALK, turns, 10.0).spurious == 1


def test_noise_alone_has_no_rate_of_its_own_to_divide_by():
    result = score(NOISE, [detected(4.0, 4.5)], 10.0)
    assert (result.spurious, result.frames.f1, result.frames.fnr) == (1, 0, None)
    assert score(NOISE, [], 10.0).frames.f1 is None


def test_recordings_are_pooled_by_their_counts():
    pooled = Score()
    for clip in (TALK, NOISE):
        pooled.add(score(clip, [detected(4.0, 4.5, wait=2.0)], 10.0))
    assert (pooled.turns, pooled.missed, pooled.spurious) == (2, 2, 2)
    assert pooled.frames.fpr == pytest.approx(100 / 1750)


def test_the_interval_of_a_rate_is_wilsons():
    assert interval(3, 21) == pytest.approx((0.050, 0.346), abs=0.001)
    assert interval(0, 0) is None
