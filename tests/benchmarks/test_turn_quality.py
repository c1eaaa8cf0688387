"""The engine on labelled recordings, against what it promises."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from benchmarks.background import Background
from benchmarks.clips import Clip, load
from benchmarks.scoring import Score, percentile
from benchmarks.turn_quality import TIGHT_LABELS, Configuration, Row, chosen, detect, measure
from realtime_api.config import SemanticVad, ServerVad
from realtime_engine.core.ports import Samples
from realtime_engine.speech.ports import LocalSpeechPorts
from realtime_engine.speech.turn_judge import SmartTurnJudge, network


class Judge(SmartTurnJudge):
    """Judges no audio twice: whatever the eagerness, it is asked about the same pauses."""

    def __init__(self) -> None:
        super().__init__(network())
        self._judged: dict[bytes, float] = {}

    def judge(self, audio: Samples) -> float:
        heard = audio.tobytes()
        if heard not in self._judged:
            self._judged[heard] = super().judge(audio)
        return self._judged[heard]


@cache
def ports() -> LocalSpeechPorts:
    return LocalSpeechPorts(Judge(), degraded={})


def every(clip: Clip) -> bool:
    return True


def tight(clip: Clip) -> bool:
    """Speech whose edges are labelled exactly."""
    return clip.quality in TIGHT_LABELS and not clip.is_noise


def tight_or_noise(clip: Clip) -> bool:
    return tight(clip) or clip.is_noise


def held(clip: Clip) -> bool:
    """Speech with pauses that are no end."""
    return any(turn.holds for turn in clip.turns)


def row(folder: Path, configuration: Configuration, which: Callable[[Clip], bool] = every) -> Row:
    """A configuration measured with the clips that tell something about it."""
    pooled = Row(configuration, Score(), Score(), Score(), Score())
    for clip in filter(which, load(folder)):
        pooled.add(measured(configuration, clip))
    return pooled


@cache
def measured(configuration: Configuration, clip: Clip) -> Row:
    """No clip is measured twice in the same configuration."""
    return measure(configuration, [clip], ports())


def server_vad(silence: int = 500, threshold: float = 0.5) -> Configuration:
    return Configuration(ServerVad(silence_duration_ms=silence, threshold=threshold, create_response=False))


def semantic_vad(eagerness: str) -> Configuration:
    return Configuration(SemanticVad.model_validate({"eagerness": eagerness, "create_response": False}))


@pytest.mark.parametrize("silence", [200, 500, 800])
def test_a_turn_ends_soon_after_its_silence(clips: Path, silence: int) -> None:
    latencies = row(clips, server_vad(silence), tight).tight.end_latencies
    assert (percentile(latencies, 50) or 9) <= (silence + 80) / 1000
    assert (percentile(latencies, 95) or 9) <= (silence + 250) / 1000


@pytest.mark.parametrize("silence", [200, 500])
def test_speech_is_told_from_silence(clips: Path, silence: int) -> None:
    frames = row(clips, server_vad(silence), tight).tight.frames
    assert (frames.f1 or 0) >= 0.95
    assert (frames.fpr or 0) <= 0.06


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.9])
def test_noise_begins_no_turn(clips: Path, threshold: float) -> None:
    assert row(clips, server_vad(threshold=threshold)).noise.spurious == 0


def test_a_higher_threshold_begins_no_more_spurious_turns(clips: Path) -> None:
    rows = [row(clips, server_vad(threshold=threshold)) for threshold in (0.3, 0.5, 0.7, 0.9)]
    spurious = [each.every.spurious + each.noise.spurious for each in rows]
    assert spurious == sorted(spurious, reverse=True)


def test_the_judge_spares_two_of_three_false_cut_offs_and_still_answers_soon(clips: Path) -> None:
    judged, silence_alone = row(clips, semantic_vad("auto"), held), row(clips, server_vad(500))
    assert judged.every.cut_holds <= silence_alone.every.cut_holds / 3
    latencies = row(clips, semantic_vad("auto"), tight).tight.end_latencies
    assert (percentile(latencies, 50) or 9) <= 0.9


def test_eagerness_is_ordered_in_false_cut_offs(clips: Path) -> None:
    high, auto, low = (row(clips, semantic_vad(each), held).every.cut_holds for each in ("high", "auto", "low"))
    assert high >= auto >= low
    assert high > low


@pytest.mark.parametrize("clip", ["dev06_mid_turn_pauses", "dev03_librivox_0870"])
def test_padding_does_not_move_the_corrected_onset(clips: Path, clip: str) -> None:
    onsets = {first_onset(next(each for each in load(clips) if each.id == clip), padding) for padding in (0, 300, 500)}
    assert len(onsets) == 1


def first_onset(clip: Clip, padding: int) -> float:
    configuration = Configuration(ServerVad(prefix_padding_ms=padding, create_response=False))
    return detect(configuration, clip.samples(), ports())[0].onset


@pytest.mark.parametrize("audio_format", ["g711_ulaw", "g711_alaw"])
def test_telephone_speech_is_heard_as_well(clips: Path, audio_format: str) -> None:
    policy = ServerVad(create_response=False)
    telephone = row(clips, Configuration(policy, format=audio_format))
    assert (telephone.tight.frames.f1 or 0) >= 0.95
    assert (telephone.every.missed, telephone.noise.spurious) == (0, 0)


@pytest.mark.parametrize("reduction", ["near_field", "far_field"])
def test_noise_reduction_costs_few_false_positives(clips: Path, reduction: str) -> None:
    policy = ServerVad(create_response=False)
    reduced, untouched = row(clips, Configuration(policy, reduction), tight_or_noise), row(clips, server_vad(), tight)
    assert (reduced.tight.frames.fpr or 0) <= (untouched.tight.frames.fpr or 0) + 0.05
    assert reduced.noise.spurious == 0


@pytest.mark.parametrize("reduction", ["near_field", "far_field"])
def test_noise_reduction_costs_few_false_positives_over_music_too(clips: Path, reduction: str) -> None:
    recordings = load(clips)
    music = Background(chosen(recordings, "dev_noise3_acoustic_guitar_0").samples(), below_db=10)
    reduced, untouched = (
        measure(Configuration(ServerVad(create_response=False), how), list(filter(tight, recordings)), ports(), music)
        for how in (reduction, "off")
    )
    assert (reduced.tight.frames.fpr or 0) <= (untouched.tight.frames.fpr or 0) + 0.05
    assert reduced.tight.missed == 0
