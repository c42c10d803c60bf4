"""The networks that a checkpoint may hold: how to describe one, and how to build it again from a description.

Only the classes listed in `ARCHITECTURES` are ever built: a file names one of them, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from reprlib import repr as short

import torch
from torch import Tensor, nn

from course_utils.models import SimpleCNN, SimpleModel, SmallXRayClassifier, XRayClassifier

__all__ = ["ARCHITECTURES", "Architecture", "Arguments", "name_of", "rebuilt"]

Arguments = dict[str, int | float | list[float]]


@dataclass(frozen=True)
class Architecture:
    """How to build a network again.

    Attributes:
        build: makes one from its arguments.
        arguments: reads the arguments off a network.
        classes: how many classes a network tells apart.
    """

    build: Callable[..., nn.Module]
    arguments: Callable[[nn.Module], Arguments]
    classes: Callable[[nn.Module], int]


def _simple_cnn_arguments(model: SimpleCNN) -> Arguments:
    return {
        "num_classes": model.fc2.out_features,
        "mean": model.mean.flatten().tolist(),
        "std": model.std.flatten().tolist(),
    }


def _xray_arguments(model: XRayClassifier) -> Arguments:
    first = model.resnet_blocks[0].conv1
    return {
        "in_channels": first.in_channels,
        "features": first.out_channels,
        "dropout": model.classifier[1].p,
        "blocks": len(model.resnet_blocks),
    }


def _small_xray_arguments(model: SmallXRayClassifier) -> Arguments:
    first = model.resnet_blocks[0].conv1
    return {"in_channels": first.in_channels, "features": first.out_channels}


ARCHITECTURES = {
    "SimpleCNN": Architecture(SimpleCNN, _simple_cnn_arguments, lambda model: model.fc2.out_features),
    "SimpleModel": Architecture(SimpleModel, lambda model: {}, lambda model: model.fc.out_features),
    "SmallXRayClassifier": Architecture(SmallXRayClassifier, _small_xray_arguments, lambda model: 2),
    "XRayClassifier": Architecture(XRayClassifier, _xray_arguments, lambda model: 2),
}


def name_of(model: nn.Module) -> str:
    """Return the name under which the class of ``model`` is listed.

    Raises:
        TypeError: it is not listed. (A class that inherits from a listed one is another class.)
    """
    name = type(model).__name__
    if name not in ARCHITECTURES or type(model) is not ARCHITECTURES[name].build:
        raise TypeError(
            f"a checkpoint holds one of {list(ARCHITECTURES)}, got {name}; use torch.save for a class of your own"
        )
    return name


def rebuilt(name: object, arguments: object, weights: object) -> nn.Module:
    """Build the network called ``name`` without drawing random weights, and give it ``weights``, checked one by one.

    Raises:
        ValueError: the name is not listed, it cannot be built so, or the weights are not those of such a network.
    """
    if not isinstance(name, str) or name not in ARCHITECTURES:
        raise ValueError(f"architecture must be one of {list(ARCHITECTURES)}, got {short(name)}")
    if not isinstance(arguments, dict) or not isinstance(weights, dict):
        raise ValueError("arguments or weights are missing; write it with save_checkpoint")
    try:
        with torch.device("meta"):  # shapes without memory, however large a hostile file claims to be
            model = ARCHITECTURES[name].build(**arguments)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise ValueError(f"{name} cannot be built from {short(arguments)}; write it with save_checkpoint") from error
    _check_weights(name, weights, model.state_dict())
    model.load_state_dict(weights, assign=True)
    return model


def _check_weights(name: str, weights: Mapping[object, object], wanted: Mapping[str, Tensor]) -> None:
    if weights.keys() != wanted.keys():
        missing, extra = sorted(wanted.keys() - weights.keys()), sorted(map(str, weights.keys() - wanted.keys()))
        raise ValueError(f"its weights are not those of {name}: missing {short(missing)}, unknown {short(extra)}")
    for key, tensor in wanted.items():
        _check_weight(key, weights[key], tensor)


def _check_weight(key: str, weight: object, wanted: Tensor) -> None:
    if not isinstance(weight, Tensor):
        raise ValueError(f"{key} must be a tensor, got {type(weight).__name__}")
    if (weight.shape, weight.dtype) != (wanted.shape, wanted.dtype):
        was, is_ = ((kind.dtype, tuple(kind.shape)) for kind in (wanted, weight))
        raise ValueError(f"{key} must be {was[0]} of shape {was[1]}, got {is_[0]} of shape {is_[1]}")
    if weight.device.type != "cpu" or weight.layout != torch.strided or not weight.is_contiguous():
        raise ValueError(f"{key} must be an ordinary dense tensor, got a {weight.layout} one on {weight.device}")
    if not weight.isfinite().all():
        raise ValueError(f"{key} holds numbers that are not finite: the training went wrong; train with a lower lr")
