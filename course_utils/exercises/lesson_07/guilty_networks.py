"""The networks of exercise 07.4: which layer of each makes a NaN, if any does."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import Tensor, nn

__all__ = ["guilty_cases"]


class Root(nn.Module):
    """Square root: at 0 its slope is infinite, and NaN comes back when the gradient is 0 there or goes on to a 0."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the root of the sum of squares of each row, as a column."""
        return (x**2).sum(dim=1, keepdim=True).sqrt()


def network(**layers: nn.Module) -> nn.Sequential:
    """Return the layers as a network; linear ones without bias."""
    torch.manual_seed(0)
    return nn.Sequential(OrderedDict(layers))


def line(inputs: int, outputs: int) -> nn.Linear:
    """Return a linear layer without bias: it turns 0 into 0."""
    return nn.Linear(inputs, outputs, bias=False)


class Fork(nn.Module):
    """Two roots side by side: at 0 both are guilty, and backward meets the right one first."""

    def __init__(self) -> None:
        super().__init__()
        self.start, self.left, self.right = line(3, 3), Root(), Root()

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum of both."""
        start = self.start(x)
        return self.left(start) + self.right(start)


class PlainRoot(nn.Module):
    """Square root of each number: at 0 its slope is infinite, and no NaN comes of it."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the roots."""
        return x.sqrt()


Case = tuple[nn.Module, Tensor, Callable[[Tensor], Tensor], str, str]


def guilty_cases() -> list[Case]:
    """Return (model, inputs, loss_of, wanted, where)."""
    zeros, ones = torch.zeros(2, 3), torch.ones(2, 3)
    many = network(first=line(3, 3), squash=nn.Tanh(), length=Root(), last=line(1, 2))
    nested = network(head=network(a=line(3, 3), b=Root()), tail=line(1, 1))
    return [
        (many, zeros, Tensor.sum, "length", "in a network with a square root of 0"),
        (many, ones, Tensor.sum, "none", "in the same network, with inputs that do no harm"),
        (many, ones, lambda output: (0 * output).sqrt().sum() * 0, "none", "when the loss itself makes the NaN"),
        (nested, zeros.clone().requires_grad_(), Tensor.sum, "head", "when the culprit is inside the first child"),
        (many, torch.stack([zeros[0], ones[0]]), Tensor.sum, "length", "when one row of two is harmless"),
        (Fork(), zeros, Tensor.sum, "right", "when two are guilty, left and right, and backward meets right first"),
        (
            network(root=PlainRoot()),
            zeros.clone().requires_grad_(),
            Tensor.sum,
            "none",
            "when there is inf, and no NaN",
        ),
    ]
