"""What a server costs is read where the machine tells it, and nowhere else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks import process


def test_machine_without_proc_is_told_at_once(tmp_path: Path) -> None:
    reason = process.unavailable(tmp_path / "proc")
    assert reason is not None
    assert "Linux" in reason


@pytest.mark.skipif(sys.platform != "linux", reason="usage is read from /proc")
def test_usage_of_a_process_is_read() -> None:
    assert process.unavailable() is None
    used = process.usage(os.getpid())
    assert used.cpu_seconds > 0
    assert used.memory_mb > 1
