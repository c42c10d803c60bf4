"""Exercises of lesson 11: weights, the map, a heatmap of nothing, and Grad-CAM for a batch that leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn

from course_utils.attribution import grad_cam, weigh_channels
from course_utils.datasets import shapes10
from course_utils.exercises import findings
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.hooks import count_hooks
from course_utils.panels.grad_cam_explorer import Scene, State, asked, prepared
from course_utils.plotting.blending import enlarge
from course_utils.plotting.captions import share_inside
from course_utils.shipped import load_shipped

__all__ = ["EXERCISES"]


def _numbers(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(11))


def _must_be_tensor(got: object, shape: tuple[int, ...], likely: dict[tuple[int, ...], str]) -> None:
    """Raise `Wrong` unless a finite tensor of this shape came."""
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
            cause=likely.get(tuple(got.shape), "other axes were added up or averaged than the task says"),
            next_step="write the shape behind each line as a comment; (N, K, h, w) are the axes 0, 1, 2, 3",
        )


# 11.1


def judge_weights(answer: Callable[[Tensor], Tensor]) -> None:
    """The mean over positions of each channel of each picture, (N, K)."""
    gradients = _numbers(2, 3, 4, 5)
    likely = {
        (3,): "the pictures of the batch were mixed: axis 0 was averaged away",
        (2, 5): "the mean ran over the axes 1 and 2; h and w are the axes 2 and 3",
        (2, 4): "the mean ran over the axes 1 and 3; h and w are the axes 2 and 3",
        (2, 3, 1, 1): "the averaged axes were kept: leave keepdim away here",
        (2, 3, 5): "only the rows were averaged",
        (2, 3, 4): "only the columns were averaged",
        (): "everything was averaged into one number",
    }
    got, wanted = answer(gradients.clone()), gradients.mean(dim=(2, 3))
    _must_be_tensor(got, (2, 3), likely)
    if not torch.allclose(got, wanted, atol=1e-5):
        raise Wrong(
            got=f"{got[0, 0]:.4f} for the first channel",
            wanted=f"{wanted[0, 0]:.4f}",
            cause=_why_not_the_mean(got, gradients),
            next_step="average the gradients over h and w, nothing else",
        )


def _why_not_the_mean(got: Tensor, gradients: Tensor) -> str:
    likely = {
        "the sum came, not the mean": gradients.sum(dim=(2, 3)),
        "the signs are gone: a channel may also speak against the class": gradients.abs().mean(dim=(2, 3)),
        "negative gradients were cut off; Grad-CAM cuts only at the end": gradients.relu().mean(dim=(2, 3)),
        "the largest gradient came, not the mean": gradients.amax(dim=(2, 3)),
    }
    near = [cause for cause, value in likely.items() if torch.allclose(got, value, atol=1e-5)]
    return near[0] if near else "these are not the mean gradients over the positions"


# 11.2


def judge_map(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """relu(sum over K of weight times activations), (N, h, w), for a batch and for a single picture."""
    for batch in (2, 1):
        activations, gradients = _numbers(batch, 3, 4, 5), _numbers(batch, 3, 4, 5).flip(3)
        kept = activations.clone()
        got, wanted = answer(activations, gradients), weigh_channels(kept, gradients)
        likely = {
            (batch, 3, 4, 5): "the channels were not added up",
            (4, 5): "the pictures of the batch were mixed, or the axis of the pictures is lost",
            (batch, 1, 4, 5): "the axis of the channels was kept: leave keepdim away in the sum",
            (3, 4, 5): "the pictures were added up; the channels are axis 1",
        }
        _must_be_tensor(got, (batch, 4, 5), likely)
        if not torch.equal(activations, kept):
            raise Wrong(
                got="the activations were changed",
                wanted="the activations as they were",
                cause="an in-place operation wrote into them; run the cell twice and it multiplies twice",
                next_step="multiply into a new tensor: weights * activations",
            )
        if not torch.allclose(got, wanted, atol=1e-5):
            raise Wrong(
                got=f"values from {got.min():.3f} to {got.max():.3f}",
                wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}",
                cause=_why_not_the_map(got, activations, gradients),
                next_step="mean of gradients, weighted sum over channels, then ReLU, in this order",
            )


def _why_not_the_map(got: Tensor, activations: Tensor, gradients: Tensor) -> str:
    weights = gradients.mean(dim=(2, 3), keepdim=True)
    signed = (weights * activations).sum(dim=1)
    likely = {
        "ReLU is missing: evidence against the class is still in the map": signed,
        "ReLU came before the sum: channels that speak against the class lost their vote": (weights * activations)
        .relu()
        .sum(dim=1),
        "the absolute value makes evidence against the class look like evidence for it": signed.abs(),
        "the mean over the channels came, not the sum": signed.relu() / activations.shape[1],
        "gradients were multiplied position by position; Grad-CAM averages them first": (gradients * activations)
        .sum(dim=1)
        .relu(),
        "negative weights were cut off": (weights.relu() * activations).sum(dim=1).relu(),
        "the map was stretched; raw maps stay in logits": signed.relu() / signed.relu().amax(dim=(1, 2), keepdim=True),
    }
    near = [cause for cause, value in likely.items() if torch.allclose(got, value, atol=1e-5)]
    return near[0] if near else "this is not the positive part of the weighted sum"


# 11.3


def judge_heatmap(answer: Callable[[Tensor], Tensor]) -> None:
    """Divide by the peak; a map of zeros stays zeros; the map given is not changed."""
    for cam in (
        torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
        torch.tensor([[0.0, 0.5]]),
        torch.zeros(2, 2),
        torch.full((2, 2), 3.0),
    ):
        kept = cam.clone()
        got, wanted = answer(cam), kept / (kept.max() if kept.max() > 0 else 1.0)
        _must_be_tensor(got, tuple(kept.shape), {})
        if not torch.equal(cam, kept):
            raise Wrong(
                got="the caller's map was changed",
                wanted="a new tensor",
                cause="an in-place division, /= or div_, writes into the map that was given",
                next_step="return cam / peak",
            )
        if not torch.allclose(got, wanted, atol=1e-6):
            raise Wrong(
                got=f"{got.flatten().tolist()} from {kept.flatten().tolist()}",
                wanted=f"{wanted.flatten().tolist()}",
                cause=_why_not_the_heatmap(got, kept),
                next_step="divide by the largest value if it is above zero; else there is nothing to divide",
            )


def _why_not_the_heatmap(got: Tensor, cam: Tensor) -> str:
    if got.isnan().any():
        return "0 / 0 is NaN: a map of zeros, or a constant one, was stretched"
    if float(cam.max()) == 0:
        return "a map without heat got some: nothing must stay nothing"
    if float(cam.min()) > 0 and float(got.min()) == 0:
        return "the smallest value was subtracted, so 'a little everywhere' became 'nothing there'"
    if torch.allclose(got, cam):
        return "nothing was divided"
    if torch.isclose(got.sum(), torch.tensor(1.0)):
        return "this divides by the sum; the peak should become 1"
    return "the peak should become 1 and zero should stay zero"


# 11.4


class _Small(nn.Module):
    """Two convolutions and a linear layer; knows nothing of the course."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 5, 3, padding=1)
        self.fc = nn.Linear(5 * 16, 6)

    def forward(self, images: Tensor) -> Tensor:
        x = self.conv2(self.conv1(images).relu()).relu()
        return self.fc(nn.functional.adaptive_avg_pool2d(x, 4).flatten(1))


