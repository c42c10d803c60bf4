"""What people do to a right result at the end, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["slips"]


def slips(x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield what people do to a right result at the end, and what comes of it."""
    one = tuple(range(1, x.ndim)) or (0,)
    yield "the signs are turned: there is a minus too much, or two things were subtracted the wrong way round", -x
    yield "the signs are gone: an absolute value was taken at the end", x.abs()
    yield "negative values were cut off (ReLU), and here they count", x.relu()
    yield "only the negative part is left: the sign is turned before ReLU", (-x).relu()
    yield "values above 1 were cut off: clamp(0, 1) does not scale", x.clamp(0, 1)
    yield "values above 1 were cut off (clamp)", x.clamp(max=1)
    yield "only what is below zero is left: clamp(max=0) in place of clamp(min=0)", x.clamp(max=0)
    for name in ("leaky_relu", "gelu", "elu", "softplus", "silu"):
        yield f"{name} was applied, and not relu", getattr(F, name)(x)
    yield "a logarithm was taken", x.log1p()
    yield "a logarithm was taken, without 1 plus", x.log()
    yield "values beyond -1 and 1 were cut off (clamp)", x.clamp(-1, 1)
    yield "the values were squared", x**2
    yield "a square root was taken", x.abs().sqrt()
    yield "sigmoid was applied, which nobody asked for", x.sigmoid()
    yield "tanh was applied, which nobody asked for", x.tanh()
    yield "the exponential was taken", x.exp()
    for axis in range(x.ndim):
        yield f"softmax was applied over axis {axis}, which nobody asked for", x.softmax(dim=axis)
    yield from _coarser(x)
    yield from _scalings(x, one)
    yield from _movements(x)


def _coarser(x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield what comes of rounding and of yes or no."""
    yield "the values were rounded to whole numbers, or cut to them", x.round()
    yield "the values were cut to whole numbers", x.trunc()
    yield "only whole numbers are left: // divides and drops the fraction", x.floor()
    for digits in (1, 2, 3):
        yield f"the values were rounded to {digits} decimal{'s' * (digits > 1)}", x.round(decimals=digits)
    yield "only yes or no is left: which values are above zero", (x > 0).to(x.dtype)
    yield "the result was turned round: 1 minus it", 1 - x
    yield "everything became 1", torch.ones_like(x)


def _scalings(x: Tensor, one: tuple[int, ...]) -> Iterator[tuple[str, Tensor]]:
    """Yield what comes of scaling by the values themselves."""
    groups = {"of all": tuple(range(x.ndim)), "of its own picture": one, "of its own row": (x.ndim - 1,)}
    for whose, axes in {**groups, "of its own column": (max(x.ndim - 2, 0),)}.items():
        low, high = x.amin(dim=axes, keepdim=True), x.amax(dim=axes, keepdim=True)
        most, total = x.abs().amax(dim=axes, keepdim=True), x.sum(dim=axes, keepdim=True)
        mean = x.mean(dim=axes, keepdim=True)
        yield f"each value was divided by the largest {whose} (stretched), and should stay as it is", x / high
        yield f"each value was divided by the largest size {whose} (stretched)", x / most
        yield (
            f"the smallest value {whose} was subtracted, and then divided (stretched to 0..1)",
            (x - low) / (high - low),
        )
        yield f"the smallest value {whose} was subtracted", x - low
        yield f"each value was divided by the sum {whose}", x / total
        yield f"each value was divided by the sum of the sizes {whose}", x / x.abs().sum(dim=axes, keepdim=True)
        yield f"each value was divided by the mean {whose}", x / mean
        yield f"the mean {whose} was subtracted", x - mean
        yield f"each value was divided by the length (norm) {whose}", x / (x * x).sum(dim=axes, keepdim=True).sqrt()
        for unbiased in (True, False):
            spread = x.std(dim=axes, keepdim=True, correction=int(unbiased)) if x.numel() > 1 else most
            yield f"mean and spread {whose} were taken out (standardised)", (x - mean) / spread
            yield f"each value was divided by the spread {whose}", x / spread


def _movements(x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield what comes of moving values to other places."""
    for axis in range(x.ndim):
        yield f"the order along axis {axis} is turned round (flip, or a loop from the end)", x.flip(axis)
        for shift in (1, -1):
            yield f"the values are moved by one along axis {axis}: off by one", x.roll(shift, dims=axis)
    for first in range(x.ndim):
        for second in range(first + 1, x.ndim):
            if x.shape[first] == x.shape[second]:
                yield f"the axes {first} and {second} were exchanged", x.transpose(first, second)
