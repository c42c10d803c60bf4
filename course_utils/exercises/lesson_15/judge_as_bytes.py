"""What exercise 15.4 demands: bytes that are rounded and cut off, and never wrap around."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import Step, listed, recipe_of, respect
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.trying import ran, works
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.guard import names_used
from course_utils.exercises.lesson_15.arguments import must_stay

__all__ = ["judge_bytes"]


GIVEN = torch.tensor([[-1.0, -0.75, -0.5, -0.004, 0.0, -0.7], [0.25, 1.0, 1.2, -1.3, 0.5, 0.9]])


AS_BYTES = "uint8 numbers from 0 to 255"


def judge_bytes(answer: Callable[[Tensor], Tensor]) -> None:
    """uint8, rounded, clipped."""
    demand_function(answer, "to_bytes(normalised)")
    given = GIVEN.clone()
    got = ran(lambda: answer(given), lambda error: _why_bytes_raise(answer, error), f"{AS_BYTES}, of shape (2, 6)")
    must_stay(given, GIVEN, "the films")
    got = demand_tensor_of_shape(answer, got, (2, 6), ("rows", "columns"))
    wanted = _to_uint8(((GIVEN + 1) * 127.5).round().clamp(0, 255))
    values_right = torch.equal(got.double(), wanted.double()) or (
        got.dtype == torch.int8 and same_absolute(_to_uint8(got), wanted)
    )
    if got.dtype != torch.uint8:
        _tell_dtype(got, "" if values_right else f"; besides, {_why_not_the_bytes(got)}")
    if not values_right:
        raise Wrong(
            got=f"{got.flatten().tolist()} for {listed(GIVEN)}",
            wanted=str(wanted.flatten().tolist()),
            cause=_why_not_the_bytes(got),
            next_step="undo the normalisation first: x = (normalised + 1) / 2; then 255, round, clamp",
        )
    _must_fit_films(answer)


def _tell_dtype(got: Tensor, besides: str) -> None:
    raise Wrong(
        got=f"{got.dtype}: {listed(got, 2)}",
        wanted="torch.uint8",
        cause=_why_this_dtype(got.dtype) + besides,
        next_step="end with .to(torch.uint8)",
    )


def _must_fit_films(answer: Callable[[Tensor], Tensor]) -> None:
    films = torch.linspace(-1.5, 1.5, 2 * 3 * 4 * 5).view(2, 3, 4, 5)
    text = "uint8 pixels for two films (2, 3, 4, 5)"
    got = ran(
        lambda: answer(films.clone()), lambda error: "this works for (H, W) only, not for films (N, 3, H, W)", text
    )
    got = demand_tensor_of_shape(answer, got, (2, 3, 4, 5), ("films", "channels", "rows", "columns"))
    wanted = ((films + 1) * 127.5).round().clamp(0, 255)
    if not torch.allclose(got.double(), wanted.double(), atol=1.0):
        raise Wrong(
            got=f"values from {got.min()} to {got.max()}",
            wanted=f"values from {wanted.min():.0f} to {wanted.max():.0f} for films from -1.5 to 1.5",
            cause="right for (2, 6) numbers, wrong for films (2, 3, 4, 5): " + respect(got.double(), wanted),
            next_step="write nothing into the function that holds for one input only",
        )


def _why_bytes_raise(answer: Callable[[Tensor], Tensor], error: Exception) -> str:
    if works(lambda: answer(torch.tensor(0.5))) or "__round__" in str(error):
        return "this works for a single number only: round(...), int(...), min and max of Python take no tensor"
    if works(lambda: answer(torch.rand(3, 8, 8))):
        return "this works for one film (3, H, W) only; here (2, 6) numbers came, and any shape must do"
    if works(lambda: answer(torch.rand(2, 3, 8, 8))):
        return "this works for films (N, 3, H, W) only; here (2, 6) numbers came, and any shape must do"
    if "numpy" in names_used(answer):
        return "numpy was asked for something that torch has as well: round, clamp, .to(torch.uint8)"
    return ""


def _why_this_dtype(dtype: torch.dtype) -> str:
    if dtype.is_floating_point:
        return "the numbers were not turned into bytes: they are still decimals"
    if dtype == torch.int8:
        return "int8 goes from -128 to 127 only: the u of uint8 (unsigned) is missing, bright pixels become negative"
    if dtype == torch.bool:
        return "True and False came: a comparison, not a conversion"
    return f"the numbers were not turned into bytes: {str(dtype).removeprefix('torch.')} is a larger kind of integer"


def _to_uint8(values: Tensor) -> Tensor:
    """Return the last byte of each number, decimals cut off: what a conversion to uint8 keeps."""
    return (values.trunc().to(torch.int64) % 256).to(torch.uint8)


UNDONE: dict[str, Step] = {
    "": lambda x: x * 0.5 + 0.5,
    "the normalisation was not undone: -1 to 1 was multiplied by 255": lambda x: x,
    "the picture was normalised a second time": lambda x: (x - 0.5) / 0.5,
    "the std of 0.5 was forgotten: only 0.5 is added": lambda x: x + 0.5,
    "the mean of 0.5 was forgotten: only multiplied by 0.5": lambda x: x * 0.5,
    "0.5 was added before multiplying by 0.5: the order is turned round": lambda x: (x + 0.5) * 0.5,
    "0.5 was subtracted; undoing adds it": lambda x: x * 0.5 - 0.5,
    "this divides by 0.5 and adds 0.5; undoing multiplies by 0.5": lambda x: x / 0.5 + 0.5,
    "1 was added, but the range was not halved": lambda x: x + 1,
    "it was halved, but nothing was added": lambda x: x / 2,
    "abs turns dark greys into light ones": torch.abs,
    "the picture is a negative: black and white changed places": lambda x: (1 - x) / 2,
    "it was cut off at 0 and 1 before undoing: everything below 0 was cut to one grey": lambda x: (
        x.clamp(0, 1) * 0.5 + 0.5
    ),
    "everything below 0 was cut to black: half of the greys are lost, and nothing was undone": lambda x: x.clamp(0, 1),
    "the picture was stretched from its min to its max": lambda x: (x - x.min()) / (x.max() - x.min()),
    "it was divided by its largest value": lambda x: x / x.max(),
    "sigmoid takes the place of undoing": torch.sigmoid,
    "1 was added after halving; it belongs before: (x + 1) / 2": lambda x: x / 2 + 1,
    "it was turned into whole numbers before the factor 255: only black and white are left": lambda x: (
        (x * 0.5 + 0.5).clamp(0, 1).trunc()
    ),
    "it was rounded before the factor 255: only black and white are left": lambda x: (x * 0.5 + 0.5).round(),
}


SCALED: dict[str, Step] = {
    "": lambda x: x * 255,
    "256 (or 2 * 128) was used; the brightest byte is 255": lambda x: x * 256,
    "the factor 255 is missing": lambda x: x,
    "254 (or 2 * 127) was used; the brightest byte is 255": lambda x: x * 254,
    "it was multiplied by 127.5, half of 255": lambda x: x * 127.5,
    "it was multiplied by 128": lambda x: x * 128,
    "it was multiplied by 100: percent, not bytes": lambda x: x * 100,
    "255 was multiplied twice": lambda x: x * 255 * 255,
    "it was divided by 255": lambda x: x / 255,
    "1 is too many: + 1 was added to the byte": lambda x: x * 255 + 1,
    "the middle is 127 here; between 0 and 255 it is 127.5": lambda x: x * 255 - 0.5,
}


ROUNDED: dict[str, Step] = {
    "": torch.round,
    "the conversion cuts decimals off: 63.75 became 63; round first": torch.trunc,
    "everything is rounded up: by ceil, or by a middle of 128, and between 0 and 255 it is 127.5": torch.ceil,
    "floor rounds everything down; round goes to the nearest": torch.floor,
    "rounded to tens": lambda x: (x / 10).round() * 10,
}


KEPT: dict[str, Step] = {
    "": lambda x: x.clamp(0, 255),
    "what lies outside -1 to 1 wraps around: clamp before the conversion": lambda x: x,
    "negative numbers are cut off, but those above 255 wrap around": lambda x: x.clamp(min=0),
    "numbers above 255 are cut off, but negative ones wrap around": lambda x: x.clamp(max=255),
    "it was cut off at 0 and 1 after the factor 255: nearly everything is 1": lambda x: x.clamp(0, 1),
    "it was cut off at -1 and 1 after the factor 255: nearly everything is 1": lambda x: x.clamp(-1, 1),
    "it was cut off at 127, as for int8": lambda x: x.clamp(-128, 127),
    "it was cut off at 254": lambda x: x.clamp(0, 254),
    "it was cut off at 1 and 255": lambda x: x.clamp(1, 255),
    "what lies outside became 0, black; white must stay white": lambda x: x.where((x >= 0) & (x <= 255), 0.0),
    "negative numbers were mirrored (abs)": lambda x: x.abs().clamp(max=255),
    "negative numbers were mirrored (abs), and what lies above 255 wraps around": lambda x: x.abs(),
    "the bytes were halved afterwards": lambda x: (x.clamp(0, 255) / 2).floor(),
}


def _why_not_the_bytes(got: Tensor) -> str:
    if got.dtype == torch.uint8:
        kept = {slip: (lambda x, cut=cut: _to_uint8(cut(x))) for slip, cut in KEPT.items()}
    else:
        kept = KEPT
    cause = recipe_of(got, GIVEN, (UNDONE, SCALED, ROUNDED, kept), slack=1e-3, most=3)
    wanted = ((GIVEN + 1) * 127.5).round().clamp(0, 255).flatten()
    flat = got.double().flatten()
    if cause:
        lost = "negative numbers wrap around" if "wraps" in cause else "everything below 0 was cut to black"
        return cause + (f"; so {lost}" if "-1 to 1 was" in cause else "")
    inside = GIVEN.flatten().abs() <= 1
    if same_absolute(flat[inside], wanted[inside]):
        return f"right for -1 to 1, wrong outside: {listed(GIVEN.flatten()[~inside])} became {listed(flat[~inside], 0)}"
    index = int((flat - wanted).abs().argmax())
    value = f"{float(GIVEN.flatten()[index]):g} became {float(flat[index]):g}, wanted is {float(wanted[index]):g}"
    return f"black is -1 and white is 1; 0 lies in the middle, at 127.5: {value}; {respect(flat, wanted)}"
