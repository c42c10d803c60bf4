"""Why an answer to exercise 15.3 gives other maps, or an error."""

from __future__ import annotations

import re
from collections.abc import Callable

from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import listed, recipe_of, respect
from course_utils.exercises.diagnosis.learners_code import compares_equal
from course_utils.exercises.diagnosis.trying import why_sizes, works
from course_utils.exercises.guard import names_used
from course_utils.exercises.lesson_15.heatmaps_recipes import DIVIDED, EMPTY, MERGED, WEIGHTS, divided_by, pooled

__all__ = ["why_heatmaps_raise", "why_not_the_heatmaps", "why_still_nan"]

SIZES = {4: "the films", 3: "the channels", 5: "the rows", 6: "the columns"}

FOUR = ("the first", "the second", "the third, empty one", "the fourth, weak one")


def why_heatmaps_raise(answer: Callable[..., object], error: Exception, activations: Tensor, gradients: Tensor) -> str:
    """Return which axis, or which question about a single film, the error comes from."""
    if works(lambda: answer(activations[:1].clone(), gradients[:1].clone())):
        if "ambiguous" in str(error) or {"item", "float"} & names_used(answer):
            return "this works for one film only: `if`, float(...) and .item() cannot decide for four at once"
        return "this works for one film only: " + (why_sizes(error, SIZES) or "the axis of the films is not thought of")
    sizes = re.search(r"\((3|4)\) must .* \(6\) at|\(6\) must .* \((3|4)\) at", str(error))
    if sizes:
        other = sizes[1] or sizes[2]
        return (
            f"the columns of the maps (6) meet {SIZES[int(other)]} ({other}) of another tensor: axes of length 1 "
            "are missing behind it, (N, K, 1, 1) or (N, 1, 1): keepdim=True or [..., None, None]"
        )
    if "amax" not in names_used(answer) and "tuple" in str(error):
        return "max takes one axis and gives values and places; amax takes several axes"
    return why_sizes(error, SIZES)


def why_still_nan(answer: Callable[..., Tensor], activations: Tensor, gradients: Tensor) -> str:
    """Return what the question about an empty map overlooks, as the end of a sentence, or ""."""
    alone = answer(activations[2:3].clone(), gradients[2:3].clone())
    if not alone.isnan().any():
        return "; only a batch in which all maps are empty is caught, for the question is asked once for all films"
    return "; `== nan` finds none, because NaN equals nothing, not even itself" if compares_equal(answer) else ""


def why_not_the_heatmaps(got: Tensor, wanted: Tensor, activations: Tensor, gradients: Tensor) -> str:
    """Return which wrong steps give ``got``, or in what respect it differs."""
    weighed = {slip: (lambda a, weigh=weigh: weigh(gradients) * a) for slip, weigh in WEIGHTS.items()}
    weighed["activations and gradients are mixed up: the weights come from the activations"] = lambda a: (
        pooled(a) * gradients
    )
    weighed["the weights were added to the activations, not multiplied with them"] = lambda a: a + pooled(gradients)
    cause = recipe_of(got, activations, (weighed, MERGED, DIVIDED), slack=5e-4)
    if cause:
        return cause
    if got.isnan().any():
        return EMPTY
    if got.min() < 0:
        return "ReLU is missing: there is negative heat, evidence against pneumonia is still in the map"
    peaks = got.amax(dim=(1, 2), keepdim=True)
    if same_absolute(divided_by(got, peaks), wanted, 1e-3):
        return f"the maps are right, but the peaks are not 1: they are {listed(peaks, 3)}"
    return "this is not each film's own Grad-CAM map: " + respect(got, wanted, FOUR)
