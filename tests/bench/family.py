"""Grad-CAM's relatives beside the field's libraries."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable

import pytorch_grad_cam
import torch
import torchcam.methods
from captum.attr import LayerGradientXActivation
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn
from torchvision.models import resnet18

from course_utils.attribution import cam, grad_cam_plus_plus, hires_cam, layer_cam, score_cam
from course_utils.models import SimpleCNN
from tests.bench.stopwatch import Routine, medians, report

METHODS = {
    grad_cam_plus_plus: ("GradCAMPlusPlus", "GradCAMpp"),
    hires_cam: ("HiResCAM", None),
    layer_cam: ("LayerCAM", "LayerCAM"),
    score_cam: ("ScoreCAM", "ScoreCAM"),
    cam: (None, "CAM"),
}


def routines(method: Callable, model: nn.Module, images: torch.Tensor, layer: str) -> dict[str, Routine]:
    """Return the same question to every library that knows the method, ours first."""
    classes, target_layer = list(range(len(images))), model.get_submodule(layer)
    library, torch_cam = METHODS[method]

    def with_library() -> object:
        with (
            contextlib.redirect_stderr(io.StringIO()),  # its progress bars
            getattr(pytorch_grad_cam, library)(model, [target_layer]) as extractor,
        ):
            return extractor(images, [ClassifierOutputTarget(c) for c in classes])

    def with_torchcam() -> object:
        with getattr(torchcam.methods, torch_cam)(model, target_layer=layer) as extractor:
            return extractor(classes, model(images))

    def with_captum() -> object:
        return LayerGradientXActivation(model, target_layer).attribute(images, torch.tensor(classes)).sum(dim=1)

    found: dict[str, Routine] = {"ours": lambda: method(model, images, layer, classes)}
    if library:
        found["pytorch-grad-cam"] = with_library
    if torch_cam:
        found["torch-cam"] = with_torchcam
    if method is hires_cam:
        found["captum"] = with_captum
    return found


def main() -> None:
    """Print a table for each method, on a small network and on resnet18."""
    warnings.simplefilter("ignore")
    small, large = SimpleCNN().eval(), resnet18(weights=None).eval()
    for method in METHODS:
        name = method.__name__
        if method is not cam:
            images = torch.rand(8, 3, 32, 32)
            report(f"{name}, SimpleCNN, conv3, 8 x 32x32", medians(routines(method, small, images, "conv3"), 9))
        images, rounds = torch.rand(4, 3, 224, 224), 9
        if method is score_cam:  # 64 channels instead of 512, and one picture
            report(
                f"{name}, resnet18, layer1, 1 x 224x224", medians(routines(method, large, images[:1], "layer1"), 3, 1)
            )
        else:
            report(f"{name}, resnet18, layer4, 4 x 224x224", medians(routines(method, large, images, "layer4"), rounds))
