"""Decorators that keep a function's name and signature. Standard library only.

They decorate plain functions. A function with ``yield`` or ``async def`` is refused: its body runs after the call has
returned, so there would be no time to take, no error to meet, and a result that can be used up only once.
"""

from __future__ import annotations

import functools
import inspect
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar, overload

__all__ = ["logged", "once", "retry", "timed"]

P = ParamSpec("P")
R = TypeVar("R")
Report = Callable[[str], object]
Clock = Callable[[], float]


@overload
def timed(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def timed(*, report: Report = ..., clock: Clock = ...) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def timed(
    function: Callable[P, R] | None = None, *, report: Report = print, clock: Clock = time.perf_counter
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Report how long each call takes, in seconds, also when it raises. ``@timed`` or ``@timed(report=...)``.

    Raises:
        TypeError: what is decorated is not a plain function; ``report`` or ``clock`` cannot be called.
    """
    _require_callback("report", report)
    _require_callback("clock", clock)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        _require_function(function, "timed")

        @functools.wraps(function)
        def timing(*args: P.args, **kwargs: P.kwargs) -> R:
            start = clock()
            try:
                return function(*args, **kwargs)
            finally:
                report(f"{_name_of(function)} took {clock() - start:.3f} s")

        return timing

    return decorate if function is None else decorate(function)


@overload
def logged(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def logged(*, report: Report = ...) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def logged(
    function: Callable[P, R] | None = None, *, report: Report = print
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Report each call with its result, as ``add(3, 5) -> 8``, or its error. ``@logged`` or ``@logged(report=...)``.

    A value whose own ``__repr__`` fails, as ``self`` may do in ``__init__``, is shown as ``<Point object>``.

    Raises:
        TypeError: what is decorated is not a plain function; ``report`` cannot be called.
    """
    _require_callback("report", report)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        _require_function(function, "logged")

        @functools.wraps(function)
        def logging(*args: P.args, **kwargs: P.kwargs) -> R:
            words = [_show(value) for value in args] + [f"{name}={_show(value)}" for name, value in kwargs.items()]
            call = f"{_name_of(function)}({', '.join(words)})"
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                report(f"{call} raised {type(error).__name__}")
                raise
            report(f"{call} -> {_show(result)}")
            return result

        return logging

    return decorate if function is None else decorate(function)


def retry(
    times: int, *, errors: type[Exception] | tuple[type[Exception], ...] = Exception
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Call again at once when the function raises, up to ``times`` calls in all; the last error propagates unchanged.

    How often is for the caller to say, so the parentheses are required: ``@retry(3)``.

    Args:
        times: the greatest number of calls, at least 1.
        errors: which errors deserve another try; never KeyboardInterrupt or SystemExit.

    Raises:
        TypeError: ``@retry`` without parentheses; ``times`` is not an int; ``errors`` are not Exception classes; what
            is decorated is not a plain function.
        ValueError: ``times`` is below 1.
    """
    _check_retry(times, errors)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        _require_function(function, "retry")

        @functools.wraps(function)
        def retrying(*args: P.args, **kwargs: P.kwargs) -> R:
            for _ in range(times - 1):
                try:
                    return function(*args, **kwargs)
                except errors:
                    continue
            return function(*args, **kwargs)

        return retrying

    return decorate


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function at the first call only; every later call returns that first result, whatever its arguments.

    A first call that raises does not count. On a method, "once" means once for all objects of the class. Threads that
    call meanwhile wait for the first result; the function may call itself, but not wait for a thread that calls it.

    Raises:
        TypeError: what is decorated is not a plain function.
    """
    _require_function(function, "once")
    results: list[R] = []  # one list for each decorated function, never shared
    running = threading.RLock()

    @functools.wraps(function)
    def first_result(*args: P.args, **kwargs: P.kwargs) -> R:
        if not results:
            with running:
                if not results:  # another thread may have come first
                    results.append(function(*args, **kwargs))
        return results[0]

    return first_result


def _name_of(function: object) -> str:
    return getattr(function, "__name__", None) or _show(function)


def _show(value: object) -> str:
    with suppress(Exception):  # the __repr__ is not ours, and must not break the call that it describes
        return repr(value)
    return f"<{type(value).__name__} object>"


def _require_function(function: object, decorator: str) -> None:
    if not callable(function):
        raise TypeError(f"@{decorator} decorates a function, got {_show(function)}; write it on the line above a def")
    if _runs_later(function) or _runs_later(type(function).__call__):
        raise TypeError(
            f"@{decorator} decorates a function whose work is done when it returns, but {_name_of(function)} has "
            "a yield or is async; decorate a plain function that calls it in list(...) or asyncio.run(...)"
        )


def _runs_later(function: object) -> bool:
    kinds = (inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    return any(is_kind(function) for is_kind in kinds)


def _require_callback(name: str, callback: object) -> None:
    if not callable(callback):
        raise TypeError(f"{name} is a function, got {_show(callback)}; pass it without parentheses")


def _check_retry(times: object, errors: object) -> None:
    if callable(times):
        raise TypeError(f"retry needs to know how often: write @retry(3) above {_name_of(times)}, not @retry")
    if not isinstance(times, int) or isinstance(times, bool):
        raise TypeError(f"times is a whole number of calls, as in @retry(3); got {times!r}")
    if times < 1:
        raise ValueError(f"retry needs at least one call, as in @retry(3); got times={times}")
    for error in errors if isinstance(errors, tuple) else (errors,):
        if not (isinstance(error, type) and issubclass(error, Exception)):
            raise TypeError(f"errors are Exception classes, as in errors=OSError; got {error!r}")
