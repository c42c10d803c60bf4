"""PneumoniaMNIST: real chest X-rays of children, small, normal or with pneumonia."""

from __future__ import annotations

import os
import zipfile
import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from course_utils.datasets.labeled import LabeledImages
from course_utils.datasets.xray import XRAY_CLASSES

__all__ = ["pneumonia_mnist"]

_SPLITS = ("train", "val", "test")
_SIZES = (28, 64, 128, 224)
_SOURCE = "https://zenodo.org/records/10519652/files/"

Array = np.ndarray


def pneumonia_mnist(
    split: str = "train", size: int = 28, folder: str | os.PathLike[str] | None = None, download: bool = True
) -> LabeledImages:
    """Return real chest X-rays: 4,708 to learn from, 524 to watch, 624 to test; three of four show pneumonia.

    Yang et al. (2023), *MedMNIST v2*, Scientific Data 10:41; pictures by Kermany et al. (2018), Cell 172:1122.

    Looks for ``pneumoniamnist.npz`` (28 pixels) or ``pneumoniamnist_64.npz`` (64 pixels, and so on) in ``folder``, else
    in the folder named by the environment variable COURSE_DATA, else in ``data/``. If it is not there and the package
    medmnist is installed, medmnist downloads it into that folder (4 MB; 21 MB for 64 pixels) and checks it.

    Args:
        split: "train", "val" or "test".
        size: 28, 64, 128 or 224 pixels.
        folder: where to look and where a download goes.
        download: False never touches the network.

    Returns:
        Grey pictures (N, 3, size, size), their channels equal; labels 0 normal, 1 pneumonia; masks None: nobody
        knows where the pneumonia is.

    Raises:
        LookupError: it is not there, and was not or could not be downloaded; the message says what to do.
        ValueError: the file is damaged, or there is no such split or size.
    """
    if split not in _SPLITS or size not in _SIZES:
        raise ValueError(f"need split in {list(_SPLITS)} and size in {list(_SIZES)}, got {split!r} and {size!r}")
    file = _root(folder) / (f"pneumoniamnist_{size}.npz" if size > 28 else "pneumoniamnist.npz")
    if not file.is_file():
        _fetch(file, size, download)
    images, labels = _read(file, split, size)
    pictures = torch.from_numpy(images).float().div_(255)[:, None].repeat(1, 3, 1, 1)
    return LabeledImages(pictures, torch.from_numpy(labels.astype(np.int64)), None, XRAY_CLASSES)


def _root(folder: str | os.PathLike[str] | None) -> Path:
    named = folder or os.environ.get("COURSE_DATA")
    if named:
        return Path(named).expanduser()
    project = Path(__file__).resolve().parents[2]
    return (project if (project / "pyproject.toml").is_file() else Path.cwd()) / "data"


def _fetch(file: Path, size: int, download: bool) -> None:
    by_hand = f"fetch {_SOURCE}{file.name} on a computer with a network and copy it to {str(file)!r}"
    if not download:
        raise LookupError(f"there is no {str(file)!r}, and download=False; {by_hand}")
    if find_spec("medmnist") is None:
        raise LookupError(f"there is no {str(file)!r}; run: pip install medmnist, and call again; or {by_hand}")
    from medmnist import PneumoniaMNIST

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        PneumoniaMNIST(split="train", download=True, root=str(file.parent), size=size)
    except (OSError, RuntimeError) as error:
        raise LookupError(f"PneumoniaMNIST could not be downloaded ({error}); {by_hand}") from error


def _read(file: Path, split: str, size: int) -> tuple[Array, Array]:
    """Return pictures, uint8 (N, size, size), and labels (N,). Nothing in the file is run: pickles are refused."""
    again = "delete it and call again"
    try:
        with np.load(file, allow_pickle=False) as arrays:
            images, labels = arrays[f"{split}_images"], arrays[f"{split}_labels"].reshape(-1)
    except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{str(file)!r} is damaged or not PneumoniaMNIST ({error}); {again}") from error
    if images.dtype != np.uint8 or images.shape != (len(labels), size, size) or not np.isin(labels, (0, 1)).all():
        raise ValueError(
            f"need uint8 pictures ({len(labels)}, {size}, {size}) with labels 0 and 1 in {str(file)!r}, "
            f"got {images.dtype} {images.shape} with labels {np.unique(labels)[:5].tolist()}; {again}"
        )
    return images, labels
