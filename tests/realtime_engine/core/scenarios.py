"""What happens in a session, scenario by scenario; the traces beside the tests say what the server sends then."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from realtime_api.config import FunctionTool, SemanticVad, ServerVad, Transcription
from realtime_engine.core import ports
from tests.realtime_engine.core.script import Script

TOOL = FunctionTool(type="function", name="look_up", description="Looks up.", parameters={})
HALF_A_SECOND = base64.b64encode(b"\0\0" * 12_000).decode()
PIXEL = "data:image/png;base64,iVBORw0KGgo="

Scenario = Callable[[str], Script]
SCENARIOS: dict[str, Scenario] = {}


def scenario(play: Scenario) -> Scenario:
    """``play`` is given the dialect and returns the script as it was played."""
    SCENARIOS[play.__name__] = play
    return play


def message(text: str, role: str = "user", **fields: Any) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}], **fields}


def ask(script: Script, text: str = "hello", **response: Any) -> None:
    """A text turn up to the point where the reply is awaited."""
    script.send(type="conversation.item.create", item=message(text))
    script.send(type="response.create", **({"response": response} if response else {}))


def update(script: Script, dialect: str, ga: dict[str, Any], beta: dict[str, Any]) -> None:
    """The same session.update in either dialect's shape."""
    script.send(type="session.update", session={"type": "realtime", **ga} if dialect == "ga" else beta)


# --- turns of the user ---


@scenario
def server_vad_turn(dialect: str) -> Script:
    script = Script(dialect=dialect, transcription=Transcription())
    script.silence(500)
    script.say(800)
    script.silence(700)
    script.hear_words("what time is it")
    script.reply("It is noon.")
    script.speak(0.4)
    return script


@scenario
def server_vad_turn_without_response(dialect: str) -> Script:
    script = Script(dialect=dialect, turn_detection=ServerVad(create_response=False))
    script.say(800)
    script.silence(700)
    script.send(type="response.create")
    return script


@scenario
def semantic_vad_turn(dialect: str) -> Script:
    script = Script(dialect=dialect, turn_detection=SemanticVad())
    script.say(800)
    script.silence(320)
    script.judge(1.0)
    script.silence(500)
    script.hear_words("what time is it")
    script.reply("It is noon.")
    script.speak(0.4)
    return script


@scenario
def manual_turn(dialect: str) -> Script:
    script = Script(dialect=dialect, turn_detection=None, transcription=Transcription())
    script.send(type="input_audio_buffer.commit", event_id="too_early")
    script.send(type="input_audio_buffer.append", audio=HALF_A_SECOND)
    script.send(type="input_audio_buffer.clear")
    script.send(type="input_audio_buffer.append", audio=HALF_A_SECOND)
    script.send(type="input_audio_buffer.commit")
    script.hear_words("hello")
    script.send(type="response.create")
    script.reply("Good day.")
    script.speak(0.2)
    return script


@scenario
def text_turn(dialect: str) -> Script:
    script = Script(dialect=dialect)
    ask(script)
    script.reply("Good day.", " How are you?")
    script.speak(0.2)
    script.speak(0.3)
    return script


@scenario
def text_only(dialect: str) -> Script:
    script = Script(dialect=dialect, output_modality="text")
    ask(script)
    script.reply("Good day.", " How are you?")
    return script


@scenario
def idle_timeout(dialect: str) -> Script:
    script = Script(dialect=dialect, turn_detection=ServerVad(idle_timeout_ms=5000))
    script.say(800)
    script.silence(700)
    script.hear_words("hello")
    script.reply("Good day.")
    script.speak(0.2)
    script.silence(5500)
    script.hear_words("")
    script.reply("Are you there?")
    script.speak(0.2)
    return script


@scenario
def client_commits_a_turn_that_was_detected(dialect: str) -> Script:
    script = Script(dialect=dialect)
    script.say(800)
    script.send(type="input_audio_buffer.commit")
    script.silence(700)
    return script


