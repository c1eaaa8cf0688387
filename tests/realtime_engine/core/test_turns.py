"""Turns by voice activity: what is heard, when, and in which order it is reported."""

from __future__ import annotations

import pytest

from realtime_api.config import SemanticVad, ServerVad, Transcription
from realtime_engine.core import ports
from realtime_engine.core.limits import Limits
from tests.realtime_engine.core.harness import Bench

TURN = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
]


def test_a_spoken_turn_is_reported_in_the_documented_order():
    bench = Bench()
    bench.silence(500)
    bench.say(800)
    bench.silence(700)
    assert bench.types() == ["session.created", *TURN, "response.created"]


def test_all_events_of_a_turn_name_the_same_item():
    bench = Bench(turn_detection=ServerVad(create_response=False))
    bench.say(400)
    bench.silence(600)
    named = {event.get("item_id") or event["item"]["id"] for event in bench.events[1:]}
    assert len(named) == 1


def test_silence_shorter_than_the_setting_does_not_end_the_turn():
    bench = Bench(turn_detection=ServerVad(silence_duration_ms=800))
    bench.say(300)
    bench.silence(700)
    bench.say(300)
    assert bench.types() == ["session.created", "input_audio_buffer.speech_started"]


@pytest.mark.parametrize("padding", [0, 300, 800])
def test_the_corrected_onset_does_not_move_with_the_padding(padding):
    bench = Bench(turn_detection=ServerVad(prefix_padding_ms=padding))
    bench.silence(1500)
    bench.say(500)
    onset = bench.last("input_audio_buffer.speech_started")["audio_start_ms"] + padding
    assert onset == pytest.approx(1500, abs=32)


@pytest.mark.parametrize("silence", [200, 500, 1000])
def test_the_reported_end_includes_the_silence(silence):
    bench = Bench(turn_detection=ServerVad(silence_duration_ms=silence))
    bench.say(1000)
    bench.silence(silence + 100)
    end = bench.last("input_audio_buffer.speech_stopped")["audio_end_ms"]
    assert end - silence == pytest.approx(1000, abs=32)


def test_a_single_loud_frame_is_no_speech():
    bench = Bench()
    bench.silence(320)
    bench.say(30)
    bench.silence(1000)
    assert bench.types() == ["session.created"]


def test_a_longer_silence_setting_holds_from_the_next_frame():
    bench = Bench(turn_detection=ServerVad(silence_duration_ms=300))
    bench.say(300)
    bench.silence(200)
    patch = {"type": "realtime", "audio": {"input": {"turn_detection": {"silence_duration_ms": 900}}}}
    bench.send(type="session.update", session=patch)
    bench.silence(500)
    assert "input_audio_buffer.speech_stopped" not in bench.types()


def test_switching_detection_off_forgets_the_turn_that_began():
    bench = Bench()
    bench.say(300)
    patch = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
    bench.send(type="session.update", session=patch)
    bench.silence(1000)
    assert bench.types() == ["session.created", "input_audio_buffer.speech_started", "session.updated"]


def test_every_sample_of_a_turn_is_committed_once():
    bench = Bench(turn_detection=ServerVad(create_response=False, prefix_padding_ms=0))
    for _ in range(3):
        bench.say(400)
        bench.silence(600)
    items = [event["item_id"] for event in bench.events if event["type"] == "input_audio_buffer.committed"]
    starts = [e["audio_start_ms"] for e in bench.events if e["type"] == "input_audio_buffer.speech_started"]
    ends = [e["audio_end_ms"] for e in bench.events if e["type"] == "input_audio_buffer.speech_stopped"]
    assert len(items) == 3
    assert all(start >= end for start, end in zip(starts[1:], ends, strict=False))


def semantic(eagerness: str = "auto") -> Bench:
    bench = Bench(turn_detection=SemanticVad(eagerness=eagerness))
    bench.say(600)
    bench.silence(320)
    return bench


