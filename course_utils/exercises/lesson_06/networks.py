"""What the judges of lesson 06 share: networks that are watched, and the hooks on them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

__all__ = ["Stumbles", "pictures", "seeded"]


class Stumbles(nn.Module):
    """Fails in the middle of its forward pass, after its first layer has run."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 3), nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Raise, always."""
        self.first(x)
        raise FloatingPointError("this network always fails")


def seeded(build: Callable[[], nn.Module], seed: int = 0) -> nn.Module:
    """Return a network with the same weights each time, without touching anybody's random numbers."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return build()


def pictures(*shape: int) -> Tensor:
    """Return numbers between -1 and 1, the same each time."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(len(shape))) * 2 - 1
