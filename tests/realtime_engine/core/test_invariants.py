"""What must hold whatever a client does: random events and audio, jobs answered early, late, badly or never."""

from __future__ import annotations

import base64
from collections import defaultdict
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from realtime_api.config import SemanticVad, ServerVad, Transcription
from realtime_engine.core import ports
from tests.realtime_engine.core.harness import Bench

POLICIES = [None, ServerVad(), ServerVad(interrupt_response=False), ServerVad(idle_timeout_ms=5000), SemanticVad()]
AUDIO = base64.b64encode(b"\0\0" * 2400).decode()
TEXT_ITEM = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}

EVENTS: list[dict[str, Any]] = [
    {"type": "input_audio_buffer.append", "audio": AUDIO},
    {"type": "input_audio_buffer.commit"},
    {"type": "input_audio_buffer.clear"},
    {"type": "output_audio_buffer.clear"},
    {"type": "conversation.item.create", "item": TEXT_ITEM},
    {"type": "response.create"},
    {"type": "response.create", "response": {"conversation": "none", "input": []}},
    {"type": "response.cancel"},
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": None}}}},
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": {}}}}},
    {"type": "session.update", "session": {"type": "realtime", "nonsense": 1}},
    {"type": "nonsense"},
]


class AnySession(RuleBasedStateMachine):
    @initialize(
        policy=st.sampled_from(POLICIES),
        media=st.sampled_from(["events", "track"]),
        transcription=st.sampled_from([None, Transcription()]),
    )
    def begin(self, policy, media, transcription):
        self.bench = Bench(turn_detection=policy, media=media, transcription=transcription)

    @rule(event=st.sampled_from(EVENTS))
    def client_sends(self, event):
        self.bench.send(**event)

    @rule(ms=st.integers(20, 900))
    def user_talks(self, ms):
        self.bench.say(ms)

    @rule(ms=st.integers(20, 1500))
    def user_is_silent(self, ms):
        self.bench.silence(ms)

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds):
        self.bench.wait(seconds)

    @rule(data=st.data())
    def client_names_an_item(self, data):
        known = [e["item"]["id"] for e in self.bench.events if e["type"] == "conversation.item.added"]
        if known:
            item_id = data.draw(st.sampled_from(known))
            kind = data.draw(st.sampled_from(["retrieve", "delete", "truncate"]))
            cut = {"content_index": 0, "audio_end_ms": 100} if kind == "truncate" else {}
            self.bench.send(type=f"conversation.item.{kind}", item_id=item_id, **cut)

    @rule(data=st.data())
    def a_job_answers(self, data):
        jobs = [job for job in self.bench.jobs if not isinstance(job, ports.CancelJob)]
        if jobs:
            job = data.draw(st.sampled_from(jobs))
            self.bench.bring(data.draw(st.sampled_from(list(answers(job)))))

    @invariant()
    def every_response_ends_once_and_is_silent_after(self):
        ended: set[str] = set()
        for event in self.events():
            response_id = event.get("response_id") or event.get("response", {}).get("id")
            if response_id and not event["type"].startswith("output_audio_buffer"):
                assert response_id not in ended, event["type"]
            if event["type"] == "response.done":
                ended.add(response_id)

    @invariant()
    def one_response_at_a_time_writes_to_the_conversation(self):
        active = 0
        for event in self.events():
            if event["type"] in ("response.created", "response.done") and event["response"]["conversation_id"]:
                active += 1 if event["type"] == "response.created" else -1
                assert active in (0, 1)

    @invariant()
    def done_says_what_the_deltas_said(self):
        said: dict[tuple[str, str], str] = defaultdict(str)
        for event in self.events():
            if event["type"] == "response.output_audio_transcript.delta":
                said[event["response_id"], event["item_id"]] += event["delta"]
            if event["type"] == "response.output_audio_transcript.done":
                assert said[event["response_id"], event["item_id"]] == event["transcript"]

    @invariant()
    def no_audio_belongs_to_two_turns(self):
        spans = [event["audio_start_ms"] for event in self.events() if event["type"].endswith("speech_started")]
        assert spans == sorted(spans)

    def events(self) -> list[dict[str, Any]]:
        return self.bench.events if hasattr(self, "bench") else []


def answers(job: ports.Job) -> list[ports.JobResult]:
    """Everything a job may bring back."""
    speech = ports.SpeechChunk(job.job_id, bench_audio(), (ports.SpeechMark(0, 4, 0),))
    results: dict[type, list[ports.JobResult]] = {
        ports.JudgeTurn: [ports.TurnJudged(job.job_id, 0.1), ports.TurnJudged(job.job_id, 0.9)],
        ports.Transcribe: [ports.TranscriptStable(job.job_id, "one"), ports.TranscriptDone(job.job_id, "one two", ())],
        ports.Reply: [ports.ReplyText(job.job_id, "Well then. "), ports.ReplyDone(job.job_id)],
        ports.Speak: [speech, ports.SpeechDone(job.job_id)],
    }
    return [*results.get(type(job), []), ports.JobFailed(job.job_id, "worker_crashed", "It stopped.")]


def bench_audio() -> ports.Samples:
    return np.full(2400, 100, dtype=np.int16)


AnySession.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnySession = AnySession.TestCase