def judge_batch(answer: Callable[[nn.Module, Tensor, nn.Module, Tensor], Tensor]) -> None:
    """The package's maps for a batch of different classes; no hook and no gradient is left."""
    torch.manual_seed(4)
    model, classes = _Small().eval(), torch.tensor([0, 5, 2])
    images = torch.rand(3, 3, 8, 8)
    got = answer(model, images, model.conv2, classes)
    if count_hooks(model):
        raise Wrong(
            got=f"{count_hooks(model)} hooks are left on the model",
            wanted="none",
            cause="the hook was never removed, so each call adds another one",
            next_step="put the forward pass inside: with layer.register_forward_hook(...):",
        )
    if any(p.grad is not None for p in model.parameters()):
        raise Wrong(
            got="the parameters' .grad were filled",
            wanted="the parameters' .grad as before",
            cause="backward() writes into .grad and would spoil a training step",
            next_step="ask torch.autograd.grad(score, activations) instead",
        )
    wanted = grad_cam(model, images, "conv2", classes).maps
    _must_be_tensor(got, tuple(wanted.shape), {(8, 8): "one map came, for three pictures", (1, 8, 8): "one map came"})
    if not torch.allclose(got, wanted, atol=1e-6 + 1e-4 * float(wanted.max())):
        raise Wrong(
            got=f"highest values {[round(float(m.max()), 4) for m in got]}",
            wanted=f"{[round(float(m.max()), 4) for m in wanted]}",
            cause=_why_not_the_batch(model, images, got, wanted, classes),
            next_step="sum the chosen logits: logits[torch.arange(len(images)), classes].sum()",
        )


