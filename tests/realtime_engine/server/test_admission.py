"""Admission: so many sessions, so many for one key, and every place is given back once."""

from __future__ import annotations

import pytest

from realtime_api.config import SessionConfig
from realtime_api.errors import ApiError
from realtime_engine.server.admission import Admission
from realtime_engine.server.keys import Grant

A, B, C = (Grant(name, SessionConfig()) for name in "ABC")


def test_places_run_out_and_come_back() -> None:
    places = Admission(max_sessions=2, max_per_key=2)
    leave = places.admit(A)
    places.admit(B)
    with pytest.raises(ApiError) as refused:
        places.admit(C)
    assert (refused.value.status, refused.value.code) == (503, "engine_busy")
    leave()
    places.admit(C)


def test_one_key_cannot_take_all_places() -> None:
    places = Admission(max_sessions=10, max_per_key=1)
    places.admit(A)
    with pytest.raises(ApiError) as refused:
        places.admit(A)
    assert (refused.value.status, refused.value.code) == (429, "rate_limit_exceeded")
    places.admit(B)


def test_long_lived_key_is_bounded_by_the_process_alone() -> None:
    places = Admission(max_sessions=2, max_per_key=1)
    operator = Grant("operator")
    places.admit(operator)
    places.admit(operator)
    with pytest.raises(ApiError) as refused:
        places.admit(operator)
    assert refused.value.code == "engine_busy"


def test_leaving_twice_frees_one_place() -> None:
    places = Admission(max_sessions=10, max_per_key=10)
    leave = places.admit(A)
    places.admit(A)
    leave()
    leave()
    assert places.sessions == 1
