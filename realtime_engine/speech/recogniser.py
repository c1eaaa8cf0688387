"""The recogniser: a general English model, and beside it the guide's own language model. Runs in a worker process.

Both decode while the user talks, so that little is left to do at the end (see ``decoding``). The guide's decoder finds
a sentence of its small domain in anything, so it wins only by a score (see ``credible``). Where it wins the general
model is not asked, so the guide's decoder, which is several times faster, goes first, and a busy machine delays only
the answer to what is not for the guide.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from realtime_engine.core.ports import (
    ANALYSIS_RATE,
    ENGLISH,
    Samples,
    Token,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
)
from realtime_engine.speech import guide
from realtime_engine.speech.decoding import (
    LEAST_PROBABILITY,
    Decoded,
    MeanCepstrum,
    Word,
    general_decoder,
    small_decoder,
)
from realtime_engine.speech.messages import Answer, Ready, Request

LEAST_SCORE, SURE_SCORE = -2.0, -1.5
"""How credible the guide's words are (natural log): how much their decoder believes them (mean log posterior of a
word), less the share of words that stand together as in no sentence of the guide. From the first score on they are
believed where they make sense to the guide; from the second on in any case, for then a word or two are wrong, where the
general model understood nothing. Of 29 pieces of read and spoken English (at most 4 s each) 21 scored less than the
first and five more than the second: four were digits, heard right, and one was no request. Of eleven requests in voices
of espeak-ng that were not heard altogether right ten scored more than the second. They were chosen on these. Noise that
sounds like one word still wins."""

SEED = ANALYSIS_RATE
"""Samples heard before decoding begins: what the voice sounds like on average is measured on them. Decoding is many
times faster than speech and catches up at once."""

STEP = ANALYSIS_RATE // 10
"""Samples decoded at a time."""

STEADY_STEPS = 8
"""For so many steps a word must have stood unchanged to be called stable."""

Send = Callable[[Answer], None]


def serve(
    requests: Iterable[Request], cancelled: Callable[[str], bool], waiting: Callable[[], bool], send: Send
) -> None:
    """Listens to one utterance after the other; audio of a cancelled job is passed over.

    ``waiting`` says whether another request has come: until then the general decoder catches up.
    """
    recogniser = Recogniser()
    send(Ready(ENGLISH))
    for request in requests:
        if cancelled(request.job_id):
            continue
        match request:
            case Transcribe(for_guide=for_guide):
                recogniser.begin(for_guide=for_guide)
            case TranscribeAudio(job_id, audio):
                recogniser.hear(audio)
                while recogniser.behind and not waiting():
                    if stable := recogniser.catch_up():
                        send(TranscriptStable(job_id, stable))
            case TranscribeEnd(job_id):
                heard = recogniser.end(partial(cancelled, job_id))
                texts = (f" {word.text}" if at else word.text for at, word in enumerate(heard.words))
                tokens = tuple(Token(text, word.logprob) for text, word in zip(texts, heard.words, strict=True))
                send(TranscriptDone(job_id, heard.text, tokens, heard.guide_text))


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance in words; ``guide_text`` is what the guide's model made of it, where that is credible."""

    text: str
    words: tuple[Word, ...]
    guide_text: str | None


def credible(for_guide: Decoded) -> bool:
    """Whether the guide's words are shown and answered, whatever the general decoder heard."""
    score = for_guide.confidence - for_guide.backed_off
    makes_sense = score >= SURE_SCORE or guide.understands(for_guide.text)
    return bool(for_guide.words) and score >= LEAST_SCORE and makes_sense


