"""The part of a panel that answers: picture, caption, errors, and the names of the controls for screen readers."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

__all__ = ["ONE_PACKET", "Companion"]

FOLDER = Path(__file__).parent
ONE_PACKET = 66_000  # bytes


class Companion(anywidget.AnyWidget):
    """Shows a picture and its caption; `companion.js` also labels the panel's sliders.

    Picture, caption and error travel in one message, and a small picture is filled up with zeros behind its end.
    Jupyter's server leaves Nagle's algorithm on: it keeps a message of less than one packet (64 KiB on the same
    machine) until the page has confirmed the message before it, and that is 40 ms that the learner waits.

    Attributes:
        picture: the picture as PNG.
        width, height: of the picture, in pixels of the page.
        text: the caption.
        error: what went wrong, in the learner's words; "" if nothing did.
        plays: label of the slider that the Play button moves.
    """

    _esm = FOLDER / "companion.js"
    _css = FOLDER / "panel.css"
    picture = traitlets.Bytes().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    plays = traitlets.Unicode().tag(sync=True)

    def show(self, png: bytes, caption: str) -> None:
        """Show a picture and its caption; a former error goes away."""
        with self.hold_sync():
            self.picture, self.text, self.error = png.ljust(ONE_PACKET, b"\0"), caption, ""
