"""What must hold whatever a client does: random events and audio, jobs answered early, late, badly or never."""

from __future__ import annotations

import base64
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from realtime_api.config import FunctionTool, SemanticVad, ServerVad, Transcription
from realtime_engine.core import ports
from realtime_engine.core.limits import Limits
from tests.realtime_engine.core.harness import LOUD, Bench

POLICIES = [
    None,
    ServerVad(),
    ServerVad(interrupt_response=False),
    ServerVad(create_response=False),
    ServerVad(idle_timeout_ms=5000),
    SemanticVad(),
]
TOOL = FunctionTool(type="function", name="look_up", description="Looks up.", parameters={})
AUDIO = base64.b64encode(b"\0\0" * 2400).decode()
TEXT_ITEM = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}
SOUND_ITEM = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": AUDIO}]}
NARROW = Limits(buffer_ms=3_000, turn_ms=2_000, items=12, conversation_bytes=200_000, out_of_band_responses=2)

ASIDE = {"type": "response.create", "response": {"conversation": "none", "input": []}}
GA_EVENTS: list[dict[str, Any]] = [
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": None}}}},
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": {}}}}},
    {"type": "session.update", "session": {"type": "realtime", "audio": {"output": {"voice": "ash"}}}},
    {"type": "session.update", "session": {"type": "realtime", "instructions": "Lost.", "nonsense": 1}},
    {"type": "response.create", "response": {"output_modalities": ["text"], "max_output_tokens": 3}},
]
BETA_EVENTS: list[dict[str, Any]] = [
    {"type": "session.update", "session": {"turn_detection": None}},
    {"type": "session.update", "session": {"turn_detection": {"type": "server_vad"}, "voice": "ash"}},
    {"type": "session.update", "session": {"instructions": "Lost.", "nonsense": 1}},
    {"type": "response.create", "response": {"modalities": ["text"], "max_response_output_tokens": 3}},
]
EVENTS: list[dict[str, Any]] = [
    {"type": "input_audio_buffer.append", "audio": AUDIO},
    {"type": "input_audio_buffer.commit"},
    {"type": "input_audio_buffer.clear"},
    {"type": "output_audio_buffer.clear"},
    {"type": "conversation.item.create", "item": TEXT_ITEM},
    {"type": "conversation.item.create", "item": SOUND_ITEM, "previous_item_id": "root"},
    {"type": "response.create"},
    ASIDE,
    {"type": "response.create", "response": {"input": [SOUND_ITEM]}},
    {"type": "response.cancel"},
    {"type": "nonsense"},
]
DELTAS = {
    "output_text.delta": "output_text.done",
    "text.delta": "text.done",
    "output_audio_transcript.delta": "output_audio_transcript.done",
    "audio_transcript.delta": "audio_transcript.done",
    "function_call_arguments.delta": "function_call_arguments.done",
}


