"""What a notebook may take while it is graded."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """What a notebook may take.

    Args:
        cell_seconds: wall-clock time of one cell; then it is interrupted, and the next cell runs.
        notebook_seconds: wall-clock time of all cells; cells after that are not run.
        memory: gigabytes for each process.
        cage: "auto", "namespaces" or "guard".
        hidden: folders that the notebook must not see.
    """

    cell_seconds: int = 30
    notebook_seconds: int = 300
    memory: float = 4.0
    cage: str = "auto"
    hidden: tuple[str, ...] = ()
