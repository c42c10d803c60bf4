"""The data sets of the course; each function returns `LabeledImages`."""

from course_utils.datasets.cifar10 import CIFAR10_CLASSES, cifar10, cifar10_available
from course_utils.datasets.folder import image_folder
from course_utils.datasets.labeled import LabeledImages
from course_utils.datasets.photos import photos
from course_utils.datasets.pneumonia import pneumonia_mnist
from course_utils.datasets.shapes import SHAPE_NAMES, mark_area, shapes10
from course_utils.datasets.xray import XRAY_CLASSES, chest_xray_phantom, tag_area

__all__ = [
    "CIFAR10_CLASSES",
    "SHAPE_NAMES",
    "XRAY_CLASSES",
    "LabeledImages",
    "chest_xray_phantom",
    "cifar10",
    "cifar10_available",
    "image_folder",
    "mark_area",
    "photos",
    "pneumonia_mnist",
    "shapes10",
    "tag_area",
]
