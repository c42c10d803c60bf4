"""A progress bar for what takes long."""

from __future__ import annotations

from tqdm.auto import tqdm

__all__ = ["progress_bar"]

PATIENCE = 10.0  # seconds before a bar appears


def progress_bar(what: str, total: int, unit: str) -> tqdm:
    """Return a bar with the time left. It stays away where nobody watches (log files), or has to wait."""
    return tqdm(total=total, desc=what, unit=unit, disable=None, delay=PATIENCE)
