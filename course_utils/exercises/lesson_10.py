"""Exercises of lesson 10: joining colours, gradients of pixels, guided ReLUs that leave nothing behind, and a count."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attribution import guided_backprop, saliency
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.error_meanings import LOST_BATCH, PICKS_PICTURES
from course_utils.exercises.diagnosis.graph_errors import graph_errors
from course_utils.exercises.diagnosis.scores import scores_of
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.traces import Traces, demand_error_passed_on, demand_same_pictures
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import first_place, why_other_values
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.hooks import count_hooks

__all__ = ["EXERCISES"]


# 10.1

PIXELS = ("pictures", "colours", "rows", "columns")


def judge_join(answer: Callable[[Tensor], Tensor]) -> None:
    """The largest absolute value over axis 1, for a batch and a single picture, colour or grey."""
    for shape in ((2, 3, 4, 5), (1, 3, 2, 2), (2, 1, 3, 3)):
        gradients = torch.randn(*shape)
        kept = gradients.clone()
        wanted, kind = kept.abs().amax(dim=1), f"maps for gradients of shape {shape}"
        got = tried(judge_join, answer, (gradients,), kind, *_few_colours(shape))
        if not torch.equal(gradients, kept):
            raise Wrong(
                got="the gradients that were given have changed",
                wanted="a new tensor",
                cause="an in-place operation such as abs_() wrote into them",
                next_step="use abs() without the underscore",
            )
        maps = demand_tensor_like(got, wanted, kept, PIXELS, kind, _likely_shapes(shape))
        if not same_relative(maps.to(wanted.dtype), wanted):
            mine, its = first_place(maps, wanted)
            raise Wrong(
                got=mine,
                wanted=f"{its}, for gradients of shape {shape}",
                cause=_why_not_joined(maps, kept),
                next_step="absolute value first, then the maximum over axis 1",
            )


def _few_colours(shape: tuple[int, ...]) -> tuple[tuple[str, str, str], ...]:
    cause = f"the number of colours is fixed in the code: these gradients have {shape[1]}"
    return ((r"out of bounds for dimension 1", cause, "let amax(dim=1) take as many colours as there are"),)


def _likely_shapes(shape: tuple[int, ...]) -> dict[tuple[int, ...], str]:
    return {
        (shape[0], 1, *shape[2:]): "the axis of the colours was kept: leave keepdim away",
        shape: "the colours were not joined",
        shape[1:]: "the pictures of the batch were joined: axis 0; the colours are axis 1",
    }


def _grey(values: Tensor) -> Tensor:
    weights = torch.tensor([0.299, 0.587, 0.114])
    return (values * weights[:, None, None]).sum(dim=1) if values.shape[1] == 3 else values.sum(dim=1)


def _why_not_joined(got: Tensor, gradients: Tensor) -> str:
    sizes, units = gradients.abs(), {"the number of colours": float(gradients.shape[1])}
    likely = {
        "the maximum was taken before the absolute value: strong negative slopes are lost": gradients.amax(dim=1),
        "the maximum was taken before the absolute value, which came too late": gradients.amax(dim=1).abs(),
        "the absolute values were averaged; the task asks for the largest": sizes.mean(dim=1),
        "the absolute values were added up; the task asks for the largest": sizes.sum(dim=1),
        "the signed slopes were added up, so that they cancel": gradients.sum(dim=1).abs(),
        "the signed slopes were averaged, so that they cancel": gradients.mean(dim=1).abs(),
        "the signed slopes were averaged, so that they cancel, and no absolute value taken": gradients.mean(dim=1),
        "negative slopes were cut off; they matter as much as positive ones": gradients.relu().amax(dim=1),
        "this is the length of the three slopes, another way to join them": gradients.norm(dim=1),
        "the smallest came, not the largest": sizes.amin(dim=1),
        "the smallest of the signed slopes came": gradients.amin(dim=1),
        "the middle one came (median), not the largest": sizes.median(dim=1).values,
        "the distance from the smallest to the largest came": gradients.amax(dim=1) - gradients.amin(dim=1),
        "the colours were weighed as for a grey picture (0.299, 0.587, 0.114)": _grey(sizes),
        "the colours were weighed as for a grey picture, with their signs": _grey(gradients),
        "the mean of all was subtracted before the absolute value": (gradients - gradients.mean()).abs().amax(dim=1),
        "the squares were averaged": (gradients**2).mean(dim=1),
        "the slopes were multiplied with each other": sizes.prod(dim=1),
        "the largest slope came with its sign: the absolute value is missing": gradients.gather(
            1, sizes.argmax(dim=1, keepdim=True)
        )[:, 0],
        **{f"only colour {one} was used, not all colours": sizes[:, one] for one in range(gradients.shape[1])},
        **{f"only colour {one} was used, with its sign": gradients[:, one] for one in range(gradients.shape[1])},
    }
    wanted = sizes.amax(dim=1)
    return why_other_values(got, wanted, likely, units, "these are not the largest absolute values over the colours")


# 10.2


class _Small(nn.Module):
    """A convolution, ReLU as a layer, and a linear layer; knows nothing of the course, and notes its ReLUs' hooks."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1), nn.ReLU()
        )
        self.fc = nn.Linear(6 * 16, 5)
        self.hooks_seen = 0

    def forward(self, images: Tensor) -> Tensor:
        self.hooks_seen = len(self.features[1]._backward_hooks)
        return self.fc(F.adaptive_avg_pool2d(self.features(images), 4).flatten(1))


