"""Grad-CAM beside the field's libraries and beside the least work that it can be."""

from __future__ import annotations

import warnings

import torch
from captum.attr import LayerGradCam
from pytorch_grad_cam import GradCAM as LibraryGradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torchcam.methods import GradCAM as TorchCamGradCAM
from torchvision.models import resnet18

from course_utils.attribution import grad_cam, grad_cam_all_classes
from course_utils.models import SimpleCNN
from tests.bench.stopwatch import medians, peak_megabytes, report

IMPORTS = """
import torch
from torchvision.models import resnet18
model = resnet18(weights=None).eval(); images = torch.rand(16, 3, 224, 224); classes = list(range(16))
with torch.no_grad(): model(images[:1])
"""
PEAKS = {
    "ours": "from course_utils.attribution import grad_cam; grad_cam(model, images, 'layer4', classes).heatmaps",
    "pytorch-grad-cam": """
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget as Target
GradCAM(model, [model.layer4])(images, [Target(c) for c in classes])""",
    "captum": """
from captum.attr import LayerGradCam
LayerGradCam(model, model.layer4).attribute(images, torch.tensor(classes), relu_attributions=True)""",
    "torch-cam": """
from torchcam.methods import GradCAM
with GradCAM(model, target_layer='layer4') as cam: cam(classes, model(images))""",
}
LOADED = {"ours": PEAKS["ours"].split(";")[0]} | {
    name: "\n".join(line for line in code.splitlines() if "import" in line)
    for name, code in PEAKS.items()
    if name != "ours"
}


def floor(model: torch.nn.Module, images: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """The least work: a graph-free pass to layer4, then forward and backward from there to the logits."""
    with torch.no_grad():
        x = model.maxpool(model.relu(model.bn1(model.conv1(images))))
        x = model.layer4(model.layer3(model.layer2(model.layer1(x))))
    x.requires_grad_()
    logits = model.fc(model.avgpool(x).flatten(1))
    return torch.autograd.grad(logits.gather(1, classes[:, None]).sum(), x)[0]


def bench_resnet18(batch: int, rounds: int) -> None:
    """Time one batch through every library."""
    model, images = resnet18(weights=None).eval(), torch.rand(batch, 3, 224, 224)
    classes = torch.arange(batch)
    targets = [ClassifierOutputTarget(c) for c in range(batch)]
    captum = LayerGradCam(model, model.layer4)

    def with_library() -> object:
        with LibraryGradCAM(model, [model.layer4]) as cam:
            return cam(images, targets)

    def with_torchcam() -> object:
        with TorchCamGradCAM(model, target_layer="layer4") as cam:
            return cam(classes.tolist(), model(images))

    routines = {
        "floor: least possible work": lambda: floor(model, images, classes),
        "ours": lambda: grad_cam(model, images, "layer4", classes),
        "captum": lambda: captum.attribute(images, classes, relu_attributions=True),
        "torch-cam": with_torchcam,
        "pytorch-grad-cam": with_library,
    }
    report(f"grad_cam, resnet18, layer4, {batch} x 224x224", medians(routines, rounds))


def bench_all_classes() -> None:
    """Ten maps against one, on SimpleCNN."""
    model = SimpleCNN().eval()
    for batch in (1, 16, 64):
        images = torch.rand(batch, 3, 32, 32)
        routines = {
            "one class": lambda images=images: grad_cam(model, images, "conv3", 3),
            "ten classes": lambda images=images: grad_cam_all_classes(model, images, "conv3"),
        }
        report(f"SimpleCNN, conv3, batch {batch}", medians(routines, 60))


def main() -> None:
    """Print every table."""
    warnings.simplefilter("ignore")
    bench_resnet18(1, 25)
    bench_resnet18(16, 9)
    bench_all_classes()
    peaks = {name: peak_megabytes(f"{IMPORTS}\n{LOADED[name]}", code) for name, code in PEAKS.items()}
    report("extra peak memory, resnet18, batch 16", peaks, "MB", 1.0)
