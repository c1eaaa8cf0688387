"""The two dialects by name."""

from __future__ import annotations

from realtime_api.beta import BETA
from realtime_api.dialect import Dialect
from realtime_api.ga import GA

DIALECTS: dict[str, Dialect] = {"beta": BETA, "ga": GA}
