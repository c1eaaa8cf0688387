"""Says plainly what is beyond the guide, where people often ask for it."""

from __future__ import annotations

import re

from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.scene import Answer

from .about import offers

_BEYOND = {
    re.compile(r"(?=.{,60}$).*\b(weather|forecast|news|headlines|stock market|play music|wikipedia|google)\b"): (
        "I cannot look anything up, because I have no connection to anything outside this server."
    ),
    re.compile(
        r"(sing|tell|give|know|another|a|the|any|some|write|read|play)\b.{,30}\b(jokes?|songs?|poems?|poetry)\b|sing\b"
    ): "I have no jokes and no songs, but I do have stories.",
}


def find(heard: Heard) -> Answer | None:
    """Answers "what is the weather", "tell me a joke" with what there is instead."""
    reason = next((reason for pattern, reason in _BEYOND.items() if pattern.match(heard.request)), None)
    return (lambda scene: [reason, offers(scene, 2)]) if reason else None
