"""Whether the embedded engine can run here, and how the site shows it.

Nothing of ``realtime_engine`` is imported before its packages are known to be installed: without the engine extra the
site runs all the same, with other providers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec

from realtime_api.config import Kind

PACKAGES = ("aiortc", "espeakng_loader", "numpy", "onnxruntime", "pipecat", "pocketsphinx", "soxr")
"""What the engine extra installs, by import name; webrtc-noise-gain is absent because the engine runs without it."""

NOTE = (
    "Speech recognition, turn detection, replies and voice run on this machine's CPU. The replies come from a small "
    "built-in guide, not from a language model: ask it what it can do."
)

WITHOUT_EFFECT: Mapping[Kind, Mapping[str, str]] = {
    "realtime": {
        "model": "Local engine: the built-in guide answers under any model name.",
        "instructions": "Local engine: the guide can read them back, but it does not follow them.",
        "temperature": "Local engine: accepted and echoed, but the guide does not sample.",
    },
    "transcription": {
        "model": "Local engine: one recogniser for English listens under any model name.",
        "prompt": "Local engine: accepted and echoed, but the recogniser does not use it.",
    },
}
"""Per kind of session, the fields that only a language model or another recogniser could honour."""


def missing_packages() -> list[str]:
    """Import names of the engine's packages that are not installed."""
    return [name for name in PACKAGES if find_spec(name) is None]


@cache
def unavailable_reason() -> str | None:
    """Why the engine cannot run in this process, and the remedy; None where it can."""
    if missing := missing_packages():
        return f'It is not installed (missing: {", ".join(missing)}). Install it with: pip install -e ".[engine]"'
    from realtime_engine.speech import models

    try:
        models.read(models.SILERO_VAD)
    except models.ModelMissing as error:
        return str(error)
    return None
