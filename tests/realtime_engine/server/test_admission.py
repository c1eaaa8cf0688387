"""Admission: so many sessions, so many for one key, and every place is given back once."""

from __future__ import annotations

import pytest

from realtime_api.errors import ApiError
from realtime_engine.server.admission import Admission


def test_places_run_out_and_come_back() -> None:
    places = Admission(max_sessions=2, max_per_key=2)
    leave = places.admit("a")
    places.admit("b")
    with pytest.raises(ApiError) as refused:
        places.admit("c")
    assert (refused.value.status, refused.value.code) == (503, "engine_busy")
    leave()
    places.admit("c")


def test_one_key_cannot_take_all_places() -> None:
    places = Admission(max_sessions=10, max_per_key=1)
    places.admit("a")
    with pytest.raises(ApiError) as refused:
        places.admit("a")
    assert (refused.value.status, refused.value.code) == (429, "rate_limit_exceeded")
    places.admit("b")


def test_leaving_twice_frees_one_place() -> None:
    places = Admission(max_sessions=10, max_per_key=10)
    leave = places.admit("a")
    places.admit("a")
    leave()
    leave()
    assert places.sessions == 1
