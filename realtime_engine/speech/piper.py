"""A Piper voice (extra ``piper``). Only the voice worker imports this: piper-tts is GPL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import soxr

from realtime_engine.core.ports import SESSION_RATE, Samples, Speak, SpeechChunk, SpeechDone
from realtime_engine.speech.marks import EvenMarks
from realtime_engine.speech.messages import Answer, Ready, Request
from realtime_engine.speech.refusal import refuse
from realtime_engine.speech.voices import VOICES

Send = Callable[[Answer], None]


class Voice(Protocol):
    """A loaded voice: text in, samples out, sentence by sentence."""

    rate: int  # samples per second

    def speak(self, text: str, speed: float, speaker: int) -> Iterator[Samples]:
        """``speaker`` counts the API's voices; a voice with fewer speakers begins again."""
        ...


class PiperVoice:
    """A voice of the piper package."""

    def __init__(self, path: str) -> None:
        """Raises ImportError without the package, OSError, ValueError or KeyError without a voice."""
        import piper

        if not Path(path).is_file():
            raise FileNotFoundError(path)
        self._make_config = piper.SynthesisConfig
        self._voice = piper.PiperVoice.load(path)
        self.rate: int = self._voice.config.sample_rate

    def speak(self, text: str, speed: float, speaker: int) -> Iterator[Samples]:
        config = self._voice.config
        chosen = speaker % config.num_speakers if config.num_speakers > 1 else None
        asked = self._make_config(speaker_id=chosen, length_scale=config.length_scale / speed)
        for chunk in self._voice.synthesize(text, asked):
            yield chunk.audio_int16_array


def serve(requests: Iterable[Request], cancelled: Callable[[str], bool], send: Send, path: str) -> None:
    """Loads the voice and speaks one text after the other; says why where there is no voice."""
    try:
        voice = PiperVoice(path)
    except ImportError:
        remedy = 'piper-tts is not installed. Install it with: pip install -e ".[piper]"'
        refuse(requests, send, f"REALTIME_PIPER_VOICE: {remedy}")
        return
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        remedy = f"no Piper voice at {path!r} ({type(error).__name__}). It is an .onnx file, its .onnx.json beside it."
        refuse(requests, send, f"REALTIME_PIPER_VOICE: {remedy}")
        return
    send(Ready())
    for request in requests:
        if isinstance(request, Speak):
            speak(voice, request, cancelled, send)


def speak(voice: Voice, job: Speak, cancelled: Callable[[str], bool], send: Send) -> None:
    """Speaks one text; where its words begin is estimated (see ``EvenMarks``)."""
    resampler = soxr.ResampleStream(voice.rate, SESSION_RATE, 1, dtype="int16", quality="HQ")
    marks, taken = EvenMarks(job.text, job.speed), 0
    speaker = list(VOICES).index(job.voice) if job.voice in VOICES else 0
    for samples in voice.speak(job.text, job.speed, speaker):
        if cancelled(job.job_id):
            return
        audio: Samples = resampler.resample_chunk(samples)
        taken += len(audio)
        send(SpeechChunk(job.job_id, audio, marks.until(taken)))
    rest: Samples = resampler.resample_chunk(np.zeros(0, np.int16), last=True)
    send(SpeechChunk(job.job_id, rest, marks.rest(taken + len(rest))))
    send(SpeechDone(job.job_id))
