"""Borrow a network and put everything back: device, training flags, gradients, and the global random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

__all__ = ["choose_device", "kept_flags", "kept_gradients", "moved_to", "own_randomness"]


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


@contextmanager
def kept_flags(model: nn.Module) -> Iterator[None]:
    """Put the ``training`` flag of every layer back after the block, each to what it was."""
    flags = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, training in flags:
            module.training = training


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


@contextmanager
def own_randomness(device: torch.device, seed: int) -> Iterator[None]:
    """Seed PyTorch's global random numbers (dropout draws from them) inside the block; put them back afterwards.

    Covers the CPU and, if ``device`` is one, the CUDA device; not MPS.
    """
    cuda_devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=cuda_devices):
        torch.default_generator.manual_seed(seed)
        for cuda_device in cuda_devices:
            with torch.cuda.device(cuda_device):
                torch.cuda.manual_seed(seed)
        yield
