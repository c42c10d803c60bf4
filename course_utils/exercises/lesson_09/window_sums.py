"""Which other sum, bias or last step gives the number that came for exercise 09.1."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

__all__ = ["why_not_the_sum"]


def why_not_the_sum(got: float, kernel: Tensor, bias: float, window: Tensor) -> str:
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