SLOPES = "signed gradients (N, C, H, W), one for each pixel and colour"


def judge_gradients(answer: Callable[[nn.Module, Tensor, Tensor], Tensor]) -> None:
    """Saliency's signed gradients for a batch of different classes; pictures, network and `.grad` untouched."""
    torch.manual_seed(4)
    for waiting, asked in ((False, (0, 4, 2, 1)), (True, (1, 3)), (False, (2,))):
        model, classes, images = _Small().eval(), torch.tensor(asked), torch.rand(len(asked), 3, 8, 10)
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


# 10.3


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
    model, kept, more = _Small().eval(), torch.rand(4, 3, 8, 10), (*HOOK_ERRORS, *graph_errors(answer, pixels=True))
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


# 10.4

PASSES = 226  # 15 x 15 positions of a patch of 4 at steps of 2 in 32 pixels, and one pass without a patch


def judge_passes(answer: object) -> None:
    """226, found by a pre-hook or by arithmetic."""
    if isinstance(answer, Tensor | np.generic | np.ndarray) and np.prod(answer.shape, dtype=int) == 1:
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, (int, float)) or answer != PASSES:
        raise Wrong(
            got=answer,
            wanted="the number of pictures that went through the network",
            cause=_why_not_passes(answer),
            next_step="append len(args[0]) in a forward pre-hook, call occlusion inside the block, and take the sum",
        )


def _why_not_passes(answer: object) -> str:
    if isinstance(answer, str):
        return "this is a text, not the number of pictures: leave the quotes away"
    if isinstance(answer, list | tuple | Tensor | np.ndarray):
        return "several numbers came: the number of pictures is their sum, if each is the length of one batch"
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return f"this is of type {type(answer).__name__}, not the number of pictures"
    return _why_another_count(answer)


def _why_another_count(answer: float) -> str:
    if answer < 0:
        return "a number of pictures is not negative: two things were subtracted the wrong way round"
    if answer != int(answer):
        return "a number of pictures is whole: something was divided, or averaged"
    known = _known_counts()
    if answer in known:
        return known[int(answer)]
    if answer % PASSES == 0 and answer:
        return (
            f"the pictures were counted {int(answer) // PASSES} times: the list was not emptied, or two hooks counted"
        )
    few = "too few" if answer < PASSES else "too many"
    told = f"this is not the number of pictures that went through the network: {few}"
    if abs(answer - PASSES) <= 2:
        return f"{told} by one or two, so the first pass or one position was forgotten or counted twice"
    side = math.isqrt(int(answer))
    if answer - side**2 in (0, 1):
        return f"{told}: these are {side} positions each way; count the starts 0, 2, 4, ... up to the last that fits"
    return (
        f"{told} for patches of 4 at steps of 2 in 32 pixels, as many positions down as to the right, and one pass more"
    )


