"""What exercise 13.3 demands: the methods that are not linear in the score, and why others do not belong to them."""

from __future__ import annotations

import re

from course_utils.exercises.exercise import Wrong

__all__ = ["judge_scale"]


FIVE = {"grad_cam", "grad_cam_plus_plus", "hires_cam", "layer_cam", "score_cam"}


CHANGE = "the methods whose heatmap changes"


def judge_scale(answer: set[str]) -> None:
    """Grad-CAM++ and Score-CAM are not linear in the score; the other three are."""
    _must_be_names(answer)
    if set(answer) != {"grad_cam_plus_plus", "score_cam"}:
        raise Wrong(
            got=f"{len(set(answer))} names: {', '.join(sorted(answer)) or 'none'}",
            wanted=CHANGE,
            cause=_why_not_scale(set(answer)),
            next_step="compute all five heatmaps with both networks and print the largest difference of each",
        )


def _must_be_names(answer: object) -> None:
    """Raise `Wrong` unless a collection of names out of `FIVE` came."""
    if isinstance(answer, str) or not isinstance(answer, (set, frozenset, list, tuple)):
        raise Wrong(
            got=answer,
            wanted="a set of names",
            cause=_why_no_names(answer),
            next_step="write the names in braces: {'grad_cam', ...}",
        )
    if any(isinstance(name, list | set | dict | tuple) for name in answer):
        raise Wrong(
            got=answer,
            wanted="a set of names",
            cause="a collection inside of a collection came: brackets too many",
            next_step="write the names in one pair of braces: {'grad_cam', ...}",
        )
    unknown = sorted(str(name) for name in set(answer) - FIVE)
    if unknown:
        raise Wrong(
            got=f"the names {', '.join(unknown)}",
            wanted=f"names out of {', '.join(sorted(FIVE))}",
            cause=f"these are not names of the five methods: {_why_unknown(unknown, answer)}",
            next_step="use the keys of `five`",
        )


def _why_no_names(answer: object) -> str:
    if isinstance(answer, str):
        return "one text came, and not a collection of names: each name needs quotes of its own, and braces around all"
    if isinstance(answer, dict):
        empty = "" if answer else ", and {} is an empty dictionary, no empty set"
        return f"a dictionary came, and not a collection of names{empty}"
    if isinstance(answer, int | float):
        return "a number came, and not a collection of names: not how many change, but which"
    return f"one value of type {type(answer).__name__} came, and not a collection of names"


def _why_unknown(unknown: list[str], answer: object) -> str:
    plain = {re.sub(r"[^a-z]", "", name.replace("_plus_plus", "plusplus")): name for name in FIVE}
    meant = [plain.get(re.sub(r"[^a-z]", "", name.lower().replace("+", "plus"))) for name in unknown]
    if all(len(name) == 1 and not name.isdigit() for name in unknown) and len(unknown) > 1:
        return "set('name') takes a text apart into its letters; braces keep it whole"
    if all(name.isdigit() for name in unknown):
        return "numbers came, the places of the methods, and not their names"
    if any(meant):
        return f"they are spelled otherwise there: {', '.join(name for name in meant if name)}"
    if not all(isinstance(name, str) for name in answer):
        return "the functions themselves, or something else, came and not their names as texts"
    return "they are classes of a library, or no names of methods at all"


def _why_not_scale(answer: set[str]) -> str:
    linear = answer & {"grad_cam", "hires_cam", "layer_cam"}
    missing = {"grad_cam_plus_plus", "score_cam"} - answer
    if linear:
        unchanged = ", or those handed in that stay the same, in place of the two that change"
        also = unchanged if len(missing) == 2 else f" (and {', '.join(missing)} is missing)" if missing else ""
        return (
            f"{', '.join(sorted(linear))}: gradients ten times as large make a map ten times as large, and dividing by "
            f"its peak takes the ten out again; were raw maps compared instead of heatmaps{also}?"
        )
    if not answer:
        return (
            "no method at all: was the copy's fc2 really changed, weight and bias, and the copy asked? a softmax of "
            "ten times larger scores is sharper: one method uses a softmax"
        )
    if "score_cam" not in answer:
        return "score_cam is missing: a softmax of ten times larger scores is sharper: one method uses a softmax"
    return (
        "grad_cam_plus_plus is missing: alpha holds g² and g³ side by side, which a factor of ten does not leave "
        "alike: one method uses alpha"
    )
