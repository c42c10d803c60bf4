"""Ctrl-C at a moment that suits: never in the middle of putting something back."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["held_interrupts"]

PATIENCE = 2.0  # seconds


@contextmanager
def held_interrupts(agree: Callable[[bool], bool] = bool) -> Iterator[Callable[[object], None]]:
    """Hold Ctrl-C back inside the block, until the code says that the moment suits.

    Python raises KeyboardInterrupt between any two steps of a program, even inside a ``finally`` that has put back
    half of what it must. Here Ctrl-C is only noted, and raised when the yielded function is called, or after the
    block. Pressed again after two seconds it is raised at once, in case something hangs. Where Ctrl-C does not mean
    KeyboardInterrupt (in other threads, or inside another such block) nothing is held back.

    Args:
        agree: told whether Ctrl-C was pressed, says whether to stop; for processes that must stop together.

    Yields:
        A function to call when the moment suits (with whatever: it is made to be a listener). It raises
        KeyboardInterrupt if Ctrl-C was pressed.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield lambda moment: None
        return
    pressed = _Pressed(agree)
    signal.signal(signal.SIGINT, pressed.note)
    try:
        yield pressed.release
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if pressed.waits():
        raise KeyboardInterrupt


class _Pressed:
    """Whether Ctrl-C was pressed, and whether that has been honoured."""

    def __init__(self, agree: Callable[[bool], bool]) -> None:
        self.agree = agree
        self.since = 0.0
        self.honoured = False

    def waits(self) -> bool:
        return self.since > 0 and not self.honoured

    def note(self, number: int, frame: FrameType | None) -> None:
        if self.waits() and time.monotonic() - self.since > PATIENCE:
            self.honoured = True
            raise KeyboardInterrupt
        self.since = self.since or time.monotonic()

    def release(self, moment: object) -> None:
        if self.agree(self.waits()):
            self.honoured = True
            raise KeyboardInterrupt