@cache
def _known_counts() -> dict[int, str]:
    """Return what other numbers count."""
    known = {
        225: "the first pass, of the picture without a patch, is missing",
        15: "the patch moves down as well as to the right: 15 positions each way",
        30: "the positions down and to the right are multiplied, not added",
        31: "the positions down and to the right are multiplied, not added",
        14: "these are positions along one side, counted one too few: the patch also fits at the very end",
        16: "these are positions along one side, counted one too many",
        256: "a patch of 4 does not fit at the 16th start of a row: that would be pixel 30",
        257: "a patch of 4 does not fit at the 16th start of a row: that would be pixel 30",
        196: "14 positions each way are one too few: the patch also fits at the very end, from pixel 28 on",
        197: "14 positions each way are one too few: the patch also fits at the very end, from pixel 28 on",
        64: "these are patches that do not overlap; they move in steps of 2",
        65: "these are patches that do not overlap; they move in steps of 2",
        841: "these are steps of 1",
        842: "these are steps of 1",
        227: "one pass too many: the picture without a patch was counted twice",
        3: "these are calls of the network; each call takes many pictures: add up len(args[0])",
        2: "these are calls of the network, one of them forgotten; each call takes many pictures: add up len(args[0])",
        1: "one call, or the first pass only, was counted: add up len(args[0]) of all calls",
        0: "nothing was counted: the hook was not on the network while occlusion ran",
        1024: "these are the pixels of the picture; occlusion moves a patch, not a pixel",
        1025: "these are the pixels of the picture and one more; occlusion moves a patch, not a pixel",
        3072: "these are the numbers of the picture; occlusion moves a patch",
        675: "the three colours were counted apart; a patch covers all three",
        676: "the three colours were counted apart; a patch covers all three",
        450: "each position was counted twice, without the first pass",
        451: "each position was counted twice",
    }
    one_batch = "this is one batch only, not all pictures: add up the lengths of all calls"
    return _other_patches() | known | dict.fromkeys((128, 129, 97, 98), one_batch)


def _other_patches() -> dict[int, str]:
    found: dict[int, str] = {}
    for size in (224, 32):
        for patch in (16, 2, 3, 5, 8, 4):
            for stride in (8, 3, 1, 4, 2):
                if (size, patch, stride) != (32, 4, 2):
                    side = (size - patch) // stride + 1
                    count = side**2
                    what = f"a picture of {size}x{size}, patches of {patch} at steps of {stride}"
                    found.setdefault(side, f"this is one side only, for {what}: the patch moves down as well")
                    found[count] = f"this is the count for {what}, without the first pass"
                    found[count + 1] = f"this is the count for {what}; here it is 32x32, patches of 4, steps of 2"
    return {number: cause for number, cause in found.items() if number != PASSES}


JOIN = Exercise(
    id="10.1",
    title="Join the colours",
    difficulty="easy",
    minutes=3,
    task="join_colours(gradients): from signed gradients (N, C, H, W) the saliency maps (N, H, W).",
    hints=(
        "A strong negative slope matters as much as a strong positive one.",
        "abs() first; amax takes the axis of the colours, which is 1.",
        "gradients.abs() and then .amax(dim=?)",
    ),
    starter="def join_colours(gradients):\n    ...",
    solution="def join_colours(gradients):\n    return gradients.abs().amax(dim=1)",
    alternative="def join_colours(gradients):\n    return torch.maximum(gradients.amax(1), -gradients.amin(1))",
    name="join_colours",
    judge=judge_join,
    praise="Right: one number a pixel, and the sign is gone for good. Say so under the picture.",
    mistakes=(
        Mistake(
            "no abs", "def join_colours(gradients):\n    return gradients.amax(dim=1)", "before the absolute value"
        ),
        Mistake("late abs", "def join_colours(gradients):\n    return gradients.amax(dim=1).abs()", "too late"),
        Mistake("mean", "def join_colours(gradients):\n    return gradients.abs().mean(dim=1)", "averaged"),
        Mistake("sum", "def join_colours(gradients):\n    return gradients.sum(dim=1).abs()", "cancel"),
        Mistake("relu", "def join_colours(gradients):\n    return gradients.relu().amax(dim=1)", "cut off"),
        Mistake("batch axis", "def join_colours(gradients):\n    return gradients.abs().amax(dim=0)", "axis 0"),
        Mistake("pair", "def join_colours(gradients):\n    return gradients.abs().max(dim=1)", "no tensor"),
        Mistake("in place", "def join_colours(gradients):\n    return gradients.abs_().amax(dim=1)", "in-place"),
        Mistake("indices", "def join_colours(gradients):\n    return gradients.abs().argmax(dim=1)", "positions"),
        Mistake(
            "stretched",
            "def join_colours(gradients):\n    maps = gradients.abs().amax(dim=1)\n    return maps / maps.max()",
            "divided by the largest",
        ),
        Mistake("rows", "def join_colours(gradients):\n    return gradients.abs().amax(dim=2)", "rows (axis 2)"),
    ),
    setup="import torch",
)