@scenario
def client_clears_a_turn_that_was_detected(dialect: str) -> Script:
    script = Script(dialect=dialect)
    script.say(800)
    script.send(type="input_audio_buffer.clear")
    script.silence(700)
    return script


# --- responses ---


@scenario
def tool_round_trip(dialect: str) -> Script:
    script = Script(dialect=dialect, output_modality="text", tools=[TOOL])
    ask(script)
    script.call_tool("look_up", '{"word": "bell"}')
    script.end_reply()
    call_id = script.last("response.function_call_arguments.done")["call_id"]
    output = {"type": "function_call_output", "call_id": call_id, "output": "It rings."}
    script.send(type="conversation.item.create", item=output)
    script.send(type="response.create")
    script.reply("A bell rings.")
    return script


@scenario
def several_output_items(dialect: str) -> Script:
    script = Script(dialect=dialect, tools=[TOOL])
    ask(script)
    script.begin_reply("Let me look.")
    script.call_tool("look_up", "{}")
    script.end_reply()
    script.speak(0.3)
    return script


@scenario
def max_output_tokens(dialect: str) -> Script:
    script = Script(dialect=dialect, max_output_tokens=8)
    ask(script)
    script.reply("This is certainly longer than that.")
    script.speak(1.0)
    return script


@scenario
def max_output_tokens_text_only(dialect: str) -> Script:
    script = Script(dialect=dialect, max_output_tokens=4, output_modality="text")
    ask(script)
    script.reply("This is certainly longer than that.")
    return script


@scenario
def out_of_band(dialect: str) -> Script:
    script = Script(dialect=dialect)
    text = {"output_modalities": ["text"]} if dialect == "ga" else {"modalities": ["text"]}
    asked = [message("Which topic?")]
    aside = {"conversation": "none", "metadata": {"topic": "1"}, "input": asked, **text}
    script.send(type="response.create", response=aside)
    script.send(type="response.create")
    script.reply("Good day.")
    script.speak(0.2)
    aside_job = next(job for job in script.jobs if isinstance(job, ports.Reply))
    script.bring(ports.ReplyText(aside_job.job_id, "Bells."))
    script.bring(ports.ReplyDone(aside_job.job_id))
    return script


@scenario
def second_response_refused(dialect: str) -> Script:
    script = Script(dialect=dialect)
    ask(script)
    script.send(type="response.create", event_id="second")
    return script


@scenario
def failed_response(dialect: str) -> Script:
    script = Script(dialect=dialect)
    ask(script)
    script.reply("Good day.")
    script.fail(ports.Speak, "worker_crashed", "The voice stopped.")
    return script


# --- interruptions ---


def telling(dialect: str, **options: Any) -> Script:
    """The model is in the middle of a story: 0.5 s of it were made."""
    script = Script(dialect=dialect, **options)
    ask(script)
    script.begin_reply("Once upon a time.")
    script.speak_on(0.5, ports.SpeechMark(0, 4, 0), ports.SpeechMark(5, 9, 4_800), ports.SpeechMark(10, 11, 9_600))
    return script


@scenario
def barge_in(dialect: str) -> Script:
    script = telling(dialect)
    script.say(200)
    item_id = script.last("response.output_item.done")["item"]["id"]
    script.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=300)
    script.silence(700)
    return script


@scenario
def barge_in_on_webrtc(dialect: str) -> Script:
    script = telling(dialect, media="track")
    script.later(0.2)
    script.say(200)
    return script


@scenario
def barge_in_on_webrtc_after_the_response(dialect: str) -> Script:
    script = Script(dialect=dialect, media="track")
    ask(script)
    script.reply("One two three four.")
    script.speak(4.0)
    script.later(2.0)
    script.say(200)
    return script


@scenario
def speech_that_interrupts_nothing(dialect: str) -> Script:
    script = telling(dialect, turn_detection=ServerVad(interrupt_response=False))
    script.say(800)
    script.silence(700)
    return script


@scenario
def client_cancels(dialect: str) -> Script:
    script = telling(dialect)
    script.send(type="response.cancel")
    script.send(type="response.cancel", event_id="again")
    return script


