"""Asking the turn judge about a pause, and showing what was decided to those who ask for it."""

from __future__ import annotations

from realtime_engine.core.outbox import Outbox
from realtime_engine.core.outputs import ShowDecision
from realtime_engine.core.ports import CancelJob, JobFailed, JudgeTurn, Samples, TurnJudged
from realtime_engine.core.turn_detection import TurnDetector

JUDGED = "local.turn_detection.judged"

PATIENCE = 1.0
"""Seconds that audio waits for an answer. It comes in a tenth of that; audio sent faster than it is spoken would
otherwise run ahead of it, to the longest silence a turn may end with."""


class Judging:
    """One question at a time, about the pause that lasts."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._job: str | None = None
        self._until = 0.0
        self._item_id = ""
        self._audio_ms = 0

    def ask(self, item_id: str, audio: Samples, audio_ms: int, now: float) -> None:
        """Does the turn of this item, up to this time, sound complete? ``audio`` is at ANALYSIS_RATE.

        Not asked again while an answer is still to come: under load the second question would only delay the first.
        """
        if self._job is not None:
            return
        self._job, self._item_id, self._audio_ms = self._outbox.new_id("job"), item_id, audio_ms
        self._until = now + PATIENCE
        self._outbox.start(JudgeTurn(self._job, audio))

    def awaited_until(self, now: float) -> float | None:
        """Until when an answer is waited for; None where none is."""
        return self._until if self._job is not None and now < self._until else None

    def handles(self, job_id: str) -> bool:
        return job_id == self._job

    def judged(self, result: TurnJudged | JobFailed, detector: TurnDetector | None) -> None:
        """The judge's answer, told to the detector; None where nobody waits for it any more."""
        self._job = None
        if detector is None:
            return
        if isinstance(result, TurnJudged):
            self._show(result.probability, detector.judged(result.probability))
        else:
            self._show(None, detector.judge_failed())

    def cancel(self) -> None:
        """The pause is over, or nobody asks any more."""
        if self._job is not None:
            self._outbox.start(CancelJob(self._job))
            self._job = None

    def _show(self, probability: float | None, timeout_ms: int) -> None:
        """After how much audio, how complete, how long a silence ends the turn."""
        shown = {"item_id": self._item_id, "audio_ms": self._audio_ms, "probability": probability}
        event_id = self._outbox.new_id("event")
        self._outbox.put(ShowDecision({"type": JUDGED, "event_id": event_id, **shown, "timeout_ms": timeout_ms}))
