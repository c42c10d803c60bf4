"""One logit, seen as two."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course_utils.models.small_xray_classifier import SmallXRayClassifier
from course_utils.models.xray_classifier import XRayClassifier

__all__ = ["TwoClasses"]


class TwoClasses(nn.Module):
    """Show a classifier with one logit z as one with two, [-z/2, z/2], so that everything made for classes works.

    softmax([-z/2, z/2]) = [1 - sigmoid(z), sigmoid(z)], so cross-entropy is binary cross-entropy, and both classes
    have a logit that can be explained. (With [0, z] the first logit is a constant, whose map is empty.)

    Args:
        classifier: has a method ``logits(images)`` that returns (N, 1); its layers keep their names, after
            "classifier.": "classifier.resnet_blocks.2". Its weights are shared, not copied.
    """

    def __init__(self, classifier: XRayClassifier | SmallXRayClassifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (N, 2): class 0 where z is negative, class 1 where it is positive."""
        half = self.classifier.logits(images) / 2
        return torch.cat([-half, half], dim=1)
