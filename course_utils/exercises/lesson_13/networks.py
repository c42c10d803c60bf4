"""What the judges of lesson 13 share: the networks that broken code is tried on."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.traces import demand_error_passed_on

__all__ = ["BESIDE", "PICTURE", "WENT_IN", "Residual", "must_fail_with", "network"]


class Residual(nn.Module):
    """A small network with a shortcut, a nested layer and a flatten in forward; its parts are not called features."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1, stride=2)
        self.block = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))
        self.fc = nn.Linear(4, 5)
        self.fails = False

    def forward(self, images: Tensor) -> Tensor:
        if self.fails:
            raise FloatingPointError("this network fails on purpose")
        x = self.stem(images)
        return self.fc((x + self.block(x)).relu().mean(dim=(2, 3)))


def network() -> Residual:
    """Return the same network each time, without touching anybody's random numbers."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(13)
        return Residual().eval()


PICTURE = (1, 3, 12, 14)


BESIDE = (
    r"'NoneType' object",
    "a .grad is None: what a layer gives is no leaf and keeps no .grad (autograd.grad, or retain_grad() before "
    "backward()), and what was computed beside the forward pass, with layer(image), gets none at all",
    "keep the layer's output in a forward hook, and ask torch.autograd.grad(score, kept[0])[0]",
)


def must_fail_with(call: Callable[[nn.Module], object]) -> None:
    """Raise Wrong unless an error of the network reaches the caller."""
    model = network()
    model.fails = True
    demand_error_passed_on(lambda: call(model), FloatingPointError)


WENT_IN = "what went into the layer was used, and not what came out"
