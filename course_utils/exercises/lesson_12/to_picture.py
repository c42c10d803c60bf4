"""Exercise 12.2: undo a normalisation."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_12.judge_to_picture import judge_to_picture

__all__ = ["EXERCISE"]


_TO = (
    "def to_picture(normalised, mean, std):\n    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (mean, std))\n    "
)


EXERCISE = Exercise(
    id="12.2",
    title="Undo a normalisation",
    difficulty="medium",
    minutes=8,
    task="to_picture(normalised, mean, std): the picture in [0, 1] again; (3, H, W), and two lists of 3 numbers.",
    hints=(
        "Normalising was (image - mean) / std, channel by channel. Solve it for image.",
        "torch.tensor(mean).view(3, 1, 1) gives each channel its own number; clamp cuts off.",
        "normalised * std + mean, and then clamp(0, 1)",
    ),
    starter="def to_picture(normalised, mean, std):\n    ...",
    solution=_TO + "return (normalised * std + mean).clamp(0, 1)",
    alternative="""def to_picture(normalised, mean, std):
    channels = [channel * s + m for channel, m, s in zip(normalised, mean, std)]
    return torch.stack(channels).clip(min=0, max=1)""",
    name="to_picture",
    judge=judge_to_picture,
    praise="Right: first times std, then plus mean, then cut off, so that no byte can wrap around.",
    mistakes=(
        Mistake("swapped", _TO + "return (normalised * mean + std).clamp(0, 1)", "mean and std are swapped"),
        Mistake(
            "numbers on the last axis",
            "def to_picture(normalised, mean, std):\n"
            "    return (normalised * torch.tensor(std) + torch.tensor(mean)).clamp(0, 1)",
            "lined up with the last axis",
        ),
        Mistake(
            "calculates with lists",
            "def to_picture(normalised, mean, std):\n    return (normalised * std + mean).clamp(0, 1)",
            "a list does not calculate",
        ),
        Mistake("only below", _TO + "return (normalised * std + mean).clamp(min=0)", "not above 1"),
        Mistake(
            "stretched",
            _TO + "x = normalised * std + mean\n    return (x - x.min()) / (x.max() - x.min())",
            "stretched between",
        ),
        Mistake("cut off first", _TO + "return normalised.clamp(0, 1) * std + mean", "cut off first"),
        Mistake("bytes", _TO + "return ((normalised * std + mean).clamp(0, 1) * 255).byte()", "whole numbers came"),
        Mistake(
            "reverse order", _TO + "return (normalised * std.flip(0) + mean.flip(0)).clamp(0, 1)", "in reverse order"
        ),
        Mistake("order", _TO + "return ((normalised + mean) * std).clamp(0, 1)", "before multiplying"),
        Mistake("no clamp", _TO + "return normalised * std + mean", "wrap around"),
        Mistake("again", _TO + "return ((normalised - mean) / std).clamp(0, 1)", "second time"),
        Mistake(
            "0.5 for all",
            "def to_picture(normalised, mean, std):\n    return (normalised * 0.5 + 0.5).clamp(0, 1)",
            "0.5 was used",
        ),
        Mistake("in place", _TO + "return normalised.mul_(std).add_(mean).clamp(0, 1)", "in-place operation"),
    ),
    setup="import torch",
)
