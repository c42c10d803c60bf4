"""Scores that people differentiate in place of each picture's own logit."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["scores_of"]


def scores_of(classes: Tensor) -> dict[str, Callable[[Tensor], Tensor]]:
    """Return the scores that people differentiate instead of ``z[rows, classes]``, from logits (N, C) to (N,)."""
    rows = torch.arange(len(classes))
    return {
        "only picture 0 was asked about; the others have slopes of zero": lambda z: z[rows, classes] * (rows == 0),
        "all pictures were asked about the first class": lambda z: z[:, int(classes[0])],
        "the predicted classes were explained, not the ones that were asked for": lambda z: z.amax(dim=1),
        "all classes were added up": lambda z: z.sum(dim=1),
        "[:, classes] takes every class for every picture, not each picture's own": lambda z: z[:, classes].sum(dim=1),
        "the loss was differentiated, not the logit": lambda z: F.cross_entropy(z, classes, reduction="none"),
        "the loss was differentiated, not the logit, and averaged": lambda z: (
            F.cross_entropy(z, classes, reduction="none") / len(classes)
        ),
        "a probability was differentiated: softmax mixes all classes": lambda z: z.softmax(dim=1)[rows, classes],
        "the log of a probability (or the negative loss) was differentiated": lambda z: z.log_softmax(dim=1)[
            rows, classes
        ],
        "the mean of the logits was taken, so each slope depends on the size of the batch": lambda z: (
            z[rows, classes] / len(classes)
        ),
    } | _stranger_scores(classes, rows)


def _stranger_scores(classes: Tensor, rows: Tensor) -> dict[str, Callable[[Tensor], Tensor]]:
    return {
        "the class after the one that was asked for was explained: counted from 1": lambda z: z[
            rows, (classes + 1) % z.shape[1]
        ],
        "the class before the one that was asked for was explained": lambda z: z[rows, (classes - 1) % z.shape[1]],
        "one logit, the largest of the whole batch, was asked about: each picture has its own": lambda z: (
            (z == z.max()) * z
        ).sum(dim=1),
        "the largest probability was differentiated": lambda z: z.softmax(dim=1).amax(dim=1),
        "sigmoid was applied to the logit": lambda z: z.sigmoid()[rows, classes],
        "the logit was squared": lambda z: z[rows, classes] ** 2,
        "the classes were taken in another order than the pictures": lambda z: z[rows, classes.flip(0)],
        "the logit was compared with the best other class: no plain logit": lambda z: (
            z[rows, classes] - z.scatter(1, classes[:, None], -torch.inf).amax(dim=1)
        ),
    }
