"""What the panel of lesson 14 needs to know beforehand: a network that forgets, and a cheat with its mark moved."""

from __future__ import annotations

import colorsys
import warnings
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from course_utils import trust
from course_utils.attribution import grad_cam, guided_backprop
from course_utils.datasets import LabeledImages
from course_utils.panels.album import Album, bind_album, softmax
from course_utils.trust.similarity import rank_correlation

__all__ = ["METHODS", "OTHER", "PLACES", "TRUE", "Scene", "intersection_over_union", "owners", "prepared", "with_mark"]

LAYER, MARK = "conv2", 5
METHODS = ("Grad-CAM", "guided backprop")
TRUE, OTHER = "the true class", "another class"
EDGE = tuple(range(1, 27, 5))  # places of the mark along one side of the picture, in pixels
PLACES = (
    None,
    *((1, column) for column in EDGE),
    *((row, 26) for row in EDGE[1:]),
    *((26, column) for column in EDGE[-2::-1]),
    *((row, 1) for row in EDGE[-2:0:-1]),
)  # None is no mark; then clockwise around the picture, as (row, column) of its corner


@dataclass(frozen=True)
class Scene:
    """Everything that the sliders can ask for, computed once.

    Attributes:
        heats: method → heatmaps of the ever more forgetful network, (S, N, H, W) in [0, 1].
        stages: the layers that forgot, stage by stage.
        ranks: method → rank correlation with the trained network's maps, (S, N).
        cheats: whose mark → the cheat's probabilities with the mark at each place, (P, N, C).
        looks: whose mark → the cheat's heatmaps for its own answer, (P, N, H, W).
    """

    album: Album
    heats: dict[str, np.ndarray]
    stages: tuple[tuple[str, ...], ...]
    ranks: dict[str, np.ndarray]
    cheats: dict[str, np.ndarray]
    looks: dict[str, np.ndarray]


def with_mark(images: Tensor, labels: Tensor, place: tuple[int, int] | None) -> Tensor:
    """Return pictures with the mark of each label painted at (row, column): 5x5 pixels of one pure hue."""
    marked = images.clone()
    if place is not None:
        row, column = place
        hues = torch.tensor([colorsys.hsv_to_rgb(int(label) / 10, 1, 1) for label in labels])
        marked[:, :, row : row + MARK, column : column + MARK] = hues[:, :, None, None]
    return marked


def prepared(model: nn.Module, cheat: nn.Module, data: LabeledImages) -> Scene:
    """Let the honest network forget layer by layer, and show the cheat its mark at every place."""
    explain = {
        METHODS[0]: lambda network, images: grad_cam(network, images, LAYER, data.labels),
        METHODS[1]: lambda network, images: guided_backprop(network, images, data.labels),
    }
    stages = trust.cascading(model)
    with warnings.catch_warnings():  # an empty map is drawn as such
        warnings.simplefilter("ignore", UserWarning)
        networks = [trust.randomised(model, names) for names in stages]
        heats = {n: torch.stack([f(net, data.images).heatmaps for net in networks]) for n, f in explain.items()}
        shown = {whose: _cheating(cheat, data, labels) for whose, labels in owners(data).items()}
    ranks = {n: torch.stack([rank_correlation(h[0], stage) for stage in h]).numpy() for n, h in heats.items()}
    cheats, looks = ({whose: pair[i] for whose, pair in shown.items()} for i in (0, 1))
    return Scene(bind_album(data), {n: h.numpy() for n, h in heats.items()}, stages, ranks, cheats, looks)


def owners(data: LabeledImages) -> dict[str, Tensor]:
    """Return whose mark → the class of the mark for each picture, (N,)."""
    return {TRUE: data.labels, OTHER: (data.labels + 3) % len(data.class_names)}


def _cheating(cheat: nn.Module, data: LabeledImages, labels: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return the cheat's probabilities (P, N, C) and heatmaps (P, N, H, W) for each place of the mark."""
    answers = [grad_cam(cheat, with_mark(data.images, labels, place), LAYER) for place in PLACES]
    return (
        np.stack([softmax(answer.logits.numpy()) for answer in answers]),
        np.stack([answer.heatmaps.numpy() for answer in answers]),
    )


def intersection_over_union(hot: np.ndarray, mask: np.ndarray) -> float:
    """Return how well two masks agree: the pixels that both have, over the pixels that at least one has."""
    return float((hot & mask).sum() / max(int((hot | mask).sum()), 1))
