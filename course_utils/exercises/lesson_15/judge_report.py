"""The judge of exercise 15.6: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from course_utils.exercises.diagnosis.numbers import demand_one_number
from course_utils.exercises.exercise import Wrong
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
    _judge_number(answer["inside"], heat, mask)
    _judge_doubt(answer["doubt"])


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


def _judge_number(inside: object, heat: Tensor, mask: Tensor) -> None:
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


DOUBTING = re.compile(
    r"\b(not|no|nor|never|only|may|might|could|cannot|nothing|without|whether|unless|perhaps|possibl[ey]|un\w+|in\w+able|"
    r"doubt\w*|but|however|although|though|yet|fail\w*|wrong\w*|if|nobody|none|neither|differ\w*|outside|invisible|"
    r"miss\w*|others?|another|elsewhere|phantoms?|drawn|drawings?|chance|tags?|still|lacks?|ignor\w*|few|merely|just|alone|"
    r"hardly|barely|limit\w*|question\w*|guess\w*|luck\w*|rather|instead|depends?|coarse|bias\w*|less|too|real|"
    r"patients?|hospitals?|one|single|would|should|nicht|kein\w*|nur)\b|n['’]t\b",
    re.IGNORECASE,
)


BOASTING = re.compile(
    r"\b(proves?|proven|perfect\w*|always|certain\w*|definite\w*|clear\w*|correct\w*|works?|well|good|great|excellent|"
    r"reliabl\w*|trust\w*|confirms?|right|true|sure\w*|best|exactly)\b",
    re.IGNORECASE,
)


def _judge_doubt(doubt: object) -> None:
    words = doubt.split() if isinstance(doubt, str) else []
    cause = _why_no_doubt(doubt, words)
    if cause:
        raise Wrong(
            got=doubt if isinstance(doubt, str) and doubt else shown(doubt),
            wanted="a sentence of at least eight words, on what this does not prove",
            cause=cause,
            next_step="finish the sentence: 'This does not show that ...'",
        )


def _why_no_doubt(doubt: object, words: list[str]) -> str:
    if not isinstance(doubt, str):
        return f"something of type {type(doubt).__name__} came; a doubt in words is one text, in quotes"
    if not words:
        return "the text is empty: there is no doubt in it"
    if len(words) < 8:
        return f"a doubt in a few words ({len(words)}, not eight) does not say what is doubted"
    if len({word.lower() for word in words}) < 6 or not re.search(r"[^\W\d]{3}", doubt):
        return "the same word again and again, or no words at all, does not say what is doubted"
    if BOASTING.search(doubt) and not DOUBTING.search(doubt):
        return "this praises the network or the map, or claims a proof; it does not say what is *not* proven"
    if not DOUBTING.search(doubt):
        return "this tells what is seen and doubts nothing: no `not`, `only`, `may`, `another`, ... is in it"
    return ""
