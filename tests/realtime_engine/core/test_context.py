"""What a replier is given of the conversation and of the session, and how its end is told."""

from __future__ import annotations

from typing import Any

import pytest

from realtime_api.config import Reasoning, SessionConfig, Transcription
from realtime_engine.core import context
from realtime_engine.core.ports import (
    Image,
    JobFailed,
    Reply,
    ReplyDone,
    ReplyText,
    ReplyUsage,
    Transcribe,
)
from tests.realtime_engine.core.harness import Bench

PICTURE = "data:image/png;base64,iVBORw0KGgo="


def ask(bench: Bench, *content: dict[str, Any]) -> Reply:
    """A user's message and the reply job that answers it."""
    bench.send(type="conversation.item.create", item={"type": "message", "role": "user", "content": list(content)})
    bench.send(type="response.create")
    job: Reply = bench.job(Reply)
    return job


def test_images_reach_the_replier() -> None:
    image = {"type": "input_image", "image_url": PICTURE, "detail": "low"}
    job = ask(Bench(), {"type": "input_text", "text": "What is this?"}, image)
    assert job.turns[-1].text == "What is this?"
    assert job.turns[-1].images == (Image(PICTURE, "low"),)


def test_parameters_the_session_sets_reach_the_replier() -> None:
    config = SessionConfig(
        model="gpt-realtime-mini",
        output_modality="text",
        temperature=0.6,
        max_output_tokens=100,
        reasoning=Reasoning(effort="high"),
        parallel_tool_calls=False,
    )
    asked = context.parameters(config)
    assert (asked.model, asked.spoken, asked.temperature) == ("gpt-realtime-mini", False, 0.6)
    assert (asked.max_output_tokens, asked.reasoning_effort, asked.parallel_tool_calls) == (100, "high", False)


def test_parameters_one_response_overrides_reach_the_replier() -> None:
    bench = Bench(reasoning=Reasoning(effort="high"), parallel_tool_calls=False)
    bench.send(type="response.create", response={"reasoning": {"effort": "low"}, "parallel_tool_calls": True})
    asked = bench.job(Reply).parameters
    assert (asked.reasoning_effort, asked.parallel_tool_calls) == ("low", True)


def test_parameters_the_session_leaves_open_stay_open() -> None:
    asked = context.parameters(SessionConfig())
    assert (asked.temperature, asked.max_output_tokens, asked.reasoning_effort) == (None, None, None)


def test_default_temperature_stays_open_also_where_it_was_written() -> None:
    assert context.parameters(SessionConfig(temperature=0.8)).temperature is None


def test_reply_that_was_cut_short_makes_the_response_incomplete() -> None:
    bench = Bench(output_modality="text")
    job = ask(bench, {"type": "input_text", "text": "Tell me everything."})
    bench.bring(ReplyText(job.job_id, "It began"))
    bench.bring(ReplyDone(job.job_id, incomplete="max_output_tokens"))
    response = bench.last("response.done")["response"]
    assert (response["status"], response["status_details"]["reason"]) == ("incomplete", "max_output_tokens")


def test_usage_is_what_the_language_model_counted() -> None:
    bench = Bench(output_modality="text")
    job = ask(bench, {"type": "input_text", "text": "Hello"})
    bench.bring(ReplyText(job.job_id, "Hello!"))
    bench.bring(ReplyDone(job.job_id, usage=ReplyUsage(input_tokens=321, output_tokens=7)))
    usage = bench.last("response.done")["response"]["usage"]
    assert (usage["input_token_details"]["text_tokens"], usage["output_token_details"]["text_tokens"]) == (321, 7)


def test_usage_counts_images() -> None:
    bench = Bench(output_modality="text")
    ask(bench, {"type": "input_text", "text": "What is this?"}, {"type": "input_image", "image_url": PICTURE})
    bench.reply("A dot.")
    usage = bench.last("response.done")["response"]["usage"]
    assert usage["input_token_details"]["image_tokens"] == 255
    assert usage["input_tokens"] == usage["input_token_details"]["text_tokens"] + 255


def test_images_are_not_counted_twice_where_the_language_model_counted() -> None:
    bench = Bench(output_modality="text")
    job = ask(bench, {"type": "input_image", "image_url": PICTURE})
    bench.bring(ReplyDone(job.job_id, usage=ReplyUsage(input_tokens=300, output_tokens=7)))
    assert bench.last("response.done")["response"]["usage"]["input_tokens"] == 300


def test_usage_counts_what_the_model_said_before_by_its_own_rule() -> None:
    bench = Bench(instructions="")
    for _ in range(2):
        ask(bench, {"type": "input_text", "text": "Hi"})
        bench.reply("Good day.")
        bench.speak(1.0)
    counted = bench.last("response.done")["response"]["usage"]["input_token_details"]
    assert (counted["audio_tokens"], counted["text_tokens"]) == (20, 1 + 3 + 1)


def test_usage_counts_tools() -> None:
    usage = context.input_usage([], "", [{"type": "function", "name": "look_up"}])
    assert usage.input_text == 10


def test_turn_whose_words_were_not_recognised_does_not_fail_later_responses() -> None:
    bench = Bench()
    bench.say(500)
    bench.silence(1000)
    bench.bring(JobFailed(bench.job(Transcribe).job_id, "stt_unreachable", "Nobody listens."))
    assert bench.last("response.done")["response"]["status_details"]["error"]["code"] == "stt_unreachable"
    job = ask(bench, {"type": "input_text", "text": "Did you hear me?"})
    assert [turn.text for turn in job.turns] == ["", "Did you hear me?"]


@pytest.mark.parametrize(
    ("transcription", "language", "prompt"),
    [
        (Transcription(prompt="A lecture", keywords=["Wien", "Graz"]), None, "A lecture, Wien, Graz"),
        (Transcription(keywords=["Wien"]), None, "Wien"),
        (Transcription(languages=["de"]), "de", None),
        (Transcription(languages=["de", "en"]), None, None),
    ],
    ids=["prompt and keywords", "keywords", "one language", "several languages"],
)
def test_hints_reach_the_recogniser(transcription: Transcription, language: str | None, prompt: str | None) -> None:
    bench = Bench(transcription=transcription)
    bench.say(500)
    asked = bench.job(Transcribe)
    assert (asked.language, asked.prompt) == (language, prompt)
