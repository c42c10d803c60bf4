"""Recording beside a plain forward pass and beside torchvision's feature extraction."""

from __future__ import annotations

import torch
from torchvision.models import resnet18
from torchvision.models.feature_extraction import create_feature_extractor, get_graph_node_names

from course_utils.hooks import record_outputs
from tests.bench.stopwatch import medians, report

THREE = ["layer1", "layer2", "layer4"]


def main() -> None:
    """Print two tables: three layers, all layers."""
    model, images = resnet18(weights=None).eval(), torch.rand(1, 3, 224, 224)
    every = [name for name, _ in model.named_modules() if name]
    nodes = [n for n in get_graph_node_names(model)[1] if n != "x"]
    whole = create_feature_extractor(model, [*THREE, "fc"])
    for title, names, peers in (
        ("three layers", THREE, {"nothing behind layer4": create_feature_extractor(model, THREE), "logits too": whole}),
        ("all layers", every, {"all": create_feature_extractor(model, nodes)}),
    ):

        def recorded(names: list[str] = names) -> None:
            with record_outputs(model, *names):
                model(images)

        with torch.no_grad():
            routines = {
                "plain forward pass": lambda: model(images),
                "record_outputs": recorded,
                **{f"torchvision's extraction, {what}": lambda peer=peer: peer(images) for what, peer in peers.items()},
            }
            report(f"resnet18, batch 1, {title}", medians(routines, 60))
