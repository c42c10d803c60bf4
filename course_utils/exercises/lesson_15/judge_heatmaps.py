"""The judge of exercise 15.3: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import Step, listed, recipe_of, respect
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.learners_code import compares_equal
from course_utils.exercises.diagnosis.trying import ran, why_sizes, works
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.guard import names_used
from course_utils.exercises.lesson_15.arguments import must_stay
from course_utils.exercises.shown import safely

__all__ = ["judge_heatmaps"]


SIZES = {4: "the films", 3: "the channels", 5: "the rows", 6: "the columns"}


FOUR = ("the first", "the second", "the third, empty one", "the fourth, weak one")


MAPS_LEFT = {
    (5, 6): "one map came, for four films: they were added up (dim=0), or one was picked",
    (3, 5, 6): "the films were added up, not the channels: the channels are axis 1",
    (4, 1, 5, 6): "the axis of the channels was kept: sum(dim=1) without keepdim",
    (4, 3, 5, 6): "nothing was added up over the channels, axis 1",
    (4, 3): "these are the weights (N, K), not maps: they still have to be multiplied with the activations",
}


def judge_heatmaps(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Each film for itself, inputs unchanged, peaks 1, empty maps 0."""
    demand_function(answer, "article_heatmaps(activations, gradients)")
    activations, gradients = _films()
    kept = activations.clone(), gradients.clone()
    wanted_text = "four maps (4, 5, 6), from activations and gradients (4, 3, 5, 6)"
    got = ran(
        lambda: answer(activations, gradients), lambda error: _why_heatmaps_raise(answer, error, *kept), wanted_text
    )
    must_stay(activations, kept[0], "the activations")
    must_stay(gradients, kept[1], "the gradients")
    wanted = _by_own_peak((kept[1].mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1).relu())
    if isinstance(got, Tensor) and same_absolute(got, wanted[[0, 1, 3]], 5e-4):
        raise Wrong(
            got="three maps for four films",
            wanted="four maps; the empty one stays zero",
            cause="the empty map was left out: the maps no longer belong to their films",
            next_step="keep the empty map, as zeros",
        )
    got = demand_tensor_of_shape(answer, got, (4, 5, 6), ("films", "rows", "columns"), MAPS_LEFT)
    if got.isnan().any() or not torch.allclose(got, wanted, atol=5e-4):
        cause = _why_not_the_heatmaps(got, wanted, *kept)
        raise Wrong(
            got=f"peaks {listed(got.amax(dim=(1, 2)), 3)}, lowest values {listed(got.amin(dim=(1, 2)), 3)}",
            wanted=f"peaks {listed(wanted.amax(dim=(1, 2)), 3)}, lowest values {listed(wanted.amin(dim=(1, 2)), 3)}",
            cause=cause + (safely(lambda: _why_still_nan(answer, *kept), "") if cause == EMPTY else ""),
            next_step="weights (N, K, 1, 1), sum over channels, ReLU, then each film's own peak, if it is above zero",
        )


def _films() -> tuple[Tensor, Tensor]:
    """Return activations and gradients of four films: two ordinary ones, one with an empty map, one with a weak one."""
    generator = torch.Generator().manual_seed(15)
    activations, gradients = (torch.randn(4, 3, 5, 6, generator=generator) for _ in range(2))
    activations = activations.abs()
    weights = torch.tensor([[1.0, -1.2, 0.4], [0.2, 1.2, 0.5], [-1.0, -0.5, -2.0], [2e-3, -1.5e-3, 1e-3]])
    gradients = gradients - gradients.mean(dim=(2, 3), keepdim=True) + weights[:, :, None, None]
    gradients[3] *= torch.tensor([0.5, 1.0, 2.0])[:, None, None]
    return activations, gradients


def _why_heatmaps_raise(answer: Callable[..., object], error: Exception, activations: Tensor, gradients: Tensor) -> str:
    if works(lambda: answer(activations[:1].clone(), gradients[:1].clone())):
        if "ambiguous" in str(error) or {"item", "float"} & names_used(answer):
            return "this works for one film only: `if`, float(...) and .item() cannot decide for four at once"
        return "this works for one film only: " + (why_sizes(error, SIZES) or "the axis of the films is not thought of")
    sizes = re.search(r"\((3|4)\) must .* \(6\) at|\(6\) must .* \((3|4)\) at", str(error))
    if sizes:
        other = sizes[1] or sizes[2]
        return (
            f"the columns of the maps (6) meet {SIZES[int(other)]} ({other}) of another tensor: axes of length 1 "
            "are missing behind it, (N, K, 1, 1) or (N, 1, 1): keepdim=True or [..., None, None]"
        )
    if "amax" not in names_used(answer) and "tuple" in str(error):
        return "max takes one axis and gives values and places; amax takes several axes"
    return why_sizes(error, SIZES)


def _by_own_peak(maps: Tensor) -> Tensor:
    peaks = maps.amax(dim=(1, 2), keepdim=True)
    return maps / peaks.where(peaks > 0, 1.0)


def _why_still_nan(answer: Callable[..., Tensor], activations: Tensor, gradients: Tensor) -> str:
    alone = answer(activations[2:3].clone(), gradients[2:3].clone())
    if not alone.isnan().any():
        return "; only a batch in which all maps are empty is caught, for the question is asked once for all films"
    return "; `== nan` finds none, because NaN equals nothing, not even itself" if compares_equal(answer) else ""


