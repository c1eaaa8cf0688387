"""A Piper voice: its samples at the session's rate, its words marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from realtime_engine.core.ports import JobFailed, Samples, Speak, SpeechChunk, SpeechDone
from realtime_engine.speech import piper
from realtime_engine.speech.client import WorkerPool
from realtime_engine.speech.messages import Answer
from realtime_engine.speech.voices import VOICES

SPEAK = Speak("s", "One two. Three four.", "ash", 1.25)


@dataclass
class Hum:
    """A voice that hums half a second for each of two sentences."""

    rate: int = 22_050
    asked: list[tuple[str, float, int]] = field(default_factory=list)

    def speak(self, text: str, speed: float, speaker: int) -> Iterator[Samples]:
        self.asked.append((text, speed, speaker))
        hum = np.round(8_000 * np.sin(np.arange(self.rate // 2) / 10)).astype(np.int16)
        yield hum
        yield hum


def spoken(voice: Hum, job: Speak = SPEAK, *, cancelled: bool = False) -> list[Answer]:
    sent: list[Answer] = []
    piper.speak(voice, job, lambda job_id: cancelled, sent.append)
    return sent


def chunks(answers: list[Answer]) -> list[SpeechChunk]:
    return [answer for answer in answers if isinstance(answer, SpeechChunk)]


def test_speech_has_the_rate_of_the_session() -> None:
    answers = spoken(Hum())
    assert abs(sum(len(chunk.audio) for chunk in chunks(answers)) - 24_000) <= 2
    assert answers[-1] == SpeechDone("s")


def test_first_sentence_is_handed_over_before_the_second_is_made() -> None:
    assert len(chunks(spoken(Hum()))[0].audio) > 10_000


def test_every_word_is_marked_once() -> None:
    marks = [mark for chunk in chunks(spoken(Hum())) for mark in chunk.marks]
    assert [SPEAK.text[mark.start : mark.end] for mark in marks] == SPEAK.text.split()
    assert all(mark.sample <= 24_000 for mark in marks)


def test_speed_and_voice_are_passed_on() -> None:
    voice = Hum()
    spoken(voice)
    assert voice.asked == [(SPEAK.text, 1.25, list(VOICES).index("ash"))]


def test_cancelled_speech_stops() -> None:
    assert spoken(Hum(), cancelled=True) == []


def test_missing_voice_is_told_with_its_setting() -> None:
    sent: list[Answer] = []
    piper.serve([], lambda job_id: False, sent.append, "/no/such/voice.onnx")
    (failed,) = sent
    assert isinstance(failed, JobFailed)
    assert failed.message.startswith("REALTIME_PIPER_VOICE: ")


async def test_worker_without_a_voice_does_not_start_and_says_why() -> None:
    with pytest.raises(RuntimeError, match="REALTIME_PIPER_VOICE"):
        await WorkerPool("voice", 1, ("piper", "/no/such/voice.onnx")).start()
