"""Why a step of exercise 08.3 gives another loss, or other weights."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.lesson_08.reference_step import reference_step, step_parts

__all__ = ["why_another_step", "why_by_events", "why_not_this_loss"]


def _loss_slips(logits: Tensor, after: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """Return {cause: the loss that it gives}."""
    right, one_hot = F.cross_entropy(logits, labels), F.one_hot(labels, 3).float()
    return {
        "softmax is applied twice: F.cross_entropy wants logits and applies softmax itself": F.cross_entropy(
            logits.softmax(1), labels
        ),
        "softmax was applied over the images (dim=0), and before F.cross_entropy, which wants logits": F.cross_entropy(
            logits.softmax(0), labels
        ),
        "F.nll_loss wants log-probabilities (log_softmax), and logits came": F.nll_loss(logits, labels),
        "F.nll_loss wants log-probabilities, and probabilities came": F.nll_loss(logits.softmax(1), labels),
        "a sigmoid was applied; F.cross_entropy wants logits as they are": F.cross_entropy(logits.sigmoid(), labels),
        "a ReLU was applied; F.cross_entropy wants logits as they are": F.cross_entropy(logits.relu(), labels),
        "the losses of the images were added up; F.cross_entropy takes their mean": right * len(labels),
        "the mean was divided by the number of images once more": right / len(labels),
        "this is the loss after the update; the task wants the one that was measured before": F.cross_entropy(
            after, labels
        ),
        "this is the accuracy, not the loss": (logits.argmax(1) == labels).float().mean(),
        "this is the accuracy after the update, not the loss": (after.argmax(1) == labels).float().mean(),
        "only the first image went into the loss": F.cross_entropy(logits[:1], labels[:1]),
        "this is the squared error of the probabilities, not cross-entropy": F.mse_loss(logits.softmax(1), one_hot),
        "this is binary cross-entropy, for classes that do not exclude each other": (
            F.binary_cross_entropy_with_logits(logits, one_hot)
        ),
        "this is the squared error of the logits, not cross-entropy": F.mse_loss(logits, one_hot),
        "the sign is turned": -right,
        "the loss was multiplied by 100": right * 100,
        "label smoothing was added": F.cross_entropy(logits, labels, label_smoothing=0.1),
    }


@torch.no_grad()
def why_not_this_loss(got: float) -> str:
    """Return what else, computed from these pictures, gives the loss ``got``."""
    model, images, labels = step_parts()
    with torch.enable_grad():
        stepped, _ = reference_step()
    logits, after = model(images), stepped(images)
    right = F.cross_entropy(logits, labels)
    for cause, value in _loss_slips(logits, after, labels).items():
        if math.isclose(got, value.item(), rel_tol=1e-4):
            return cause
    if math.isnan(got):
        return "the loss is NaN: a logarithm of negative numbers? the logits go in as they are"
    if any(got == round(right.item(), digits) for digits in range(4)):
        return "the loss was rounded"
    return f"this is not the mean cross-entropy of the logits before the update: {off_by(got, right.item())}"


def why_by_events(events: list[str], moved: bool) -> str:
    """Return the cause that the order of backward, zero_grad and step tells; "" if the order is right."""
    if "backward" not in events:
        why = "backward() was never called, or the loss was cut off from the model (detach, a new tensor)"
        return why + (": the update used the old gradients" if moved else "")
    if "step" not in events:
        return "the optimizer that came in never made its step: " + (
            "something else moved the weights" if moved else "optimizer.step() is missing, or has no round brackets"
        )
    first, step = events.index("backward"), events.index("step")
    if events.count("step") > 1 or events.count("backward") > 1:
        twice = "step() is" if events.count("step") > 1 else "backward() is"
        return f"{twice} called more than once"
    if step < first:
        return "the update used the old gradients, or none: step() must come after backward()"
    if "zero_grad" in events[first:step]:
        return "zero_grad() came after backward() and threw the new gradients away"
    if "zero_grad" in events[step:] and "zero_grad" not in events[:first]:
        return (
            "old and new gradients were added up: zero_grad() comes after the step, too late for what was there before"
        )
    return ""


def why_another_step(model: nn.Module, wanted: nn.Module, before: nn.Module) -> str:
    """Return how the step differs from the wanted one, if the order of events is right or zero_grad is missing."""
    if torch.allclose(model.weight, wanted.weight - 0.5, atol=1e-5):
        return "old and new gradients were added up: zero_grad() is missing"
    gone, way = (model.weight - before.weight).flatten(), (wanted.weight - before.weight).flatten()
    along = torch.cosine_similarity(gone, way, dim=0).item()
    if abs(along) < 0.999:
        return "the weights moved in another direction than the new gradient's: another loss went backward"
    return (
        "the weights moved along the right line, and not to the right place (the gradient, or the learning rate, was "
        f"changed): {off_by((gone @ way / (way @ way)).item(), 1.0)}"
    )
