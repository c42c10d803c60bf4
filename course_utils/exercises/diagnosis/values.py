"""How other values came about: a known mistake, a slip at the end, a factor, or two of these."""

from __future__ import annotations

from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.slips import slips

__all__ = ["first_place", "why_other_values"]


UNITS = {
    "percent for a share": 100.0,
    "the largest byte": 255.0,
    "a map of 16x16": 256.0,
    "a map of 8x8": 64.0,
    "a picture of 32x32": 1024.0,
}  # factors that people write down as numbers


def why_other_values(
    got: Tensor, wanted: Tensor, likely: dict[str, Tensor], units: dict[str, float], otherwise: str
) -> str:
    """Return how other values came about: a known mistake, a slip at the end, a factor, or two of these.

    Args:
        got: what came, of the shape of ``wanted``.
        wanted: what should have come.
        likely: the usual mistakes, and what each would give.
        units: numbers that people divide by, or forget to: {"the number of pictures": 3}.
        otherwise: what to say in front of the place where they differ, if nothing fits.
    """
    got = got.detach().to(wanted.dtype)
    likely = {cause: value.detach() for cause, value in likely.items() if value.shape == wanted.shape}
    if got.isnan().any():
        return "there is NaN in it: 0 / 0, a root or logarithm of a negative number, or an infinite value"
    for cause, value in likely.items():
        if same_relative(got, value):
            return cause
    if float(got.abs().max()) == 0:
        return "all values are zero: everything was cut off, or nothing was ever filled in"
    for known in (_slip, _factor, _factor_of_each):
        for cause, value in {"": wanted, **likely}.items():
            if slip := known(got, value, units):
                return f"{cause}; and {slip}" if cause else slip
    return f"{otherwise}{_some_right(got, wanted)}"


def _slip(got: Tensor, value: Tensor, units: dict[str, float]) -> str:
    """Return what was done to ``value`` at the end, or by which of ``units`` it is too large or small; else ""."""
    return next((slip for slip, other in slips(value) if same_relative(got, other)), "") or _unit(got, value, units)


def _scale(got: Tensor, value: Tensor) -> float:
    """Return the one number that makes ``got`` of ``value``; 0 if there is none, or it is 1."""
    square = float((value * value).sum())
    scale = float((got * value).sum()) / square if square > 0 else 0.0
    return scale if scale and abs(scale - 1) > 1e-4 and same_relative(got, value * scale) else 0.0


def _unit(got: Tensor, value: Tensor, units: dict[str, float]) -> str:
    scale = _scale(got, value)
    sign = "the signs are turned, and " if scale < 0 else ""
    for name, number in {**units, **UNITS}.items():
        small, large = abs(abs(scale) * number - 1) < 1e-3, abs(abs(scale) / number - 1) < 1e-3
        if scale and number > 1 and (small or large):
            why = "" if name in UNITS else ": divided once too often, or a mean" if small else ": a sum, or not divided"
            return f"{sign}all values are too {'small' if small else 'large'} by the factor {number:g}, {name}{why}"
    return ""


def _factor(got: Tensor, value: Tensor, units: dict[str, float]) -> str:
    scale = _scale(got, value)
    sign = "the signs are turned, and " if scale < 0 else ""
    return (
        f"{sign}all values are {abs(scale):.4g} times what they should be: multiplied or divided too much"
        if scale
        else ""
    )


def _factor_of_each(got: Tensor, value: Tensor, units: dict[str, float]) -> str:
    if value.ndim < 2 or len(value) < 2:
        return ""
    axes = tuple(range(1, value.ndim))
    square = (value * value).sum(dim=axes, keepdim=True).clamp(min=1e-30)
    scales = (got * value).sum(dim=axes, keepdim=True) / square
    if not same_relative(got, value * scales) or float(scales.abs().max()) == 0:
        return ""
    numbers = ", ".join(f"{float(one):.3g}" for one in scales.flatten()[:4])
    zero = [i for i, one in enumerate(scales.flatten().tolist()) if abs(one) < 1e-6]
    if len(zero) == len(value) - 1:
        one = next(i for i in range(len(value)) if i not in zero)
        return f"only picture {one} was asked about; the others are zero everywhere"
    if zero and all(abs(one - 1) < 1e-3 for i, one in enumerate(scales.flatten().tolist()) if i not in zero):
        return f"number {', '.join(map(str, zero))} along axis 0 is zero everywhere, and only the others are right"
    return f"each picture has a factor of its own ({numbers}): scaled by its own values, or by its probability"


def first_place(got: Tensor, wanted: Tensor) -> tuple[str, str]:
    """Return both values at the first place where they differ, as texts for a card."""
    off = (got.detach() - wanted).abs() > 1e-4 * float(wanted.abs().max())
    off |= got.isnan()
    place = tuple(off.nonzero()[0].tolist()) if off.any() else (0,) * wanted.ndim
    return f"{float(got[place]):.4g} at {list(place)}", f"{float(wanted[place]):.4g} at {list(place)}"


def _some_right(got: Tensor, wanted: Tensor) -> str:
    off = (got - wanted).abs() > 1e-4 * float(wanted.abs().max()) + 1e-9
    told = f"; {int(off.sum())} of {off.numel()} values differ"
    if wanted.ndim > 1 and len(wanted) > 1:
        right = [i for i in range(len(wanted)) if not off[i].any()]
        told += f"; only number {', '.join(map(str, right))} along axis 0 is right" if right else ""
    return told
