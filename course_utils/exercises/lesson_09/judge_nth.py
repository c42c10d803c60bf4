"""What exercise 09.2 demands: the dotted name of each convolution, counted from 1, in two networks."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_09.nth_errors import EMPTY_LIST, LAYER_ERRORS, list_errors
from course_utils.exercises.lesson_09.nth_networks import networks
from course_utils.exercises.lesson_09.nth_slips import why_not_the_nth

__all__ = ["judge_nth"]


def judge_nth(nth_convolution: Callable[[nn.Module, int], str]) -> None:
    """Every convolution of two networks, by its number."""
    for what, network in networks():
        layers = dict(network.named_modules())
        convolutions = [name for name, layer in layers.items() if isinstance(layer, nn.Conv2d)]
        for number, wanted in enumerate(convolutions, start=1):
            told = f"{wanted!r} for convolution {number} of {what}"
            more = (*LAYER_ERRORS, *list_errors(nth_convolution, network, len(convolutions)), *EMPTY_LIST)
            got = tried(judge_nth, nth_convolution, (network, number), told, *more)
            if isinstance(got, str) and got == wanted:
                continue
            raise Wrong(
                got=got if isinstance(got, str) else f"{type(got).__name__} {got!r}"[:60],
                wanted=told,
                cause=why_not_the_nth(got, number, nth_convolution, network),
                next_step="collect the names of all nn.Conv2d of named_modules() in a list, and take one of it",
            )
