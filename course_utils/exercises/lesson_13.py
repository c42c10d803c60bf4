"""Exercises of lesson 13: HiResCAM, a score of one's own, an exploration, and two listings to repair."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.attribution.family import weigh_positions, weigh_positive_positions
from course_utils.attribution.gradcam import grad_cam, weigh_channels
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.hooks import count_hooks, find_layer

__all__ = ["EXERCISES"]


def _numbers(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(13))


def _must_be_tensor(got: object, shape: tuple[int, ...], likely: dict[tuple[int, ...], str]) -> Tensor:
    """Return the answer if it is a tensor of this shape; raise `Wrong` otherwise."""
    if not isinstance(got, Tensor):
        raise Wrong(
            got=got,
            wanted=f"a tensor of shape {shape}",
            cause="the function gives None or no tensor: is there a return?",
            next_step="return the tensor",
        )
    if tuple(got.shape) != shape:
        raise Wrong(
            got=f"shape {tuple(got.shape)}",
            wanted=f"shape {shape}",
            cause=likely.get(tuple(got.shape), "other axes were added up than the task says"),
            next_step="write the shape behind each line as a comment; (N, K, h, w) are the axes 0, 1, 2, 3",
        )
    return got


def _near(got: Tensor, likely: dict[str, Tensor], otherwise: str) -> str:
    """Return the cause whose value the answer has."""
    fits = [
        cause for cause, value in likely.items() if got.shape == value.shape and torch.allclose(got, value, atol=1e-5)
    ]
    return fits[0] if fits else otherwise


# 13.1


def judge_positions(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """relu(sum over K of gradient times activation), (N, h, w), with the inputs left alone."""
    for batch in (2, 1):
        activations, gradients = _numbers(batch, 3, 4, 5), _numbers(batch, 3, 4, 5).flip(3)
        before = activations.clone(), gradients.clone()
        got = _must_be_tensor(
            answer(activations, gradients),
            (batch, 4, 5),
            {
                (batch, 3, 4, 5): "the channels were not added up",
                (3, 4, 5): "the pictures were added up; the channels are axis 1",
                (batch, 1, 4, 5): "the axis of the channels was kept: leave keepdim away",
            },
        )
        if not (torch.equal(activations, before[0]) and torch.equal(gradients, before[1])):
            raise Wrong(
                got="the activations or gradients were changed",
                wanted="both as they were",
                cause="an in-place operation wrote into them; run the cell twice and it multiplies twice",
                next_step="multiply into a new tensor: activations * gradients",
            )
        wanted = weigh_positions(*before)
        if not torch.allclose(got, wanted, atol=1e-5):
            raise Wrong(
                got=f"values from {got.min():.3f} to {got.max():.3f}",
                wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}",
                cause=_why_not_positions(got, *before),
                next_step="multiply position by position, add the channels up, then cut off the negative part",
            )


def _why_not_positions(got: Tensor, activations: Tensor, gradients: Tensor) -> str:
    signed = (activations * gradients).sum(dim=1)
    likely = {
        "the gradients were averaged over the positions: that is Grad-CAM": weigh_channels(activations, gradients),
        "only the positive gradients were used: that is LayerCAM": weigh_positive_positions(activations, gradients),
        "ReLU is missing: evidence against the class is still in the map": signed,
        "ReLU came before the sum: channels that speak against the class lost their vote": (activations * gradients)
        .relu()
        .sum(dim=1),
        "the absolute value makes evidence against look like evidence for": signed.abs(),
        "the mean over the channels came, not the sum": signed.relu() / activations.shape[1],
    }
    return _near(got, likely, "this is not the positive part of the sum over the channels")


# 13.2


def judge_rival(answer: Callable[[Tensor], Tensor]) -> None:
    """Logit 3 minus the largest of the others, one number per picture, with a graph."""
    for logits in (
        _numbers(5, 10),
        _numbers(1, 4),
        torch.tensor([[0.0, 1.0, 2.0, 7.0, 5.0], [3.0, 1.0, 2.0, 1.0, 0.0]]),
    ):
        leaf = logits.clone().requires_grad_()
        rows, known = logits.shape
        likely = {
            (): "one number for the whole batch: each picture needs its own",
            (rows, 1): "an axis of length 1 is left over: logits[:, 3], not logits[:, 3:4]",
            (rows, known): "a number for each class came; the rival is the largest of the others",
            (rows, known - 1): "all the differences came; the rival is the largest of the others",
        }
        got = _must_be_tensor(answer(leaf), (rows,), likely)
        others = logits.clone()
        others[:, 3] = -torch.inf
        wanted = logits[:, 3] - others.amax(dim=1)
        if not torch.allclose(got, wanted, atol=1e-5):
            raise Wrong(
                got=got.detach(),
                wanted=wanted,
                cause=_why_not_rival(got.detach(), logits),
                next_step="take the maximum over all classes but 3, for each row, and subtract it from logit 3",
            )
        if not got.requires_grad:
            raise Wrong(
                got="a result without a graph",
                wanted="a result that leads back to the logits",
                cause="a detach(), no_grad() or item() cut the graph, so no gradient can be taken",
                next_step="use operations on tensors only",
            )


def _why_not_rival(got: Tensor, logits: Tensor) -> str:
    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)
    likely = {
        "the maximum includes class 3 itself, so the score can never be above 0": logits[:, 3] - logits.amax(dim=1),
        "the sign is turned: this says how far the rival is ahead": others.amax(dim=1) - logits[:, 3],
        "the mean of the others was subtracted, not the strongest": logits[:, 3] - others.mean(dim=1),
        "the smallest of the others was subtracted": logits[:, 3] - others.amin(dim=1),
        "the rival was not subtracted": logits[:, 3],
        "the maximum over the whole batch was taken; each picture has its own rival": logits[:, 3] - others.max(),
    }
    return _near(got, likely, "this is not logit 3 minus the largest other logit of the same picture")


# 13.3

FIVE = {"grad_cam", "grad_cam_plus_plus", "hires_cam", "layer_cam", "score_cam"}


def judge_scale(answer: set[str]) -> None:
    """Grad-CAM++ and Score-CAM are not linear in the score; the other three are."""
    if isinstance(answer, str) or not isinstance(answer, (set, frozenset, list, tuple)):
        raise Wrong(
            got=answer,
            wanted="a set of names",
            cause="one value came, and not a collection of names",
            next_step="write the names in braces: {'grad_cam', ...}",
        )
    unknown = sorted(str(name) for name in set(answer) - FIVE)
    if unknown:
        raise Wrong(
            got=f"the names {', '.join(unknown)}",
            wanted=f"names out of {', '.join(sorted(FIVE))}",
            cause="these are not names of the five methods",
            next_step="use the keys of `five`",
        )
    if set(answer) != {"grad_cam_plus_plus", "score_cam"}:
        raise Wrong(
            got=f"{len(set(answer))} names: {', '.join(sorted(answer)) or 'none'}",
            wanted="the methods whose heatmap changes",
            cause=_why_not_scale(set(answer)),
            next_step="compute all five heatmaps with both networks and print the largest difference of each",
        )


def _why_not_scale(answer: set[str]) -> str:
    linear = answer & {"grad_cam", "hires_cam", "layer_cam"}
    if linear:
        return (
            f"{', '.join(sorted(linear))}: gradients ten times as large make a map ten times as large, and dividing by "
            "its peak takes the ten out again; were raw maps compared instead of heatmaps?"
        )
    if "score_cam" not in answer:
        return "a softmax of ten times larger scores is sharper: one method uses a softmax"
    return "alpha holds g² and g³ side by side, which a factor of ten does not leave alike: one method uses alpha"


# 13.4


class _Residual(nn.Module):
    """A small network with a shortcut, a nested layer and a flatten in forward; its parts are not called features."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.block = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))
        self.fc = nn.Linear(4, 5)

    def forward(self, images: Tensor) -> Tensor:
        x = self.stem(images)
        return self.fc((x + self.block(x)).relu().mean(dim=(2, 3)))


