"""Every client event is answered or reported."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from realtime_api.config import ServerVad, Transcription
from realtime_engine.core import ports
from realtime_engine.core.limits import Limits
from tests.realtime_engine.core.harness import Bench

USER_TEXT = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}


def audio(ms: int) -> str:
    return base64.b64encode(b"\0\0" * 24 * ms).decode()


def spoken_item(item_id: str, ms: int) -> dict:
    part = {"type": "input_audio", "audio": audio(ms)}
    return {"id": item_id, "type": "message", "role": "user", "content": [part]}


def errors(bench: Bench) -> list[dict]:
    return [event for event in bench.events if event["type"] == "error"]


def test_a_session_update_echoes_the_whole_effective_session():
    bench = Bench()
    bench.send(type="session.update", session={"type": "realtime", "instructions": "Be brief."})
    session = bench.last("session.updated")["session"]
    assert session["instructions"] == "Be brief."
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 500


def test_a_refused_update_changes_nothing():
    bench = Bench()
    patch = {"type": "realtime", "instructions": "Be brief.", "voice": "ash"}
    bench.send(type="session.update", session=patch)
    assert bench.last("error")["error"]["param"] == "session.voice"
    assert bench.session.config.instructions != "Be brief."


def test_the_voice_is_locked_once_the_model_has_spoken():
    bench = Bench(turn_detection=None)
    bench.send(type="response.create")
    bench.reply("Hello.")
    bench.speak()
    bench.send(type="session.update", session={"type": "realtime", "audio": {"output": {"voice": "ash"}}})
    assert bench.last("error")["error"]["code"] == "cannot_update_voice"


@pytest.mark.parametrize(
    ("dialect", "other", "param"),
    [
        ("ga", {"audio": {"output": {"voice": "ash"}}}, "response.audio.output.voice"),
        ("beta", {"voice": "ash"}, "response.voice"),
    ],
)
def test_a_response_cannot_bring_a_second_voice_into_the_conversation(dialect, other, param):
    bench, _ = spoken(dialect=dialect)
    bench.new_events()
    bench.send(type="response.create", response=other)
    assert bench.types() == ["error"]
    error = bench.last("error")["error"]
    assert (error["code"], error["param"]) == ("cannot_update_voice", param)


def test_the_conversation_keeps_the_voice_of_its_first_audio():
    bench = Bench(turn_detection=None)
    for response in ({"audio": {"output": {"voice": "ash"}}}, {}):
        bench.send(type="response.create", response=response)
        bench.reply("Hello.")
        bench.speak()
        assert bench.job(ports.Speak).voice == "ash"


def test_a_response_aside_may_have_a_voice_of_its_own():
    bench, _ = spoken()
    aside = {"conversation": "none", "input": [], "audio": {"output": {"voice": "ash"}}}
    bench.send(type="response.create", response=aside)
    bench.reply("Aside.")
    assert bench.job(ports.Speak).voice == "ash"


def test_the_model_never_changes():
    bench = Bench(model="gpt-realtime")
    bench.send(type="session.update", session={"type": "realtime", "model": "gpt-realtime-2"})
    assert bench.last("session.updated")["session"]["model"] == "gpt-realtime"


def test_a_manual_turn_is_committed_without_speech_events():
    bench = Bench(turn_detection=None)
    bench.send(type="input_audio_buffer.append", audio=audio(300))
    bench.send(type="input_audio_buffer.commit")
    assert bench.types() == [
        "session.created",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]


def test_a_manual_turn_is_understood_when_a_response_is_asked_for():
    bench = Bench(turn_detection=None)
    bench.send(type="input_audio_buffer.append", audio=audio(300))
    bench.send(type="input_audio_buffer.commit")
    bench.send(type="response.create")
    bench.hear_words("hello", guide_text="hello there")
    assert bench.job(ports.Reply).turns[-1].guide_text == "hello there"


@pytest.mark.parametrize("ms", [0, 99])
def test_too_little_audio_is_not_committed(ms):
    bench = Bench(turn_detection=None)
    bench.send(type="input_audio_buffer.append", audio=audio(ms))
    bench.send(type="input_audio_buffer.commit")
    assert bench.last("error")["error"]["code"] == "input_audio_buffer_commit_empty"


def test_cleared_audio_is_not_committed():
    bench = Bench(turn_detection=None)
    bench.send(type="input_audio_buffer.append", audio=audio(300))
    bench.send(type="input_audio_buffer.clear")
    bench.send(type="input_audio_buffer.commit")
    assert bench.types()[-2:] == ["input_audio_buffer.cleared", "error"]


@pytest.mark.parametrize("media", ["events", "track"])
def test_a_buffer_that_is_never_committed_keeps_the_latest_and_says_so_once(media):
    bench = Bench(turn_detection=None, media=media, limits=Limits(buffer_ms=1000))
    bench.say(5000)
    assert [event["error"]["code"] for event in errors(bench)] == ["input_audio_buffer_overflow"]


def test_the_commit_of_an_overflown_buffer_says_what_was_dropped():
    bench = Bench(turn_detection=None, limits=Limits(buffer_ms=1000))
    bench.say(5000)
    bench.send(type="input_audio_buffer.commit")
    assert "The first 4000 ms" in errors(bench)[-1]["error"]["message"]
    bench.send(type="conversation.item.retrieve", item_id=bench.last("input_audio_buffer.committed")["item_id"])
    kept = base64.b64decode(bench.last("conversation.item.retrieved")["item"]["content"][0]["audio"])
    assert len(kept) // 48 == 1000


def test_a_committed_buffer_may_overflow_again():
    bench = Bench(turn_detection=None, limits=Limits(buffer_ms=1000))
    bench.say(2000)
    bench.send(type="input_audio_buffer.clear")
    bench.say(2000)
    assert len(errors(bench)) == 2


def test_one_event_with_more_audio_than_the_buffer_holds_is_refused():
    bench = Bench(turn_detection=None, limits=Limits(buffer_ms=1000))
    bench.send(type="input_audio_buffer.append", audio=audio(1100), event_id="too much")
    error = bench.last("error")["error"]
    assert (error["param"], error["event_id"]) == ("audio", "too much")


def test_the_size_of_an_append_is_bounded():
    bench = Bench(turn_detection=None, limits=Limits(append_bytes=1000))
    bench.send(type="input_audio_buffer.append", audio=audio(100))
    assert "at most 1000 bytes" in bench.last("error")["error"]["message"]


def test_long_audio_is_decoded_piece_by_piece():
    bench = Bench(turn_detection=None)
    event = {"type": "conversation.item.create", "item": spoken_item("a", ms=35_000)}
    bench.session.receive_message(json.dumps(event), bench.now)
    assert bench.session.backlog
    for _ in range(3):
        bench.session.process_backlog(bench.now)
    assert not bench.session.backlog
    bench.send(type="conversation.item.retrieve", item_id="a")
    kept = base64.b64decode(bench.last("conversation.item.retrieved")["item"]["content"][0]["audio"])
    assert len(kept) // 48 == 35_000


def test_a_timer_does_not_wait_for_long_audio():
    bench = Bench()
    bench.session.receive_message(json.dumps({"type": "input_audio_buffer.append", "audio": audio(9_000)}), bench.now)
    bench.session.handle_timer(bench.now)
    slices = 0
    while bench.session.backlog:
        bench.session.process_backlog(bench.now)
        slices += 1
    assert slices >= 40


def test_the_oldest_audio_gives_way_and_the_client_is_told():
    bench = Bench(turn_detection=None, limits=Limits(conversation_bytes=48 * 250))
    for item_id in ("a", "b"):
        bench.send(type="conversation.item.create", item=spoken_item(item_id, ms=200))
    assert [event["error"]["code"] for event in errors(bench)] == ["item_audio_dropped"]
    assert "'a'" in errors(bench)[0]["error"]["message"]
    bench.send(type="conversation.item.retrieve", item_id="b")
    assert "audio" in bench.last("conversation.item.retrieved")["item"]["content"][0]


def test_texts_that_do_not_fit_into_the_conversation_are_refused():
    bench = Bench(turn_detection=None, limits=Limits(conversation_bytes=8))
    for _ in range(2):
        bench.send(type="conversation.item.create", item=USER_TEXT)
    assert bench.last("error")["error"]["code"] == "conversation_full"
    assert sum(event["type"] == "conversation.item.added" for event in bench.events) == 1


def test_a_response_needs_room_in_the_conversation():
    bench = Bench(turn_detection=None, limits=Limits(items=1))
    bench.send(type="conversation.item.create", item=USER_TEXT)
    bench.send(type="response.create")
    assert bench.last("error")["error"]["code"] == "too_many_items"


def test_a_turn_that_finds_no_room_is_reported_and_dropped():
    bench = Bench(limits=Limits(items=0))
    bench.say(400)
    bench.silence(600)
    assert bench.types()[-2:] == ["input_audio_buffer.speech_stopped", "error"]
    assert isinstance(bench.jobs[-1], ports.CancelJob)


def test_an_item_larger_than_a_data_channel_carries_is_refused_on_webrtc_only():
    image = {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo" + "A" * 269_989}
    for media, refused in (("events", False), ("track", True)):
        bench = Bench(turn_detection=None, media=media)
        bench.send(type="conversation.item.create", item={**USER_TEXT, "content": [image]})
        assert bool(errors(bench)) is refused


def test_a_realtime_session_takes_no_transcription_session_update():
    bench = Bench(dialect="beta")
    bench.send(type="transcription_session.update", session={})
    assert "not allowed" in bench.last("error")["error"]["message"]


def test_items_go_where_they_are_told():
    bench = Bench(turn_detection=None)
    for item_id, previous in (("b", None), ("a", "root"), ("c", "b")):
        bench.send(type="conversation.item.create", item={**USER_TEXT, "id": item_id}, previous_item_id=previous)
    previous = [e["previous_item_id"] for e in bench.events if e["type"] == "conversation.item.added"]
    assert previous == [None, None, "b"]


def test_a_deleted_item_is_gone():
    bench = Bench(turn_detection=None)
    bench.send(type="conversation.item.create", item={**USER_TEXT, "id": "a"})
    bench.send(type="conversation.item.delete", item_id="a")
    bench.send(type="conversation.item.retrieve", item_id="a")
    assert bench.types()[-2:] == ["conversation.item.deleted", "error"]


def test_retrieved_audio_is_what_was_committed():
    bench = Bench(turn_detection=None)
    sent = base64.b64encode(bytes(range(240)) * 48).decode()
    bench.send(type="input_audio_buffer.append", audio=sent)
    bench.send(type="input_audio_buffer.commit")
    bench.send(type="conversation.item.retrieve", item_id=bench.last("input_audio_buffer.committed")["item_id"])
    assert bench.last("conversation.item.retrieved")["item"]["content"][0]["audio"] == sent


def test_on_a_data_channel_long_audio_is_left_out():
    bench = Bench(media="track", turn_detection=None)
    bench.say(5000)
    bench.send(type="input_audio_buffer.commit")
    bench.send(type="conversation.item.retrieve", item_id=bench.last("input_audio_buffer.committed")["item_id"])
    assert "audio" not in bench.last("conversation.item.retrieved")["item"]["content"][0]


def spoken(**options) -> tuple[Bench, str]:
    bench = Bench(turn_detection=None, **options)
    bench.send(type="response.create")
    bench.reply("one two three four")
    bench.speak(seconds=4.0)
    return bench, bench.last("response.done")["response"]["output"][0]["id"]


def test_truncation_cuts_audio_and_transcript_to_what_was_heard():
    bench, item_id = spoken()
    bench.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=1500)
    bench.send(type="conversation.item.retrieve", item_id=item_id)
    part = bench.last("conversation.item.retrieved")["item"]["content"][0]
    assert part["transcript"] == "one two"
    assert len(base64.b64decode(part["audio"])) == 1500 * 48


def test_truncation_beyond_the_audio_is_refused():
    bench, item_id = spoken()
    bench.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=9000)
    assert bench.last("error")["error"]["message"] == "Audio content of 4000ms is already shorter than 9000ms"


def test_truncation_of_a_part_that_is_not_there_is_refused():
    bench, item_id = spoken()
    bench.send(type="conversation.item.truncate", item_id=item_id, content_index=3, audio_end_ms=100)
    error = bench.last("error")["error"]
    assert (error["code"], error["param"]) == ("invalid_value", "content_index")


def speaking() -> tuple[Bench, str]:
    """Two of four seconds of a sentence are spoken; the rest is still to come."""
    bench = Bench(turn_detection=None)
    bench.send(type="response.create")
    bench.bring(ports.ReplyText(bench.job(ports.Reply).job_id, "one two three four"))
    go_on_speaking(bench, ports.SpeechMark(0, 3, 0), ports.SpeechMark(4, 7, 24_000))
    return bench, bench.last("response.output_item.added")["item"]["id"]


def go_on_speaking(bench: Bench, *marks: ports.SpeechMark) -> None:
    bench.bring(ports.SpeechChunk(bench.job(ports.Speak).job_id, np.ones(48_000, dtype=np.int16), marks))


def end_speaking(bench: Bench) -> None:
    go_on_speaking(bench, ports.SpeechMark(8, 13, 48_000), ports.SpeechMark(14, 18, 72_000))
    bench.bring(ports.ReplyDone(bench.job(ports.Reply).job_id))
    bench.bring(ports.SpeechDone(bench.job(ports.Speak).job_id))


def retrieved_part(bench: Bench, item_id: str) -> tuple[str, int]:
    """Transcript and milliseconds of audio."""
    bench.send(type="conversation.item.retrieve", item_id=item_id)
    (part,) = bench.last("conversation.item.retrieved")["item"]["content"]
    return part["transcript"], len(base64.b64decode(part["audio"])) // 48


def test_an_item_in_progress_is_shown_as_far_as_it_was_made():
    bench, item_id = speaking()
    assert retrieved_part(bench, item_id) == ("one two", 2000)
    assert bench.last("conversation.item.retrieved")["item"]["status"] == "in_progress"


def test_speech_is_truncated_while_more_of_it_is_made():
    bench, item_id = speaking()
    bench.new_events()
    bench.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=500)
    assert bench.types() == ["conversation.item.truncated"]
    assert retrieved_part(bench, item_id) == ("one", 500)


def test_what_is_spoken_after_a_truncation_does_not_come_back_into_the_conversation():
    bench, item_id = speaking()
    bench.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=500)
    end_speaking(bench)
    assert retrieved_part(bench, item_id) == ("one", 500)
    assert bench.last("conversation.item.done")["item"]["content"][0]["transcript"] == "one"
    assert bench.last("response.output_audio_transcript.done")["transcript"] == "one two three four"


def test_a_client_may_truncate_and_then_cancel():
    bench, item_id = speaking()
    bench.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=500)
    bench.send(type="response.cancel")
    assert bench.last("response.done")["response"]["status"] == "cancelled"
    assert retrieved_part(bench, item_id) == ("one", 500)


def test_speech_in_progress_is_not_truncated_beyond_what_was_made():
    bench, item_id = speaking()
    bench.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=3000)
    assert bench.last("error")["error"]["message"] == "Audio content of 2000ms is already shorter than 3000ms"


MALFORMED = {
    "not JSON": "{",
    "not an object": "[]",
    "no type": "{}",
    "an unknown type": '{"type": "response.begin"}',
    "a type that is a number": '{"type": 5}',
    "deep nesting": "[" * 100_000,
    "audio that is not base64": '{"type": "input_audio_buffer.append", "audio": "***"}',
    "audio that is a number": '{"type": "input_audio_buffer.append", "audio": 1}',
    "half a sample": '{"type": "input_audio_buffer.append", "audio": "AAAA"}',
    "an unknown field": '{"type": "response.cancel", "why": 1}',
    "an unknown item": '{"type": "conversation.item.delete", "item_id": "x"}',
    "NaN": '{"type": "session.update", "session": {"type": "realtime", "audio": {"output": {"speed": NaN}}}}',
    "a lone surrogate": '{"type": "\\ud800"}',
    "a format that is a string": (
        '{"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"format": "pcm16"}}}}'
    ),
    "an item type that is a list": '{"type": "conversation.item.create", "item": {"type": []}}',
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_malformed_events_are_reported_and_the_session_goes_on(text):
    bench = Bench()
    bench.send_text(text)
    assert bench.types() == ["session.created", "error"]
    bench.send(type="session.update", session={"type": "realtime"})
    assert bench.types() == ["session.updated"]


def test_transcription_sessions_stream_captions_before_a_manual_commit():
    bench = manual_captions()
    bench.say(500)
    bench.bring(ports.TranscriptStable(bench.job(ports.Transcribe).job_id, "hello"))
    bench.send(type="input_audio_buffer.commit")
    bench.hear_words("hello world")
    deltas = [e["delta"] for e in bench.events if e["type"].endswith("transcription.delta")]
    assert deltas == ["hello", " world"]
    assert bench.last("conversation.item.input_audio_transcription.completed")["transcript"] == "hello world"


def completed(asked: Transcription, ms: int, words: str = "hello", dialect: str = "ga") -> dict:
    """What the client is told of one committed utterance."""
    bench = Bench(kind="transcription", turn_detection=None, transcription=asked, dialect=dialect)
    bench.say(ms)
    bench.send(type="input_audio_buffer.commit")
    bench.hear_words(words)
    return bench.last("conversation.item.input_audio_transcription.completed")


@pytest.mark.parametrize("model", ["whisper-1", "gpt-transcribe", "gpt-live-transcribe", "gpt-realtime-whisper"])
def test_models_priced_by_duration_report_whole_seconds_rounded_up(model):
    assert completed(Transcription(model=model), ms=1200)["usage"] == {"type": "duration", "seconds": 2}


def test_other_models_report_tokens():
    usage = completed(Transcription(model="gpt-4o-transcribe"), ms=1200)["usage"]
    assert (usage["type"], usage["input_token_details"]) == ("tokens", {"text_tokens": 0, "audio_tokens": 12})


@pytest.mark.parametrize(
    ("asked", "words", "dialect", "languages"),
    [
        (Transcription(model="gpt-transcribe"), "hello", "ga", [{"code": "en"}]),
        (Transcription(model="gpt-transcribe"), "", "ga", []),
        (Transcription(model="gpt-transcribe"), "hello", "beta", None),
        (Transcription(model="gpt-4o-transcribe"), "hello", "ga", None),
    ],
)
def test_only_gpt_transcribe_names_the_languages(asked, words, dialect, languages):
    assert completed(asked, 500, words, dialect).get("languages") == languages


def test_which_language_a_recogniser_of_many_heard_is_certain_only_where_the_client_said_it():
    for language, languages in (("de", [{"code": "de"}]), (None, [])):
        asked = Transcription(model="gpt-transcribe", language=language)
        bench = Bench(kind="transcription", turn_detection=None, transcription=asked, languages=None)
        bench.say(500)
        bench.send(type="input_audio_buffer.commit")
        bench.hear_words("guten Tag")
        assert bench.last("conversation.item.input_audio_transcription.completed")["languages"] == languages


@pytest.mark.parametrize(
    "url", ["png;base64,!!!", "jpeg;base64,bm90IGFuIGltYWdl", "png;base64,/9j/4AAQ", "png;base64,"]
)
def test_what_is_no_image_is_refused(url):
    bench = Bench(turn_detection=None)
    image = {"type": "input_image", "image_url": f"data:image/{url}"}
    bench.send(type="conversation.item.create", item={**USER_TEXT, "content": [image]})
    error = bench.last("error")["error"]
    assert (error["code"], error["param"]) == ("invalid_value", "item.content[0].image_url")


@pytest.mark.parametrize("url", ["png;base64,iVBORw0KGgo=", "jpeg;base64,/9j/4AAQ"])
def test_an_image_is_told_by_what_it_begins_with(url):
    bench = Bench(turn_detection=None)
    image = {"type": "input_image", "image_url": f"data:image/{url}"}
    bench.send(type="conversation.item.create", item={**USER_TEXT, "content": [image]})
    assert bench.last("conversation.item.done")["item"]["content"][0]["image_url"] == image["image_url"]


def manual_captions() -> Bench:
    return Bench(kind="transcription", turn_detection=None, transcription=Transcription())


def fed_ms(bench: Bench) -> float:
    return sum(len(job.audio) for job in bench.jobs if isinstance(job, ports.TranscribeAudio)) / 16


def test_the_recogniser_is_told_language_and_prompt():
    asked = Transcription(model="gpt-4o-transcribe", language="en", prompt="Bells.")
    bench = Bench(kind="transcription", transcription=asked)
    bench.say(500)
    job = bench.job(ports.Transcribe)
    assert (job.model, job.language, job.prompt) == ("gpt-4o-transcribe", "en", "Bells.")


def test_manual_captions_open_no_recogniser_before_anybody_speaks():
    bench = manual_captions()
    bench.silence(5000)
    assert bench.jobs == []


def test_manual_captions_begin_with_the_audio_before_the_first_speech():
    bench = manual_captions()
    bench.silence(5000)
    bench.say(500)
    assert fed_ms(bench) == pytest.approx(1500, abs=64)


def test_manual_captions_hear_all_audio_up_to_the_commit():
    bench = manual_captions()
    bench.say(500)
    bench.send(type="input_audio_buffer.commit")
    assert fed_ms(bench) == pytest.approx(500, abs=1)
    assert isinstance(bench.jobs[-1], ports.TranscribeEnd)


def test_a_session_update_does_not_disturb_manual_captions():
    bench = manual_captions()
    bench.say(500)
    bench.send(type="session.update", session={"type": "transcription"})
    assert not any(isinstance(job, ports.CancelJob) for job in bench.jobs)


def test_transcription_sessions_never_answer():
    bench = Bench(kind="transcription", transcription=Transcription(), turn_detection=ServerVad())
    bench.say(400)
    bench.silence(600)
    bench.hear_words("hello")
    assert not any(event["type"].startswith("response.") for event in bench.events)


def test_log_probabilities_come_only_when_included():
    for include, expected in (([], False), (["item.input_audio_transcription.logprobs"], True)):
        bench = Bench(kind="transcription", transcription=Transcription(), include=include)
        bench.say(400)
        bench.silence(600)
        bench.hear_words("hello world")
        completed = bench.last("conversation.item.input_audio_transcription.completed")
        assert bool(completed["logprobs"]) is expected


def test_a_delta_has_the_log_probabilities_of_its_own_tokens():
    bench = Bench(
        kind="transcription",
        turn_detection=None,
        transcription=Transcription(),
        include=["item.input_audio_transcription.logprobs"],
    )
    bench.say(500)
    job = bench.job(ports.Transcribe).job_id
    bench.bring(ports.TranscriptStable(job, "hello", (ports.Token("hel", -0.1), ports.Token("lo", -0.2))))
    bench.send(type="input_audio_buffer.commit")
    bench.hear_words("hello world")
    deltas = [e["logprobs"] for e in bench.events if e["type"].endswith("transcription.delta")]
    assert [[entry["token"] for entry in logprobs] for logprobs in deltas] == [["hel", "lo"], [" world"]]


def test_a_failed_transcription_is_reported_apart_from_errors():
    bench = Bench(transcription=Transcription())
    bench.say(400)
    bench.silence(600)
    bench.bring(ports.JobFailed(bench.job(ports.Transcribe).job_id, "worker_crashed", "The recogniser stopped."))
    failed = bench.last("conversation.item.input_audio_transcription.failed")
    assert failed["error"]["code"] == "worker_crashed"
    assert bench.last("response.done")["response"]["status"] == "failed"


TOOL = {"type": "function", "name": "go", "description": "", "parameters": {}}
GO = {"type": "function", "name": "go"}
CHOICES = {
    # name: (the session's tools and choice, the response's, whether it is refused)
    "defined in the session": ({"tools": [TOOL]}, {"tool_choice": GO}, False),
    "defined in the response": ({}, {"tools": [TOOL], "tool_choice": GO}, False),
    "defined nowhere": ({}, {"tool_choice": GO}, True),
    "taken away by the response": ({"tools": [TOOL], "tool_choice": GO}, {"tools": []}, True),
}


@pytest.mark.parametrize(("session", "response", "refused"), CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_a_response_is_forced_only_to_a_tool_it_has(dialect, session, response, refused):
    bench = Bench(dialect=dialect, turn_detection=None, **session)
    bench.send(type="response.create", response=response)
    found = [(event["error"]["code"], event["error"]["param"]) for event in errors(bench)]
    assert found == ([("invalid_value", "response.tool_choice")] if refused else [])


@pytest.mark.parametrize(("seconds", "words"), [(3600, "60 minutes"), (30, "30 seconds"), (90, "90 seconds")])
def test_the_time_limit_is_told_in_whole_numbers(seconds, words):
    bench = Bench(session_seconds=seconds)
    bench.wait(seconds + 1)
    assert bench.last("error")["error"]["message"] == f"Your session hit the maximum duration of {words}."


def test_the_session_ends_at_its_time_limit():
    bench = Bench()
    bench.wait(3601)
    assert bench.last("error")["error"]["code"] == "session_expired"
    assert bench.closed is not None


ODD_VALUES = (None, True, -1, 1e308, "", "\ud800", [], [[]], {}, {"type": []}, {"type": "x"})
WHOLE_EVENTS = (
    {
        "type": "session.update",
        "session": {
            "type": "realtime",
            "model": "gpt-realtime",
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": 24000},
                    "transcription": {"model": "whisper-1", "language": "en"},
                    "turn_detection": {"type": "server_vad", "threshold": 0.5},
                },
                "output": {"voice": "alloy", "speed": 1.0},
            },
            "tools": [{"type": "function", "name": "go", "parameters": {}}],
            "tool_choice": {"type": "function", "name": "go"},
            "include": ["item.input_audio_transcription.logprobs"],
        },
    },
    {"type": "conversation.item.create", "item": USER_TEXT, "previous_item_id": "root"},
    {
        "type": "response.create",
        "response": {
            "conversation": "none",
            "metadata": {"a": "b"},
            "audio": {"output": {"format": {"type": "audio/pcmu"}, "voice": "alloy"}},
            "input": [USER_TEXT, {"type": "item_reference", "id": "x"}],
        },
    },
    {"type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": 0},
    {"type": "input_audio_buffer.append", "audio": "AAAA", "event_id": "e"},
)


def with_odd_values(document):
    """The document with each of its parts replaced, one at a time, by each odd value."""
    yield from ODD_VALUES
    parts = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, part in parts:
        for odd in with_odd_values(part):
            changed = document.copy()
            changed[key] = odd
            yield changed


@pytest.mark.parametrize("event", WHOLE_EVENTS, ids=[event["type"] for event in WHOLE_EVENTS])
@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_no_odd_value_anywhere_ends_the_session(dialect, event):
    bench = Bench(dialect=dialect, turn_detection=None)
    for odd in with_odd_values(event):
        bench.send_text(json.dumps(odd))
    bench.send(type="conversation.item.retrieve", item_id="nobody")
    assert bench.last("error")["error"]["code"] == "item_not_found"


def test_the_end_at_the_time_limit_closes_a_running_response_first():
    bench = Bench(turn_detection=None)
    bench.send(type="response.create")
    bench.wait(3601)
    assert [event["type"] for event in bench.events[-2:]] == ["response.done", "error"]
