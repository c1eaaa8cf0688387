"""When does a turn begin and end? Decided frame by frame from speech probabilities; time is counted in audio.

server_vad: speech begins with START_FRAMES frames at or above the threshold and ends after silence_duration_ms below
the lower threshold. semantic_vad: the same speech detection, but the pause's length follows from how complete the
utterance sounds: the turn judge is asked early in the pause, its probability is mapped to a timeout by a continuous
curve, and eagerness says how patient that is (at most 8 s, 4 s, 2 s for low, medium and auto, high, as the API
documents).
"""

from __future__ import annotations

from dataclasses import dataclass

from realtime_api.config import SemanticVad, ServerVad
from realtime_engine.core.ports import ANALYSIS_RATE, VAD_FRAME

FRAME_MS = VAD_FRAME * 1000 // ANALYSIS_RATE

START_FRAMES = 2
"""Consecutive speech frames that begin a turn: one alone (a click) does not."""

LONGEST_ATTACK = 10
"""Frames in a row above the lower threshold that a turn may begin with: a soft first sound belongs to it."""

HYSTERESIS = 0.15
"""Speech goes on until the probability falls this far below the threshold, or by HYSTERESIS_SHARE of a low one."""

HYSTERESIS_SHARE = 0.3

SEMANTIC_THRESHOLD = 0.5
DEFAULT_PREFIX_PADDING_MS = 300

JUDGE_AT_MS = (160, 448)
"""Silence after which the judge is asked; again only while its answer was undecided."""

SILENCE_MAY_WAIT_MS = 60
TURN_MAY_WAIT_MS = 160
"""Audio that may wait while nothing is about to be decided: looked at in one go, it costs a third.

Before a turn it delays speech_started by as much at worst; within one it delays nothing, as long as it is shorter than
the silence that is still missing to the next decision.
"""

CLEARLY_SILENT = 0.1
"""Probability below which no turn is about to begin."""

UNDECIDED = (0.15, 0.9)
JUDGE_FAILED_TIMEOUT_MS = 1000
"""Without a judge: what a server_vad set for patient listening would wait."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Silence that ends a turn, in ms: from ``least``, after what sounds complete, to ``most``."""

    least: int
    most: int


PATIENCE = {
    "low": Patience(900, 8000),
    "medium": Patience(600, 4000),
    "auto": Patience(600, 4000),
    "high": Patience(300, 2000),
}


@dataclass(frozen=True, slots=True)
class SpeechStart:
    onset_ms: int  # where the first likely frame begins


@dataclass(frozen=True, slots=True)
class SpeechEnd:
    end_ms: int  # end of the last speech frame plus the silence that ended the turn


@dataclass(frozen=True, slots=True)
class AskJudge:
    """The pause is long enough to ask whether the turn sounds complete."""


Decision = SpeechStart | SpeechEnd | AskJudge


def semantic_timeout_ms(probability: float, eagerness: str) -> int:
    """Silence to wait for, given the probability (0..1) that the turn is complete."""
    patience = PATIENCE[eagerness]
    return round(patience.least + (patience.most - patience.least) * (1 - probability))


