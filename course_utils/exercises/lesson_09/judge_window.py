"""The judge of exercise 09.1: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.exercise import Wrong

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
                cause=_why_not_the_sum(value, kernel, bias, window),
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


def _why_not_the_sum(got: float, kernel: Tensor, bias: float, window: Tensor) -> str:
    """Return which sum, which bias and which last step give ``got``; those with the fewest mistakes come first."""
    if math.isnan(got) or math.isinf(got):
        return "NaN or infinity came: something was divided by zero"
    found = []
    for wrong_sum, total in _sums(kernel, bias, window).items():
        for wrong_bias, biased in _biased(total, bias, kernel).items():
            for wrong_end, value in _ended(biased, kernel).items():
                causes = [one for one in (wrong_sum, wrong_bias, wrong_end) if one]
                if causes and abs(got - value) < 1e-4:
                    found.append(causes)
    if found:
        return "; and ".join(min(found, key=len))
    right = float((kernel * window).sum() + bias)
    off = f"it is too {'large' if got > right else 'small'} by {abs(got - right):.4f}"
    return f"this is not the sum of the products plus the bias: {off}; are all {kernel.numel()} places counted once?"


def _sums(kernel: Tensor, bias: float, window: Tensor) -> dict[str, float]:
    product = kernel * window
    found = {
        "": product.sum(),
        "the mean came, not the sum": product.mean(),
        "the kernel was turned upside down and left to right: that is a convolution in mathematics, but "
        "in PyTorch a convolution lays the kernel on as it is": (kernel.flip(1, 2) * window).sum(),
        "the kernel was turned upside down": (kernel.flip(1) * window).sum(),
        "the kernel was turned left to right": (kernel.flip(2) * window).sum(),
        "rows and columns of the kernel were exchanged": (kernel.transpose(1, 2) * window).sum(),
        "`@` multiplies matrices; here each number meets the one in its own place": (kernel @ window).sum(),
        "negative products were cut off": product.relu().sum(),
        "the bias was added to the pixels, before the multiplication": (kernel * (window + bias)).sum(),
        "the bias was added to the weights, before the multiplication": ((kernel + bias) * window).sum(),
        "the signs are gone: negative products must lower the sum": product.abs().sum(),
        "the sum lost its sign (abs) before the bias came": product.sum().abs(),
        "the sum was cut off at zero (ReLU) before the bias came": product.sum().relu(),
        "the products are missing": torch.tensor(0.0),
        "kernel and window were added, not multiplied": (kernel + window).sum(),
        "one was subtracted from the other, not multiplied": (kernel - window).sum(),
        "one was divided by the other, not multiplied": (kernel / window).sum(),
        "only the kernel was added up; the window is missing": kernel.sum(),
        "only the window was added up; the kernel is missing": window.sum(),
        "both were added up first and then multiplied: a product of sums is no sum of products": (
            kernel.sum() * window.sum()
        ),
        "the largest product came, not the sum": product.max(),
        "the products were squared": (product**2).sum(),
        "the products were multiplied with each other, not added up": product.prod(),
    }
    found |= _sums_of_parts(product) | _sums_after_a_change(kernel, window)
    return {cause: float(value) for cause, value in found.items()}


def _sums_of_parts(product: Tensor) -> dict[str, Tensor]:
    return {
        "only the first channel was used": product[0].sum(),
        "only the last channel was used": product[-1].sum(),
        "only the first product was used": product[0, 0, 0],
        "only the last product was used": product[-1, -1, -1],
        "only the diagonal was used: a single loop takes the places [i, i]": product.diagonal(0, 1, 2).sum(),
        "only the middle product was used": product[:, 1, 1].sum(),
        "the last row and the last column were left out: range(2) ends at 1": product[:, :2, :2].sum(),
        "the first row and the first column were left out: positions begin at 0": product[:, 1:, 1:].sum(),
        "the last row was left out": product[:, :2].sum(),
        "the last column was left out": product[:, :, :2].sum(),
        "the last channel was left out": product[:-1].sum(),
    }


def _sums_after_a_change(kernel: Tensor, window: Tensor) -> dict[str, Tensor]:
    product = kernel * window
    padded = nn.functional.conv2d(window[None], kernel[None], padding=1)
    return {
        "the mean of the window was subtracted first": (kernel * (window - window.mean())).sum(),
        "the smallest of the window was subtracted first": (kernel * (window - window.min())).sum(),
        "the window was divided by 255 first": product.sum() / 255,
        "the window was divided by its largest value first": product.sum() / window.max(),
        "the kernel was divided by its sum first": product.sum() / kernel.sum(),
        "the kernel was divided by the sum of its sizes first": product.sum() / kernel.abs().sum(),
        "the kernel was divided by its length (norm) first": product.sum() / kernel.norm(),
        "both were divided by their lengths (cosine)": product.sum() / kernel.norm() / window.norm(),
        "the mean of each channel was added up": product.mean(dim=(1, 2)).sum(),
        "the sum of each channel was averaged": product.sum(dim=(1, 2)).mean(),
        "the largest of the sums was taken, place by place over the channels": product.sum(dim=0).max(),
        "padding=1 gives nine answers for the window, and these were added up": padded.sum(),
        "padding=1 gives nine answers for the window, and the largest of these was taken": padded.max(),
    }


def _biased(total: float, bias: float, kernel: Tensor) -> dict[str, float]:
    return {
        "": total + bias,
        "the bias is missing": total,
        "the bias was subtracted": total - bias,
        "the bias was added to every product, 9 times per channel": total + bias * kernel.numel(),
        "the bias was added once for each channel": total + bias * len(kernel),
        "the bias was added nine times, once for each place": total + 9 * bias,
        "the bias was added twice": total + 2 * bias,
        "the bias came in as a factor": total * bias,
    }


def _ended(value: float, kernel: Tensor) -> dict[str, float]:
    found = {
        "": value,
        "ReLU cut the answer off; a convolution may answer with a negative number": max(value, 0.0),
        "the answer lost its sign (abs)": abs(value),
        "the answer has the wrong sign": -value,
        "the answer was cut to a whole number": math.trunc(value),
        "the answer was rounded to a whole number": round(value),
        "sigmoid was applied, which nobody asked for": 1 / (1 + math.exp(-min(max(value, -50), 50))),
        "tanh was applied, which nobody asked for": math.tanh(value),
        "the whole sum, bias and all, was divided by the number of products": value / kernel.numel(),
        "the answer was divided by the nine places": value / 9,
        "the answer was squared": value**2,
    }
    rounded = {f"the answer was rounded to {n} decimal{'s' * (n > 1)}": round(value, n) for n in (1, 2, 3)}
    return found | rounded
