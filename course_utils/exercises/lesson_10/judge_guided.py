"""What exercise 10.3 demands: guided gradients of the class that is asked for, and no hook left, after an error too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress

import torch
from torch import Tensor, nn

from course_utils.attribution import guided_backprop
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.error_meanings import PICKS_PICTURES
from course_utils.exercises.diagnosis.graph_errors import graph_errors
from course_utils.exercises.diagnosis.scores import scores_of
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.traces import Traces, demand_error_passed_on, demand_same_pictures
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_10.networks import PIXELS, Small
from course_utils.hooks import count_hooks

__all__ = ["judge_guided"]


class _Fails(nn.Module):
    """A network that raises after its ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU()

    def forward(self, images: Tensor) -> Tensor:
        self.relu(images * 1)
        raise FloatingPointError("this network fails on purpose")


GUIDES = "guided gradients (N, C, H, W)"


HOOK_ERRORS = (
    (
        r"received an invalid combination of arguments - got \(tuple",
        "the hook's tuple went on through the network as a layer's output: this is a forward hook, and what it "
        "returns replaces the output; gradients are changed on the way back",
        "register it with register_full_backward_hook",
    ),
    PICKS_PICTURES,
)


def judge_guided(answer: Callable[[nn.Module, Tensor, int], Tensor]) -> None:
    """guided_backprop's gradients for the class that is asked for; no hook left, also when the network fails."""
    torch.manual_seed(6)
    model, kept, more = Small().eval(), torch.rand(4, 3, 8, 10), (*HOOK_ERRORS, *graph_errors(answer, pixels=True))
    for asked in (1, 3):
        images, traces = kept.clone(), Traces(model)
        got = tried(judge_guided, answer, (model, images, asked), GUIDES, *more)
        hooks_seen = model.hooks_seen
        traces.demand_none(gradients=False)
        traces.end()
        demand_same_pictures(images, kept)
        wanted = guided_backprop(model, images, asked).gradients
        guided = demand_tensor_like(got, wanted, kept, PIXELS, f"class {asked}")
        if not same_relative(guided.detach(), wanted):
            raise Wrong(
                got=f"largest values {[round(float(g.abs().max()), 4) for g in guided]} for class {asked}",
                wanted=f"{[round(float(g.abs().max()), 4) for g in wanted]}",
                cause=_why_not_guided(model, images, guided.detach(), asked, hooks_seen),
                next_step="return (grad_input[0].clamp(min=0),) from the hook, and start from logits[:, class_index]",
            )
    _must_survive_failure(answer)


def _must_survive_failure(answer: Callable[[nn.Module, Tensor, int], Tensor]) -> None:
    broken = _Fails()
    with suppress(Exception):
        answer(broken, torch.rand(1, 3, 4, 4), 0)
    if count_hooks(broken):
        raise Wrong(
            got=f"{count_hooks(broken)} hooks are left after the network raised an error",
            wanted="none, whatever happens",
            cause="the hooks are removed on a line that an error skips",
            next_step="use a with block (ExitStack) or try/finally around the forward pass",
        )
    demand_error_passed_on(lambda: answer(broken, torch.rand(1, 3, 4, 4), 0), FloatingPointError)


def _ruled(model: nn.Module, images: Tensor, score: Callable[[Tensor], Tensor], rule: str) -> Tensor:
    """Return the gradients if each ReLU handles them by ``rule``."""
    pixels, outputs, back = images.clone().requires_grad_(), [], []

    def change(module: nn.Module, grad_input: tuple[Tensor], grad_output: tuple[Tensor]) -> tuple[Tensor]:
        back.append(module)
        own, other = outputs[-len(back)], outputs[len(back) - 1]
        return (RULES[rule](grad_input[0], grad_output[0], own, other),)

    with ExitStack() as hooks:
        for layer in (one for one in model.modules() if isinstance(one, nn.ReLU)):
            hooks.enter_context(layer.register_forward_hook(lambda m, a, output: outputs.append(output.detach())))
            hooks.enter_context(layer.register_full_backward_hook(change))
        return torch.autograd.grad(score(model(pixels)).sum(), pixels)[0]


PLAIN = "this is plain saliency: the hook did not replace anything, or not the negative gradients"


