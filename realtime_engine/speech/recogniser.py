"""The recogniser: pocketsphinx with its general English model, and beside it the guide's own language model.

Runs in a worker process. The general decoder works while the user talks; the guide's decodes the whole utterance at
its end, which takes it about a thirtieth of the utterance's time and lets it measure the voice's mean spectrum first.
The guide's decoder finds a sentence of its small domain in anything, so it wins only by a score (see ``decide``).
"""

from __future__ import annotations

import itertools
import math
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pocketsphinx import Decoder
from pocketsphinx.lm import ArpaBoLM

from realtime_engine.core.ports import (
    ANALYSIS_RATE,
    Samples,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
    Word,
)
from realtime_engine.speech import guide
from realtime_engine.speech.messages import Answer, Ready, Request

MOST_DOUBT = 2.5
"""The guide's words are not believed above this doubt (natural log): how much less likely per frame (10 ms) than the
general model's they make the sound, plus how little their own decoder believes them (mean log posterior of a word).
Requests spoken by synthetic voices mostly score 0 to 1.5, noise and other speech that happens to make sense 3 and more.
"""

SEED = ANALYSIS_RATE * 3 // 2
"""Samples heard before decoding begins: pocketsphinx needs the mean spectrum of the voice, and its built-in one is of
another microphone. Decoding is faster than speech and catches up at once."""

STABLE_AFTER = 3
HYPOTHESIS_EVERY = ANALYSIS_RATE // 4
FRAME_MS = 10
LEAST_PROBABILITY = 1e-6
DOUBTED = math.log(0.25)
NEUTRAL_MEAN = "40,3,-1,0,0,0,0,0,0,0,0,0,0"

COMMON = {"samprate": ANALYSIS_RATE, "loglevel": "FATAL", "fwdflat": False, "maxwpf": 20}
GENERAL = {**COMMON, "maxhmmpf": 10_000}
GUIDE = {**COMMON, "maxhmmpf": 5_000}
LONGEST_REQUEST = ANALYSIS_RATE * 15
"""Samples; nothing longer is asked of the guide, and decoding it would take too long at the end."""

Send = Callable[[Answer], None]


def serve(requests: Iterable[Request], cancelled: Callable[[str], bool], send: Send) -> None:
    """Listens to one utterance after the other; audio of a cancelled job is passed over."""
    recogniser = Recogniser()
    send(Ready())
    for request in requests:
        if cancelled(request.job_id):
            continue
        match request:
            case Transcribe(for_guide=for_guide):
                recogniser.begin(for_guide=for_guide)
            case TranscribeAudio(job_id, audio):
                if stable := recogniser.hear(audio):
                    send(TranscriptStable(job_id, stable))
            case TranscribeEnd(job_id):
                heard = recogniser.end()
                send(TranscriptDone(job_id, heard.text, heard.words, heard.guide_text))


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance in words; ``guide_text`` is what the guide's model made of it, where that is credible."""

    text: str
    words: tuple[Word, ...]
    guide_text: str | None


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one decoder made of an utterance; ``acoustic`` is its mean log likelihood per frame."""

    words: tuple[Word, ...]
    acoustic: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean log posterior of its words, 0 at best."""
        return sum(word.logprob for word in self.words) / max(1, len(self.words))


def decide(general: Decoded, for_guide: Decoded | None) -> Heard:
    """Whose words are shown: the general ones, unless the guide's make sense to it and are not too doubtful."""
    if for_guide is None or not guide.understands(for_guide.text):
        return Heard(general.text, general.words, None)
    if general.acoustic - for_guide.acoustic - for_guide.confidence > MOST_DOUBT:
        return Heard(general.text, general.words, None)
    return Heard(for_guide.text, for_guide.words, for_guide.text)


