"""What exercise 09.1 demands: one number, the sum of kernel times window, plus the bias once."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_09.window_sums import why_not_the_sum

__all__ = ["judge_window"]

WINDOW_ERRORS = (
    (
        r"conv2d\(\) received an invalid combination",
        "nn.functional.conv2d takes a bias that is a tensor with one number for each kernel, and here it is a number; "
        "without padding it gives one answer for one window",
        "leave the bias out of conv2d, and add it afterwards",
    ),
    (
        r"out of bounds for dimension 0",
        "the number of channels is fixed in the code (range(3)?): this kernel has another number of them",
        "let .sum() go over all channels, or take their number from kernel.shape[0]",
    ),
)


def judge_window(answer_of: Callable[[Tensor, float, Tensor], Tensor | float]) -> None:
    """The sum of kernel times window, plus the bias; one, three and five channels, also a bias of zero."""
    for channels, bias in ((1, 5.5), (1, 1.5), (3, -1.25), (3, 0.0), (5, 2.5)):
        kernel, window = normal(channels, 3, 3), normal(channels, 3, 3, seed=10)
        kept = kernel.clone(), window.clone()
        told = f"(bias {bias}, {channels} channel{'s' * (channels > 1)})"
        got = tried(judge_window, answer_of, (kernel, bias, window), f"one number {told}", *WINDOW_ERRORS)
        wanted = float((kept[0] * kept[1]).sum() + bias)
        value = _one_number(got, kernel, bias, window)
        if not (torch.equal(kernel, kept[0]) and torch.equal(window, kept[1])):
            raise Wrong(
                got="the kernel or the window was changed",
                wanted="both as they were",
                cause="an in-place operation, such as `*=`, wrote into the learner's own weights or pixels",
                next_step="multiply into a new tensor: kernel * window",
            )
        if not abs(value - wanted) <= 1e-4:
            raise Wrong(
                got=f"{value:.4f}",
                wanted=f"{wanted:.4f} {told}",
                cause=why_not_the_sum(value, kernel, bias, window),
                next_step="multiply number by number, add everything up, add the bias once",
            )


def _one_number(got: object, kernel: Tensor, bias: float, window: Tensor) -> float:
    if isinstance(got, Tensor | np.generic | np.ndarray) and math.prod(got.shape) == 1:
        return float(got)
    if isinstance(got, int | float) and not isinstance(got, bool):
        return float(got)
    shape = f"shape {tuple(got.shape)}" if isinstance(got, Tensor) else got
    cause = _why_no_number(got) if not isinstance(got, Tensor) else _why_many_numbers(got, kernel, bias, window)
    raise Wrong(got=shape, wanted="one number", cause=cause, next_step=".sum() without arguments adds up all axes")


def _why_no_number(got: object) -> str:
    if got is None:
        return "the function returns None: is there a return?"
    if isinstance(got, str):
        return "a text came, not a number: leave str() and quotes away"
    if isinstance(got, tuple) and len(got) == 1:
        return "a tuple with one element came: there is a comma at the end of the line, or brackets too many"
    if isinstance(got, tuple | list):
        what = f"a {type(got).__name__} came, with {len(got)} in it"
        return f"{what}: one for each channel or place; the products were not added up to one number"
    return f"something of type {type(got).__name__} came, not a number"


def _why_many_numbers(got: Tensor, kernel: Tensor, bias: float, window: Tensor) -> str:
    channels, product = len(kernel), kernel * window
    if got.shape == kernel.shape:
        if same_relative(got, (kernel * bias).sum() + window) or same_relative(got, (window * bias).sum() + kernel):
            return "the parameters stand in another order than in the task: bias and window were taken for each other"
        if same_relative(got, kernel @ window + bias) or same_relative(got, kernel @ window):
            return "`@` multiplies matrices; here each number meets the one in its own place, and all are added up"
        return "the products were not added up: each number of the window is still there"
    known = {
        (3, 3): "the products were added up over the channels only (sum() of Python, or dim=0), not over all axes",
        (channels,): "each channel was kept apart; a kernel adds up its channels too",
        (channels, 3): "the products were not added up over all axes: only over one side of the window",
        (1, 1, 3, 3): "padding=1 laid zeros around the window, so nine answers came, one for each place",
        (1, 3, 3): "padding=1 laid zeros around the window, so nine answers came, one for each place",
        (9 * channels,): "the products stand in one line, and were not added up",
    }
    if tuple(got.shape) == (3,) and channels != 3:
        return "the products were not added up over all axes: one side of the window is left"
    if got.numel() == product.numel() + 1:
        return "the bias was put beside the products, as one more number; nothing was added up"
    if got.numel() == product.numel() and tuple(got.shape) not in known:
        return "the products were not added up: they only have another shape"
    return known.get(tuple(got.shape), "the products were not added up, or not over all axes")
