"""Exercises of lesson 10: joining colours, gradients of pixels, guided ReLUs that leave nothing behind, and a count."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attribution import guided_backprop, saliency
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.hooks import count_hooks

__all__ = ["EXERCISES"]


def _must_be_tensor(got: object, shape: tuple[int, ...], likely: dict[tuple[int, ...], str]) -> None:
    """Raise `Wrong` unless a tensor of this shape came."""
    if not isinstance(got, Tensor):
        raise Wrong(
            got=got,
            wanted=f"a tensor of shape {shape}",
            cause="the function gives None or no tensor: is there a return? (torch.autograd.grad gives a tuple)",
            next_step="return the tensor itself",
        )
    if tuple(got.shape) != shape:
        raise Wrong(
            got=f"shape {tuple(got.shape)}",
            wanted=f"shape {shape}",
            cause=likely.get(tuple(got.shape), "other axes were joined than the task says"),
            next_step="write the shape behind each line as a comment; (N, C, H, W) are the axes 0, 1, 2, 3",
        )


# 10.1


def judge_join(answer: Callable[[Tensor], Tensor]) -> None:
    """The largest absolute value over axis 1, for a batch and a single picture, colour or grey."""
    for shape in ((2, 3, 4, 5), (1, 3, 2, 2), (2, 1, 3, 3)):
        gradients = torch.randn(*shape)
        kept = gradients.clone()
        likely = {
            shape[1:]: "the pictures of the batch were joined: axis 0; the colours are axis 1",
            (shape[0], 1, *shape[2:]): "the axis of the colours was kept: leave keepdim away",
            shape: "the colours were not joined",
            (): "everything was joined into one number",
        }
        got, wanted = answer(gradients), kept.abs().amax(dim=1)
        _must_be_tensor(got, tuple(wanted.shape), likely)
        if not torch.equal(gradients, kept):
            raise Wrong(
                got="the gradients that were given have changed",
                wanted="a new tensor",
                cause="an in-place operation such as abs_() wrote into them",
                next_step="use abs() without the underscore",
            )
        if not torch.allclose(got.to(wanted.dtype), wanted, atol=1e-6):
            raise Wrong(
                got=f"{got.flatten()[0]:.4f} for the first pixel",
                wanted=f"{wanted.flatten()[0]:.4f}",
                cause=_why_not_joined(got, kept),
                next_step="absolute value first, then the maximum over axis 1",
            )


def _why_not_joined(got: Tensor, gradients: Tensor) -> str:
    likely = {
        "the maximum was taken before the absolute value: strong negative slopes are lost": gradients.amax(dim=1),
        "the maximum was taken before the absolute value, which came too late": gradients.amax(dim=1).abs(),
        "the absolute values were averaged; the task asks for the largest": gradients.abs().mean(dim=1),
        "the absolute values were added up; the task asks for the largest": gradients.abs().sum(dim=1),
        "the signed slopes were added up, so that they cancel": gradients.sum(dim=1).abs(),
        "negative slopes were cut off; they matter as much as positive ones": gradients.relu().amax(dim=1),
        "this is the length of the three slopes, another way to join them": gradients.norm(dim=1),
    }
    near = [cause for cause, value in likely.items() if torch.allclose(got, value, atol=1e-5)]
    return near[0] if near else "these are not the largest absolute values over the colours"


# 10.2


class _Small(nn.Module):
    """A convolution, ReLU as a layer, and a linear layer; knows nothing of the course."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1), nn.ReLU()
        )
        self.fc = nn.Linear(6 * 16, 5)

    def forward(self, images: Tensor) -> Tensor:
        return self.fc(F.adaptive_avg_pool2d(self.features(images), 4).flatten(1))


def judge_gradients(answer: Callable[[nn.Module, Tensor, Tensor], Tensor]) -> None:
    """Saliency's signed gradients for a batch of different classes; pictures and `.grad` untouched."""
    torch.manual_seed(4)
    model, classes, images = _Small().eval(), torch.tensor([0, 4, 2]), torch.rand(3, 3, 8, 8)
    kept = images.clone()
    got = answer(model, images, classes)
    if images.requires_grad or not torch.equal(images, kept):
        raise Wrong(
            got="the caller's pictures were changed (requires_grad, or their numbers)",
            wanted="the pictures as they were",
            cause="requires_grad_() and other names that end in an underscore work in place",
            next_step="start from images.clone().requires_grad_()",
        )
    if any(p.grad is not None for p in model.parameters()):
        raise Wrong(
            got="the parameters' .grad were filled",
            wanted="the parameters' .grad as before",
            cause="backward() writes into every .grad and would spoil a training step",
            next_step="ask torch.autograd.grad(score, pixels) instead",
        )
    wanted = saliency(model, images, classes).gradients
    _must_be_tensor(got, tuple(wanted.shape), {(3, 8, 8): "the colours were joined, or one picture came"})
    if not torch.allclose(got, wanted, atol=1e-4 * float(wanted.abs().max())):
        raise Wrong(
            got=f"largest slopes {[round(float(g.abs().max()), 4) for g in got]}",
            wanted=f"{[round(float(g.abs().max()), 4) for g in wanted]}",
            cause=_why_not_gradients(model, images, got, classes),
            next_step="sum the chosen logits: logits[torch.arange(len(images)), classes].sum()",
        )


