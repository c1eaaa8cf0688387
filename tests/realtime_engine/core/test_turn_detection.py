"""Where a turn begins and ends, from the probability of speech in each frame."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest

from realtime_api.config import SemanticVad, ServerVad
from realtime_engine.core import ports
from realtime_engine.core.turn_detection import (
    FRAME_MS,
    JUDGE_AT_MS,
    SILENCE_MAY_WAIT_MS,
    AskJudge,
    Decision,
    SpeechEnd,
    SpeechStart,
    TurnDetector,
    semantic_timeout_ms,
)
from tests.realtime_engine.core.harness import Bench, tone

SPEECH, SILENCE = 0.95, 0.02


def run(detector: TurnDetector, probabilities: Iterable[float], after: int = 0) -> list[tuple[int, Decision]]:
    """The decisions, each with the end of the frame it was made at; ``after`` frames were heard before."""
    ends = enumerate(probabilities, after + 1)
    decided = ((n * FRAME_MS, detector.step(probability, n * FRAME_MS)) for n, probability in ends)
    return [(at, decision) for at, decision in decided if decision is not None]


def server_vad(release_ms: int = 0, **settings: object) -> TurnDetector:
    return TurnDetector(ServerVad.model_validate({"silence_duration_ms": 320, **settings}), release_ms)


def test_the_turn_ends_at_its_last_speech_and_the_silence():
    decided = run(server_vad(), [SPEECH] * 10 + [SILENCE] * 20)
    assert decided == [(2 * FRAME_MS, SpeechStart(0)), (20 * FRAME_MS, SpeechEnd(10 * FRAME_MS + 320))]


def test_what_the_detector_holds_on_to_is_taken_off_the_end():
    assert run(server_vad(release_ms=32), [SPEECH] * 10 + [SILENCE] * 20)[-1] == (
        19 * FRAME_MS,
        SpeechEnd(9 * FRAME_MS + 320),
    )


def test_a_soft_first_sound_belongs_to_the_turn():
    (_, started), *_ = run(server_vad(), [SILENCE] * 20 + [0.4] * 3 + [SPEECH] * 5)
    assert started == SpeechStart(20 * FRAME_MS)


def test_a_long_murmur_does_not():
    (_, started), *_ = run(server_vad(), [0.4] * 100 + [SPEECH] * 5)
    assert started == SpeechStart((100 + 2 - 10) * FRAME_MS)


def test_speech_that_grows_fainter_goes_on_until_it_is_clearly_below_the_threshold():
    decided = run(server_vad(), [SPEECH] * 10 + [0.4] * 30)
    assert [type(decision) for _, decision in decided] == [SpeechStart]


@pytest.mark.parametrize("seed", range(5))
def test_a_higher_threshold_never_finds_speech_where_a_lower_one_finds_none(seed):
    noise = np.random.default_rng(seed).beta(0.3, 3, 5000)
    begun = [bool(run(server_vad(threshold=threshold), noise)) for threshold in np.linspace(0.05, 1, 20)]
    assert all(lower or not higher for lower, higher in pairwise(begun))


def test_a_lower_threshold_holds_from_the_next_frame():
    detector = server_vad(threshold=0.9)
    assert run(detector, [0.7] * 10) == []
    detector.policy = ServerVad(threshold=0.5)
    assert [decision for _, decision in run(detector, [0.7] * 2)] == [SpeechStart(0)]


def test_the_kind_of_detection_may_change_in_mid_pause():
    detector = TurnDetector(SemanticVad(), 0)
    run(detector, [SPEECH] * 5)
    detector.policy = ServerVad(silence_duration_ms=320)
    assert [type(decision) for _, decision in run(detector, [SPEECH] * 5 + [SILENCE] * 10)] == [SpeechEnd]


def test_the_judge_is_asked_early_and_once_more_while_nobody_knows():
    detector = TurnDetector(SemanticVad(eagerness="low"), 0)
    decided = run(detector, [SPEECH] * 10 + [SILENCE] * 60)
    assert [at - 10 * FRAME_MS for at, decision in decided if decision == AskJudge()] == list(JUDGE_AT_MS)


@pytest.mark.parametrize("probability", [0.02, 0.97])
def test_a_decided_judge_is_not_asked_again(probability):
    detector = TurnDetector(SemanticVad(eagerness="low"), 0)
    run(detector, [SPEECH] * 10)
    asked = []
    for n in range(11, 60):
        if detector.step(SILENCE, n * FRAME_MS) == AskJudge():
            asked.append(n)
            detector.judged(probability)
    assert len(asked) == 1


@pytest.mark.parametrize("eagerness", ["low", "medium", "auto", "high"])
def test_the_surer_the_judge_the_shorter_the_silence(eagerness):
    timeouts = [semantic_timeout_ms(probability, eagerness) for probability in np.linspace(0, 1, 1001)]
    steps = [earlier - later for earlier, later in pairwise(timeouts)]
    assert min(steps) >= 0
    assert max(steps) <= 8  # no cliff: a thousandth changes a few milliseconds


@pytest.mark.parametrize("probability", [0.0, 0.3, 0.7, 1.0])
def test_eagerness_is_ordered_by_patience(probability):
    high, medium, low = (semantic_timeout_ms(probability, name) for name in ("high", "medium", "low"))
    assert high < medium < low


def semantic_pause(probability: float) -> Bench:
    bench = Bench(turn_detection=SemanticVad(create_response=False))
    bench.silence(320)
    bench.say(640)
    bench.silence(200)
    bench.bring(ports.TurnJudged(bench.job(ports.JudgeTurn).job_id, probability))
    return bench


def test_a_judgement_is_shown_with_the_silence_it_leads_to():
    bench = semantic_pause(0.6)
    (shown,) = bench.decisions
    assert shown["type"] == "local.turn_detection.judged"
    assert (shown["probability"], shown["timeout_ms"]) == (0.6, semantic_timeout_ms(0.6, "auto"))
    assert shown["audio_ms"] == pytest.approx(320 + 640 + JUDGE_AT_MS[0], abs=FRAME_MS)
    assert shown["item_id"] == bench.last("input_audio_buffer.speech_started")["item_id"]


def test_the_turn_ends_after_the_silence_that_was_shown():
    bench = semantic_pause(0.9)
    bench.silence(2000)
    ended = bench.last("input_audio_buffer.speech_stopped")["audio_end_ms"]
    assert ended - bench.decisions[-1]["timeout_ms"] == pytest.approx(320 + 640, abs=FRAME_MS)


def sent_at_once(*, complete: float | None) -> Bench:
    """A sentence and a long silence, faster than they were spoken; the judge's answer comes later, if at all."""
    bench = Bench(turn_detection=SemanticVad(create_response=False))
    at_once = np.concatenate((tone(640), np.zeros(6000 * 24, np.int16)))
    bench.session.receive_audio(at_once, bench.now)
    bench.settle()
    assert bench.types()[-1] == "input_audio_buffer.speech_started"
    if complete is not None:
        bench.bring(ports.TurnJudged(bench.job(ports.JudgeTurn).job_id, complete))
    return bench


