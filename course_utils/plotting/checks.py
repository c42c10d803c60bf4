"""What a picture or a map must be before it is drawn; every error says what to do next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

__all__ = ["as_array", "check_heat", "check_image", "check_images", "check_map", "check_mask", "check_names"]

ROUNDING = 1e-3  # 0.0000001 below 0 is rounding, not a forgotten normalisation


def as_array(values: Tensor | ArrayLike) -> np.ndarray:
    """Return a float or bool array of its own; a tensor may be on any device, of any dtype, with a graph."""
    if isinstance(values, list | tuple) and len(values) and isinstance(values[0], Tensor):
        values = torch.stack(list(values))
    if isinstance(values, Tensor):
        values = values.detach().to("cpu", copy=True)
        values = (values.float() if values.dtype in (torch.bfloat16, torch.float16) else values).numpy()
    array = np.array(values)
    return array if array.dtype in (bool, np.float32) else array.astype(np.float64)


def check_image(image: Tensor | ArrayLike) -> np.ndarray:
    """Return one picture as (H, W, 3) floats in [0, 1].

    Args:
        image: (3, H, W), or (1, H, W) for a grey picture, in [0, 1].

    Raises:
        ValueError: another shape, a value outside [0, 1], or not a number.
    """
    array = as_array(image)
    if array.ndim != 3 or array.shape[0] not in (1, 3):
        raise ValueError(f"need one picture of shape (3, H, W), got {array.shape}{_shape_advice(array)}")
    _check_range(array)
    return np.clip(np.broadcast_to(array, (3, *array.shape[1:])).transpose(1, 2, 0), 0, 1)


def check_images(images: Tensor | ArrayLike) -> list[np.ndarray]:
    """Return pictures (N, 3, H, W) as a list of N arrays (H, W, 3).

    Raises:
        ValueError: not a batch of at least one picture, or one of them is not a picture.
    """
    array = as_array(images)
    if array.ndim != 4 or len(array) == 0:
        raise ValueError(f"need pictures of shape (N, 3, H, W), at least one, got {array.shape}; one? image[None]")
    return [check_image(image) for image in array]


def check_map(heatmap: Tensor | ArrayLike) -> np.ndarray:
    """Return one map as a finite (h, w) array.

    Raises:
        ValueError: another shape, or a value that is not finite.
    """
    array = as_array(heatmap).astype(np.float64)
    if array.ndim != 2 or array.size == 0:
        advice = "; choose one of the batch: maps[0]" if array.ndim == 3 else ""
        raise ValueError(f"need one map of shape (h, w), got {array.shape}{advice}")
    if not np.isfinite(array).all():
        raise ValueError(
            f"{(~np.isfinite(array)).sum()} of the map's {array.size} values are NaN or infinite; "
            "a map divided by its maximum of 0 looks like this: leave an all-zero map as it is"
        )
    return array


def check_heat(heatmap: Tensor | ArrayLike) -> np.ndarray:
    """Return one map of heat as a finite (h, w) array without negative values.

    Raises:
        ValueError: as `check_map`, or a value below 0.
    """
    array = check_map(heatmap)
    if array.min() < 0:
        raise ValueError(
            f"heat must be 0 or more, got values from {array.min():.3g} to {array.max():.3g}; "
            "keep the positive part with map.clip(0), or draw the signed map with heatmap()"
        )
    return array


def check_mask(mask: Tensor | ArrayLike, shape: tuple[int, int]) -> np.ndarray:
    """Return a mask as a bool array of this shape.

    Raises:
        ValueError: another shape, or it marks nothing.
    """
    array = as_array(mask).astype(bool)
    if array.shape != shape:
        raise ValueError(f"need a mask of the map's shape {shape}, got {array.shape}")
    if not array.any():
        raise ValueError("the mask marks no pixel; leave it out where the object is not known")
    return array


def check_names(names: Sequence[str], count: int, what: str) -> list[str]:
    """Return ``names`` as a list of ``count`` strings.

    Raises:
        ValueError: another number of them.
    """
    if isinstance(names, str) or len(names) != count:
        came = f"the single text {names!r}" if isinstance(names, str) else f"{len(names)}"
        raise ValueError(f"need one {what} for each of the {count}, got {came}")
    return [str(name) for name in names]


def _shape_advice(array: np.ndarray) -> str:
    if array.ndim == 4:
        return "; a batch: choose one with images[0], or draw all with image_grid"
    if array.ndim == 3 and array.shape[-1] in (1, 3):
        return "; colours come first here: image.permute(2, 0, 1), or image.transpose(2, 0, 1) in numpy"
    return ""


def _check_range(array: np.ndarray) -> None:
    if not np.isfinite(array).all():
        raise ValueError("the picture holds NaN or infinite values; look for a division by zero before it")
    low, high = float(array.min()), float(array.max())
    if low < -ROUNDING or high > 1 + ROUNDING:
        raise ValueError(f"need values in [0, 1], got {low:.3g} to {high:.3g}; {_range_advice(low, high)}")


def _range_advice(low: float, high: float) -> str:
    if low >= 0 and high > 8:
        return "bytes? divide by 255 first: image / 255"
    return "normalised? undo it first: image * std + mean, with mean[:, None, None] and std[:, None, None]"
