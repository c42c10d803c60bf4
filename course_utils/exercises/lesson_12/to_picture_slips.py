"""Why an answer to exercise 12.2 gives another picture, or an error."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import recipe_of, respect
from course_utils.exercises.diagnosis.trying import why_sizes, works
from course_utils.exercises.lesson_12.to_picture_recipes import ENDS, MEAN, STD, per_channel, undone_with_other_numbers

__all__ = ["stretched_only_then", "why_not_the_picture", "why_picture_raises"]

SIDES = {3: "channels", 4: "rows", 5: "columns"}


def why_picture_raises(answer: Callable[..., Tensor], error: Exception, normalised: Tensor) -> str:
    """Find out with which mean, std and size it would work; what it would give then may be wrong as well."""
    need, works_with = _why_not_with_lists(answer, error, normalised)
    if not need:
        return why_sizes(error, SIDES)
    if works_with:
        got, picture = answer(normalised.clone(), *works_with), normalised * per_channel(STD) + per_channel(MEAN)
        if isinstance(got, Tensor) and got.shape == picture.shape and not same_absolute(got, picture.clamp(0, 1)):
            return f"{need}; besides, {why_not_the_picture(got, normalised, picture)}"
    return need


def _why_not_with_lists(
    answer: Callable[..., Tensor], error: Exception, normalised: Tensor
) -> tuple[str, tuple[Tensor, Tensor] | None]:
    """Return why it raises, and with which mean and std it does not."""
    column = per_channel(MEAN), per_channel(STD)
    fits = column if works(lambda: answer(normalised.clone(), *column)) else None
    lined_up = "the three numbers were lined up with the {} axis, not with the channels: make them (3, 1, 1)"
    for shape, axis in (((3, 4, 3), "last"), ((3, 3, 5), "rows'")):
        if works(lambda shape=shape: answer(torch.rand(shape), MEAN, STD)):
            return lined_up.format(axis), fits
    small = works(lambda: answer(torch.rand(3, 9, 9), MEAN, STD))
    if works(lambda: answer(torch.rand(3, 32, 32), MEAN, STD)) and not small:
        return "this works for 32x32 pixels only: the size is written into the code; this picture has 4x5", None
    lists = "mean and std are lists here, three numbers each, and a list does not calculate: make {} of them"
    flat = torch.tensor(MEAN), torch.tensor(STD)
    if works(lambda: answer(normalised.clone(), *flat)):
        return lists.format("tensors"), flat
    if fits and isinstance(error, TypeError):
        return lists.format("(3, 1, 1) tensors"), fits
    return "", None


def why_not_the_picture(got: Tensor, normalised: Tensor, picture: Tensor) -> str:
    """Return which steps of undoing and which end give ``got``, or in what respect it differs."""
    undo = {
        "": lambda n: n * per_channel(STD) + per_channel(MEAN),
        "the mean was added before multiplying with std": lambda n: (n + per_channel(MEAN)) * per_channel(STD),
        "the picture was normalised a second time": lambda n: (n - per_channel(MEAN)) / per_channel(STD),
        "the mean was subtracted; undoing adds it": lambda n: n * per_channel(STD) - per_channel(MEAN),
        "the mean was subtracted before multiplying": lambda n: (n - per_channel(MEAN)) * per_channel(STD),
        "this divides by std; undoing multiplies": lambda n: n / per_channel(STD) + per_channel(MEAN),
        "the mean was added first, and this divides by std": lambda n: (n + per_channel(MEAN)) / per_channel(STD),
        "mean and std are swapped: mean was multiplied with, std added": lambda n: (
            n * per_channel(MEAN) + per_channel(STD)
        ),
        "the square of std (the variance) was used": lambda n: n * per_channel(STD) ** 2 + per_channel(MEAN),
        "the root of std was used": lambda n: n * per_channel(STD).sqrt() + per_channel(MEAN),
        "the mean is not added": lambda n: n * per_channel(STD),
        "std is not multiplied with": lambda n: n + per_channel(MEAN),
        "nothing was undone, only cut off": lambda n: n,
        "the product was subtracted from the mean": lambda n: per_channel(MEAN) - n * per_channel(STD),
        "it was cut off at -1 and 1 first and undone afterwards": lambda n: (
            n.clamp(-1, 1) * per_channel(STD) + per_channel(MEAN)
        ),
        "it was cut off first and undone afterwards": lambda n: n.clamp(0, 1) * per_channel(STD) + per_channel(MEAN),
    } | undone_with_other_numbers()
    return recipe_of(got, normalised, (undo, ENDS)) or respect(got, picture, ("red", "green", "blue"))


def stretched_only_then(got: Tensor, undone: Tensor, wild: Tensor) -> str:
    """Return why a picture far outside [0, 1] was cut off too early, or divided; else ""."""
    if same_absolute(got, (wild.clamp(0, 1) * per_channel(STD) + per_channel(MEAN)), 1e-3):
        return "it was cut off before undoing, so the result is not"
    if same_absolute(got, undone / undone.abs().max(), 1e-3) or same_absolute(got, undone / undone.max(), 1e-3):
        return "the picture was divided by its largest value; cut off, the values in [0, 1] stay as they are"
    return ""