def test_audio_that_is_sent_at_once_waits_for_the_judge():
    bench = sent_at_once(complete=1.0)
    bench.settle()
    assert bench.last("input_audio_buffer.speech_stopped")["audio_end_ms"] == 640 + 600


def test_audio_waits_no_longer_than_a_second():
    bench = sent_at_once(complete=None)
    bench.wait(1.0)
    bench.settle()
    assert bench.last("input_audio_buffer.speech_stopped")["audio_end_ms"] == 640 + 4000


def test_the_judge_is_not_asked_again_before_it_has_answered():
    bench = Bench(turn_detection=SemanticVad(create_response=False))
    bench.say(640)
    bench.silence(3000)
    assert sum(isinstance(job, ports.JudgeTurn) for job in bench.jobs) == 1


def test_another_eagerness_holds_for_the_pause_that_lasts():
    detector = TurnDetector(SemanticVad(eagerness="high"), 0)
    run(detector, [SPEECH] * 10 + [SILENCE] * 6)
    detector.judged(0.95)
    detector.policy = SemanticVad(eagerness="low")
    ((at, _),) = run(detector, [SILENCE] * 60, after=16)
    assert at == pytest.approx(10 * FRAME_MS + semantic_timeout_ms(0.95, "low"), abs=FRAME_MS)


