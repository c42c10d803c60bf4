"""What exercise 13.1 demands: gradient times activation, position by position, added up, without the negative part."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.attribution.family import weigh_positions, weigh_positive_positions
from course_utils.attribution.gradcam import weigh_channels
from course_utils.exercises.diagnosis.cam import LAYER, map_shapes
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_positions"]


def judge_positions(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """relu(sum over K of gradient times activation), (N, h, w), with the inputs left alone."""
    for shape in ((2, 5, 3, 4), (1, 5, 3, 4), (3, 1, 2, 4)):
        activations, gradients = normal(*shape), normal(*shape, seed=14)
        kept, wanted = (activations.clone(), gradients.clone()), weigh_positions(activations, gradients)
        kind = f"maps for two tensors of shape {shape}"
        got = tried(judge_positions, answer, (activations, gradients), kind, *MATRICES)
        if not (torch.equal(activations, kept[0]) and torch.equal(gradients, kept[1])):
            raise Wrong(
                got="the activations or gradients were changed",
                wanted="both as they were",
                cause="an in-place operation wrote into them; run the cell twice and it multiplies twice",
                next_step="multiply into a new tensor: activations * gradients",
            )
        maps = demand_tensor_like(got, wanted, kept[0], LAYER, kind, map_shapes(shape)).detach()
        if not same_relative(maps, wanted):
            raise Wrong(
                got=f"values from {maps.min():.3f} to {maps.max():.3f}",
                wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}, {kind}",
                cause=_why_not_positions(maps, *kept),
                next_step="multiply position by position, add the channels up, then cut off the negative part",
            )


MATRICES = (
    (
        r"Expected size for first two dimensions|batch2|mat1 and mat2|\d@",
        "`@` and matmul multiply matrices; here each number meets the one in its own place",
        "multiply with `*`",
    ),
)


def _why_not_positions(got: Tensor, activations: Tensor, gradients: Tensor) -> str:
    likely = _other_positions(activations, gradients) | _other_products(activations, gradients)
    count, channels, height, width = activations.shape
    units = {"the number of channels": channels, "h·w": height * width, "the number of pictures": count}
    otherwise = "this is not the positive part of the sum over the channels"
    return why_other_values(got, weigh_positions(activations, gradients), likely, units, otherwise)


def _other_positions(activations: Tensor, gradients: Tensor) -> dict[str, Tensor]:
    """Return what people compute from the products, or with one weight for each channel."""
    votes = activations * gradients
    signed = votes.sum(dim=1)
    return {
        "the gradients were averaged over the positions: that is Grad-CAM": weigh_channels(activations, gradients),
        "only the positive gradients were used: that is LayerCAM": weigh_positive_positions(activations, gradients),
        "ReLU is missing: evidence against the class is still in the map": signed,
        "ReLU came before the sum: channels that speak against the class lost their vote": votes.relu().sum(dim=1),
        "the absolute value makes evidence against look like evidence for": signed.abs(),
        "the mean over the channels came, not the sum": signed.relu() / activations.shape[1],
        "the largest product was taken, not the sum over the channels": votes.amax(dim=1).relu(),
        "the products of the channels were multiplied, not added up": votes.prod(dim=1).relu(),
        "the absolute values of the products were added up": votes.abs().sum(dim=1),
        "the channels were added up before the multiplication: a product of sums is no sum of products": (
            activations.sum(dim=1) * gradients.sum(dim=1)
        ).relu(),
        **{f"only channel {k} was used": votes[:, k].relu() for k in range(votes.shape[1])},
        **{
            f"channel {k} was left out: the loop begins or ends at the wrong place": (signed - votes[:, k]).relu()
            for k in range(votes.shape[1])
        },
        "the activations were averaged over the positions, the gradients not: the two are the wrong way round": (
            weigh_channels(gradients, activations)
        ),
        "the largest gradient of a channel is its weight; here each position has its own": (
            (gradients.amax(dim=(2, 3), keepdim=True) * activations).sum(dim=1).relu()
        ),
        "the gradients of a channel were added up; here each position has its own": (
            (gradients.sum(dim=(2, 3), keepdim=True) * activations).sum(dim=1).relu()
        ),
        "the sign is turned before ReLU: evidence against the class is shown": (-signed).relu(),
    }


def _other_products(activations: Tensor, gradients: Tensor) -> dict[str, Tensor]:
    """Return what people compute in place of the product of activations and gradients."""
    return {
        "activations and gradients were added, not multiplied": (activations + gradients).sum(dim=1).relu(),
        "one was subtracted from the other, not multiplied": (activations - gradients).sum(dim=1).relu(),
        "the gradients were divided by the activations, not multiplied": (gradients / activations).sum(dim=1).relu(),
        "the activations were divided by the gradients, not multiplied": (activations / gradients).sum(dim=1).relu(),
        "only the gradients were used, not the activations": gradients.sum(dim=1).relu(),
        "only the activations were used, not the gradients": activations.sum(dim=1).relu(),
        "the signs of the gradients are gone": (gradients.abs() * activations).sum(dim=1).relu(),
        "the signs of the activations are gone": (gradients * activations.abs()).sum(dim=1).relu(),
        "the activations were cut off before they were multiplied; ReLU comes last": (gradients * activations.relu())
        .sum(dim=1)
        .relu(),
        "the gradients were squared": (gradients**2 * activations).sum(dim=1).relu(),
        "activations and gradients were both cut off before": (gradients.relu() * activations.relu()).sum(dim=1),
        "the cosine between the two was taken, not the sum of the products": (
            torch.cosine_similarity(activations, gradients, dim=1).relu()
        ),
    }
