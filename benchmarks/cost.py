"""What a session costs, and how soon speech_stopped arrives, by the number of sessions.

    python -m benchmarks.cost FOLDER [--sessions 1 4 8 16 32] [--seconds 30] [--detection server_vad semantic_vad]
                              [--clip ID] [--peer] [--json FILE]

Starts the site itself and, with --peer, a pipecat pipeline with the same two models (benchmarks/pipecat_peer). The
same talkers (benchmarks/talkers.py, a process of its own) talk to each in real time: one recording of FOLDER (the one
with most turns, unless --clip names another), over and over, 20 ms at a time.

``CPU``       of the server's process tree over the run, per session, in percent of one core
``memory``    proportional set size at the end of the run beyond that after a warm-up session, per session, in MB
``sample``    arrival of speech_stopped after the sample at its audio_end_ms was sent; p50, p95, ms. With semantic_vad
              audio_end_ms includes the silence the turn judge chose, so this is what comes on top of it
``word``      arrival of speech_stopped after the last labelled sample of speech was sent; p50, p95, ms
``slip``      how late the talkers were at worst, ms: above 50 the machine was too busy for the row to count
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.clips import BadClip, Clip, load
from benchmarks.pipecat_peer.run import peer
from benchmarks.process import Usage, unavailable, usage
from benchmarks.scoring import percentile
from benchmarks.talkers import Task
from tests.live import ENGINE_KEY, live_server

MODEL = "gpt-realtime-2.1"
SESSIONS = (1, 4, 8, 16, 32)
PEER_SESSIONS = 16
WARM_UP_SECONDS = 8.0
SETTLE_SECONDS = 6.0  # at the beginning of a run, until everybody talks
LEAST_SECONDS = 20.0
POLICIES: dict[str, dict[str, Any]] = {
    "server_vad": {"type": "server_vad", "silence_duration_ms": 500, "create_response": False},
    "semantic_vad": {"type": "semantic_vad", "eagerness": "auto", "create_response": False},
}


@dataclass(frozen=True, slots=True)
class Server:
    """Something to talk to."""

    name: str
    pid: int
    address: str
    headers: dict[str, str]
    first: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Row:
    """One run."""

    server: str
    detection: str
    sessions: int
    cpu_percent: float
    memory_mb: float
    stops: int
    sample_ms: tuple[float | None, float | None]
    word_ms: tuple[float | None, float | None]
    slip_ms: float


HEADER = (
    f"{'server':<12}{'detection':<14}{'sessions':>8}{'CPU':>8}{'memory':>8}{'stops':>7}"
    f"{'sample p50':>12}{'p95':>6}{'word p50':>10}{'p95':>6}{'slip':>6}"
)


def measure(server: Server, detection: str, sessions: int, clip: Clip, seconds: float) -> Row:
    """Talks to the server for ``seconds``. Raises RuntimeError where a session got an error."""
    before = usage(server.pid)
    task = Task(server.address, sessions, seconds, str(clip.path.parent), clip.id, server.headers, server.first)
    samples: list[Usage] = []
    begin, end = SETTLE_SECONDS, seconds - 1
    timers = [threading.Timer(at, lambda: samples.append(usage(server.pid))) for at in (begin, end)]
    command = [sys.executable, "-m", "benchmarks.talkers", json.dumps(asdict(task))]
    talkers = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for timer in timers:
        timer.start()
    result = json.loads(talkers.communicate()[0])
    if result["errors"]:
        raise RuntimeError(f"{server.name}: {result['errors'][0]}")
    return Row(
        server.name,
        detection,
        sessions,
        cpu_percent=100 * (samples[1].cpu_seconds - samples[0].cpu_seconds) / (end - begin) / sessions,
        memory_mb=(samples[1].memory_mb - before.memory_mb) / sessions,
        stops=len(result["stops"]),
        sample_ms=_milliseconds([stop["after_audio_end"] for stop in result["stops"]]),
        word_ms=_milliseconds([stop["after_last_word"] for stop in result["stops"]]),
        slip_ms=result["latest_slip"] * 1000,
    )


def _milliseconds(seconds: Sequence[float | None]) -> tuple[float | None, float | None]:
    known = [1000 * value for value in seconds if value is not None]
    return percentile(known, 50), percentile(known, 95)


def table_line(row: Row) -> str:
    cells = [*row.sample_ms, *row.word_ms]
    sample, sample95, word, word95 = ("-" if cell is None else f"{cell:.0f}" for cell in cells)
    return (
        f"{row.server:<12}{row.detection:<14}{row.sessions:>8}{row.cpu_percent:>7.2f}%{row.memory_mb:>8.1f}{row.stops:>7}"
        f"{sample:>12}{sample95:>6}{word:>10}{word95:>6}{row.slip_ms:>6.0f}"
    )


@contextmanager
def engine(detection: str) -> Iterator[Server]:
    """The site on a free port, with room for every session."""
    room: dict[str, Any] = {"REALTIME_MAX_SESSIONS": "64", "REALTIME_MAX_SESSIONS_PER_KEY": "64"}
    update = {"type": "realtime", "audio": {"input": {"turn_detection": POLICIES[detection]}}}
    with tempfile.TemporaryDirectory() as folder, live_server(Path(folder), **room) as site:
        address = f"{site.api.replace('http', 'ws', 1)}/realtime?model={MODEL}"
        headers = {"Authorization": f"Bearer {ENGINE_KEY}"}
        yield Server("engine", site.process.pid, address, headers, {"type": "session.update", "session": update})


@contextmanager
def pipecat(detection: str) -> Iterator[Server]:
    """The pipecat pipeline on a free port."""
    with peer("smart_turn" if detection == "semantic_vad" else "vad") as running:
        yield Server("pipecat", running.pid, running.address, {}, None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sessions", type=int, nargs="+", default=SESSIONS)
    parser.add_argument("--clip", help="the recording's id in the manifest")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--detection", nargs="+", choices=POLICIES, default=list(POLICIES))
    parser.add_argument("--peer", action="store_true", help=f"also pipecat, up to {PEER_SESSIONS} sessions")
    parser.add_argument("--json", type=Path, help="also append one line of JSON per row to this file")
    options = parser.parse_args()
    if reason := unavailable():
        parser.exit(2, f"benchmarks.cost cannot run here: {reason}\n")
    if options.seconds < LEAST_SECONDS:
        parser.error(f"--seconds must be {LEAST_SECONDS:.0f} or more: for the first {SETTLE_SECONDS:.0f} not all talk")
    clip = choose(load(options.folder), options.clip)
    print(HEADER)
    for detection in options.detection:
        with ExitStack() as stack:
            servers = [stack.enter_context(engine(detection))]
            if options.peer:
                servers.append(stack.enter_context(pipecat(detection)))
            for server in servers:
                measure(server, detection, 1, clip, WARM_UP_SECONDS)
            for sessions in options.sessions:
                rows = [
                    measure(server, detection, sessions, clip, options.seconds)
                    for server in servers
                    if server.name == "engine" or sessions <= PEER_SESSIONS
                ]
                report(rows, options.json)


def choose(clips: Sequence[Clip], wanted: str | None) -> Clip:
    """The clip with this id, or the one with most turns. Raises BadClip."""
    found = [clip for clip in clips if clip.turns and wanted in (None, clip.id)]
    if not found:
        raise BadClip(f"There is no clip with turns and the id {wanted!r}." if wanted else "No clip has turns.")
    return max(found, key=lambda clip: len(clip.turns))


def report(rows: Sequence[Row], file: Path | None) -> None:
    """The rows of one number of sessions, and how they compare."""
    for row in rows:
        print(table_line(row), flush=True)
        if file:
            with file.open("a") as lines:
                lines.write(json.dumps(asdict(row)) + "\n")
    if len(rows) == 2:
        print(f"{'':<12}engine / pipecat: {rows[0].cpu_percent / rows[1].cpu_percent:.2f} of the CPU")


if __name__ == "__main__":
    main()
