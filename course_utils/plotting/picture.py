"""A picture and its caption: shown once, printed under it, saved whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import NamedTuple

import matplotlib
from matplotlib.backends import BackendFilter, backend_registry
from matplotlib.figure import Figure

from course_utils.plotting.style import look

__all__ = ["Picture", "check_path", "save", "show"]

SCREEN_PIXELS_PER_INCH = 100  # how large a picture is in the notebook
SHARPNESS = 1.5  # stored pixels for each of these, for dense screens
FILE_PIXELS_PER_INCH = 200

# No versions and no dates in a file: the same picture gives the same bytes.
_METADATA: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".jpg": {},
    ".jpeg": {},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


class Picture(NamedTuple):
    """What every drawing function returns; ``figure, caption = picture`` takes it apart.

    Attributes:
        figure: a matplotlib figure that pyplot does not know, so that it never stays open.
        caption: what the picture says, with its numbers, for readers who cannot see it.
    """

    figure: Figure
    caption: str

    def _ipython_display_(self) -> None:
        """Show the picture when it is the last line of a cell."""
        show(self)


def show(picture: tuple[Figure, str]) -> None:
    """Show a picture once, in the notebook or in a window, and print its caption under it.

    Where there is neither (a script on a server), only the caption is printed; `save` keeps the picture.
    """
    figure, caption = picture
    if _in_notebook():
        _display(figure, caption)
    elif _has_windows():
        _open_window(figure)
    print(caption)


def save(picture: tuple[Figure, str], path: str | os.PathLike[str]) -> Path:
    """Write a picture to a .png, .jpg, .svg or .pdf file and return the file's path.

    A file that is there already is replaced only when the new one is complete.

    Raises:
        ValueError: the name ends in something else.
        FileNotFoundError: the folder does not exist.
        IsADirectoryError: ``path`` is a folder.
    """
    path = Path(path)
    check_path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(_encode(picture[0], path.suffix.lower(), FILE_PIXELS_PER_INCH))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def check_path(path: str | os.PathLike[str]) -> None:
    """Refuse a place where a picture cannot be written, before anything is computed for it.

    Raises:
        As `save`.
    """
    path = Path(path)
    if path.suffix.lower() not in _METADATA:
        raise ValueError(f"a picture's name ends in one of {list(_METADATA)}, got {path.name!r}")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; add the picture's name, for example {path / 'picture.png'}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to write {path.name} into; create it first")


def _encode(figure: Figure, suffix: str, pixels_per_inch: float) -> bytes:
    buffer = io.BytesIO()
    with look(), matplotlib.rc_context({"svg.hashsalt": "course"}):
        figure.savefig(buffer, format=suffix[1:], dpi=pixels_per_inch, metadata=_METADATA[suffix] or None)
    return buffer.getvalue()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


def _has_windows() -> bool:
    windows = backend_registry.list_builtin(BackendFilter.INTERACTIVE)
    return matplotlib.get_backend().lower() in [name.lower() for name in windows]


def _display(figure: Figure, caption: str) -> None:
    """Hand JupyterLab a sharp PNG with its size on the page and its text for screen readers."""
    from IPython.display import display  # only where there is a notebook

    width, height = (round(inches * SCREEN_PIXELS_PER_INCH) for inches in figure.get_size_inches())
    png = _encode(figure, ".png", SCREEN_PIXELS_PER_INCH * SHARPNESS)
    size = {"width": width, "height": height, "alt": caption}
    display({"image/png": png, "text/plain": "[picture]"}, raw=True, metadata={"image/png": size})


def _open_window(figure: Figure) -> None:
    from matplotlib import pyplot  # only a window needs it

    pyplot.figure(figure)
    try:
        pyplot.show()
    finally:
        pyplot.close(figure)
