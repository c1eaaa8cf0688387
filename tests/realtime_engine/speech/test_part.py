"""One part of an utterance: what is stable, and where it is cut."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from realtime_engine.core.ports import ANALYSIS_RATE, Samples
from realtime_engine.speech.beam import Beam
from realtime_engine.speech.moonshine import Moonshine
from realtime_engine.speech.part import CUT_BY, CUT_FROM, LEISURE, Part

from .recordings import analysed, hiss, recording

SECOND = ANALYSIS_RATE


@pytest.fixture(scope="module")
def model() -> Moonshine:
    return Moonshine()


@pytest.fixture(scope="module")
def speech(clips) -> Samples:
    return analysed(recording(clips, "dev01_jfk"))


def part_of(model: Moonshine, audio: Samples, decoding_seconds: float = 0.0) -> Part:
    """A part that has heard this; every decoding takes so long."""
    clock = itertools.count(0.0, decoding_seconds)
    part = Part(model, Beam(model), lambda: next(clock))
    part.hear(audio)
    return part


def never() -> bool:
    return False


def test_a_slow_machine_decodes_less_often(model, speech):
    part = part_of(model, speech[: 2 * SECOND], decoding_seconds=1.0)
    part.advance(never)
    part.hear(speech[2 * SECOND : (2 + LEISURE) * SECOND - 1])
    assert not part.is_due
    part.hear(speech[:1])
    assert part.is_due


def test_nothing_is_decoded_where_nobody_speaks(model):
    part = part_of(model, hiss(5.0, SECOND))
    assert not part.is_due
    assert part.finish(never).tokens == ()
    assert part.alternatives(Beam(model), never) == []


def test_the_final_text_begins_with_what_was_stable(model, speech):
    part = part_of(model, speech[:SECOND])
    stable = []
    for start in range(SECOND, 8 * SECOND, SECOND // 2):
        part.hear(speech[start : start + SECOND // 2])
        part.advance(never)
        stable.append(part.stable.tokens)
    assert len(stable[-1]) > 3
    assert all(later[: len(earlier)] == earlier for earlier, later in itertools.pairwise(stable))
    assert part.finish(never).tokens[: len(stable[-1])] == stable[-1]


def test_a_long_part_is_cut_in_its_quietest_moment(model):
    noise = hiss(15.0, SECOND, level=3000)
    noise[13 * SECOND : 13 * SECOND + SECOND // 4] //= 100
    part = part_of(model, noise)
    assert part.is_full
    rest = part.cut()
    assert 13 * SECOND < len(part.audio) < 13 * SECOND + SECOND // 4
    assert np.array_equal(np.concatenate((part.audio, rest)), noise)


def test_nothing_is_decoded_ahead_that_may_lie_behind_the_cut(model, speech):
    part = part_of(model, np.concatenate((speech, speech))[: CUT_FROM + 1])
    assert not part.is_due
    assert not part.is_full
    assert CUT_FROM < CUT_BY
