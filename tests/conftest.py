"""Fixtures for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from threadpoolctl import threadpool_limits

# The same examples in each run, however busy the machine; "pytest --hypothesis-profile default" looks for new ones.
settings.register_profile("repeated", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeated")

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """As in the engine: the products are small and many, and threads would only wait for each other."""
    threadpool_limits(1, "blas")


@pytest.fixture(scope="session")
def clips() -> Path:
    """Folder of real recordings with their manifest.json; the test is skipped where there is none."""
    folder = Path(os.environ.get("SPEECH_CLIPS") or REPOSITORY.parent / "shared" / "audio")
    if not (folder / "manifest.json").is_file():
        pytest.skip("no real recordings: set SPEECH_CLIPS to a folder of clips with a manifest.json")
    return folder