def test_a_missing_judge_is_shown_without_a_probability():
    bench = Bench(turn_detection=SemanticVad(create_response=False))
    bench.say(640)
    bench.silence(200)
    bench.bring(ports.JobFailed(bench.job(ports.JudgeTurn).job_id, "turn_judge_missing", "No model."))
    assert (bench.decisions[0]["probability"], bench.decisions[0]["timeout_ms"]) == (None, 1000)


def test_a_stream_muted_in_mid_word_ends_its_turn_when_it_resumes():
    bench = Bench(turn_detection=ServerVad(create_response=False))
    bench.say(500)
    bench.wait(60)
    bench.silence(600)
    assert bench.types()[-1] == "conversation.item.done"


@pytest.mark.parametrize("padding", [0, 300, 800])
def test_neither_padding_nor_a_soft_sound_moves_the_corrected_onset(padding):
    bench = Bench(turn_detection=ServerVad(prefix_padding_ms=padding, create_response=False))
    bench.say(400)
    bench.silence(2000)
    bench.say(400)
    onset = bench.last("input_audio_buffer.speech_started")["audio_start_ms"] + padding
    assert onset == pytest.approx(2400, abs=FRAME_MS)


def test_audio_waits_only_while_nothing_is_about_to_be_decided():
    detector = server_vad()
    waits = []
    for probability in (SILENCE, 0.3, SPEECH, SPEECH, SPEECH, SILENCE):
        detector.step(probability, FRAME_MS * (len(waits) + 1))
        waits.append(detector.may_wait_ms)
    assert waits == [60, 0, 0, 160, 160, 160]


@pytest.mark.parametrize(("silence", "wait"), [(0, 0), (100, 68), (200, 160), (800, 160)])
def test_in_speech_audio_waits_for_less_than_the_silence_that_ends_the_turn(silence, wait):
    detector = server_vad(silence_duration_ms=silence)
    run(detector, [SPEECH] * 5)
    assert detector.may_wait_ms == wait


@pytest.mark.parametrize("policy", [ServerVad(silence_duration_ms=330), SemanticVad(eagerness="high")])
@pytest.mark.parametrize("release_ms", [0, 32])
def test_what_waits_never_holds_the_next_decision(policy, release_ms):
    detector = TurnDetector(policy, release_ms)
    run(detector, [SPEECH] * 5)
    for frame in range(6, 80):
        enough = detector.may_wait_ms
        if detector.step(SILENCE, frame * FRAME_MS) is not None:
            assert enough == 0
    assert not detector.speaking


def test_audio_may_be_late_until_the_end_of_a_turn_is_near():
    bench = Bench(turn_detection=ServerVad(silence_duration_ms=500, create_response=False))
    bench.silence(1000)
    assert bench.session.patience_ms == SILENCE_MAY_WAIT_MS
    bench.say(1000)
    assert bench.session.patience_ms > 300
    bench.silence(460)
    assert bench.session.patience_ms < 60


def test_audio_may_come_any_time_where_no_turns_are_detected():
    bench = Bench(turn_detection=None)
    bench.say(1000)
    assert bench.session.patience_ms == math.inf


def test_speech_is_reported_a_few_frames_after_it_began():
    bench = Bench(turn_detection=ServerVad(create_response=False))
    bench.silence(1000)
    bench.say(140)
    assert bench.types()[-1] == "input_audio_buffer.speech_started"


def test_a_commit_takes_in_audio_that_still_waited():
    bench = Bench(turn_detection=ServerVad(create_response=False))
    bench.silence(1020)
    bench.send(type="input_audio_buffer.commit")
    bench.send(type="conversation.item.retrieve", item_id=bench.last("input_audio_buffer.committed")["item_id"])
    audio = bench.last("conversation.item.retrieved")["item"]["content"][0]["audio"]
    assert len(audio) == 1020 * 48 * 4 // 3
