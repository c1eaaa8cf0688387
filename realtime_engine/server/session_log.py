"""Which session a line of the log is about."""

from __future__ import annotations

from contextvars import ContextVar

session_id: ContextVar[str] = ContextVar("session_id", default="")
"""Set in the task of a session, and so in the tasks that it starts; empty elsewhere."""
