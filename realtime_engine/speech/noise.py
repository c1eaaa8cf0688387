"""The front end: noise reduction ahead of turn detection, and the two rates the engine listens at.

near_field is for a microphone close to the mouth, with moderate suppression; far_field is for one across the room,
with mild suppression, because a distant voice itself suffers from more. Both then level the voice automatically, which
is most of what makes a distant speaker heard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from realtime_engine.core.ports import ANALYSIS_RATE, SESSION_RATE, FrontEnd, Processed, Samples

from .resample import Resampler, to_int16
from .spectral_gate import SpectralGate

try:
    from webrtc_noise_gain import AudioProcessor
except ImportError:  # there are wheels for Linux only
    AudioProcessor = None

BACKEND = "numpy" if AudioProcessor is None else "webrtc"
"""What reduces noise in this process: WebRTC's own audio processing, or the simpler spectral gate in numpy."""

FRAME = 160
"""Samples per step of noise reduction (10 ms at ANALYSIS_RATE)."""

DELAY = 96
"""Samples by which a suppressor's output lags its input (6 ms), the same for both backends."""

# Of full strength. Cleaned altogether, music at the microphone loses what tells it from a voice: strummed strings began
# turns. With a fifth of the input left none did, and speech was found as well as before.
_WET = 0.8

Suppress = Callable[[Samples], Samples]
"""One frame (FRAME samples at ANALYSIS_RATE) in, one frame out, DELAY samples late; keeps its own state."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How strongly one kind of noise reduction acts, for either backend."""

    suppression: int  # WebRTC level: 1 low, 2 moderate, 3 high, 4 very high
    floor_db: float  # what the spectral gate leaves of pure noise
    max_gain_db: float  # of the spectral gate's automatic gain


PROFILES = {
    "near_field": Profile(suppression=2, floor_db=-15, max_gain_db=6),
    "far_field": Profile(suppression=1, floor_db=-9, max_gain_db=15),
}


def front_end(noise_reduction: str | None, strength: float) -> FrontEnd:
    """A front end of one input stream; see SpeechPorts.front_end. KeyError for an unknown ``noise_reduction``."""
    if noise_reduction is None:
        return PlainFrontEnd()
    return NoiseReduction(suppressor(PROFILES[noise_reduction]), strength)


def suppressor(profile: Profile) -> Suppress:
    """A fresh suppressor of this process's BACKEND."""
    if AudioProcessor is None:
        return SpectralGate(profile.floor_db, profile.max_gain_db).process
    # The gain's target level has no effect in this library; any value above 0 switches automatic gain on.
    processor = AudioProcessor(3, profile.suppression)
    return lambda frame: np.frombuffer(processor.Process10ms(frame.tobytes()).audio, np.int16)


class PlainFrontEnd:
    """No noise reduction: the session's audio is the input itself, the analysis audio trails it by 1.5 ms."""

    def __init__(self) -> None:
        self._to_analysis = Resampler(SESSION_RATE, ANALYSIS_RATE)

    def process(self, samples: Samples) -> Processed:
        return Processed(samples, self._to_analysis.process(samples))


class NoiseReduction:
    """Noise reduction at ANALYSIS_RATE, mixed with the untouched input at both rates.

    Trails its input by 9 to 19 ms: two resampling filters, one frame and the suppressor's delay.
    """

    def __init__(self, suppress: Suppress, strength: float) -> None:
        self._suppress = suppress
        self._wet = _WET * strength
        self._to_analysis = Resampler(SESSION_RATE, ANALYSIS_RATE)
        self._to_session = Resampler(ANALYSIS_RATE, SESSION_RATE)
        self._unframed = _Queue()
        self._late = DELAY
        self._dry_audio, self._dry_analysis = _Queue(), _Queue()

    def process(self, samples: Samples) -> Processed:
        analysis = self._to_analysis.process(samples)
        self._dry_audio.put(samples)
        self._dry_analysis.put(analysis)
        wet_analysis = self._reduce(analysis)
        wet_audio = self._to_session.process(wet_analysis)
        return Processed(self._mix(self._dry_audio, wet_audio), self._mix(self._dry_analysis, wet_analysis))

    def _reduce(self, analysis: Samples) -> Samples:
        """Suppress noise in whole frames, and drop the delay at the start so that output k is input k."""
        self._unframed.put(analysis)
        frames = self._unframed.take(len(self._unframed) // FRAME * FRAME).reshape(-1, FRAME)
        reduced = np.concatenate([np.empty(0, np.int16), *map(self._suppress, frames)])
        dropped = min(self._late, len(reduced))
        self._late -= dropped
        return reduced[dropped:]

    def _mix(self, dry: _Queue, wet: Samples) -> Samples:
        return to_int16((1 - self._wet) * dry.take(len(wet)) + self._wet * wet)


class _Queue:
    """Samples that wait for their counterpart."""

    def __init__(self) -> None:
        self._samples: Samples = np.empty(0, np.int16)

    def __len__(self) -> int:
        return len(self._samples)

    def put(self, samples: Samples) -> None:
        self._samples = np.concatenate((self._samples, samples))

    def take(self, count: int) -> Samples:
        taken, self._samples = self._samples[:count], self._samples[count:]
        return taken