def _pooled(gradients: Tensor) -> Tensor:
    return gradients.mean(dim=(2, 3), keepdim=True)


WEIGHTS: dict[str, Step] = {
    "": lambda g: _pooled(g),
    "the weights were averaged over the films, too": lambda g: g.mean(dim=(0, 2, 3), keepdim=True),
    "the weights were averaged over the channels, too": lambda g: g.mean(dim=(1, 2, 3), keepdim=True),
    "one weight was averaged over films, channels and places": lambda g: g.mean().view(1, 1, 1, 1),
    "the gradients were not pooled: each place was multiplied with its own": lambda g: g,
    "the weights are missing: the activations alone were added up": lambda g: torch.ones_like(g),
    "a ReLU on the gradients came before the pooling": lambda g: g.relu().mean(dim=(2, 3), keepdim=True),
    "a ReLU on the weights threw channels away": lambda g: _pooled(g).relu(),
    "the weights lost their sign (abs)": lambda g: _pooled(g).abs(),
    "the gradients lost their sign (abs)": lambda g: g.abs().mean(dim=(2, 3), keepdim=True),
    "the sign of the weights is turned round": lambda g: -_pooled(g),
    "the largest gradient of each channel was taken, not the mean": lambda g: g.amax(dim=(2, 3), keepdim=True),
    "softmax was put on the weights": lambda g: _pooled(g).softmax(dim=1),
    "the last channel was not multiplied with its weight": lambda g: torch.cat(
        [_pooled(g)[:, :-1], torch.ones_like(_pooled(g)[:, -1:])], dim=1
    ),
    "the first channel was not multiplied with its weight": lambda g: torch.cat(
        [torch.ones_like(_pooled(g)[:, :1]), _pooled(g)[:, 1:]], dim=1
    ),
    "the gradients were pooled over the rows only, not over the columns": lambda g: g.mean(dim=2, keepdim=True),
    "the gradients were pooled over the columns only, not over the rows": lambda g: g.mean(dim=3, keepdim=True),
}


def _why_not_the_heatmaps(got: Tensor, wanted: Tensor, activations: Tensor, gradients: Tensor) -> str:
    weighed = {slip: (lambda a, weigh=weigh: weigh(gradients) * a) for slip, weigh in WEIGHTS.items()}
    weighed["activations and gradients are mixed up: the weights come from the activations"] = lambda a: (
        _pooled(a) * gradients
    )
    weighed["the weights were added to the activations, not multiplied with them"] = lambda a: a + _pooled(gradients)
    cause = recipe_of(got, activations, (weighed, MERGED, DIVIDED), slack=5e-4)
    if cause:
        return cause
    if got.isnan().any():
        return EMPTY
    if got.min() < 0:
        return "ReLU is missing: there is negative heat, evidence against pneumonia is still in the map"
    peaks = got.amax(dim=(1, 2), keepdim=True)
    if same_absolute(_over(got, peaks), wanted, 1e-3):
        return f"the maps are right, but the peaks are not 1: they are {listed(peaks, 3)}"
    return "this is not each film's own Grad-CAM map: " + respect(got, wanted, FOUR)


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


def _over(maps: Tensor, below: Tensor) -> Tensor:
    return (maps / below).nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)


DIVIDED: dict[str, Step] = {
    "": _by_own_peak,
    EMPTY: lambda m: m / m.amax(dim=(1, 2), keepdim=True),
    "all films were divided by one peak: the largest of the batch": lambda m: m / m.max(),
    "the map was not divided by its peak": lambda m: m,
    "the map was not divided by its peak, and is a mean over the channels": lambda m: m / 3,
    "each map was divided by its sum, not by its peak": lambda m: _over(m, m.sum(dim=(1, 2), keepdim=True)),
    "all films were divided by the sum of the batch": lambda m: m / m.sum(),
    "each map was divided by its mean, not by its peak": lambda m: _over(m, m.mean(dim=(1, 2), keepdim=True)),
    "each map was divided by its length (norm), not by its peak": lambda m: _over(
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
        _by_own_peak(m) * (m.amax(dim=(1, 2), keepdim=True) > 0.05)
    ),
    "each column was divided by its own peak (dim=1 alone)": lambda m: _over(m, m.amax(dim=1, keepdim=True)),
    "each row was divided by its own peak (dim=2 alone)": lambda m: _over(m, m.amax(dim=2, keepdim=True)),
    "each place was divided by its peak over the films (dim=0)": lambda m: _over(m, m.amax(dim=0, keepdim=True)),
    "the empty map became 1; it stays zero": lambda m: (m / m.amax(dim=(1, 2), keepdim=True)).nan_to_num(1.0),
    "the maps were multiplied by 255; the peak is 1": lambda m: 255 * _by_own_peak(m),
    "sigmoid was put on the map; dividing by the peak was asked for": torch.sigmoid,
    "softmax was put on the map; dividing by the peak was asked for": lambda m: m.flatten(1).softmax(dim=1).view_as(m),
    "the maps were cut off at 1, not divided": lambda m: m.clamp(0, 1),
    "the map was rounded: the places above half of the peak became 1, the others 0": lambda m: (
        _by_own_peak(m) > 0.5
    ).to(m.dtype),
}
