"""Which number of the network's answer is followed: the probability of a class, or a score of one's own."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course_utils.attribution import Attribution
from course_utils.attribution.checks import check_logits
from course_utils.attribution.layout import answer_of
from course_utils.attribution.questions import Classes, Question, Score, question

__all__ = ["asked_classes", "probabilities"]


def asked_classes(
    model: nn.Module, images: Tensor, heatmaps: object, classes: Classes, score: Score | None
) -> Tensor | None:
    """Try the question on one image, and return the classes to follow, (N,) int64.

    Args:
        heatmaps: where it is an `Attribution`, its classes are followed if no others are given.

    Returns:
        None where each image's own prediction, or a score, is to be followed.

    Raises:
        TypeError, ValueError: bad classes or score; a single logit without a score; an `Attribution` of a score
            without that score.
    """
    with torch.no_grad():
        answer = answer_of(model, images[:1])
    check_logits(model, answer, images[:1])
    probabilities(question(answer, None, score), answer)
    if isinstance(heatmaps, Attribution) and classes is None and score is None:
        classes = _explained(heatmaps)
    if classes is None:
        return None
    return question(answer.expand(len(images), *answer.shape[1:]), classes, score).classes


def probabilities(asked: Question, answer: Tensor) -> Tensor:
    """Return one number per image, (N,): the softmax probability of its class, or its score.

    Raises:
        ValueError: the model gives a single logit, and there is no score.
    """
    if asked.classes is None:
        return asked.scores(answer).detach().float()
    if answer.shape[1] == 1:
        raise ValueError(
            "this model has a single logit, whose softmax is always 1; "
            "follow its probability with score=lambda logits: logits[:, 0].sigmoid()"
        )
    return asked.scores(answer.float().softmax(dim=1))


def _explained(heatmaps: Attribution) -> Tensor:
    if heatmaps.classes is None:
        raise ValueError("these heatmaps explain a score, not a class; hand in the same score=, or classes")
    return heatmaps.classes