def _why_not_the_batch(model: nn.Module, images: Tensor, got: Tensor, wanted: Tensor, classes: Tensor) -> str:
    if float(got[1:].abs().max()) == 0 and torch.allclose(got[0], wanted[0], atol=1e-5):
        return "only picture 0 was asked about; the others have gradients of zero"
    one_class = grad_cam(model, images, "conv2", int(classes[0])).maps
    if torch.allclose(got, one_class, atol=1e-5):
        return "all pictures were asked about the first class"
    if torch.allclose(got, grad_cam(model, images, "conv2").maps, atol=1e-5):
        return "the predicted classes were explained, not the ones that were asked for"
    if float(got.min()) < 0:
        return "ReLU is missing"
    every_class = sum(grad_cam(model, images, "conv2", c).maps for c in range(6))
    scale = (got.flatten() @ wanted.flatten()) / (wanted.flatten() @ wanted.flatten())
    if 0 < float(scale) < 0.9 and torch.allclose(got, wanted * scale, atol=0.05 * float(got.max())):
        return "the score is divided or squeezed: take the sum of logits, not their mean and not probabilities"
    return "probabilities or another score were differentiated" if float(every_class.max()) else "another score"


WEIGHTS = Exercise(
    id="11.1",
    title="The weights of the channels",
    difficulty="easy",
    minutes=4,
    task="channel_weights(gradients): from gradients (N, K, h, w) the Grad-CAM weights, shape (N, K).",
    hints=(
        "One number for each channel of each picture: how the logit reacts when the channel grows everywhere.",
        "Tensor.mean takes a tuple of axes; h and w are the last two.",
        "gradients.mean(dim=(?, ?)) with the axes of h and w",
    ),
    starter="def channel_weights(gradients):\n    ...",
    solution="def channel_weights(gradients):\n    return gradients.mean(dim=(2, 3))",
    alternative="def channel_weights(gradients):\n    return gradients.flatten(2).sum(-1) / gradients[0, 0].numel()",
    name="channel_weights",
    judge=judge_weights,
    praise="Right: each picture keeps its own weights; the mean makes them independent of the map's size.",
    mistakes=(
        Mistake("wrong axes", "def channel_weights(gradients):\n    return gradients.mean(dim=(1, 2))", "axes 1 and 2"),
        Mistake(
            "mixes the batch", "def channel_weights(gradients):\n    return gradients.mean(dim=(0, 2, 3))", "mixed"
        ),
        Mistake("sum", "def channel_weights(gradients):\n    return gradients.sum(dim=(2, 3))", "sum came"),
        Mistake("ReLU", "def channel_weights(gradients):\n    return gradients.relu().mean(dim=(2, 3))", "cut off"),
        Mistake(
            "keepdim", "def channel_weights(gradients):\n    return gradients.mean(dim=(2, 3), keepdim=True)", "keepdim"
        ),
    ),
    setup="import torch",
)

_MAP = "def cam_map(activations, gradients):\n    weights = gradients.mean(dim=(2, 3), keepdim=True)\n    return {}"

