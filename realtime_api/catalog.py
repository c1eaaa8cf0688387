"""Models, voices and formats of the Realtime API as data, with their shutdown dates.

Source: the provider's model and deprecation pages as of November 2026. Names stay here after their shutdown, because
compatible servers (the embedded engine among them) go on serving them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

ModelKind = Literal["realtime", "transcription"]


@dataclass(frozen=True, slots=True)
class Model:
    """One model name; ``shutdown`` is the provider's ISO date, past or future, or None."""

    id: str
    kind: ModelKind
    shutdown: str | None = None


DEFAULT_MODEL = "gpt-realtime-2.1"
DEFAULT_BETA_MODEL = "gpt-4o-realtime-preview"
DEFAULT_TRANSCRIPTION_MODEL = "gpt-4o-transcribe"

MODELS: tuple[Model, ...] = (
    Model("gpt-realtime-2.1", "realtime"),
    Model("gpt-realtime-2.1-mini", "realtime"),
    Model("gpt-realtime-2", "realtime"),
    Model("gpt-realtime-1.5", "realtime"),
    Model("gpt-realtime", "realtime", "2027-01-20"),
    Model("gpt-realtime-2025-08-28", "realtime", "2027-01-20"),
    Model("gpt-realtime-mini", "realtime", "2027-01-20"),
    Model("gpt-realtime-mini-2025-12-15", "realtime", "2027-01-20"),
    Model("gpt-realtime-mini-2025-10-06", "realtime", "2026-07-23"),
    Model("gpt-audio-1.5", "realtime"),
    Model("gpt-audio-mini", "realtime", "2027-01-20"),
    Model("gpt-audio-mini-2025-12-15", "realtime", "2027-01-20"),
    Model("gpt-audio-mini-2025-10-06", "realtime", "2027-01-20"),
    Model("gpt-4o-realtime-preview", "realtime", "2026-05-07"),
    Model("gpt-4o-realtime-preview-2024-10-01", "realtime", "2025-10-10"),
    Model("gpt-4o-realtime-preview-2024-12-17", "realtime", "2026-05-07"),
    Model("gpt-4o-realtime-preview-2025-06-03", "realtime", "2026-05-07"),
    Model("gpt-4o-mini-realtime-preview", "realtime", "2026-05-07"),
    Model("gpt-4o-mini-realtime-preview-2024-12-17", "realtime", "2026-05-07"),
    Model("gpt-live-transcribe", "transcription"),
    Model("gpt-transcribe", "transcription"),
    Model("gpt-realtime-whisper", "transcription"),
    Model("gpt-4o-transcribe", "transcription", "2027-02-26"),
    Model("gpt-4o-mini-transcribe", "transcription", "2027-02-26"),
    Model("gpt-4o-mini-transcribe-2025-12-15", "transcription", "2027-02-26"),
    Model("gpt-4o-transcribe-diarize", "transcription", "2027-02-26"),
    Model("whisper-1", "transcription", "2027-02-26"),
)

MANUAL_ONLY_MODELS = frozenset({"gpt-live-transcribe", "gpt-realtime-whisper"})
"""Streaming recognisers that refuse turn detection: the client commits."""

HINTED_MODELS = frozenset({"gpt-live-transcribe", "gpt-transcribe"})
"""The only recognisers that take ``languages`` and ``keywords``."""

DELAYED_MODELS = frozenset({"gpt-live-transcribe", "gpt-realtime-whisper"})
"""The only recognisers that take a ``delay``."""

UNPROMPTED_MODELS = frozenset({"gpt-4o-transcribe-diarize", "gpt-realtime-whisper"})
"""Recognisers that refuse a ``prompt``."""

TIMED_MODELS = frozenset({"gpt-live-transcribe", "gpt-realtime-whisper", "gpt-transcribe", "whisper-1"})
"""Recognisers priced, and reported, by the duration of what they hear; the others by tokens."""

NAMING_MODEL = "gpt-transcribe"
"""The only recogniser that names the languages it heard."""

DIARIZE_MODEL = "gpt-4o-transcribe-diarize"

GA_VOICES: tuple[str, ...] = (
    "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar",
)  # fmt: skip
BETA_VOICES: tuple[str, ...] = (
    "alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar",
)  # fmt: skip
DEFAULT_VOICE = "alloy"


def models(kind: ModelKind) -> Iterable[Model]:
    """The models of one kind, newest first."""
    return (model for model in MODELS if model.kind == kind)


def is_known(model: str, kind: ModelKind) -> bool:
    """Whether the catalog lists this model name for this kind of session."""
    return any(known.id == model for known in models(kind))
