"""Work on long audio, done piece by piece so that other sessions have their turn in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TypeVar

Chore = Iterator[None]
"""Does one piece of work each time it is asked on; the work is done when it ends."""

Piece = TypeVar("Piece")
Done = TypeVar("Done")


class Chores:
    """What is being worked on, in order. While anything is, the client's next event waits."""

    def __init__(self) -> None:
        self._chores: deque[Chore] = deque()

    def __bool__(self) -> bool:
        return bool(self._chores)

    def start(self, chore: Chore) -> None:
        """Do the first piece at once; short work is done by then."""
        if self._chores or _goes_on(chore):
            self._chores.append(chore)

    def go_on(self) -> None:
        """Do one more piece."""
        if not _goes_on(self._chores[0]):
            self._chores.popleft()


def _goes_on(chore: Chore) -> bool:
    return next(chore, "over") is None


def one_by_one(work: Callable[[Piece], Done], pieces: Iterable[Piece]) -> Generator[None, None, list[Done]]:
    """What ``work`` makes of each piece, with a pause between any two."""
    done: list[Done] = []
    for piece in pieces:
        if done:
            yield
        done.append(work(piece))
    return done
