"""The networks of the course, from eleven lines to a residual classifier; one file for each.

Every network takes pictures in [0, 1]. `SimpleCNN` normalises them itself, so that no caller can forget
it or do it twice. Nothing in this room knows how a network is trained or explained.
"""

from course_utils.models.resnet_block import ResNetBlock
from course_utils.models.simple_cnn import SimpleCNN
from course_utils.models.simple_model import SimpleModel
from course_utils.models.small_xray_classifier import SmallXRayClassifier
from course_utils.models.two_classes import TwoClasses
from course_utils.models.xray_classifier import XRayClassifier

__all__ = ["ResNetBlock", "SimpleCNN", "SimpleModel", "SmallXRayClassifier", "TwoClasses", "XRayClassifier"]
