"""The model's own voice, heard back by the microphone: is there anybody else in what the microphone hears?

On a track the engine knows what it played and when. Loudspeaker, room and microphone are a linear filter with an
unknown delay; the filter that best turns what was played into the last half second of the microphone is found anew for
each doubtful frame (least squares at the delay of the best correlation), for a filter learnt over time would know
nothing when the first word comes back. What it leaves over is the near end. Somebody speaks there when that is much of
what was just heard, not merely the end of a reverberation, and sounds like speech, not like the noise of the room.

All this happens below 2 kHz, where most of a voice is: it is cheap, and deaf to small errors of the delay.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from realtime_engine.core.ports import ANALYSIS_RATE, SESSION_RATE, VAD_FRAME, Samples, VoiceActivityDetector

RATE = 4_000
PER_MS = RATE // 1000
FRAME = VAD_FRAME * RATE // ANALYSIS_RATE
WINDOW = 16 * FRAME  # half a second, in which delay and filter are taken to be constant
LONGEST_DELAY = 2_000  # half a second; with the window just below a power of two, as Fourier transforms like it
TAPS = 64  # 16 ms of the room
LEAD = 8  # taps before the best delay: the strongest path need not be the first
RIDGE = 3e-3  # of the played energy: keeps the filter small where speech leaves it undetermined
KEPT = WINDOW + LONGEST_DELAY + RATE // 2  # frames are looked at some time after they arrived

RECENT_FRAMES = 2
LEAST_SHARE = 0.5
"""Of the energy heard just now, what the near end must have."""

LEAST_LEVEL = 0.25
"""Of the mean energy heard in the window, what the near end must have now: a fading reverberation has less."""

NOISE_SHARE, ABOVE_NOISE = 0.25, 3.0
"""How much louder the near end must be than in the quietest quarter of the window: hiss goes on as it was."""

LEAST_PROBABILITY = 0.3
"""That the near end is speech. Low, for without its upper bands, and with rests of an echo, speech is doubtful."""

LEAST_ECHO = 0.2
"""Of the energy heard in the window; with less, what sounds like speech is none of the model's. A filter that fits by
chance explains up to 0.17.
"""

INAUDIBLE = 0.1  # mean square below which there is no voice to look for, in squared sample steps

LATEST_ARRIVAL = 0.25
"""Seconds by which audio may arrive late; what is later has been interrupted, and its clock begins anew."""

CREEP = 1e-4
"""How fast a client's clock may be slow against ours."""

Floats = npt.NDArray[np.float64]