class TurnDetector:
    """Feeds on one probability per frame; ``policy`` may be replaced at any frame.

    ``release_ms`` is how long the probabilities stay up after the last sound of speech.
    """

    def __init__(self, policy: ServerVad | SemanticVad, release_ms: int) -> None:
        self.policy = policy
        self._release_ms = release_ms
        self.speaking = False
        self._speech_frames = 0  # in a row, at or above the threshold
        self._likely_frames = 0  # in a row, at or above the lower threshold
        self._last_speech_ms = 0
        self._silence_ms = 0  # since then, within a turn
        self._complete: float | None = None  # what the judge said of the pause
        self._unjudged = False  # it will say nothing
        self._asked = 0
        self._nothing_is_near = False

    @property
    def may_wait_ms(self) -> int:
        """How much audio may be collected before the next step without delaying what follows from it."""
        return min(TURN_MAY_WAIT_MS, self.calm_ms)

    @property
    def calm_ms(self) -> int:
        """How much audio may come before anything follows from it; before a turn, its beginning is told that late."""
        if not self.speaking:
            return SILENCE_MAY_WAIT_MS if self._nothing_is_near else 0
        missing_ms = self._decisive_ms - self._silence_ms - FRAME_MS  # of a frame, a part may be there already
        return max(0, missing_ms)

    @property
    def _decisive_ms(self) -> int:
        """The silence after which something follows: the turn's end, or a question to the judge."""
        return min(self._patience_ms, self._question_ms or self._patience_ms)

    @property
    def _patience_ms(self) -> int:
        """The silence that ends the turn, as far as it is known by now."""
        if isinstance(self.policy, ServerVad):
            return self.policy.silence_duration_ms
        if self._complete is not None:
            return semantic_timeout_ms(self._complete, self.policy.eagerness)
        most = PATIENCE[self.policy.eagerness].most
        return min(most, JUDGE_FAILED_TIMEOUT_MS) if self._unjudged else most

    @property
    def _question_ms(self) -> int | None:
        """The silence after which the judge is to be asked; None where it is not asked any more."""
        is_asked = isinstance(self.policy, SemanticVad) and self._asked < len(JUDGE_AT_MS)
        return JUDGE_AT_MS[self._asked] if is_asked else None

    @property
    def prefix_padding_ms(self) -> int:
        """Audio before the onset that belongs to the turn."""
        return self.policy.prefix_padding_ms if isinstance(self.policy, ServerVad) else DEFAULT_PREFIX_PADDING_MS

    @property
    def pausing(self) -> bool:
        """Whether the judge was asked about a pause that still lasts."""
        return self._asked > 0

    @property
    def _threshold(self) -> float:
        return self.policy.threshold if isinstance(self.policy, ServerVad) else SEMANTIC_THRESHOLD

    @property
    def _lower_threshold(self) -> float:
        return max(self._threshold - min(HYSTERESIS, HYSTERESIS_SHARE * self._threshold), 0.01)

    def reset(self) -> None:
        """Forget a turn that has begun."""
        self.speaking = self._nothing_is_near = False
        self._speech_frames = self._likely_frames = 0
        self._end_pause()

    def step(self, probability: float, frame_end_ms: int) -> Decision | None:
        """One more frame."""
        if not self.speaking:
            self._nothing_is_near = probability < min(CLEARLY_SILENT, self._lower_threshold)
            return self._wait_for_speech(probability, frame_end_ms)
        if probability >= self._lower_threshold:
            self._hear_speech(frame_end_ms)
            return None
        self._silence_ms = frame_end_ms - self._last_speech_ms
        return self._wait_for_end()

    def judged(self, probability: float) -> int:
        """The judge's answer for the current pause; returns the silence in ms that it is to last."""
        self._complete = probability
        if not UNDECIDED[0] < probability < UNDECIDED[1]:
            self._asked = len(JUDGE_AT_MS)
        return self._patience_ms

    def judge_failed(self) -> int:
        """No answer will come for the current pause; returns the silence in ms that it is to last."""
        self._unjudged = True
        self._asked = len(JUDGE_AT_MS)
        return self._patience_ms

    def _wait_for_speech(self, probability: float, frame_end_ms: int) -> Decision | None:
        if probability < self._lower_threshold:
            self._speech_frames = self._likely_frames = 0
            return None
        self._likely_frames = min(self._likely_frames + 1, LONGEST_ATTACK)
        self._speech_frames = self._speech_frames + 1 if probability >= self._threshold else 0
        if self._speech_frames < START_FRAMES:
            return None
        onset_ms = frame_end_ms - self._likely_frames * FRAME_MS
        self._begin(frame_end_ms)
        return SpeechStart(onset_ms)

    def _begin(self, frame_end_ms: int) -> None:
        self.speaking = True
        self._speech_frames = self._likely_frames = 0
        self._hear_speech(frame_end_ms)

    def _hear_speech(self, frame_end_ms: int) -> None:
        self._last_speech_ms = frame_end_ms - self._release_ms
        self._silence_ms = self._release_ms
        self._end_pause()

    def _wait_for_end(self) -> Decision | None:
        patience_ms = self._patience_ms
        if self._silence_ms >= patience_ms:
            self.reset()
            return SpeechEnd(self._last_speech_ms + patience_ms)
        if self._question_ms is not None and self._silence_ms >= self._question_ms:
            self._asked += 1
            return AskJudge()
        return None

    def _end_pause(self) -> None:
        self._complete, self._unjudged = None, False
        self._asked = 0