def _why_not_gradients(model: nn.Module, images: Tensor, got: Tensor, classes: Tensor) -> str:
    rows, count = torch.arange(len(images)), len(images)
    likely = {
        "only picture 0 was asked about; the others have slopes of zero": lambda z: z[rows, classes] * (rows == 0),
        "all pictures were asked about the first class": lambda z: z[:, int(classes[0])],
        "the predicted classes were explained, not the ones that were asked for": lambda z: z.amax(dim=1),
        "all classes were added up": lambda z: z.sum(dim=1),
        "the loss was differentiated, not the logit": lambda z: F.cross_entropy(z, classes, reduction="none"),
        "the loss was differentiated, not the logit, and averaged": lambda z: (
            F.cross_entropy(z, classes, reduction="none") / count
        ),
        "a probability was differentiated: softmax mixes all classes": lambda z: z.softmax(dim=1)[rows, classes],
        "the log of a probability was differentiated": lambda z: z.log_softmax(dim=1)[rows, classes],
        "the mean of the logits was taken, so each slope depends on the size of the batch": lambda z: (
            z[rows, classes] / count
        ),
    }
    for cause, score in likely.items():
        if torch.allclose(got, saliency(model, images, score=score).gradients, atol=1e-6):
            return cause
    if float(got.min()) >= 0:
        return "the signs are gone; the task asks for signed gradients"
    return "these are not the gradients of the chosen logits"


# 10.3


class _Fails(nn.Module):
    """A network that raises after its ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU()

    def forward(self, images: Tensor) -> Tensor:
        self.relu(images * 1)
        raise RuntimeError("this network fails on purpose")


def judge_guided(answer: Callable[[nn.Module, Tensor, int], Tensor]) -> None:
    """guided_backprop's gradients for the class that is asked for; no hook left, also when the network fails."""
    torch.manual_seed(6)
    model, images = _Small().eval(), torch.rand(3, 3, 8, 8)
    for asked in (1, 3):
        got = answer(model, images.clone(), asked)
        if count_hooks(model):
            raise Wrong(
                got=f"{count_hooks(model)} hooks are left on the network",
                wanted="none",
                cause="the hooks were never removed, so every later call is guided, whoever makes it",
                next_step="keep them in a block: with ExitStack() as hooks: hooks.enter_context(layer.register_...)",
            )
        wanted = guided_backprop(model, images, asked).gradients
        _must_be_tensor(got, tuple(wanted.shape), {})
        if not torch.allclose(got, wanted, atol=1e-4 * float(wanted.abs().max())):
            raise Wrong(
                got=f"largest values {[round(float(g.abs().max()), 4) for g in got]} for class {asked}",
                wanted=f"{[round(float(g.abs().max()), 4) for g in wanted]}",
                cause=_why_not_guided(model, images, got, asked),
                next_step="return (grad_input[0].clamp(min=0),) from the hook, and start from logits[:, class_index]",
            )
    _must_survive_failure(answer)


def _must_survive_failure(answer: Callable[[nn.Module, Tensor, int], Tensor]) -> None:
    broken = _Fails()
    with suppress(RuntimeError):
        answer(broken, torch.rand(1, 3, 4, 4), 0)
    if count_hooks(broken):
        raise Wrong(
            got=f"{count_hooks(broken)} hooks are left after the network raised an error",
            wanted="none, whatever happens",
            cause="the hooks are removed on a line that an error skips",
            next_step="use a with block (ExitStack) or try/finally around the forward pass",
        )


def _why_not_guided(model: nn.Module, images: Tensor, got: Tensor, asked: int) -> str:
    top = model(images).detach().argmax(dim=1)
    if torch.allclose(got, guided_backprop(model, images, top).gradients, atol=1e-6):
        return "the predicted class was explained, not the class that was asked for"
    if torch.allclose(got, saliency(model, images, asked).gradients, atol=1e-6):
        return "this is plain saliency: the hook did not replace anything; it must return a tuple"
    if torch.allclose(got, saliency(model, images, asked).gradients.clamp(min=0), atol=1e-6):
        return "only the last gradient was clamped; guiding happens at each ReLU"
    if float(got[1:].abs().max()) == 0:
        return "only picture 0 was asked about"
    return "at some ReLU the gradient got another factor than its mask (1 or 0), or only its negative part was kept"


# 10.4

PASSES = 226  # 15 x 15 positions of a patch of 4 at steps of 2 in 32 pixels, and one pass without a patch


def judge_passes(answer: object) -> None:
    """226, found by a pre-hook or by arithmetic."""
    if isinstance(answer, Tensor) and answer.numel() == 1:
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, (int, float)) or answer != PASSES:
        likely = {
            225: "the first pass, of the picture without a patch, is missing",
            15: "the patch moves down as well as to the right: 15 positions each way",
            16: "these are positions along one side, counted one too many",
            256: "a patch of 4 does not fit at the 16th start of a row: that would be pixel 30",
            257: "a patch of 4 does not fit at the 16th start of a row: that would be pixel 30",
            64: "these are patches that do not overlap; they move in steps of 2",
            65: "these are patches that do not overlap; they move in steps of 2",
            841: "these are steps of 1",
            842: "these are steps of 1",
            3: "these are calls of the network; each call takes many pictures: add up len(args[0])",
        }
        number = answer if isinstance(answer, (int, float)) else None
        cause = likely.get(number, "this is not the number of pictures that went through the network")
        raise Wrong(
            got=answer,
            wanted="the number of pictures that went through the network",
            cause=cause,
            next_step="append len(args[0]) in a forward pre-hook, call occlusion inside the block, and take the sum",
        )


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
    ),
    setup="""import torch
from torch import nn
from course_utils.attribution import occlusion
torch.manual_seed(0)
model, image = nn.Sequential(nn.Conv2d(3, 2, 5, stride=4), nn.Flatten(), nn.Linear(98, 3)), torch.rand(1, 3, 32, 32)""",
)

EXERCISES = (JOIN, GRADIENTS, GUIDED, COUNT)