class Recogniser:
    """One utterance at a time: begin, hear, end."""

    def __init__(self) -> None:
        self._general = Decoder(**GENERAL)
        self._guide = _guide_decoder()
        self._for_guide = False
        self._heard: list[Samples] = []
        self._decoding = False
        self._unread = 0
        self._history: list[tuple[Word, ...]] = []
        self._stable: tuple[Word, ...] = ()

    def begin(self, *, for_guide: bool) -> None:
        """A new utterance; one that has not ended is dropped."""
        self._stop()
        self._for_guide = for_guide
        self._heard, self._unread, self._history, self._stable = [], 0, [], ()

    def hear(self, audio: Samples) -> str | None:
        """More audio at ANALYSIS_RATE; returns the stable words so far when there are any.

        While the guide listens too, nothing is stable: its text may win in the end.
        """
        if self._for_guide or not self._decoding:
            self._heard.append(audio)
        if not self._decoding:
            if sum(map(len, self._heard)) >= SEED:
                self._start()
            return None
        self._general.process_raw(audio.tobytes())
        self._unread += len(audio)
        if self._for_guide or self._unread < HYPOTHESIS_EVERY:
            return None
        self._unread = 0
        return self._find_stable()

    def end(self) -> Heard:
        """The words of the utterance."""
        if not self._decoding:
            self._start()
        if not self._decoding:
            return Heard("", (), None)
        self._stop()
        return decide(_keep(self._stable, _decoded(self._general)), self._ask_guide())

    def _start(self) -> None:
        """Decode what was heard so far, with the mean spectrum measured on it."""
        if not self._heard:
            return
        audio = np.concatenate(self._heard)
        self._general.set_cmn(self._mean_spectrum(audio))
        self._general.start_utt()
        self._general.process_raw(audio.tobytes())
        self._decoding = True

    def _stop(self) -> None:
        if self._decoding:
            self._general.end_utt()
        self._decoding = False

    def _mean_spectrum(self, audio: Samples) -> str:
        self._general.set_cmn(NEUTRAL_MEAN)
        self._general.start_utt()
        self._general.process_raw(audio.tobytes(), no_search=True, full_utt=True)
        self._general.end_utt()
        mean: str = self._general.get_cmn(True)
        return mean

    def _ask_guide(self) -> Decoded | None:
        audio, self._heard = np.concatenate(self._heard), []
        if not self._for_guide or len(audio) > LONGEST_REQUEST:
            return None
        self._guide.start_utt()
        self._guide.process_raw(audio.tobytes(), full_utt=True)
        self._guide.end_utt()
        return _decoded(self._guide)

    def _find_stable(self) -> str | None:
        """Words that stood at their place in the last few hypotheses; the newest word is never stable."""
        self._history = [*self._history[-STABLE_AFTER + 1 :], _decoded(self._general).words]
        if len(self._history) < STABLE_AFTER:
            return None
        unchanged = itertools.takewhile(
            lambda words: len({word.text for word in words}) == 1, zip(*self._history, strict=False)
        )
        stable = tuple(words[-1] for words in unchanged)[:-1]
        if len(stable) <= len(self._stable) or not _begins_with(stable, self._stable):
            return None
        self._stable = stable
        return " ".join(word.text for word in stable)


def _begins_with(words: tuple[Word, ...], beginning: tuple[Word, ...]) -> bool:
    return [word.text for word in words[: len(beginning)]] == [word.text for word in beginning]


def _keep(stable: tuple[Word, ...], final: Decoded) -> Decoded:
    """The final words; where they take back what was called stable, that stays, as words the recogniser doubts."""
    if not stable or _begins_with(final.words, stable):
        return final
    doubted = tuple(replace(word, logprob=DOUBTED) for word in stable)
    rest = tuple(word for word in final.words if word.start_ms >= stable[-1].end_ms)
    return Decoded((*doubted, *rest), final.acoustic)


def _guide_decoder() -> Any:
    """A decoder with a trigram model of what the guide can be asked."""
    model = ArpaBoLM(text="\n".join(guide.language_model_sentences()), add_start=True, discount_mass=0.1)
    model.compute()
    with tempfile.TemporaryDirectory(prefix="guide-") as folder:
        path = Path(folder) / "guide.lm"
        model.write_file(str(path))
        return Decoder(**GUIDE, lm=str(path))


def _decoded(decoder: Any) -> Decoded:
    segments = list(decoder.seg() or [])
    frames = sum(segment.end_frame - segment.start_frame + 1 for segment in segments)
    likelihood = sum(math.log(max(segment.ascore, 1e-300)) for segment in segments)
    words = tuple(_word(segment) for segment in segments if not segment.word.startswith(("<", "[")))
    return Decoded(words, likelihood / max(1, frames))


def _word(segment: Any) -> Word:
    """A segment as a word; its posterior probability, bounded from below, is the log probability."""
    text = re.sub(r"\(\d+\)$", "", segment.word)
    probability = min(1.0, max(LEAST_PROBABILITY, segment.prob))
    return Word(text, segment.start_frame * FRAME_MS, (segment.end_frame + 1) * FRAME_MS, math.log(probability))
