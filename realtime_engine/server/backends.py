"""What answers, listens and speaks: the engine's own, or what the settings name in its place."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from realtime_engine.speech.client import Recogniser, Runner, Voice, WorkerPool
from realtime_engine.speech.guide.runner import Guide
from realtime_engine.speech.remote import service
from realtime_engine.speech.remote.language_model import LanguageModel
from realtime_engine.speech.remote.service import Address, Service
from realtime_engine.speech.remote.speech import Speaker
from realtime_engine.speech.remote.transcription import Transcriber


class Remote(Protocol):
    """A server that was reached by URL."""

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Backends:
    """One of each for all sessions, and what has to be started and stopped for them."""

    answerer: Runner
    recogniser: Runner
    voice: Runner
    pools: tuple[WorkerPool, ...] = ()
    remotes: tuple[Remote, ...] = ()

    @classmethod
    def from_settings(cls) -> Backends:
        """Nothing runs yet, and no server is asked."""
        answerer, listener, speaker = _language_model(), _transcriber(), _speaker()
        recognisers, voices = _recognisers(), _voices()
        return cls(
            answerer=answerer or Guide(),
            recogniser=listener or Recogniser(recognisers),
            voice=speaker or Voice(voices),
            pools=(*(() if listener else (recognisers,)), *(() if speaker else (voices,))),
            remotes=tuple(remote for remote in (answerer, listener, speaker) if remote),
        )

    @property
    def languages(self) -> Collection[str] | None:
        """What the recogniser has said it knows; None for a server, which is not asked beforehand."""
        recognisers = (pool.languages for pool in self.pools if pool.kind == "recogniser")
        return next(recognisers, None)

    async def start(self) -> None:
        """Returns when all workers are ready. Raises RuntimeError where one is not, and leaves none behind."""
        started = await asyncio.gather(*(pool.start() for pool in self.pools), return_exceptions=True)
        failure = next((failed for failed in started if isinstance(failed, BaseException)), None)
        if failure is not None:
            await self.stop()
            raise failure

    async def stop(self) -> None:
        """Ends the workers, and what is still asked of servers."""
        await asyncio.gather(*(pool.stop() for pool in self.pools), *(remote.aclose() for remote in self.remotes))


def _language_model() -> LanguageModel | None:
    address = Address(settings.ENGINE_LLM_URL, settings.ENGINE_LLM_MODEL, settings.ENGINE_LLM_API_KEY)
    return LanguageModel(Service(service.LANGUAGE_MODEL, address)) if address.url else None


def _transcriber() -> Transcriber | None:
    address = Address(settings.ENGINE_STT_URL, settings.ENGINE_STT_MODEL, settings.ENGINE_STT_API_KEY)
    return Transcriber(Service(service.TRANSCRIPTION, address)) if address.url else None


def _speaker() -> Speaker | None:
    address = Address(settings.ENGINE_TTS_URL, settings.ENGINE_TTS_MODEL, settings.ENGINE_TTS_API_KEY)
    return Speaker(Service(service.SPEECH, address), settings.ENGINE_TTS_VOICE) if address.url else None


def _recognisers() -> WorkerPool:
    """Each Whisper worker loads the model, and gets its share of the cores."""
    size, model = settings.ENGINE_RECOGNISERS, settings.ENGINE_WHISPER_MODEL
    threads = max(1, (os.cpu_count() or 1) // max(1, size))
    return WorkerPool("recogniser", size, ("faster_whisper", model, str(threads)) if model else ())


def _voices() -> WorkerPool:
    voice = settings.ENGINE_PIPER_VOICE
    return WorkerPool("voice", settings.ENGINE_VOICES, ("piper", voice) if voice else ())
