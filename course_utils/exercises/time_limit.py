"""Stop code that runs for too long: with a signal where there is one, else from a second thread.

Neither stops one single call into C that never comes back, such as ``sum(range(10**15))``: only the kernel's
restart ends that.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from types import FrameType, TracebackType

__all__ = ["TimeIsUp", "time_limit"]

AGAIN = 0.2  # seconds until a stop that was swallowed by ``except:`` is tried again


class TimeIsUp(BaseException):
    """The time is over. Not an Exception, so that a learner's ``except Exception`` does not swallow it."""


def time_limit(seconds: float) -> _Alarm | _Watchdog:
    """Return a context manager that raises `TimeIsUp` in its block after ``seconds`` of wall-clock time."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    return _Alarm(seconds) if in_main_thread and hasattr(signal, "setitimer") else _Watchdog(seconds)


class _Alarm:
    """The signal SIGALRM; a timer and a handler that were set before are set again afterwards."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self.armed = True
        self.earlier_handler = signal.signal(signal.SIGALRM, self.ring)
        self.earlier_timer = signal.setitimer(signal.ITIMER_REAL, self.seconds, AGAIN)

    def ring(self, number: int, frame: FrameType | None) -> None:
        leaving = frame is not None and frame.f_code is _Alarm.__exit__.__code__
        if self.armed and not leaving:
            raise TimeIsUp

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.armed = False
        signal.setitimer(signal.ITIMER_REAL, *self.earlier_timer)
        signal.signal(signal.SIGALRM, self.earlier_handler or signal.SIG_DFL)


class _Watchdog:
    """A thread that raises `TimeIsUp` in the thread that entered the block."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self.watched = threading.get_ident()
        self.done, self.lock = threading.Event(), threading.Lock()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self) -> None:
        pause = self.seconds
        while not self.done.wait(pause):
            with self.lock:
                if not self.done.is_set():
                    _raise_in(self.watched, TimeIsUp)
            pause = AGAIN

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        while True:
            try:
                with self.lock:  # nothing is sent from here on; what was sent arrives in this block at the latest
                    self.done.set()
                self.thread.join()
                return
            except TimeIsUp:  # it came while we were leaving: leave all the same
                continue


def _raise_in(thread: int, kind: type[BaseException]) -> None:
    """Raise an error in another thread. It cannot be taken back: Python 3.11 would hang at the next profiler."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))
