"""Read a picture file of the reader's own into a tensor."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.nn import functional as F

__all__ = ["read_photo", "resize"]

PHOTO_SIDE = 448  # pixels at most: sharp enough in a figure, and a small file


def read_photo(path: str | os.PathLike[str]) -> Tensor:
    """Return the middle square of a picture file, (3, H, H) in [0, 1]; H is 448 at most.

    The camera's rotation is applied, and transparent places become white.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not a picture, or is damaged.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no picture {str(path)!r}{_near_files(path)}")
    try:
        with Image.open(path) as opened:
            square = _read_square(ImageOps.exif_transpose(opened))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"{str(path)!r} is not a picture that can be read ({type(error).__name__}); "
            "open it in a picture viewer, and save it again as PNG or JPEG"
        ) from error
    return resize(square, min(square.shape[-1], PHOTO_SIDE))


def resize(photo: Tensor, side: int) -> Tensor:
    """Return (3, H, W) at side x side pixels; when it shrinks, every pixel counts (antialiasing)."""
    small = F.interpolate(photo[None], size=(side, side), mode="bilinear", align_corners=False, antialias=True)
    return small[0].clamp(0, 1)


def _read_square(image: Image.Image) -> Tensor:
    """Return the middle square of an opened picture, (3, H, H) in [0, 1]."""
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    pixels = _to_rgb(image.crop((left, top, left + edge, top + edge)))
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))


def _to_rgb(image: Image.Image) -> np.ndarray:
    """Return (H, W, 3) floats in [0, 1]; grey pictures of 16 bits keep all their steps."""
    if image.mode.startswith("I"):
        grey = np.asarray(image, dtype=np.float32) / 65535
        return np.repeat(grey.clip(0, 1)[..., None], 3, axis=2)
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    return np.asarray(image.convert("RGB"), dtype=np.float32) / 255


def _near_files(path: Path) -> str:
    if not path.parent.is_dir():
        return f"; there is no folder {str(path.parent)!r} either"
    near = difflib.get_close_matches(path.name, [other.name for other in path.parent.iterdir()], n=3)
    return f"; did you mean one of {near}?" if near else "; check its name and folder"
