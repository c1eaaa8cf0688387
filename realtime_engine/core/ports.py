"""What the session core asks of the outside, as protocols and plain data.

Two kinds of port. *Frame ports* are synchronous and cheap (well under a millisecond per frame): the core calls them
while it takes in audio. *Jobs* are everything slower: the core hands out a job, the driver runs it wherever it likes
and brings results back through ``RealtimeSession.job_done``. Jobs and results are data; neither side calls the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
"""Mono 16-bit samples, shape (n,)."""

SESSION_RATE = 24_000
"""Samples per second of the session's audio clock, its input buffer and its output (the API's pcm16)."""

ANALYSIS_RATE = 16_000
"""Samples per second of the audio that voice activity detection, turn judge and recogniser hear."""

ENGLISH = ("en",)
"""The languages of the built-in recogniser."""

VAD_FRAME = 512
"""Analysis samples per voice activity decision (32 ms)."""


# --- frame ports -------------------------------------------------------------------------------------------------


class Decoder(Protocol):
    """Wire audio of one input stream to samples at SESSION_RATE; keeps its resampler state."""

    def decode(self, data: bytes) -> Samples: ...


class Encoder(Protocol):
    """Samples at SESSION_RATE to wire audio of one output stream; keeps its resampler state."""

    def encode(self, samples: Samples) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Processed:
    """One step of the front end: the audio after noise reduction, at both rates.

    Sample k of either array continues the stream where the last call ended, and lies at the time of input sample k
    (filter delay is compensated), so lengths may trail the input by up to 20 ms.
    """

    audio: Samples  # at SESSION_RATE, what the input buffer keeps
    analysis: Samples  # at ANALYSIS_RATE


class FrontEnd(Protocol):
    """Noise reduction and resampling of one input stream."""

    def process(self, samples: Samples) -> Processed: ...


class VoiceActivityDetector(Protocol):
    """Streaming speech probability of one input stream."""

    @property
    def release_ms(self) -> int:
        """How long the probability usually stays up after the last sound of speech."""
        ...

    def probabilities(self, frames: Sequence[Samples]) -> Sequence[float]:
        """Probability 0..1 that each of the next frames (VAD_FRAME samples at ANALYSIS_RATE) is speech."""
        ...


class SpeechPorts(Protocol):
    """Makes the frame ports of one session."""

    def decoder(self, audio_format: str) -> Decoder:
        """``audio_format`` is one of pcm16, g711_ulaw, g711_alaw."""
        ...

    def encoder(self, audio_format: str) -> Encoder: ...

    def front_end(self, noise_reduction: str | None, strength: float) -> FrontEnd:
        """``noise_reduction`` is near_field, far_field or None; ``strength`` 0..1 mixes dry and wet."""
        ...

    def voice_activity_detector(self) -> VoiceActivityDetector: ...


# --- jobs: what the core hands out -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JudgeTurn:
    """Is the speaker done? Answered by TurnJudged or JobFailed."""

    job_id: str
    audio: Samples  # the turn so far, at most the last 8 s, at ANALYSIS_RATE


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Opened when speech starts, fed by TranscribeAudio while it lasts, ended by TranscribeEnd.

    Answered by any number of TranscriptStable, then one TranscriptDone or JobFailed.
    """

    job_id: str
    model: str | None
    language: str | None
    prompt: str | None
    for_guide: bool  # also listen with the guide's own language model
    logprobs: bool = False  # whether the client asked for the tokens' log probabilities


@dataclass(frozen=True, slots=True)
class TranscribeAudio:
    job_id: str
    audio: Samples  # at ANALYSIS_RATE


