"""The official files of CIFAR-10: fetch them, check them, and only then open them.

They are pickles, and opening a pickle can run any program. So a file is read into memory, its checksum is
compared with the one that torchvision knows, and those very bytes are opened: a damaged or foreign file never is.
"""

from __future__ import annotations

import hashlib
import pickle
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import numpy as np
from torchvision.datasets import CIFAR10
from torchvision.datasets import utils as torchvision_files

__all__ = ["fetch_batches", "how_to_get", "read_batches"]

Array = np.ndarray
_PATIENCE = 30.0  # seconds without a word from the network; torchvision itself would wait for ever


def read_batches(folder: Path, split: str) -> tuple[Array, list[int]]:
    """Read one split of the official batches, in their order.

    Args:
        folder: the one called ``cifar-10-batches-py``.
        split: "train" (five files) or "test" (one file).

    Returns:
        Pictures, uint8 (N, 3, 32, 32), and their labels.

    Raises:
        ValueError: a file is missing or damaged; no file has been opened then.
    """
    files = CIFAR10.train_list if split == "train" else CIFAR10.test_list
    checked = [_read_checked(folder / name, checksum) for name, checksum in files]
    batches = [pickle.loads(content, encoding="latin1") for content in checked]
    images = np.concatenate([batch["data"] for batch in batches]).reshape(-1, 3, 32, 32)
    return images, [label for batch in batches for label in batch["labels"]]


def fetch_batches(root: Path) -> Path:
    """Download the official archive into ``root`` and unpack it there, whole or not at all.

    An archive that lies in ``root`` already is used if it is whole, and replaced if it is not.

    Returns:
        The folder of the batches.

    Raises:
        LookupError: the network is missing or broke off, or the disk is full; the message says what to do.
        ValueError: what came is not the official archive.
    """
    archive = root / CIFAR10.filename
    try:
        with _limited_patience():
            torchvision_files.download_url(CIFAR10.url, str(root), CIFAR10.filename, CIFAR10.tgz_md5)
        return _unpack(archive, root)
    except RuntimeError as error:  # torchvision's word for a wrong checksum
        raise ValueError(
            f"need the official archive (checksum {CIFAR10.tgz_md5}), but the download {str(archive)!r} is "
            "damaged; delete it and call cifar10() again"
        ) from error
    except (OSError, HTTPException) as error:
        rest = f" What is left in {str(archive)!r} is incomplete and will not be used." if archive.exists() else ""
        raise LookupError(f"CIFAR-10 could not be downloaded ({error}).{rest} {how_to_get(root)}") from error


def how_to_get(root: Path) -> str:
    """Return what a learner without CIFAR-10 can do about it."""
    return (
        f"With a network, call cifar10() again. Without one, fetch {CIFAR10.url} (170 MB) elsewhere, put it into "
        f"{str(root)!r} and call cifar10() again; or set COURSE_DATA to a folder that holds {CIFAR10.base_folder}/ "
        "or train/<class>/*.jpg and test/<class>/*.jpg. Without CIFAR-10, shapes10() and photos() need no network"
    )


def _read_checked(path: Path, checksum: str) -> bytes:
    cure = f"delete the folder {str(path.parent)!r} and call cifar10() again"
    if not path.is_file():
        raise ValueError(f"need all official files of CIFAR-10, but {str(path)!r} is missing; {cure}")
    content = path.read_bytes()
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != checksum:
        raise ValueError(f"need {str(path)!r} with checksum {checksum}, got {found}: it is damaged; {cure}")
    return content


def _unpack(archive: Path, root: Path) -> Path:
    """Unpack beside the goal and move there in one step, so that an interruption leaves nothing half-done."""
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=root) as workshop:
        torchvision_files.extract_archive(str(archive), workshop)
        return (Path(workshop) / CIFAR10.base_folder).rename(root / CIFAR10.base_folder)


@contextmanager
def _limited_patience() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
