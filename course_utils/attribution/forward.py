"""Run a model without a graph, piece by piece, so that memory stays bounded however many pictures there are."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course_utils.attribution.checks import check_images, check_logits
from course_utils.attribution.layout import logits_of
from course_utils.attribution.untouched import evaluating
from course_utils.autograd_modes import graphs_recorded

__all__ = ["PICTURES", "pictures_at_once", "run_without_graph"]

# On two cores saliency of 256 small pictures with SimpleCNN took 62 ms in pieces of 64 (32: 68, at once: 75), of 16
# photographs with resnet18 0.47 s in pieces of 4 (1: 0.65, at once: 0.54): what does not fit into the caches is slow.
PICTURES, NUMBERS = 64, 620_000  # at most, in one pass with a graph


def pictures_at_once(images: Tensor) -> int:
    """Return how many pictures of the size of these, (N, C, H, W), go forward and back through a model together."""
    return min(PICTURES, max(1, NUMBERS // images[0].numel()))


def run_without_graph(model: nn.Module, images: Tensor) -> Tensor:
    """Return what the model makes of the images in evaluation mode, as one tensor; leave nothing behind.

    Raises:
        TypeError, ValueError: as `check_images` and `check_logits`.
    """
    check_images(model, images)
    pieces = images.split(2 * pictures_at_once(images))  # without a graph there is room for more
    with evaluating(model, images.device), graphs_recorded(), torch.no_grad():
        outputs = [logits_of(model, piece) for piece in pieces]
    for piece, output in zip(pieces, outputs, strict=True):
        check_logits(model, output, piece)
    return torch.cat(outputs)
