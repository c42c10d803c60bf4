"""What exercise 05.3 demands: the same log, and a watched tensor that can go."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from course_utils.exercises import guard
from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_05.walks import walk

__all__ = ["judge_watch"]


Log = list[tuple[tuple[int, ...], float]]


def watched(watch: Callable[[Tensor, Log], object], shape: tuple[int, ...]) -> tuple[Log, weakref.ref[Tensor]]:
    """Return the learner's log after two walks backward, and a window on the watched tensor, which is dropped here."""
    log: Log = []
    x = torch.ones(shape, requires_grad=True)
    y = x * 2
    watch(y, log)
    demand_quiet(log)
    hooks = len(y._backward_hooks or ())
    z = (y * slopes(shape)).sum()
    walk(partial(z.backward, retain_graph=True), "gradient")
    demand_entry(log, shape, hooks, guard.names_used(watch))
    demand_same_gradient(x.grad, 2 * slopes(shape))
    z.backward()
    if len(log) != 2:
        raise Wrong(
            got=f"{len(log)} entries after two walks backward",
            wanted="2: one for each walk, as before",
            cause="the hook takes itself off (or goes silent) after its first call",
            next_step="leave the hook on; it is enough that it does not use the tensor",
        )
    return log, weakref.ref(y)


def slopes(shape: tuple[int, ...]) -> Tensor:
    """Return the gradient that arrives at the watched tensor: no two of its usual summaries are the same number."""
    return (torch.arange(1.0, math.prod(shape) + 1).sqrt() * -1 + 1.2).reshape(shape)


def demand_quiet(log: Log) -> None:
    """Raise Wrong if something was logged before any walk backward."""
    if log:
        raise Wrong(
            got=f"{len(log)} entries before any walk backward",
            wanted="none: the gradient is not known yet",
            cause="watch itself writes into the log, at once; only the hook may, when the gradient comes",
            next_step="append to the log inside the hook, and nowhere else",
        )


def demand_same_gradient(got: Tensor, wanted: Tensor) -> None:
    """Raise Wrong if the hook has changed what goes on."""
    if got is None or not torch.allclose(got, wanted):
        raise Wrong(
            got="another gradient behind the watched tensor than without the hook",
            wanted="a hook that only looks",
            cause="the hook returns something, and what a hook returns replaces the gradient",
            next_step="return nothing; append gives None, which is fine",
        )


def judge_watch(watch: Callable[[Tensor, Log], object]) -> None:
    """The log must be right, and the watched tensor must be gone afterwards."""
    for shape in ((4,), (2, 2), (3, 1, 3)):
        _log, window = watched(watch, shape)
        _log.clear()
        gc.collect()
        if window() is not None:
            raise Wrong(
                got="the right log, but the tensor is still alive after everybody has let go of it",
                wanted="no watched tensor survives",
                cause=why_alive(window),
                next_step="use nothing but the gradient inside the hook: gradient.shape is the same shape",
            )


def why_alive(window: weakref.ref[Tensor]) -> str:
    """Return what holds a tensor: its own hooks, or something else."""
    window()._backward_hooks.clear()
    gc.collect()
    if window() is None:
        return "the hook holds its own tensor (a closure, a default argument or a partial that names it)"
    return "something besides the hook holds the tensor: a list, a dict or a name outside of watch"


