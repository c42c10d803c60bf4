"""Why a look of exercise 09.4 brings other maps than the layer's, or an error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.lesson_09.look_network import maps_in_eval_mode, moody_network
from course_utils.exercises.shown import safely
from course_utils.hooks import record_outputs

__all__ = ["LOOK_ERRORS", "why_no_maps", "why_other_maps"]

LOOK_ERRORS = (
    (
        r"list index out of range|object has no attribute 'relu'|KeyError|StopIteration",
        "nothing was recorded: the hook sits on another network than the one that ran (a copy?), is no forward hook, "
        "or does not append the output",
        "register a forward hook on `layer`, append in it, and run `network` itself",
    ),
    (
        r"running_mean should contain|expected input.*channels|shapes cannot be multiplied",
        "the pictures went into the layer directly; in the network other layers stand before it",
        "run the whole network, and listen at the layer with a forward hook",
    ),
    (
        r"<lambda>\(\) takes|missing \d+ required positional",
        "the hook has another number of parameters: a forward hook gets (module, args, output)",
        "write lambda module, args, output: ...",
    ),
    (
        r"name '(model|data|picture|shipped|features)' is not defined",
        "a variable of the notebook is used; the function knows the network as `network`, and the pictures as `images`",
        "use the three parameters",
    ),
    (
        r"Can't call numpy",
        "the record hangs on a graph, and numpy() does not take it; a tensor is asked for",
        "store output.detach().clone()",
    ),
)


def why_no_maps(got: object) -> str:
    """Return what came in place of a tensor."""
    if isinstance(got, list | tuple):
        if not got:
            return "an empty list came: nothing was recorded, because the hook returns its copy and appends nothing"
        return f"the {type(got).__name__} of all records came; the maps of one layer are a tensor, its first element"
    if isinstance(got, dict):
        return "the dictionary of records came; the maps of one layer are a tensor, its value"
    if isinstance(got, np.ndarray):
        return "a NumPy array came; the maps of one layer are a tensor"
    return f"something of type {type(got).__name__} came; the maps of one layer are a tensor"


def why_other_maps(got: Tensor, wanted: Tensor, look: Callable[..., Tensor], name: str, images: Tensor) -> str:
    """Return whose maps these are, or what was done to the pictures or to the maps."""
    for cause, value in _other_maps(name, images, wanted).items():
        if same_relative(got, value):
            return cause
    if got.shape == wanted[:1].shape and same_relative(got, wanted[:1]):
        return "only the first picture's maps came, (1, K, h, w): the pictures went in one by one, or only one went in"
    if got.shape != wanted.shape:
        return f"this is not the whole output of the layer for the batch: {tuple(got.shape)}, not {tuple(wanted.shape)}"
    if same_relative(got, wanted.relu()):
        return _why_no_negative(look, images)
    for how, other in {"divided by 255": images / 255, "normalised": (images - 0.5) / 0.5}.items():
        if same_relative(got, maps_in_eval_mode(name, other)):
            return f"the pictures were {how} before they went in; the network takes them as they come"
    told = "these maps depend on dropout or on the batch: the network looked in train mode, without eval()"
    found = why_other_values(got, wanted, {}, {}, told)
    return told if told in found else found


def _why_no_negative(look: Callable[..., Tensor], images: Tensor) -> str:
    """Tell a ReLU of the learner's own from one that has overwritten the record: only the first cuts at conv."""
    network = moody_network().eval()
    at_conv = safely(lambda: look(network, network.conv, images), None)
    with torch.no_grad():
        result = moody_network().eval()(images)
    if isinstance(at_conv, Tensor) and same_relative(at_conv, result):
        return "the output of the whole network came, not that of the layer"
    if isinstance(at_conv, Tensor) and float(at_conv.min()) >= 0:
        return "the negative numbers are gone: ReLU was applied to the record; the layer's own output is asked for"
    return (
        "the negative numbers are gone: an in-place ReLU behind the layer has overwritten the record, "
        "because detach() shares memory; store detach().clone()"
    )


def _other_maps(name: str, images: Tensor, wanted: Tensor) -> dict[str, Tensor]:
    """Return what else people hand in: an input, another layer, the network's output, a part, a mean."""
    fresh = moody_network().eval()
    with torch.no_grad(), record_outputs(fresh, "conv") as outputs:
        result = fresh(images)
    before = images if name == "conv" else outputs["conv"]
    return {
        "what went *into* the layer came, not what came out: args[0] or a pre-hook in place of output": before,
        "only the first picture came: one [0] too many": wanted[0],
        "only the last picture came": wanted[-1],
        "only the first channel came": wanted[:, 0],
        "only the first picture came, and its first channel": wanted[0, 0],
        "the pictures were averaged": wanted.mean(dim=0),
        "one number for each channel came (the mean); the whole maps were asked for": wanted.mean(dim=(2, 3)),
        "one number for each channel came (the peak); the whole maps were asked for": wanted.amax(dim=(2, 3)),
        "the output of the whole network came, not that of the layer": result if name == "conv" else result + torch.nan,
    }
