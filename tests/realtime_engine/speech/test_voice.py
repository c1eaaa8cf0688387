"""The voice, on the real synthesiser."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.voices import APART, SENTENCES, character, distance
from realtime_api.catalog import BETA_VOICES
from realtime_engine.core.ports import SESSION_RATE, Samples, Speak, SpeechChunk, SpeechDone, SpeechMark
from realtime_engine.speech import voice
from realtime_engine.speech.espeak import (
    MAX_PATH,
    MIN_WORDS_PER_MINUTE,
    Espeak,
    EspeakError,
    Manner,
    espeak,
    short_path,
)
from realtime_engine.speech.messages import Answer
from realtime_engine.speech.voices import VOICES, manner

TEXT = "Please count to five, then tell me what time it is."


@pytest.fixture
def synthesiser() -> Iterator[Espeak]:
    with espeak() as running:
        yield running


def say(synthesiser: Espeak, text: str = TEXT, name: str = "alloy", speed: float = 1.0) -> list[Answer]:
    answers: list[Answer] = []
    voice.speak(synthesiser, Speak("j", text, name, speed), lambda _job: False, answers.append)
    return answers


def audio(answers: list[Answer]) -> Samples:
    return np.concatenate([answer.audio for answer in answers if isinstance(answer, SpeechChunk)])


def marks(answers: list[Answer]) -> list[SpeechMark]:
    return [mark for answer in answers if isinstance(answer, SpeechChunk) for mark in answer.marks]


def test_it_speaks_and_says_when_it_is_done(synthesiser):
    answers = say(synthesiser)
    assert isinstance(answers[-1], SpeechDone)
    assert 2.5 < len(audio(answers)) / SESSION_RATE < 5


def test_each_synthesiser_says_the_same_texts_with_the_same_samples():
    said = []
    for _ in range(2):
        with espeak() as synthesiser:
            said.append([audio(say(synthesiser, text, name)) for name in VOICES for text in SENTENCES[:2]])
    assert all(map(np.array_equal, *said))


def test_every_word_has_its_place_in_text_and_audio(synthesiser):
    answers = say(synthesiser)
    found = marks(answers)
    assert [TEXT[mark.start : mark.end] for mark in found] == TEXT.split()
    assert [mark.sample for mark in found] == sorted(mark.sample for mark in found)
    assert found[-1].sample < len(audio(answers))


def test_a_chunk_carries_the_marks_of_the_words_that_begin_in_it(synthesiser):
    start = 0
    for answer in say(synthesiser):
        if isinstance(answer, SpeechChunk):
            end = start + len(answer.audio)
            assert all(start <= mark.sample < end for mark in answer.marks)
            start = end


def test_all_voices_of_the_api_speak_at_a_similar_loudness_without_clipping(synthesiser):
    assert set(VOICES) == set(BETA_VOICES)
    for name in VOICES:
        samples = audio(say(synthesiser, name=name)).astype(float)
        loud = samples[np.abs(samples) > 300]
        level = 20 * np.log10(np.sqrt((loud**2).mean()) / 32768)
        assert -23 < level < -15, name
        assert np.abs(samples).max() < 32767, name


def test_no_two_voices_are_near_each_other(synthesiser):
    characters = {name: character(audio(say(synthesiser, SENTENCES[0], name=name))) for name in VOICES}
    for one, other in itertools.combinations(VOICES, 2):
        assert distance(characters[one], characters[other]) > APART, (one, other)


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.5])
def test_speed_changes_the_pace(synthesiser, speed):
    ratio = len(audio(say(synthesiser))) / len(audio(say(synthesiser, speed=speed)))
    assert ratio == pytest.approx(speed, rel=0.2)


def test_below_the_slowest_rate_the_gaps_grow():
    slow = manner("alloy", 0.25)
    assert slow.words_per_minute < MIN_WORDS_PER_MINUTE
    assert slow.word_gap > 0
    assert manner("alloy", 1.0).word_gap == 0


def test_speech_starts_and_ends_without_a_click(synthesiser):
    samples = audio(say(synthesiser)).astype(int)
    assert np.abs(samples[:3]).max() < 100
    assert np.abs(samples[-3:]).max() < 100


def test_there_is_no_jump_where_chunks_meet(synthesiser):
    chunks = [answer.audio for answer in say(synthesiser) if isinstance(answer, SpeechChunk)]
    steps = np.abs(np.diff(np.concatenate(chunks).astype(int)))
    seams = np.cumsum([len(chunk) for chunk in chunks])[:-1] - 1
    assert len(seams) > 3
    assert steps[seams].max() < np.percentile(steps, 99.5)


def test_a_cancelled_text_stops_at_the_next_chunk(synthesiser):
    answers: list[Answer] = []
    voice.speak(synthesiser, Speak("j", TEXT, "alloy", 1.0), lambda _job: len(answers) >= 2, answers.append)
    assert len(answers) == 2
    assert isinstance(say(synthesiser)[-1], SpeechDone)


@pytest.mark.parametrize("text", ["", " ", "\0", "...", "😀", "a" * 5000, "<b>tags</b> & [[codes]]"])
def test_any_text_can_be_spoken(synthesiser, text):
    assert isinstance(say(synthesiser, text, speed=1.5)[-1], SpeechDone)


def test_a_long_path_is_made_short(tmp_path):
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    (folder / "en_dict").touch()
    with short_path(folder) as short:
        assert len(os.fsencode(short)) < MAX_PATH
        assert (short / "en_dict").is_file()


def test_an_unknown_variant_is_an_error(synthesiser):
    with pytest.raises(EspeakError, match="variant"):
        synthesiser.speak("hello", Manner("en-us+nobody", 170, 50, 50, 90), lambda *_: True)
