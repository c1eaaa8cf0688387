"""What ended sessions held goes back."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from realtime_engine.server.memory import Tidying
from tests.realtime_engine.server.support import until


class Session:
    def __init__(self) -> None:
        self.connection = self


@pytest.fixture
def left() -> Iterator[weakref.ref[Session]]:
    """Something that only the garbage collector frees, and does not free by itself."""
    gc.disable()
    yield weakref.ref(Session())
    gc.enable()


async def test_what_an_ended_session_leaves_is_collected(left: weakref.ref[Session]) -> None:
    Tidying(seconds=0).soon()
    await until(lambda: left() is None)


async def test_nothing_is_tidied_up_after_the_end(left: weakref.ref[Session]) -> None:
    tidying = Tidying(seconds=0)
    tidying.soon()
    tidying.stop()
    await asyncio.sleep(0)
    assert left() is not None
