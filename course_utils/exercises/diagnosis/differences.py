"""In what respect numbers differ from those that were wanted, and what that mostly means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np
from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_absolute

__all__ = ["Step", "listed", "recipe_of", "respect"]


Step = Callable[[Tensor], Tensor]


def recipe_of(
    got: Tensor, start: Tensor, stages: Sequence[Mapping[str, Step]], slack: float = 1e-5, most: int = 2
) -> str:
    """Return by which slips ``start`` becomes ``got``, or "" if no recipe is found.

    Each stage holds the ways to do one step, by the slip that each of them is; the right way is called "". All ways
    are tried, those with the fewest slips first, and at most ``most`` slips at once.
    """
    recipes = sorted(product(*(stage.items() for stage in stages)), key=lambda recipe: sum(bool(s) for s, _ in recipe))
    for recipe in recipes:
        slips = [slip for slip, _ in recipe if slip]
        if not 1 <= len(slips) <= most:
            continue
        value = start
        for _, step in recipe:
            value = step(value)
        if same_absolute(got, value, slack):
            return "; and ".join(slips)
    return ""


def respect(got: Tensor, wanted: Tensor, parts: Sequence[str] = ()) -> str:
    """Return in what respect the numbers differ, and what that mostly means; ``parts`` names the first axis."""
    got, wanted = got.detach().double(), wanted.detach().double()
    if not got.isfinite().all():
        kind = "NaN: 0 / 0, or infinity minus infinity" if got.isnan().any() else "infinite: a division by 0"
        return f"{int((~got.isfinite()).sum())} of {got.numel()} numbers are {kind}"
    whole = _respect_of_all(got, wanted)
    if whole:
        return whole
    parts = parts[: len(wanted)]
    good = [name for name, a, b in zip(parts, got, wanted, strict=False) if same_absolute(a, b)]
    bad = [name for name in parts if name not in good]
    index = int((got - wanted).abs().argmax())
    place = tuple(int(i) for i in np.unravel_index(index, tuple(got.shape)))
    where = f"at {list(place)} {float(got[place]):.4g} came, {float(wanted[place]):.4g} was wanted"
    if good:
        return f"right for {', '.join(good)}, wrong for {', '.join(bad)}: {where}"
    return f"the numbers come from another calculation: {where}"


def _respects_by_place(got: Tensor, wanted: Tensor) -> dict[str, Tensor]:
    return {
        "the numbers were rounded": wanted.round(),
        "the first axis is turned round: the last comes first": wanted.flip(0),
        "the first axis is turned round, and the sign, too": -wanted.flip(0),
        "each number is the sum of those before it (cumsum)": wanted.cumsum(0),
        f"the numbers are cut off at {float(got.min()):.4g} and {float(got.max()):.4g}": wanted.clamp(
            got.min(), got.max()
        ),
    }


def _respect_of_all(got: Tensor, wanted: Tensor) -> str:
    factor = float((got * wanted).sum() / (wanted * wanted).sum().clamp(min=1e-300))
    offset = float((got - wanted).mean())
    first = got.flatten()[0]
    ways = {
        "everything is 0: a ReLU, a clamp, a mask or a whole-number division took all of it": 0 * wanted,
        f"every number is the same, {float(first):.4g}: the input does not reach the result": first.expand_as(wanted),
        "the sign is turned round": -wanted,
        f"every number is {factor:.4g} times what was wanted: a factor too many, or one is missing": factor * wanted,
        f"every number is off by {offset:+.4g}: something is added that should not be, or left out": wanted + offset,
        "this is 1 minus what was wanted": 1 - wanted,
        "what is below 0 was cut off (relu, clamp)": wanted.clamp(min=0),
    }
    for way, value in (ways | _respects_by_place(got, wanted)).items():
        if same_absolute(got, value):
            return way
    if same_absolute(got.abs(), wanted.abs()):
        return "the sizes are right, some signs are not: abs, or a condition on the sign, changed them"
    if same_absolute(got.flatten().sort().values, wanted.flatten().sort().values):
        return "the right numbers came in another order: sorted, flipped, transposed or shuffled"
    return ""


def listed(numbers: Tensor, digits: int = 4) -> str:
    """Return the numbers of a small tensor, rounded, as a list."""
    return str([round(float(number), digits) for number in numbers.flatten()])
