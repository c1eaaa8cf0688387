"""The recogniser, on real recordings and on the engine's own voice."""

from __future__ import annotations

import itertools
from pathlib import Path

import jiwer
import numpy as np
import pytest

from realtime_engine.core.ports import (
    ANALYSIS_RATE,
    SESSION_RATE,
    JobFailed,
    Samples,
    Speak,
    SpeechChunk,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
)
from realtime_engine.speech import recogniser as module
from realtime_engine.speech import voice
from realtime_engine.speech.beam import Stopped
from realtime_engine.speech.espeak import espeak
from realtime_engine.speech.messages import Answer, Ready
from realtime_engine.speech.recogniser import Heard, Recogniser
from realtime_engine.speech.resample import Resampler

from .recordings import hiss, label, recording


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def analysis(samples: Samples) -> Samples:
    return Resampler(SESSION_RATE, ANALYSIS_RATE).process(samples)


def hear(recogniser: Recogniser, samples: Samples, *, for_guide: bool = False) -> tuple[Heard, list[str]]:
    """What is heard in samples at ANALYSIS_RATE, fed as a session would, and the stable prefixes on the way."""
    recogniser.begin(for_guide=for_guide)
    stable = [recogniser.hear(samples[start : start + 512]) for start in range(0, len(samples), 512)]
    return recogniser.end(), ["".join(token.text for token in tokens) for tokens in stable if tokens]


def recorded(clips: Path, name: str) -> tuple[Samples, str]:
    return analysis(recording(clips, name)), label(clips, name)["transcript"]


def spoken(text: str, name: str) -> Samples:
    """The text in one of the engine's voices, in a quiet room."""
    chunks: list[Samples] = [np.zeros(7200, dtype=np.int16)]
    with espeak() as synthesiser:
        collect = lambda answer: chunks.append(answer.audio) if isinstance(answer, SpeechChunk) else None  # noqa: E731
        voice.speak(synthesiser, Speak("j", text, name, 1.0), lambda _job: False, collect)
    chunks.append(np.zeros(12_000, dtype=np.int16))
    speech = np.concatenate(chunks)
    return analysis(speech + hiss(len(speech) / SESSION_RATE + 1, level=5)[: len(speech)])


def plain(text: str) -> str:
    """For comparison: lower case, without punctuation."""
    return "".join(character for character in text.lower() if character.isalnum() or character == " ")


def error_rate(transcript: str, heard: Heard) -> float:
    return float(jiwer.wer(plain(transcript), plain(heard.text)))


@pytest.mark.parametrize("clip", ["dev01_jfk", "dev03_librivox_0870", "dev07_libri_2412"])
def test_read_speech_is_transcribed(recogniser, clips, clip):
    samples, transcript = recorded(clips, clip)
    assert error_rate(transcript, hear(recogniser, samples)[0]) < 0.15


def test_what_was_stable_stays(recogniser, clips):
    samples, _ = recorded(clips, "dev03_librivox_0870")
    heard, stable = hear(recogniser, samples)
    assert stable
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(stable))
    assert heard.text.startswith(stable[-1])


def test_a_long_utterance_loses_nothing_where_it_is_cut(recogniser, clips):
    parts = [recorded(clips, clip) for clip in ("dev03_librivox_0870", "dev01_jfk", "dev07_libri_2412")]
    heard, stable = hear(recogniser, np.concatenate([samples for samples, _ in parts]))
    assert error_rate(" ".join(transcript for _, transcript in parts), heard) < 0.15
    assert heard.text.startswith(stable[-1])


def test_an_utterance_is_heard_alike_whatever_came_before(recogniser, clips):
    samples, _ = recorded(clips, "dev04_librivox_0920")
    first, _ = hear(recogniser, samples, for_guide=True)
    hear(recogniser, recorded(clips, "dev01_jfk")[0])
    assert hear(recogniser, samples, for_guide=True)[0].text == first.text


def test_tokens_are_the_text_and_have_log_probabilities(recogniser, clips):
    samples, _ = recorded(clips, "dev03_librivox_0870")
    heard, _ = hear(recogniser, samples)
    assert "".join(token.text for token in heard.tokens) == heard.text
    assert heard.text[0] != " "
    assert all(token.logprob <= 0 for token in heard.tokens)


