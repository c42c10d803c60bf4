"""Exercise 09.1: one window."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_09.judge_window import judge_window
from course_utils.exercises.lesson_09.setup import SETUP

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="09.1",
    title="One window",
    difficulty="easy",
    minutes=4,
    task="Write answer_of(kernel, bias, window): the one number that a convolution gives for one window.",
    hints=(
        "A convolution is a sliding sum, and here it stands still: each weight meets the pixel in its own place.",
        "`*` multiplies number by number; `.sum()` without arguments adds up everything, channels too.",
        "return (kernel * window).sum() + ... : what is still missing?",
    ),
    starter="def answer_of(kernel, bias, window):\n    ...\n",
    solution="def answer_of(kernel, bias, window):\n    return (kernel * window).sum() + bias\n",
    alternative=(
        "def answer_of(kernel, bias, window):\n"
        "    return torch.nn.functional.conv2d(window[None], kernel[None]).item() + bias\n"
    ),
    name="answer_of",
    judge=judge_window,
    praise=(
        "Right: products, added up over rows, columns and channels, plus one bias. Now turn the kernel by 180 "
        "degrees with kernel.flip(1, 2) and see whether the edge detector 28 still finds the left edge."
    ),
    mistakes=(
        Mistake(
            "forgot the bias",
            "def answer_of(kernel, bias, window):\n    return (kernel * window).sum()\n",
            "the bias is missing",
        ),
        Mistake(
            "mean instead of sum",
            "def answer_of(kernel, bias, window):\n    return (kernel * window).mean() + bias\n",
            "the mean came",
        ),
        Mistake(
            "channels kept apart",
            "def answer_of(kernel, bias, window):\n    return (kernel * window).sum(dim=(1, 2)) + bias\n",
            "adds up its channels",
        ),
        Mistake(
            "matrix product",
            "def answer_of(kernel, bias, window):\n    return (kernel @ window).sum() + bias\n",
            "multiplies matrices",
        ),
        Mistake(
            "bias inside the sum",
            "def answer_of(kernel, bias, window):\n    return (kernel * window + bias).sum()\n",
            "9 times per channel",
        ),
        Mistake(
            "kernel turned round",
            "def answer_of(kernel, bias, window):\n    return (kernel.flip(1, 2) * window).sum() + bias\n",
            "lays the kernel on as it is",
        ),
        Mistake(
            "in place",
            "def answer_of(kernel, bias, window):\n    kernel *= window\n    return kernel.sum() + bias\n",
            "in-place",
        ),
    ),
    setup=SETUP,
    seconds=3.0,
)
