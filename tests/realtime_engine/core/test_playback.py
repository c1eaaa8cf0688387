"""The model's audio track: what plays when, what the client is told of it, what an interruption leaves."""

from __future__ import annotations

import numpy as np
import pytest

from realtime_engine.core import ports
from realtime_engine.core.turn_detection import FRAME_MS, SILENCE_MAY_WAIT_MS, START_FRAMES
from tests.realtime_engine.core.harness import Bench

ASIDE = {"conversation": "none", "input": []}


def audio_events(bench: Bench) -> list[tuple[str, str]]:
    """What the client was told of the track since last asked: (started, stopped or cleared; response)."""
    prefix = "output_audio_buffer."
    events = [event for event in bench.new_events() if event["type"].startswith(prefix)]
    return [(event["type"].removeprefix(prefix), event["response_id"]) for event in events]


def respond(bench: Bench, text: str, seconds: float, **response) -> str:
    """One response, spoken in full; returns its id."""
    bench.send(type="response.create", response=response)
    bench.reply(text)
    bench.speak(seconds=seconds)
    return bench.last("response.created")["response"]["id"]


def spoken_items(bench: Bench) -> list[str]:
    return [event["item"]["id"] for event in bench.events if event["type"] == "response.output_item.done"]


@pytest.fixture
def bench() -> Bench:
    return Bench(media="track")


def test_a_response_that_begins_while_another_plays_is_heard_after_it(bench):
    first, second = respond(bench, "one two", 2.0), respond(bench, "three", 1.0)
    assert audio_events(bench) == [("started", first)]
    bench.wait(1.9)
    assert audio_events(bench) == []
    bench.wait(0.2)
    assert audio_events(bench) == [("stopped", first), ("started", second)]
    bench.wait(1.0)
    assert audio_events(bench) == [("stopped", second)]


def test_responses_at_the_same_time_do_not_interleave(bench):
    bench.send(type="response.create")
    spoken = bench.job(ports.Reply)
    bench.send(type="response.create", response=ASIDE)
    aside = bench.job(ports.Reply)
    for job, level in ((spoken, 1), (aside, 2), (spoken, 3)):
        bench.bring(ports.ReplyText(job.job_id, "Words. "))
        speak = bench.job(ports.Speak)
        bench.bring(ports.SpeechChunk(speak.job_id, np.full(2400, level, dtype=np.int16)))
        bench.bring(ports.SpeechDone(speak.job_id))
    bench.bring(ports.ReplyDone(aside.job_id))
    bench.bring(ports.ReplyDone(spoken.job_id))
    bench.wait(1.0)
    assert [audio[0] for audio in bench.played] == [1, 3, 2]
    assert [what for what, _ in audio_events(bench)] == ["started", "stopped", "started", "stopped"]


def test_barge_in_cuts_the_item_that_plays_and_all_behind_it(bench):
    respond(bench, "one two", 2.0)
    respond(bench, "three four", 2.0)
    bench.wait(1.0)
    bench.new_events()
    bench.say(200)
    cut = {e["item_id"]: e["audio_end_ms"] for e in bench.events if e["type"] == "conversation.item.truncated"}
    first, second = spoken_items(bench)
    heard_ms = 1000 + START_FRAMES * FRAME_MS
    assert cut == {first: pytest.approx(heard_ms + SILENCE_MAY_WAIT_MS / 2, abs=SILENCE_MAY_WAIT_MS / 2), second: 0}


def test_barge_in_after_the_first_of_two_responses_leaves_the_first_whole(bench):
    first, second = respond(bench, "one two", 2.0), respond(bench, "three four", 2.0)
    bench.wait(3.0)
    bench.say(200)
    assert audio_events(bench) == [("started", first), ("stopped", first), ("started", second), ("cleared", second)]
    cut = [event["item_id"] for event in bench.events if event["type"] == "conversation.item.truncated"]
    assert cut == spoken_items(bench)[1:]


def test_an_out_of_band_response_is_not_interrupted_by_speech(bench):
    respond(bench, "an aside", 2.0, **ASIDE)
    bench.wait(1.0)
    bench.new_events()
    bench.say(200)
    assert bench.types() == ["input_audio_buffer.speech_started"]
    assert bench.playback_stopped == 0


def test_an_aside_behind_an_interrupted_response_is_heard_at_once(bench):
    respond(bench, "one two", 4.0)
    aside = respond(bench, "an aside", 1.0, **ASIDE)
    bench.wait(1.0)
    bench.new_events()
    bench.say(200)
    assert audio_events(bench)[-1] == ("started", aside)
    assert len(bench.played[-1]) == ports.SESSION_RATE


def test_barge_in_does_not_bring_back_what_the_client_cut_off(bench):
    respond(bench, "one two", 4.0)
    bench.wait(2.0)
    (item_id,) = spoken_items(bench)
    bench.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=500)
    bench.say(200)
    cut = [event["audio_end_ms"] for event in bench.events if event["type"] == "conversation.item.truncated"]
    assert cut == [500]


def test_clearing_the_output_buffer_ends_the_response_that_still_speaks(bench):
    bench.send(type="response.create")
    bench.bring(ports.ReplyText(bench.job(ports.Reply).job_id, "one two three"))
    speak = bench.job(ports.Speak)
    bench.bring(ports.SpeechChunk(speak.job_id, np.full(24_000, 1, dtype=np.int16), (ports.SpeechMark(0, 3, 0),)))
    bench.wait(0.5)
    bench.new_events()
    bench.send(type="output_audio_buffer.clear")
    assert bench.types()[:2] == ["output_audio_buffer.cleared", "conversation.item.truncated"]
    assert bench.last("response.done")["response"]["status_details"]["reason"] == "client_cancelled"
    assert bench.last("conversation.item.truncated")["audio_end_ms"] == 500


def test_what_was_played_can_be_looked_up_by_the_clock(bench):
    bench.send(type="response.create")
    bench.reply("one")
    bench.bring(ports.SpeechChunk(bench.job(ports.Speak).job_id, np.arange(24_000, dtype=np.int16)))
    began = bench.now
    bench.wait(1.5)
    track = bench.session.track
    assert list(track.played(began + 0.5, began + 0.5 + 3 / 24_000)) == [12_000, 12_001, 12_002]
    assert not track.played(began + 1.1, began + 1.3).any()


def test_what_was_interrupted_counts_as_played_only_up_to_there(bench):
    respond(bench, "one", 1.0)
    began = bench.now
    bench.wait(0.5)
    bench.send(type="output_audio_buffer.clear")
    assert bench.session.track.played(began, began + 0.5).all()
    assert not bench.session.track.played(began + 0.5, began + 1.0).any()


def test_a_word_marked_behind_its_chunk_is_not_lost(bench):
    bench.send(type="response.create")
    bench.reply("one two")
    speak = bench.job(ports.Speak).job_id
    marks = (ports.SpeechMark(0, 3, 0), ports.SpeechMark(4, 7, 30_000))
    bench.bring(ports.SpeechChunk(speak, np.full(24_000, 1, dtype=np.int16), marks))
    bench.bring(ports.SpeechChunk(speak, np.full(24_000, 1, dtype=np.int16)))
    bench.bring(ports.SpeechDone(speak))
    (item_id,) = spoken_items(bench)
    bench.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=1_500)
    bench.send(type="conversation.item.retrieve", item_id=item_id)
    assert bench.last("conversation.item.retrieved")["item"]["content"][0]["transcript"] == "one two"
