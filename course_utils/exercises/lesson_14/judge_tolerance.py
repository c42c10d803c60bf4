"""What exercise 14.4 demands: the smallest tolerance at which the lesson's dice hit nine pictures of ten."""

from __future__ import annotations

from functools import cache

import torch

from course_utils.datasets import shapes10
from course_utils.exercises.diagnosis.numbers import demand_one_number
from course_utils.exercises.exercise import Wrong
from course_utils.trust import pointing_game

__all__ = ["judge_tolerance"]


PIXELS = "one whole number of pixels"


@cache
def _shares_of_hits() -> list[float]:
    """Return the share of the 200 pictures that random maps hit, by tolerance."""
    masks = shapes10(count=200, seed=42).masks
    dice = torch.rand(200, 32, 32, generator=torch.Generator().manual_seed(0))
    return [float(pointing_game(dice, masks, pixels).float().mean()) for pixels in range(33)]


def judge_tolerance(answer: object) -> None:
    """The smallest whole number of pixels at which random maps hit at least 90 % of the 200 pictures."""
    shares, number = _shares_of_hits(), demand_one_number(answer, PIXELS)
    wanted = next(pixels for pixels, share in enumerate(shares) if share >= 0.9)
    if number != wanted:
        known = number in range(len(shares))
        raise Wrong(
            got=f"{number:g} pixels" + (f", where dice hit {shares[int(number)]:.1%}" if known else ""),
            wanted="the smallest whole tolerance with at least 90 % of hits",
            cause=_why_not_the_tolerance(number, wanted, shares),
            next_step="pointing_game(dice, data.masks, pixels).float().mean() for each whole number of pixels",
        )


def _why_not_the_tolerance(answer: float, wanted: int, shares: list[float]) -> str:
    if answer != int(answer):
        share = "no whole number: the tolerance is asked for, in pixels, not the share of hits"
        return share if 0 < answer < 1 else "no whole number: a fraction of a pixel; try 0, 1, 2, ..."
    if answer < 0:
        return "a tolerance is a distance, between 0 and the picture's 32 pixels: never negative"
    if answer >= len(shares):
        return _why_so_large(answer, shares)
    if answer > wanted:
        return f"dice hit 90 % here, but with a smaller tolerance they do so as well, {answer - 1:g} pixels for one"
    return _why_so_small(int(answer), wanted, shares)


def _why_so_small(answer: int, wanted: int, shares: list[float]) -> str:
    if answer == 0:
        return "without tolerance dice hit few pictures; was another map measured than the dice?"
    if shares[answer] >= 0.5 > shares[answer - 1]:
        return "this is where dice hit half of the pictures; 9 of 10 are asked for"
    if answer == wanted - 1:
        return "one pixel short: at this tolerance dice still hit fewer than 9 of 10"
    return f"too small: at this tolerance dice hit fewer than 9 of 10, namely {shares[answer]:.1%}"


def _why_so_large(answer: float, shares: list[float]) -> str:
    hits = {round(200 * share): pixels for pixels, share in enumerate(shares)}
    limit = "a tolerance lies between 0 and the picture's 32 pixels; "
    if answer in (90, 180):
        return f"{limit}{answer:g} is the wanted share itself ({'percent' if answer == 90 else 'of 200 pictures'})"
    if answer in hits:
        return f"{limit}{answer:g} is the number of hits at tolerance {hits[int(answer)]}"
    if any(abs(answer - 100 * share) <= 0.5 for share in shares):
        return f"{limit}{answer:g} is a percentage of hits"
    return limit + "this one is larger than the picture"
