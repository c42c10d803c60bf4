"""What does a channel like? Ask a whole data set: its strongest pictures, and how often it is active at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course_utils.attribution.checks import check_images
from course_utils.attribution.layout import answer_of
from course_utils.attribution.untouched import evaluating
from course_utils.hooks import find_layer, record_outputs
from course_utils.plain_numbers import is_whole

__all__ = ["Strongest", "active_share", "strongest_images"]

BATCH = 128  # pictures that run together: only speed and memory depend on it


@dataclass(frozen=True, eq=False)
class Strongest:
    """The pictures on which one channel reaches its highest values, the strongest first.

    Attributes:
        indices: (n,) int64, which pictures of those that were given.
        activations: (n,) the channel's highest value on each, in the layer's own unit; it may be negative.
        positions: (n, 2) int64, row and column of that value in the layer's map (not in the picture).
    """

    indices: Tensor
    activations: Tensor
    positions: Tensor


def strongest_images(
    model: nn.Module, images: Tensor, layer: str | nn.Module, channel: int, count: int = 8
) -> Strongest:
    """Return the pictures on which one channel of a layer reaches its highest values.

    The idea is Zeiler and Fergus (2014), arXiv:1311.2901, section 4, without their deconvolution: we show the pictures
    themselves. Every picture counts once, with its highest position. Of two equal pictures the earlier one comes first.

    The network runs in eval mode, without gradients, 128 pictures at a time; memory does not grow with their number.
    Its training flags are put back and no hook stays.

    Args:
        model: any network.
        images: (N, C, H, W), as the network takes them.
        layer: dotted name or module; it returns (N, K, h, w).
        channel: 0 to K - 1.
        count: how many pictures at most.

    Returns:
        `Strongest`, with ``min(count, N)`` pictures.

    Raises:
        LookupError: there is no such layer or channel.
        TypeError, ValueError: not a batch of pictures, a layer without maps, NaN in the channel, or a count below 1.
    """
    if not is_whole(count) or count < 1:
        raise ValueError(f"count says how many pictures to return, at least 1, got {count!r}")
    nothing = torch.empty(0, dtype=torch.int64, device="cpu")
    values, places, indices = torch.empty(0, device="cpu"), nothing, nothing
    count, width = int(count), 1
    for start, maps in _maps_in_batches(model, images, layer):
        peaks, at = _one_channel(maps, channel).flatten(1).max(dim=1)
        width = maps.shape[3]
        values, order = torch.cat([values, peaks.cpu()]).sort(descending=True, stable=True)
        values, order = values[:count], order[:count]
        places = torch.cat([places, at.cpu()])[order]
        indices = torch.cat([indices, torch.arange(start, start + len(at), device="cpu")])[order]
    return Strongest(indices, values, torch.stack([places // width, places % width], dim=1))


def active_share(model: nn.Module, images: Tensor, layer: str | nn.Module) -> Tensor:
    """Return for each channel of a layer the share of the pictures on which it is above zero anywhere.

    A channel with share 0 is dead on these pictures: a ReLU behind it passes nothing on, and no gradient comes back.

    Args:
        model, images, layer: as in `strongest_images`, and run in the same way.

    Returns:
        (K,) float32, each in [0, 1].

    Raises:
        As `strongest_images`.
    """
    active = sum(
        (maps > 0).flatten(2).any(dim=2).sum(dim=0).cpu() for _, maps in _maps_in_batches(model, images, layer)
    )
    return active / len(images)


def _maps_in_batches(model: nn.Module, images: Tensor, layer: str | nn.Module) -> Iterator[tuple[int, Tensor]]:
    """Yield (number of the batch's first picture, the layer's maps of the batch)."""
    check_images(model, images)
    layer = find_layer(model, layer)
    for start in range(0, len(images), BATCH):
        with evaluating(model, images.device), torch.no_grad(), record_outputs(model, layer) as outputs:
            answer_of(model, images[start : start + BATCH])
        yield start, _check_maps(outputs[outputs.layers[0]], layer)


def _check_maps(maps: object, layer: nn.Module) -> Tensor:
    if not isinstance(maps, Tensor) or maps.ndim != 4:
        came = tuple(maps.shape) if isinstance(maps, Tensor) else type(maps).__name__
        raise ValueError(
            f"need a layer that returns maps (N, K, h, w), {type(layer).__name__} returned {came}; try a convolution"
        )
    return maps


def _one_channel(maps: Tensor, channel: int) -> Tensor:
    known = maps.shape[1]
    if not is_whole(channel) or not 0 <= channel < known:
        raise LookupError(f"the layer has channels 0 to {known - 1}, got {channel!r}")
    if maps[:, channel].isnan().any():
        raise ValueError(f"channel {channel} holds NaN, so no picture is the strongest; check the network's weights")
    return maps[:, channel]
