"""What exercise 10.2 demands: signed gradients for each picture's own class, and nothing changed by the way."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attribution import guided_backprop, saliency
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.error_meanings import LOST_BATCH, PICKS_PICTURES
from course_utils.exercises.diagnosis.graph_errors import graph_errors
from course_utils.exercises.diagnosis.scores import scores_of
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.traces import Traces, demand_same_pictures
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_10.networks import PIXELS, Small

__all__ = ["judge_gradients"]


SLOPES = "signed gradients (N, C, H, W), one for each pixel and colour"


def judge_gradients(answer: Callable[[nn.Module, Tensor, Tensor], Tensor]) -> None:
    """Saliency's signed gradients for a batch of different classes; pictures, network and `.grad` untouched."""
    torch.manual_seed(4)
    for waiting, asked in ((False, (0, 4, 2, 1)), (True, (1, 3)), (False, (2,))):
        model, classes, images = Small().eval(), torch.tensor(asked), torch.rand(len(asked), 3, 8, 10)
        if waiting:
            F.cross_entropy(model(images), classes).backward()
        kept, traces = images.clone(), Traces(model)
        kind = f"{len(asked)} pictures, classes {list(asked)}"
        more = (PICKS_PICTURES, LOST_BATCH, *graph_errors(answer, pixels=True))
        got = tried(judge_gradients, answer, (model, images, classes), SLOPES, *more)
        demand_same_pictures(images, kept)
        traces.demand_none()
        wanted = saliency(model, images, classes).gradients
        slopes = demand_tensor_like(got, wanted, kept, PIXELS, kind, {})
        if not same_relative(slopes.detach(), wanted):
            raise Wrong(
                got=f"largest slopes {[round(float(g.abs().max()), 4) for g in slopes]}",
                wanted=f"{[round(float(g.abs().max()), 4) for g in wanted]} ({kind})",
                cause=_why_not_gradients(model, images, slopes, classes),
                next_step="sum the chosen logits: logits[torch.arange(len(images)), classes].sum()",
            )


def _why_not_gradients(model: nn.Module, images: Tensor, got: Tensor, classes: Tensor) -> str:
    likely = {cause: saliency(model, images, score=score).gradients for cause, score in scores_of(classes).items()}
    wanted = saliency(model, images, classes).gradients
    changed = {"divided by 255": images / 255, "normalised with 0.5": (images - 0.5) / 0.5, "doubled": images * 2}
    likely |= {
        "the gradient was multiplied with the pictures: gradient times input, not the gradient": wanted * images,
        "the ReLUs were guided: plain gradients were asked for": guided_backprop(model, images, classes).gradients,
        "the colours were averaged and laid over all three": wanted.mean(dim=1, keepdim=True).expand_as(wanted),
        **{
            f"the pictures were {how} before they went in; the network takes them as they come": saliency(
                model, other, classes
            ).gradients
            for how, other in changed.items()
        },
    }
    units = {"the number of pictures": float(len(images)), "the number of colours": 3.0, "its pixels": 80.0}
    if same_relative(got, wanted.abs()):
        return "the signs are gone; the task asks for signed gradients"
    return why_other_values(got, wanted, likely, units, "these are not the gradients of the chosen logits")
