"""The socket's writer: in order, bounded, and never waiting for ever for a reader."""

from __future__ import annotations

import asyncio

from realtime_engine.server.writer import TOO_SLOW, Writer

ROOM, PATIENCE = 1_000_000, 20.0


class Reader:
    """The far end of a socket: reads at once, or only when told to."""

    def __init__(self, *, asleep: bool = False) -> None:
        self.texts: list[str] = []
        self.closed: tuple[int, str] | None = None
        self.awake = asyncio.Event()
        if not asleep:
            self.awake.set()

    async def send(self, text: str) -> None:
        await self.awake.wait()
        self.texts.append(text)

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)


async def test_texts_leave_in_order_and_before_the_close() -> None:
    reader = Reader()
    writer = Writer(reader.send, reader.close, max_queued=ROOM, stalled_seconds=PATIENCE)
    for text in ("one", "two", "three"):
        writer.put(text)
    writer.close(1000, "bye")
    await writer.run()
    assert (reader.texts, reader.closed) == (["one", "two", "three"], (1000, "bye"))


async def test_first_close_reason_stands_and_nothing_follows_it() -> None:
    reader = Reader()
    writer = Writer(reader.send, reader.close, max_queued=ROOM, stalled_seconds=PATIENCE)
    writer.close(4000, "first")
    writer.close(1000, "second")
    writer.put("late")
    await writer.run()
    assert (reader.texts, reader.closed) == ([], (4000, "first"))


async def test_reader_that_falls_behind_is_cut_off() -> None:
    reader = Reader(asleep=True)
    writer = Writer(reader.send, reader.close, max_queued=1000, stalled_seconds=PATIENCE)
    running = asyncio.create_task(writer.run())
    for _ in range(11):
        writer.put("x" * 100)
    reader.awake.set()
    await running
    assert reader.closed == TOO_SLOW
    assert len(reader.texts) <= 1


async def test_reader_that_stalls_is_cut_off() -> None:
    reader = Reader(asleep=True)
    writer = Writer(reader.send, reader.close, max_queued=ROOM, stalled_seconds=0.01)
    writer.put("x")
    await writer.run()
    assert (reader.texts, reader.closed) == ([], TOO_SLOW)


async def test_peer_that_has_gone_ends_the_writer() -> None:
    async def gone(*_: object) -> None:
        raise OSError("disconnected")

    writer = Writer(gone, gone, max_queued=ROOM, stalled_seconds=PATIENCE)
    writer.put("x")
    await writer.run()
