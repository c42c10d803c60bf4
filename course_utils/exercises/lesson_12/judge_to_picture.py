"""The judge of exercise 12.2: what it accepts, and why another answer is wrong."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import Step, listed, recipe_of, respect
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.trying import ran, why_sizes, works
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_to_picture"]


MEAN, STD = [0.1, 0.5, 0.8], [0.2, 0.3, 0.4]


SIDES = {3: "channels", 4: "rows", 5: "columns"}


def _column(numbers: object) -> Tensor:
    return torch.as_tensor(numbers).view(3, 1, 1)


def judge_to_picture(answer: Callable[..., Tensor]) -> None:
    """(normalised * std + mean), per channel, clipped to [0, 1]; lists or tuples; the input stays."""
    demand_function(answer, "to_picture(normalised, mean, std)")
    picture = torch.rand(3, 4, 5, generator=torch.Generator().manual_seed(12))
    normalised = (picture - _column(MEAN)) / _column(STD)
    got = _picture_from(answer, normalised)
    if not torch.allclose(got, picture, atol=1e-5):
        raise Wrong(
            got=_first_pixels(got),
            wanted=_first_pixels(picture),
            cause=_why_not_the_picture(got, normalised, picture),
            next_step="turn (image - mean) / std around: first times std, then plus mean",
        )
    _check_edges(answer, normalised * 1000)


def _first_pixels(picture: Tensor) -> str:
    return f"{listed(picture[:, 0, 0])} for the first pixel (red, green, blue)"


def _picture_from(answer: Callable[..., Tensor], normalised: Tensor) -> Tensor:
    """Return what the function gives; it must be a picture of the same shape, and what was given must stay."""
    kept, wanted = normalised.clone(), "the picture, for mean and std as lists of three numbers"
    got = ran(lambda: answer(normalised, MEAN, STD), lambda error: _why_picture_raises(answer, error, kept), wanted)
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


def _why_picture_raises(answer: Callable[..., Tensor], error: Exception, normalised: Tensor) -> str:
    """Find out with which mean, std and size it would work; what it would give then may be wrong as well."""
    need, works_with = _why_not_with_lists(answer, error, normalised)
    if not need:
        return why_sizes(error, SIDES)
    if works_with:
        got, picture = answer(normalised.clone(), *works_with), normalised * _column(STD) + _column(MEAN)
        if isinstance(got, Tensor) and got.shape == picture.shape and not same_absolute(got, picture.clamp(0, 1)):
            return f"{need}; besides, {_why_not_the_picture(got, normalised, picture)}"
    return need


def _why_not_with_lists(
    answer: Callable[..., Tensor], error: Exception, normalised: Tensor
) -> tuple[str, tuple[Tensor, Tensor] | None]:
    """Return why it raises, and with which mean and std it does not."""
    column = _column(MEAN), _column(STD)
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


def _why_not_the_picture(got: Tensor, normalised: Tensor, picture: Tensor) -> str:
    undo = {
        "": lambda n: n * _column(STD) + _column(MEAN),
        "the mean was added before multiplying with std": lambda n: (n + _column(MEAN)) * _column(STD),
        "the picture was normalised a second time": lambda n: (n - _column(MEAN)) / _column(STD),
        "the mean was subtracted; undoing adds it": lambda n: n * _column(STD) - _column(MEAN),
        "the mean was subtracted before multiplying": lambda n: (n - _column(MEAN)) * _column(STD),
        "this divides by std; undoing multiplies": lambda n: n / _column(STD) + _column(MEAN),
        "the mean was added first, and this divides by std": lambda n: (n + _column(MEAN)) / _column(STD),
        "mean and std are swapped: mean was multiplied with, std added": lambda n: n * _column(MEAN) + _column(STD),
        "the square of std (the variance) was used": lambda n: n * _column(STD) ** 2 + _column(MEAN),
        "the root of std was used": lambda n: n * _column(STD).sqrt() + _column(MEAN),
        "the mean is not added": lambda n: n * _column(STD),
        "std is not multiplied with": lambda n: n + _column(MEAN),
        "nothing was undone, only cut off": lambda n: n,
        "the product was subtracted from the mean": lambda n: _column(MEAN) - n * _column(STD),
        "it was cut off at -1 and 1 first and undone afterwards": lambda n: (
            n.clamp(-1, 1) * _column(STD) + _column(MEAN)
        ),
        "it was cut off first and undone afterwards": lambda n: n.clamp(0, 1) * _column(STD) + _column(MEAN),
    } | _undone_with_other_numbers()
    return recipe_of(got, normalised, (undo, ENDS)) or respect(got, picture, ("red", "green", "blue"))


def _undone_with_other_numbers() -> dict[str, Step]:
    """Return the right formula with numbers that are not those of the channels."""
    mean, std = torch.tensor(MEAN), torch.tensor(STD)
    cifar, imagenet = (
        ([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]),
        ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    )

    def using(mean: Tensor, std: Tensor) -> Step:
        return lambda n: n * std.view(-1, 1, 1) + mean.view(-1, 1, 1)

    return {
        "0.5 was used for all channels; mean and std were not": using(torch.tensor([0.5]), torch.tensor([0.5])),
        "the channels' numbers are in reverse order (blue, green, red)": using(mean.flip(0), std.flip(0)),
        "one average of mean and std was used for all channels": using(mean.mean()[None], std.mean()[None]),
        "the first channel's numbers were used for all": using(mean[:1], std[:1]),
        "the last channel's numbers were used for all": using(mean[-1:], std[-1:]),
        "CIFAR-10's numbers are written into the code; mean and std were not used": using(*map(torch.tensor, cifar)),
        "ImageNet's numbers are written into the code; mean and std were not used": using(*map(torch.tensor, imagenet)),
        "this uses the mean and the standard deviation of the picture that came in": lambda n: (
            n * n.std(dim=(1, 2), keepdim=True) + n.mean(dim=(1, 2), keepdim=True)
        ),
        "this uses one mean and one standard deviation of the whole picture that came in": lambda n: (
            n * n.std() + n.mean()
        ),
    }


def _stretched(picture: Tensor, axes: tuple[int, ...] = (0, 1, 2)) -> Tensor:
    low, high = picture.amin(dim=axes, keepdim=True), picture.amax(dim=axes, keepdim=True)
    return (picture - low) / (high - low)


CUT: dict[str, Step] = {"": lambda x: x.clamp(0, 1)}


ENDS: dict[str, Step] = CUT | {
    "nothing is cut off at 0 and 1": lambda x: x,
    "only below 0 is cut off, not above 1": lambda x: x.clamp(min=0),
    "only above 1 is cut off, not below 0": lambda x: x.clamp(max=1),
    "the picture is stretched between its darkest and its brightest value (min, max), not cut off": _stretched,
    "each channel is stretched between its own min and max, not cut off": lambda x: _stretched(x, (1, 2)),
    "sigmoid squeezes every value; cutting off leaves those in [0, 1] alone": torch.sigmoid,
    "the picture was divided by its largest value, not cut off": lambda x: x / x.max(),
    "tanh squeezes every value; cutting off leaves those in [0, 1] alone": torch.tanh,
    "values outside wrap around (% 1) instead of being cut off": lambda x: x % 1,
    "negative values were mirrored (abs), not set to 0": lambda x: x.abs().clamp(max=1),
    "values above 1 became 0, black; cut off, they stay 1, white": lambda x: x.where(x <= 1, 0.0).clamp(min=0),
    "values outside became 0; cut off, those above 1 stay 1": lambda x: x.where((x <= 1) & (x >= 0), 0.0),
    "the result was divided by 255; it was in [0, 1] already": lambda x: x.clamp(0, 1) / 255,
    "the result was multiplied by 255; the task wants [0, 1]": lambda x: x.clamp(0, 1) * 255,
    "the result was rounded to 0 and 1": lambda x: x.clamp(0, 1).round(),
    "the picture is upside down in its values: 1 minus it": lambda x: 1 - x.clamp(0, 1),
    "it was cut off at -1 and 1, not at 0 and 1": lambda x: x.clamp(-1, 1),
    "it was cut off at 0 and 255, not at 0 and 1": lambda x: x.clamp(0, 255),
    "softmax over the channels makes their sum 1; nothing of that was asked for": lambda x: x.softmax(dim=0),
}


def _check_edges(answer: Callable[..., Tensor], wild: Tensor) -> None:
    """Values outside [0, 1] are cut off, not stretched and not wrapped around."""
    got, undone = _picture_from(answer, wild.clone()), wild * _column(STD) + _column(MEAN)
    if torch.allclose(got, undone.clamp(0, 1), atol=1e-5):
        return
    outside = "right for a picture in [0, 1], wrong for one that goes far outside: "
    cause = recipe_of(got, undone, (ENDS,), slack=1e-3) or _stretched_only_then(got, undone, wild)
    wraps = "; as bytes such values would wrap around, black becoming white" if got.min() < 0 or got.max() > 1 else ""
    raise Wrong(
        got=f"values from {got.min():.4g} to {got.max():.4g} for a picture that goes from {undone.min():.4g} to "
        f"{undone.max():.4g}",
        wanted="each value cut off at 0 and 1, whatever comes in",
        cause=(cause or outside + respect(got, undone.clamp(0, 1))) + wraps,
        next_step="clamp(0, 1) at the end",
    )


def _stretched_only_then(got: Tensor, undone: Tensor, wild: Tensor) -> str:
    if same_absolute(got, (wild.clamp(0, 1) * _column(STD) + _column(MEAN)), 1e-3):
        return "it was cut off before undoing, so the result is not"
    if same_absolute(got, undone / undone.abs().max(), 1e-3) or same_absolute(got, undone / undone.max(), 1e-3):
        return "the picture was divided by its largest value; cut off, the values in [0, 1] stay as they are"
    return ""