def test_a_finished_sentence_ends_the_semantic_turn_early():
    bench = semantic()
    bench.bring(ports.TurnJudged(bench.job(ports.JudgeTurn).job_id, 0.98))
    bench.silence(400)
    assert "input_audio_buffer.speech_stopped" in bench.types()


def test_an_unfinished_sentence_waits():
    bench = semantic()
    bench.bring(ports.TurnJudged(bench.job(ports.JudgeTurn).job_id, 0.05))
    bench.silence(1500)
    assert "input_audio_buffer.speech_stopped" not in bench.types()


@pytest.mark.parametrize(("eagerness", "cap_ms"), [("high", 2000), ("medium", 4000), ("auto", 4000), ("low", 8000)])
def test_eagerness_caps_the_wait(eagerness, cap_ms):
    bench = semantic(eagerness)
    bench.silence(cap_ms)
    end = bench.last("input_audio_buffer.speech_stopped")["audio_end_ms"]
    assert end == pytest.approx(600 + cap_ms, abs=32)


def test_an_undecided_judge_is_asked_twice_at_most():
    bench = semantic()
    bench.bring(ports.TurnJudged(bench.job(ports.JudgeTurn).job_id, 0.5))
    bench.silence(900)
    assert sum(isinstance(job, ports.JudgeTurn) for job in bench.jobs) == 2


def test_a_verdict_on_a_pause_that_is_over_is_not_used():
    bench = semantic()
    late = bench.job(ports.JudgeTurn).job_id
    bench.say(300)
    bench.bring(ports.TurnJudged(late, 1.0))
    bench.silence(1000)
    assert "input_audio_buffer.speech_stopped" not in bench.types()


def test_without_a_judge_the_turn_still_ends():
    bench = semantic()
    bench.bring(ports.JobFailed(bench.job(ports.JudgeTurn).job_id, "overloaded", "No room."))
    bench.silence(1000)
    assert "input_audio_buffer.speech_stopped" in bench.types()


def test_the_recogniser_hears_the_turn_from_its_padding_on():
    bench = Bench(transcription=Transcription(), turn_detection=ServerVad(prefix_padding_ms=300))
    bench.silence(1024)
    bench.say(512)
    bench.silence(600)
    fed = sum(len(job.audio) for job in bench.jobs if isinstance(job, ports.TranscribeAudio))
    assert fed / 16 == pytest.approx(300 + 512 + 500, abs=64)
    assert isinstance(bench.jobs[-1], ports.TranscribeEnd)


def test_a_turn_without_end_is_committed_at_its_bound():
    bench = Bench(limits=Limits(turn_ms=2000), turn_detection=ServerVad(create_response=False))
    bench.say(2500)
    assert "input_audio_buffer.committed" in bench.types()


def silent_after_an_answer() -> Bench:
    bench = Bench(turn_detection=ServerVad(idle_timeout_ms=5000))
    bench.say(400)
    bench.silence(600)
    bench.hear_words("hello")
    bench.reply("Good day.")
    bench.speak(seconds=2.0)
    bench.new_events()
    return bench


def test_silence_after_the_answer_was_heard_is_broken_by_the_idle_timeout():
    bench = silent_after_an_answer()
    bench.silence(6900)
    assert bench.types() == []
    bench.silence(200)
    assert bench.types()[:2] == ["input_audio_buffer.timeout_triggered", "input_audio_buffer.committed"]
    assert bench.last("response.created")["response"]["status"] == "in_progress"


def test_the_idle_timeout_waits_while_the_model_answers():
    bench = silent_after_an_answer()
    bench.silence(5000)
    bench.send(type="response.create")
    bench.silence(8000)
    assert "input_audio_buffer.timeout_triggered" not in bench.types()


def test_speech_keeps_the_idle_timeout_from_firing():
    bench = silent_after_an_answer()
    bench.silence(5000)
    bench.say(3000)
    assert bench.types() == ["input_audio_buffer.speech_started"]
