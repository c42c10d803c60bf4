"""What exercise 15.6 demands of a report: a film's map, its mask, a number that fits them, and a doubt in words."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_15.report_doubt import judge_doubt
from course_utils.exercises.lesson_15.report_number import judge_number
from course_utils.exercises.shown import shown

__all__ = ["judge_report"]

PARTS = ("heat", "mask", "inside", "doubt")


def judge_report(answer: object) -> None:
    """A picture, a number that fits it, and a doubt in words."""
    if not isinstance(answer, dict) or set(answer) != set(PARTS):
        raise Wrong(
            got=f"the names {list(map(str, answer))}" if isinstance(answer, dict) else answer,
            wanted=f"a dict with {', '.join(PARTS)}",
            cause=_why_no_report(answer),
            next_step="keep the four names of the starter",
        )
    heat, mask = (_picture(name, answer[name]) for name in ("heat", "mask"))
    _judge_pictures(heat, mask)
    judge_number(answer["inside"], heat, mask)
    judge_doubt(answer["doubt"])


def _why_no_report(answer: object) -> str:
    if not isinstance(answer, dict):
        return f"a report of type {type(answer).__name__} has no names for its parts: a dict in curly brackets has"
    missing, more = ([str(name) for name in a if name not in b] for a, b in ((PARTS, answer), (answer, PARTS)))
    told = [f"missing: {', '.join(missing)}"] if missing else []
    told += [f"not asked for: {', '.join(more)}"] if more else []
    return f"a part of the report is missing, or has another name ({'; '.join(told)})"


def _picture(name: str, value: object) -> Tensor:
    """Return a map or mask as a tensor (H, W)."""
    value = torch.from_numpy(value) if isinstance(value, np.ndarray) and value.dtype != object else value
    wanted = f"{name}: a tensor (H, W)"
    if not isinstance(value, Tensor):
        kind = "None" if value is None else f"of type {type(value).__name__}"
        hint = "; .heatmaps is the tensor of a result" if hasattr(value, "heatmaps") else ""
        raise Wrong(
            got=f"{name}: {shown(value)}",
            wanted=wanted,
            cause=f"{name} is {kind}, no tensor: a label, a list or a whole result is no picture of numbers{hint}",
            next_step="take heatmaps[0] and masks[0]",
        )
    if value.ndim != 2:
        raise Wrong(
            got=f"{name} of shape {tuple(value.shape)}",
            wanted=wanted,
            cause=f"{name} has {value.ndim} axes: {_why_these_axes(tuple(value.shape))}",
            next_step="take heatmaps[0] and masks[0]",
        )
    return value


def _why_these_axes(shape: tuple[int, ...]) -> str:
    if len(shape) == 3 and shape[0] == 3:
        return "three maps or a coloured picture; one film has one map: is the axis of the films still there?"
    if len(shape) == 3 and shape[0] == 1:
        return "one film has one map: the axis of the films, of length 1, is still there"
    if len(shape) >= 3:
        return f"one film has one map: the axis of the films is still there ({shape[0]} of them)"
    return "rows and columns are gone: it was flattened, or one row, or one number, was taken"


def _judge_pictures(heat: Tensor, mask: Tensor) -> None:
    cause = _why_not_these_sizes(heat, mask) or _why_no_mask(heat, mask) or _why_no_heat(heat)
    if cause:
        raise Wrong(
            got=f"heat {tuple(heat.shape)} from {float(heat.min()):.3g} to {float(heat.max()):.3g}, mask "
            f"{tuple(mask.shape)}, {str(mask.dtype).removeprefix('torch.')}, with {int((mask != 0).sum())} pixels",
            wanted="a map of heat, 0 or more, and the mask of that film's opacity, both (H, W) of one size",
            cause=cause,
            next_step="choose a film from ill, explain class 1 with grad_cam, and take its heatmaps and its mask",
        )


def _why_not_these_sizes(heat: Tensor, mask: Tensor) -> str:
    if heat.shape == mask.shape:
        return ""
    smaller, larger = ("heat", "mask") if heat.numel() < mask.numel() else ("mask", "heat")
    sizes = f"heat is {tuple(heat.shape)}, mask is {tuple(mask.shape)}"
    return f"{sizes}: the {smaller} was not enlarged to the {larger}'s size (.maps is coarse, .heatmaps is as the film)"


def _why_no_mask(heat: Tensor, mask: Tensor) -> str:
    if not mask.any():
        return "a normal film has an empty mask: there is nothing to measure"
    if not ((mask == 0) | (mask == 1)).all():
        both = ((heat == 0) | (heat == 1)).all()
        if both:
            return "heat and mask changed places: the mask holds 0 and 1 only"
        return (
            f"a mask holds 0 and 1 (True and False), this one goes up to {float(mask.max()):.3g}: 255, or another map?"
        )
    if mask.all():
        return "this mask covers the whole film, so any heat lies inside: it is not the mask of an opacity"
    hot = heat[mask != 0].double()
    if hot.min() > heat[mask == 0].double().max() and heat.unique().numel() > 2:
        return "this mask was cut out of the heat itself: all heat above a limit lies inside by construction"
    return ""


def _why_no_heat(heat: Tensor) -> str:
    if heat.dtype == torch.bool:
        return "heat holds True and False: a map has decimals; was it compared with a limit, or is it the mask?"
    if not heat.isfinite().all():
        return "the map holds NaN or infinity (0 / 0), so a share of it means nothing"
    if heat.min() < 0:
        return "the map has negative heat: a ReLU is missing, or something was subtracted; a share of it means nothing"
    if not heat.max() > 0:
        return "the map is empty: no heat at all, so a share of it means nothing"
    return ""
