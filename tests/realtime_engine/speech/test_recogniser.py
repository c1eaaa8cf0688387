"""The recogniser, on real recordings and on the engine's own voice."""

from __future__ import annotations

import itertools
import json
import wave
from pathlib import Path

import jiwer
import numpy as np
import pytest

from realtime_engine.core.ports import (
    ANALYSIS_RATE,
    SESSION_RATE,
    Samples,
    Speak,
    SpeechChunk,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
)
from realtime_engine.speech import voice
from realtime_engine.speech.decoding import Decoded, Word
from realtime_engine.speech.espeak import espeak
from realtime_engine.speech.messages import Answer
from realtime_engine.speech.recogniser import STEADY_STEPS, Heard, Recogniser, StablePrefix, credible, keep, serve
from realtime_engine.speech.resample import Resampler


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def hear(recogniser: Recogniser, samples: Samples, *, for_guide: bool = False) -> tuple[Heard, list[str]]:
    """What is heard in samples at SESSION_RATE, fed as a session would, and the stable prefixes on the way."""
    analysis = Resampler(SESSION_RATE, ANALYSIS_RATE).process(samples)
    recogniser.begin(for_guide=for_guide)
    stable = []
    for start in range(0, len(analysis), 512):
        recogniser.hear(analysis[start : start + 512])
        while recogniser.behind:
            stable.append(recogniser.catch_up())
    return recogniser.end(), [text for text in stable if text]


def recorded(clips: Path, name: str) -> tuple[Samples, str]:
    labels = json.loads((clips / "manifest.json").read_text())["clips"]
    transcript = next(clip["transcript"] for clip in labels if clip["id"] == name)
    with wave.open(str(clips / f"{name}.wav")) as clip:
        return np.frombuffer(clip.readframes(clip.getnframes()), dtype="<i2"), transcript


def spoken(text: str, name: str) -> Samples:
    chunks: list[Samples] = [np.zeros(7200, dtype=np.int16)]
    with espeak() as synthesiser:
        collect = lambda answer: chunks.append(answer.audio) if isinstance(answer, SpeechChunk) else None  # noqa: E731
        voice.speak(synthesiser, Speak("j", text, name, 1.0), lambda _job: False, collect)
    noise = np.random.default_rng(1).normal(0, 5, sum(map(len, chunks)) + 12_000)
    noise[:-12_000] += np.concatenate(chunks)
    return noise.astype(np.int16)


def test_read_speech_is_transcribed(recogniser, clips):
    samples, transcript = recorded(clips, "dev03_librivox_0870")
    heard, _ = hear(recogniser, samples)
    assert jiwer.wer(transcript, heard.text) < 0.4


def test_what_was_stable_stays(recogniser, clips):
    samples, _ = recorded(clips, "dev03_librivox_0870")
    heard, stable = hear(recogniser, samples)
    assert stable
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(stable))
    assert heard.text.startswith(stable[-1])


def test_what_both_decoders_hear_is_stable_for_the_guide(recogniser):
    question = spoken("What are your settings, and which voice are you using today?", "echo")
    heard, stable = hear(recogniser, question, for_guide=True)
    assert stable
    assert heard.text.startswith(stable[-1])


def test_an_utterance_is_heard_alike_whatever_came_before(recogniser, clips):
    samples, _ = recorded(clips, "dev04_librivox_0920")
    first, _ = hear(recogniser, samples)
    hear(recogniser, recorded(clips, "dev01_jfk")[0])
    assert hear(recogniser, samples)[0] == first


def test_words_have_times_and_log_probabilities(recogniser, clips):
    samples, _ = recorded(clips, "dev03_librivox_0870")
    words = hear(recogniser, samples)[0].words
    assert [word.start_ms for word in words] == sorted(word.start_ms for word in words)
    assert all(0 <= word.start_ms < word.end_ms <= 10_000 for word in words)
    assert all(word.logprob <= 0 for word in words)


def test_digits_are_the_guides_to_hear(recogniser, clips):
    samples, transcript = recorded(clips, "dev02_vosk_digits")
    heard, _ = hear(recogniser, samples, for_guide=True)
    assert jiwer.wer(transcript, heard.guide_text or "") < 0.1
    assert jiwer.wer(transcript, heard.text) < 0.2  # of what was shown early, a word may be wrong


REQUESTS = [
    *("what time is it", "what day is it today", "what are my settings", "what can you do", "count to ten"),
    *("tell me a story", "how much is seven times eight", "spell hello", "who are you", "what is the weather"),
    *("please count to twenty", "repeat after me hello world"),
]


def test_most_requests_to_the_guide_are_understood(recogniser):
    said = list(zip(REQUESTS, itertools.cycle(("nova", "echo")), strict=False))
    heard = [hear(recogniser, spoken(*one), for_guide=True)[0] for one in said]
    assert jiwer.wer([request for request, _ in said], [one.text for one in heard]) < 0.2
    assert sum(one.guide_text is not None for one in heard) > 0.8 * len(said)