def _network() -> _Residual:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(13)
        return _Residual().eval()


def _deaf_network() -> _Residual:
    """Return a network whose logits do not depend on the picture."""
    model = _network()
    nn.init.zeros_(model.fc.weight)
    return model


def judge_repaired(answer: Callable[[nn.Module, Tensor, int, nn.Module], Tensor]) -> None:
    """Grad-CAM of one picture at three layers and three classes, divided by its peak; no hook; zero stays zero."""
    model, image = _network(), _numbers(1, 3, 6, 7)
    for layer in ("stem", "block.0", "block"):
        for index in range(3):
            _must_be_heatmap(answer(model, image, index, find_layer(model, layer)), model, image, layer, index)
    if count_hooks(model):
        raise Wrong(
            got=f"{count_hooks(model)} hooks left on the network",
            wanted="no hook",
            cause="a handle was never removed",
            next_step="open the hook in a with block",
        )
    _must_stay_zero(answer, image)


def _must_be_heatmap(got: object, model: nn.Module, image: Tensor, layer: str, index: int) -> None:
    likely = {
        (4,): "one number per channel came: the mean over (1, 2) is no map, and the activations were never used",
        (1, 6, 7): "the axis of the picture is left over; take the first and only one",
        (4, 6, 7): "the channels were not added up",
    }
    heat = _must_be_tensor(got, (6, 7), likely)
    raw = grad_cam(model, image, layer, index).maps[0]
    wanted = raw / raw.max().where(raw.max() > 0, 1.0)
    if not torch.allclose(heat.detach(), wanted, atol=1e-4):
        raise Wrong(
            got=f"values from {heat.min():.3f} to {heat.max():.3f} at {layer}, class {index}",
            wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}",
            cause=_why_not_heatmap(heat.detach(), raw, wanted),
            next_step="mean of gradients, weighted sum of activations, ReLU, divided by the peak",
        )


