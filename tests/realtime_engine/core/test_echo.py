"""The model's own voice in the microphone begins no turn; a person speaking over it does, as soon as ever.

The room is quiet. Hiss near the level of the echo covers it, and begins turns now and then: see docs/figures.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.clips import RATE, Clip, Samples, load
from benchmarks.echo import LEAD, Floats, leak, microphone, spoken, starts
from benchmarks.voices import say
from realtime_engine.core import echo
from realtime_engine.speech.espeak import espeak
from realtime_engine.speech.ports import LocalSpeechPorts

TEXT = (
    "Every evening the keeper climbed ninety steps to light the lamp. One night a great storm came, and no ship saw it."
)
VOICES = ("alloy", "cedar", "coral")
SOON = 1.5  # seconds of a person's speech within which the turn must have begun
CLEAR = ("dev03_librivox_0870", "dev04_librivox_0920", "dev06_mid_turn_pauses")


@pytest.fixture(scope="module")
def ports() -> LocalSpeechPorts:
    return LocalSpeechPorts.load()


@pytest.fixture(scope="module")
def voices() -> list[Samples]:
    with espeak() as synthesiser:
        return [say(synthesiser, name, TEXT)[0] for name in VOICES]


def over(voice: Samples, clip: Clip, since: float) -> tuple[Samples, float, Floats]:
    """The voice until shortly after somebody speaks over it; that person's onset, and the speech."""
    voice = voice[: round((since + LEAD + SOON) * RATE)]
    return voice, *spoken(clip, since, len(voice))


@pytest.fixture(scope="module")
def people(clips: Path) -> list[Clip]:
    return [clip for clip in load(clips) if clip.id in CLEAR]


def latencies_ms(
    ports: LocalSpeechPorts, voices: Sequence[Samples], people: Sequence[Clip], level_db: float, since: float
) -> list[float]:
    """Arrival of the first speech_started after the true onset, for everybody over every voice."""
    found = []
    for (voice, clip), delay_ms in zip(itertools.product(voices, people), itertools.cycle((50, 170, 300))):
        playing, onset, speech = over(voice, clip, since)
        begun = starts(ports, playing, microphone(leak(playing, delay_ms, level_db, room_ms=40), speech))
        found.append(1000 * (begun[0].arrived - onset))
    return found


@pytest.mark.parametrize("level_db", [-20, -12])
@pytest.mark.parametrize("delay_ms", [50, 120, 200, 300])
def test_the_models_own_voice_begins_no_turn(ports, voices, delay_ms, level_db):
    for voice in voices:
        assert starts(ports, voice, microphone(leak(voice, delay_ms, level_db))) == []


def test_where_it_is_not_known_what_was_played_it_does(ports, voices):
    """What tells that the tests above are about something: on a WebSocket the same sound begins turns."""
    for voice in voices:
        assert starts(ports, voice, microphone(leak(voice, 120, -20)), media="events")


def test_the_reverberation_of_a_small_room_begins_no_turn(ports, voices):
    for voice in voices:
        assert starts(ports, voice, microphone(leak(voice, 120, -20, room_ms=80))) == []


def test_a_delay_that_drifts_begins_no_turn(ports, voices):
    for voice in voices:
        later = np.arange(len(voice)) * (1 - 200e-6)  # a sound card that is slow by 200 ppm
        drifting = np.interp(later, np.arange(len(voice)), voice).astype(np.int16)
        assert starts(ports, voice, microphone(leak(drifting, 120, -20))) == []


@pytest.mark.parametrize("below_db", [10, 5, 0])
def test_hiss_along_with_the_echo_begins_no_turn(ports, voices, below_db):
    for voice in voices:
        back = leak(voice, 120, -20, room_ms=40)
        level = np.sqrt(np.square(back).mean()) * 10 ** (-below_db / 20)
        assert starts(ports, voice, microphone(back, noise=level)) == []


@pytest.mark.parametrize("level_db", [-90, -20, -12])
@pytest.mark.parametrize("since", [0.3, 2.0])
def test_a_person_over_the_echo_begins_a_turn_at_once(ports, voices, people, level_db, since):
    found = latencies_ms(ports, voices, people, level_db, since)
    assert min(found) > 0
    assert np.percentile(found, 50) <= 250
    assert np.percentile(found, 95) <= 400


def test_the_turn_begins_where_the_person_does(ports, voices, people):
    for voice, clip in itertools.product(voices, people):
        playing, onset, speech = over(voice, clip, 2.0)
        begun = starts(ports, playing, microphone(leak(playing, 170, -12), speech))
        assert begun[0].onset == pytest.approx(onset, abs=0.15)


def test_when_the_playing_is_over_a_person_is_heard_as_ever(ports, voices, people):
    voice, silence = voices[0][: 2 * RATE], np.zeros(4 * RATE)
    onset, speech = spoken(people[0], 4.0, 2 * RATE + len(silence))
    begun = starts(ports, voice, microphone(speech))
    assert begun == starts(ports, voice, microphone(speech), media="events")
    assert begun[0].arrived - onset < 0.25


def test_the_room_is_found_from_what_was_played_and_heard():
    played = np.random.default_rng(1).standard_normal(echo.WINDOW + echo.LONGEST_DELAY) * 1000
    heard = 0.2 * np.roll(played, 700) - 0.1 * np.roll(played, 730)
    delay, taps = echo.room(heard[-echo.WINDOW :], played)
    strongest = np.argsort(np.abs(taps))[-2:]
    assert sorted(delay + strongest) == [700, 730]
    assert taps[strongest] == pytest.approx([-0.1, 0.2], rel=0.02)


def test_an_interrupted_microphone_is_matched_with_what_is_played_now(voices):
    """Frames that come late by chance keep their place; after a gap the clock begins anew."""
    asked: list[float] = []

    def played(start: float, end: float) -> Samples:
        asked.append(round(end, 3))
        return np.zeros(round((end - start) * RATE), np.int16)

    ear = echo.Echo(played, LocalSpeechPorts.load().voice_activity_detector())
    for now in (1.0, 1.02, 1.1, 1.06, 3.0, 3.02):
        ear.hear(np.zeros(RATE // 50, np.int16), now)
    assert asked == [1.0, 1.02, 1.04, 1.06, 3.0, 3.02]
