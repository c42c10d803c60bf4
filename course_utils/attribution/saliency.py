"""Saliency: how steeply does a score rise when one pixel changes?"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course_utils.attribution.checks import check_images
from course_utils.attribution.forward import pictures_at_once
from course_utils.attribution.questions import Classes, Score, question
from course_utils.attribution.result import Attribution, attribution
from course_utils.attribution.tail import LayerRun, run_from_images

__all__ = [
    "PixelAttribution",
    "gradient_times_input",
    "pixel_gradients",
    "saliency",
    "slopes",
    "strongest_channel",
    "with_gradients",
]


@dataclass(frozen=True)
class PixelAttribution(Attribution):
    """The answer of a method that looks at pixels: maps as large as the pictures, and what they were made from.

    Attributes:
        maps: (N, H, W) float, >= 0; one number per pixel, the colour channels joined as the method says.
        gradients: (N, C, H, W), signed, one number per pixel and colour channel, in logits per unit of pixel.
    """

    gradients: Tensor


def with_gradients(answer: Attribution, gradients: Tensor) -> PixelAttribution:
    """Put the signed gradients (N, C, H, W) beside the maps that were made from them."""
    return PixelAttribution(answer.maps, answer.classes, answer.logits, answer.image_size, gradients.detach())


def strongest_channel(gradients: Tensor) -> Tensor:
    """Join the colour channels: the largest absolute value of a pixel's channels.

    Simonyan et al. (2013), arXiv:1312.6034, section 3.1. The sign is lost: a bright map says "this pixel matters",
    not "this pixel speaks for the class".

    Args:
        gradients: (N, C, H, W).

    Returns:
        (N, H, W), >= 0, same unit; float32 at least.

    Raises:
        ValueError: not 4-D.
    """
    if gradients.ndim != 4:
        raise ValueError(f"need gradients of shape (N, C, H, W), got {tuple(gradients.shape)}")
    return gradients.to(torch.promote_types(gradients.dtype, torch.float32)).abs().amax(dim=1)


def pixel_gradients(
    model: nn.Module, images: Tensor, classes: Classes, score: Score | None
) -> tuple[Tensor, Tensor | None, Tensor]:
    """Return the gradients (N, C, H, W) of each image's score, the classes (N,) or None, and the logits.

    A large batch goes through the model piece by piece; with a caller's score it stays together, because that may
    look at the whole batch.
    """
    check_images(model, images)
    size = pictures_at_once(images) if score is None else len(images)
    parts = []
    for start in range(0, len(images), size):
        run = run_from_images(model, images[start : start + size])
        if start == 0 and score is None and classes is not None:
            classes = _for_all(images, run.logits, classes)
        asked = question(run.logits, classes[start : start + size] if isinstance(classes, Tensor) else classes, score)
        parts.append((slopes(run, asked.scores(run.logits)), asked.classes, run.logits.detach()))
    gradients, chosen, logits = zip(*parts, strict=True)
    return _joined(gradients), None if chosen[0] is None else _joined(chosen), _joined(logits)


def _joined(parts: tuple[Tensor, ...]) -> Tensor:
    return torch.cat(parts) if len(parts) > 1 else parts[0]


def _for_all(images: Tensor, logits: Tensor, classes: Classes) -> Tensor:
    """Return the class of each image, from the logits of the first few."""
    return question(logits.detach()[:1].expand(len(images), *logits.shape[1:]), classes).classes


def slopes(run: LayerRun, scores: Tensor) -> Tensor:
    """Do what `LayerRun.pull_back` does, for a run that is not needed again: the graph's memory is freed on the way."""
    if scores.requires_grad:
        (gradients,) = torch.autograd.grad(scores, run.leaf, torch.ones_like(scores), allow_unused=True)
        if gradients is not None:
            return gradients.contiguous()
    return run.pull_back(scores)  # which says why there is no gradient


def saliency(
    model: nn.Module, images: Tensor, classes: Classes = None, *, score: Score | None = None
) -> PixelAttribution:
    """Show how much each pixel matters: the absolute gradient of a class's logit with respect to the pixels.

    Simonyan et al. (2013), arXiv:1312.6034, section 3. One forward and one backward pass. The channels of a pixel
    are joined by the maximum of their absolute values; the signed gradients are in ``.gradients``. Nothing of the
    caller's is changed, as with `grad_cam`. Of `SimpleCNN`, single pixels of a rare picture differ from captum's
    result by some percent of the largest (13 % was seen), for the reason told there.

    Args:
        model: maps images to logits (N, C); any training mode, frozen or not.
        images: (N, C, H, W), floating point, as the model wants them.
        classes: None explains each image's predicted class; an int, one class for all; or integers (N,).
        score: instead of classes, a function from what the model returns to one number per image (N,).

    Returns:
        maps (N, H, W) >= 0 and gradients (N, C, H, W), both in logits per unit of pixel.

    Raises:
        TypeError, ValueError: as for `grad_cam`.

    Warns:
        UserWarning: a map is zero everywhere.
    """
    gradients, chosen, logits = pixel_gradients(model, images, classes, score)
    answer = attribution(strongest_channel(gradients), chosen, logits, tuple(images.shape[-2:]))
    return with_gradients(answer, gradients)


def gradient_times_input(
    model: nn.Module, images: Tensor, classes: Classes = None, *, score: Score | None = None
) -> PixelAttribution:
    """Show how much each pixel adds to a class's logit: its gradient times its value, summed over its channels.

    Shrikumar et al. (2016), arXiv:1605.01713. A first-order answer to "what if this pixel were black (0)?". So a
    black pixel never gets heat, whatever it means to the network. The maps keep the positive part.

    Args:
        model, images, classes, score: as for `saliency`.

    Returns:
        maps (N, H, W) >= 0 in logits; gradients (N, C, H, W) in logits per unit of pixel.

    Raises:
        As `saliency`.
    """
    gradients, chosen, logits = pixel_gradients(model, images, classes, score)
    together = (gradients * images.detach()).to(torch.promote_types(gradients.dtype, torch.float32)).sum(dim=1)
    answer = attribution(together.relu(), chosen, logits, tuple(images.shape[-2:]))
    return with_gradients(answer, gradients)
