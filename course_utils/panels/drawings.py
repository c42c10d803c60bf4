"""What a panel shows for a state, as PNG and caption, kept for a while; and the next one, drawn ahead of time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Generic, TypeVar

import torch

from course_utils.panels.panel import Drawing
from course_utils.panels.png import Encoder

__all__ = ["Drawings", "one_thread"]

State = TypeVar("State")
KEPT = 16
PAUSE_SECONDS = 0.08  # after a move; by then its picture is painted, and a hand that goes on has moved again


class Drawings(Generic[State]):
    """The drawings of one panel. ``render`` is pure, so a state that comes again need not be drawn again.

    Attributes:
        of: state → (PNG, caption); raises what ``render`` raises.
    """

    def __init__(self, render: Callable[[State], Drawing]) -> None:
        self._render, self._encoder = render, Encoder()
        self._waiting: asyncio.TimerHandle | None = None
        self.of = lru_cache(maxsize=KEPT)(self._draw)

    def expect(self, state: State) -> None:
        """Draw a state that may come next, once the hand pauses. Outside of a notebook nothing happens."""
        self.expect_nothing()
        with contextlib.suppress(RuntimeError):  # no event loop is running
            self._waiting = asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._try, state)

    def expect_nothing(self) -> None:
        """Take back what was expected."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _draw(self, state: State) -> tuple[bytes, str]:
        with one_thread():
            drawing = self._render(state)
        return self._encoder.encode(drawing.picture), drawing.caption

    def _try(self, state: State) -> None:
        with contextlib.suppress(Exception):  # the learner is told when the move is really made
            self.of(state)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let PyTorch compute with one thread: a single picture is done before a second thread, busy drawing, joins in."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
