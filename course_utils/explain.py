"""Explain one photograph of the reader's own: what the network says, and where it looked.

The photograph is made as small as the network's pictures, Grad-CAM explains one class, and the three-panel figure
lays the heat over the photograph in its own sharpness.
"""

from __future__ import annotations

import difflib
import os
import warnings
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from course_utils import shipped
from course_utils.attribution import grad_cam
from course_utils.checkpoints import load_checkpoint
from course_utils.photo_files import resize
from course_utils.plotting import Picture, three_panel

__all__ = ["SHIPPED", "Explanation", "Network", "explain_photo", "open_network"]

SHIPPED = shipped.SHIPPED / "simplecnn_cifar10.pt"

# Where Grad-CAM looks by default. SimpleCNN: its last convolution, as most tutorials choose; 8x8 values.
LAYERS = {"SimpleCNN": "conv3", "resnet18": "network.layer4", "resnet50": "network.layer4"}
SIMPLE_CNN_SIDE = 32  # pixels
IMAGENET_SIDE = 224


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network, ready for pictures in [0, 1].

    Attributes:
        model: (N, 3, side, side) → logits (N, C); normalises its pictures itself.
        class_names: C names.
        side: height and width of its pictures in pixels.
        layer: where Grad-CAM looks by default.
        origin: one sentence on what it is and how good.
    """

    model: nn.Module
    class_names: Sequence[str]
    side: int
    layer: str
    origin: str


@dataclass(frozen=True, eq=False)
class Explanation:
    """The figure with its caption, and what the network says beside it.

    Attributes:
        picture: the three panels.
        ranking: the most probable classes, name and probability, best first.
    """

    picture: Picture
    ranking: list[tuple[str, float]]


def explain_photo(photo: Tensor, network: Network, layer: str | None = None, wanted: str | None = None) -> Explanation:
    """Ask the network what it sees in a photograph and where.

    Args:
        photo: (3, H, H) in [0, 1], square, as `course_utils.photo_files.read_photo` returns it.
        network: see `open_network`.
        layer: dotted name of the layer to look at; by default the network's own choice.
        wanted: the class to explain, by name or number; by default the predicted class.

    Raises:
        LookupError: no such layer, or no such class; the message offers near names.
    """
    name = layer or network.layer
    classes = None if wanted is None else find_class(wanted, network.class_names)
    small = resize(photo, network.side)
    with warnings.catch_warnings():
        # The caption says it, in the same words for all pictures.
        warnings.filterwarnings("ignore", message=".*maps are zero everywhere")
        found = grad_cam(network.model, small[None], name, classes)
    chances = found.logits[0].softmax(dim=0)
    explained = int(found.classes[0])
    picture = three_panel(
        small,
        found.heatmaps[0],
        class_name=network.class_names[explained],
        probability=float(chances[explained]),
        layer=name,
        photo=photo if photo.shape[-1] > network.side else None,
    )
    best = chances.argsort(descending=True)[:3].tolist()
    return Explanation(picture, [(network.class_names[index], float(chances[index])) for index in best])


def find_class(wanted: str, class_names: Sequence[str]) -> int:
    """Return the number of a class that is given by name (capitals do not matter) or by number.

    Raises:
        LookupError: there is no such class; the message offers near names.
    """
    names = {name.lower(): index for index, name in reversed(list(enumerate(class_names)))}
    if wanted.lower() in names:
        return names[wanted.lower()]
    if wanted.isdecimal() and int(wanted) < len(class_names):
        return int(wanted)
    near = difflib.get_close_matches(wanted.lower(), names, n=3) or list(class_names)[:12]
    raise LookupError(
        f"the network knows no class {wanted!r}; did you mean one of {near}, "
        f"or a number from 0 to {len(class_names) - 1}?"
    )


def open_network(model: str | os.PathLike[str] = SHIPPED) -> Network:
    """Return a checkpoint of this course, or one of torchvision's ImageNet networks by name.

    Args:
        model: a checkpoint's path, or "resnet18" or "resnet50", whose weights torchvision downloads once.

    Raises:
        FileNotFoundError: there is no such checkpoint.
        ValueError: it is damaged, or of a network whose pictures are no photographs.
        ConnectionError: the weights are not on this computer and cannot be downloaded.
    """
    if str(model) in ("resnet18", "resnet50"):
        return _open_imagenet(str(model))
    checkpoint = load_checkpoint(model)
    if checkpoint.architecture != "SimpleCNN":
        raise ValueError(f"need a checkpoint of SimpleCNN, got one of {checkpoint.architecture}; see its own lesson")
    origin = f"SimpleCNN, trained on {checkpoint.dataset}, {checkpoint.accuracy:.1%} of its test pictures right"
    layer = LAYERS["SimpleCNN"]
    return Network(checkpoint.model, checkpoint.class_names, SIMPLE_CNN_SIDE, layer, origin)


def _open_imagenet(name: str) -> Network:
    """Return a torchvision network with its pretrained weights."""
    import torchvision  # here, so that the course's own checkpoints do not depend on it

    weights = torchvision.models.get_model_weights(name).DEFAULT
    try:
        network = torchvision.models.get_model(name, weights=weights)
    except OSError as error:
        raise ConnectionError(
            f"the weights of {name} are not on this computer, and downloading them failed ({error}); "
            "try again with a network, or leave --model out"
        ) from error
    values = weights.transforms()
    normalise = torchvision.transforms.Normalize(values.mean, values.std)
    model = nn.Sequential(OrderedDict(normalise=normalise, network=network)).eval()
    return Network(model, weights.meta["categories"], IMAGENET_SIDE, LAYERS[name], f"{name}, trained on ImageNet")