REQUESTS = {
    "what time is it": "echo",
    "what day is it today": "nova",
    "what are my settings": "alloy",
    "what can you do": "shimmer",
    "please count to five": "nova",
    "please count to twenty": "sage",
    "how much is seven times eight": "ash",
    "twelve times seven": "alloy",
    "spell hello": "nova",
    "tell me a long story": "coral",
    "repeat after me hello world": "echo",
    "who are you": "nova",
}


@pytest.fixture(scope="module")
def requests(recogniser) -> dict[str, Heard]:
    return {text: hear(recogniser, spoken(text, name), for_guide=True)[0] for text, name in REQUESTS.items()}


def test_requests_are_understood(requests):
    assert sum(heard.guide_text is not None for heard in requests.values()) >= len(REQUESTS) - 2


def test_requests_are_heard_right(requests):
    numbers = {"7": "seven", "8": "eight", "12": "twelve", "5": "five", "20": "twenty"}
    heard = [" ".join(numbers.get(word, word) for word in plain(heard.text).split()) for heard in requests.values()]
    assert jiwer.wer(list(REQUESTS), heard) < 0.2


def test_what_the_guide_is_told_is_what_is_shown(requests):
    assert all(heard.guide_text in (heard.text, None) for heard in requests.values())


def test_other_speech_is_not_the_guides(recogniser, clips):
    samples, _ = recorded(clips, "dev04_librivox_0920")
    assert hear(recogniser, samples[: 6 * ANALYSIS_RATE], for_guide=True)[0].guide_text is None


SOUNDS = {
    "nothing": np.zeros(0, dtype=np.int16),
    "one sample": np.zeros(1, dtype=np.int16),
    "digital silence": np.zeros(ANALYSIS_RATE, dtype=np.int16),
    "full scale": np.full(ANALYSIS_RATE, 32767, dtype=np.int16),
    "hiss": hiss(3.0, ANALYSIS_RATE),
    "twenty seconds of silence": np.zeros(20 * ANALYSIS_RATE, dtype=np.int16),
}


@pytest.mark.parametrize("samples", SOUNDS.values(), ids=SOUNDS)
def test_no_words_are_invented_where_nobody_speaks(recogniser, samples):
    assert hear(recogniser, samples, for_guide=True)[0].text == ""


NOISES = [
    "dev_noise1_hens",
    "dev_noise2_sheep",
    "dev_noise3_acoustic_guitar_0",
    "dev_noise4_env",
    "dev_noise5_taps_rubs",
]


@pytest.mark.parametrize("clip", NOISES)
def test_no_words_are_invented_in_noise(recogniser, clips, clip):
    assert hear(recogniser, recorded(clips, clip)[0])[0].text == ""


def test_short_words_are_no_noise(recogniser):
    assert "yes" in hear(recogniser, spoken("Yes.", "nova"))[0].text.lower()


def test_an_utterance_that_never_ended_does_not_spoil_the_next(recogniser):
    recogniser.begin(for_guide=False)
    recogniser.hear(spoken("One two three four five six seven.", "alloy"))
    assert "day" in hear(recogniser, spoken("What day is it today?", "echo"), for_guide=True)[0].text


def test_nobody_waits_for_a_cancelled_transcript(recogniser):
    recogniser.begin(for_guide=True)
    recogniser.hear(spoken("What day is it today?", "echo"))
    with pytest.raises(Stopped):
        recogniser.end(lambda: True)


def test_an_utterance_that_has_ended_is_not_decoded_without_its_end(recogniser):
    samples = spoken("One two three four five six seven.", "alloy")
    recogniser.begin(for_guide=False)
    assert [recogniser.hear(part, lambda: True) for part in np.array_split(samples, 5)] == [None] * 5
    assert "three" in recogniser.end().text.lower()


def test_without_its_model_every_transcription_fails_with_the_reason():
    answers: list[Answer] = []
    jobs = [Transcribe("a", None, None, None, True), TranscribeAudio("a", SOUNDS["hiss"]), TranscribeEnd("a")]
    module.refuse(iter(jobs), "The model is missing.", answers.append)
    assert answers == [Ready(), JobFailed("a", "recogniser_missing", "The model is missing.")]


def test_cancelled_utterances_are_passed_over():
    answers: list[Answer] = []
    jobs = [Transcribe("a", None, None, None, True), TranscribeAudio("a", SOUNDS["hiss"]), TranscribeEnd("a")]
    module.serve(iter(jobs), lambda _job: True, lambda _job: True, answers.append)
    assert answers == [Ready()]
