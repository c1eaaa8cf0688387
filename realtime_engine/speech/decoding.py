"""pocketsphinx for one utterance at a time: its decoders, and what makes them fit a voice they have not heard before.

Figures here are word error rates (WER) over 25 recordings, read and spoken, and 80 requests spoken by espeak-ng,
measured before the acoustic model was adapted (``ADAPTATION``).
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pocketsphinx import Decoder, get_model_path
from pocketsphinx.lm import ArpaBoLM

from realtime_engine.core.ports import ANALYSIS_RATE, Samples

FRAME_MS = 10
LEAST_PROBABILITY = 1e-6

NEUTRAL_MEAN = "40,3,-1,0,0,0,0,0,0,0,0,0,0"
"""pocketsphinx's own cepstral mean, for audio too silent to measure one."""

LOUDEST = 0.8
"""Share of the frames a cepstral mean is measured on: the silence around a short request would spoil it (WER .32 with
all of them, .28 with these; .47 with the neutral mean)."""

NEVER_HEARD = re.compile(
    r"(mother)?fuck|(bull|horse)?shit(?!ake)|cunt|nigg(er|$)|faggot|cocksuck|bitch|whore|slut(s|ty)?$|asshole|dickhead"
)
"""The general model finds these in noise and in voices it does not know, where nobody said them."""

ADAPTATION = Path(__file__).with_name("synthetic.mllr")
"""Moves the means of the acoustic model towards synthetic voices, which it was not trained on; for the
guide's decoder alone, because people's free speech is heard no better with it. Made by benchmarks/adaptation.py."""

# Without its second pass (fwdflat) pocketsphinx is quicker at the end of an utterance (21 instead of 231 ms) and has
# fewer errors; the bounds keep the end within 60 ms in noise too, where it took seconds. Of live speech
# 5000 HMMs a frame take two thirds of the time of 10 000 (WER .48 and .47); 3000 take less than half, but cost
# errors (.51), and so do narrower beams.
_COMMON = {"samprate": ANALYSIS_RATE, "loglevel": "FATAL", "fwdflat": False, "maxwpf": 20, "maxhmmpf": 5_000}
# A small language model leaves time for wider beams: WER .18 instead of .22, for 4 % instead of 3 % of real time.
_WIDER = {"beam": 1e-60, "wbeam": 1e-40, "pbeam": 1e-60, "lpbeam": 1e-50, "lponlybeam": 1e-40}
_DISCOUNT_MASS = 0.05
_FRAME = ANALYSIS_RATE * FRAME_MS // 1000
_VARIANT = re.compile(r"\(\d+\)$")
_TRIGRAM = 3


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; times in ms from the beginning of the utterance."""

    text: str
    start_ms: int
    end_ms: int
    logprob: float  # natural log, <= 0


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one decoder made of an utterance; ``backed_off`` is the share of words its language model had no trigram
    for."""

    words: tuple[Word, ...] = ()
    backed_off: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean log posterior of its words, 0 at best."""
        return sum(word.logprob for word in self.words) / max(1, len(self.words))


class UtteranceDecoder:
    """One decoder: begin, hear, end."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder
        self._running = False

    def begin(self, mean: str) -> None:
        """A new utterance, of a voice with this cepstral mean; one that has not ended is dropped."""
        if self._running:
            self._decoder.end_utt()
        self._decoder.reinit_feat()  # its noise removal remembers the utterances before
        self._decoder.set_cmn(mean)
        self._decoder.start_utt()
        self._running = True

    def hear(self, audio: Samples) -> None:
        """More audio at ANALYSIS_RATE."""
        if len(audio):  # pocketsphinx refuses nothing
            self._decoder.process_raw(audio.tobytes())

    def words(self) -> tuple[Word, ...]:
        """The words so far; later audio may change them."""
        return self._decoded().words

    def end(self) -> Decoded:
        """The utterance in words, after a last search through all that was considered."""
        self._decoder.end_utt()
        self._running = False
        return self._decoded()

    def _decoded(self) -> Decoded:
        segments = [segment for segment in self._decoder.seg() or () if segment.word[0] not in "<["]
        backed_off = sum(segment.lback < _TRIGRAM for segment in segments[1:])
        return Decoded(tuple(map(_word, segments)), backed_off / max(1, len(segments)))


def _word(segment: Any) -> Word:
    """A segment as a word; its posterior probability, bounded from below, is the log probability."""
    probability = min(1.0, max(LEAST_PROBABILITY, segment.prob))
    start, end = segment.start_frame * FRAME_MS, (segment.end_frame + 1) * FRAME_MS
    return Word(_VARIANT.sub("", segment.word), start, end, math.log(probability))


class MeanCepstrum:
    """Measures what a voice and its microphone sound like on average.

    With a decoder of its own: at the end of a measurement pocketsphinx searches through what it measured, which takes
    next to no time with a vocabulary of one word and every hundredth frame.
    """

    def __init__(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".dict") as dictionary:
            dictionary.write("yes Y EH S\n")
            dictionary.flush()
            self._decoder = Decoder(**_COMMON, ds=100, topn=1, dict=dictionary.name, keyphrase="yes")

    def of(self, audio: Samples) -> str:
        """The mean as pocketsphinx writes it; the neutral one where there is nothing to measure."""
        if not audio.any():
            return NEUTRAL_MEAN
        self._decoder.reinit_feat()  # else its past is mixed into what it measures
        self._decoder.start_utt()
        self._decoder.process_raw(_loudest(audio).tobytes(), no_search=True, full_utt=True)
        self._decoder.end_utt()
        mean: str = self._decoder.get_cmn(False)
        return mean if all(math.isfinite(float(value)) for value in mean.split(",")) else NEUTRAL_MEAN


def _loudest(audio: Samples) -> Samples:
    frames = audio[: len(audio) // _FRAME * _FRAME].reshape(-1, _FRAME)
    if not len(frames):
        return audio
    energy = (frames.astype(np.float32) ** 2).mean(axis=1)
    loudest: Samples = frames[energy >= np.quantile(energy, 1 - LOUDEST)].reshape(-1)
    return loudest


def general_decoder() -> UtteranceDecoder:
    """The wheel's model of general US English."""
    with tempfile.TemporaryDirectory(prefix="general-") as folder:
        dictionary = Path(folder, "general.dict")
        dictionary.write_text("".join(line for line in _dictionary() if not NEVER_HEARD.match(line.split()[0])))
        return UtteranceDecoder(Decoder(**_COMMON, dict=str(dictionary)))


def small_decoder(sentences: Iterable[str]) -> UtteranceDecoder:
    """A trigram model of these sentences, and their words only."""
    text = "\n".join(sentences)
    words = set(text.split())
    model = ArpaBoLM(text=text, add_start=True, discount_mass=_DISCOUNT_MASS)
    model.compute()
    with tempfile.TemporaryDirectory(prefix="small-") as folder:
        grammar, dictionary = Path(folder, "small.lm"), Path(folder, "small.dict")
        model.write_file(str(grammar))
        dictionary.write_text("".join(line for line in _dictionary() if _VARIANT.sub("", line.split()[0]) in words))
        options = _COMMON | _WIDER | {"mllr": str(ADAPTATION)}
        return UtteranceDecoder(Decoder(**options, lm=str(grammar), dict=str(dictionary)))


def _dictionary() -> list[str]:
    """The lines of the wheel's pronunciation dictionary."""
    with open(get_model_path("en-us/cmudict-en-us.dict"), encoding="utf-8") as lines:
        return list(lines)
