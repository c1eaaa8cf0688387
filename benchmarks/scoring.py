"""How well detected turns agree with labels.

Frames of 10 ms: F1, FPR and FNR of "somebody speaks". Turns: a stop decided inside a hold of 0.2 s or more (up to
0.1 s after its end) is a false cut-off, counted once per hold; the first stop after a turn's true end is its end of
turn, and its latency is the decision's time minus the true end; without one before the next turn or within 5 s the
turn is missed; a turn that overlaps less than 0.1 s of labelled speech is spurious. Boundaries are compared on the
audio's clock, decisions on the clock of whoever waits for them. All times are seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import sqrt

import numpy as np
import numpy.typing as npt

from benchmarks.clips import Clip, LabelledTurn, Span

FRAME = 0.01
SHORTEST_HOLD = 0.2
AFTER_HOLD = 0.1
END_TOLERANCE = 0.1
LATEST_END = 5.0
SPURIOUS_OVERLAP = 0.1
Z95 = 1.96

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DetectedTurn:
    """A detected turn: where it lies in the audio, and when its two events were decided.

    ``end`` and ``stopped`` are None for a turn that had not ended when the recording was over.
    """

    onset: float
    end: float | None
    started: float
    stopped: float | None


@dataclass(frozen=True, slots=True)
class Frames:
    """Counts of 10 ms frames; ``a + b`` pools two recordings."""

    true_positives: int = 0
    false_positives: int = 0
    false_negatives: int = 0
    true_negatives: int = 0

    def __add__(self, other: Frames) -> Frames:
        return Frames(
            self.true_positives + other.true_positives,
            self.false_positives + other.false_positives,
            self.false_negatives + other.false_negatives,
            self.true_negatives + other.true_negatives,
        )

    @property
    def f1(self) -> float | None:
        """None where there is no speech."""
        wrong = self.false_positives + self.false_negatives
        return _ratio(2 * self.true_positives, 2 * self.true_positives + wrong)

    @property
    def fpr(self) -> float | None:
        return _ratio(self.false_positives, self.false_positives + self.true_negatives)

    @property
    def fnr(self) -> float | None:
        return _ratio(self.false_negatives, self.false_negatives + self.true_positives)


@dataclass(slots=True)
class Score:
    """One recording, or several together."""

    frames: Frames = field(default_factory=Frames)
    holds: int = 0
    cut_holds: int = 0
    turns: int = 0
    cut_turns: int = 0
    missed: int = 0
    spurious: int = 0
    onset_errors: list[float] = field(default_factory=list)  # detected minus labelled
    start_latencies: list[float] = field(default_factory=list)
    end_latencies: list[float] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Pool another recording's score into this one."""
        for name in ("frames", "holds", "cut_holds", "turns", "cut_turns", "missed", "spurious"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.onset_errors += other.onset_errors
        self.start_latencies += other.start_latencies
        self.end_latencies += other.end_latencies


def score(clip: Clip, detected: Sequence[DetectedTurn], seconds: float, collar: float = 0.0) -> Score:
    """Scores one recording that lasts ``seconds``; frames within ``collar`` of a labelled edge do not count."""
    result = Score(
        frames=score_frames(clip.speech, detected, seconds, collar),
        spurious=sum(_speech_within(clip.speech, turn, seconds) < SPURIOUS_OVERLAP for turn in detected),
        turns=len(clip.turns),
    )
    for turn, following in zip_longest(clip.turns, clip.turns[1:]):
        _score_turn(result, turn, following.start if following else float("inf"), detected)
    return result


def score_frames(speech: Iterable[Span], detected: Iterable[DetectedTurn], seconds: float, collar: float) -> Frames:
    """Frame by frame: labelled speech against detected turns."""
    count = round(seconds / FRAME)
    labelled = _mask(speech, count)
    found = _mask(((turn.onset, seconds if turn.end is None else turn.end) for turn in detected), count)
    counted = ~_mask(((edge - collar, edge + collar) for span in speech for edge in span), count)
    return Frames(
        true_positives=int((labelled & found & counted).sum()),
        false_positives=int((~labelled & found & counted).sum()),
        false_negatives=int((labelled & ~found & counted).sum()),
        true_negatives=int((~labelled & ~found & counted).sum()),
    )


def interval(hits: int, of: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval of a rate; None of nothing."""
    if of == 0:
        return None
    rate, spread = hits / of, Z95**2 / of
    centre = (rate + spread / 2) / (1 + spread)
    half = Z95 * sqrt(rate * (1 - rate) / of + spread / of / 4) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Linear between the two nearest values; None of nothing."""
    return float(np.percentile(values, percent)) if len(values) else None


def _score_turn(result: Score, turn: LabelledTurn, until: float, detected: Sequence[DetectedTurn]) -> None:
    stops = [each.stopped for each in detected if each.stopped is not None]
    holds = [hold for hold in turn.holds if hold[1] - hold[0] >= SHORTEST_HOLD]
    cut = sum(any(start <= stop <= end + AFTER_HOLD for stop in stops) for start, end in holds)
    result.holds += len(holds)
    result.cut_holds += cut
    result.cut_turns += cut > 0
    _score_start(result, turn, detected)
    ends = [stop for stop in stops if turn.end - END_TOLERANCE <= stop < min(until, turn.end + LATEST_END)]
    if ends:
        result.end_latencies.append(min(ends) - turn.end)
    else:
        result.missed += 1


def _score_start(result: Score, turn: LabelledTurn, detected: Sequence[DetectedTurn]) -> None:
    """Against the first detected turn that overlaps this one."""
    first = next((each for each in detected if (each.end or float("inf")) > turn.start), None)
    if first is not None and first.onset < turn.end:
        result.onset_errors.append(first.onset - turn.start)
        result.start_latencies.append(first.started - turn.start)


def _speech_within(speech: Iterable[Span], turn: DetectedTurn, seconds: float) -> float:
    end = seconds if turn.end is None else turn.end
    return sum(max(0.0, min(stop, end) - max(start, turn.onset)) for start, stop in speech)


def _mask(spans: Iterable[Span], count: int) -> Mask:
    mask = np.zeros(count, np.bool_)
    for start, end in spans:
        mask[max(0, round(start / FRAME)) : max(0, round(end / FRAME))] = True
    return mask


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
