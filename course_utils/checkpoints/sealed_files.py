"""A torch file that notices its own damage, and that is written whole or not at all.

A torch file is a zip archive, and a zip archive may end in a comment. The comment of a sealed file is the sha256 of
the file without its comment. ``torch.load`` still opens it; a changed, missing or added byte is noticed before
anything reads the contents. The digest shows damage, not malice: anyone can compute it.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import secrets
import struct
import zipfile
from pathlib import Path

import torch

__all__ = ["sealed", "unsealed", "write_whole"]

_DIGEST_LENGTH = 64  # hexadecimal digits of a sha256
_NO_COMMENT, _COMMENT_LENGTH = struct.pack("<H", 0), struct.pack("<H", _DIGEST_LENGTH)  # last field of a zip archive

# What unpickling hostile bytes raises, found by feeding it hostile bytes.
_HOSTILE = (
    pickle.UnpicklingError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
)


def sealed(contents: object) -> bytes:
    """Return the bytes of a torch file with ``contents``, its sha256 in the zip comment."""
    buffer = io.BytesIO()
    torch.save(contents, buffer)
    body = buffer.getvalue()
    digest = hashlib.sha256(body).hexdigest().encode()
    return body[: -len(_NO_COMMENT)] + _COMMENT_LENGTH + digest


def unsealed(data: bytes) -> object:
    """Return what `sealed` was given. Numbers, strings, containers and tensors are unpickled, and nothing is run.

    Raises:
        ValueError: the bytes are not what `sealed` returned; the message says in what way.
    """
    start, digest = data[:-_DIGEST_LENGTH], data[-_DIGEST_LENGTH:]
    if not start.endswith(_COMMENT_LENGTH) or not set(digest) <= set(b"0123456789abcdef"):
        raise ValueError(
            "it does not end in a checksum, so it was cut short, or save_checkpoint did not write it; copy it again, "
            "or build the network yourself, fill it with torch.load(..., weights_only=True), and use save_checkpoint"
        )
    body = start[: -len(_COMMENT_LENGTH)] + _NO_COMMENT
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise ValueError("it is damaged: its contents do not match its checksum; copy it again, or train again")
    try:
        _check_nothing_is_packed(body)
        return torch.load(io.BytesIO(body), weights_only=True, map_location="cpu")
    except _HOSTILE as error:
        raise ValueError(
            "it holds something else than numbers, names and tensors, and was not opened any further; "
            "do not use it, and ask whoever gave it to you how it was made"
        ) from error


def _check_nothing_is_packed(body: bytes) -> None:
    """Raise ValueError if the archive would take more memory than its file: torch.save does not compress."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
            raise ValueError("a member of the archive is compressed")


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``, or leave it as it was: a file beside it is filled, then renamed."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(beside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
