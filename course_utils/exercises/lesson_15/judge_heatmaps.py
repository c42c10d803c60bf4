"""What exercise 15.3 demands: a Grad-CAM map for each film, divided by its own peak; an empty one stays 0."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import listed
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.trying import ran
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_15.arguments import must_stay
from course_utils.exercises.lesson_15.heatmaps_recipes import EMPTY, by_own_peak
from course_utils.exercises.lesson_15.heatmaps_slips import why_heatmaps_raise, why_not_the_heatmaps, why_still_nan
from course_utils.exercises.shown import safely

__all__ = ["judge_heatmaps"]

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
        lambda: answer(activations, gradients), lambda error: why_heatmaps_raise(answer, error, *kept), wanted_text
    )
    must_stay(activations, kept[0], "the activations")
    must_stay(gradients, kept[1], "the gradients")
    wanted = by_own_peak((kept[1].mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1).relu())
    if isinstance(got, Tensor) and same_absolute(got, wanted[[0, 1, 3]], 5e-4):
        raise Wrong(
            got="three maps for four films",
            wanted="four maps; the empty one stays zero",
            cause="the empty map was left out: the maps no longer belong to their films",
            next_step="keep the empty map, as zeros",
        )
    got = demand_tensor_of_shape(answer, got, (4, 5, 6), ("films", "rows", "columns"), MAPS_LEFT)
    if got.isnan().any() or not torch.allclose(got, wanted, atol=5e-4):
        cause = why_not_the_heatmaps(got, wanted, *kept)
        raise Wrong(
            got=f"peaks {listed(got.amax(dim=(1, 2)), 3)}, lowest values {listed(got.amin(dim=(1, 2)), 3)}",
            wanted=f"peaks {listed(wanted.amax(dim=(1, 2)), 3)}, lowest values {listed(wanted.amin(dim=(1, 2)), 3)}",
            cause=cause + (safely(lambda: why_still_nan(answer, *kept), "") if cause == EMPTY else ""),
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