class Recogniser:
    """One utterance at a time: begin, hear, catch up while there is time, end."""

    def __init__(self) -> None:
        self._mean = MeanCepstrum()
        self._general = general_decoder()
        self._guide = small_decoder(guide.language_model_sentences())
        self.begin(for_guide=False)

    def begin(self, *, for_guide: bool) -> None:
        """A new utterance; one that has not ended is dropped."""
        self._for_guide = for_guide
        self._started = False
        self._waiting: Samples = np.zeros(0, np.int16)  # for the general decoder
        self._stable = StablePrefix()

    def hear(self, audio: Samples) -> None:
        """More audio at ANALYSIS_RATE, which the guide's decoder hears at once."""
        self._waiting = np.concatenate((self._waiting, audio))
        if self._started:
            self._guide_hears(audio)
        elif len(self._waiting) >= SEED:
            self._start()

    @property
    def behind(self) -> bool:
        """Whether the general decoder has still to hear a step."""
        return self._started and len(self._waiting) >= STEP

    def catch_up(self) -> str | None:
        """Lets the general decoder hear one step; returns the stable words so far where they have become more.

        While the guide listens too, stable is what both decoders agree on, because the words of either may win.
        """
        audio, self._waiting = self._waiting[:STEP], self._waiting[STEP:]
        self._general.hear(audio)
        before = len(self._stable.words)
        self._stable.add(self._agreed())
        return self._stable.text if len(self._stable.words) > before else None

    def end(self, cancelled: Callable[[], bool] = lambda: False) -> Heard:
        """The words of the utterance. What the general decoder has not heard by then it hears only where it matters,
        step by step as ever, so that a busy machine hears the same; and not where nobody waits for it any more.
        """
        if not self._started:
            self._start()
        if self._for_guide and credible(for_guide := self._guide.end()):
            return self._heard(for_guide.words, for_guide.text)
        while self.behind and not cancelled():
            self.catch_up()
        if not cancelled():
            self._general.hear(self._waiting)
        return self._heard(self._general.end().words, None)

    def _start(self) -> None:
        self._started = True
        mean = self._mean.of(self._waiting[:SEED])
        self._general.begin(mean)
        if self._for_guide:
            self._guide.begin(mean)
        self._guide_hears(self._waiting)

    def _guide_hears(self, audio: Samples) -> None:
        if self._for_guide:
            self._guide.hear(audio)

    def _agreed(self) -> tuple[Word, ...]:
        words = self._general.words()
        return words[: _alike(_texts(words), _texts(self._guide.words()))] if self._for_guide else words

    def _heard(self, words: tuple[Word, ...], guide_text: str | None) -> Heard:
        words = keep(self._stable.words, words)
        return Heard(" ".join(_texts(words)), words, guide_text)


class StablePrefix:
    """The words at the beginning of an utterance that stood unchanged for a while; once here, they stay."""

    def __init__(self) -> None:
        self.words: tuple[Word, ...] = ()
        self._ages: list[tuple[str, int]] = []

    @property
    def text(self) -> str:
        return " ".join(_texts(self.words))

    def add(self, words: tuple[Word, ...]) -> None:
        """The next hypothesis."""
        unchanged = _alike((text for text, _ in self._ages), _texts(words))
        ages = [age + 1 for _, age in self._ages[:unchanged]] + [1] * (len(words) - unchanged)
        self._ages = [(word.text, age) for word, age in zip(words, ages, strict=True)]
        steady = words[: sum(1 for _ in itertools.takewhile(lambda age: age >= STEADY_STEPS, ages))]
        if len(steady) > len(self.words) and _begins_with(steady, self.words):
            self.words = steady


def _texts(words: tuple[Word, ...]) -> Iterator[str]:
    return (word.text for word in words)


def _alike(some: Iterable[str], others: Iterable[str]) -> int:
    """How many words are the same from the beginning."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False)))


def _begins_with(words: tuple[Word, ...], beginning: tuple[Word, ...]) -> bool:
    return _alike(_texts(words), _texts(beginning)) == len(beginning)


def keep(stable: tuple[Word, ...], final: tuple[Word, ...]) -> tuple[Word, ...]:
    """The final words; where they take back what was called stable, that stays, and they go on behind it."""
    if not stable or _begins_with(final, stable):
        return final
    end = stable[-1].end_ms
    rest = (word for word in final if word.start_ms + word.end_ms > 2 * end)
    return (*(replace(word, logprob=_logprob(word, final)) for word in stable), *rest)


def _logprob(word: Word, final: tuple[Word, ...]) -> float:
    """Of a word that stays: as the final search has it at its time; at most what is left where that has another."""
    at_its_time = max(final, key=lambda other: _overlap(word, other), default=None)
    if at_its_time is None or _overlap(word, at_its_time) <= 0:
        return math.log(LEAST_PROBABILITY)
    if at_its_time.text == word.text:
        return at_its_time.logprob
    return math.log(max(LEAST_PROBABILITY, 1 - math.exp(at_its_time.logprob)))


def _overlap(one: Word, other: Word) -> int:
    return min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)
