"""The API's voices as manners of espeak-ng: told apart, but resembling nothing of the voices they are named for."""

from __future__ import annotations

from realtime_engine.speech.espeak import MIN_WORDS_PER_MINUTE, Manner

VOICES: dict[str, Manner] = {
    "alloy": Manner("en-us", 170, 50, 50, 90),
    "ash": Manner("en-us+m3", 165, 30, 45, 90),
    "ballad": Manner("en+m7", 155, 52, 55, 75),
    "coral": Manner("en-us+f3", 175, 55, 55, 85),
    "echo": Manner("en-us+m1", 170, 42, 50, 95),
    "fable": Manner("en-gb-scotland+m6", 165, 58, 55, 70),
    "onyx": Manner("en-us+m5", 155, 28, 40, 90),
    "nova": Manner("en-us+f2", 178, 58, 60, 80),
    "sage": Manner("en-us+f4", 165, 48, 50, 80),
    "shimmer": Manner("en+f5", 172, 60, 60, 90),
    "verse": Manner("en-us+m4", 175, 52, 60, 90),
    "marin": Manner("en-us+f1", 170, 52, 55, 80),
    "cedar": Manner("en-us+m2", 162, 36, 45, 95),
}

WORD_GAP_MS = 39
"""What one unit of word gap lasts at espeak-ng's slowest rate (measured; the documented 10 ms are at normal pace)."""


def manner(voice: str, speed: float) -> Manner:
    """How to speak as this voice at 0.25 to 1.5 times its pace. Raises KeyError for an unknown voice.

    espeak-ng speaks no slower than 80 words a minute: below that, the rest of the slowness goes between the words.
    """
    normal = VOICES[voice]
    pace = normal.words_per_minute * speed
    gap_ms = max(0.0, 60_000 / pace - 60_000 / MIN_WORDS_PER_MINUTE)
    return Manner(
        normal.voice, round(pace), normal.pitch, normal.pitch_range, normal.volume, round(gap_ms / WORD_GAP_MS)
    )