def _why_not_heatmap(heat: Tensor, raw: Tensor, wanted: Tensor) -> str:
    if heat.isnan().any():
        return "0 / 0: a map without heat was divided by its peak of zero"
    stretched = (raw - raw.min()) / (raw.max() - raw.min()) if raw.max() > raw.min() else raw
    likely = {
        "the map was not divided by its peak": raw,
        "the smallest value was subtracted first: a little everywhere becomes nothing": stretched,
    }
    if heat.min() < 0:
        return "negative values are left: ReLU is missing"
    return _near(heat, likely, "this is not the Grad-CAM map of the class that was asked for")


def _must_stay_zero(answer: Callable[[nn.Module, Tensor, int, nn.Module], Tensor], image: Tensor) -> None:
    model = _deaf_network()
    heat = _must_be_tensor(answer(model, image, 1, model.stem), (6, 7), {})
    if not torch.equal(heat.detach(), torch.zeros(6, 7)):
        raise Wrong(
            got="NaN" if heat.isnan().any() else f"values up to {heat.max():.3f}",
            wanted="zeros, for a network whose logits do not depend on the picture",
            cause="0 / 0: a map without heat was divided by its peak of zero",
            next_step="divide only if the peak is above 0",
        )


# 13.5


def judge_extract(answer: Callable[[nn.Module, Tensor, str], tuple[Tensor, Tensor, Tensor]]) -> None:
    """The layer's output, the logits and the gradient, from a real forward pass, twice the same, without a hook."""
    model, images = _network(), _numbers(2, 3, 6, 7)
    for target in ("stem", "block", "block.0"):
        wanted = _extracted(model, images, target)
        for _ in range(2):
            got = answer(model, images.clone(), target)
            if not isinstance(got, tuple) or len(got) != 3:
                raise Wrong(
                    got=got,
                    wanted="three tensors: what the layer gave, the logits, the gradient",
                    cause="something else than three values came, or None: is there a return?",
                    next_step="return kept, logits, gradient",
                )
            for name, mine, its in zip(("the layer's output", "the logits", "the gradient"), got, wanted, strict=True):
                _must_equal(name, mine, its, target)
    if count_hooks(model):
        raise Wrong(
            got=f"{count_hooks(model)} hooks left on the network",
            wanted="no hook",
            cause="a handle was never removed",
            next_step="open the hook in a with block",
        )


def _extracted(model: nn.Module, images: Tensor, target: str) -> tuple[Tensor, Tensor, Tensor]:
    kept: list[Tensor] = []
    with find_layer(model, target).register_forward_hook(lambda module, args, output: kept.append(output)):
        logits = model(images)
    (gradients,) = torch.autograd.grad(logits.amax(dim=1).sum(), kept[0])
    return kept[0].detach(), logits.detach(), gradients