MAP = Exercise(
    id="11.2",
    title="From weights to a map",
    difficulty="medium",
    minutes=8,
    task="cam_map(activations, gradients): both (N, K, h, w); the Grad-CAM maps, shape (N, h, w), not normalised.",
    hints=(
        "Three steps: a weight for each channel, a weighted vote, and only what speaks for the class.",
        "keepdim=True leaves the weights at (N, K, 1, 1), which multiplies (N, K, h, w); then sum over axis 1.",
        "(weights * activations).sum(dim=1), and then the positive part",
    ),
    starter="def cam_map(activations, gradients):\n    ...",
    solution=_MAP.format("(weights * activations).sum(dim=1).relu()"),
    alternative=(
        "def cam_map(activations, gradients):\n"
        "    weights = gradients.mean(dim=(2, 3))\n"
        "    return torch.einsum('nk,nkhw->nhw', weights, activations).clamp(min=0)"
    ),
    name="cam_map",
    judge=judge_map,
    praise="Right: that is the whole of Grad-CAM, equations 1 and 2 of the paper.",
    mistakes=(
        Mistake("ReLU before the sum", _MAP.format("(weights * activations).relu().sum(dim=1)"), "before the sum"),
        Mistake("no ReLU", _MAP.format("(weights * activations).sum(dim=1)"), "ReLU is missing"),
        Mistake(
            "mean instead of sum", _MAP.format("(weights * activations).mean(dim=1).relu()"), "mean over the channels"
        ),
        Mistake("sums the pictures", _MAP.format("(weights * activations).sum(dim=0).relu()"), "channels are axis 1"),
        Mistake(
            "position by position", _MAP.format("(gradients * activations).sum(dim=1).relu()"), "averages them first"
        ),
        Mistake(
            "in place", _MAP.format("activations.mul_(weights).sum(dim=1).relu()"), "in-place operation wrote into them"
        ),
    ),
    setup="import torch",
)

_HEAT = "def to_heatmap(cam):\n    {}"

HEATMAP = Exercise(
    id="11.3",
    title="A heatmap of nothing",
    difficulty="medium",
    minutes=8,
    task="to_heatmap(cam), repaired: the peak becomes 1, zero stays zero, an empty map stays empty, no NaN.",
    hints=(
        "Feed it torch.zeros(2, 2), then a map whose smallest value is above zero. What comes out?",
        "Do not subtract anything. And look at the peak before you divide by it.",
        "peak = cam.max(), then divide only if peak > 0",
    ),
    starter="def to_heatmap(cam):\n    cam -= cam.min()\n    return cam / cam.max()",
    solution="def to_heatmap(cam):\n    peak = cam.max()\n    return cam / peak if peak > 0 else torch.zeros_like(cam)",
    alternative="def to_heatmap(cam):\n    peak = cam.max()\n    return cam / torch.where(peak > 0, peak, 1.0)",
    name="to_heatmap",
    judge=judge_heatmap,
    praise="Right: now two pictures with no evidence look like no evidence.",
    mistakes=(
        Mistake("stretches", _HEAT.format("return (cam - cam.min()) / (cam.max() - cam.min() + 1e-8)"), "subtracted"),
        Mistake("0 / 0", _HEAT.format("return cam / cam.max()"), "0 / 0 is NaN"),
        Mistake("divides by the sum", _HEAT.format("return cam / cam.sum()"), "divides by the sum"),
        Mistake("in place", _HEAT.format("cam /= cam.max().clamp(min=1e-12)\n    return cam"), "in-place division"),
        Mistake("invents heat", _HEAT.format("return (cam + 1e-3) / (cam.max() + 1e-3)"), "peak should become 1"),
    ),
    setup="import torch",
)

_BATCH = """def batch_grad_cam(model, images, layer, classes):
    kept = []
    with layer.register_forward_hook(lambda m, a, out: kept.append(out)):
        logits = model(images)
    score = {score}
    (gradients,) = torch.autograd.grad(score, kept[0])
    weights = gradients.mean(dim=(2, 3), keepdim=True)
    return (weights * kept[0]).sum(dim=1).relu().detach()"""

_LEFT_HOOK = """def batch_grad_cam(model, images, layer, classes):
    kept = []
    layer.register_forward_hook(lambda m, a, out: kept.append(out))
    logits = model(images)
    score = logits[torch.arange(len(images)), classes].sum()
    (gradients,) = torch.autograd.grad(score, kept[0])
    return (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1).relu().detach()"""

