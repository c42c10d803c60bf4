"""What the cells of a stored notebook have printed."""

from __future__ import annotations

from pathlib import Path

import nbformat

__all__ = ["printed"]

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


def printed(name: str) -> str:
    """Return all that a notebook's cells have printed; ``name`` is its path below ``notebooks/``, without ending."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(output.text for output in outputs if output.output_type == "stream")
