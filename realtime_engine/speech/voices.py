"""The API's voices as manners of espeak-ng: told apart, but resembling nothing of the voices they are named for."""

from __future__ import annotations

from realtime_engine.speech.espeak import MIN_WORDS_PER_MINUTE, Manner

VOICES: dict[str, Manner] = {
    "alloy": Manner("en-us", 172, 73, 50, 90),
    "ash": Manner("en-us+m3", 165, 56, 45, 85),
    "ballad": Manner("en-us+m7", 155, 44, 60, 75),
    "coral": Manner("en-us+f5", 175, 50, 55, 80),
    "echo": Manner("en-us+m1", 170, 42, 50, 95),
    "fable": Manner("en-gb-scotland+m6", 165, 80, 60, 70),
    "onyx": Manner("en-us+m5", 155, 16, 40, 95),
    "nova": Manner("en-us+f2", 182, 66, 60, 75),
    "sage": Manner("en-us+f2", 165, 34, 45, 80),
    "shimmer": Manner("en+f5", 172, 68, 65, 85),
    "verse": Manner("en-us+m4", 178, 60, 60, 90),
    "marin": Manner("en-us+f1", 170, 58, 55, 80),
    "cedar": Manner("en-us+m2", 160, 46, 45, 95),
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
