"""Real photographs that installed packages carry, so that no network is needed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from course_utils.datasets.folder import label_pictures, read_pictures
from course_utils.datasets.labeled import LabeledImages

__all__ = ["photos"]

# subject: (package as pip knows it, as Python imports it, file in it); licences are in data/README.md
_PHOTOS = {
    "cat": ("scikit-image", "skimage", "data/chelsea.png"),
    "astronaut": ("scikit-image", "skimage", "data/astronaut.png"),
    "coffee": ("scikit-image", "skimage", "data/coffee.png"),
    "rocket": ("scikit-image", "skimage", "data/rocket.jpg"),
    "flower": ("scikit-learn", "sklearn", "datasets/images/flower.jpg"),
    "temple": ("scikit-learn", "sklearn", "datasets/images/china.jpg"),
    "officer": ("matplotlib", "matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
}


def photos(size: int = 224) -> LabeledImages:
    """Return seven real photographs, one per class: cat, astronaut, coffee, rocket, flower, temple, officer.

    Args:
        size: the largest square in the middle is cut out and resized to ``size`` x ``size`` pixels, antialiased.

    Returns:
        Pictures (7, 3, size, size), labels 0 to 6, masks None.

    Raises:
        LookupError: a package that carries one of them is missing, or came without it.
        ValueError: size is below 1, or a file is damaged.
    """
    if size < 1:
        raise ValueError(f"need size of at least 1 pixel, got {size}")
    paths = [_find(*place) for place in _PHOTOS.values()]
    pictures = read_pictures(paths, size)
    return label_pictures(pictures, [1] * len(paths), tuple(_PHOTOS))


def _find(package: str, module: str, file: str) -> Path:
    spec = find_spec(module)  # finds without importing, which would take a second
    path = Path(spec.origin).parent / file if spec and spec.origin else Path(file)
    if not path.is_file():
        raise LookupError(f"need {file!r} of the package {package}, which is not there; run: pip install {package}")
    return path