_PIXELS = """def pixel_gradients(model, images, classes):
    pixels = images.clone().requires_grad_()
    logits = model(pixels)
    score = {score}
    return torch.autograd.grad(score, pixels)[0]"""

_BACKWARD = """def pixel_gradients(model, images, classes):
    pixels = images.clone().requires_grad_()
    model(pixels)[torch.arange(len(images)), classes].sum().backward()
    return pixels.grad"""

_ON_THE_SPOT = """def pixel_gradients(model, images, classes):
    images.requires_grad_()
    score = model(images)[torch.arange(len(images)), classes].sum()
    return torch.autograd.grad(score, images)[0]"""

_NO_GRAD = """def pixel_gradients(model, images, classes):
    score = model(images)[torch.arange(len(images)), classes].sum()
    return torch.autograd.grad(score, images)[0]"""

GRADIENTS = Exercise(
    id="10.2",
    title="The slopes of a batch",
    difficulty="medium",
    minutes=10,
    task="pixel_gradients(model, images, classes): d logit / d pixel, (N, C, H, W); each picture with its own class.",
    hints=(
        "In evaluation mode pictures do not touch each other, so one sum of logits serves all of them.",
        "A copy of the pictures with requires_grad; logits[torch.arange(N), classes]; torch.autograd.grad.",
        "score = the sum of the chosen logits; return torch.autograd.grad(score, ?)[0]",
    ),
    starter="def pixel_gradients(model, images, classes):\n    ...",
    solution=_PIXELS.format(score="logits[torch.arange(len(images)), classes].sum()"),
    alternative="""def pixel_gradients(model, images, classes):
    slopes = []
    for picture, index in zip(images, classes):
        pixels = picture[None].detach().clone().requires_grad_()
        slopes.append(torch.autograd.grad(model(pixels)[0, index], pixels)[0])
    return torch.cat(slopes)""",
    name="pixel_gradients",
    judge=judge_gradients,
    praise="Right: a logit, one pass for all pictures, and nobody can tell that you were there.",
    mistakes=(
        Mistake(
            "the loss",
            _PIXELS.format(score="torch.nn.functional.cross_entropy(logits, classes, reduction='sum')"),
            "loss was differentiated",
        ),
        Mistake(
            "the mean loss",
            _PIXELS.format(score="torch.nn.functional.cross_entropy(logits, classes)"),
            "loss was differentiated",
        ),
        Mistake(
            "softmax", _PIXELS.format(score="logits.softmax(1)[torch.arange(len(images)), classes].sum()"), "softmax"
        ),
        Mistake("no requires_grad", _NO_GRAD, "does not require grad"),
        Mistake("first picture only", _PIXELS.format(score="logits[0, classes[0]]"), "only picture 0"),
        Mistake("one class for all", _PIXELS.format(score="logits[:, classes[0]].sum()"), "first class"),
        Mistake("predicted classes", _PIXELS.format(score="logits.amax(dim=1).sum()"), "predicted classes"),
        Mistake("all classes", _PIXELS.format(score="logits[:, classes].sum() * 0 + logits.sum()"), "all classes"),
        Mistake("fills .grad", _BACKWARD, "writes into every .grad"),
        Mistake(
            "wipes waiting gradients", _BACKWARD.replace("    return", "    model.zero_grad()\n    return"), "wiped"
        ),
        Mistake(
            "train mode", _BACKWARD.replace("    pixels", "    model.train()\n    pixels", 1), "train() was called"
        ),
        Mistake(
            "freezes the network",
            "def pixel_gradients(model, images, classes):\n    model.requires_grad_(False)\n"
            + _PIXELS.format(score="logits[torch.arange(len(images)), classes].sum()").split("\n", 1)[1],
            "froze the parameters",
        ),
        Mistake("every pair", _PIXELS.format(score="logits[:, classes].sum()"), "every class for every picture"),
        Mistake(
            "without the axis of the batch",
            "def pixel_gradients(model, images, classes):\n"
            "    pixels = images[0].clone().requires_grad_()\n"
            "    return torch.autograd.grad(model(pixels)[classes[0]], pixels)[0]",
            "without the axis of the batch",
        ),
        Mistake("changes the pictures", _ON_THE_SPOT, "in place"),
        Mistake(
            "absolute",
            _PIXELS.format(score="logits[torch.arange(len(images)), classes].sum()") + ".abs()",
            "signs are gone",
        ),
    ),
    setup="import torch",
)

