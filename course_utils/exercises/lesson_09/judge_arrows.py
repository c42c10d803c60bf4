"""What exercise 09.5 demands: a channel with at least seven arrows among its eight strongest pictures."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache

import numpy as np
import torch
from torch import Tensor

from course_utils.datasets import shapes10
from course_utils.exercises.exercise import Wrong
from course_utils.hooks import record_outputs
from course_utils.shipped import load_shipped

__all__ = ["judge_arrows"]


ARROW = 8  # the class


@cache
def _peaks() -> tuple[Tensor, Tensor]:
    """Return the labels of the lesson's 1,000 pictures, and the peaks (1000, 128) of conv3's maps."""
    model, data = load_shipped("simplecnn_shapes10").model, shapes10(count=1000, seed=900)
    peaks = []
    for batch in data.images.split(250):
        with torch.no_grad(), record_outputs(model, "conv3") as outputs:
            model(batch)
        peaks.append(outputs["conv3"].amax(dim=(2, 3)))
    return data.labels, torch.cat(peaks)


@cache
def _favourites() -> tuple[tuple[str, ...], ...]:
    """Return for each channel of conv3 the class names of its eight strongest of the lesson's 1,000 pictures."""
    labels, peaks = _peaks()
    names = load_shipped("simplecnn_shapes10").class_names
    return tuple(tuple(names[label] for label in row) for row in labels[peaks.topk(8, dim=0).indices].T.tolist())


ARROWS = "a channel of conv3 with at least 7 arrows among its 8 strongest pictures"


def judge_arrows(channel: object) -> None:
    """A whole number from 0 to 127 whose channel has at least seven arrows among its eight strongest pictures."""
    next_step = "count (many.labels[peaks[:, number].topk(8).indices] == arrow) for every number from 0 to 127"
    if isinstance(channel, Tensor | np.generic | np.ndarray) and math.prod(channel.shape) == 1:
        channel = channel.item()
    if isinstance(channel, bool) or not isinstance(channel, int):
        raise Wrong(got=channel, wanted=ARROWS, cause=_why_no_channel(channel), next_step="hand in one whole number")
    if not 0 <= channel < 128:
        raise Wrong(got=channel, wanted=ARROWS, cause=_why_outside(channel), next_step=next_step)
    if Counter(_favourites()[channel])["arrow"] < 7:
        got = f"channel {channel}"
        raise Wrong(got=got, wanted=ARROWS, cause=_why_not_arrows(channel), next_step=next_step)


def _why_no_channel(channel: object) -> str:
    if isinstance(channel, str):
        return "a text came; the number of a channel is a whole number, without quotes (and no name)"
    if isinstance(channel, float):
        return "a number with a point came; the number of a channel is a whole number: leave the point away"
    if isinstance(channel, list | tuple | set | dict | Tensor | np.ndarray):
        return "the task asks for one channel, and several came (or one, in brackets)"
    return f"something of type {type(channel).__name__} came; the number of a channel is a whole number"


def _why_outside(channel: int) -> str:
    if channel == 128:
        return "128 is how many channels there are: they are counted from 0 to 127"
    if 128 < channel < 1000:
        return "this is the number of a picture, not of a channel: topk(...).indices along the pictures, axis 0"
    if channel >= 1000:
        return "this is no channel: conv3 has the channels 0 to 127, and 1,000 is how many pictures there are"
    return "a number below 0 counts from the end; conv3 has the channels 0 to 127"


def _why_not_arrows(channel: int) -> str:
    liked = Counter(_favourites()[channel])
    favourite, count = liked.most_common(1)[0]
    many = f"{favourite}es" if favourite.endswith("s") else f"{favourite}s"
    cause = f"this channel likes {many}: {count} of its 8 strongest pictures; arrows: {liked['arrow']}"
    if favourite == "arrow":
        cause = f"arrows lead, but only with {count} of the 8 strongest pictures"
    if channel == 8:
        cause += "; 8 is the class number of arrow, too: classes and channels are not the same"
    beside = [k for k in (channel - 1, channel + 1) if 0 <= k < 128 and _favourites()[k].count("arrow") >= 7]
    if beside:
        cause += "; the channel beside it would be right: they are counted from 0"
    if channel == _mean_favourite():
        cause += "; arrows have their highest *mean* here, and the eight strongest pictures were asked for"
    return cause


@cache
def _mean_favourite() -> int:
    """Return the channel whose mean peak over all arrows is the highest."""
    labels, peaks = _peaks()
    return int(peaks[labels == ARROW].mean(dim=0).argmax())
