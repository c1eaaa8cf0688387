"""The content part a response is producing: text, or speech with its transcript."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from realtime_api.items import Content
from realtime_api.responses import CHARACTERS_PER_TOKEN, MODEL_AUDIO_MS_PER_TOKEN, text_tokens
from realtime_api.server_events import (
    AudioDelta,
    AudioDone,
    ContentPartAdded,
    ContentPartDone,
    TextDelta,
    TextDone,
    TranscriptDelta,
    TranscriptDone,
)
from realtime_engine.core.input_buffer import AUDIO_PER_MS
from realtime_engine.core.outbox import Outbox
from realtime_engine.core.outputs import Media
from realtime_engine.core.playback import Playback
from realtime_engine.core.ports import SESSION_RATE, Encoder, Samples, SpeechChunk, SpeechMark

SMALLEST_DELTA = SESSION_RATE // 10
LARGEST_DELTA = SESSION_RATE // 5
"""Samples in one audio delta: 100 to 200 ms; the last may be shorter."""

SAMPLES_PER_TOKEN = MODEL_AUDIO_MS_PER_TOKEN * AUDIO_PER_MS


def _audio_tokens(samples: int) -> int:
    return -(-(samples // AUDIO_PER_MS) // MODEL_AUDIO_MS_PER_TOKEN)


class Place:
    """Where a part stands: the ids and indexes that all its events carry."""

    def __init__(self, response_id: str, item_id: str, output_index: int) -> None:
        self.response_id = response_id
        self.item_id = item_id
        self.output_index = output_index
        self.content_index = 0


class TextPart:
    """Text that is read, not spoken."""

    def __init__(self, outbox: Outbox, place: Place) -> None:
        self._outbox = outbox
        self._place = place
        self.content = Content("text", text="")
        outbox.emit(ContentPartAdded(part=self.content, **vars(place)))

    @property
    def tokens(self) -> int:
        return text_tokens(self.content.text or "")

    def add(self, delta: str) -> None:
        """Stream some more."""
        self.content = replace(self.content, text=(self.content.text or "") + delta)
        self._outbox.emit(TextDelta(delta=delta, **vars(self._place)))

    def close(self) -> None:
        """The `.done` events; their payload is what was sent."""
        self._outbox.emit(TextDone(text=self.content.text or "", **vars(self._place)))
        self._outbox.emit(ContentPartDone(part=self.content, **vars(self._place)))


class SpokenPart:
    """Speech: audio in events or on the track, and the transcript word by word as it is spoken."""

    def __init__(self, outbox: Outbox, place: Place, media: Media, encoder: Encoder, playback: Playback) -> None:
        self._outbox = outbox
        self._place = place
        self._media = media
        self._encoder = encoder
        self._playback = playback
        self._audio: list[Samples] = []
        self._samples = 0
        self._unsent: Samples = np.zeros(0, dtype=np.int16)
        self._sentence = ""
        self._sentence_start = 0  # characters of the transcript before this sentence
        self._sentence_sample = 0  # samples before this sentence
        self._marks: list[SpeechMark] = []
        self._early: list[SpeechMark] = []  # of words whose sound has not come yet
        self.content = Content("audio", transcript="")
        outbox.emit(ContentPartAdded(part=self.content, **vars(place)))

    @property
    def transcript(self) -> str:
        return self.content.transcript or ""

    @property
    def audio_ms(self) -> int:
        return self._samples // AUDIO_PER_MS

    @property
    def audio_tokens(self) -> int:
        return _audio_tokens(self._samples)

    @property
    def tokens(self) -> int:
        return self.audio_tokens + text_tokens(self.transcript)

    @property
    def audio(self) -> Samples:
        return np.concatenate(self._audio) if self._audio else np.zeros(0, dtype=np.int16)

    @property
    def marks(self) -> tuple[SpeechMark, ...]:
        """Where each word of the transcript begins, in characters and samples of the whole part."""
        return tuple(self._marks)

    def begin_sentence(self, text: str) -> None:
        """What is spoken from here on."""
        self._sentence = text
        self._sentence_start = len(self.transcript)
        self._sentence_sample = self._samples
        self._early = []

    def affordable(self, chunk: SpeechChunk, room: int) -> int:
        """How many samples of the chunk, with the words that begin in them, cost at most ``room`` more tokens."""
        most, allowed = self.tokens + room, len(chunk.audio)
        while allowed > 0 and self._tokens_with(chunk, allowed) > most:
            allowed -= SAMPLES_PER_TOKEN
        return max(0, allowed)

    def _tokens_with(self, chunk: SpeechChunk, samples: int) -> int:
        end = self._samples - self._sentence_sample + samples
        begun = [mark.end for mark in (*self._early, *chunk.marks) if mark.sample < end]
        characters = max(len(self.transcript), self._sentence_start + max(begun, default=0))
        return _audio_tokens(self._samples + samples) + -(-characters // CHARACTERS_PER_TOKEN)

    def add(self, chunk: SpeechChunk, now: float, allowed: int) -> None:
        """Some speech of the sentence, at most ``allowed`` samples: the words that begin in it, then the sound."""
        audio = chunk.audio[:allowed]
        self._early += chunk.marks
        self._mark_until(self._samples - self._sentence_sample + len(audio))
        self._sound(audio, now)

    def end_sentence(self) -> None:
        """All of it was spoken; a word marked behind the end of the sound belongs to the sentence all the same."""
        self._mark_until(None)
        self._say_until(len(self._sentence))

    def close(self) -> None:
        """The `.done` events; their payload is what was sent."""
        self._send()
        self._outbox.emit(AudioDone(**vars(self._place)))
        self._outbox.emit(TranscriptDone(transcript=self.transcript, **vars(self._place)))
        self._outbox.emit(ContentPartDone(part=self.content, **vars(self._place)))

    def _mark_until(self, end: int | None) -> None:
        """Say the words that begin before sample ``end`` of the sentence (None: all)."""
        begun = [mark for mark in self._early if end is None or mark.sample < end]
        self._early = [mark for mark in self._early if mark not in begun]
        for mark in begun:
            self._mark(mark)

    def _mark(self, mark: SpeechMark) -> None:
        self._say_until(mark.end)
        start, sample = self._sentence_start, self._sentence_sample
        self._marks.append(SpeechMark(start + mark.start, start + mark.end, sample + mark.sample))

    def _say_until(self, end: int) -> None:
        said = len(self.transcript) - self._sentence_start
        if end <= said:
            return
        delta = self._sentence[said:end]
        self.content = Content("audio", transcript=self.transcript + delta)
        self._outbox.emit(TranscriptDelta(delta=delta, **vars(self._place)))

    def _sound(self, audio: Samples, now: float) -> None:
        self._audio.append(audio)
        self._samples += len(audio)
        self._playback.play(self._place.item_id, audio, now)
        if self._media == "track":
            return
        self._unsent = np.concatenate((self._unsent, audio))
        if len(self._unsent) >= SMALLEST_DELTA:
            self._send()

    def _send(self) -> None:
        """Several deltas where one would be too long, all alike."""
        audio, self._unsent = self._unsent, self._unsent[:0]
        for piece in np.array_split(audio, -(-len(audio) // LARGEST_DELTA)) if len(audio) else ():
            self._outbox.emit(AudioDelta(audio=self._encoder.encode(piece), **vars(self._place)))
