"""Exercises of lesson 11: weights, the map, a heatmap of nothing, and Grad-CAM for a batch that leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn

from course_utils.attribution import weigh_channels
from course_utils.datasets import shapes10
from course_utils.exercises import findings
from course_utils.exercises.diagnosis.cam import LAYER, cam_mistakes, map_shapes, recorded_at, recorded_before
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.error_meanings import LOST_BATCH, PICKS_PICTURES
from course_utils.exercises.diagnosis.graph_errors import graph_errors
from course_utils.exercises.diagnosis.scores import scores_of
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.traces import Traces, demand_error_passed_on, demand_same_pictures
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import first_place, why_other_values
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.panels.grad_cam_explorer import Scene, State, asked, prepared
from course_utils.plotting.blending import enlarge
from course_utils.plotting.captions import share_inside
from course_utils.shipped import load_shipped

__all__ = ["EXERCISES"]


def _numbers(*shape: int, seed: int = 11) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# 11.1


def judge_weights(answer: Callable[[Tensor], Tensor]) -> None:
    """The mean over positions of each channel of each picture, (N, K); one picture, one channel, other sizes too."""
    for shape in ((2, 3, 4, 5), (1, 3, 2, 6), (2, 1, 5, 3)):
        gradients, kind = _numbers(*shape), f"weights for gradients of shape {shape}"
        kept, wanted = gradients.clone(), gradients.mean(dim=(2, 3))
        got = tried(judge_weights, answer, (gradients,), kind)
        _must_be_unchanged(kind, (gradients, kept))
        weights = demand_tensor_like(got, wanted, kept, LAYER, kind, _likely_weights(shape))
        if not same_relative(weights.detach(), wanted):
            mine, its = first_place(weights, wanted)
            raise Wrong(
                got=mine,
                wanted=f"{its}, {kind}",
                cause=_why_not_the_mean(weights, kept),
                next_step="average the gradients over h and w, nothing else",
            )


def _likely_weights(shape: tuple[int, ...]) -> dict[tuple[int, ...], str]:
    count, channels, height, width = shape
    if count == 1 or channels == 1:
        return {}
    return {
        (count, width): "the mean ran over the axes 1 and 2; h and w are the axes 2 and 3",
        (count, height): "the mean ran over the axes 1 and 3; h and w are the axes 2 and 3",
        (count, channels, 1, 1): "the averaged axes were kept: leave keepdim away here",
        (count, channels, width): "only the rows were averaged",
        (count, channels, height): "only the columns were averaged",
        (): "everything was averaged into one number",
        (channels, count): "pictures and channels were exchanged: (K, N) came, by .T or by a reshape",
        (count, height * width): "after flatten, the mean ran over the channels, not over the positions",
    }


def _must_be_unchanged(kind: str, *pairs: tuple[Tensor, Tensor]) -> None:
    """Raise `Wrong` unless each first tensor is still what the second, a copy, says."""
    if not all(torch.equal(now, before) for now, before in pairs):
        raise Wrong(
            got="the activations or gradients that came in were changed",
            wanted=f"what came in as it was, and new {kind}",
            cause="an in-place operation wrote into them; run the cell twice and it multiplies twice",
            next_step="compute a new tensor: weights * activations",
        )


def _other_middles(gradients: Tensor) -> dict[str, Tensor]:
    """Return what else people take for the middle of the positions."""
    mean = gradients.mean(dim=(2, 3))
    return {
        "the middle gradient came (median), not the mean": gradients.flatten(2).median(dim=2).values,
        "a median of medians came, not the mean": gradients.median(dim=2).values.median(dim=2).values,
        "the spread of the gradients (std) came, not the mean": gradients.std(dim=(2, 3)),
        "mean divided by spread came, not the mean": mean / gradients.std(dim=(2, 3)),
        "the length of the gradients (norm) came, not the mean": gradients.flatten(2).norm(dim=2),
        "the mean of the squares came": (gradients**2).mean(dim=(2, 3)),
        "the mean of each row was taken, and then the largest": gradients.mean(dim=3).amax(dim=2),
        "the mean of each column was taken, and then the largest": gradients.mean(dim=2).amax(dim=2),
    }


def _why_not_the_mean(got: Tensor, gradients: Tensor) -> str:
    count, channels, height, width = gradients.shape
    mean = gradients.mean(dim=(2, 3))
    likely = {
        "the sum came, not the mean": gradients.sum(dim=(2, 3)),
        "the signs are gone: a channel may also speak against the class": gradients.abs().mean(dim=(2, 3)),
        "negative gradients were cut off; Grad-CAM cuts only at the end": gradients.relu().mean(dim=(2, 3)),
        "negative weights were cut off; Grad-CAM cuts only at the end, after the sum": mean.relu(),
        "the largest gradient came, not the mean": gradients.amax(dim=(2, 3)),
        "the smallest gradient came, not the mean": gradients.amin(dim=(2, 3)),
        **_other_middles(gradients),
        "only one position was used, not all": gradients[:, :, 0, 0],
        "only the position in the middle was used, not all": gradients[:, :, height // 2, width // 2],
        "only the first row was averaged": gradients[:, :, 0].mean(dim=2),
        "only the first column was averaged": gradients[:, :, :, 0].mean(dim=2),
        "all pictures got the weights of the first": mean[:1].expand_as(mean),
        "all pictures got the same weights, averaged over the batch": mean.mean(dim=0, keepdim=True).expand_as(mean),
    }
    units = {"h·w": height * width, "h alone": height, "w alone": width, "the number of channels": channels}
    units["the number of pictures"] = count
    units |= {
        "h + w in place of h·w": height + width,
        "all numbers of the tensor": gradients.numel(),
        "K·h·w": channels * height * width,
    }
    return why_other_values(got, mean, likely, units, "these are not the mean gradients over the positions")


# 11.2


def judge_map(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """relu(sum over K of weight times activations), (N, h, w), for a batch, a single picture and a single channel."""
    for shape in ((2, 5, 3, 4), (1, 5, 3, 4), (3, 1, 2, 4)):
        activations, gradients = 4 * _numbers(*shape), _numbers(*shape, seed=12)
        kept, wanted = (activations.clone(), gradients.clone()), weigh_channels(activations, gradients)
        kind = f"maps for two tensors of shape {shape}"
        got = tried(judge_map, answer, (activations, gradients), kind)
        _must_be_unchanged(kind, (activations, kept[0]), (gradients, kept[1]))
        maps = demand_tensor_like(got, wanted, kept[0], LAYER, kind, map_shapes(shape))
        if not same_relative(maps.detach(), wanted):
            raise Wrong(
                got=f"values from {maps.min():.3f} to {maps.max():.3f}",
                wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}, {kind}",
                cause=_why_not_the_map(maps, *kept),
                next_step="mean of gradients, weighted sum over channels, then ReLU, in this order",
            )


def _why_not_the_map(got: Tensor, activations: Tensor, gradients: Tensor) -> str:
    count, channels, height, width = activations.shape
    units = {
        "h·w (the sum of the gradients in place of their mean)": height * width,
        "the number of channels": channels,
    }
    units |= {"the number of pictures": count, "h": height, "w": width}
    wanted = weigh_channels(activations, gradients)
    otherwise = "this is not the positive part of the weighted sum"
    return why_other_values(got, wanted, cam_mistakes(activations, gradients), units, otherwise)


# 11.3

EMPTY = "the map is empty here, and an empty map has an answer: itself"


def judge_heatmap(answer: Callable[[Tensor], Tensor]) -> None:
    """Divide by the peak; a map of zeros stays zeros, a faint one gets its peak of 1; the map given is not changed."""
    for cam in (
        torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
        torch.tensor([[0.0, 0.5]]),
        torch.zeros(2, 2),
        torch.full((2, 2), 3.0),
        torch.tensor([[0.0, 0.01, 0.02], [0.005, 0.0, 0.004]]),
    ):
        kept, given = cam.clone(), f"from {_list(cam)}"
        wanted = kept / (kept.max() if kept.max() > 0 else 1.0)
        got = tried(
            judge_heatmap, answer, (cam,), f"{_list(wanted)} {given}", *(EMPTY_ERRORS if not kept.any() else TWO_AXES)
        )
        if not torch.equal(cam, kept):
            raise Wrong(
                got="the caller's map was changed",
                wanted="a new tensor",
                cause="an in-place division, /= or div_, writes into the map that was given",
                next_step="return cam / peak",
            )
        heat = _heat_of(got, wanted, kept, given)
        if not torch.allclose(heat, wanted, atol=1e-4):
            raise Wrong(
                got=f"{_list(heat)} {given}",
                wanted=_list(wanted),
                cause=_why_not_the_heatmap(heat, kept),
                next_step="divide by the largest value if it is above zero; else there is nothing to divide",
            )


TWO_AXES = (
    (
        r"Dimension out of range",
        "axis 2 or higher is asked for, and one map has two axes, (h, w): no batch and no channels",
        "take the largest of all: cam.max()",
    ),
)
EMPTY_ERRORS = ((r"", f"the function raises an error for an empty map: {EMPTY}", "return zeros if the peak is 0"),)


def _list(values: Tensor) -> str:
    return str([round(float(one), 4) for one in values.flatten()])


def _heat_of(got: object, wanted: Tensor, cam: Tensor, given: str) -> Tensor:
    if not cam.any() and not isinstance(got, Tensor):
        name = "None" if got is None else type(got).__name__
        raise Wrong(
            got=got,
            wanted=f"{_list(wanted)} {given}",
            cause=f"for an empty map, something of type {name} came and no tensor: {EMPTY}",
            next_step="return torch.zeros_like(cam) if the peak is 0",
        )
    return demand_tensor_like(got, wanted, cam, ("rows", "columns"), f"a heatmap {given}").detach()


def _why_not_the_heatmap(got: Tensor, cam: Tensor) -> str:
    if got.isnan().any():
        return "0 / 0 is NaN: a map of zeros, or a constant one, was stretched"
    peak = float(cam.max())
    if peak == 0:
        return f"a map without heat got some: nothing must stay nothing; {EMPTY}"
    if cam.min() == peak and not got.any():
        return "an even map became zero: 'the same everywhere' is not 'nothing there' (or the smallest was subtracted)"
    if same_relative(got, (cam - cam.min()) / (peak - cam.min())):
        return "the smallest value was subtracted, so 'a little everywhere' became 'nothing there'"
    if same_relative(got, (cam > 0).float()) and got.unique().numel() == 1:
        return "everything became 1: only yes or no is left, or a clamp at 1 without scaling"
    return _why_another_scale(got, cam)


def _why_another_scale(got: Tensor, cam: Tensor) -> str:
    peak, place = float(cam.max()), cam.argmax()
    top = float(got.flatten()[place])
    if same_relative(got, cam * (top / peak)) and not same_relative(got, cam) and 0 < top < 1:
        return _why_low_peak(peak, peak / top, cam)
    if same_relative(got, cam) and peak < 1:
        return "nothing was divided: a floor such as clamp(min=1) is larger than the peak of a faint map"
    likely = {"nothing was divided": cam, ADDED: _with_constant(got, cam)}
    told = "the peak should become 1 and zero should stay zero"
    found = why_other_values(got, cam / peak, likely, {}, told)
    return found.replace("of its own picture", "of its own row").replace(", and should stay as it is", "")


ADDED = "a constant was added before the division: only the peak should become 1, and zero stays zero"


def _why_low_peak(peak: float, divisor: float, cam: Tensor) -> str:
    begin = f"the peak should become 1, and {peak:g} was divided by {divisor:.4g}"
    known = {
        "the sum: this divides by the sum of all values": float(cam.sum()),
        "the length (norm) of all values": float(cam.norm()),
        "the number of values": float(cam.numel()),
        "twice the peak": 2 * float(cam.max()),
        "a fixed number, right for another map": 4.0 if float(cam.max()) != 4 else 0.5,
        "the largest byte, 255": 255.0,
        "a hundred": 100.0,
    }
    for name, value in known.items():
        if abs(divisor / value - 1) < 1e-5:
            return f"{begin}, {name}"
    if peak < 1 and divisor <= 1:
        return f"{begin}: a floor or a constant (clamp(min=...), + ...) that is large beside the peak of a faint map"
    return f"{begin}: something was added to the peak"


def _with_constant(got: Tensor, cam: Tensor) -> Tensor:
    """Return (cam + c) / (peak + c) for the constant c that fits the smallest value best."""
    low, peak = float(cam.min()), float(cam.max())
    share = float(got.flatten()[cam.argmin()])
    constant = (share * peak - low) / (1 - share) if share < 1 else 0.0
    return (cam + constant) / (peak + constant) if constant > -low else cam


# 11.4


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
            "squeezes",
            "def channel_weights(gradients):\n"
            "    return torch.nn.functional.adaptive_avg_pool2d(gradients, 1).squeeze()",
            "squeeze()",
        ),
        Mistake(
            "fixed size",
            "def channel_weights(gradients):\n    return gradients.sum(dim=(2, 3)) / 256",
            "a map of 16x16",
        ),
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
        Mistake("clamps at 1", _MAP.format("(weights * activations).sum(dim=1).clamp(0, 1)"), "above 1 were cut off"),
        Mistake("without weights", _MAP.format("activations.sum(dim=1).relu()"), "weights are not used"),
        Mistake(
            "one set of weights",
            _MAP.format("(weights.mean(0) * activations).sum(dim=1).relu()"),
            "averaged over the batch",
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
        Mistake("a floor", _HEAT.format("return cam / cam.max().clamp(min=0.1)"), "faint map"),
        Mistake(
            "nothing for nothing", _HEAT.format("return cam / cam.max() if cam.any() else None"), "for an empty map"
        ),
        Mistake("row by row", _HEAT.format("return cam / cam.amax(1, keepdim=True).clamp(min=1e-12)"), "its own row"),
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
        Mistake("wipes waiting gradients", _BACKWARD.replace("weights =", "model.zero_grad()\n    weights ="), "wiped"),
        Mistake(
            "a layer by its name",
            "from course_utils.attribution import grad_cam\n\n"
            "def batch_grad_cam(model, images, layer, classes):\n"
            "    return grad_cam(model, images, 'conv2', classes).maps",
            "must take the layer that is handed in",
        ),
        Mistake(
            "enlarges",
            _BATCH.format(score="logits[torch.arange(len(images)), classes].sum()").replace(
                "return (weights * kept[0]).sum(dim=1).relu().detach()",
                "maps = (weights * kept[0]).sum(dim=1, keepdim=True).relu().detach()\n"
                "    return torch.nn.functional.interpolate(maps, images.shape[-2:])[:, 0]",
            ),
            "were enlarged",
        ),
        Mistake(
            "train mode",
            _BATCH.format(score="logits[torch.arange(len(images)), classes].sum()").replace(
                "    kept = []", "    model.train()\n    kept = []"
            ),
            "train() was called",
        ),
        Mistake(
            "softmax", _BATCH.format(score="logits.softmax(1)[torch.arange(len(images)), classes].sum()"), "softmax"
        ),
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
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        share = "percentage" if abs(answer - _percent(11)) <= SLACK else "number of a picture, or only a percentage"
        cause, step = f"one number came, only the {share}; two were asked for", "write (picture, percent)"
        raise Wrong(got=answer, wanted=LEAST, cause=cause, next_step=step)
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
    if picture == wanted - len(_scene().album):
        return f"{picture:g} counts from the end; the slider counts from 0 on", "read the slider Picture"
    if picture not in range(len(_scene().album)):
        return f"there is no picture {picture:g}: the slider runs from 0 to 11", "read the slider Picture"
    return _why_another_picture(int(picture), wanted) or _why_another_row(int(picture), percent)


def _why_another_percentage(percent: float, picture: int) -> tuple[str, str]:
    if abs(100 * percent - _percent(picture)) <= SLACK:
        return "this is a share between 0 and 1; percent were asked for", "multiply it by 100"
    other = {
        "this is the second choice's heat, the orange row": _percent(picture, "conv2", 1),
        "this was measured at conv3, not at conv2": _percent(picture, "conv3"),
        "this was measured at conv1, not at conv2": _percent(picture, "conv1"),
        "this is the heat that lies beside the object": 100 - _percent(picture),
        "this is the share of the heat beside the object, and percent on it were asked for": 1
        - _percent(picture) / 100,
    }
    for cause, value in other.items():
        if abs(percent - value) <= (SLACK if value > 1 else 0.01):
            return cause, "set conv2, and read the first percentage of the heat in the caption"
    return _why_no_such_percentage(percent, picture)


def _why_no_such_percentage(percent: float, picture: int) -> tuple[str, str]:
    step = "read the caption: so many % of the heat on the object"
    right = "the picture is right, its percentage is not"
    if not 0 <= percent <= 100:
        return (
            f"{right}: a percentage lies between 0 and 100, and this was multiplied by 100 twice, or a sign got in",
            step,
        )
    if abs(percent - _percent(picture)) <= 5:
        return f"{right}: it is near, so it was rounded too coarsely, or read from the picture by eye", step
    other = [one for one in range(len(_scene().album)) if one != picture and abs(_percent(one) - percent) <= SLACK]
    if other:
        return f"{right}: {percent:g} % belongs to picture {other[0]}", step
    few = "too low" if percent < _percent(picture) else "too high"
    return (
        f"{right}: {few}; it is at conv2, for the network's answer, neither another layer nor the second choice",
        step,
    )


def _why_another_picture(picture: int, wanted: int) -> tuple[str, str] | None:
    scene = _scene()
    everyone = range(len(scene.album))
    if picture == max(everyone, key=_percent):
        return "this picture has the most heat on its object; the least was asked for", "look for the lowest percentage"
    for layer in ("conv3", "conv1"):
        filled = [one for one in everyone if scene.maps[layer][one, asked(scene, State(one, layer))[0]].any()]
        if picture == min(filled, key=lambda one: _percent(one, layer)) and picture != wanted:
            return f"this picture has the least at {layer}, not at conv2", "set the target layer to conv2"
    return None


def _why_another_row(picture: int, percent: float) -> tuple[str, str]:
    told = f"at conv2, {_percent(picture):.0f} % of this picture's heat lie on its object; another picture has less"
    for layer in ("conv1", "conv2", "conv3"):
        for rank, whose in enumerate(("the network's answer", "the second choice")):
            if (layer, rank) != ("conv2", 0) and abs(_percent(picture, layer, rank) - percent) <= SLACK:
                return f"{percent:g} % was read at {layer}, for {whose}; {told}", "set conv2 and the network's answer"
    if abs(percent - _percent(11)) <= SLACK:
        return f"the percentage is right, the number of the picture is not: {told}", "read the slider Picture, from 0"
    return told, "walk through all twelve pictures, and write the percentages down"


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
