"""What exercise 11.4 demands: a map for each picture's own class, and no hook and no gradient left."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.attribution import weigh_channels
from course_utils.exercises.diagnosis.cam import LAYER, cam_mistakes, map_shapes, recorded_at, recorded_before
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.error_meanings import LOST_BATCH, PICKS_PICTURES
from course_utils.exercises.diagnosis.graph_errors import graph_errors
from course_utils.exercises.diagnosis.scores import scores_of
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.traces import Traces, demand_error_passed_on, demand_same_pictures
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_batch"]


class _Small(nn.Module):
    """Two convolutions, a pooling between them and a linear layer; knows nothing of the course."""

    def __init__(self) -> None:
        super().__init__()
        self.low, self.high = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 5, 3, padding=1)
        self.fc = nn.Linear(5 * 6, 7)
        self.fails = False

    def forward(self, images: Tensor) -> Tensor:
        x = nn.functional.max_pool2d(self.low(images).relu(), 2)
        x = nn.functional.max_pool2d(self.high(x).relu(), 2)
        if self.fails:
            raise FloatingPointError("this network fails on purpose")
        return self.fc(nn.functional.adaptive_avg_pool2d(x, (2, 3)).flatten(1))


CALLS = "maps (N, h, w)"


OF_THE_LAYER = (
    (
        r"has no attribute '(conv\d|layer\d|features)'|has no layer|no layer (called|named)",
        "a layer of the lesson's network is written into the function: it must take the layer that is handed in",
        "use the parameter layer",
    ),
    (
        r"tensor a \(4\) must match the size of tensor b \(5\) at non-singleton dimension 1",
        "grad_input belongs to what went *into* the layer, and has another number of channels",
        "take grad_output[0], the gradient of what came out, or torch.autograd.grad",
    ),
    (
        r"'NoneType' object (has no attribute '(mean|sum|clone|detach)'|is not subscriptable)",
        "a gradient is None: only leaf tensors keep a .grad after backward(), and what a layer gives is no leaf",
        "ask torch.autograd.grad(score, kept[0])[0], which returns the gradient",
    ),
)


def judge_batch(answer: Callable[[nn.Module, Tensor, nn.Module, Tensor], Tensor]) -> None:
    """The package's maps for batches of different classes at two layers; no hook and no gradient is left."""
    torch.manual_seed(4)
    more = (*OF_THE_LAYER, PICKS_PICTURES, LOST_BATCH, *graph_errors(answer))
    for layer, chosen, waiting in (("high", (0, 5, 2), False), ("low", (4, 1), True), ("high", (3,), False)):
        model, classes, images = _Small().eval(), torch.tensor(chosen), torch.rand(len(chosen), 3, 12, 20)
        if waiting:
            nn.functional.cross_entropy(model(images), classes).backward()
        kept, traces = images.clone(), Traces(model)
        got = tried(judge_batch, answer, (model, images, model.get_submodule(layer), classes), CALLS, *more)
        traces.demand_none()
        demand_same_pictures(images, kept)
        kind = f"layer {layer}, classes {list(chosen)}"
        recorded = recorded_at(model, images, layer, lambda z: z[torch.arange(len(z)), classes])  # noqa: B023
        _must_be_the_maps(got, recorded, model, images, layer, classes, kind)
    _must_pass_errors_on(answer)


def _must_be_the_maps(
    got: object,
    recorded: tuple[Tensor, Tensor],
    model: nn.Module,
    images: Tensor,
    layer: str,
    classes: Tensor,
    kind: str,
) -> None:
    wanted = weigh_channels(*recorded)
    shapes = map_shapes(tuple(recorded[0].shape)) | {
        (len(images), 7): "the logits came: what the network gives, and not the maps",
        (len(images), 1, *wanted.shape[1:]): "an axis of length 1 is left over: leave keepdim away in the sum, and put "
        "maps that kept their batch axis together with torch.cat, not torch.stack",
    }
    maps = demand_tensor_like(got, wanted, recorded[0], LAYER, kind, shapes).detach()
    if not same_relative(maps, wanted):
        raise Wrong(
            got=f"highest values {[round(float(m.max()), 4) for m in maps]}",
            wanted=f"{[round(float(m.max()), 4) for m in wanted]}, {kind}",
            cause=_why_not_the_batch(maps, recorded, model, images, layer, classes),
            next_step="sum the chosen logits: logits[torch.arange(len(images)), classes].sum()",
        )


def _why_not_the_batch(
    got: Tensor, recorded: tuple[Tensor, Tensor], model: nn.Module, images: Tensor, layer: str, classes: Tensor
) -> str:
    scores = {cause.replace("the mean of the", AVERAGED): score for cause, score in scores_of(classes).items()}
    likely = {
        cause.replace("slopes", "gradients"): weigh_channels(*recorded_at(model, images, layer, score))
        for cause, score in scores.items()
    }
    if layer == "high":
        went_in = recorded_before(model, images, layer, lambda z: z[torch.arange(len(z)), classes])
        likely["what went into the layer was used, and not what came out"] = weigh_channels(*went_in)
    likely |= cam_mistakes(*recorded)
    height, width = recorded[0].shape[2:]
    units = {"h·w (the sum of the gradients in place of their mean)": height * width, "pictures": len(images)}
    units["the number of channels"] = recorded[0].shape[1]
    told = "another score or another layer was differentiated"
    return why_other_values(got, weigh_channels(*recorded), likely, units, told)


AVERAGED = "the score is divided or squeezed: the mean of the"


def _must_pass_errors_on(answer: Callable[[nn.Module, Tensor, nn.Module, Tensor], Tensor]) -> None:
    model = _Small().eval()
    model.fails = True
    images, classes = torch.rand(2, 3, 12, 20), torch.tensor([1, 2])
    demand_error_passed_on(lambda: answer(model, images, model.high, classes), FloatingPointError)
