"""The network that exercise 09.4 looks into, and what its layers give in eval mode."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course_utils.hooks import record_outputs

__all__ = ["maps_in_eval_mode", "moody_network", "training_flags"]


class _Moody(nn.Module):
    """Dropout, batch normalisation and an in-place ReLU behind the layer: each punishes one way to look."""

    def __init__(self) -> None:
        super().__init__()
        self.drop, self.conv = nn.Dropout(0.5), nn.Conv2d(2, 4, 3)
        self.norm, self.relu = nn.BatchNorm2d(4), nn.ReLU(inplace=True)
        self.fails = False

    def forward(self, images: Tensor) -> Tensor:
        """Return (N, 4, h, w)."""
        found = self.relu(self.norm(self.conv(self.drop(images))))
        if self.fails:
            raise FloatingPointError("this network always fails")
        return found


def moody_network() -> _Moody:
    """Return the network, with the same weights each time."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(9)
        return _Moody()


def training_flags(network: nn.Module) -> dict[str, bool]:
    """Return the name of each layer, and whether it is in train mode."""
    return {name: module.training for name, module in network.named_modules()}


def maps_in_eval_mode(name: str, images: Tensor) -> Tensor:
    """Return what the layer ``name`` gives in eval mode, without a graph."""
    fresh = moody_network().eval()
    with torch.no_grad(), record_outputs(fresh, name) as outputs:
        fresh(images)
    return outputs[name]
