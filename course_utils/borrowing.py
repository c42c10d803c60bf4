"""Borrow a network and put everything back: device, training flags, gradients, and the global random numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import repeat
from operator import setitem

import torch
from torch import nn

from course_utils.hooks.lifetime import Action, attached, switched_on

__all__ = [
    "choose_device",
    "flags_back",
    "kept_flags",
    "kept_gradients",
    "moved_to",
    "own_randomness",
    "randomness_back",
]


def choose_device(wanted: str | torch.device | None = None) -> torch.device:
    """Return the device to compute on: the wanted one, or else the fastest of CUDA, MPS and CPU.

    Raises:
        ValueError: there is no such kind of device, or this computer does not have it.
    """
    if wanted is None:
        return torch.device("cuda" if torch.cuda.is_available() else "mps" if torch.mps.is_available() else "cpu")
    try:
        device = torch.device(wanted)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, TypeError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"cannot compute on device {wanted!r} ({reason}); leave device out to choose it") from error
    return device


@contextmanager
def moved_to(model: nn.Module, device: torch.device) -> Iterator[None]:
    """Compute on ``device`` inside the block; afterwards the network is where its first parameter was."""
    home = next((parameter.device for parameter in model.parameters()), None)
    try:
        model.to(device)
        yield
    finally:
        if home is not None:
            model.to(home)


def kept_flags(model: nn.Module) -> AbstractContextManager[None]:
    """Put the ``training`` flag of every layer back after the block, each to what it was; see `flags_back`."""
    return attached([], None, [flags_back(model)])


@contextmanager
def kept_gradients(model: nn.Module) -> Iterator[None]:
    """Set every ``.grad`` aside inside the block, and put it back afterwards (None, if there was none)."""
    gradients = [(parameter, parameter.grad) for parameter in model.parameters()]
    try:
        for parameter, _ in gradients:
            parameter.grad = None
        yield
    finally:
        for parameter, gradient in gradients:
            parameter.grad = gradient


def own_randomness(device: torch.device, seed: int) -> AbstractContextManager[None]:
    """Seed PyTorch's global random numbers (dropout draws from them) inside the block; put them back afterwards.

    Covers the CPU and, if ``device`` is one, the CUDA device; not MPS.
    """
    seeding = [switched_on(partial(generator.manual_seed, int(seed))) for generator in _generators(device)]
    return attached([], None, randomness_back(device), seeding)


def flags_back(model: nn.Module) -> Action:
    """Return an action in C, which Ctrl-C cannot interrupt, that gives every layer the ``training`` flag it has now.

    It goes into the layers' dicts, not through ``train()``: a model may have its own idea of ``train()``.
    """
    layers = list(model.modules())
    flags = [layer.training for layer in layers]
    return partial(deque(maxlen=0).extend, map(setitem, map(vars, layers), repeat("training"), flags))


def randomness_back(device: torch.device) -> list[Action]:
    """Return actions in C that put PyTorch's global random numbers back to what they are now; as `own_randomness`."""
    return [partial(generator.set_state, generator.get_state()) for generator in _generators(device)]


def _generators(device: torch.device) -> list[torch.Generator]:
    if device.type != "cuda":
        return [torch.default_generator]
    index = torch.cuda.current_device() if device.index is None else device.index
    return [torch.default_generator, torch.cuda.default_generators[index]]