def _must_equal(name: str, got: object, wanted: Tensor, target: str) -> None:
    value = _must_be_tensor(got, tuple(wanted.shape), {})
    if not torch.allclose(value.detach(), wanted, atol=1e-5):
        one_picture = value[1:].abs().max() == 0 and name == "the gradient"
        raise Wrong(
            got=f"{name} at {target!r}: values from {value.min():.3f} to {value.max():.3f}",
            wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}",
            cause="only the first picture was asked: the others have a gradient of zero"
            if one_picture
            else f"{name} is not that of the network's own forward pass, or an older one came",
            next_step="call model(images) itself, with a forward hook on the layer, and take the gradient afterwards",
        )


EXERCISES = (
    Exercise(
        id="13.1",
        title="Position by position",
        difficulty="easy",
        minutes=4,
        task="HiResCAM from activations and gradients, both (N, K, h, w): maps (N, h, w), 0 or more; inputs unchanged.",
        hints=(
            "each position of each channel is multiplied by its own gradient; nothing is averaged",
            "the channels are axis 1; ReLU comes last",
            "return (activations * gradients).sum(dim=...).relu()",
        ),
        starter="def position_map(activations, gradients):\n    ...",
        solution="def position_map(activations, gradients):\n    return (activations * gradients).sum(dim=1).relu()",
        alternative=(
            "def position_map(activations, gradients):\n"
            "    return torch.einsum('nkhw,nkhw->nhw', activations, gradients).clamp(min=0)"
        ),
        name="position_map",
        judge=judge_positions,
        setup="import torch",
        praise="no mean, so heat stays where the score reads. Try it on a layer before and after its ReLU",
        mistakes=(
            Mistake(
                "Grad-CAM again",
                "def position_map(activations, gradients):\n"
                "    return (gradients.mean(dim=(2, 3), keepdim=True) * activations).sum(dim=1).relu()",
                "that is Grad-CAM",
            ),
            Mistake(
                "only positive gradients",
                "def position_map(activations, gradients):\n"
                "    return (gradients.relu() * activations).sum(dim=1).relu()",
                "that is LayerCAM",
            ),
            Mistake(
                "ReLU before the sum",
                "def position_map(activations, gradients):\n    return (gradients * activations).relu().sum(dim=1)",
                "lost their vote",
            ),
            Mistake(
                "no ReLU",
                "def position_map(activations, gradients):\n    return (gradients * activations).sum(dim=1)",
                "ReLU is missing",
            ),
            Mistake(
                "in place",
                "def position_map(activations, gradients):\n    return activations.mul_(gradients).sum(dim=1).relu()",
                "in-place",
            ),
        ),
    ),
    Exercise(
        id="13.2",
        title="Against the strongest rival",
        difficulty="medium",
        minutes=6,
        task="A score: logit 3 minus the largest of the other logits, one number per picture, for logits (N, C).",
        hints=(
            "which columns are the others? all but number 3",
            "put the columns before 3 and those after 3 together with torch.cat, then amax over the classes",
            "return logits[:, 3] - others.amax(dim=...)",
        ),
        starter="def against_rival(logits):\n    ...",
        solution=(
            "def against_rival(logits):\n"
            "    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)\n"
            "    return logits[:, 3] - others.amax(dim=1)"
        ),
        alternative=(
            "def against_rival(logits):\n"
            "    is_three = torch.arange(logits.shape[1]) == 3\n"
            "    return logits[:, 3] - logits.masked_fill(is_three, -torch.inf).max(dim=1).values"
        ),
        name="against_rival",
        judge=judge_rival,
        setup="import torch",
        praise="one number per picture, with its graph: grad_cam(..., score=against_rival) takes it as it is",
        mistakes=(
            Mistake(
                "the maximum of all",
                "def against_rival(logits):\n    return logits[:, 3] - logits.amax(dim=1)",
                "includes class 3 itself",
            ),
            Mistake(
                "one number for the batch",
                "def against_rival(logits):\n"
                "    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)\n"
                "    return (logits[:, 3] - others.amax(dim=1)).sum()",
                "each picture needs its own",
            ),
            Mistake(
                "one rival for all",
                "def against_rival(logits):\n"
                "    return logits[:, 3] - torch.cat([logits[:, :3], logits[:, 4:]], dim=1).max()",
                "each picture has its own rival",
            ),
            Mistake(
                "graph cut",
                "def against_rival(logits):\n"
                "    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)\n"
                "    return (logits[:, 3] - others.amax(dim=1)).detach()",
                "cut the graph",
            ),
            Mistake(
                "turned round",
                "def against_rival(logits):\n"
                "    return torch.cat([logits[:, :3], logits[:, 4:]], dim=1).amax(dim=1) - logits[:, 3]",
                "sign is turned",
            ),
        ),
    ),
    Exercise(
        id="13.3",
        title="Ten times louder",
        difficulty="medium",
        minutes=10,
        task="The set of the methods in `five` whose heatmap changes when all logits are ten times as large.",
        hints=(
            "copy.deepcopy the network and multiply weight and bias of its fc2 by ten; then only compare",
            "for each method, the largest absolute difference of the two .heatmaps; `linear in the score` explains it",
            "answer = {name for name, most in change.items() if most > ...}",
        ),
        starter="answer = ...",
        solution='answer = {"grad_cam_plus_plus", "score_cam"}',
        alternative='answer = ["score_cam", "grad_cam_plus_plus"]',
        name="answer",
        judge=judge_scale,
        praise=(
            "Grad-CAM++ mixes g² with g³, Score-CAM has a softmax: their heatmaps depend on the scale of the logits, "
            "so two networks that always answer alike can look different"
        ),
        mistakes=(
            Mistake(
                "all five",
                'answer = {"grad_cam", "grad_cam_plus_plus", "hires_cam", "layer_cam", "score_cam"}',
                "raw maps",
            ),
            Mistake("only the softmax", 'answer = {"score_cam"}', "one method uses alpha"),
            Mistake("only alpha", 'answer = {"grad_cam_plus_plus"}', "one method uses a softmax"),
            Mistake("none", "answer = set()", "one method uses a softmax"),
            Mistake("classes instead of names", 'answer = {"GradCAM"}', "not names of the five"),
        ),
    ),
    Exercise(
        id="13.4",
        title="Repair the circulating function",
        difficulty="hard",
        minutes=12,
        task=(
            "Return the Grad-CAM map (h, w) of one picture at `layer`, divided by its peak (zeros stay zeros), for any "
            "network, and leave no hook."
        ),
        hints=(
            "let the model run once and listen at the layer, instead of calling parts of it yourself",
            "a forward hook keeps the output; torch.autograd.grad gives the gradient of a non-leaf",
            "heat = (weights * kept[0]).sum(dim=1)[0].relu(), and divide only if heat.max() > 0",
        ),
        starter=(
            "def repaired_grad_cam(model, image, class_index, layer):\n"
            "    activations = layer(image)\n"
            "    model.classifier(model.features(image))[0, class_index].backward()\n"
            "    weights = activations.grad[0].mean(dim=(1, 2))\n"
            "    return weights / weights.max()"
        ),
        solution=(
            "def repaired_grad_cam(model, image, class_index, layer):\n"
            "    kept = []\n"
            "    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):\n"
            "        output = model(image)\n"
            "    (gradients,) = torch.autograd.grad(output[0, class_index], kept[0])\n"
            "    weights = gradients.mean(dim=(2, 3), keepdim=True)\n"
            "    heat = (weights * kept[0]).sum(dim=1)[0].relu().detach()\n"
            "    return heat / heat.max() if heat.max() > 0 else heat"
        ),
        alternative=(
            "from course_utils.attribution import grad_cam\n"
            "import warnings\n\n"
            "def repaired_grad_cam(model, image, class_index, layer):\n"
            "    with warnings.catch_warnings(record=True):\n"
            "        heat = grad_cam(model, image, layer, class_index).maps[0]\n"
            "    return heat / max(float(heat.max()), 1e-30)"
        ),
        name="repaired_grad_cam",
        judge=judge_repaired,
        setup="import torch",
        praise="one real forward pass, one gradient, one map; it now works for resnet50 as well: try layer4",
        mistakes=(
            Mistake(
                "no map, one number per channel",
                "def repaired_grad_cam(model, image, class_index, layer):\n"
                "    kept = []\n"
                "    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):\n"
                "        output = model(image)\n"
                "    gradients = torch.autograd.grad(output[0, class_index], kept[0])[0]\n"
                "    return gradients[0].mean(dim=(1, 2))",
                "never used",
            ),
            Mistake(
                "0 / 0",
                "def repaired_grad_cam(model, image, class_index, layer):\n"
                "    kept = []\n"
                "    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):\n"
                "        output = model(image)\n"
                "    gradients = torch.autograd.grad(output[0, class_index], kept[0])[0]\n"
                "    heat = (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1)[0].relu().detach()\n"
                "    return heat / heat.max()",
                "0 / 0",
            ),
            Mistake(
                "hook left behind",
                "def repaired_grad_cam(model, image, class_index, layer):\n"
                "    kept = []\n"
                "    layer.register_forward_hook(lambda module, args, output: kept.append(output))\n"
                "    output = model(image)\n"
                "    gradients = torch.autograd.grad(output[0, class_index], kept[0])[0]\n"
                "    heat = (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1)[0].relu().detach()\n"
                "    return heat / heat.max() if heat.max() > 0 else heat",
                "never removed",
            ),
            Mistake(
                "no ReLU",
                "def repaired_grad_cam(model, image, class_index, layer):\n"
                "    kept = []\n"
                "    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):\n"
                "        output = model(image)\n"
                "    gradients = torch.autograd.grad(output[0, class_index], kept[0])[0]\n"
                "    heat = (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1)[0].detach()\n"
                "    return heat / heat.abs().max()",
                "ReLU is missing",
            ),
        ),
    ),
    Exercise(
        id="13.5",
        title="Repair the extractor",
        difficulty="hard",
        minutes=10,
        task=(
            "Return what the layer `target` gave in a real forward pass, the logits, and the gradient of each "
            "picture's largest logit with respect to that output; no hook stays."
        ),
        hints=(
            "the order of named_modules() is not the forward pass; only calling the model is",
            "a forward hook on model.get_submodule(target), then torch.autograd.grad",
            "(gradients,) = torch.autograd.grad(logits.amax(dim=1).sum(), ...)",
        ),
        starter=(
            "def extract(model, images, target):\n"
            "    gradients = []\n"
            "    for name, module in model.named_modules():\n"
            "        images = module(images)\n"
            "        if name == target:\n"
            "            kept = images\n"
            "            images.register_hook(gradients.append)\n"
            "    images.amax(dim=1).sum().backward()\n"
            "    return kept, images, gradients[0]"
        ),
        solution=(
            "def extract(model, images, target):\n"
            "    kept = []\n"
            "    layer = model.get_submodule(target)\n"
            "    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):\n"
            "        logits = model(images)\n"
            "    (gradients,) = torch.autograd.grad(logits.amax(dim=1).sum(), kept[0])\n"
            "    return kept[0].detach(), logits.detach(), gradients"
        ),
        alternative=(
            "def extract(model, images, target):\n"
            "    leaves = []\n\n"
            "    def cut(module, args, output):\n"
            "        leaves.append(output.detach().requires_grad_())\n"
            "        return leaves[0]\n\n"
            "    with model.get_submodule(target).register_forward_hook(cut):\n"
            "        logits = model(images)\n"
            "    largest = logits.max(dim=1).values.sum()\n"
            "    return leaves[0], logits, torch.autograd.grad(largest, leaves[0])[0]"
        ),
        name="extract",
        judge=judge_extract,
        setup="import torch",
        praise="the network ran its own forward pass, shortcuts and flatten included, and you only listened",
        mistakes=(
            Mistake(
                "top level only",
                "def extract(model, images, target):\n"
                "    kept = images\n"
                "    for name, module in model.named_children():\n"
                "        images = module(images.mean(dim=(2, 3)) if name == 'fc' else images)\n"
                "        kept = images if name == target.split('.')[0] else kept\n"
                "    gradient = torch.autograd.grad(images.amax(dim=1).sum(), kept)[0]\n"
                "    return kept, images, gradient",
                "own forward pass",
            ),
            Mistake(
                "only the first picture",
                "def extract(model, images, target):\n"
                "    kept = []\n"
                "    layer = model.get_submodule(target)\n"
                "    with layer.register_forward_hook(lambda m, a, output: kept.append(output)):\n"
                "        logits = model(images)\n"
                "    return kept[0], logits, torch.autograd.grad(logits[0].amax(), kept[0])[0]",
                "only the first picture",
            ),
            Mistake(
                "hook left behind",
                "def extract(model, images, target):\n"
                "    kept = []\n"
                "    model.get_submodule(target).register_forward_hook(lambda m, a, output: kept.append(output))\n"
                "    logits = model(images)\n"
                "    return kept[0], logits, torch.autograd.grad(logits.amax(dim=1).sum(), kept[0])[0]",
                "never removed",
            ),
        ),
    ),
)
