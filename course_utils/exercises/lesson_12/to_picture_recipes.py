"""The mean and std of exercise 12.2, and the other numbers and last steps that people use."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.differences import Step

__all__ = ["ENDS", "MEAN", "STD", "per_channel", "undone_with_other_numbers"]

MEAN, STD = [0.1, 0.5, 0.8], [0.2, 0.3, 0.4]


def per_channel(numbers: object) -> Tensor:
    """Return the three numbers as a tensor (3, 1, 1), one for each channel."""
    return torch.as_tensor(numbers).view(3, 1, 1)


def undone_with_other_numbers() -> dict[str, Step]:
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