_GUIDED = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    relus = [layer for layer in network.modules() if isinstance(layer, torch.nn.ReLU)]
    with ExitStack() as hooks:
        for relu in relus:
            hooks.enter_context(relu.register_full_backward_hook({hook}))
        logits = network(images)
        return torch.autograd.grad({score}, images)[0]"""
_HOOK, _SCORE = "lambda m, gi, go: (gi[0].clamp(min=0),)", "logits[:, class_index].sum()"

_NO_FINALLY = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    relus = [layer for layer in network.modules() if isinstance(layer, torch.nn.ReLU)]
    handles = [relu.register_full_backward_hook(lambda m, gi, go: (gi[0].clamp(min=0),)) for relu in relus]
    slopes = torch.autograd.grad(network(images)[:, class_index].sum(), images)[0]
    for handle in handles:
        handle.remove()
    return slopes"""

_LEFT = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    for layer in network.modules():
        if isinstance(layer, torch.nn.ReLU):
            layer.register_full_backward_hook(lambda m, gi, go: (gi[0].clamp(min=0),))
    return torch.autograd.grad(network(images)[:, class_index].sum(), images)[0]"""

_TOO_EARLY = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    relus = [layer for layer in network.modules() if isinstance(layer, torch.nn.ReLU)]
    with ExitStack() as hooks:
        for relu in relus:
            hooks.enter_context(relu.register_full_backward_hook(lambda m, gi, go: (gi[0].clamp(min=0),)))
    return torch.autograd.grad(network(images)[:, class_index].sum(), images)[0]"""

