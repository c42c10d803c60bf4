"""The number of a report in exercise 15.6: the share of the heat inside the mask, and what else comes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from torch import Tensor

from course_utils.exercises.diagnosis.numbers import demand_one_number
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_number"]


def judge_number(inside: object, heat: Tensor, mask: Tensor) -> None:
    """Raise Wrong unless the number is the share of this heat that lies inside this mask."""
    number, mask = demand_one_number(inside, "one number between 0 and 1"), mask != 0
    share = float((heat * mask).sum() / heat.sum())
    if abs(number - share) > 0.005:
        near = [cause for cause, value in _other_numbers(heat.double(), mask).items() if _is_near(number, value)]
        raise Wrong(
            got=f"{number:.4g}",
            wanted=f"{share:.3f} for this heat and this mask",
            cause=near[0] if near else _why_this_number(number, share),
            next_step="heat inside the mask, divided by all heat, of the film you show",
        )


def _is_near(number: float, value: float) -> bool:
    return math.isfinite(value) and abs(number - value) < 0.005 * max(1.0, abs(value))


def _other_numbers(heat: Tensor, mask: Tensor) -> Mapping[str, float]:
    """Return what else one may compute of a map and a mask."""
    inside, share, area = heat[mask].sum(), float(heat[mask].sum() / heat.sum()), float(mask.double().mean())
    numbers = {
        "this is the mask's share of the film, which is chance": area,
        "this is a percentage; the share lies between 0 and 1": 100 * share,
        "this is the heat *outside* the mask": 1 - share,
        "this is the share with a minus": -share,
        "this is the sum of the heat inside; it was not divided by all heat": inside,
        "this is the sum of all heat, inside and outside": heat.sum(),
        "this is the mean heat inside, divided by the mask's pixels, not the share of the heat": heat[mask].mean(),
        "this is the heat inside divided by all pixels, not by all heat": inside / heat.numel(),
        "this is heat inside over heat outside, not over all heat": inside / heat[~mask].sum(),
        "this is the peak of the heat": heat.max(),
        "this is the heat inside, divided by the peak instead of by all heat": inside / heat.max(),
        "this is how many times chance, not the share itself": share / area,
        "this is the share minus chance": share - area,
        "the fraction is upside down: all heat over the heat inside": 1 / max(share, 1e-9),
        "this is the mean of all heat": heat.mean(),
    }
    return {cause: float(number) for cause, number in (numbers | _counted(heat, mask)).items()}


def _counted(heat: Tensor, mask: Tensor) -> Mapping[str, Tensor]:
    """Return what one gets by counting pixels instead of adding up their heat."""
    half, warm = heat > heat.max() / 2, heat > 0
    both = (half & mask).sum()
    return {
        "this is the share of hot pixels (above half of the peak) inside; heat was to be added up": both / half.sum(),
        "this counts pixels with any heat, not how much heat they have": (warm & mask).sum() / warm.sum(),
        "this is the share of the mask that is hot, not the share of the heat that is inside": both / mask.sum(),
        "this is the overlap (intersection over union) of mask and hot pixels": both / (half | mask).sum(),
        "this is the pointing game: whether the peak lies inside": mask.flatten()[heat.flatten().argmax()],
        "this is the number of pixels of the mask": mask.sum(),
    }


def _why_this_number(number: float, share: float) -> str:
    if abs(number - share) <= 0.06 and round(number, 1) == number:
        return "rounded too coarsely: two decimals at least"
    if number < 0:
        return "a share of heat is not negative: something was subtracted"
    if number > 1:
        return "a share is never above 1: this was not divided by all heat, or the fraction is upside down"
    return "the number belongs to another film than the picture, is an average of many, or was not computed from it"
