"""What the session core hands to its driver, besides jobs: events for the client, audio for the track, the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from realtime_engine.core.ports import Job, Samples

Media = Literal["events", "track"]
"""How the model's audio leaves: as base64 in events (WebSocket) or on a paced audio track (WebRTC)."""


@dataclass(frozen=True, slots=True)
class SendEvent:
    """One server event, already in the session's dialect and ready for JSON."""

    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShowDecision:
    """How turn detection decided, as an event that is not the API's: for connections that asked to see it."""

    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlayAudio:
    """Samples at SESSION_RATE to append to the track's queue; the track plays them in real time."""

    audio: Samples


@dataclass(frozen=True, slots=True)
class StopPlayback:
    """Drop everything the track has queued, at once."""


@dataclass(frozen=True, slots=True)
class StartJob:
    """Run this job, or pass on what it says about a running one."""

    job: Job


@dataclass(frozen=True, slots=True)
class CloseSession:
    """The session is over: send what is queued, then close the connection."""

    code: int
    reason: str


Output = SendEvent | ShowDecision | PlayAudio | StopPlayback | StartJob | CloseSession
