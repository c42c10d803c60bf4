"""How good is a network: its predictions on pictures whose labels are known."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.borrowing import choose_device, kept_flags, moved_to
from course_utils.datasets.labeled import LabeledImages
from course_utils.plain_numbers import check_positive_integer
from course_utils.training.distributed import joined_rows, share_of
from course_utils.training.interrupts import held_interrupts
from course_utils.training.layouts import quickest_layout

__all__ = ["Evaluation", "check_data", "check_network", "evaluate", "evaluate_together"]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a network makes of N pictures of C classes; ``float(evaluation)`` is the accuracy.

    Attributes:
        accuracy: share of right predictions, in [0, 1].
        loss: mean cross-entropy, in nats; guessing among C classes costs ln C.
        predictions: (N,) int64, the class with the largest logit.
        probabilities: (N, C) float32, rows add up to 1.
        confusion: (C, C) int64; row = true class, column = predicted class.
    """

    accuracy: float
    loss: float
    predictions: Tensor
    probabilities: Tensor
    confusion: Tensor

    def __float__(self) -> float:
        return self.accuracy

    def __repr__(self) -> str:
        return f"Evaluation(accuracy={self.accuracy:.4f}, loss={self.loss:.4f}, images={len(self.predictions)})"


def evaluate(
    model: nn.Module, data: LabeledImages, *, batch_size: int = 500, device: str | torch.device | None = None
) -> Evaluation:
    """Let the network predict every picture, in eval mode and without gradients, and compare with the labels.

    Nothing of the network is changed: device and training flags are put back.

    Args:
        batch_size: pictures at a time; only speed and memory depend on it.
        device: where to compute; chosen automatically if left out.

    Raises:
        TypeError, ValueError: see `check_data` and `check_network`.
    """
    check_data(data)
    check_network(model, data)
    check_positive_integer("batch_size", batch_size)
    return _compare(_logits(model, data.images, batch_size, choose_device(device)), data)


def evaluate_together(
    model: nn.Module, data: LabeledImages, *, batch_size: int = 500, device: str | torch.device | None = None
) -> Evaluation:
    """Do the same as `evaluate` when every process of a distributed training calls it: each predicts its share."""
    part = _logits(model, share_of(data.images), batch_size, choose_device(device))
    return _compare(joined_rows(part, len(data)), data)


def _logits(model: nn.Module, images: Tensor, batch_size: int, device: torch.device) -> Tensor:
    logits = []
    with held_interrupts() as stop_if_asked, torch.no_grad(), kept_flags(model), moved_to(model, device):
        model.eval()
        layout = quickest_layout(model, images[:1].to(device))
        for batch in images.split(int(batch_size)):
            logits.append(model(batch.to(device).contiguous(memory_format=layout)))
            stop_if_asked(batch)
        return torch.cat(logits)


def _compare(logits: Tensor, data: LabeledImages) -> Evaluation:
    logits, classes = logits.float().cpu(), len(data.class_names)
    predictions = logits.argmax(1)
    return Evaluation(
        accuracy=float((predictions == data.labels).double().mean()),
        loss=float(F.cross_entropy(logits, data.labels)),
        predictions=predictions,
        probabilities=logits.softmax(1),
        confusion=torch.bincount(data.labels * classes + predictions, minlength=classes**2).view(classes, classes),
    )


def check_data(data: object) -> None:
    """Raise TypeError unless ``data`` is `LabeledImages`, and ValueError if it is empty."""
    if not isinstance(data, LabeledImages):
        raise TypeError(
            f"data must be LabeledImages, as shapes10() returns them, got {type(data).__name__}; "
            "make them with LabeledImages(images, labels, None, class_names)"
        )
    if not len(data):
        raise ValueError("data holds no picture; check the folder or the slice that it came from")


def check_network(model: object, data: LabeledImages) -> None:
    """Try the network on one picture: it must give one logit for each class of ``data``.

    Raises:
        TypeError: ``model`` is not a network.
        ValueError: the network cannot read pictures of this shape, or gives another number of logits.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a network (torch.nn.Module), got {type(model).__name__}; SimpleCNN() is one")
    shape = tuple(data.images.shape[1:])
    try:
        logits = _logits(model, data.images[:1], 1, _home(model))
    except (RuntimeError, ValueError, TypeError) as error:
        raise ValueError(f"{type(model).__name__} cannot read pictures of shape {shape}: {error}") from error
    if logits.shape != (1, len(data.class_names)):
        raise ValueError(
            f"data has {len(data.class_names)} classes, but {type(model).__name__} gives logits of shape "
            f"{tuple(logits.shape)} for one picture; wanted (1, {len(data.class_names)}); "
            f"build the network with num_classes={len(data.class_names)}"
        )


def _home(model: nn.Module) -> torch.device:
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
