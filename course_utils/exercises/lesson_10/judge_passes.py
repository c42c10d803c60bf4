"""What exercise 10.4 demands: 226, and how one comes to other numbers."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from torch import Tensor

from course_utils.exercises.exercise import Wrong

__all__ = ["judge_passes"]


PASSES = 226  # 15 x 15 positions of a patch of 4 at steps of 2 in 32 pixels, and one pass without a patch


def judge_passes(answer: object) -> None:
    """226, found by a pre-hook or by arithmetic."""
    if isinstance(answer, Tensor | np.generic | np.ndarray) and np.prod(answer.shape, dtype=int) == 1:
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, (int, float)) or answer != PASSES:
        raise Wrong(
            got=answer,
            wanted="the number of pictures that went through the network",
            cause=_why_not_passes(answer),
            next_step="append len(args[0]) in a forward pre-hook, call occlusion inside the block, and take the sum",
        )


def _why_not_passes(answer: object) -> str:
    if isinstance(answer, str):
        return "this is a text, not the number of pictures: leave the quotes away"
    if isinstance(answer, list | tuple | Tensor | np.ndarray):
        return "several numbers came: the number of pictures is their sum, if each is the length of one batch"
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return f"this is of type {type(answer).__name__}, not the number of pictures"
    return _why_another_count(answer)


def _why_another_count(answer: float) -> str:
    if answer < 0:
        return "a number of pictures is not negative: two things were subtracted the wrong way round"
    if answer != int(answer):
        return "a number of pictures is whole: something was divided, or averaged"
    known = _known_counts()
    if answer in known:
        return known[int(answer)]
    if answer % PASSES == 0 and answer:
        return (
            f"the pictures were counted {int(answer) // PASSES} times: the list was not emptied, or two hooks counted"
        )
    few = "too few" if answer < PASSES else "too many"
    told = f"this is not the number of pictures that went through the network: {few}"
    if abs(answer - PASSES) <= 2:
        return f"{told} by one or two, so the first pass or one position was forgotten or counted twice"
    side = math.isqrt(int(answer))
    if answer - side**2 in (0, 1):
        return f"{told}: these are {side} positions each way; count the starts 0, 2, 4, ... up to the last that fits"
    return (
        f"{told} for patches of 4 at steps of 2 in 32 pixels, as many positions down as to the right, and one pass more"
    )


@cache
def _known_counts() -> dict[int, str]:
    """Return what other numbers count."""
    known = {
        225: "the first pass, of the picture without a patch, is missing",
        15: "the patch moves down as well as to the right: 15 positions each way",
        30: "the positions down and to the right are multiplied, not added",
        31: "the positions down and to the right are multiplied, not added",
        14: "these are positions along one side, counted one too few: the patch also fits at the very end",
        16: "these are positions along one side, counted one too many",
        256: "a patch of 4 does not fit at the 16th start of a row: that would be pixel 30",
        257: "a patch of 4 does not fit at the 16th start of a row: that would be pixel 30",
        196: "14 positions each way are one too few: the patch also fits at the very end, from pixel 28 on",
        197: "14 positions each way are one too few: the patch also fits at the very end, from pixel 28 on",
        64: "these are patches that do not overlap; they move in steps of 2",
        65: "these are patches that do not overlap; they move in steps of 2",
        841: "these are steps of 1",
        842: "these are steps of 1",
        227: "one pass too many: the picture without a patch was counted twice",
        3: "these are calls of the network; each call takes many pictures: add up len(args[0])",
        2: "these are calls of the network, one of them forgotten; each call takes many pictures: add up len(args[0])",
        1: "one call, or the first pass only, was counted: add up len(args[0]) of all calls",
        0: "nothing was counted: the hook was not on the network while occlusion ran",
        1024: "these are the pixels of the picture; occlusion moves a patch, not a pixel",
        1025: "these are the pixels of the picture and one more; occlusion moves a patch, not a pixel",
        3072: "these are the numbers of the picture; occlusion moves a patch",
        675: "the three colours were counted apart; a patch covers all three",
        676: "the three colours were counted apart; a patch covers all three",
        450: "each position was counted twice, without the first pass",
        451: "each position was counted twice",
    }
    one_batch = "this is one batch only, not all pictures: add up the lengths of all calls"
    return _other_patches() | known | dict.fromkeys((128, 129, 97, 98), one_batch)


def _other_patches() -> dict[int, str]:
    found: dict[int, str] = {}
    for size in (224, 32):
        for patch in (16, 2, 3, 5, 8, 4):
            for stride in (8, 3, 1, 4, 2):
                if (size, patch, stride) != (32, 4, 2):
                    side = (size - patch) // stride + 1
                    count = side**2
                    what = f"a picture of {size}x{size}, patches of {patch} at steps of {stride}"
                    found.setdefault(side, f"this is one side only, for {what}: the patch moves down as well")
                    found[count] = f"this is the count for {what}, without the first pass"
                    found[count + 1] = f"this is the count for {what}; here it is 32x32, patches of 4, steps of 2"
    return {number: cause for number, cause in found.items() if number != PASSES}
