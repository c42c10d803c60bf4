"""What exercise 12.2 demands: normalised * std + mean for each channel, cut off at 0 and 1, in a new tensor."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.differences import listed, recipe_of, respect
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.trying import ran
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_12.to_picture_recipes import ENDS, MEAN, STD, per_channel
from course_utils.exercises.lesson_12.to_picture_slips import (
    stretched_only_then,
    why_not_the_picture,
    why_picture_raises,
)

__all__ = ["judge_to_picture"]


def judge_to_picture(answer: Callable[..., Tensor]) -> None:
    """(normalised * std + mean), per channel, clipped to [0, 1]; lists or tuples; the input stays."""
    demand_function(answer, "to_picture(normalised, mean, std)")
    picture = torch.rand(3, 4, 5, generator=torch.Generator().manual_seed(12))
    normalised = (picture - per_channel(MEAN)) / per_channel(STD)
    got = _picture_from(answer, normalised)
    if not torch.allclose(got, picture, atol=1e-5):
        raise Wrong(
            got=_first_pixels(got),
            wanted=_first_pixels(picture),
            cause=why_not_the_picture(got, normalised, picture),
            next_step="turn (image - mean) / std around: first times std, then plus mean",
        )
    _check_edges(answer, normalised * 1000)


def _first_pixels(picture: Tensor) -> str:
    return f"{listed(picture[:, 0, 0])} for the first pixel (red, green, blue)"


def _picture_from(answer: Callable[..., Tensor], normalised: Tensor) -> Tensor:
    """Return what the function gives; it must be a picture of the same shape, and what was given must stay."""
    kept, wanted = normalised.clone(), "the picture, for mean and std as lists of three numbers"
    got = ran(lambda: answer(normalised, MEAN, STD), lambda error: why_picture_raises(answer, error, kept), wanted)
    if not torch.equal(normalised, kept):
        raise Wrong(
            got="the caller's tensor was changed",
            wanted="a new tensor",
            cause="an in-place operation (mul_, +=, clamp_, x[...] = ...) wrote into the input",
            next_step="use * and +, not *= and +=",
        )
    got = demand_tensor_of_shape(answer, got, (3, 4, 5), ("channels", "rows", "columns"))
    if not got.is_floating_point():
        raise Wrong(
            got=f"{str(got.dtype).removeprefix('torch.')}, from {got.min()} to {got.max()}",
            wanted="decimal numbers in [0, 1]",
            cause="whole numbers came: bytes from 0 to 255, or True and False; the result lies in [0, 1]",
            next_step="leave out the conversion to bytes and the factor 255",
        )
    return got


def _check_edges(answer: Callable[..., Tensor], wild: Tensor) -> None:
    """Values outside [0, 1] are cut off, not stretched and not wrapped around."""
    got, undone = _picture_from(answer, wild.clone()), wild * per_channel(STD) + per_channel(MEAN)
    if torch.allclose(got, undone.clamp(0, 1), atol=1e-5):
        return
    outside = "right for a picture in [0, 1], wrong for one that goes far outside: "
    cause = recipe_of(got, undone, (ENDS,), slack=1e-3) or stretched_only_then(got, undone, wild)
    wraps = "; as bytes such values would wrap around, black becoming white" if got.min() < 0 or got.max() > 1 else ""
    raise Wrong(
        got=f"values from {got.min():.4g} to {got.max():.4g} for a picture that goes from {undone.min():.4g} to "
        f"{undone.max():.4g}",
        wanted="each value cut off at 0 and 1, whatever comes in",
        cause=(cause or outside + respect(got, undone.clamp(0, 1))) + wraps,
        next_step="clamp(0, 1) at the end",
    )
