"""Pictures from a folder: one sub-folder per class, named after the class."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from course_utils.datasets.labeled import LabeledImages

__all__ = ["class_folders", "image_folder", "label_pictures", "pictures_in", "read_picture", "read_pictures"]

Array = np.ndarray

# What Pillow raises for damaged files, found by feeding it damaged files of nine formats.
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


def image_folder(path: str | os.PathLike[str], size: int | None = None) -> LabeledImages:
    """Read ``path/<class>/<picture>``: one folder per class, pictures of any format that Pillow reads.

    Classes are in alphabetical order; pictures class by class in the order of their names, as in torchvision's
    ``ImageFolder``. Hidden files (such as ``.DS_Store``) are passed over, nothing else is.

    Args:
        path: the folder that holds the class folders.
        size: None keeps the pictures as they are; then all must have the same size. A number cuts out the
            largest square in the middle and resizes it to ``size`` x ``size`` pixels, antialiased.

    Returns:
        Pictures in RGB, turned upright if their camera says so, (N, 3, H, W); masks None.

    Raises:
        LookupError: there is no such folder, or no class folder in it.
        ValueError: a class has no picture, a file is not a whole picture, the sizes differ, or size < 1.
    """
    if size is not None and size < 1:
        raise ValueError(f"need size of at least 1 pixel, or None to keep the pictures as they are, got {size}")
    folders = class_folders(path)
    paths = [pictures_in(folder) for folder in folders]
    pictures = read_pictures([file for files in paths for file in files], size)
    return label_pictures(pictures, [len(files) for files in paths], [folder.name for folder in folders])


def class_folders(path: str | os.PathLike[str]) -> list[Path]:
    """Return the folders in ``path`` in alphabetical order, hidden ones left out.

    Raises:
        LookupError: ``path`` is not a folder, or holds no folder.
    """
    root = Path(path)
    if not root.is_dir():
        raise LookupError(f"need a folder with one folder per class, but there is no folder {str(root)!r}")
    folders = _sorted(entry for entry in root.iterdir() if entry.is_dir())
    if not folders:
        raise LookupError(
            f"need one folder per class, such as {str(root / 'cat')!r}, but {str(root)!r} holds none; "
            "put the pictures into folders named after their classes"
        )
    return folders


def pictures_in(folder: Path) -> list[Path]:
    """Return the files of one class in the order of their names, hidden ones left out.

    Raises:
        ValueError: there is none.
    """
    files = _sorted(folder.iterdir())
    if not files:
        raise ValueError(f"need at least one picture per class, but the folder {str(folder)!r} is empty")
    return files


def read_pictures(paths: Sequence[Path], size: int | None = None, wanted: tuple[int, int] | None = None) -> Array:
    """Read pictures of one size into one array, uint8 (N, H, W, 3).

    Args:
        paths: the files.
        size: None keeps the pictures as they are, else as in `image_folder`.
        wanted: the height and width that every picture must have; None means those of the first.

    Raises:
        ValueError: a file is not a whole picture, or has another size.
    """
    with ThreadPoolExecutor() as pool:  # Pillow decodes outside the interpreter lock
        pictures = list(pool.map(partial(read_picture, size=size), paths))
    height, width = wanted or pictures[0].shape[:2]
    for path, picture in zip(paths, pictures, strict=True):
        if picture.shape[:2] != (height, width):
            cure = "replace it" if wanted else "image_folder(..., size=...) cuts and resizes them all"
            raise ValueError(
                f"need pictures of one size, {width}x{height} pixels, but {str(path)!r} has "
                f"{picture.shape[1]}x{picture.shape[0]}; {cure}"
            )
    return np.stack(pictures)


def read_picture(path: str | os.PathLike[str], size: int | None = None) -> Array:
    """Read one picture as uint8 (H, W, 3), turned upright if its camera says so.

    Raises:
        ValueError: the file is not a whole picture.
    """
    try:
        with Image.open(path) as picture:
            if picture.format == "EPS":
                raise ValueError("EPS is a program that draws, not a picture")
            upright = _rgb(ImageOps.exif_transpose(picture))
            return np.array(upright if size is None else ImageOps.fit(upright, (size, size)))
    except _DAMAGE as error:
        raise ValueError(
            f"need whole pictures, but {os.fspath(path)!r} cannot be read ({error}); replace it or move it away"
        ) from error


def label_pictures(pictures: Array, counts: Sequence[int], names: Sequence[str]) -> LabeledImages:
    """Return uint8 pictures (N, H, W, 3), of which the first ``counts[0]`` are class 0, as a data set."""
    images = torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous().float().div_(255)
    return LabeledImages(images, torch.repeat_interleave(torch.tensor(counts)), None, tuple(names))


def _sorted(entries: Iterable[Path]) -> list[Path]:
    return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):  # Pillow's own conversion makes everything above 255 white
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    return picture.convert("RGB")
