"""A canvas of 32x32 pixels to draw on, by mouse, pen, finger or keyboard; pictures can be uploaded too."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

__all__ = ["SIDE", "Canvas"]

SIDE = 32
FOLDER = Path(__file__).parent


def _as_bytes(sent: memoryview, widget: Canvas) -> bytes:
    """Turn what comes from the page into bytes."""
    return bytes(sent)


class Canvas(anywidget.AnyWidget):
    """The drawing as ``pixels``: 32 * 32 * 3 bytes, row by row, red green blue."""

    _esm = FOLDER / "canvas.js"
    _css = FOLDER / "canvas.css"
    pixels = traitlets.Bytes(bytes(SIDE * SIDE * 3)).tag(sync=True, from_json=_as_bytes)

    @traitlets.validate("pixels")
    def _right_size(self, proposal: dict[str, bytes]) -> bytes:
        pixels = bytes(proposal["value"])
        if len(pixels) != SIDE * SIDE * 3:
            raise traitlets.TraitError(
                f"need {SIDE}x{SIDE} pixels of 3 bytes, {SIDE * SIDE * 3} in all, got {len(pixels)}"
            )
        return pixels
