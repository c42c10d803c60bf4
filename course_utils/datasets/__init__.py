"""The data sets of the course; each function returns `LabeledImages`."""

from course_utils.datasets.cifar10 import CIFAR10_CLASSES, cifar10, cifar10_available
from course_utils.datasets.folder import image_folder
from course_utils.datasets.labeled import LabeledImages
from course_utils.datasets.photos import photos
from course_utils.datasets.shapes import SHAPE_NAMES, mark_area, shapes10

__all__ = [
    "CIFAR10_CLASSES",
    "SHAPE_NAMES",
    "LabeledImages",
    "cifar10",
    "cifar10_available",
    "image_folder",
    "mark_area",
    "photos",
    "shapes10",
]
