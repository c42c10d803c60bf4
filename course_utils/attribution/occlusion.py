"""Occlusion: cover a patch of the picture and see how much of the score is lost. No gradient at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course_utils.attribution.checks import all_finite
from course_utils.attribution.forward import pictures_at_once, run_without_graph
from course_utils.attribution.progress import progress_bar
from course_utils.attribution.questions import Classes, Question, Score, question
from course_utils.attribution.result import Attribution, attribution
from course_utils.plain_numbers import is_whole

__all__ = ["OcclusionAttribution", "occlusion"]

Window = tuple[slice, slice]
Sides = int | tuple[int, int] | None


@dataclass(frozen=True)
class OcclusionAttribution(Attribution):
    """The answer of `occlusion`.

    Attributes:
        maps: (N, H, W) >= 0, in logits: the positive part of the losses.
        losses: (N, H, W), signed, in logits: how much of the score is lost, on average, when a patch that covers
            this pixel is covered. Negative where covering *helps* the class.
    """

    losses: Tensor


def occlusion(
    model: nn.Module,
    images: Tensor,
    classes: Classes = None,
    *,
    score: Score | None = None,
    patch: Sides = None,
    stride: Sides = None,
    baseline: float | Tensor | None = None,
) -> OcclusionAttribution:
    """Show where a class's logit falls when a patch of the picture is covered.

    Zeiler and Fergus (2013), arXiv:1311.2901, section 4.1. Slow (one forward pass for each position of the patch) and
    honest: what it shows has been tried out. Its unit is the logit, not logits per unit of pixel. All channels of a
    patch are covered together. Memory does not grow with the number of positions; a progress bar appears where the
    work takes longer than ten seconds.

    Args:
        model, images, classes, score: as for `saliency`.
        patch: height and width of the patch in pixels, or one number for both; None takes a quarter of the picture.
        stride: how far the patch moves; None takes half a patch. The last patch of a row or column is cut off where
            it would leave the picture, as captum does. So each pixel is covered at least once, and those at the edge
            less often; a pixel's loss is the mean over the patches that cover it.
        baseline: what covers, in units of pixel: a number, or a tensor that fits the images, for example (C, 1, 1).
            None takes each picture's mean colour, so that it works for pictures in [0, 1] and for normalised ones.
            (Captum's default is 0, which is black in [0, 1].)

    Returns:
        maps (N, H, W) >= 0 and losses (N, H, W), in logits.

    Raises:
        TypeError, ValueError: as for `saliency`; a patch larger than the picture, a stride larger than the patch, a
            baseline that does not fit.

    Warns:
        UserWarning: a map is zero everywhere: no patch costs the class anything.
    """
    logits = run_without_graph(model, images)
    asked = question(logits, classes, score)
    height, width = images.shape[-2:]
    patches = _sides("patch", patch, (max(1, height // 4), max(1, width // 4)), (height, width))
    strides = _sides("stride", stride, (max(1, patches[0] // 2), max(1, patches[1] // 2)), patches)
    windows = [(r, c) for r in _spans(height, patches[0], strides[0]) for c in _spans(width, patches[1], strides[1])]
    losses = _mean_losses(model, images, asked, asked.scores(logits), windows, _cover(images.detach(), baseline))
    answer = attribution(losses.relu(), asked.classes, logits, (height, width))
    return OcclusionAttribution(answer.maps, answer.classes, answer.logits, answer.image_size, losses)


def _mean_losses(
    model: nn.Module, images: Tensor, asked: Question, scores: Tensor, windows: list[Window], cover: Tensor
) -> Tensor:
    """Return, for each pixel, the mean loss of the score over the windows that cover it, (N, H, W)."""
    total = torch.zeros(len(images), *images.shape[-2:], device=images.device)
    times = torch.zeros(images.shape[-2:], device=images.device)
    together = max(1, 2 * pictures_at_once(images) // len(images))
    with progress_bar("occlusion", len(windows) * len(images), " images") as bar:
        for group in (windows[start : start + together] for start in range(0, len(windows), together)):
            outputs = run_without_graph(model, _covered(images, cover, group)).split(len(images))
            for (rows, columns), logits in zip(group, outputs, strict=True):
                total[:, rows, columns] += (scores - asked.scores(logits)).detach().float()[:, None, None]
                times[rows, columns] += 1
            bar.update(len(group) * len(images))
    return total / times


def _covered(images: Tensor, cover: Tensor, windows: list[Window]) -> Tensor:
    """Return all images with the first window covered, then all with the second, and so on: (P N, C, H, W)."""
    copies = images.detach().repeat(len(windows), 1, 1, 1)
    for copy, (rows, columns) in zip(copies.split(len(images)), windows, strict=True):
        copy[:, :, rows, columns] = cover[:, :, rows, columns]
    return copies


def _cover(images: Tensor, baseline: float | Tensor | None) -> Tensor:
    """Return what is seen instead of a covered pixel, (N, C, H, W)."""
    if baseline is None:
        return images.mean(dim=(2, 3), keepdim=True).expand_as(images)
    try:
        cover = torch.as_tensor(baseline).detach().to(images).expand_as(images)
    except (RuntimeError, TypeError, ValueError) as error:
        came = tuple(baseline.shape) if isinstance(baseline, Tensor) else repr(baseline)
        raise ValueError(
            f"need a baseline that fits images of shape {tuple(images.shape)}, got {came}; "
            "a number, or one value per channel as a tensor (C, 1, 1)"
        ) from error
    if not all_finite(cover):
        raise ValueError(
            f"need a finite baseline, got {baseline!r:.60}; a number, or None for each picture's mean colour"
        )
    return cover


def _spans(size: int, patch: int, stride: int) -> Iterator[slice]:
    """Return where the patch lies along one side; the last one may be cut off by the edge."""
    count = -(-(size - patch) // stride) + 1
    return (slice(start * stride, min(start * stride + patch, size)) for start in range(count))


def _sides(name: str, wanted: Sides, default: tuple[int, int], largest: tuple[int, int]) -> tuple[int, int]:
    """Return (height, width) of the patch or stride.

    Raises:
        ValueError: not one or two whole numbers between 1 and ``largest``.
    """
    if wanted is None:
        return default
    sides = (wanted, wanted) if is_whole(wanted) else wanted
    if not isinstance(sides, (tuple, list)) or len(sides) != 2:
        raise ValueError(f"need {name} as one whole number of pixels or as (height, width), got {wanted!r}")
    if not all(is_whole(side) and 1 <= side <= most for side, most in zip(sides, largest, strict=True)):
        raise ValueError(
            f"need {name} in whole pixels from 1 to {largest[0]} (height) and {largest[1]} (width), got {wanted!r}; "
            "a patch fits into the picture, and a stride into the patch, so that no pixel is left out"
        )
    return int(sides[0]), int(sides[1])  # NumPy's small integers overflow