def test_other_speech_is_not_the_guides(recogniser, clips):
    samples, _ = recorded(clips, "dev04_librivox_0920")
    assert hear(recogniser, samples, for_guide=True)[0].guide_text is None


@pytest.mark.parametrize("busy", [False, True])
def test_words_are_stable_early_only_where_nothing_else_waits(busy):
    question = spoken("What are your settings, and which voice are you using today?", "echo")
    audio = Resampler(SESSION_RATE, ANALYSIS_RATE).process(question)
    requests = [Transcribe("j", None, None, None, for_guide=True), TranscribeAudio("j", audio), TranscribeEnd("j")]
    answers: list[Answer] = []
    serve(requests, lambda _job: False, lambda: busy, answers.append)
    assert any(isinstance(answer, TranscriptStable) for answer in answers) is not busy
    assert isinstance(answers[-1], TranscriptDone)


SOUNDS = {
    "nothing": np.zeros(0, dtype=np.int16),
    "one sample": np.zeros(1, dtype=np.int16),
    "digital silence": np.zeros(SESSION_RATE, dtype=np.int16),
    "full scale": np.full(SESSION_RATE, 32767, dtype=np.int16),
}


@pytest.mark.parametrize("samples", SOUNDS.values(), ids=SOUNDS)
def test_any_sound_can_be_heard(recogniser, samples):
    assert hear(recogniser, samples, for_guide=True)[0].guide_text is None


def test_an_utterance_that_never_ended_does_not_spoil_the_next(recogniser):
    recogniser.begin(for_guide=True)
    recogniser.hear(np.zeros(3 * ANALYSIS_RATE, dtype=np.int16))
    assert "day" in hear(recogniser, spoken("What day is it today?", "echo"), for_guide=True)[0].text


def said(text: str, logprob: float = -0.2) -> tuple[Word, ...]:
    """Words of 100 ms each."""
    return tuple(Word(word, 100 * at, 100 * at + 100, logprob) for at, word in enumerate(text.split()))


DECISIONS = {
    "sure, and of whole phrases": (Decoded(said("what time is it"), 0.0), True),
    "of whole phrases, but hardly believed": (Decoded(said("what time is it", -3.0), 0.0), False),
    "believed, but patched together": (Decoded(said("what time is it", -1.5), 1.0), False),
    "of no sense to the guide, but sure": (Decoded(said("what brown fox", -1.0), 0.0), True),
    "of no sense to the guide, and less sure": (Decoded(said("what brown fox", -1.7), 0.0), False),
    "empty": (Decoded(), False),
}


@pytest.mark.parametrize(("for_guide", "wins"), DECISIONS.values(), ids=DECISIONS)
def test_the_guides_words_win_by_their_score(for_guide, wins):
    assert credible(for_guide) is wins


def test_a_busy_machine_hears_the_same(recogniser, clips):
    samples, _ = recorded(clips, "dev03_librivox_0870")
    recogniser.begin(for_guide=False)
    recogniser.hear(Resampler(SESSION_RATE, ANALYSIS_RATE).process(samples))
    assert recogniser.end() == hear(recogniser, samples)[0]


def test_what_was_cancelled_is_heard_no_further(recogniser):
    recogniser.begin(for_guide=False)
    recogniser.hear(Resampler(SESSION_RATE, ANALYSIS_RATE).process(spoken("What time is it?", "echo")))
    recogniser.end(lambda: True)
    assert recogniser.behind


def test_a_request_to_the_guide_needs_no_general_decoder(recogniser):
    samples = Resampler(SESSION_RATE, ANALYSIS_RATE).process(spoken("What time is it?", "echo"))
    recogniser.begin(for_guide=True)
    recogniser.hear(samples)
    assert recogniser.end().text == "what time is it"
    assert recogniser.behind


def stable_after(*hypotheses: str) -> str:
    prefix = StablePrefix()
    for hypothesis in hypotheses:
        prefix.add(said(hypothesis))
    return prefix.text


STEADY = {
    "unchanged long enough": (["one two"] * STEADY_STEPS, "one two"),
    "one step too few": (["one two"] * (STEADY_STEPS - 1), ""),
    "its beginning": ([f"one {word}" for word in "abcdefgh"], "one"),
    "an interruption starts anew": (["one"] * (STEADY_STEPS - 1) + ["two"] + ["one"], ""),
    "what is stable stays": (["one"] * STEADY_STEPS + ["two"] * STEADY_STEPS, "one"),
    "more of the same": (["one"] * STEADY_STEPS + ["one two"] * STEADY_STEPS, "one two"),
}


@pytest.mark.parametrize(("hypotheses", "stable"), STEADY.values(), ids=STEADY)
def test_words_are_stable_after_a_while(hypotheses, stable):
    assert stable_after(*hypotheses) == stable


def test_the_final_words_go_on_behind_what_was_stable():
    kept = keep(said("go for word"), said("go forward ten meters", -0.5))
    assert [word.text for word in kept] == ["go", "for", "word", "meters"]
    assert kept[0].logprob == -0.5
    assert kept[1].logprob == pytest.approx(np.log(1 - np.exp(-0.5)))
