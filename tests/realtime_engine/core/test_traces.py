"""The whole sequence of events of each scenario, in both dialects, is the one that was looked at and kept.

After a wanted change: ``python -m tests.realtime_engine.core.test_traces`` writes the traces anew; read the difference
against the API's reference before it is kept.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from realtime_api.dialects import DIALECTS
from tests.realtime_engine.core.scenarios import SCENARIOS

TRACES = Path(__file__).parent / "traces"
ALL = [(name, dialect) for name in SCENARIOS for dialect in DIALECTS]


def kept(name: str, dialect: str) -> Path:
    return TRACES / f"{name}.{dialect}.txt"


@pytest.mark.parametrize(("name", "dialect"), ALL)
def test_the_session_goes_as_the_trace_says(name, dialect):
    assert SCENARIOS[name](dialect).trace().splitlines() == kept(name, dialect).read_text().splitlines()


def test_every_trace_belongs_to_a_scenario():
    assert {path.name for path in TRACES.iterdir()} == {kept(*each).name for each in ALL}


if __name__ == "__main__":
    for name, dialect in ALL:
        kept(name, dialect).write_text(SCENARIOS[name](dialect).trace())
