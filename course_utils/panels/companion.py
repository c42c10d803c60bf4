"""The part of a panel that speaks: its caption, its errors, and the names of its controls for screen readers."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

__all__ = ["Companion"]

FOLDER = Path(__file__).parent


class Companion(anywidget.AnyWidget):
    """Shows the caption under a picture; `companion.js` also labels the panel's sliders and picture.

    Attributes:
        text: the caption.
        error: what went wrong, in the learner's words; "" if nothing did.
        plays: label of the slider that the Play button moves.
    """

    _esm = FOLDER / "companion.js"
    _css = FOLDER / "panel.css"
    text = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    plays = traitlets.Unicode().tag(sync=True)