class Echo:
    """Follows one client's microphone beside what the track played.

    ``played(start, end)`` gives what was played between two monotonic times, at SESSION_RATE; ``detector`` listens to
    what is left when the echo is taken out.
    """

    def __init__(self, played: Callable[[float, float], Samples], detector: VoiceActivityDetector) -> None:
        self._source = played
        self._detector = detector
        self._received = 0
        self._sounded = -KEPT * SESSION_RATE  # the count of samples when something was last played
        self._origin = -np.inf  # monotonic time of the first sample
        self._microphone, self._played = _Band(), _Band()
        self.near_ms = 0  # for how long, up to the frame last asked about, there was something besides the echo

    def hear(self, samples: Samples, now: float) -> None:
        """Audio of the microphone at SESSION_RATE, as it arrives; costs next to nothing while nothing is played."""
        self._received += len(samples)
        end = self._clock(len(samples), now)
        played = self._source(end - len(samples) / SESSION_RATE, end)
        if played.any():
            self._sounded = self._received
        if self._is_quiet:
            self._microphone, self._played = _Band(), _Band()
        else:
            self._microphone.append(samples)
            self._played.append(played)

    @property
    def _is_quiet(self) -> bool:
        """Whether nothing that was played can still be heard."""
        return (self._received - self._sounded) * RATE > KEPT * SESSION_RATE

    def _clock(self, samples: int, now: float) -> float:
        """Monotonic time of the newest sample: that of the arrivals that were least delayed."""
        origin = now - self._received / SESSION_RATE
        self._origin += CREEP * samples / SESSION_RATE
        if not self._origin <= origin <= self._origin + LATEST_ARRIVAL:
            self._origin = origin
        return self._origin + self._received / SESSION_RATE

    def is_near_end(self, end_ms: int) -> bool:
        """Whether the frame that ends at ``end_ms`` of the microphone's audio can be anything but the model's voice.

        To be asked frame by frame while a turn may begin; about 0.4 ms while something is played.
        """
        self.near_ms = 0
        if self._is_quiet:
            return True
        behind = max(0, self._received * RATE // SESSION_RATE - end_ms * PER_MS)
        microphone = self._microphone.latest(WINDOW, behind)
        played = self._played.latest(WINDOW + LONGEST_DELAY, behind)
        if not played.any():
            return True
        delay, taps = room(_whitened(microphone), _whitened(played))
        near = microphone - _echo(played, delay, taps)
        heard, left = _frame_energies(_whitened(microphone)), _frame_energies(_whitened(near))
        if heard[-RECENT_FRAMES:].mean() < INAUDIBLE:
            return True
        self.near_ms = _near_ms(heard, left)
        (probability,) = self._detector.probabilities([_upsampled(near)])  # always: it hears a stream
        there_is_echo = left.mean() < (1 - LEAST_ECHO) * heard.mean()
        return _is_present(heard, left) and (probability >= LEAST_PROBABILITY or not there_is_echo)


class _Band:
    """The last KEPT samples of a stream, at RATE; silence before it began."""

    def __init__(self) -> None:
        self._samples: Floats = np.zeros(KEPT)
        self._rest: Floats = np.zeros(len(_DOWN) - 1)

    def append(self, samples: Samples) -> None:
        """More of the stream, at SESSION_RATE."""
        audio = np.concatenate((self._rest, samples.astype(np.float64)))
        low = np.convolve(audio, _DOWN, "valid")[:: SESSION_RATE // RATE] if len(audio) >= len(_DOWN) else audio[:0]
        self._rest = audio[len(low) * SESSION_RATE // RATE :]
        self._samples = np.concatenate((self._samples, low))[-KEPT:]

    def latest(self, count: int, behind: int) -> Floats:
        """So many samples, without the last ``behind``."""
        end = max(count, KEPT - behind)
        return self._samples[end - count : end]


def room(microphone: Floats, played: Floats) -> tuple[int, Floats]:
    """The delay in samples, and the filter (TAPS) behind it, that explain the microphone best.

    ``played`` is as long as the microphone and LONGEST_DELAY, and ends when it does.
    """
    size = 1 << (len(played) - 1).bit_length()
    products = np.fft.irfft(np.fft.rfft(played, size) * np.conj(np.fft.rfft(microphone, size)), size)
    likeness = products[LONGEST_DELAY::-1]  # by delay
    until = np.concatenate(([0.0], np.cumsum(played * played)))
    energy = (until[len(microphone) :] - until[: -len(microphone)])[::-1]
    best = int(np.argmax(likeness * likeness / (energy + 0.02 * energy.max() + 1)))
    delay = min(max(0, best - LEAD), LONGEST_DELAY - TAPS + 1)
    products_of_played = _covariance(_heard_late(played, delay))
    products_of_played[np.diag_indices(TAPS)] += RIDGE * products_of_played[0, 0] + 1
    return delay, np.asarray(np.linalg.solve(products_of_played, likeness[delay : delay + TAPS]), np.float64)


def _heard_late(played: Floats, delay: int) -> Floats:
    """What the first to the last tap meet during the window."""
    return played[LONGEST_DELAY - delay - TAPS + 1 : len(played) - delay]


def _echo(played: Floats, delay: int, taps: Floats) -> Floats:
    return np.convolve(_heard_late(played, delay), taps, "valid")


def _covariance(audio: Floats) -> Floats:
    """Products of each two shifts of the audio by up to TAPS - 1 samples, summed over the window; (TAPS, TAPS).

    Each diagonal goes on from its first value by what enters and what leaves the window. (One value per diagonal would
    be cheaper still, but wrong at the window's edges by as much as the near end may amount to.)
    """
    length = len(audio) - TAPS + 1
    entering, leaving = audio[TAPS - 2 :: -1], audio[: length - 1 : -1]
    steps = np.zeros((TAPS, 2 * TAPS))
    steps[1:, 1:TAPS] = np.outer(entering, entering) - np.outer(leaving, leaving)
    steps[0, :TAPS] = np.correlate(audio, audio[TAPS - 1 :], "valid")[::-1]
    diagonals = as_strided(steps, (TAPS, TAPS), (steps.strides[0] + steps.strides[1], steps.strides[1]))
    upper = np.zeros((TAPS, 2 * TAPS))
    as_strided(upper, (TAPS, TAPS), diagonals.strides)[:] = np.cumsum(diagonals, axis=0)
    upper = upper[:, :TAPS]
    return np.asarray(upper + np.triu(upper, 1).T, np.float64)


def _whitened(audio: Floats) -> Floats:
    """A voice has most of its energy in its lowest tones; without this they alone would decide."""
    return np.diff(audio, prepend=audio[0])


def _frame_energies(audio: Floats) -> Floats:
    return np.asarray(np.square(audio).reshape(-1, FRAME).mean(axis=1), np.float64)


def _is_present(heard: Floats, left: Floats) -> bool:
    """Whether what is left is much of what was heard, no weak rest, and more than the noise of the room."""
    now, noise = left[-RECENT_FRAMES:].mean(), np.quantile(left, NOISE_SHARE)
    is_much = now > LEAST_SHARE * heard[-RECENT_FRAMES:].mean()
    return bool(is_much and now > LEAST_LEVEL * heard.mean() and now > ABOVE_NOISE * noise)


def _near_ms(heard: Floats, left: Floats) -> int:
    """For how long there has been something left."""
    is_left = (left > LEAST_SHARE * heard) & (left > LEAST_LEVEL * heard.mean())
    frames = int(np.argmin(is_left[::-1])) if not is_left.all() else len(is_left)
    return frames * FRAME // PER_MS


def _upsampled(audio: Floats) -> Samples:
    """The last frame at ANALYSIS_RATE (VAD_FRAME samples)."""
    factor = ANALYSIS_RATE // RATE
    spread = np.zeros(VAD_FRAME + len(_UP) - 1)
    spread[::factor] = factor * audio[-len(spread) // factor :]
    return np.clip(np.convolve(spread, _UP, "valid"), -32768, 32767).astype(np.int16)


def _low_pass(factor: int) -> Floats:
    """Keeps what lies below half of a rate that is ``factor`` times lower; symmetric."""
    at = np.arange(-6 * factor, 6 * factor + 1) / factor
    taps = np.sinc(0.85 * at) * np.hamming(len(at))
    return np.asarray(taps / taps.sum())


_DOWN = _low_pass(SESSION_RATE // RATE)
_UP = _low_pass(ANALYSIS_RATE // RATE)
