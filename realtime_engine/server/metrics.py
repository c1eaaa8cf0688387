"""What the engine tells Prometheus of itself: counted where it happens, read at ``/metrics``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from realtime_api.errors import ApiError
from realtime_engine.speech.client import WorkerPool

SESSIONS = Gauge("realtime_sessions", "Sessions that run now", ["transport"])
OPENED = Counter("realtime_sessions_opened", "Sessions begun", ["transport"])
TURNS = Counter("realtime_turns", "Input audio buffers committed: spoken turns", ["transport"])
RESPONSES = Counter("realtime_responses", "Responses done", ["status"])
REJECTIONS = Counter("realtime_rejections", "Requests, sockets and slow readers turned away", ["code"])
FIRST_AUDIO = Histogram(
    "realtime_first_audio_seconds",
    "From input_audio_buffer.speech_stopped to the first audio of the answer",
    ["transport"],
    buckets=(0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10),
)


def rejected(error: ApiError) -> None:
    """Counts a refusal; codes are the API's own words, so there are few."""
    REJECTIONS.labels(error.code or "none").inc()


class SessionMeter:
    """Counts for one session, from what its driver carries out. ``now`` is monotonic seconds."""

    def __init__(self, transport: str) -> None:
        self._transport = transport
        self._stopped_at: float | None = None  # end of the speech that has not been answered yet

    def begin(self) -> None:
        OPENED.labels(self._transport).inc()
        SESSIONS.labels(self._transport).inc()

    def end(self) -> None:
        SESSIONS.labels(self._transport).dec()

    def sent(self, event: dict[str, Any], now: float) -> None:
        """A server event went out."""
        match event["type"]:
            case "input_audio_buffer.speech_stopped":
                self._stopped_at = now
            case "input_audio_buffer.speech_started":
                self._stopped_at = None
            case "input_audio_buffer.committed":
                TURNS.labels(self._transport).inc()
            case "response.output_audio.delta" | "response.audio.delta":
                self.played(now)
            case "response.done":
                RESPONSES.labels(event["response"]["status"]).inc()

    def played(self, now: float) -> None:
        """Audio of an answer went out."""
        if self._stopped_at is not None:
            FIRST_AUDIO.labels(self._transport).observe(now - self._stopped_at)
            self._stopped_at = None


class WorkerCollector(Collector):
    """The worker pools, read whenever somebody asks."""

    def __init__(self, pools: Sequence[WorkerPool]) -> None:
        self._pools = pools

    def start(self) -> None:
        REGISTRY.register(self)

    def stop(self) -> None:
        REGISTRY.unregister(self)

    def collect(self) -> Iterator[Metric]:
        running = GaugeMetricFamily("realtime_workers", "Worker processes that run", labels=["kind"])
        waiting = GaugeMetricFamily("realtime_jobs_waiting", "Jobs that wait for a worker", labels=["kind"])
        restarts = CounterMetricFamily("realtime_worker_restarts", "Workers that ended unasked", labels=["kind"])
        for pool in self._pools:
            running.add_metric([pool.kind], len(pool.workers))
            waiting.add_metric([pool.kind], pool.waiting)
            restarts.add_metric([pool.kind], pool.restarts)
        yield from (running, waiting, restarts)
