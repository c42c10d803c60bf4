"""What exercise 10.1 demands: the largest absolute value over the colours, place by place."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import first_place, why_other_values
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_10.networks import PIXELS

__all__ = ["judge_join"]


def judge_join(answer: Callable[[Tensor], Tensor]) -> None:
    """The largest absolute value over axis 1, for a batch and a single picture, colour or grey."""
    for shape in ((2, 3, 4, 5), (1, 3, 2, 2), (2, 1, 3, 3)):
        gradients = torch.randn(*shape)
        kept = gradients.clone()
        wanted, kind = kept.abs().amax(dim=1), f"maps for gradients of shape {shape}"
        got = tried(judge_join, answer, (gradients,), kind, *_few_colours(shape))
        if not torch.equal(gradients, kept):
            raise Wrong(
                got="the gradients that were given have changed",
                wanted="a new tensor",
                cause="an in-place operation such as abs_() wrote into them",
                next_step="use abs() without the underscore",
            )
        maps = demand_tensor_like(got, wanted, kept, PIXELS, kind, _likely_shapes(shape))
        if not same_relative(maps.to(wanted.dtype), wanted):
            mine, its = first_place(maps, wanted)
            raise Wrong(
                got=mine,
                wanted=f"{its}, for gradients of shape {shape}",
                cause=_why_not_joined(maps, kept),
                next_step="absolute value first, then the maximum over axis 1",
            )


def _few_colours(shape: tuple[int, ...]) -> tuple[tuple[str, str, str], ...]:
    cause = f"the number of colours is fixed in the code: these gradients have {shape[1]}"
    return ((r"out of bounds for dimension 1", cause, "let amax(dim=1) take as many colours as there are"),)


def _likely_shapes(shape: tuple[int, ...]) -> dict[tuple[int, ...], str]:
    return {
        (shape[0], 1, *shape[2:]): "the axis of the colours was kept: leave keepdim away",
        shape: "the colours were not joined",
        shape[1:]: "the pictures of the batch were joined: axis 0; the colours are axis 1",
    }


def _grey(values: Tensor) -> Tensor:
    weights = torch.tensor([0.299, 0.587, 0.114])
    return (values * weights[:, None, None]).sum(dim=1) if values.shape[1] == 3 else values.sum(dim=1)


def _why_not_joined(got: Tensor, gradients: Tensor) -> str:
    sizes, units = gradients.abs(), {"the number of colours": float(gradients.shape[1])}
    likely = {
        "the maximum was taken before the absolute value: strong negative slopes are lost": gradients.amax(dim=1),
        "the maximum was taken before the absolute value, which came too late": gradients.amax(dim=1).abs(),
        "the absolute values were averaged; the task asks for the largest": sizes.mean(dim=1),
        "the absolute values were added up; the task asks for the largest": sizes.sum(dim=1),
        "the signed slopes were added up, so that they cancel": gradients.sum(dim=1).abs(),
        "the signed slopes were averaged, so that they cancel": gradients.mean(dim=1).abs(),
        "the signed slopes were averaged, so that they cancel, and no absolute value taken": gradients.mean(dim=1),
        "negative slopes were cut off; they matter as much as positive ones": gradients.relu().amax(dim=1),
        "this is the length of the three slopes, another way to join them": gradients.norm(dim=1),
        "the smallest came, not the largest": sizes.amin(dim=1),
        "the smallest of the signed slopes came": gradients.amin(dim=1),
        "the middle one came (median), not the largest": sizes.median(dim=1).values,
        "the distance from the smallest to the largest came": gradients.amax(dim=1) - gradients.amin(dim=1),
        "the colours were weighed as for a grey picture (0.299, 0.587, 0.114)": _grey(sizes),
        "the colours were weighed as for a grey picture, with their signs": _grey(gradients),
        "the mean of all was subtracted before the absolute value": (gradients - gradients.mean()).abs().amax(dim=1),
        "the squares were averaged": (gradients**2).mean(dim=1),
        "the slopes were multiplied with each other": sizes.prod(dim=1),
        "the largest slope came with its sign: the absolute value is missing": gradients.gather(
            1, sizes.argmax(dim=1, keepdim=True)
        )[:, 0],
        **{f"only colour {one} was used, not all colours": sizes[:, one] for one in range(gradients.shape[1])},
        **{f"only colour {one} was used, with its sign": gradients[:, one] for one in range(gradients.shape[1])},
    }
    wanted = sizes.amax(dim=1)
    return why_other_values(got, wanted, likely, units, "these are not the largest absolute values over the colours")
