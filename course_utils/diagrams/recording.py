"""Watch a real run: which function is called when, with what, and what it returns."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FrameType

from course_utils.diagrams.words import spell

__all__ = ["Call", "record_calls"]


@dataclass(frozen=True)
class Call:
    """One call of a function in a recorded run.

    Attributes:
        name: the function's name in its definition.
        inputs: its arguments as text.
        result: what it returned, as text (``None`` also when it raised).
        start, end: numbers of the two steps; each call and each return of a watched function is one step.
        depth: how many watched functions were running when it was called.
    """

    name: str
    inputs: str
    result: str
    start: int
    end: int
    depth: int


def record_calls(action: Callable[[], object], *functions: Callable[..., object]) -> list[Call]:
    """Run ``action()`` once and return each call of the watched functions, in the order of their start.

    Python itself reports every call to a callback of ours (``sys.setprofile``). What is defined inside a watched
    function, and what a decorator with ``functools.wraps`` put around it, is watched too.

    Raises:
        TypeError: a watched function is not written in Python, so Python does not report it.
        Exception: whatever ``action`` raises; the watching ends in any case.
    """
    watch = _Watch(frozenset(code for function in functions for code in _codes(function)))
    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        action()
    finally:
        sys.setprofile(before)
    return sorted(watch.calls, key=lambda call: call.start)


class _Watch:
    """The callback that Python calls at every call and return; it keeps those of the watched functions."""

    def __init__(self, codes: frozenset[CodeType]) -> None:
        self.codes, self.calls, self.open, self.step = codes, [], [], 0

    def __call__(self, frame: FrameType, event: str, result: object) -> None:
        if frame.f_code not in self.codes or event not in ("call", "return"):
            return
        if event == "call":
            self.open.append((self.step, _inputs(frame)))
        elif self.open:
            start, inputs = self.open.pop()
            name, depth = frame.f_code.co_name, len(self.open)
            self.calls.append(Call(name, inputs, spell(result), start, self.step, depth))
        self.step += 1


def _codes(function: Callable[..., object]) -> Iterator[CodeType]:
    """Yield the code of a function, of the functions that are defined inside it, and of all that it wraps."""
    code = getattr(function, "__code__", getattr(type(function).__call__, "__code__", None))
    if code is None:
        raise TypeError(f"can only watch functions that are written in Python, got {function!r}")
    yield from _with_inner(code)
    if hasattr(function, "__wrapped__"):
        yield from _codes(function.__wrapped__)


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType) and not inner.co_name.startswith("<"):  # no comprehension, no lambda
            yield from _with_inner(inner)


def _inputs(frame: FrameType) -> str:
    """Return the arguments of a call that begins, as they could be written between its parentheses."""
    names, starred, double_starred, values = inspect.getargvalues(frame)
    words = [spell(values[name]) for name in names if name != "self"]
    words += [spell(value) for value in (values[starred] if starred else ())]
    words += [f"{key}={spell(value)}" for key, value in (values[double_starred] if double_starred else {}).items()]
    return ", ".join(words)