_BACKWARD = """def batch_grad_cam(model, images, layer, classes):
    kept = []
    with layer.register_forward_hook(lambda m, a, out: (out.retain_grad(), kept.append(out))[1]):
        logits = model(images)
    logits[torch.arange(len(images)), classes].sum().backward()
    weights = kept[0].grad.mean(dim=(2, 3), keepdim=True)
    return (weights * kept[0]).sum(dim=1).relu().detach()"""

BATCH = Exercise(
    id="11.4",
    title="A batch, each picture with its own class",
    difficulty="hard",
    minutes=12,
    task="batch_grad_cam(model, images, layer, classes): maps (N, h, w); no hook and no parameter gradient is left.",
    hints=(
        "In evaluation mode pictures do not touch each other, so the sum of their logits knows each one's gradient.",
        "Pick one logit per picture with logits[torch.arange(N), classes]; torch.autograd.grad fills no .grad.",
        "score = logits[torch.arange(len(images)), classes].sum(), then as in my_grad_cam",
    ),
    starter="def batch_grad_cam(model, images, layer, classes):\n    ...",
    solution=_BATCH.format(score="logits[torch.arange(len(images)), classes].sum()"),
    alternative="""def batch_grad_cam(model, images, layer, classes):
    seen = {}
    with layer.register_forward_hook(lambda m, a, out: seen.update(out=out)):
        logits = model(images)
    chosen = logits.gather(1, classes[:, None])
    (gradients,) = torch.autograd.grad(chosen, seen["out"], torch.ones_like(chosen))
    return torch.einsum("nkhw,nk->nhw", seen["out"], gradients.mean((2, 3))).clamp(min=0).detach()""",
    name="batch_grad_cam",
    judge=judge_batch,
    praise="Right: one pass for all pictures, and nobody can tell that you were there.",
    mistakes=(
        Mistake("first picture only", _BATCH.format(score="logits[0, classes[0]]"), "only picture 0"),
        Mistake("one class for all", _BATCH.format(score="logits[:, classes[0]].sum()"), "first class"),
        Mistake(
            "predicted classes", _BATCH.format(score="logits.amax(dim=1).sum()"), "predicted classes were explained"
        ),
        Mistake(
            "mean", _BATCH.format(score="logits[torch.arange(len(images)), classes].mean()"), "divided or squeezed"
        ),
        Mistake("hook stays", _LEFT_HOOK, "never removed"),
        Mistake("fills .grad", _BACKWARD, "backward() writes into .grad"),
    ),
    setup="import torch",
)


# 11.5: the explorer

LEAST = "the number of the picture with the least heat on its object (conv2, the network's answer), and that percentage"
SLACK = 0.6  # percent: the caption rounds, and the last digits differ between processors


@cache
def _scene() -> Scene:
    """Return what the lesson's panel shows."""
    data = shapes10(count=200, seed=42)
    return prepared(load_shipped("simplecnn_shapes10").model, data[[*range(11), 53]])


@cache
def _percent(picture: int, layer: str = "conv2", rank: int = 0) -> float:
    """Return how many percent of the heat of the answer (rank 0) or second choice (1) lie on the object."""
    scene = _scene()
    classes = asked(scene, State(picture, layer))
    mask = scene.album.masks[picture]
    return 100 * share_inside(enlarge(scene.maps[layer][picture, classes[rank]], mask.shape), mask)


def judge_least(answer: object) -> None:
    """Measure all twelve pictures as the panel does."""
    picture, percent = (findings.demand_number(one, LEAST) for one in findings.demand_pair(answer, LEAST))
    wanted = min(range(len(_scene().album)), key=_percent)
    if picture != wanted or abs(percent - _percent(wanted)) > SLACK:
        cause, next_step = _why_not_least(picture, percent, wanted)
        raise Wrong(got=f"picture {picture:g}, {percent:g} percent", wanted=LEAST, cause=cause, next_step=next_step)


def _why_not_least(picture: float, percent: float, wanted: int) -> tuple[str, str]:
    right = _percent(wanted)
    if percent == wanted and abs(picture - right) <= SLACK:
        return "the two are the wrong way round", "write the picture first, then the percentage"
    if picture == wanted:
        return _why_another_percentage(percent, wanted)
    if picture == 53:
        return "53 is its number in data; the slider numbers its own twelve pictures", "read the slider Picture"
    if picture == wanted + 1:
        return "the slider counts its pictures from 0, so this is one too many", "read the slider Picture"
    if picture not in range(len(_scene().album)):
        return f"there is no picture {picture:g}: the slider runs from 0 to 11", "read the slider Picture"
    return _why_another_picture(int(picture), wanted)


