"""The trained networks that come with the course, by name."""

from __future__ import annotations

import difflib
from pathlib import Path

from course_utils.checkpoints import Checkpoint, load_checkpoint

__all__ = ["SHIPPED", "load_shipped"]

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "checkpoints"


def load_shipped(name: str) -> Checkpoint:
    """Load a network of ``data/checkpoints/``, for example ``"simplecnn_cifar10"`` or ``"simplecnn_shapes10"``.

    Raises:
        LookupError: there is no such network; the message offers those that are there.
        ValueError: the file is damaged.
    """
    known = sorted(path.stem for path in SHIPPED.glob("*.pt"))
    if name not in known:
        near = difflib.get_close_matches(str(name), known, n=2) or known
        raise LookupError(
            f"the course ships no network called {name!r}; did you mean one of {near}? (looked in data/checkpoints)"
        )
    return load_checkpoint(SHIPPED / f"{name}.pt")
