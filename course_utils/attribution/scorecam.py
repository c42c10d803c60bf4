"""Score-CAM: no gradients. Show the network only what a channel sees, and ask how sure it still is."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attribution.channels import at_least_float32, vote
from course_utils.attribution.layout import logits_of
from course_utils.attribution.progress import progress_bar
from course_utils.attribution.questions import Classes, Score, question
from course_utils.attribution.result import Attribution, attribution
from course_utils.attribution.tail import Reshape, run_from_layer
from course_utils.attribution.untouched import evaluating

__all__ = ["masks_of_channels", "score_cam", "weigh_by_scores"]

CHUNK_PICTURES = 32  # masked pictures that go through the model at once; more do not fit a CPU's caches, and are slower
CHUNK_PIXELS = 400_000  # and their pixels at most: 7 pictures of 224x224


def weigh_by_scores(activations: Tensor, scores: Tensor) -> Tensor:
    """Weigh each channel by the softmax of the scores that its masked pictures got, and add the channels up.

    Score-CAM, algorithm 1 of Wang et al. (2020), arXiv:1910.01279: map = relu(sum over channels of softmax(score) A).
    The paper first subtracts the score of a baseline picture, the same from all channels: softmax does not see it.

    Args:
        activations: layer output A, (N, K, h, w).
        scores: score of image n seen through channel k, (N, K).

    Returns:
        Maps (N, h, w), >= 0, in units of the activations; float32 at least.
    """
    return vote(activations, at_least_float32(scores).softmax(dim=1))


def masks_of_channels(activations: Tensor, size: tuple[int, int]) -> Tensor:
    """Enlarge each channel to the size of the pictures and stretch it to the range 0 to 1.

    As in the paper: enlarge, subtract the smallest value, divide by the range; bilinear with the corners aligned, as
    in pytorch-grad-cam. A channel that is the same everywhere hides everything: its mask is zero.

    Args:
        activations: (N, K, h, w).
        size: (H, W).

    Returns:
        (N, K, H, W) in [0, 1]; float32 at least.
    """
    enlarged = F.interpolate(at_least_float32(activations), size, mode="bilinear", align_corners=True)
    smallest = enlarged.amin(dim=(2, 3), keepdim=True)
    spread = enlarged.amax(dim=(2, 3), keepdim=True) - smallest
    return enlarged.sub_(smallest).div_(spread.where(spread > 0, 1.0))  # in place: these tensors are large


def score_cam(
    model: nn.Module,
    images: Tensor,
    layer: str | nn.Module,
    classes: Classes = None,
    *,
    score: Score | None = None,
    reshape: Reshape | None = None,
) -> Attribution:
    """Weigh each channel by what the network still says when it sees the picture through this channel alone.

    Score-CAM; see `masks_of_channels` and `weigh_by_scores`. It costs one forward pass per channel and image, and no
    gradient: 512 passes for resnet18's layer4. The masked pictures are made a chunk at a time, so memory does not
    grow with the number of channels; a progress bar appears when it takes longer than ten seconds.

    Equal to pytorch-grad-cam's ScoreCAM, before it stretches and enlarges the map. torch-cam's ScoreCAM stretches the
    channels before it enlarges them, without aligned corners: slightly other masks, so slightly other weights.

    Args, returns, errors and warnings as for `grad_cam`; the maps are in units of the activations.
    """
    run = run_from_layer(model, images, layer, reshape)
    asked = question(run.logits, classes, score)
    activations, logits = run.activations, run.logits.detach()
    del run  # and with it the graph
    with evaluating(model, images.device), torch.no_grad():
        scores = _scores_of_channels(model, images, activations, asked.scores)
    return attribution(weigh_by_scores(activations, scores), asked.classes, logits, tuple(images.shape[-2:]))


def _scores_of_channels(model: nn.Module, images: Tensor, activations: Tensor, score: Score) -> Tensor:
    """Return the score of every image seen through every channel, (N, K)."""
    pictures = min(CHUNK_PICTURES, CHUNK_PIXELS // images[0, 0].numel())
    together = max(1, pictures // len(images))  # channels
    scores = []
    with progress_bar("Score-CAM", activations.shape[1], " channels") as bar:
        for chunk in activations.split(together, dim=1):
            scores += [score(logits) for logits in _seen_through(model, images, chunk)]
            bar.update(chunk.shape[1])
    return torch.stack(scores, dim=1)


def _seen_through(model: nn.Module, images: Tensor, activations: Tensor) -> Tensor:
    """Return the model's output for every image seen through each of these channels, (K, N, ...)."""
    masks = masks_of_channels(activations, images.shape[-2:]).to(images.dtype)
    masked = masks.transpose(0, 1).unsqueeze(2) * images  # (K, N, C, H, W)
    return logits_of(model, masked.flatten(0, 1)).unflatten(0, masked.shape[:2])
