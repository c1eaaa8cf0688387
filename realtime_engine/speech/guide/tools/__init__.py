"""The tools of the session: chooses one, builds its arguments from what the user said, and reads its result back."""

from __future__ import annotations

from .choice import arguments_for, choose_tool
from .results import pending_results, read_results

__all__ = ["arguments_for", "choose_tool", "pending_results", "read_results"]
