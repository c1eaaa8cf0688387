"""Whether the embedded engine can run here is told by its packages."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from realtime_demo import engine

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
DISPENSABLE = {"webrtc-noise-gain"}


def test_every_package_of_the_engine_is_looked_for() -> None:
    extra = tomllib.loads(PROJECT.read_text())["project"]["optional-dependencies"]["engine"]
    wanted = {re.split(r"[^\w-]", requirement)[0] for requirement in extra} - DISPENSABLE
    distributions = packages_distributions()
    assert {distributions[package][0].lower().replace("_", "-") for package in engine.PACKAGES} == wanted
