"""What exercise 11.2 demands: the weighted sum of the channels, without its negative part."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from course_utils.attribution import weigh_channels
from course_utils.exercises.diagnosis.cam import LAYER, cam_mistakes, map_shapes
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_11.arguments import must_be_unchanged

__all__ = ["judge_map"]


def judge_map(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """relu(sum over K of weight times activations), (N, h, w), for a batch, a single picture and a single channel."""
    for shape in ((2, 5, 3, 4), (1, 5, 3, 4), (3, 1, 2, 4)):
        activations, gradients = 4 * normal(*shape), normal(*shape, seed=12)
        kept, wanted = (activations.clone(), gradients.clone()), weigh_channels(activations, gradients)
        kind = f"maps for two tensors of shape {shape}"
        got = tried(judge_map, answer, (activations, gradients), kind)
        must_be_unchanged(kind, (activations, kept[0]), (gradients, kept[1]))
        maps = demand_tensor_like(got, wanted, kept[0], LAYER, kind, map_shapes(shape))
        if not same_relative(maps.detach(), wanted):
            raise Wrong(
                got=f"values from {maps.min():.3f} to {maps.max():.3f}",
                wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}, {kind}",
                cause=_why_not_the_map(maps, *kept),
                next_step="mean of gradients, weighted sum over channels, then ReLU, in this order",
            )


def _why_not_the_map(got: Tensor, activations: Tensor, gradients: Tensor) -> str:
    count, channels, height, width = activations.shape
    units = {
        "h·w (the sum of the gradients in place of their mean)": height * width,
        "the number of channels": channels,
    }
    units |= {"the number of pictures": count, "h": height, "w": width}
    wanted = weigh_channels(activations, gradients)
    otherwise = "this is not the positive part of the weighted sum"
    return why_other_values(got, wanted, cam_mistakes(activations, gradients), units, otherwise)
