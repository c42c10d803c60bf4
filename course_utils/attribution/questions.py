"""What a caller asks of a network: the logit of a class, or any score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.attribution.checks import all_finite
from course_utils.autograd_modes import graphs_recorded

__all__ = [
    "Classes",
    "Question",
    "Score",
    "chosen_classes",
    "question",
]

Classes = int | Sequence[int] | Tensor | None
Score = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Question:
    """What the caller wants explained: one number per image, made from the logits.

    Attributes:
        classes: (N,) int64, whose logits are explained; None where the caller gave a score of his own.
        score: maps the model's output to (N,) numbers.
    """

    classes: Tensor | None
    score: Score

    def scores(self, logits: Tensor) -> Tensor:
        """Return the explained numbers, (N,), in the unit of the logits.

        Raises:
            TypeError: the caller's score returned something else than a float tensor.
            ValueError: it is not one number per image, or NaN or infinite.
        """
        with graphs_recorded():
            scores = self.score(logits)
        if not isinstance(scores, Tensor) or not scores.is_floating_point():
            came = scores.dtype if isinstance(scores, Tensor) else type(scores).__name__
            raise TypeError(f"need a score that returns a float tensor (one number per image), got {came}")
        if scores.shape != logits.shape[:1]:
            raise ValueError(
                f"need a score with one number per image, shape ({len(logits)},), got {tuple(scores.shape)}; "
                "for one class write lambda logits: logits[:, 3]"
            )
        if not all_finite(scores):
            raise ValueError(
                f"need a score that is a finite number, got {scores.detach().tolist()!s:.60}; "
                "look for a division by zero, or a log(0), in it"
            )
        return scores


def question(logits: Tensor, classes: Classes = None, score: Score | None = None) -> Question:
    """Ask for the logit of a class, or for any score.

    Args:
        logits: what the model returned, (N, C), or with a score any tensor whose first size is N.
        classes: None (each image's predicted class), one for all, or (N,).
        score: maps that tensor to one number per image, for example ``lambda logits: logits[:, 3] - logits[:, 5]``.

    Raises:
        TypeError: classes are not integers; the score cannot be called.
        ValueError: both are given; logits are not (N, C) and there is no score; an unknown class.
    """
    if score is None:
        if logits.ndim != 2:
            raise ValueError(
                f"need logits of shape (N, C) to explain a class, the model returned {tuple(logits.shape)}; "
                "say what to explain with score=, a function from this tensor to one number per image"
            )
        chosen = chosen_classes(logits, classes)
        # The copy: under inference_mode the classes are inference tensors, which a graph cannot keep.
        return Question(chosen, lambda outputs: outputs.gather(1, chosen[:, None].clone())[:, 0])
    if classes is not None:
        raise ValueError("classes and score are two answers to one question; give one of them")
    if not callable(score):
        raise TypeError(f"need score as a function from logits to one number per image, got {type(score).__name__}")
    return Question(None, lambda outputs: score(outputs.clone()))  # which a score may rewrite


def chosen_classes(logits: Tensor, classes: Classes) -> Tensor:
    """Return one class index per image, (N,) int64: the predicted one, the same for all, or those given.

    Raises:
        TypeError: classes are not integers.
        ValueError: another number of classes than images, or an index without a logit.
    """
    count, known = logits.shape
    if classes is None:
        return logits.argmax(dim=1)
    if isinstance(classes, str):
        raise TypeError(
            f"need a class index, got the name {classes!r}; a class name's index is its place in class_names"
        )
    asked = _as_tensor(classes)
    if asked.dtype == torch.bool or asked.is_floating_point() or asked.is_complex():
        raise TypeError(f"need class indices as integers, got {asked.dtype}")
    if asked.ndim == 0:
        asked = asked.expand(count)
    if asked.shape != (count,):
        raise ValueError(f"need one class per image: {count} images, classes of shape {tuple(asked.shape)}")
    wrong = [index for index in asked.tolist() if not 0 <= index < known]
    if wrong:
        raise ValueError(f"class {wrong[0]} does not exist: this model has classes 0 to {known - 1}")
    return asked.to(logits.device, torch.int64)


def _as_tensor(classes: Classes) -> Tensor:
    try:
        return torch.as_tensor(classes)
    except (TypeError, ValueError, RuntimeError):  # what torch says of names, sets, and lists of unequal lists
        raise TypeError(
            f"need class indices as integers, one for all images or one per image, got {classes!r:.60}; "
            "a class name's index is its place in class_names"
        ) from None
