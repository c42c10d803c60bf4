"""How long a hook lives: exactly as long as its ``with`` block, even when Ctrl-C comes at the worst moment.

Python notices Ctrl-C between its own instructions: after a call, at the start of a function, at the end of a
loop's turn. That leaves two gaps in the usual ways. ``handle = layer.register_forward_hook(hook)``: interrupted
after the registration and before the assignment, the hook stays and nobody holds its handle. And an ``__exit__``
written in Python (``contextlib.contextmanager``, ``ExitStack``, torch's own ``RemovableHandle``) can be
interrupted at its first instruction, before it has removed anything. Here both gaps are closed: the removal is
ready before the registration, and on the way out no Python instruction runs before the hook is gone.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import AbstractContextManager
from functools import partial
from itertools import chain, compress
from operator import call, not_
from typing import TypeVar

from torch import nn
from torch.utils.hooks import RemovableHandle

__all__ = ["Action", "Hook", "Registration", "attached", "hooked", "prepared", "switched_on"]

Hook = Callable[..., object]
Action = Callable[[], object]
Registration = tuple[MutableMapping[int, Hook], Hook]  # a dict in which PyTorch looks for hooks, and a hook for it
Yielded = TypeVar("Yielded")


def hooked(layer: nn.Module, hook: Hook) -> AbstractContextManager[None]:
    """Call ``hook(layer, args, output)`` after each call of ``layer`` inside the ``with`` block, and never after it.

    What the hook returns replaces the layer's output, unless it is None. The hook comes off whatever happens in the
    block, Ctrl-C included. A copy that is made of the model inside the block keeps an empty shell of the hook, which
    does nothing.

    Raises:
        TypeError: ``layer`` is not a module, or ``hook`` cannot be called.
    """
    if not isinstance(layer, nn.Module):
        raise TypeError(f"a hook needs the layer itself, got {layer!r}; find_layer(model, name) finds it by its name")
    if not callable(hook):
        raise TypeError(f"a hook is a function of (layer, args, output), got {type(hook).__name__} {hook!r}")
    return attached([(layer._forward_hooks, hook)], None)


def attached(
    registrations: Iterable[Registration],
    yielded: Yielded,
    undo: Iterable[Action] = (),
    switches: Iterable[tuple[Action, Action]] = (),
) -> AbstractContextManager[Yielded]:
    """Keep several hooks for the length of a ``with`` block; ``with ... as name`` binds ``yielded``.

    Args:
        registrations: which hook goes into which of PyTorch's dicts.
        undo: what else to call at the end, after the hooks are off; a list may still grow inside the block.
        switches: pairs (on, off) for what is kept elsewhere than in a dict; off is called only if on was. Like the
            actions of ``undo``, they keep the promise about Ctrl-C only if they are calls into C.
    """
    return _Attached(registrations, yielded, undo, switches)


def prepared(registry: MutableMapping[int, Hook], hook: Hook) -> tuple[Action, Action]:
    """Return two actions in C: one puts ``hook`` into PyTorch's dict, the other takes it out (or does nothing)."""
    key = RemovableHandle(registry).id  # how torch draws the key; the handle itself has done its duty
    return partial(registry.__setitem__, key, _Shell(hook)), partial(registry.pop, key, None)


class _Attached(io.IOBase):
    """A context manager whose exit is C: ``io.IOBase.__exit__`` calls ``self.close()``, and `close` is C as well."""

    def __init__(
        self,
        registrations: Iterable[Registration],
        yielded: object,
        undo: Iterable[Action],
        switches: Iterable[tuple[Action, Action]],
    ) -> None:
        super().__init__()
        actions = [prepared(registry, hook) for registry, hook in registrations]
        self.yielded, self.switches, self.used = yielded, list(switches), False
        self.register = [put for put, _ in actions]
        self.switched_on: list[Action] = []
        everything = chain([take for _, take in actions], undo, self.switched_on)
        # deque(maxlen=0).extend uses an iterator up in C, keeps nothing and returns None; a second time it is empty.
        self.finish = partial(deque(maxlen=0).extend, map(call, everything))

    def __enter__(self) -> object:
        if self.used:
            raise RuntimeError("the hooks of this block are used up; for a second block call the function again")
        self.used = True
        try:
            self.close = self.finish  # not earlier: a block that is never entered has nothing to undo when it dies
            for put in self.register:
                put()
            for on, off in self.switches:
                self.switched_on.extend(_after(on, off))
            return self.yielded
        except BaseException:
            self.close()
            raise


def switched_on(on: Action) -> tuple[Action, Action]:
    """Return a switch that nobody needs to take back, because something of ``undo`` does."""
    return on, _do_nothing


def _after(on: Action, off: Action) -> Iterator[Action]:
    """Call ``on`` and give ``off``, in C, so that Ctrl-C cannot separate them (``on`` returns None)."""
    return compress([off], map(not_, map(call, [on])))


class _Shell(partial[object]):
    """A hook that stays behind when its model is copied or pickled: the copy gets one that does nothing."""

    def __reduce__(self) -> tuple[Callable[[], Hook], tuple[()]]:
        return _empty_shell, ()


def _empty_shell() -> Hook:
    return _do_nothing


def _do_nothing(*args: object) -> None:
    return None
