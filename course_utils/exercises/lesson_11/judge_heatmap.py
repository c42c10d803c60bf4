"""What exercise 11.3 demands: a peak of 1 for every map but the empty one, which stays zero."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_heatmap"]


EMPTY = "the map is empty here, and an empty map has an answer: itself"


def judge_heatmap(answer: Callable[[Tensor], Tensor]) -> None:
    """Divide by the peak; a map of zeros stays zeros, a faint one gets its peak of 1; the map given is not changed."""
    for cam in (
        torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
        torch.tensor([[0.0, 0.5]]),
        torch.zeros(2, 2),
        torch.full((2, 2), 3.0),
        torch.tensor([[0.0, 0.01, 0.02], [0.005, 0.0, 0.004]]),
    ):
        kept, given = cam.clone(), f"from {_list(cam)}"
        wanted = kept / (kept.max() if kept.max() > 0 else 1.0)
        got = tried(
            judge_heatmap, answer, (cam,), f"{_list(wanted)} {given}", *(EMPTY_ERRORS if not kept.any() else TWO_AXES)
        )
        if not torch.equal(cam, kept):
            raise Wrong(
                got="the caller's map was changed",
                wanted="a new tensor",
                cause="an in-place division, /= or div_, writes into the map that was given",
                next_step="return cam / peak",
            )
        heat = _heat_of(got, wanted, kept, given)
        if not torch.allclose(heat, wanted, atol=1e-4):
            raise Wrong(
                got=f"{_list(heat)} {given}",
                wanted=_list(wanted),
                cause=_why_not_the_heatmap(heat, kept),
                next_step="divide by the largest value if it is above zero; else there is nothing to divide",
            )


TWO_AXES = (
    (
        r"Dimension out of range",
        "axis 2 or higher is asked for, and one map has two axes, (h, w): no batch and no channels",
        "take the largest of all: cam.max()",
    ),
)


EMPTY_ERRORS = ((r"", f"the function raises an error for an empty map: {EMPTY}", "return zeros if the peak is 0"),)


def _list(values: Tensor) -> str:
    return str([round(float(one), 4) for one in values.flatten()])


def _heat_of(got: object, wanted: Tensor, cam: Tensor, given: str) -> Tensor:
    if not cam.any() and not isinstance(got, Tensor):
        name = "None" if got is None else type(got).__name__
        raise Wrong(
            got=got,
            wanted=f"{_list(wanted)} {given}",
            cause=f"for an empty map, something of type {name} came and no tensor: {EMPTY}",
            next_step="return torch.zeros_like(cam) if the peak is 0",
        )
    return demand_tensor_like(got, wanted, cam, ("rows", "columns"), f"a heatmap {given}").detach()


def _why_not_the_heatmap(got: Tensor, cam: Tensor) -> str:
    if got.isnan().any():
        return "0 / 0 is NaN: a map of zeros, or a constant one, was stretched"
    peak = float(cam.max())
    if peak == 0:
        return f"a map without heat got some: nothing must stay nothing; {EMPTY}"
    if cam.min() == peak and not got.any():
        return "an even map became zero: 'the same everywhere' is not 'nothing there' (or the smallest was subtracted)"
    if same_relative(got, (cam - cam.min()) / (peak - cam.min())):
        return "the smallest value was subtracted, so 'a little everywhere' became 'nothing there'"
    if same_relative(got, (cam > 0).float()) and got.unique().numel() == 1:
        return "everything became 1: only yes or no is left, or a clamp at 1 without scaling"
    return _why_another_scale(got, cam)


def _why_another_scale(got: Tensor, cam: Tensor) -> str:
    peak, place = float(cam.max()), cam.argmax()
    top = float(got.flatten()[place])
    if same_relative(got, cam * (top / peak)) and not same_relative(got, cam) and 0 < top < 1:
        return _why_low_peak(peak, peak / top, cam)
    if same_relative(got, cam) and peak < 1:
        return "nothing was divided: a floor such as clamp(min=1) is larger than the peak of a faint map"
    likely = {"nothing was divided": cam, ADDED: _with_constant(got, cam)}
    told = "the peak should become 1 and zero should stay zero"
    found = why_other_values(got, cam / peak, likely, {}, told)
    return found.replace("of its own picture", "of its own row").replace(", and should stay as it is", "")


ADDED = "a constant was added before the division: only the peak should become 1, and zero stays zero"


def _why_low_peak(peak: float, divisor: float, cam: Tensor) -> str:
    begin = f"the peak should become 1, and {peak:g} was divided by {divisor:.4g}"
    known = {
        "the sum: this divides by the sum of all values": float(cam.sum()),
        "the length (norm) of all values": float(cam.norm()),
        "the number of values": float(cam.numel()),
        "twice the peak": 2 * float(cam.max()),
        "a fixed number, right for another map": 4.0 if float(cam.max()) != 4 else 0.5,
        "the largest byte, 255": 255.0,
        "a hundred": 100.0,
    }
    for name, value in known.items():
        if abs(divisor / value - 1) < 1e-5:
            return f"{begin}, {name}"
    if peak < 1 and divisor <= 1:
        return f"{begin}: a floor or a constant (clamp(min=...), + ...) that is large beside the peak of a faint map"
    return f"{begin}: something was added to the peak"


def _with_constant(got: Tensor, cam: Tensor) -> Tensor:
    """Return (cam + c) / (peak + c) for the constant c that fits the smallest value best."""
    low, peak = float(cam.min()), float(cam.max())
    share = float(got.flatten()[cam.argmin()])
    constant = (share * peak - low) / (1 - share) if share < 1 else 0.0
    return (cam + constant) / (peak + constant) if constant > -low else cam
