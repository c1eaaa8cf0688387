"""The recogniser of a worker process: an utterance becomes a transcript while it is spoken.

Where the guide will answer, its own best hypothesis is taken if the recogniser believes it nearly as much (MARGIN).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from realtime_engine.core.ports import (
    ANALYSIS_RATE,
    JobFailed,
    Samples,
    Token,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
)
from realtime_engine.speech import guide
from realtime_engine.speech.beam import Beam, Hypothesis, Stopped
from realtime_engine.speech.messages import Answer, Ready, Request
from realtime_engine.speech.models import ModelMissing
from realtime_engine.speech.moonshine import Moonshine
from realtime_engine.speech.part import Part

WIDTH = 8
"""Hypotheses followed at a time on behalf of the guide."""

MARGIN = 4.0
"""The guide's hypothesis wins if its score (natural log of its probability) is at most so far below the best one's."""

GUIDE_SAMPLES = 6 * ANALYSIS_RATE
"""Up to here an utterance may be a request to the guide, which is decided on the whole of it: nothing is stable before.
A wider search through longer ones would be late."""

Send = Callable[[Answer], None]
Asks = Callable[[str], bool]
"""Answers a question about a job, by its id."""


def serve(requests: Iterable[Request], cancelled: Asks, hurried: Asks, send: Send) -> None:
    """Listens to one utterance after the other; those cancelled are passed over.

    ``hurried`` tells that the end of an utterance is waiting, so that there is no use in decoding without it.
    """
    try:
        recogniser = Recogniser()
    except ModelMissing as missing:
        refuse(requests, str(missing), send)
        return
    send(Ready())
    for request in requests:
        with suppress(Stopped):
            _take(recogniser, request, cancelled, hurried, send)


def _take(recogniser: Recogniser, request: Request, cancelled: Asks, hurried: Asks, send: Send) -> None:
    job_id = request.job_id
    if cancelled(job_id):
        return
    match request:
        case Transcribe(for_guide=for_guide):
            recogniser.begin(for_guide=for_guide)
        case TranscribeAudio(audio=audio):
            if stable := recogniser.hear(audio, lambda: hurried(job_id)):
                send(TranscriptStable(job_id, _text(stable), stable))
        case TranscribeEnd():
            heard = recogniser.end(lambda: cancelled(job_id))
            send(TranscriptDone(job_id, heard.text, heard.tokens, heard.guide_text))


def refuse(requests: Iterable[Request], reason: str, send: Send) -> None:
    """Where nothing can be recognised, every transcription fails with the reason."""
    send(Ready())
    for request in requests:
        if isinstance(request, Transcribe):
            send(JobFailed(request.job_id, "recogniser_missing", reason))


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance as a transcript; ``guide_text`` is what the guide made of it, where that is credible."""

    tokens: tuple[Token, ...]
    guide_text: str | None

    @property
    def text(self) -> str:
        return _text(self.tokens)


class Recogniser:
    """One utterance at a time: begin, hear, end. Raises ModelMissing."""

    def __init__(self) -> None:
        self._model = Moonshine()
        self._beam = Beam(self._model)
        self._for_guide = Beam(self._model, WIDTH, guide.familiarity)
        silence = np.zeros(ANALYSIS_RATE, np.int16)
        self._for_guide.search(self._model.hear(silence), limit=2)  # the first time is slow: not in a conversation
        self.begin(for_guide=False)

    def begin(self, *, for_guide: bool) -> None:
        """A new utterance; one that has not ended is dropped."""
        self._is_for_guide = for_guide
        self._finished: tuple[Token, ...] = ()
        self._part = Part(self._model, self._beam)

    def hear(self, audio: Samples, hurried: Callable[[], bool] = lambda: False) -> tuple[Token, ...] | None:
        """More audio at ANALYSIS_RATE; returns the stable tokens so far where they have become more."""
        before = len(self._stable())
        self._part.hear(audio)
        if self._part.is_full:
            self._start_part()
        elif self._part.is_due and not self._may_be_request():
            with suppress(Stopped):
                self._part.advance(hurried)
        stable = self._stable()
        return stable if len(stable) > before else None

    def end(self, cancelled: Callable[[], bool] = lambda: False) -> Heard:
        """The transcript of the utterance. Raises Stopped."""
        best = self._part.finish(cancelled)
        if self._may_be_request() and (request := self._request(best, cancelled)):
            tokens = self._tokens(request)
            return Heard(tokens, _text(tokens))
        return Heard((*self._finished, *self._tokens(best)), None)

    def _may_be_request(self) -> bool:
        return self._is_for_guide and not self._finished and len(self._part.audio) <= GUIDE_SAMPLES

    def _request(self, best: Hypothesis, cancelled: Callable[[], bool]) -> Hypothesis | None:
        """The first hypothesis for the guide, if it understands it, and it is nearly as credible as the best one."""
        found = next(iter(self._part.alternatives(self._for_guide, cancelled)), None)
        credible = found is not None and found.score >= best.score - MARGIN
        return found if found and credible and guide.understands(self._model.text(found.tokens)) else None

    def _start_part(self) -> None:
        rest = self._part.cut()
        self._finished = (*self._finished, *self._tokens(self._part.finish(lambda: False)))
        self._part = Part(self._model, self._beam)
        self._part.hear(rest)

    def _stable(self) -> tuple[Token, ...]:
        return (*self._finished, *self._tokens(self._part.stable))

    def _tokens(self, hypothesis: Hypothesis) -> tuple[Token, ...]:
        """Without the blank before the first word of the utterance."""
        pairs = zip(hypothesis.tokens, hypothesis.logprobs, strict=False)  # the end has a probability, but no token
        tokens = tuple(Token(self._model.text([token]), logprob) for token, logprob in pairs)
        if self._finished or not tokens:
            return tokens
        return (replace(tokens[0], text=tokens[0].text.lstrip()), *tokens[1:])


def _text(tokens: tuple[Token, ...]) -> str:
    return "".join(token.text for token in tokens)
