"""The API's voices as settings of espeak-ng. They are told apart; they resemble nothing of the voices they are named for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """``name`` is espeak-ng's language and variant; ``rate`` words per minute; ``pitch`` 0..99; ``gain`` evens out
    loudness."""

    name: str
    rate: int
    pitch: int
    gain: float = 1.0


VOICES: dict[str, VoiceSettings] = {
    "alloy": VoiceSettings("en-us", 170, 50),
    "ash": VoiceSettings("en-us+m3", 165, 30),
    "ballad": VoiceSettings("en+m7", 155, 52, gain=0.85),
    "coral": VoiceSettings("en-us+f3", 175, 55),
    "echo": VoiceSettings("en-us+m1", 170, 42),
    "fable": VoiceSettings("en-gb-scotland+m6", 165, 58, gain=0.8),
    "onyx": VoiceSettings("en-us+m5", 155, 28),
    "nova": VoiceSettings("en-us+f2", 178, 58),
    "sage": VoiceSettings("en-us+f4", 165, 48),
    "shimmer": VoiceSettings("en+f5", 172, 60),
    "verse": VoiceSettings("en-us+m4", 175, 52),
    "marin": VoiceSettings("en-us+f1", 170, 52),
    "cedar": VoiceSettings("en-us+m2", 162, 36),
}
