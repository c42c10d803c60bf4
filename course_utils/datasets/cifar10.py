"""CIFAR-10: 60,000 real photographs of 32x32 pixels in ten classes."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from course_utils.datasets.folder import class_folders, label_pictures, pictures_in, read_pictures
from course_utils.datasets.labeled import LabeledImages

__all__ = ["CIFAR10_CLASSES", "cifar10", "cifar10_available"]

CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_BATCHES = "cifar-10-batches-py"
_SPLITS = ("train", "test")


def cifar10(split: str = "train", folder: str | os.PathLike[str] | None = None, download: bool = True) -> LabeledImages:
    """Return CIFAR-10's training split (50,000 pictures) or test split (10,000).

    Krizhevsky, *Learning multiple layers of features from tiny images* (2009).

    Looks into ``folder``, else into the folder named by the environment variable COURSE_DATA, else into the
    course's ``data/``, for one of these, in this order:

    - ``cifar-10-batches-py/``, the official files, checked by torchvision's checksums before they are opened.
      Pictures in the official order.
    - ``train/<class>/*`` and ``test/<class>/*``, an image folder, here or in ``cifar10/``. Class by class, in the
      order of the file names. It may hold fewer pictures than the official files, but equally many of each class.

    If there is neither, torchvision downloads the official files (170 MB) into that folder.

    Args:
        split: "train" or "test".
        folder: where to look and where a download goes; None means COURSE_DATA or ``data/``.
        download: False never touches the network.

    Returns:
        Pictures (N, 3, 32, 32), labels, masks None.

    Raises:
        LookupError: it is not there, and was not or could not be downloaded; the message says what to do.
        ValueError: what is there is damaged or incomplete (the message names the file), or there is no such split.
    """
    if split not in _SPLITS:
        raise ValueError(f"need split 'train' or 'test', got {split!r}")
    root = _root(folder)
    official, pictures = _official_folder(root), _picture_folder(root)
    if official is None and pictures is not None:
        return _read_picture_folder(pictures, split)
    return _read_official(official or _fetch(root, download), split)


def cifar10_available(split: str = "test", folder: str | os.PathLike[str] | None = None) -> bool:
    """Say whether `cifar10` would find the split without a network. Opens no file."""
    try:
        root = _root(folder)
    except LookupError:
        return False
    pictures = _picture_folder(root)
    return _official_folder(root) is not None or (pictures is not None and (pictures / split).is_dir())


def _root(folder: str | os.PathLike[str] | None) -> Path:
    named = folder or os.environ.get("COURSE_DATA")
    if not named:
        return _data_folder()
    root = Path(named).expanduser()
    if not root.is_dir():
        source = "folder=" if folder else "COURSE_DATA="
        raise LookupError(f"need a folder with CIFAR-10, but {source}{str(root)!r} does not exist; make it or mend it")
    return root


def _data_folder() -> Path:
    project = Path(__file__).resolve().parents[2]
    if not (project / "pyproject.toml").is_file():  # installed without its project: use the learner's own folder
        project = Path.cwd()
    return project / "data"


def _official_folder(root: Path) -> Path | None:
    if (root / "test_batch").is_file():  # COURSE_DATA names the folder of the batches itself
        return root
    return root / _BATCHES if (root / _BATCHES).is_dir() else None


def _picture_folder(root: Path) -> Path | None:
    for folder in (root, root / "cifar10"):
        if any((folder / split).is_dir() for split in _SPLITS):
            return folder
    return None


def _fetch(root: Path, download: bool) -> Path:
    from course_utils.datasets.cifar10_batches import fetch_batches, how_to_get

    if not download:
        raise LookupError(f"CIFAR-10 is not in {str(root)!r}, and download=False. {how_to_get(root)}")
    return fetch_batches(root)


def _read_official(folder: Path, split: str) -> LabeledImages:
    from course_utils.datasets.cifar10_batches import read_batches  # imports torchvision, which takes its time

    images, labels = read_batches(folder, split)
    return LabeledImages(torch.from_numpy(images).float().div_(255), torch.tensor(labels), None, CIFAR10_CLASSES)


def _read_picture_folder(folder: Path, split: str) -> LabeledImages:
    if not (folder / split).is_dir():
        raise LookupError(f"need the folder {str(folder / split)!r} with one folder per class, but it is missing")
    folders = class_folders(folder / split)
    _check_classes(folder / split, tuple(entry.name for entry in folders))
    paths = [pictures_in(entry) for entry in folders]
    _check_balance(folder / split, [len(files) for files in paths])
    pictures = read_pictures([file for files in paths for file in files], wanted=(32, 32))
    return label_pictures(pictures, [len(files) for files in paths], CIFAR10_CLASSES)


def _check_classes(folder: Path, names: tuple[str, ...]) -> None:
    if names != CIFAR10_CLASSES:
        missing = sorted(set(CIFAR10_CLASSES) - set(names))
        foreign = sorted(set(names) - set(CIFAR10_CLASSES))
        raise ValueError(
            f"need the ten class folders of CIFAR-10 in {str(folder)!r}; missing: {missing}, foreign: {foreign}; "
            "copy the missing ones, move the foreign ones away"
        )


def _check_balance(folder: Path, counts: list[int]) -> None:
    if len(set(counts)) > 1:
        held = ", ".join(f"{name} {count}" for name, count in zip(CIFAR10_CLASSES, counts, strict=True))
        raise ValueError(
            f"need equally many pictures of each class in {str(folder)!r} (CIFAR-10 is balanced), got {held}: "
            "the copy is incomplete; copy it again"
        )
