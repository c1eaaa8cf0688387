"""Whisper as recogniser: what it is asked, what it hands over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from realtime_engine.core.ports import (
    CancelJob,
    JobFailed,
    Token,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
)
from realtime_engine.speech import faster_whisper
from realtime_engine.speech.client import WorkerPool
from realtime_engine.speech.faster_whisper import Listener
from realtime_engine.speech.messages import Answer, Ready, Request

AUDIO = np.full(8_000, 16_384, np.int16)


@dataclass
class Word:
    word: str
    probability: float


@dataclass
class Segment:
    text: str
    words: list[Word] | None = None


@dataclass
class Heard:
    """A model that always hears the same."""

    segments: list[Segment]
    asked: list[dict[str, Any]] = field(default_factory=list)
    supported_languages: list[str] = field(default_factory=lambda: ["en", "de"])

    def transcribe(self, audio: npt.NDArray[np.float32], **how: Any) -> tuple[Iterator[Segment], object]:
        self.asked.append({"audio": audio, **how})
        return iter(self.segments), None


def listen(model: Heard, *requests: Request, cancelled: Iterable[str] = ()) -> list[Answer]:
    sent: list[Answer] = []
    Listener(model, lambda job_id: job_id in cancelled, sent.append).listen(requests)
    return sent


def utterance(**fields: Any) -> tuple[Request, ...]:
    asked = {"model": None, "language": None, "prompt": None, "for_guide": False} | fields
    return Transcribe("t", **asked), TranscribeAudio("t", AUDIO), TranscribeAudio("t", AUDIO), TranscribeEnd("t")


def test_segments_are_handed_over_one_by_one() -> None:
    assert listen(Heard([Segment(" Hello."), Segment(" Bye.")]), *utterance()) == [
        TranscriptStable("t", "Hello."),
        TranscriptStable("t", "Hello. Bye."),
        TranscriptDone("t", "Hello. Bye.", ()),
    ]


def test_all_audio_is_heard_with_language_and_prompt() -> None:
    model = Heard([])
    listen(model, *utterance(language="de-AT", prompt="Wien"))
    (asked,) = model.asked
    assert (len(asked["audio"]), asked["audio"][0]) == (16_000, 0.5)
    assert (asked["language"], asked["initial_prompt"], asked["word_timestamps"]) == ("de", "Wien", False)


def test_words_come_with_their_log_probabilities_where_asked() -> None:
    model = Heard([Segment(" Hello you", [Word(" Hello", 1.0), Word(" you", 0.0)])])
    done = listen(model, *utterance(logprobs=True))[-1]
    assert isinstance(done, TranscriptDone)
    assert model.asked[0]["word_timestamps"]
    assert done.tokens[0] == Token("Hello", 0.0)
    assert (done.tokens[1].text, done.tokens[1].logprob < -10) == (" you", True)


def test_language_the_model_does_not_know_is_refused() -> None:
    (failed,) = listen(Heard([]), *utterance(language="fr"))
    assert isinstance(failed, JobFailed)
    assert failed.code == "unsupported_language"


def test_cancelled_utterance_is_not_transcribed() -> None:
    model = Heard([Segment(" Hello.")])
    assert listen(model, *utterance()[:-1], CancelJob("t"), TranscribeEnd("t")) == []
    assert listen(model, *utterance(), cancelled={"t"}) == []


def test_nothing_is_left_of_the_utterance_before() -> None:
    model = Heard([])
    listen(model, *utterance(), *utterance())
    assert [len(asked["audio"]) for asked in model.asked] == [16_000, 16_000]


def test_worker_says_which_languages_its_model_knows() -> None:
    sent: list[Answer] = []
    faster_whisper.serve([], lambda job_id: False, sent.append, "tiny", "1", load=lambda path, threads: Heard([]))
    assert sent == [Ready(("en", "de"))]


def test_missing_model_is_told_with_its_setting() -> None:
    sent: list[Answer] = []
    faster_whisper.serve([], lambda job_id: False, sent.append, "/no/such/folder", "1")
    (failed,) = sent
    assert isinstance(failed, JobFailed)
    assert failed.message.startswith("REALTIME_WHISPER_MODEL: ")


async def test_worker_without_a_model_does_not_start_and_says_why() -> None:
    with pytest.raises(RuntimeError, match="REALTIME_WHISPER_MODEL"):
        await WorkerPool("recogniser", 1, ("faster_whisper", "/no/such/folder", "1")).start()