class AnySession(RuleBasedStateMachine):
    @initialize(
        dialect=st.sampled_from(["ga", "beta"]),
        policy=st.sampled_from(POLICIES),
        media=st.sampled_from(["events", "track"]),
        transcription=st.sampled_from([None, Transcription()]),
        modality=st.sampled_from(["audio", "text"]),
        kind=st.sampled_from(["realtime", "realtime", "transcription"]),
        limits=st.sampled_from([Limits(), NARROW]),
    )
    def begin(self, dialect, policy, media, transcription, modality, kind, limits):
        self.offered = EVENTS + (GA_EVENTS if dialect == "ga" else BETA_EVENTS)
        self.bench = Bench(
            dialect=dialect,
            media=media,
            limits=limits,
            kind=kind,
            turn_detection=policy,
            transcription=transcription or (Transcription() if kind == "transcription" else None),
            output_modality=modality,
            tools=[TOOL],
        )
        self.loudness = LOUD

    # --- what may happen ---

    @rule(data=st.data())
    def client_sends(self, data):
        event = data.draw(st.sampled_from(self.offered))
        config, seen = self.bench.session.config, len(self.bench.events)
        self.bench.send(**event, event_id="mine")
        answers = self.bench.events[seen:]
        refused = any(answer["type"] == "error" and answer["error"]["event_id"] == "mine" for answer in answers)
        assert answers or event["type"] == "input_audio_buffer.append", "every event is answered or reported"
        assert not refused or self.bench.session.config == config, "a rejected update changes nothing"

    @rule(text=st.one_of(st.text(max_size=50), st.binary(max_size=50)))
    def client_sends_rubbish(self, text):
        self.bench.send_text(text)
        assert self.bench.events[-1]["type"] == "error"

    @rule(ms=st.integers(20, 900))
    def user_talks(self, ms):
        """Each 20 ms are told apart by their loudness, so that one can see where they end up."""
        for _ in range(0, ms, 20):
            self.loudness += 1
            self.bench.hear(np.tile(np.array([self.loudness, -self.loudness], dtype=np.int16), 240))

    @rule(ms=st.integers(20, 1500))
    def user_is_silent(self, ms):
        self.bench.silence(ms)

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds):
        self.bench.wait(seconds)

    @rule(data=st.data(), kind=st.sampled_from(["retrieve", "delete", "truncate"]))
    def client_names_an_item(self, data, kind):
        known = self.items()[-3:]
        if known:
            cut = {"content_index": 0, "audio_end_ms": 50} if kind == "truncate" else {}
            self.bench.send(type=f"conversation.item.{kind}", item_id=data.draw(st.sampled_from(known)), **cut)

    @rule(data=st.data(), age=st.integers(1, 4))
    def a_job_answers(self, data, age):
        jobs = [job for job in self.bench.jobs if isinstance(job, ANSWERED)]
        for job in jobs[-age:][:1]:
            self.bench.bring(data.draw(st.sampled_from(answers(job))))

    @rule(kind=st.sampled_from([ports.Transcribe, ports.Reply, ports.Speak]))
    def the_latest_job_is_done(self, kind):
        for job in [job for job in self.bench.jobs if isinstance(job, kind)][-1:]:
            for result in answers(job)[:-1]:
                self.bench.bring(result)

    @rule(aside=st.booleans(), ends=st.booleans())
    def the_model_says_something(self, aside, ends):
        self.bench.send(**(ASIDE if aside else {"type": "response.create"}))
        self.the_latest_job_is_done(ports.Reply)
        for job in [job for job in self.bench.jobs if isinstance(job, ports.Speak)][-1:]:
            for result in answers(job)[: 3 if ends else 2]:
                self.bench.bring(result)

    # --- what must hold ---

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
            name = event["type"].removeprefix("response.")
            if name in DELTAS:
                said[event["item_id"], DELTAS[name]] += event["delta"]
            if name in DELTAS.values():
                told = next(event[key] for key in ("text", "transcript", "arguments") if key in event)
                assert said[event["item_id"], name] == told

    @invariant()
    def the_track_plays_one_response_after_the_other(self):
        playing = None
        for event in self.events():
            match event["type"]:
                case "output_audio_buffer.started":
                    assert playing is None
                    playing = event["response_id"]
                case "output_audio_buffer.stopped":
                    assert playing == event["response_id"]
                    playing = None
                case "output_audio_buffer.cleared":
                    assert playing in (None, event["response_id"])
                    playing = None

    @invariant()
    def a_transcription_ends_once(self):
        prefix = "conversation.item.input_audio_transcription."
        ended = Counter(
            event["item_id"] for event in self.events() if event["type"] in (f"{prefix}completed", f"{prefix}failed")
        )
        assert all(times == 1 for times in ended.values())

    @invariant()
    def items_are_added_once_and_behind_known_ones(self):
        known: set[str | None] = {None}
        for event in self.events():
            if event["type"] in ("conversation.item.added", "conversation.item.created"):
                assert event["previous_item_id"] in known
                assert event["item"]["id"] not in known
                known.add(event["item"]["id"])

    @invariant()
    def no_audio_belongs_to_two_turns(self):
        spans = [event["audio_start_ms"] for event in self.events() if event["type"].endswith("speech_started")]
        assert spans == sorted(spans)

    def teardown(self):
        if hasattr(self, "bench"):
            self.every_sample_is_in_one_item_at_most()
            self.bench.wait(3601)
            self.every_response_has_ended()

    def every_sample_is_in_one_item_at_most(self):
        used: Counter[int] = Counter()
        for item_id in self.items():
            self.bench.send(type="conversation.item.retrieve", item_id=item_id)
            if self.bench.events[-1]["type"] == "conversation.item.retrieved":
                for sound in sounds(self.bench.events[-1]["item"]):
                    used.update(np.abs(sound[np.abs(sound) > LOUD]).tolist())
        assert all(samples <= 480 for samples in used.values())

    def every_response_has_ended(self):
        ids = {name: [] for name in ("response.created", "response.done")}
        for event in self.events():
            if event["type"] in ids:
                ids[event["type"]].append(event["response"]["id"])
        assert sorted(ids["response.created"]) == sorted(ids["response.done"])

    def events(self) -> list[dict[str, Any]]:
        return self.bench.events if hasattr(self, "bench") else []

    def items(self) -> list[str]:
        names = ("conversation.item.added", "conversation.item.created")
        return [event["item"]["id"] for event in self.events() if event["type"] in names]


def sounds(item: dict[str, Any]) -> Iterator[ports.Samples]:
    """What the user said in an item."""
    for part in item.get("content", []):
        if part["type"] == "input_audio" and "audio" in part:
            yield np.frombuffer(base64.b64decode(part["audio"]), dtype="<i2")


ANSWERED = (ports.JudgeTurn, ports.Transcribe, ports.Reply, ports.Speak)


def answers(job: ports.Job) -> list[ports.JobResult]:
    """Everything a job may bring back; without the failure, which comes last, a way it may go."""
    name = job.job_id
    speech = ports.SpeechChunk(name, np.full(2400, 100, dtype=np.int16), (ports.SpeechMark(0, 4, 0),))
    late_mark = ports.SpeechChunk(name, np.full(2400, 100, dtype=np.int16), (ports.SpeechMark(5, 9, 90_000),))
    results: dict[type, list[ports.JobResult]] = {
        ports.JudgeTurn: [ports.TurnJudged(name, 0.1), ports.TurnJudged(name, 0.9)],
        ports.Transcribe: [ports.TranscriptStable(name, "one"), ports.TranscriptDone(name, "one two", ())],
        ports.Reply: [
            ports.ReplyText(name, "Well then. "),
            ports.ReplyToolCall(name, "look_up", "{}"),
            ports.ReplyDone(name),
            ports.ReplyDone(name, "content_filter"),
        ],
        ports.Speak: [speech, late_mark, ports.SpeechDone(name)],
    }
    return [*results.get(type(job), []), ports.JobFailed(name, "worker_crashed", "It stopped.")]


AnySession.TestCase.settings = settings(max_examples=200, stateful_step_count=50)
TestAnySession = AnySession.TestCase
