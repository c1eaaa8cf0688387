"""What a server costs: CPU and memory of a process and all its descendants, read from /proc (Linux)."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
_UTIME, _STIME = 11, 12  # of what follows the name in /proc/PID/stat


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU time used so far and memory held now, of a whole process tree."""

    cpu_seconds: float
    memory_mb: float  # proportional set size: a page shared by two processes counts half in each


def unavailable(proc: Path = PROC) -> str | None:
    """Why usage cannot be read on this machine; None where it can."""
    if (proc / "self" / "smaps_rollup").exists():
        return None
    return f"CPU and memory of the server are read from {proc}, as Linux has it; {sys.platform} has not."


def usage(pid: int) -> Usage:
    """Usage of ``pid`` and its descendants."""
    family = descendants(pid)
    return Usage(sum(map(_cpu_seconds, family)), sum(map(_memory_mb, family)))


def descendants(pid: int) -> list[int]:
    """``pid`` and every process below it."""
    children = [int(child) for task in (PROC / str(pid) / "task").iterdir() for child in _children(task)]
    return [pid, *(each for child in children for each in descendants(child))]


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except FileNotFoundError:  # the thread has just ended
        return []


def _cpu_seconds(pid: int) -> float:
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[_UTIME]) + int(fields[_STIME])) / TICKS


def _memory_mb(pid: int) -> float:
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