def _why_another_percentage(percent: float, picture: int) -> tuple[str, str]:
    if abs(100 * percent - _percent(picture)) <= SLACK:
        return "this is a share between 0 and 1; percent were asked for", "multiply it by 100"
    other = {
        "this is the second choice's heat, the orange row": _percent(picture, "conv2", 1),
        "this was measured at conv3, not at conv2": _percent(picture, "conv3"),
        "this was measured at conv1, not at conv2": _percent(picture, "conv1"),
        "this is the heat that lies beside the object": 100 - _percent(picture),
    }
    for cause, value in other.items():
        if abs(percent - value) <= SLACK:
            return cause, "set conv2, and read the first percentage of the heat in the caption"
    return "the picture is right, its percentage is not", "read the caption: so many % of the heat on the object"


def _why_another_picture(picture: int, wanted: int) -> tuple[str, str]:
    scene = _scene()
    everyone = range(len(scene.album))
    if picture == max(everyone, key=_percent):
        return "this picture has the most heat on its object; the least was asked for", "look for the lowest percentage"
    for layer in ("conv3", "conv1"):
        filled = [one for one in everyone if scene.maps[layer][one, asked(scene, State(one, layer))[0]].any()]
        if picture == min(filled, key=lambda one: _percent(one, layer)) and picture != wanted:
            return f"this picture has the least at {layer}, not at conv2", "set the target layer to conv2"
    return (
        f"at conv2, {_percent(picture):.0f} % of this picture's heat lie on its object; another picture has less",
        "walk through all twelve pictures, and write the percentages down",
    )


EXPLORE = Exercise(
    id="11.5",
    title="Explore: right, but looking elsewhere",
    difficulty="easy",
    minutes=5,
    task=(
        "In the panel, at conv2, with the network's answer as class: walk through the twelve pictures. Which one has "
        "the least of its heat on the object, and how many percent? Hand in (picture, percent)."
    ),
    hints=(
        "Every caption ends its first half with the percentage; most are above 80.",
        "The slider Picture has numbers of its own, from 0. Walk to its very end.",
        "It is a ring, and the last picture of the twelve.",
    ),
    starter="found = (..., ...)",
    solution="found = (11, 28)",
    alternative="""
names, masks = ["conv2"], data.masks
maps = grad_cam(model, data.images[[53]], "conv2").heatmaps
found = [11, 100 * float((maps * masks[[53]]).sum() / maps.sum())]
""",
    name="found",
    judge=judge_least,
    seconds=30.0,
    praise=(
        "Right: 28 percent, and the network still says ring. A right answer does not prove a right reason; lesson 14 "
        "tests such doubts. Look at the overlay: where is the rest?"
    ),
    mistakes=(
        Mistake("the second choice", "found = (11, 26)", "orange row"),
        Mistake("another layer", "found = (11, 30)", "conv3"),
        Mistake("a share", "found = (11, 0.28)", "multiply it by 100"),
        Mistake("swapped", "found = (28, 11)", "wrong way round"),
        Mistake("number in data", "found = (53, 28)", "its number in data"),
        Mistake("counted from 1", "found = (12, 28)", "from 0"),
        Mistake("the most", "found = (6, 100)", "most heat"),
        Mistake("second lowest", "found = (1, 84)", "another picture has less"),
        Mistake("beside the object", "found = (11, 72)", "beside the object"),
        Mistake("the least at conv3", "found = (7, 7)", "least at conv3"),
        Mistake("percent sign", "found = (11, '28 %')", "a text stands"),
    ),
    setup=(
        "import torch\nfrom course_utils.attribution import grad_cam\nfrom course_utils.datasets import shapes10\n"
        "from course_utils.shipped import load_shipped\n"
        'model, data = load_shipped("simplecnn_shapes10").model, shapes10(count=200, seed=42)'
    ),
)

EXERCISES = (WEIGHTS, MAP, HEATMAP, BATCH, EXPLORE)
