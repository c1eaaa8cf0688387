"""A bench that writes down what happens: who does what, and every event the server sends, in order.

Ids are numbered in order of appearance, audio is told by its length, event ids are left out; everything else of an
event stands in the trace as it went over the wire.
"""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from typing import Any

import numpy as np

from realtime_engine.core import ports
from tests.realtime_engine.core.harness import Bench

ID = re.compile(r"\b(item|resp|sess|conv|call)_\d+\b")
BYTES_PER_MS = 48


class Script(Bench):
    """``whole_sessions`` shows session objects in full rather than by their kind."""

    def __init__(self, *, whole_sessions: bool = False, **options: Any) -> None:
        self.lines: list[str] = []
        self._whole_sessions = whole_sessions
        self._numbers: dict[str, dict[str, int]] = defaultdict(dict)
        self._written = 0
        super().__init__(**options)

    # --- what is done, noted ---

    def send(self, **event: Any) -> None:
        self._note(f"> {self._told(event)}")
        super().send(**event)

    def say(self, ms: int) -> None:
        self._note(f"- the user talks for {ms} ms")
        super().say(ms)

    def silence(self, ms: int) -> None:
        self._note(f"- the user is silent for {ms} ms")
        super().silence(ms)

    def later(self, seconds: float) -> None:
        self._note(f"- {seconds} s pass")
        self.wait(seconds)

    def hear_words(self, text: str, guide_text: str | None = None) -> None:
        self._note(f"- the recogniser is done: {text!r}")
        super().hear_words(text, guide_text)

    def hear_first(self, text: str) -> None:
        self._note(f"- the recogniser is sure of: {text!r}")
        tokens = tuple(ports.Token(piece, -0.1) for piece in re.findall(r"\s*\S+", text))
        self.bring(ports.TranscriptStable(self.job(ports.Transcribe).job_id, text, tokens))

    def judge(self, probability: float) -> None:
        self._note(f"- the turn judge: complete with probability {probability}")
        self.bring(ports.TurnJudged(self.job(ports.JudgeTurn).job_id, probability))

    def reply(self, *sentences: str) -> None:
        self._note(f"- the reply: {' | '.join(sentences)!r}")
        super().reply(*sentences)

    def begin_reply(self, text: str) -> None:
        self._note(f"- the reply begins: {text!r}")
        self.bring(ports.ReplyText(self.job(ports.Reply).job_id, text))

    def call_tool(self, name: str, arguments: str) -> None:
        self._note(f"- the reply calls {name}")
        self.bring(ports.ReplyToolCall(self.job(ports.Reply).job_id, name, arguments))

    def end_reply(self) -> None:
        self._note("- the reply ends")
        self.bring(ports.ReplyDone(self.job(ports.Reply).job_id))

    def speak(self, seconds: float = 1.0) -> None:
        self._note(f"- the voice speaks for {seconds} s")
        super().speak(seconds)

    def speak_on(self, seconds: float, *marks: ports.SpeechMark) -> None:
        """Some speech of the sentence, with more to come."""
        self._note(f"- the voice has spoken {seconds} s of the sentence")
        audio = np.ones(int(seconds * ports.SESSION_RATE), dtype=np.int16)
        self.bring(ports.SpeechChunk(self.job(ports.Speak).job_id, audio, marks))

    def fail(self, kind: type[Any], code: str, message: str) -> None:
        self._note(f"- {kind.__name__} fails: {code}")
        self.bring(ports.JobFailed(self.job(kind).job_id, code, message))

    # --- the trace ---

    def trace(self) -> str:
        """Everything so far, one line each."""
        self._write_events()
        return "\n".join(self.lines) + "\n"

    def _note(self, line: str) -> None:
        self._write_events()
        self.lines.append(self._numbered(line))

    def _write_events(self) -> None:
        for event in self.events[self._written :]:
            self.lines.append(self._numbered(f"    {self._told(event)}"))
        self._written = len(self.events)
        if self.closed and not self.lines[-1].startswith("    (closed"):
            self.lines.append(f"    (closed: {self.closed.code} {self.closed.reason})")

    def _told(self, event: dict[str, Any]) -> str:
        rest = {key: self._shown(key, value) for key, value in event.items() if key not in ("type", "event_id")}
        return f"{event['type']} {json.dumps(rest)}" if rest else event["type"]

    def _shown(self, key: str, value: Any) -> Any:
        if key == "session" and not self._whole_sessions and "object" in value:
            return {"object": value["object"]}
        if isinstance(value, dict):
            return {name: self._shown(name, member) for name, member in value.items()}
        if isinstance(value, list):
            return [self._shown("", member) for member in value]
        return _length(value) if isinstance(value, str) and key in ("audio", "delta") else value

    def _numbered(self, line: str) -> str:
        return ID.sub(self._number, line)

    def _number(self, match: re.Match[str]) -> str:
        known = self._numbers[match[1]]
        return f"{match[1]}_{known.setdefault(match[0], len(known) + 1)}"


def _length(text: str) -> str:
    """Audio by its length; text as it is."""
    if len(text) < 64 or " " in text:
        return text
    return f"<{len(base64.b64decode(text)) // BYTES_PER_MS} ms>"
