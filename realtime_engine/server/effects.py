"""What has no effect in this installation: it depends on what answers and what listens."""

from __future__ import annotations

from collections.abc import Mapping

from realtime_engine.core import capabilities


def without_effect() -> Mapping[str, str]:
    """Path in SessionConfig -> reason, for the parts this installation is set up with."""
    return capabilities.without_effect(answerer=False, recogniser=False)
