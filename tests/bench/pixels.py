"""Saliency and its relatives beside captum, in one run."""

from __future__ import annotations

import warnings
from itertools import chain

import torch
from captum.attr import GuidedBackprop, NoiseTunnel, Occlusion, Saliency
from torch import nn
from torchvision.models import resnet18

from course_utils.attribution import guided_backprop, occlusion, saliency, smooth_grad
from course_utils.models import SimpleCNN
from tests.bench.stopwatch import medians, peak_megabytes, report

SAMPLES, NOISE = 16, 0.15
SETUP = """
import torch
from torchvision.models import resnet18
from captum.attr import NoiseTunnel, Occlusion, Saliency
from course_utils.attribution import occlusion, smooth_grad
model = resnet18(weights=None).eval(); images = torch.rand(2, 3, 224, 224); targets = torch.arange(2)
with torch.no_grad(): model(images[:1])
"""
PEAKS = {
    "smooth_grad, 8 samples": "smooth_grad(model, images, targets, samples=8)",
    "smooth_grad, 64 samples": "smooth_grad(model, images, targets, samples=64)",
    "captum, 8 samples": "NoiseTunnel(Saliency(model)).attribute(images, 'smoothgrad', 8, target=targets)",
    "captum, 64 samples": "NoiseTunnel(Saliency(model)).attribute(images, 'smoothgrad', 64, target=targets)",
}


def with_relu_layers() -> nn.Sequential:
    """SimpleCNN's layers, its ReLUs as modules: captum's GuidedBackprop sees no others."""
    model = SimpleCNN()
    convolutions = [(conv, nn.ReLU(), nn.MaxPool2d(2)) for conv in (model.conv1, model.conv2, model.conv3)]
    return nn.Sequential(*chain(*convolutions), nn.Flatten(), model.fc1, nn.ReLU(), model.fc2).eval()


def bench_gradients(title: str, model: nn.Module, with_relus: nn.Module, images: torch.Tensor, rounds: int) -> None:
    """One forward and one backward pass each, and the channels joined, so that all return maps."""
    classes = torch.arange(len(images)) % 10
    plain, guided = Saliency(model), GuidedBackprop(with_relus)
    ours = {
        "saliency": lambda: saliency(model, images, classes),
        "captum Saliency": lambda: plain.attribute(images, classes).amax(dim=1),
    }
    report(f"saliency, {title}", medians(ours, rounds))
    ours = {
        "guided_backprop": lambda: guided_backprop(with_relus, images, classes),
        "captum GuidedBackprop": lambda: guided.attribute(images, classes).abs().amax(dim=1),
    }
    report(f"guided backpropagation, {title}", medians(ours, rounds))


def bench_smooth(title: str, model: nn.Module, images: torch.Tensor, rounds: int) -> None:
    """The same number of samples; captum all at once, in small groups, and with the logits that ours returns too."""
    classes, tunnel = torch.arange(len(images)) % 10, NoiseTunnel(Saliency(model))

    def with_captum(together: int) -> object:
        return tunnel.attribute(images, "smoothgrad", SAMPLES, together, NOISE, target=classes, abs=False)

    def with_logits(together: int) -> object:
        with torch.no_grad():
            logits = model(images)
        return logits, with_captum(together)

    routines = {
        "smooth_grad": lambda: smooth_grad(model, images, classes, samples=SAMPLES, noise=NOISE),
        **{f"captum NoiseTunnel, {k} samples at once": lambda k=k: with_captum(k) for k in (1, 4, SAMPLES)},
        "captum, 4 samples at once, and the logits": lambda: with_logits(4),
    }
    report(f"smooth_grad, {SAMPLES} samples, {title}", medians(routines, rounds, warm_up=1))


def bench_occlusion(title: str, model: nn.Module, images: torch.Tensor, patch: int, rounds: int) -> None:
    """The same windows; captum one at a time (its default), and in groups."""
    classes, peer, stride = torch.arange(len(images)) % 10, Occlusion(model), patch // 2

    def with_captum(together: int) -> object:
        windows, steps = (3, patch, patch), (3, stride, stride)
        return peer.attribute(images, windows, steps, 0.5, classes, perturbations_per_eval=together)

    routines = {
        "occlusion": lambda: occlusion(model, images, classes, patch=patch, stride=stride, baseline=0.5),
        **{f"captum Occlusion, {k} windows at once": lambda k=k: with_captum(k) for k in (1, 4, 16)},
    }
    report(f"occlusion, {title}", medians(routines, rounds, warm_up=1))


def main() -> None:
    """Print every table."""
    warnings.simplefilter("ignore")
    small, large = SimpleCNN().eval(), resnet18(weights=None).eval()
    tiny, photo = torch.rand(16, 3, 32, 32), torch.rand(2, 3, 224, 224)
    bench_gradients("SimpleCNN, 16 x 32x32", small, with_relu_layers(), tiny, 40)
    bench_gradients("SimpleCNN, 256 x 32x32", small, with_relu_layers(), torch.rand(256, 3, 32, 32), 9)
    bench_gradients("resnet18, 2 x 224x224", large, large, photo, 60)
    bench_smooth("SimpleCNN, 16 x 32x32", small, tiny, 9)
    bench_smooth("resnet18, 1 x 224x224", large, photo[:1], 11)
    bench_occlusion("SimpleCNN, 16 x 32x32", small, tiny, 8, 9)
    bench_occlusion("resnet18, 1 x 224x224", large, photo[:1], 56, 3)
    peaks = {name: peak_megabytes(SETUP, code) for name, code in PEAKS.items()}
    report("extra peak memory, resnet18, 2 x 224x224", peaks, "MB", 1.0)
