"""What exercise 12.1 demands: 16 pixels for one value, and how one comes to other numbers."""

from __future__ import annotations

import re

from course_utils.exercises.diagnosis.numbers import demand_one_number
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import shown

__all__ = ["judge_pixels"]


ONE_BLOCK = "the number of pixels in one block"


def judge_pixels(answer: object) -> None:
    """A value of an 8x8 map stands for 4x4 pixels."""
    number = demand_one_number(_read(answer), ONE_BLOCK)
    if number != 16:
        raise Wrong(
            got=f"{number:g}",
            wanted=ONE_BLOCK,
            cause=_why_not_the_pixels(number),
            next_step="32 / 8 pixels high, and as wide; multiply the two",
        )


def _read(answer: object) -> object:
    """Return the answer; two sides of a block are told what is still to be done with them."""
    if (isinstance(answer, str) and re.fullmatch(r"\s*4\s*[x*×]\s*4\s*", answer)) or answer in ((4, 4), [4, 4]):
        raise Wrong(
            got=shown(answer),
            wanted=ONE_BLOCK,
            cause="these are the two sides of a block; how many pixels is that?",
            next_step="multiply the two, and hand in one number",
        )
    return answer


OTHER_PIXELS = {
    4: "4 is the length of the block's side; a block has height and width",
    64: "64 is the number of values in the map",
    1024: "1024 is the number of pixels of the whole picture",
    8: "8 is the side of the map",
    32: "32 is the side of the picture; the map has more than one value",
    1: "the overlay is smooth, but it was enlarged from 8x8 values",
    24: "32 - 8: the sides were subtracted; how often does one fit into the other?",
    128: "128 is 32 * 32 / 8: the pixels were divided by one side of the map, not by all its values",
    0.5: "32 / 64: one side of the picture was divided by all values of the map",
    256: "256 is 32 * 8: the sides were multiplied; how often does one fit into the other?",
    48: "48 counts red, green and blue one by one; the three belong to one pixel",
    3072: "3072 counts the colour values of the whole picture",
    192: "192 is 8 * 8 * 3: values of the map times colours",
    9: "9 is the 3x3 of a kernel; a value of the map stands for a block of the picture",
    1 / 16: "this is upside down: the map's values divided by the picture's pixels",
    1 / 4: "this is upside down: the map's side divided by the picture's side",
    12: "12 counts the pixels along the border of a block, or adds sides; a block is filled",
    2: "2 is the factor of one pooling; two of them lie before conv3, in both directions",
    1.5625: "this is a percentage of the picture; pixels were asked for",
    1 / 64: "this is the block's share of the picture; pixels were asked for",
}


def _why_not_the_pixels(number: float) -> str:
    if number in OTHER_PIXELS:
        return OTHER_PIXELS[number]
    if number <= 0:
        return "a number of pixels is above 0: something was subtracted the wrong way round"
    if number != int(number):
        return "no whole number: the division of the picture by the map comes out even"
    verdict = "too few" if number < 16 else "too many"
    return f"{verdict}: 64 values with {number:g} pixels each are {64 * number:g} pixels, and the picture has 32 * 32"
