"""Trust, but nudge: a gradient from autograd beside the slope that two function calls give."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import SupportsFloat

import torch
from torch import Tensor

from course_utils.autograd_modes import graphs_recorded

__all__ = ["GradientCheck", "check_gradient"]

ScalarFunction = Callable[..., Tensor]


@dataclass(frozen=True)
class GradientCheck:
    """Where autograd and nudging differ most; ``float(check)`` is the largest difference.

    Attributes:
        largest_difference: absolute, over all numbers of all checked inputs; nan if one of the two slopes is nan.
        input, position: which input, and which of its numbers.
        autograd, nudging: the two slopes at that place.
        checked: how many numbers were nudged.
    """

    largest_difference: float
    input: int
    position: tuple[int, ...]
    autograd: float
    nudging: float
    checked: int

    def __float__(self) -> float:
        return self.largest_difference


def check_gradient(function: ScalarFunction, *inputs: Tensor, step: float = 1e-6) -> GradientCheck:
    """Compare autograd's gradient with slopes found by nudging every input number up and down.

    Central finite difference, (f(x + h) - f(x - h)) / 2h with h = ``step`` * max(1, abs(x)), in float64. The
    function gets float64 copies; every call starts from the same random state of torch, so that dropout drops
    the same numbers each time. Two calls for every number: meant for small inputs.

    Args:
        function: takes tensors like ``inputs`` and returns one number (a tensor with one element). Weights that
            it uses itself must be float64 too (``model.double()`` on a copy).
        inputs: real tensors; those with ``requires_grad`` are checked, the others stay constant.
        step: relative size of the nudge, above 0.

    Raises:
        TypeError: an input is not a tensor of floating-point numbers, or one to check is sparse;
            ``function`` is not a function, or returns no tensor; ``step`` is not a number.
        ValueError: ``step`` is not positive, no input has ``requires_grad`` (or they are empty), the result is not
            one real number, or it has no graph.

    The caller's tensors, ``.grad``, ``requires_grad``, grad mode and random state are as before in every case.
    """
    _check_function_and_step(function, step)
    checked = _inputs_to_check(inputs)
    with graphs_recorded():
        copies = [tensor.detach().clone().double().requires_grad_(tensor.requires_grad) for tensor in inputs]
        score = _demand_graph(_call(function, copies))
        slopes = torch.autograd.grad(score, [copies[i] for i in checked], materialize_grads=True)
        places = [
            (i, position, slope[position].item(), _slope_by_nudging(function, copies, i, position, step))
            for i, slope in zip(checked, slopes, strict=True)
            for position in product(*map(range, slope.shape))
        ]
    worst = max(places, key=lambda place: _distance(place[2], place[3]))
    return GradientCheck(abs(worst[2] - worst[3]), *worst, checked=len(places))


def _check_function_and_step(function: object, step: object) -> None:
    if not callable(function):
        raise TypeError(f"need a function of tensors first, got {type(function).__name__}; write lambda x: ...")
    if not isinstance(step, SupportsFloat):
        raise TypeError(f"the step of a nudge must be a number, as in step=1e-6; got {step!r}")
    if not float(step) > 0:
        raise ValueError(f"the step of a nudge must be above 0, got {step}")


def _inputs_to_check(inputs: tuple[Tensor, ...]) -> list[int]:
    for i, tensor in enumerate(inputs):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"input {i} must be a tensor, got {type(tensor).__name__}; write torch.tensor(...)")
        if not tensor.is_floating_point():
            raise TypeError(
                f"input {i} holds {tensor.dtype} numbers, which cannot be nudged a little; write torch.tensor(2.0) "
                "instead of torch.tensor(2), or hand over labels inside the function: lambda x: loss(x, labels)"
            )
        if tensor.requires_grad and tensor.layout is not torch.strided:
            raise TypeError(f"input {i} is {tensor.layout}, and cannot be nudged number by number; write .to_dense()")
    checked = [i for i, tensor in enumerate(inputs) if tensor.requires_grad and tensor.numel()]
    if not checked:
        raise ValueError("no input to check: create at least one with torch.tensor(2.0, requires_grad=True)")
    return checked


def _call(function: ScalarFunction, inputs: list[Tensor]) -> Tensor:
    devices = {tensor.device for tensor in inputs if tensor.is_cuda}
    with torch.random.fork_rng(devices=devices):  # restores at its end, so that each call starts from one state
        return _demand_number(function(*inputs))


def _demand_number(score: Tensor) -> Tensor:
    if not isinstance(score, Tensor):
        raise TypeError(f"the function must return a tensor, got {type(score).__name__}; leave .item() and float() out")
    if score.numel() != 1:
        raise ValueError(f"the function must return one number, got shape {tuple(score.shape)}; end it with .sum()")
    if score.is_complex():
        raise ValueError(f"the function must return a real number, got {score.dtype}; take .abs(), .real or .imag")
    return score


def _demand_graph(score: Tensor) -> Tensor:
    if not score.requires_grad:
        raise ValueError(
            "the result has no graph back to the inputs: somewhere the function leaves autograd "
            "(.detach(), .data, .item(), torch.tensor(...), NumPy, or an input that it does not use)"
        )
    return score


def _slope_by_nudging(
    function: ScalarFunction, inputs: list[Tensor], i: int, position: tuple[int, ...], step: float
) -> float:
    h = step * max(1.0, abs(inputs[i][position].item()))

    def value_at(offset: float) -> float:
        nudged = [tensor.detach().clone() for tensor in inputs]
        nudged[i][position] += offset
        tracked = [tensor.requires_grad_(old.requires_grad) for tensor, old in zip(nudged, inputs, strict=True)]
        return _call(function, tracked).item()

    return (value_at(h) - value_at(-h)) / (2 * h)


def _distance(autograd: float, nudging: float) -> float:
    difference = abs(autograd - nudging)
    return math.inf if math.isnan(difference) else difference