RULES: dict[str, Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]] = {
    "": lambda gi, go, own, other: gi.clamp(min=0),
    PLAIN: lambda gi, go, own, other: gi,
    "each ReLU multiplies by its output, as the old library did, instead of its mask (1 or 0)": (
        lambda gi, go, own, other: go.clamp(min=0) * own
    ),
    "each ReLU multiplies by its output instead of its mask (1 or 0), and keeps negative gradients": (
        lambda gi, go, own, other: go * own
    ),
    "the gradient got another factor than its mask (1 or 0): grad_output was clamped, and holds no mask": (
        lambda gi, go, own, other: go.clamp(min=0)
    ),
    "grad_output was passed on as it is: neither mask nor clamp": lambda gi, go, own, other: go,
    "the negative gradients were kept, and the positive ones cut off": lambda gi, go, own, other: gi.clamp(max=0),
    "the absolute value was taken at each ReLU; negative gradients must become zero": (
        lambda gi, go, own, other: gi.abs()
    ),
    "the masks are used in the wrong order: backward meets the last ReLU first": (
        lambda gi, go, own, other: go.clamp(min=0) * (other > 0)
    ),
    "the outputs are used as factors, and in the wrong order": lambda gi, go, own, other: go.clamp(min=0) * other,
    "the mask was turned round": lambda gi, go, own, other: go.clamp(min=0) * (own <= 0),
    "the mask was used twice, with the output as a factor": lambda gi, go, own, other: gi.clamp(min=0) * own,
    "only the mask came, without the gradient": lambda gi, go, own, other: (own > 0).float(),
    "only the sign of the gradient was kept": lambda gi, go, own, other: gi.clamp(min=0).sign(),
}


def _why_not_guided(model: nn.Module, images: Tensor, got: Tensor, asked: int, hooks_seen: int) -> str:
    wanted, plain = (_ruled(model, images, lambda z: z[:, asked], rule) for rule in ("", PLAIN))
    if same_relative(got, plain):
        return _why_plain(hooks_seen)
    likely = {rule: _ruled(model, images, lambda z: z[:, asked], rule) for rule in RULES if rule}
    likely |= {
        "only the last gradient was clamped; guiding happens at each ReLU": plain.clamp(min=0),
        "only picture 0 was asked about": wanted * (torch.arange(len(wanted)) == 0)[:, None, None, None],
        "the guided gradient was multiplied with the pictures, and only the gradient was asked for": wanted * images,
        "hooks on all layers cut negative gradients; only ReLUs do": _all_layers_clamped(model, images, asked),
    }
    for cause, score in _scores_of_class(asked, len(images)).items():
        likely[cause] = _ruled(model, images, score, "")
        likely[f"{cause}, and nothing was guided"] = _ruled(model, images, score, PLAIN)
    told = "at some ReLU the gradient got another factor than its mask (1 or 0), or only its negative part was kept"
    return why_other_values(got, wanted, likely, {"the number of pictures": float(len(images))}, told)


def _scores_of_class(asked: int, count: int) -> dict[str, Callable[[Tensor], Tensor]]:
    """Return the scores of `scores_of`, if one class is asked for, and the class taken for a picture."""
    one = "the predicted class was explained, not the class that was asked for"
    found = {one if "predicted" in cause else cause: s for cause, s in scores_of(torch.full((count,), asked)).items()}
    found["the class was used as the number of a picture: logits[:, class_index] takes a class"] = lambda z: (
        z.sum(dim=1) * (torch.arange(len(z)) == asked)
    )
    return found


def _why_plain(hooks_seen: int) -> str:
    if hooks_seen:
        return (
            "this is plain saliency: the hooks were there, and did not replace anything: a hook must return a tuple "
            "with the new gradient, and the new gradient must be clamped"
        )
    return (
        "this is plain saliency: no hook was on the ReLUs while the network ran; the with block ended before, or no "
        "ReLU was found (children() does not look inside other layers, modules() does)"
    )


def _all_layers_clamped(model: nn.Module, images: Tensor, asked: int) -> Tensor:
    pixels = images.clone().requires_grad_()
    with ExitStack() as hooks:
        for layer in model.modules():
            hooks.enter_context(
                layer.register_full_backward_hook(
                    lambda m, gi, go: tuple(None if g is None else g.clamp(min=0) for g in gi)
                )
            )
        return torch.autograd.grad(model(pixels)[:, asked].sum(), pixels)[0]
