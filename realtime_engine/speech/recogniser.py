"""The recogniser: pocketsphinx with its general English model, and beside it the guide's own language model.

Runs in a worker process. Both decoders hear the same audio while the user talks. The guide's decoder finds a sentence
of its small domain in anything, so it wins only by a score: its words must make sense to the guide, and explain the
sound nearly as well as the general model's do (mean acoustic log likelihood per frame, within ACOUSTIC_MARGIN).
"""

from __future__ import annotations

import math
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pocketsphinx import Decoder
from pocketsphinx.lm import ArpaBoLM

from realtime_engine.core.ports import ANALYSIS_RATE, Samples, Word
from realtime_engine.speech.guide import language_model_sentences, understands

ACOUSTIC_MARGIN = 0.5
STABLE_HYPOTHESES = 3  # a word is stable when it stood unchanged in so many hypotheses, with others after it
HYPOTHESIS_SAMPLES = ANALYSIS_RATE // 4
FRAME_MS = 10
LEAST_PROBABILITY = 1e-6

WIDE_BEAMS = {"beam": 1e-80, "wbeam": 1e-60, "pbeam": 1e-80, "lpbeam": 1e-60, "lponlybeam": 1e-50}


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance in words; ``guide_text`` is what the guide's model made of it, where that makes sense."""

    text: str
    words: tuple[Word, ...]
    guide_text: str | None


@dataclass(frozen=True, slots=True)
class _Decoded:
    words: tuple[Word, ...]
    acoustic: float  # mean log likelihood per frame

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class Recogniser:
    """One utterance at a time: begin, hear, end."""

    def __init__(self) -> None:
        self._general = Decoder(samprate=ANALYSIS_RATE, loglevel="FATAL", fwdflat=False)
        self._guide = _guide_decoder()
        self._decoders: list[Any] = []
        self._unread = 0
        self._history: list[list[str]] = []

    def begin(self, *, for_guide: bool) -> None:
        """A new utterance; one that has not ended is dropped."""
        for decoder in self._decoders:
            decoder.end_utt()
        self._decoders = [self._general, self._guide] if for_guide else [self._general]
        self._unread = 0
        self._history = []
        for decoder in self._decoders:
            decoder.start_utt()

    def hear(self, audio: Samples) -> str | None:
        """More audio at ANALYSIS_RATE; returns the stable words so far when some were added.

        While the guide listens too, nothing is stable: its text may win in the end.
        """
        for decoder in self._decoders:
            decoder.process_raw(audio.tobytes())
        self._unread += len(audio)
        if len(self._decoders) != 1 or self._unread < HYPOTHESIS_SAMPLES:
            return None
        self._unread = 0
        return self._stable()

    def end(self) -> Heard:
        """The words of the utterance."""
        for decoder in self._decoders:
            decoder.end_utt()
        decoded = [_decoded(decoder) for decoder in self._decoders]
        self._decoders = []
        if not decoded:
            return Heard("", (), None)
        general, guide = decoded[0], decoded[1] if len(decoded) > 1 else None
        if guide is None or not guide.words or not understands(guide.text):
            return Heard(general.text, general.words, None)
        wins = general.acoustic - guide.acoustic < ACOUSTIC_MARGIN
        best = guide if wins else general
        return Heard(best.text, best.words, guide.text if wins else None)

    def _stable(self) -> str | None:
        hypothesis = self._general.hyp()
        words = hypothesis.hypstr.split() if hypothesis else []
        before = self._history[0] if len(self._history) == STABLE_HYPOTHESES else []
        self._history = [*self._history[-STABLE_HYPOTHESES + 1 :], words]
        stable = _common_prefix(before, words)[:-1]
        return " ".join(stable) or None


def _guide_decoder() -> Any:
    model = ArpaBoLM(text="\n".join(language_model_sentences()), add_start=True, discount_mass=0.1)
    model.compute()
    with tempfile.TemporaryDirectory(prefix="guide-") as folder:
        path = Path(folder) / "guide.lm"
        model.write_file(str(path))
        return Decoder(samprate=ANALYSIS_RATE, loglevel="FATAL", fwdflat=False, lm=str(path), **WIDE_BEAMS)


def _decoded(decoder: Any) -> _Decoded:
    segments = list(decoder.seg() or [])
    frames = sum(segment.end_frame - segment.start_frame + 1 for segment in segments)
    likelihood = sum(math.log(max(segment.ascore, 1e-300)) for segment in segments)
    words = tuple(_word(segment) for segment in segments if not segment.word.startswith(("<", "[")))
    return _Decoded(words, likelihood / max(1, frames))


def _word(segment: Any) -> Word:
    text = re.sub(r"\(\d+\)$", "", segment.word)
    probability = min(1.0, max(LEAST_PROBABILITY, segment.prob))
    return Word(text, segment.start_frame * FRAME_MS, (segment.end_frame + 1) * FRAME_MS, math.log(probability))


def _common_prefix(one: list[str], other: list[str]) -> list[str]:
    length = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length]