@scenario
def client_cancels_on_webrtc(dialect: str) -> Script:
    script = telling(dialect, media="track")
    script.later(0.2)
    script.send(type="response.cancel")
    script.send(type="output_audio_buffer.clear")
    return script


@scenario
def truncate(dialect: str) -> Script:
    script = Script(dialect=dialect)
    ask(script)
    script.reply("One two three four.")
    script.speak(4.0)
    item_id = script.last("response.output_item.done")["item"]["id"]
    for end_ms in (5_000, 2_500):
        script.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=end_ms)
    script.send(type="conversation.item.retrieve", item_id=item_id)
    return script


# --- WebRTC ---


@scenario
def webrtc_turn(dialect: str) -> Script:
    script = Script(dialect=dialect, media="track")
    script.send(type="input_audio_buffer.append", audio=HALF_A_SECOND)
    script.say(800)
    script.silence(700)
    script.hear_words("what time is it")
    script.reply("It is noon.")
    script.speak(0.4)
    script.later(1.0)
    script.send(type="output_audio_buffer.clear")
    return script


@scenario
def webrtc_responses_in_a_row(dialect: str) -> Script:
    script = Script(dialect=dialect, media="track")
    for text in ("First.", "Second."):
        ask(script)
        script.reply(text)
        script.speak(1.0)
    script.later(3.0)
    return script


# --- items ---


@scenario
def items(dialect: str) -> Script:
    script = Script(dialect=dialect)
    for item_id, previous in (("b", None), ("a", "root"), ("c", "b"), ("d", "nobody")):
        item = message(f"I am {item_id}.", id=item_id)
        script.send(type="conversation.item.create", item=item, previous_item_id=previous)
    script.send(type="conversation.item.retrieve", item_id="b")
    script.send(type="conversation.item.delete", item_id="b")
    script.send(type="conversation.item.retrieve", item_id="b", event_id="gone")
    script.send(type="conversation.item.truncate", item_id="a", content_index=0, audio_end_ms=0)
    return script


@scenario
def history(dialect: str) -> Script:
    script = Script(dialect=dialect, output_modality="text")
    said = "output_text" if dialect == "ga" else "text"
    answer = {"type": "message", "role": "assistant", "content": [{"type": said, "text": "Good day."}]}
    call = {"type": "function_call", "call_id": "call_of_old", "name": "look_up", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "call_of_old", "output": "It rings."}
    for item in (message("Be brief.", role="system"), message("hello"), answer, call, output):
        script.send(type="conversation.item.create", item=item)
    spoken = {"type": "message", "role": "assistant", "content": [{"type": "input_audio", "audio": HALF_A_SECOND}]}
    script.send(type="conversation.item.create", item=spoken, event_id="not the client's to say")
    return script


@scenario
def audio_item(dialect: str) -> Script:
    script = Script(dialect=dialect)
    content = [{"type": "input_audio", "audio": HALF_A_SECOND}]
    script.send(type="conversation.item.create", item={"type": "message", "role": "user", "content": content})
    script.send(type="conversation.item.retrieve", item_id=script.events[-1]["item"]["id"])
    script.send(type="response.create")
    script.hear_words("hello")
    script.reply("Good day.")
    script.speak(0.2)
    return script


@scenario
def image_item(dialect: str) -> Script:
    script = Script(dialect=dialect, output_modality="text")
    content = [{"type": "input_text", "text": "What is it?"}, {"type": "input_image", "image_url": PIXEL}]
    script.send(type="conversation.item.create", item={"type": "message", "role": "user", "content": content})
    return script


# --- transcription ---


def captions(dialect: str, **options: Any) -> Script:
    asked = Transcription(model="gpt-4o-transcribe", language="en", prompt="Bells.")
    return Script(
        dialect=dialect,
        kind="transcription",
        **{"transcription": asked, "include": ["item.input_audio_transcription.logprobs"], **options},
    )


@scenario
def transcription_with_vad(dialect: str) -> Script:
    script = captions(dialect)
    for words in ("hello there", "good bye"):
        script.say(800)
        script.silence(700)
        script.hear_first(words.split()[0])
        script.hear_words(words)
    script.send(type="response.create")
    return script


