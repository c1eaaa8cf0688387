"""What some models write before their reply: their thoughts, which nobody wants to hear."""

from __future__ import annotations

OPENING, CLOSING = "<think>", "</think>"


class Thoughts:
    """Takes a reply as it arrives and gives it back without a ``<think>`` passage at its beginning."""

    def __init__(self) -> None:
        self._held = ""
        self._over = False

    def strip(self, delta: str) -> str:
        """What is certain to be reply."""
        if self._over:
            return delta
        self._held += delta
        text = self._held.lstrip()
        if not text.startswith(OPENING):
            return "" if OPENING.startswith(text) else self._begin(self._held)
        thoughts, end, reply = text.removeprefix(OPENING).partition(CLOSING)
        if reply.strip():
            return self._begin(reply.lstrip())
        self._held = OPENING + (CLOSING if end else thoughts[-len(CLOSING) :])  # part of it may be there already
        return ""

    def close(self) -> str:
        """What was held back and is reply after all; thoughts that never ended are not."""
        reply = "" if self._over or self._held.lstrip().startswith(OPENING) else self._held
        return self._begin(reply) if reply else ""

    def _begin(self, reply: str) -> str:
        self._over = True
        return reply
