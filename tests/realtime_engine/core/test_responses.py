"""Responses: their events, their interruption, their end."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from realtime_api.config import Transcription
from realtime_engine.core import ports
from realtime_engine.core.limits import Limits
from tests.realtime_engine.core.harness import Bench

TOOL = {"type": "function", "name": "look_up", "description": "Looks up.", "parameters": {}}


def asked(**config) -> Bench:
    """A bench on which the user has just asked something, by text."""
    bench = Bench(turn_detection=None, **config)
    content = [{"type": "input_text", "text": "hello"}]
    bench.send(type="conversation.item.create", item={"type": "message", "role": "user", "content": content})
    bench.send(type="response.create")
    bench.new_events()
    return bench


def test_a_spoken_response_comes_in_the_documented_order():
    bench = asked()
    bench.reply("Good day.")
    bench.speak()
    assert bench.types() == [
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ]


def test_a_written_response_comes_in_the_documented_order():
    bench = asked(output_modality="text")
    bench.reply("Good ", "day.")
    assert bench.types() == [
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ]


def test_the_beta_dialect_has_its_own_names_and_no_item_done():
    bench = asked(dialect="beta", output_modality="text")
    bench.reply("Good day.")
    assert bench.types() == [
        "response.output_item.added",
        "conversation.item.created",
        "response.content_part.added",
        "response.text.delta",
        "response.text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ]


def test_the_first_sentence_is_spoken_before_the_reply_is_complete():
    bench = asked()
    bench.bring(ports.ReplyText(bench.job(ports.Reply).job_id, "One moment. "))
    bench.speak()
    assert "response.output_audio.delta" in bench.types()
    assert not bench.events[-1]["type"].endswith("done")


def test_transcript_and_audio_done_equal_their_deltas():
    bench = asked()
    bench.reply("It is noon. ", "Or nearly so.")
    bench.speak()
    bench.speak()
    deltas = [e["delta"] for e in bench.events if e["type"] == "response.output_audio_transcript.delta"]
    assert "".join(deltas) == bench.last("response.output_audio_transcript.done")["transcript"]
    assert "".join(deltas) == "It is noon. Or nearly so."


def test_audio_deltas_are_short_and_complete():
    bench = asked()
    bench.reply("Good day.")
    bench.speak(seconds=1.0)
    sizes = [len(base64.b64decode(e["delta"])) for e in bench.events if e["type"] == "response.output_audio.delta"]
    assert sum(sizes) == 48_000
    assert max(sizes) <= 9_600


def test_a_tool_call_comes_in_the_documented_order():
    bench = asked(tools=[TOOL])
    job = bench.job(ports.Reply)
    bench.bring(ports.ReplyToolCall(job.job_id, "look_up", '{"word": "x"}'))
    bench.bring(ports.ReplyDone(job.job_id))
    assert bench.types() == [
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ]
    assert bench.last("response.done")["response"]["output"][0]["arguments"] == '{"word": "x"}'


def test_a_tool_call_waits_for_the_words_before_it():
    bench = asked(tools=[TOOL])
    job = bench.job(ports.Reply)
    bench.bring(ports.ReplyText(job.job_id, "Let me look."))
    bench.bring(ports.ReplyToolCall(job.job_id, "look_up", "{}"))
    bench.bring(ports.ReplyDone(job.job_id))
    bench.speak()
    kinds = [item["type"] for item in bench.last("response.done")["response"]["output"]]
    assert kinds == ["message", "function_call"]
    assert bench.last("response.output_audio_transcript.done")["transcript"] == "Let me look."


def test_a_tool_call_beyond_the_token_limit_is_not_made():
    bench = asked(tools=[TOOL], output_modality="text", max_output_tokens=2)
    job = bench.job(ports.Reply)
    bench.bring(ports.ReplyText(job.job_id, "Let me."))
    bench.bring(ports.ReplyToolCall(job.job_id, "look_up", "{}"))
    response = bench.last("response.done")["response"]
    assert response["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
    assert [item["type"] for item in response["output"]] == ["message"]


def test_a_tool_call_that_finds_no_room_in_the_conversation_fails_the_response():
    bench = asked(tools=[TOOL], limits=Limits(items=2))
    job = bench.job(ports.Reply)
    for _ in range(2):
        bench.bring(ports.ReplyToolCall(job.job_id, "look_up", "{}"))
    assert bench.last("response.done")["response"]["status_details"]["error"]["code"] == "too_many_items"


def test_speech_over_the_model_cancels_the_response():
    bench = Bench()
    bench.say(400)
    bench.silence(600)
    bench.hear_words("tell me a story")
    bench.bring(ports.ReplyText(bench.job(ports.Reply).job_id, "Once upon a time. "))
    bench.new_events()
    bench.say(300)
    response = bench.last("response.done")["response"]
    assert (response["status"], response["status_details"]["reason"]) == ("cancelled", "turn_detected")
    assert any(isinstance(job, ports.CancelJob) for job in bench.jobs)


def test_speech_over_the_model_is_let_be_when_so_configured():
    from realtime_api.config import ServerVad

    bench = Bench(turn_detection=ServerVad(interrupt_response=False))
    bench.say(400)
    bench.silence(600)
    bench.hear_words("tell me a story")
    bench.say(300)
    assert not any(event["type"] == "response.done" for event in bench.events)


def test_nothing_of_a_response_comes_after_its_end():
    bench = asked()
    job = bench.job(ports.Reply)
    bench.bring(ports.ReplyText(job.job_id, "Once upon a time. "))
    bench.send(type="response.cancel")
    bench.new_events()
    bench.bring(ports.ReplyText(job.job_id, "There was a bell."))
    bench.speak()
    assert bench.types() == []


def test_a_second_response_is_refused_while_one_runs():
    bench = asked()
    bench.send(type="response.create", event_id="mine")
    error = bench.last("error")["error"]
    assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", "mine")


def test_cancelling_nothing_is_an_error():
    bench = Bench()
    bench.send(type="response.cancel")
    assert bench.last("error")["error"]["code"] == "response_cancel_not_active"


def test_a_broken_voice_fails_the_response_with_the_reason():
    bench = asked()
    bench.reply("Good day.")
    bench.bring(ports.JobFailed(bench.job(ports.Speak).job_id, "worker_crashed", "The voice stopped."))
    response = bench.last("response.done")["response"]
    assert response["status"] == "failed"
    assert response["status_details"]["error"]["message"] == "The voice stopped."


@pytest.mark.parametrize("modality", ["audio", "text"])
def test_the_token_limit_cuts_the_output(modality):
    bench = asked(output_modality=modality, max_output_tokens=5)
    bench.reply("This sentence has certainly more than five tokens in it.")
    if modality == "audio":
        bench.speak(seconds=2.0)
    response = bench.last("response.done")["response"]
    assert response["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
    assert response["usage"]["output_tokens"] <= 5


def test_a_response_without_a_limit_of_its_own_has_the_engine_s():
    bench = asked(limits=Limits(response_tokens=20))
    bench.reply("And so on and so on. " * 10)
    bench.speak(seconds=10.0)
    response = bench.last("response.done")["response"]
    assert response["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
    assert response["usage"]["output_tokens"] <= 20


def test_an_out_of_band_response_leaves_the_conversation_alone():
    bench = asked()
    bench.send(type="response.create", response={"conversation": "none", "output_modalities": ["text"], "input": []})
    bench.new_events()
    bench.reply("Aside.")
    assert not any(name.startswith("conversation.") for name in bench.types())
    assert bench.last("response.done")["response"]["conversation_id"] is None


def test_an_out_of_band_response_knows_what_the_other_has_said_so_far():
    bench = asked()
    bench.bring(ports.ReplyText(bench.job(ports.Reply).job_id, "one two"))
    sound = np.ones(24_000, dtype=np.int16)
    bench.bring(ports.SpeechChunk(bench.job(ports.Speak).job_id, sound, (ports.SpeechMark(0, 3, 0),)))
    item_id = bench.last("response.output_item.added")["item"]["id"]
    for aside in ({}, {"input": [{"type": "item_reference", "id": item_id}]}):
        bench.send(type="response.create", response={"conversation": "none", **aside})
        assert bench.job(ports.Reply).turns[-1] == ports.Turn("assistant", "one")


def test_a_long_story_is_spoken_at_most_20_s_ahead():
    bench = asked()
    bench.reply(*["And so on. "] * 10)
    for _ in range(3):
        bench.speak(seconds=10.0)
    spoken = sum(isinstance(job, ports.Speak) for job in bench.jobs)
    bench.wait(15.0)
    assert spoken == 3
    assert sum(isinstance(job, ports.Speak) for job in bench.jobs) == 4


# --- on a track (WebRTC) ---


def speaking_on_a_track() -> Bench:
    bench = asked(media="track")
    bench.reply("one two three four")
    bench.speak(seconds=4.0)
    return bench


def test_a_track_carries_the_audio_and_reports_its_start_and_end():
    bench = speaking_on_a_track()
    bench.wait(5.0)
    types = bench.types()
    assert "response.output_audio.delta" not in types
    assert types.index("output_audio_buffer.started") < types.index("response.done")
    assert types[-1] == "output_audio_buffer.stopped"
    assert sum(map(len, bench.played)) == 4 * ports.SESSION_RATE


def test_barge_in_on_a_track_cuts_the_item_to_what_was_heard():
    bench = Bench(media="track")
    bench.say(300)
    bench.silence(600)
    bench.hear_words("count")
    bench.reply("one two three four")
    bench.speak(seconds=4.0)
    bench.wait(2.1)
    bench.new_events()
    bench.say(200)
    assert bench.types() == [
        "input_audio_buffer.speech_started",
        "output_audio_buffer.cleared",
        "conversation.item.truncated",
    ]
    item_id = bench.last("conversation.item.truncated")["item_id"]
    bench.send(type="conversation.item.retrieve", item_id=item_id)
    assert bench.last("conversation.item.retrieved")["item"]["content"][0]["transcript"] == "one two three"
    assert bench.playback_stopped == 1


def test_rate_limits_tell_what_the_response_left_of_its_tokens():
    bench = asked(output_modality="text", max_output_tokens=100)
    bench.reply("Good day.")
    requests, tokens = bench.last("rate_limits.updated")["rate_limits"]
    assert (requests["name"], requests["limit"]) == ("requests", 1000)
    assert tokens == {"name": "tokens", "limit": 100, "remaining": 97, "reset_seconds": 0.0}


@pytest.mark.parametrize(("made_ms", "sent_ms"), [((50, 50), [100]), ((250,), [125, 125]), ((130, 40), [130, 40])])
def test_audio_leaves_in_deltas_of_100_to_200_ms(made_ms, sent_ms):
    bench = asked()
    bench.reply("Good day.")
    job = bench.job(ports.Speak)
    for ms in made_ms:
        bench.bring(ports.SpeechChunk(job.job_id, np.zeros(24 * ms, dtype=np.int16)))
    bench.bring(ports.SpeechDone(job.job_id))
    deltas = [event["delta"] for event in bench.events if event["type"] == "response.output_audio.delta"]
    assert [len(base64.b64decode(delta)) / 48 for delta in deltas] == sent_ms


def given(audio: bytes, **response) -> dict:
    """A response.create that is given one spoken message in place of the conversation."""
    part = {"type": "input_audio", "audio": base64.b64encode(audio).decode()}
    spoken = {"type": "message", "role": "user", "content": [part]}
    return {"type": "response.create", "response": {"input": [spoken], "output_modalities": ["text"], **response}}


def test_audio_a_response_is_given_is_listened_to_first():
    bench = Bench(turn_detection=None, transcription=Transcription())
    bench.send(**given(bytes(48_000), conversation="none"))
    assert not any(isinstance(job, ports.Reply) for job in bench.jobs)
    bench.hear_words("what time is it")
    assert [turn.text for turn in bench.job(ports.Reply).turns] == ["what time is it"]
    bench.reply("Noon.")
    assert bench.types() == [
        "session.created",
        "response.created",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ]
    assert bench.last("response.done")["response"]["usage"]["input_token_details"]["audio_tokens"] == 10


def test_a_response_fails_whose_given_audio_is_not_understood():
    bench = Bench(turn_detection=None)
    bench.send(**given(bytes(48_000)))
    bench.bring(ports.JobFailed(bench.job(ports.Transcribe).job_id, "stt_unreachable", "Nobody listens."))
    assert bench.last("response.done")["response"]["status_details"]["error"]["code"] == "stt_unreachable"


def test_given_audio_that_cannot_be_decoded_is_refused():
    bench = Bench(turn_detection=None)
    bench.send(**given(bytes(3)))
    assert bench.last("error")["error"]["param"] == "response.input[0].content[0].audio"
    assert not any(event["type"] == "response.created" for event in bench.events)