@dataclass(frozen=True, slots=True)
class TranscribeEnd:
    job_id: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture the user showed; ``url`` is a data URL or an address the language model may fetch."""

    url: str
    detail: str | None = None  # auto, low, high; None where the client did not say


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message, tool call or tool output of the conversation, as the replier sees it.

    An assistant's turn holds what was heard of it; a user's has no text where the words could not be recognised.
    """

    role: str  # system, user, assistant, tool_call, tool_output
    text: str
    guide_text: str | None = None  # what the guide's own language model heard, if it heard this turn
    call_id: str | None = None
    name: str | None = None
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyParameters:
    """What only a language model can honour; None is left to the language model's own default."""

    model: str = ""
    spoken: bool = True  # the voice will say it: deltas are to be sentences
    temperature: float | None = None
    max_output_tokens: int | None = None
    reasoning_effort: str | None = None
    parallel_tool_calls: bool | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer the conversation. Answered by ReplyText / ReplyToolCall in order, then ReplyDone or JobFailed."""

    job_id: str
    turns: tuple[Turn, ...]
    instructions: str
    tools: tuple[dict[str, Any], ...]
    tool_choice: Any  # auto, none, required or {"type": "function", "name": ...}
    settings: dict[str, Any] = field(default_factory=dict)  # flat facts for "what are your settings?"
    parameters: ReplyParameters = ReplyParameters()


@dataclass(frozen=True, slots=True)
class Speak:
    """Say a text. Answered by SpeechChunk in order, then SpeechDone or JobFailed."""

    job_id: str
    text: str
    voice: str
    speed: float


@dataclass(frozen=True, slots=True)
class CancelJob:
    """The result is no longer wanted; the driver stops the job, and late results are ignored by the core."""

    job_id: str


Job = JudgeTurn | Transcribe | TranscribeAudio | TranscribeEnd | Reply | Speak | CancelJob


# --- results: what the driver brings back ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TurnJudged:
    job_id: str
    probability: float  # 0..1 that the turn is complete


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a transcript as the recogniser chose it; the blank before a word belongs to the word's first piece."""

    text: str
    logprob: float  # natural log, <= 0


@dataclass(frozen=True, slots=True)
class TranscriptStable:
    """Words that will not change any more: the whole stable prefix so far.

    ``tokens`` joined are the text, or there are none where the recogniser knows no probabilities.
    """

    job_id: str
    text: str
    tokens: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class TranscriptDone:
    job_id: str
    text: str
    tokens: tuple[Token, ...]  # as in TranscriptStable
    guide_text: str | None = None  # what the guide shall answer, where it was asked to choose


@dataclass(frozen=True, slots=True)
class ReplyText:
    job_id: str
    delta: str


@dataclass(frozen=True, slots=True)
class ReplyToolCall:
    job_id: str
    name: str
    arguments: str  # JSON


@dataclass(frozen=True, slots=True)
class ReplyUsage:
    """Tokens as the language model counted them."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class ReplyDone:
    job_id: str
    incomplete: Literal["max_output_tokens", "content_filter"] | None = None  # why the reply is cut short
    usage: ReplyUsage | None = None


@dataclass(frozen=True, slots=True)
class SpeechMark:
    """The word at text[start:end] begins at this sample of the job's audio."""

    start: int
    end: int
    sample: int  # at SESSION_RATE, from the start of the job's audio


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    job_id: str
    audio: Samples  # at SESSION_RATE
    marks: tuple[SpeechMark, ...] = ()  # of words that begin within this chunk


@dataclass(frozen=True, slots=True)
class SpeechDone:
    job_id: str


@dataclass(frozen=True, slots=True)
class JobFailed:
    job_id: str
    code: str  # e.g. worker_crashed, overloaded, timeout
    message: str


JobResult = (
    TurnJudged
    | TranscriptStable
    | TranscriptDone
    | ReplyText
    | ReplyToolCall
    | ReplyDone
    | SpeechChunk
    | SpeechDone
    | JobFailed
)

NewId = Callable[[str], str]
"""Makes an id with the given prefix, e.g. ``new_id("item")`` -> ``item_`` + 21 characters."""