@scenario
def transcription_with_manual_commit(dialect: str) -> Script:
    streamed = Transcription(model="gpt-realtime-whisper", delay="low" if dialect == "ga" else None)
    script = captions(dialect, turn_detection=None, transcription=streamed, whole_sessions=True)
    script.silence(1000)
    script.say(800)
    script.hear_first("hello")
    script.send(type="input_audio_buffer.commit")
    script.hear_words("hello there")
    return script


@scenario
def failed_transcription(dialect: str) -> Script:
    script = Script(dialect=dialect, transcription=Transcription())
    script.say(800)
    script.silence(700)
    script.fail(ports.Transcribe, "worker_crashed", "The recogniser stopped.")
    return script


# --- the session ---


@scenario
def session_update(dialect: str) -> Script:
    script = Script(dialect=dialect, whole_sessions=True)
    quick = {"turn_detection": {"silence_duration_ms": 300}}
    update(script, dialect, {"audio": {"input": quick}}, quick)
    update(script, dialect, {"model": "gpt-realtime-mini", "instructions": "Be brief."}, {"instructions": "Be brief."})
    update(script, dialect, {"instructions": "Lost.", "colour": "red"}, {"instructions": "Lost.", "colour": "red"})
    script.send(type="session.update", session={"instructions": "Lost.", **({} if dialect == "ga" else {"speed": 9.0})})
    update(script, dialect, {"audio": {"input": {"turn_detection": None}}}, {"turn_detection": None})
    return script


@scenario
def tracing_is_fixed_once_on(dialect: str) -> Script:
    script = Script(dialect=dialect)
    for tracing in ("auto", "auto", None):
        update(script, dialect, {"tracing": tracing}, {"tracing": tracing})
    return script


@scenario
def truncation_while_speaking(dialect: str) -> Script:
    script = Script(dialect=dialect, turn_detection=None)
    ask(script, "count to four")
    script.begin_reply("one two three four")
    script.speak_on(2.0, ports.SpeechMark(0, 3, 0), ports.SpeechMark(4, 7, 24_000))
    item_id = script.events[-1]["item_id"]
    script.send(type="conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=500)
    script.send(type="conversation.item.retrieve", item_id=item_id)
    script.speak_on(2.0, ports.SpeechMark(8, 13, 48_000), ports.SpeechMark(14, 18, 72_000))
    script.send(type="response.cancel")
    script.send(type="conversation.item.retrieve", item_id=item_id)
    return script


@scenario
def voice_lock(dialect: str) -> Script:
    script = Script(dialect=dialect)
    ask(script)
    script.reply("Good day.")
    script.speak(0.2)
    for voice in ("ash", "alloy"):
        update(script, dialect, {"audio": {"output": {"voice": voice}}}, {"voice": voice})
    return script


@scenario
def transcription_session_update(dialect: str) -> Script:
    script = captions(dialect)
    if dialect == "beta":
        script.send(type="transcription_session.update", session={"turn_detection": None})
    else:
        patch = {"type": "transcription", "audio": {"input": {"turn_detection": None}}}
        script.send(type="session.update", session=patch)
        script.send(type="session.update", session={"type": "realtime"})
    return script


@scenario
def session_end(dialect: str) -> Script:
    script = Script(dialect=dialect)
    ask(script)
    script.later(3600)
    return script


@scenario
def events_that_cannot_be_served(dialect: str) -> Script:
    script = Script(dialect=dialect)
    script.send(type="session.destroy", event_id="unknown")
    script.send(type="input_audio_buffer.append", event_id="missing")
    script.send(type="input_audio_buffer.append", audio="AAA", event_id="not base64")
    script.send(type="input_audio_buffer.append", audio="AAAA", event_id="half a sample")
    script.send(type="response.cancel", response_id="resp_nobody")
    script.send(type="response.create", response={"colour": "red"})
    script.send(type="output_audio_buffer.clear")
    script.send(type="transcription_session.update", session={})
    return script