GUIDED = Exercise(
    id="10.3",
    title="Guided, and gone",
    difficulty="hard",
    minutes=12,
    task="guided_gradients(network, images, class_index), repaired: the class that is asked for, masks, no hook left.",
    hints=(
        "There are three faults: what the score is made of, what the hook returns, and how long the hooks live.",
        "grad_input of a ReLU already holds the mask; clamp it. ExitStack keeps many hooks for one with block.",
        "with ExitStack() as hooks: enter each handle; forward pass *and* torch.autograd.grad inside the block",
    ),
    starter="""def guided_gradients(network, images, class_index):
    images, outputs = images.clone().requires_grad_(), []
    for layer in network.modules():
        if isinstance(layer, torch.nn.ReLU):
            layer.register_forward_hook(lambda m, args, output: outputs.append(output))
            layer.register_full_backward_hook(lambda m, gi, go: (go[0].clamp(min=0) * outputs.pop(),))
    return torch.autograd.grad(network(images).amax(dim=1).sum(), images)[0]""",
    solution=_GUIDED.format(hook=_HOOK, score=_SCORE),
    alternative="""def guided_gradients(network, images, class_index):
    handles, pixels = [], images.clone().requires_grad_()
    def clip(module, grad_input, grad_output):
        return tuple(gradient.relu() for gradient in grad_input)
    try:
        for layer in network.modules():
            if isinstance(layer, torch.nn.ReLU):
                handles.append(layer.register_full_backward_hook(clip))
        logits = network(pixels)
        return torch.autograd.grad(logits, pixels, torch.eye(logits.shape[1])[class_index].expand_as(logits))[0]
    finally:
        for handle in handles:
            handle.remove()""",
    name="guided_gradients",
    judge=judge_guided,
    praise="Right: guided for one call, and an ordinary network before and after it.",
    mistakes=(
        Mistake("hooks stay", _LEFT, "never removed"),
        Mistake("removed only if all goes well", _NO_FINALLY, "an error skips"),
        Mistake("block ends too early", _TOO_EARLY, "plain saliency"),
        Mistake("predicted class", _GUIDED.format(hook=_HOOK, score="logits.amax(dim=1).sum()"), "predicted class"),
        Mistake(
            "hook returns nothing", _GUIDED.format(hook="lambda m, gi, go: None", score=_SCORE), "must return a tuple"
        ),
        Mistake(
            "clamps at the end",
            _GUIDED.format(hook="lambda m, gi, go: None", score=_SCORE) + ".clamp(min=0)",
            "only the last gradient",
        ),
        Mistake(
            "no mask", _GUIDED.format(hook="lambda m, gi, go: (go[0].clamp(min=0),)", score=_SCORE), "than its mask"
        ),
        Mistake("first picture", _GUIDED.format(hook=_HOOK, score="logits[0, class_index]"), "only picture 0"),
        Mistake("a tensor, no tuple", _GUIDED.format(hook="lambda m, gi, go: gi[0].relu()", score=_SCORE), "tuple"),
        Mistake("softmax", _GUIDED.format(hook=_HOOK, score="logits.softmax(1)[:, class_index].sum()"), "probability"),
        Mistake(
            "takes a picture for the class", _GUIDED.format(hook=_HOOK, score="logits[class_index].sum()"), "class"
        ),
        Mistake(
            "top level only", _GUIDED.format(hook=_HOOK, score=_SCORE).replace("modules()", "children()"), "children()"
        ),
        Mistake("marks the pictures", _GUIDED.format(hook=_HOOK, score=_SCORE).replace(".clone()", ""), "in place"),
        Mistake(
            "hides the error",
            "def guided_gradients(network, images, class_index):\n    try:\n"
            + textwrap.indent(_GUIDED.format(hook=_HOOK, score=_SCORE).split("\n", 1)[1], "    ")
            + "\n    except Exception:\n        return None",
            "swallowed",
        ),
    ),
    setup="import torch\nfrom contextlib import ExitStack",
)

COUNT = Exercise(
    id="10.4",
    title="What occlusion costs",
    difficulty="medium",
    minutes=8,
    task="forward_passes: how many pictures go through the network for one 32x32 picture, patch 4, stride 2.",
    hints=(
        "Let the network count for you: a forward pre-hook sees what comes in.",
        "model.register_forward_pre_hook(lambda module, args: seen.append(len(args[0]))) in a with block.",
        "the sum of seen after occlusion(model, image, predicted, patch=4, stride=2)",
    ),
    starter="forward_passes = ...",
    solution="""seen = []
with model.register_forward_pre_hook(lambda module, args: seen.append(len(args[0]))):
    occlusion(model, image, 0, patch=4, stride=2)
forward_passes = sum(seen)""",
    alternative="positions = len(range(0, 32 - 4 + 1, 2))\nforward_passes = positions**2 + 1",
    name="forward_passes",
    judge=judge_passes,
    praise="Right: saliency asks once, occlusion 226 times. A slope is cheap; an experiment is not.",
    mistakes=(
        Mistake("without the first", "forward_passes = 15 * 15", "first pass"),
        Mistake("one row", "forward_passes = 15", "down as well"),
        Mistake("one too many", "forward_passes = 16 * 16 + 1", "does not fit"),
        Mistake("no overlap", "forward_passes = 8 * 8 + 1", "do not overlap"),
        Mistake("calls", "forward_passes = 3", "many pictures"),
        Mistake("text", "forward_passes = 'many'", "number of pictures"),
        Mistake("the lesson's patch of 8", "forward_passes = 50", "patches of 8 at steps of 4"),
        Mistake("counted twice", "forward_passes = 452", "counted 2 times"),
        Mistake("one batch only", "forward_passes = 128", "one batch only"),
    ),
    setup="""import torch
from torch import nn
from course_utils.attribution import occlusion
torch.manual_seed(0)
model, image = nn.Sequential(nn.Conv2d(3, 2, 5, stride=4), nn.Flatten(), nn.Linear(98, 3)), torch.rand(1, 3, 32, 32)""",
)

EXERCISES = (JOIN, GRADIENTS, GUIDED, COUNT)