def demand_entry(log: Log, shape: tuple[int, ...], hooks: int, names: set[str]) -> None:
    """Raise Wrong unless the log holds just this shape and the norm of its slopes."""
    norm = slopes(shape).norm().item()
    shown = f"[({shape}, {norm:.4g})]"
    if len(log) != 1:
        apart = ": shape and norm came one by one, not as a pair" if len(log) == 2 and log[0] == shape else ""
        cause = why_nothing(hooks, names) if not log else f"there are {len(log)} entries after one walk, not one{apart}"
        raise Wrong(got=log, wanted=shown, cause=cause, next_step="register one hook on the tensor, and leave it there")
    entry = log[0]
    if not isinstance(entry, tuple) or len(entry) != 2 or isinstance(entry, torch.Size):
        raise Wrong(
            got=log,
            wanted=shown,
            cause=f"the entry is not a pair: {why_no_pair(entry, shape)}",
            next_step="append one tuple, with the shape and the norm in it",
        )
    if not isinstance(entry[0], tuple) or tuple(entry[0]) != shape:
        cause = "the shape is not the tensor's: " + why_no_shape(entry, shape)
        raise Wrong(got=log, wanted=shown, cause=cause, next_step="log tuple(gradient.shape)")
    if not isinstance(entry[1], float) or not math.isclose(entry[1], norm, rel_tol=1e-4):
        cause = why_no_norm(entry[1], slopes(shape))
        raise Wrong(got=log, wanted=shown, cause=cause, next_step="log gradient.norm().item()")


def why_nothing(hooks: int, names: set[str]) -> str:
    """Return why the log is empty after a walk backward."""
    if hooks:
        return "nothing was logged: the hook hangs on the tensor, but it does not append to `log` (does it only print?)"
    if "register_hook" not in names:
        return "nothing was logged: watch registers no hook"
    if "remove" in names:
        return "nothing was logged: the hook was taken off before any gradient came"
    if names & {"clone", "detach", "view", "reshape", "contiguous"}:
        return "nothing was logged: the hook hangs on a copy, and the walk backward does not pass there"
    return "nothing was logged: the hook was gone at the end of watch (a `with` block takes it off at its end)"


def why_no_pair(entry: object, shape: tuple[int, ...]) -> str:
    """Return what was logged in place of (shape, norm)."""
    if isinstance(entry, list):
        return "it is a list, and the log must hold a tuple, as before"
    if isinstance(entry, float | Tensor):
        return "only the norm is there; the shape is missing"
    if entry == shape:
        return "only the shape is there; the norm is missing"
    return f"it is of type {type(entry).__name__}" + (f" with {len(entry)} parts" if isinstance(entry, tuple) else "")


def why_no_shape(entry: tuple[object, object], shape: tuple[int, ...]) -> str:
    """Return what stands in place of the shape."""
    first, second = entry
    if second == shape or isinstance(first, float):
        return "the two are swapped, the shape comes first"
    if first == len(shape):
        return "this is how many dimensions there are"
    if isinstance(first, int):
        return "this counts entries (len or numel); a shape is a tuple"
    return f"it is of type {type(first).__name__}" if not isinstance(first, tuple) else f"it is {tuple(first)}"


def why_no_norm(got: object, gradient: Tensor) -> str:
    """Return what stands in place of the norm."""
    if not isinstance(got, float):
        what = "a tensor was logged" if isinstance(got, Tensor) else f"a {type(got).__name__} was logged"
        return f"the norm is not right: {what}, not a plain number (float)"
    norm, own = gradient.norm().item(), math.sqrt(4 * gradient.numel())
    usual = {
        "this is the sum of the gradient": gradient.sum().item(),
        "this is the sum of the absolute values": gradient.abs().sum().item(),
        "this is the mean of the gradient": gradient.mean().item(),
        "this is the mean of the absolute values": gradient.abs().mean().item(),
        "this is the largest number of the gradient": gradient.max().item(),
        "this is the largest absolute value": gradient.abs().max().item(),
        "this is the square of the norm: the root is missing": norm**2,
        "this is the root of the mean of squares": norm / math.sqrt(gradient.numel()),
        "this is the norm of the tensor itself, not of its gradient": own,
        "this is the spread (std) of the gradient": gradient.std().item(),
        "it was rounded": next((round(norm, n) for n in range(4) if round(norm, n) == got), math.nan),
    }
    near = (cause for cause, value in usual.items() if math.isclose(got, value, rel_tol=1e-4, abs_tol=1e-6))
    return "the norm is not right: " + next(near, off_by(got, norm))
