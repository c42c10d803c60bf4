"""The steps of Grad-CAM, as exercise 15.3 asks for them and as they go wrong: weigh, merge, divide."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.differences import Step

__all__ = ["DIVIDED", "EMPTY", "MERGED", "WEIGHTS", "by_own_peak", "divided_by", "pooled"]


def by_own_peak(maps: Tensor) -> Tensor:
    """Return each map divided by its own peak; an empty one stays zero."""
    peaks = maps.amax(dim=(1, 2), keepdim=True)
    return maps / peaks.where(peaks > 0, 1.0)


def pooled(gradients: Tensor) -> Tensor:
    """Return the mean over all places, (N, K, 1, 1)."""
    return gradients.mean(dim=(2, 3), keepdim=True)


WEIGHTS: dict[str, Step] = {
    "": lambda g: pooled(g),
    "the weights were averaged over the films, too": lambda g: g.mean(dim=(0, 2, 3), keepdim=True),
    "the weights were averaged over the channels, too": lambda g: g.mean(dim=(1, 2, 3), keepdim=True),
    "one weight was averaged over films, channels and places": lambda g: g.mean().view(1, 1, 1, 1),
    "the gradients were not pooled: each place was multiplied with its own": lambda g: g,
    "the weights are missing: the activations alone were added up": lambda g: torch.ones_like(g),
    "a ReLU on the gradients came before the pooling": lambda g: g.relu().mean(dim=(2, 3), keepdim=True),
    "a ReLU on the weights threw channels away": lambda g: pooled(g).relu(),
    "the weights lost their sign (abs)": lambda g: pooled(g).abs(),
    "the gradients lost their sign (abs)": lambda g: g.abs().mean(dim=(2, 3), keepdim=True),
    "the sign of the weights is turned round": lambda g: -pooled(g),
    "the largest gradient of each channel was taken, not the mean": lambda g: g.amax(dim=(2, 3), keepdim=True),
    "softmax was put on the weights": lambda g: pooled(g).softmax(dim=1),
    "the last channel was not multiplied with its weight": lambda g: torch.cat(
        [pooled(g)[:, :-1], torch.ones_like(pooled(g)[:, -1:])], dim=1
    ),
    "the first channel was not multiplied with its weight": lambda g: torch.cat(
        [torch.ones_like(pooled(g)[:, :1]), pooled(g)[:, 1:]], dim=1
    ),
    "the gradients were pooled over the rows only, not over the columns": lambda g: g.mean(dim=2, keepdim=True),
    "the gradients were pooled over the columns only, not over the rows": lambda g: g.mean(dim=3, keepdim=True),
}

MERGED: dict[str, Step] = {
    "": lambda x: x.sum(dim=1).relu(),
    "ReLU is missing: evidence against pneumonia is still in the map": lambda x: x.sum(dim=1),
    "ReLU came before the sum: each channel lost its negative part by itself": lambda x: x.relu().sum(dim=1),
    "abs turns evidence against into evidence for; ReLU sets it to 0": lambda x: x.sum(dim=1).abs(),
    "the largest channel was taken, not the sum over channels": lambda x: x.amax(dim=1).relu(),
    "the heat is squared, as in the article's overlay": lambda x: x.sum(dim=1).relu() ** 2,
    "a square takes the place of the ReLU": lambda x: x.sum(dim=1) ** 2,
    "sigmoid takes the place of the ReLU: 0 becomes one half": lambda x: x.sum(dim=1).sigmoid(),
    "the channels were added up with a root mean square": lambda x: (x**2).mean(dim=1).sqrt(),
    "the sign is turned round: only what speaks against is left": lambda x: (-x.sum(dim=1)).relu(),
    "only the first channel was used": lambda x: x[:, 0].relu(),
    "only the last channel was used": lambda x: x[:, -1].relu(),
    "softmax was put on the channels": lambda x: x.softmax(dim=1).sum(dim=1),
    "the films were added up as well: each map is the sum of all": lambda x: (
        x.sum(dim=(0, 1)).relu().expand(len(x), -1, -1)
    ),
}

EMPTY = "0 / 0 is NaN: the third film's map is empty, and was divided by its peak"


def _min_max(maps: Tensor) -> Tensor:
    low, high = maps.amin(dim=(1, 2), keepdim=True), maps.amax(dim=(1, 2), keepdim=True)
    return (maps - low) / (high - low).clamp(min=1e-12)


def divided_by(maps: Tensor, below: Tensor) -> Tensor:
    """Return the quotient, with 0 where something was divided by zero."""
    return (maps / below).nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)


DIVIDED: dict[str, Step] = {
    "": by_own_peak,
    EMPTY: lambda m: m / m.amax(dim=(1, 2), keepdim=True),
    "all films were divided by one peak: the largest of the batch": lambda m: m / m.max(),
    "the map was not divided by its peak": lambda m: m,
    "the map was not divided by its peak, and is a mean over the channels": lambda m: m / 3,
    "each map was divided by its sum, not by its peak": lambda m: divided_by(m, m.sum(dim=(1, 2), keepdim=True)),
    "all films were divided by the sum of the batch": lambda m: m / m.sum(),
    "each map was divided by its mean, not by its peak": lambda m: divided_by(m, m.mean(dim=(1, 2), keepdim=True)),
    "each map was divided by its length (norm), not by its peak": lambda m: divided_by(
        m, m.flatten(1).norm(dim=1)[:, None, None]
    ),
    "the fraction is upside down: the peak was divided by the map": lambda m: (
        m.amax(dim=(1, 2), keepdim=True) / m
    ).nan_to_num(nan=0.0, posinf=math.inf),
    "the batch was standardised (minus mean, by std), not divided by peaks": lambda m: (m - m.mean()) / m.std(),
    "each map was standardised (minus mean, by std), not divided by its peak": lambda m: (
        (m - m.mean(dim=(1, 2), keepdim=True)) / m.std(dim=(1, 2), keepdim=True)
    ),
    "each map was stretched from its min to its max; only the peak was to become 1": _min_max,
    "the batch was stretched from its min to its max": lambda m: (m - m.min()) / (m.max() - m.min()),
    "1 was added to the peak, so that it does not come out as 1": lambda m: m / (m.amax(dim=(1, 2), keepdim=True) + 1),
    "a limit of 1 for the peak leaves weaker maps undivided": lambda m: m / m.amax(dim=(1, 2), keepdim=True).clamp(1.0),
    "a limit of 0.1 for the peak is not small for a weak map": lambda m: (
        m / m.amax(dim=(1, 2), keepdim=True).clamp(0.1)
    ),
    "a limit of 0.01 for the peak is not small for a weak map": lambda m: (
        m / m.amax(dim=(1, 2), keepdim=True).clamp(0.01)
    ),
    "a limit of 0.001 for the peak is not small for a weak map": lambda m: (
        m / m.amax(dim=(1, 2), keepdim=True).clamp(0.001)
    ),
    "0.001 was added to the peak, which is not small for a weak map": lambda m: (
        m / (m.amax(dim=(1, 2), keepdim=True) + 1e-3)
    ),
    "0.0001 was added to the peak, which is not small for a weak map": lambda m: (
        m / (m.amax(dim=(1, 2), keepdim=True) + 1e-4)
    ),
    "0.00001 was added to the peak, which is not small for a weak map": lambda m: (
        m / (m.amax(dim=(1, 2), keepdim=True) + 1e-5)
    ),
    "0.01 was added to the peak, which is not small for a weak map": lambda m: (
        m / (m.amax(dim=(1, 2), keepdim=True) + 1e-2)
    ),
    "a weak map was taken for an empty one: only a peak of exactly 0 is empty": lambda m: (
        by_own_peak(m) * (m.amax(dim=(1, 2), keepdim=True) > 0.05)
    ),
    "each column was divided by its own peak (dim=1 alone)": lambda m: divided_by(m, m.amax(dim=1, keepdim=True)),
    "each row was divided by its own peak (dim=2 alone)": lambda m: divided_by(m, m.amax(dim=2, keepdim=True)),
    "each place was divided by its peak over the films (dim=0)": lambda m: divided_by(m, m.amax(dim=0, keepdim=True)),
    "the empty map became 1; it stays zero": lambda m: (m / m.amax(dim=(1, 2), keepdim=True)).nan_to_num(1.0),
    "the maps were multiplied by 255; the peak is 1": lambda m: 255 * by_own_peak(m),
    "sigmoid was put on the map; dividing by the peak was asked for": torch.sigmoid,
    "softmax was put on the map; dividing by the peak was asked for": lambda m: m.flatten(1).softmax(dim=1).view_as(m),
    "the maps were cut off at 1, not divided": lambda m: m.clamp(0, 1),
    "the map was rounded: the places above half of the peak became 1, the others 0": lambda m: (
        by_own_peak(m) > 0.5
    ).to(m.dtype),
}
