"""What exercise 11.1 demands: the mean of each channel's gradient over all positions."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from course_utils.exercises.diagnosis.cam import LAYER
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import first_place, why_other_values
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_11.arguments import must_be_unchanged

__all__ = ["judge_weights"]


def judge_weights(answer: Callable[[Tensor], Tensor]) -> None:
    """The mean over positions of each channel of each picture, (N, K); one picture, one channel, other sizes too."""
    for shape in ((2, 3, 4, 5), (1, 3, 2, 6), (2, 1, 5, 3)):
        gradients, kind = normal(*shape), f"weights for gradients of shape {shape}"
        kept, wanted = gradients.clone(), gradients.mean(dim=(2, 3))
        got = tried(judge_weights, answer, (gradients,), kind)
        must_be_unchanged(kind, (gradients, kept))
        weights = demand_tensor_like(got, wanted, kept, LAYER, kind, _likely_weights(shape))
        if not same_relative(weights.detach(), wanted):
            mine, its = first_place(weights, wanted)
            raise Wrong(
                got=mine,
                wanted=f"{its}, {kind}",
                cause=_why_not_the_mean(weights, kept),
                next_step="average the gradients over h and w, nothing else",
            )


def _likely_weights(shape: tuple[int, ...]) -> dict[tuple[int, ...], str]:
    count, channels, height, width = shape
    if count == 1 or channels == 1:
        return {}
    return {
        (count, width): "the mean ran over the axes 1 and 2; h and w are the axes 2 and 3",
        (count, height): "the mean ran over the axes 1 and 3; h and w are the axes 2 and 3",
        (count, channels, 1, 1): "the averaged axes were kept: leave keepdim away here",
        (count, channels, width): "only the rows were averaged",
        (count, channels, height): "only the columns were averaged",
        (): "everything was averaged into one number",
        (channels, count): "pictures and channels were exchanged: (K, N) came, by .T or by a reshape",
        (count, height * width): "after flatten, the mean ran over the channels, not over the positions",
    }


def _other_middles(gradients: Tensor) -> dict[str, Tensor]:
    """Return what else people take for the middle of the positions."""
    mean = gradients.mean(dim=(2, 3))
    return {
        "the middle gradient came (median), not the mean": gradients.flatten(2).median(dim=2).values,
        "a median of medians came, not the mean": gradients.median(dim=2).values.median(dim=2).values,
        "the spread of the gradients (std) came, not the mean": gradients.std(dim=(2, 3)),
        "mean divided by spread came, not the mean": mean / gradients.std(dim=(2, 3)),
        "the length of the gradients (norm) came, not the mean": gradients.flatten(2).norm(dim=2),
        "the mean of the squares came": (gradients**2).mean(dim=(2, 3)),
        "the mean of each row was taken, and then the largest": gradients.mean(dim=3).amax(dim=2),
        "the mean of each column was taken, and then the largest": gradients.mean(dim=2).amax(dim=2),
    }


def _why_not_the_mean(got: Tensor, gradients: Tensor) -> str:
    count, channels, height, width = gradients.shape
    mean = gradients.mean(dim=(2, 3))
    likely = {
        "the sum came, not the mean": gradients.sum(dim=(2, 3)),
        "the signs are gone: a channel may also speak against the class": gradients.abs().mean(dim=(2, 3)),
        "negative gradients were cut off; Grad-CAM cuts only at the end": gradients.relu().mean(dim=(2, 3)),
        "negative weights were cut off; Grad-CAM cuts only at the end, after the sum": mean.relu(),
        "the largest gradient came, not the mean": gradients.amax(dim=(2, 3)),
        "the smallest gradient came, not the mean": gradients.amin(dim=(2, 3)),
        **_other_middles(gradients),
        "only one position was used, not all": gradients[:, :, 0, 0],
        "only the position in the middle was used, not all": gradients[:, :, height // 2, width // 2],
        "only the first row was averaged": gradients[:, :, 0].mean(dim=2),
        "only the first column was averaged": gradients[:, :, :, 0].mean(dim=2),
        "all pictures got the weights of the first": mean[:1].expand_as(mean),
        "all pictures got the same weights, averaged over the batch": mean.mean(dim=0, keepdim=True).expand_as(mean),
    }
    units = {"h·w": height * width, "h alone": height, "w alone": width, "the number of channels": channels}
    units["the number of pictures"] = count
    units |= {
        "h + w in place of h·w": height + width,
        "all numbers of the tensor": gradients.numel(),
        "K·h·w": channels * height * width,
    }
    return why_other_values(got, mean, likely, units, "these are not the mean gradients over the positions")
