"""Moonshine tiny, a speech recognition model for English: audio in, log probabilities of the next token out.

The model is an encoder of the whole utterance (about 42 frames per second) and a decoder that takes one token at a time
and keeps what it computed for those before (its cache). It was trained on utterances of up to 30 s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from realtime_engine.core.ports import ANALYSIS_RATE, Samples
from realtime_engine.speech import models

START = 1
END = 2

LEAST_SAMPLES = ANALYSIS_RATE // 10
"""Shorter audio is padded with silence: the encoder fails on less than 0.06 s."""

LogProbs = npt.NDArray[np.float32]
"""Natural log, shape (rows, vocabulary)."""

_Caches = dict[str, npt.NDArray[np.float32]]

_WRITTEN = re.compile(rb"[ A-Za-z0-9.,;:?!'$%&+=/-]+")
"""What speech is written with: no quotation marks, no special tokens of the model, nothing but ASCII."""

_LAYERS = range(6)
_HEADS = 8
_HEAD_SIZE = 36
_OWN = [f"{layer}.decoder.{part}" for layer in _LAYERS for part in ("key", "value")]
_HEARD = [f"{layer}.encoder.{part}" for layer in _LAYERS for part in ("key", "value")]


class Moonshine:
    """The model; its utterances share it. Raises ModelMissing."""

    def __init__(self) -> None:
        self._encoder = models.session(models.MOONSHINE_ENCODER)
        self._decoder = models.session(models.MOONSHINE_DECODER)
        self._pieces = list(_pieces(models.read(models.MOONSHINE_VOCABULARY)))
        self.is_text = np.array([bool(_WRITTEN.fullmatch(piece)) for piece in self._pieces])
        """Of each token, whether it is text of something said; the model's signs for music are not."""
        self.begins_word = np.array([piece.startswith(b" ") for piece in self._pieces])
        """Of each token, whether it ends the word before it."""

    def hear(self, audio: Samples) -> Decoding:
        """Take in an utterance at ANALYSIS_RATE: some 6 ms of work per second of audio."""
        padded = np.pad(audio, (0, max(0, LEAST_SAMPLES - len(audio))))
        mask = np.ones((1, len(padded)), np.int64)
        values = padded[None].astype(np.float32) / 32768
        (frames,) = self._encoder.run(None, {"input_values": values, "attention_mask": mask})
        return Decoding(self._decoder, frames, mask)

    def text(self, tokens: Sequence[int]) -> str:
        """What the tokens stand for; the blank before a word belongs to the word's first token."""
        return b"".join(self._pieces[token] for token in tokens).decode("ascii")


class Decoding:
    """The decoder at work on one utterance: hypotheses of equal length, taken further together."""

    def __init__(self, decoder: onnxruntime.InferenceSession, frames: npt.NDArray[np.float32], mask: Any) -> None:
        self._decoder = decoder
        self._frames = frames
        self._mask = mask  # of the samples, not of the frames: the model wants it so
        self._own: _Caches = {}  # what the decoder computed for the tokens so far, one row for each hypothesis
        self._heard: _Caches = {}  # what it computed for the frames, one row
        self._wide: Mapping[str, Any] = {}  # the same for as many hypotheses as there are

    def begin(self, tokens: Sequence[int]) -> LogProbs:
        """One hypothesis with these first tokens; row i is about the token behind the first i of them."""
        nothing = np.zeros((1, _HEADS, 0, _HEAD_SIZE), np.float32)
        unused = np.zeros((1, _HEADS, 1, _HEAD_SIZE), np.float32)
        caches = dict.fromkeys(_OWN, nothing) | dict.fromkeys(_HEARD, unused)
        self._wide = self._inputs(1, {})
        logits, *computed = self._run(np.array([[START, *tokens]]), caches, _OWN + _HEARD, has_past=False)
        self._own = dict(zip(_OWN, computed, strict=False))
        self._heard = dict(zip(_HEARD, computed[len(_OWN) :], strict=True))
        self._wide = self._inputs(1, self._heard)
        return _log_softmax(logits[0])

    def go_on(self, parents: Sequence[int], tokens: Sequence[int]) -> LogProbs:
        """Hypothesis i is now the former hypothesis ``parents[i]`` and ``tokens[i]``; row i is about what follows."""
        rows = list(parents)
        caches = {name: cache[rows] for name, cache in self._own.items()}
        if len(rows) != len(self._wide["encoder_hidden_states"]):
            self._wide = self._inputs(len(rows), self._heard)
        logits, *computed = self._run(np.array(tokens)[:, None], caches, _OWN, has_past=True)
        self._own = dict(zip(_OWN, computed, strict=True))
        return _log_softmax(logits[:, 0])

    def _run(
        self, tokens: npt.NDArray[np.int64], caches: _Caches, wanted: Sequence[str], *, has_past: bool
    ) -> Sequence[Any]:
        """Logits, shape (rows, tokens, vocabulary), and the wanted caches."""
        outputs = ["logits", *(f"present.{name}" for name in wanted)]
        inputs = {"input_ids": tokens, "use_cache_branch": np.array([has_past]), **_past(caches), **self._wide}
        result: Sequence[Any] = self._decoder.run(outputs, inputs)
        return result

    def _inputs(self, rows: int, heard: _Caches) -> Mapping[str, Any]:
        """What does not change from step to step."""
        alike = {"encoder_hidden_states": self._frames, "encoder_attention_mask": self._mask, **_past(heard)}
        return {name: np.repeat(value, rows, axis=0) for name, value in alike.items()}


def _past(caches: _Caches) -> _Caches:
    return {f"past_key_values.{name}": cache for name, cache in caches.items()}


def _log_softmax(logits: npt.NDArray[np.float32]) -> LogProbs:
    shifted = logits - logits.max(axis=1, keepdims=True)
    result: LogProbs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def _pieces(vocabulary: bytes) -> Iterator[bytes]:
    """Each piece stands behind its length: one byte, or two where the first is above 127 (low seven bits first)."""
    at = 0
    while at < len(vocabulary):
        length, at = vocabulary[at], at + 1
        if length > 127:
            length, at = length - 128 + 128 * vocabulary[at], at + 1
        yield vocabulary[at : at + length].replace("\u2581".encode(), b" ")
        at += length
