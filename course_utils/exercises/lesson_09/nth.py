"""Exercise 09.2: the third convolution."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_09.judge_nth import judge_nth
from course_utils.exercises.lesson_09.setup import SETUP

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="09.2",
    title="The third convolution",
    difficulty="medium",
    minutes=6,
    task="Write nth_convolution(network, number): the dotted name of the number-th nn.Conv2d, counted from 1.",
    hints=(
        "Walk through all layers in order, and count only the convolutions.",
        "named_modules() gives (name, layer) for every depth; isinstance tells whether it is an nn.Conv2d.",
        "Make a list of the names of all convolutions; Python's lists count from 0, the task from 1.",
    ),
    starter="def nth_convolution(network, number):\n    ...\n",
    solution=(
        "def nth_convolution(network, number):\n"
        "    found = [name for name, layer in network.named_modules() if isinstance(layer, nn.Conv2d)]\n"
        "    return found[number - 1]\n"
    ),
    alternative=(
        "def nth_convolution(network, number):\n"
        "    seen = 0\n"
        "    for name, layer in network.named_modules():\n"
        "        if type(layer) is nn.Conv2d:\n"
        "            seen += 1\n"
        "            if seen == number:\n"
        "                return name\n"
        "    raise LookupError(f'only {seen} convolutions')\n"
    ),
    name="nth_convolution",
    judge=judge_nth,
    praise=(
        "Right: now nobody has to guess what 'the third layer' is. Try it on blueprint: the third convolution of "
        "VGG11 is features.6, and the eighth is its last."
    ),
    mistakes=(
        Mistake(
            "counts from 0",
            "def nth_convolution(network, number):\n"
            "    return [n for n, l in network.named_modules() if isinstance(l, nn.Conv2d)][number]\n",
            "counted from 0",
        ),
        Mistake(
            "counts every module",
            "def nth_convolution(network, number):\n    return [n for n, l in network.named_modules()][number + 1]\n",
            "not a Conv2d",
        ),
        Mistake(
            "returns the layer",
            "def nth_convolution(network, number):\n"
            "    return [l for l in network.modules() if isinstance(l, nn.Conv2d)][number - 1]\n",
            "asks for its name",
        ),
        Mistake(
            "looks only at the top",
            "def nth_convolution(network, number):\n"
            "    names = [n for n, l in network.named_children() if isinstance(l, nn.Conv2d)]\n"
            "    return names[min(number, len(names)) - 1]\n",
            "another convolution",
        ),
        Mistake(
            "only the last part of the name",
            "def nth_convolution(network, number):\n"
            "    found = [n for n, l in network.named_modules() if isinstance(l, nn.Conv2d)]\n"
            "    return found[number - 1].split('.')[-1]\n",
            "last part of the name",
        ),
        Mistake(
            "counts convolutions, returns their number",
            "def nth_convolution(network, number):\n"
            "    return [i for i, l in enumerate(network.modules()) if isinstance(l, nn.Conv2d)][number - 1]\n",
            "dotted name",
        ),
    ),
    setup=SETUP,
    seconds=3.0,
)
