"""What exercise 13.4 demands: the Grad-CAM map of one picture at any layer of any network, and no hook left."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.attribution.gradcam import weigh_channels
from course_utils.exercises.diagnosis.cam import cam_mistakes, recorded_at, recorded_before
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.graph_errors import graph_errors
from course_utils.exercises.diagnosis.scores import scores_of
from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.traces import Traces, demand_same_pictures
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_13.networks import (
    BESIDE,
    PICTURE,
    WENT_IN,
    Residual,
    must_fail_with,
    network,
)

__all__ = ["judge_repaired"]


def _deaf_network() -> Residual:
    """Return a network whose logits do not depend on the picture."""
    model = network()
    nn.init.zeros_(model.fc.weight)
    return model


def _bright_network() -> Residual:
    """Return a network whose map is above zero everywhere."""
    model = network()
    with torch.no_grad():
        model.fc.weight.abs_()
        model.stem.bias.fill_(5.0)
        for part in (model.block[0], model.block[2]):
            part.weight.zero_()
    return model


OF_A_FAMILY = (
    r"object has no attribute '(features|classifier|layer\d|conv\d|avgpool|body|pool)'",
    "the code asks for a part that only networks of one kind have; it must work for any network, and a residual one "
    "has no such part",
    "call model(image) as a whole, and listen at the layer that is handed in",
)


NO_BATCH = (
    r"Dimension out of range|too many indices|Expected 3D|must match the size of tensor b \(14\)",
    "the axis of the batch is lost: the network takes (1, 3, H, W), and image[0] has three axes only",
    "give the network the picture as it came",
)


def judge_repaired(answer: Callable[[nn.Module, Tensor, int, nn.Module], Tensor]) -> None:
    """Grad-CAM of one picture at three layers and three classes, divided by its peak; no hook; zero stays zero."""
    image, more = normal(*PICTURE), (OF_A_FAMILY, BESIDE, NO_BATCH, *graph_errors(answer))
    for model, layers in ((network(), ("block.0", "block", "stem")), (_bright_network(), ("stem",))):
        for layer in layers:
            for index in range(3):
                asked, traces = image.clone(), Traces(model)
                arguments = model, asked, index, model.get_submodule(layer)
                got = tried(judge_repaired, answer, arguments, "a heatmap (h, w)", *more)
                traces.demand_none(gradients=False)
                traces.end()
                demand_same_pictures(asked, image)
                _must_be_heatmap(got, model, image, layer, index)
    _must_stay_zero(answer, image)
    must_fail_with(lambda model: answer(model, image.clone(), 1, model.stem))


def _must_be_heatmap(got: object, model: nn.Module, image: Tensor, layer: str, index: int) -> None:
    recorded = recorded_at(model, image, layer, lambda z: z[:, index])
    raw = weigh_channels(*recorded)[0]
    wanted = raw / raw.max().where(raw.max() > 0, 1.0)
    shapes = {
        (4,): "one number per channel came: the mean over (1, 2) is no map, and the activations were never used",
        (1, 4): "one number per channel came: that is no map, and the activations were never used",
        (1, 6, 7): "the axis of the picture is left over; take the first and only one",
        (1, 1, 6, 7): "the axes of the picture and of the channels are left over; take the first and only one",
        (4, 6, 7): "the channels were not added up",
        (1, 4, 6, 7): "the channels were not added up",
        tuple(image.shape[-2:]): "the map was enlarged to the size of the picture; here it keeps that of the layer",
        (5,): "the logits came, and no map",
        (): "everything was joined into one number",
    }
    kind = f"a heatmap at {layer}, class {index}"
    heat = demand_tensor_like(got, wanted, raw, ("rows", "columns"), kind, shapes).detach()
    if not torch.allclose(heat, wanted, atol=1e-4):
        raise Wrong(
            got=f"values from {heat.min():.3f} to {heat.max():.3f} at {layer}, class {index}",
            wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}",
            cause=_why_not_heatmap(heat, model, image, layer, index),
            next_step="mean of gradients, weighted sum of activations, ReLU, divided by the peak",
        )


def _why_other_peak(heat: Tensor, raw: Tensor, wanted: Tensor) -> str:
    """Return by what the map was divided in place of its peak, or ""."""
    top = float(heat.max())
    divided = {"sum": raw.sum(), "length (norm)": raw.norm(), "mean": raw.mean(), "number of values": raw.numel()}
    for name, value in divided.items():
        if float(value) > 0 and same_relative(heat, raw / value):
            return f"the map was divided by its {name}, not by its peak"
    if 0 < top < 1 and same_relative(heat, wanted * top) and not same_relative(heat, raw):
        return (
            f"the peak came out as {top:.3g}, and should be 1: a constant or a floor in the division (+ ..., "
            "clamp(min=...)) is large beside the peak of a faint map, or the map was divided by something else"
        )
    return ""


def _why_not_heatmap(heat: Tensor, model: nn.Module, image: Tensor, layer: str, index: int) -> str:
    if heat.isnan().any():
        return "0 / 0: a map without heat was divided by its peak of zero"
    recorded = recorded_at(model, image, layer, lambda z: z[:, index])
    raw = weigh_channels(*recorded)[0]
    maps = {cause: found[0] for cause, found in cam_mistakes(*recorded).items()}
    for cause, score in scores_of(torch.tensor([index])).items():
        maps[cause] = weigh_channels(*recorded_at(model, image, layer, score))[0]
    if layer != "stem":
        maps[WENT_IN] = weigh_channels(*recorded_before(model, image, layer, lambda z: z[:, index]))[0]
    stretched = (raw - raw.min()) / (raw.max() - raw.min()) if raw.max() > raw.min() else raw
    likely = {
        "the map was not divided by its peak": raw,
        "the smallest value was subtracted first: a little everywhere becomes nothing": stretched,
    }
    likely |= {cause: found / found.abs().max() for cause, found in maps.items() if found.abs().max() > 0}
    likely |= {f"{cause}; and the map was not divided by its peak": found for cause, found in maps.items()}
    wanted = raw / raw.max().where(raw.max() > 0, 1.0)
    if divisor := _why_other_peak(heat, raw, wanted):
        return divisor
    otherwise = "this is not the Grad-CAM map of the class that was asked for"
    found = why_other_values(heat, wanted, likely, {}, otherwise).replace("of its own picture", "of its own row")
    return f"negative values are left: ReLU is missing; {found}" if heat.min() < 0 and otherwise in found else found


def _must_stay_zero(answer: Callable[[nn.Module, Tensor, int, nn.Module], Tensor], image: Tensor) -> None:
    model, zeros = _deaf_network(), torch.zeros(6, 7)
    kind = "zeros, for a network whose logits do not depend on the picture"
    got = tried(judge_repaired, answer, (model, image.clone(), 1, model.stem), kind, *ON_ZEROS)
    if got is None:
        cause = "for a map without heat the function returns None: it has an answer, zeros"
        raise Wrong(got=None, wanted=kind, cause=cause, next_step="return the map of zeros itself")
    heat = demand_tensor_like(got, zeros, zeros, ("rows", "columns"), kind)
    if not torch.equal(heat.detach(), zeros):
        raise Wrong(
            got="NaN" if heat.isnan().any() else f"values up to {heat.max():.3f}",
            wanted=kind,
            cause="0 / 0: a map without heat was divided by its peak of zero",
            next_step="divide only if the peak is above 0",
        )


ON_ZEROS = ((r"", "the function raises an error for a map without heat: it has an answer, zeros", "return the zeros"),)
