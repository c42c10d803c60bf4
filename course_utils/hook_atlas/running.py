"""Run an example of the atlas in a fresh namespace, and leave no hook behind."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import torch
from torch import distributed

from course_utils.hook_atlas.entry import Hook

__all__ = ["global_hooks_restored", "run_example"]

_closed: deque[object] = deque(maxlen=8)  # process groups; by the time that the ninth comes, nobody uses the first
ROOMS = tuple(import_module(name) for name in ("torch.nn.modules.module", "torch.optim.optimizer", "torch.cuda.graphs"))


@contextmanager
def global_hooks_restored() -> Iterator[None]:
    """Put every process-wide hook of torch back as it was when the block ends.

    The one-way switch between legacy and full global backward hooks goes back too: ``handle.remove()`` forgets it.
    """
    before = {
        (room, name): copy.copy(value)
        for room in ROOMS
        for name, value in vars(room).items()
        if name.startswith("_global_")
    }
    try:
        yield
    finally:
        for (room, name), value in before.items():
            put_back(room, name, value)


def put_back(room: object, name: str, value: object) -> None:
    """Restore one registry, or one switch, of a module of torch."""
    registry = getattr(room, name)
    if isinstance(registry, dict) and isinstance(value, dict):
        registry.clear()  # the very same dict: handles point to it
        registry.update(value)
    else:
        setattr(room, name, value)


@contextmanager
def no_process_group_left() -> Iterator[None]:
    """Close the process group that an example opened and, failing, did not close; keep closed ones for a while.

    A hook that goes on in gloo's own thread (quantization_hooks) may be the last to let go of a closed group. The
    group then ends in the thread that it has to wait for, and torch 2.15 aborts Python ("Resource deadlock avoided").
    """
    if not distributed.is_available():
        yield
        return
    had_one, destroy = distributed.is_initialized(), distributed.destroy_process_group

    def destroy_later(*args: object, **kwargs: object) -> None:
        _closed.append(distributed.group.WORLD)
        destroy(*args, **kwargs)

    distributed.destroy_process_group = destroy_later
    try:
        yield
    finally:
        distributed.destroy_process_group = destroy
        if not had_one and distributed.is_initialized():
            destroy_later()


def run_example(hook: Hook) -> object:
    """Run the example of one hook and return what it calls ``result``.

    The example sees nothing but what it imports. Global hooks, the random number generator and the process group
    are afterwards what they were before, also if the example fails.

    Raises:
        ValueError: the hook has no example; the message says why.
    """
    if not hook.example:
        raise ValueError(f"{hook.name} has no example: {hook.no_example}")
    namespace: dict[str, object] = {"__name__": "example"}
    with global_hooks_restored(), no_process_group_left(), torch.random.fork_rng(devices=[]), torch.enable_grad():
        exec(compile(hook.example, f"<example of {hook.name}>", "exec"), namespace)
    return namespace["result"]
