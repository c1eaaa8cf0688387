"""The engine's figures: counted from events and a clock, read by Prometheus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY

from realtime_api.errors import InvalidRequest
from realtime_engine.server import metrics
from realtime_engine.server.http import error_response
from realtime_engine.server.metrics import SessionMeter, WorkerCollector
from realtime_engine.speech.client import WorkerPool


@pytest.fixture
def change() -> Callable[..., float]:
    """How much a figure has changed since the test first asked for it."""
    before: dict[str, float] = {}

    def change(name: str, **labels: str) -> float:
        value = REGISTRY.get_sample_value(name, labels) or 0.0
        return value - before.setdefault(f"{name}{labels}", value)

    return change


def test_session_counts_while_it_runs(change: Callable[..., float]) -> None:
    change("realtime_sessions", transport="websocket"), change("realtime_sessions_opened_total", transport="websocket")
    meter = SessionMeter("websocket")
    meter.begin()
    assert change("realtime_sessions", transport="websocket") == 1
    meter.end()
    assert change("realtime_sessions", transport="websocket") == 0
    assert change("realtime_sessions_opened_total", transport="websocket") == 1


@pytest.mark.parametrize("delta", ["response.output_audio.delta", "response.audio.delta"])
def test_first_audio_is_timed_from_the_end_of_speech(change: Callable[..., float], delta: str) -> None:
    change("realtime_first_audio_seconds_sum", transport="websocket")
    meter = SessionMeter("websocket")
    meter.sent({"type": "input_audio_buffer.speech_stopped"}, 10.0)
    meter.sent({"type": delta}, 10.25)
    meter.sent({"type": delta}, 11.0)
    assert change("realtime_first_audio_seconds_sum", transport="websocket") == pytest.approx(0.25)


def test_audio_of_a_track_counts_as_well(change: Callable[..., float]) -> None:
    change("realtime_first_audio_seconds_sum", transport="webrtc")
    meter = SessionMeter("webrtc")
    meter.sent({"type": "input_audio_buffer.speech_stopped"}, 1.0)
    meter.played(1.5)
    assert change("realtime_first_audio_seconds_sum", transport="webrtc") == pytest.approx(0.5)


def test_speech_that_goes_on_was_no_turn_to_answer(change: Callable[..., float]) -> None:
    change("realtime_first_audio_seconds_count", transport="websocket")
    meter = SessionMeter("websocket")
    meter.sent({"type": "input_audio_buffer.speech_stopped"}, 1.0)
    meter.sent({"type": "input_audio_buffer.speech_started"}, 1.2)
    meter.played(1.5)
    assert change("realtime_first_audio_seconds_count", transport="websocket") == 0


def test_turns_and_responses_are_counted(change: Callable[..., float]) -> None:
    change("realtime_turns_total", transport="websocket"), change("realtime_responses_total", status="cancelled")
    meter = SessionMeter("websocket")
    meter.sent({"type": "input_audio_buffer.committed"}, 1.0)
    meter.sent({"type": "response.done", "response": {"status": "cancelled"}}, 2.0)
    assert change("realtime_turns_total", transport="websocket") == 1
    assert change("realtime_responses_total", status="cancelled") == 1


def test_refusal_is_counted_by_its_code(change: Callable[..., float]) -> None:
    change("realtime_rejections_total", code="engine_busy")
    error_response(InvalidRequest("Full.", "engine_busy", status=503))
    assert change("realtime_rejections_total", code="engine_busy") == 1


def test_workers_are_read_when_somebody_asks() -> None:
    pool = WorkerPool("voice", 0)
    pool.restarts = 3
    figures = {metric.name: metric.samples[0].value for metric in WorkerCollector([pool]).collect()}
    assert figures == {"realtime_workers": 0, "realtime_jobs_waiting": 0, "realtime_worker_restarts": 3}


def test_every_figure_says_what_it_is() -> None:
    collectors = (metrics.SESSIONS, metrics.OPENED, metrics.TURNS, metrics.RESPONSES, metrics.REJECTIONS)
    assert all(metric.documentation for collector in collectors for metric in collector.collect())
