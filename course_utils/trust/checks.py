"""What a map, a mask and an explaining function must be, before anything is measured."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.attribution import Attribution
from course_utils.attribution.checks import all_finite
from course_utils.plain_numbers import check_positive_integer

__all__ = ["Explain", "as_heat", "as_maps", "as_masks", "explained", "positive"]

Explain = Callable[[nn.Module, Tensor], Attribution | Tensor]


def as_maps(heatmaps: Attribution | Tensor) -> Tensor:
    """Return finite maps (N, H, W) without a graph, float32 or float64; of an `Attribution` its heatmaps.

    Raises:
        TypeError: neither a tensor nor an `Attribution`, or complex numbers.
        ValueError: not (N, H, W), empty, NaN or infinite.
    """
    maps = heatmaps.heatmaps if isinstance(heatmaps, Attribution) else heatmaps
    if not isinstance(maps, Tensor) or maps.is_complex():
        came = maps.dtype if isinstance(maps, Tensor) else type(maps).__name__
        raise TypeError(f"need maps as a real tensor (N, H, W) or an Attribution, got {came}; try torch.as_tensor")
    if maps.ndim != 3 or maps.numel() == 0:
        hint = {2: "; one map? map[None]", 4: "; drop the channel with maps[:, 0]"}.get(maps.ndim, "")
        raise ValueError(f"need maps of shape (N, H, W), at least one, got {tuple(maps.shape)}{hint}")
    maps = maps.detach().to(torch.promote_types(maps.dtype, torch.float32))
    if not all_finite(maps):  # without a copy of ten thousand maps
        broken = int((~maps.isfinite()).flatten(1).any(dim=1).sum())
        raise ValueError(
            f"{broken} of {len(maps)} maps hold NaN or infinity; a zero map divided by its peak looks like this: "
            "leave it zero, as Attribution.heatmaps does"
        )
    return maps


def as_heat(heatmaps: Attribution | Tensor) -> Tensor:
    """Return what `as_maps` returns, of maps without negative values.

    Raises:
        TypeError, ValueError: as `as_maps`, or a value below 0.
    """
    maps = as_maps(heatmaps)
    if maps.min() < 0:
        raise ValueError(
            f"heat must be 0 or more, got values from {float(maps.min()):.3g} to {float(maps.max()):.3g}; "
            "decide what a negative value means: maps.abs() (strong), or maps.clamp(min=0) (speaks for the class)"
        )
    return maps


def as_masks(masks: Tensor, maps: Tensor) -> Tensor:
    """Return one bool mask per map, (N, H, W), on the maps' device; a single mask (H, W) serves all.

    Raises:
        TypeError: not a bool tensor.
        ValueError: another number or size than the maps'.
    """
    if not isinstance(masks, Tensor) or masks.dtype != torch.bool:
        came = masks.dtype if isinstance(masks, Tensor) else type(masks).__name__
        raise TypeError(f"need masks as a bool tensor, True on the object, got {came}; try masks > 0.5")
    if masks.ndim == 2:
        masks = masks.expand(len(maps), -1, -1)
    if masks.shape != maps.shape:
        raise ValueError(
            f"need one mask per map and of its size, {tuple(maps.shape)}, got {tuple(masks.shape)}; "
            "raw maps are smaller than the pictures: hand in the Attribution, or its .heatmaps"
        )
    return masks.to(maps.device)


def explained(explain: Explain, model: nn.Module, images: Tensor) -> Tensor:
    """Return the maps (N, H, W) that ``explain(model, images)`` makes.

    Raises:
        TypeError: ``explain`` is not a function, or returns neither maps nor an `Attribution`.
        ValueError: its maps are no maps, or not one per image.
    """
    if not callable(explain):
        raise TypeError(
            f"explain must be a function of (model, images), got {type(explain).__name__}; "
            "for example lambda model, images: grad_cam(model, images, 'conv3')"
        )
    maps = as_maps(explain(model, images.clone()))  # which the function may rewrite
    if len(maps) != len(images):
        raise ValueError(f"explain must return one map per image: {len(images)} images, {len(maps)} maps")
    return maps


def positive(**numbers: int) -> list[int]:
    """Return the numbers as Python's integers (NumPy's small ones overflow).

    Raises:
        TypeError: one is no integer.
        ValueError: one is below 1.
    """
    for name, number in numbers.items():
        check_positive_integer(name, number)
    return [int(number) for number in numbers.values()]
