"""Turning the user's audio into words: one transcription job per audio item, streamed to the client where asked."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from realtime_api import catalog
from realtime_api.config import SessionConfig, Transcription
from realtime_api.errors import ServerError
from realtime_api.responses import USER_AUDIO_MS_PER_TOKEN, text_tokens
from realtime_api.server_events import TranscriptionCompleted, TranscriptionDelta, TranscriptionFailed
from realtime_engine.core.conversation import Conversation, Entry
from realtime_engine.core.outbox import Outbox
from realtime_engine.core.ports import (
    CancelJob,
    JobFailed,
    Samples,
    Token,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
)


@dataclass(slots=True)
class _Listening:
    job_id: str
    item_id: str
    content_index: int
    asked: Transcription | None  # None: the client gets no transcription events
    logprobs: bool
    entry: Entry | None
    sent: str = ""
    audio_ms: int = 0
    committed: bool = False
    waiting: list[TranscriptStable | TranscriptDone | JobFailed] = field(default_factory=list)


class Hearing:
    """Opens, feeds and ends transcription jobs, and reports their results.

    Events for an item are held back until the item is in the conversation, except in transcription sessions without
    turn detection, where the API streams deltas while the user still talks.
    """

    def __init__(
        self,
        outbox: Outbox,
        conversation: Conversation,
        on_heard: Callable[[str, JobFailed | None], None],
        *,
        for_guide: bool = True,
        language: str | None = None,
    ) -> None:
        self._outbox = outbox
        self._conversation = conversation
        self._on_heard = on_heard
        self._for_guide = for_guide  # it answers, so the recogniser may listen for its requests
        self._language = language  # the only one the recogniser knows
        self._listening: dict[str, _Listening] = {}

    def is_listening(self, item_id: str) -> bool:
        """Whether words of this item are still to come."""
        return any(listening.item_id == item_id for listening in self._listening.values())

    def open(self, config: SessionConfig, item_id: str, content_index: int = 0, *, entry: Entry | None = None) -> str:
        """Start listening for an item; returns the job's id. The words go to ``entry``, or to the conversation's."""
        asked = config.transcription
        job_id = self._outbox.new_id("job")
        self._listening[job_id] = _Listening(job_id, item_id, content_index, asked, config.wants_logprobs, entry)
        self._outbox.start(
            Transcribe(
                job_id,
                model=asked.model if asked else None,
                language=_language(asked) if asked else None,
                prompt=_hints(asked) if asked else None,
                for_guide=self._for_guide and config.kind == "realtime",
                logprobs=config.wants_logprobs,
            )
        )
        return job_id

    def feed(self, job_id: str, audio: Samples) -> None:
        """More audio of the item, at ANALYSIS_RATE."""
        if job_id in self._listening and len(audio):
            self._outbox.start(TranscribeAudio(job_id, audio))

    def end(self, job_id: str) -> None:
        """All audio was fed."""
        if job_id in self._listening:
            self._outbox.start(TranscribeEnd(job_id))

    def cancel(self, job_id: str) -> None:
        """The item will never be."""
        if self._listening.pop(job_id, None) is not None:
            self._outbox.start(CancelJob(job_id))

    def cancel_all(self) -> None:
        for job_id in list(self._listening):
            self.cancel(job_id)

    def committed(self, item_id: str, audio_ms: int) -> None:
        """The item is in the conversation: its events may go out."""
        for listening in list(self._listening.values()):
            if listening.item_id == item_id:
                listening.committed, listening.audio_ms = True, audio_ms
                waiting, listening.waiting = listening.waiting, []
                for result in waiting:
                    self._report(listening, result)

    def handles(self, job_id: str) -> bool:
        return job_id in self._listening

    def job_done(self, result: TranscriptStable | TranscriptDone | JobFailed, *, early_deltas: bool = False) -> None:
        """A result of one of the jobs opened here."""
        listening = self._listening[result.job_id]
        if any(not isinstance(waiting, TranscriptStable) for waiting in listening.waiting):
            return  # it has ended already and only waits for its item
        if listening.committed or (early_deltas and isinstance(result, TranscriptStable)):
            self._report(listening, result)
        else:
            listening.waiting.append(result)

    def _report(self, listening: _Listening, result: TranscriptStable | TranscriptDone | JobFailed) -> None:
        if isinstance(result, TranscriptStable):
            self._delta(listening, result.text, result.tokens)
            return
        del self._listening[listening.job_id]
        if isinstance(result, JobFailed):
            self._failed(listening, result)
        else:
            self._completed(listening, result)

    def _delta(self, listening: _Listening, text: str, tokens: tuple[Token, ...]) -> None:
        """Send what is new; transcripts only ever grow."""
        if listening.asked is None or not text.startswith(listening.sent) or text == listening.sent:
            return
        new = text[len(listening.sent) :]
        logprobs = _logprobs(_behind(len(listening.sent), tokens)) if listening.logprobs and tokens else None
        listening.sent = text
        self._outbox.emit(TranscriptionDelta(item_id=listening.item_id, content_index=0, delta=new, logprobs=logprobs))

    def _completed(self, listening: _Listening, done: TranscriptDone) -> None:
        self._delta(listening, done.text, done.tokens)
        if listening.entry is not None:
            listening.entry.set_transcript(listening.content_index, done.text, done.guide_text)
        else:
            self._conversation.set_transcript(listening.item_id, listening.content_index, done.text, done.guide_text)
        if listening.asked is not None:
            self._outbox.emit(
                TranscriptionCompleted(
                    item_id=listening.item_id,
                    content_index=listening.content_index,
                    transcript=done.text,
                    usage=_usage(listening.asked.model, listening.audio_ms, done.text),
                    logprobs=_logprobs(done.tokens) if listening.logprobs else None,
                    languages=self._languages(listening.asked, done.text),
                )
            )
        self._on_heard(listening.item_id, None)

    def _languages(self, asked: Transcription, transcript: str) -> list[str] | None:
        """The language the words are in, as far as it is certain; None where the model does not name any."""
        if asked.model != catalog.NAMING_MODEL:
            return None
        language = self._language or _language(asked)
        return [language] if language and transcript else []

    def _failed(self, listening: _Listening, failed: JobFailed) -> None:
        if listening.asked is not None:
            error = ServerError(failed.message, failed.code)
            self._outbox.emit(
                TranscriptionFailed(item_id=listening.item_id, content_index=listening.content_index, error=error)
            )
        self._on_heard(listening.item_id, failed)


def _language(asked: Transcription) -> str | None:
    """Recognisers take one language or find out themselves."""
    if asked.language is None and asked.languages and len(asked.languages) == 1:
        return asked.languages[0]
    return asked.language


def _hints(asked: Transcription) -> str | None:
    """Keywords stand behind the prompt, where recognisers look for spellings."""
    return ", ".join(filter(None, (asked.prompt, *(asked.keywords or ())))) or None


def _usage(model: str, audio_ms: int, transcript: str) -> Mapping[str, Any]:
    if model in catalog.TIMED_MODELS:
        return {"type": "duration", "seconds": math.ceil(audio_ms / 1000)}
    heard, written = math.ceil(audio_ms / USER_AUDIO_MS_PER_TOKEN), text_tokens(transcript)
    return {
        "type": "tokens",
        "total_tokens": heard + written,
        "input_tokens": heard,
        "output_tokens": written,
        "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
    }


def _behind(length: int, tokens: tuple[Token, ...]) -> Iterator[Token]:
    """The tokens behind so many characters."""
    ends = itertools.accumulate(len(token.text) for token in tokens)
    return (token for token, end in zip(tokens, ends, strict=True) if end > length)


def _logprobs(tokens: Iterable[Token]) -> list[Mapping[str, Any]]:
    return [{"token": token.text, "logprob": token.logprob, "bytes": list(token.text.encode())} for token in tokens]
