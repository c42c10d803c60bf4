"""Exercises of lesson 15: the score of "normal", two classes of one logit, an article mended, bytes, and a report."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import Step, listed, recipe_of, respect
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.learners_code import compares_equal
from course_utils.exercises.diagnosis.numbers import demand_one_number
from course_utils.exercises.diagnosis.trying import ran, why_sizes, works
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.guard import names_used
from course_utils.exercises.shown import safely, shown

__all__ = ["EXERCISES"]

LOGITS = torch.tensor([[2.0], [-3.0], [0.5]])  # three films, one logit each
FILMS = ("the first film", "the second film", "the third film", "the fourth film")


# 15.1

ONE_A_FILM = {
    (3, 1): "one column is left: take column 0 with [:, 0]",
    (1,): "only one film came; [:, 0] takes them all",
}


def judge_normal(answer: Callable[[Tensor], Tensor]) -> None:
    """Minus the logit, one number per film, and differentiable."""
    demand_function(answer, "normal_score(logits)")
    for logits in (LOGITS, 10 * LOGITS, LOGITS[:1]):
        _judge_score(answer, logits)
    _must_have_gradient(answer(LOGITS.clone().requires_grad_()).sum())


def _judge_score(answer: Callable[[Tensor], Tensor], logits: Tensor) -> None:
    given, wanted, z = logits.clone(), -logits[:, 0], logits[:, 0]
    text = f"{listed(z)} as logits of shape {tuple(logits.shape)}"
    got = ran(lambda: answer(given), lambda error: _why_score_raises(answer, error), f"the score for {text}")
    _must_stay(given, logits, "the logits")
    likely = ONE_A_FILM if len(z) == 3 else {(): "for a single film squeeze() drops the axis of the films as well"}
    got = demand_tensor_of_shape(answer, got, tuple(z.shape), ("films",), likely)
    if got.dtype == torch.bool:
        raise Wrong(
            got=f"{got.tolist()} for {text}",
            wanted=listed(wanted),
            cause="True and False came: a comparison decides, and has no gradient; a score is a number",
            next_step="what must grow when the network gets surer of 'normal'? z falls then",
        )
    if not torch.allclose(got.float(), wanted, atol=1e-6):
        raise Wrong(
            got=f"{listed(got)} for {text}",
            wanted=listed(wanted),
            cause=_why_not_the_score(got, z),
            next_step="what must grow when the network gets surer of 'normal'? z falls then",
        )


def _why_score_raises(answer: Callable[[Tensor], Tensor], error: Exception) -> str:
    if works(lambda: answer(torch.zeros(3, 2))):
        return "a second column (index 1) is asked for; the logits are (N, 1): one logit per film, in column 0"
    if works(lambda: answer(LOGITS[:1].clone())):
        return "this works for one film only: `if`, float(...) and .item() cannot decide for three at once"
    if "return_types" in str(error):
        return "max and min with dim=... give two things, values and places: take .values, or [:, 0] instead"
    return why_sizes(error, {3: "films", 1: "the one logit"})


SCORES: dict[str, Step] = {
    "this is z, the score of 'pneumonia'": lambda z: z,
    "this is the probability of normal, whose gradient vanishes": lambda z: (-z).sigmoid(),
    "this is the probability of pneumonia, the other class, and its gradient vanishes": lambda z: z.sigmoid(),
    "this is the probability of pneumonia with a minus; its gradient vanishes": lambda z: -z.sigmoid(),
    "this is 1 - z; the 1 changes no gradient, but the unit is a logit": lambda z: 1 - z,
    "this is z - 1, which falls when 'normal' gets surer": lambda z: z - 1,
    "abs() hides the sign: it grows for 'pneumonia', too": lambda z: z.abs(),
    "the sign of each film was looked at; the score of 'normal' is the same function for all": lambda z: -z.abs(),
    "a ReLU (or clamp) sets the score of films with pneumonia to 0: nothing is left to explain there": lambda z: (
        -z
    ).relu(),
    "a ReLU came before the minus: films that are normal get 0": lambda z: -z.relu(),
    "this is 1 / z, not the opposite of z": lambda z: 1 / z,
    "this is -1 / z, not the opposite of z": lambda z: -1 / z,
    "this is the square of z, which hides the sign": lambda z: z**2,
    "this is minus the square of z: it grows towards 0 from both sides": lambda z: -(z**2),
    "this is half of it, the first logit of the pair [-z/2, z/2]; here the network gives z alone": lambda z: -z / 2,
    "this is twice the score": lambda z: -2 * z,
    "this is the logarithm of a probability: its gradient vanishes where the network is sure": lambda z: (
        (-z).sigmoid().log()
    ),
    "this is minus the logarithm of a probability: its gradient vanishes": lambda z: -z.sigmoid().log(),
    "softmax of a single column is always 1": lambda z: torch.ones_like(z),
    "softmax of a single column is always 1, and a minus changes nothing": lambda z: -torch.ones_like(z),
    "this is always 0: argmax, or 1 minus the softmax, of a single column is, and so is a factor 0": lambda z: (
        torch.zeros_like(z)
    ),
    "this is 1 for normal and 0 for pneumonia: a decision, which has no gradient": lambda z: (z <= 0).float(),
    "the logarithm of a negative logit is NaN: z is no probability": lambda z: -z.log(),
    "the logarithm of a negative logit is NaN, z is no probability": lambda z: z.log(),
    "softmax ran over the films: each score depends on the other films": lambda z: z.softmax(dim=0),
    "softmax ran over the films, each score depends on the others": lambda z: (-z).softmax(dim=0),
    "softmax ran over the films, and got a minus": lambda z: -z.softmax(dim=0),
    "this is e to the -z, no logit": lambda z: (-z).exp(),
    "the mean of the films was subtracted: each score depends on the others": lambda z: z.mean() - z,
    "only the sign is left, so there is no gradient": lambda z: -z.sign(),
    "tanh squeezes the score, and its gradient vanishes": lambda z: (-z).tanh(),
}


def _why_not_the_score(got: Tensor, z: Tensor) -> str:
    near = [cause for cause, score in SCORES.items() if same_absolute(got, score(z))]
    return near[0] if near else "this is not -z: " + respect(got, -z, FILMS)


def _must_stay(given: Tensor, kept: Tensor, name: str) -> None:
    if not torch.equal(given, kept):
        raise Wrong(
            got=f"{name} were changed",
            wanted=f"{name} as they were",
            cause="an in-place operation (mul_, neg_, +=, x[...] = ...) wrote into them; a second run does it twice",
            next_step="compute a new tensor: a * b, not a *= b",
        )


def _must_have_gradient(score: Tensor) -> None:
    if not score.requires_grad:
        raise Wrong(
            got="numbers without a graph",
            wanted="a score that can be differentiated",
            cause="detach(), item(), no_grad() or a new tensor cut the graph",
            next_step="compute with the tensor that was given",
        )


# 15.2


PAIRS_LEFT = {
    (2, 3): "films and classes changed places: stack made rows of them, dim=1 makes columns",
    (6, 1): "cat joined along the films (dim=0): classes are columns, dim=1",
    (6,): "cat joined along another axis, the films: classes are columns, dim=1 of (N, 1) tensors",
    (3, 2, 1): "stack made a new axis; cat(..., dim=1) joins the columns that are there",
    (2, 3, 1): "stack made a new axis; cat(..., dim=1) joins the columns that are there",
    (3, 1): "one column came: the second class is missing",
    (3,): "another axis was kept, or lost: one number per film came, and two classes are wanted",
}


def judge_pair(answer: Callable[[Tensor], Tensor]) -> None:
    """Two logits with softmax [1 - sigmoid(z), sigmoid(z)], and both depend on z."""
    demand_function(answer, "to_two_classes(logits)")
    for logits in (LOGITS, 10 * LOGITS, LOGITS[:1]):
        _judge_two(answer, logits)
    _must_move(answer)


def _judge_two(answer: Callable[[Tensor], Tensor], logits: Tensor) -> None:
    given, z, count = logits.clone(), logits[:, 0], len(logits)
    text = f"logits of shape {tuple(logits.shape)}, z = {listed(z)}"
    got = ran(lambda: answer(given), lambda error: _why_pair_raises(answer, error, count), f"two logits for {text}")
    _must_stay(given, logits, "the logits")
    got = demand_tensor_of_shape(answer, got, (count, 2), ("films", "classes"), PAIRS_LEFT)
    if not torch.allclose(got[:, 1] - got[:, 0], z, atol=1e-4):
        wanted = torch.stack([(-z).sigmoid(), z.sigmoid()], dim=1)
        raise Wrong(
            got=f"{listed(got[0])}, softmax {listed(got.softmax(dim=1)[0], 3)}, for z = {float(z[0]):g}",
            wanted=f"softmax {listed(wanted[0], 3)}, for every z",
            cause=_why_not_the_pair(got, z),
            next_step="the *difference* of the two logits must be z",
        )


def _why_pair_raises(answer: Callable[[Tensor], Tensor], error: Exception, count: int) -> str:
    if "Dimension out of range" in str(error) and count > 1:
        return "there is no such axis: (N, 1) has the axes 0, films, and 1, classes"
    if "must be tuple of Tensors" in str(error):
        return "cat and stack take one list or tuple with all tensors, and then dim: the square brackets are missing"
    if count == 1:
        return "this works for three films, not for one: squeeze() drops the axis of the films as well"
    if works(lambda: answer(LOGITS[:1].clone())):
        return "this works for one film only: `if`, float(...) and .item() cannot decide for three at once"
    if works(lambda: answer(torch.zeros(3, 2))):
        return "a second column (index 1) is asked for; the logits are (N, 1): one logit per film, in column 0"
    if works(lambda: answer(LOGITS[:, 0].clone())):
        return "this works for logits (N,); they are (N, 1)"
    return why_sizes(error, {3: "films", 1: "the one logit", 2: "classes"})


def _why_not_the_pair(got: Tensor, z: Tensor) -> str:
    p, difference = z.sigmoid(), got[:, 1] - got[:, 0]
    if same_absolute(difference, -z):
        return (
            f"the classes are swapped: column 0 is 'normal' (here [{_column(got[:, 0], z)}, {_column(got[:, 1], z)}])"
        )
    if same_absolute(got, torch.stack([1 - p, p], dim=1)):
        return "these are probabilities; softmax comes later, on logits"
    if got.isnan().any(dim=1).logical_and(z < 0).any():
        return "NaN comes for negative z: a root or a logarithm of the logit; z is no probability, and may be negative"
    if not got.isfinite().all():
        return f"log(0) is infinite: for a large z ({float(z.abs().max()):g}) a probability rounds to 0; keep to logits"
    if same_absolute(got[:, 0], -z) and same_absolute(got[:, 1], z):
        return "the difference of [-z, z] is 2z: twice as sure as the network"
    if len(z) == 3 and z.abs().max() > 20 and same_absolute(difference[z.abs() < 10], z[z.abs() < 10]):
        return "right for small z, wrong for large: something limits it (clamp, or a probability that rounds to 0 or 1)"
    columns = f"the columns are [{_column(got[:, 0], z)}, {_column(got[:, 1], z)}]"
    if len(z) > 2 and (line := _line_through(difference, z)):
        return f"{columns}: the difference of the two logits is {line}, not z"
    return f"{columns}: the difference of the two logits is not z, but {listed(difference, 3)} for {listed(z)}"


def _line_through(values: Tensor, z: Tensor) -> str:
    """Return the values as a formula "2z + 1", if they lie on a line; else ""."""
    slope = float((values[1] - values[0]) / (z[1] - z[0]))
    start = float(values[0] - slope * z[0])
    if not math.isfinite(slope) or not same_absolute(values, slope * z + start, 1e-4):
        return ""
    if abs(slope) < 1e-5:
        return f"always {start:.4g}"
    factor = {1.0: "z", -1.0: "-z"}.get(round(slope, 5), f"{slope:.4g} * z")
    return factor + (f" {'+' if start > 0 else '-'} {abs(start):.4g}" if abs(start) > 1e-4 else "")


COLUMNS: dict[str, Step] = {
    "0": lambda z: 0 * z,
    "z": lambda z: z,
    "-z": lambda z: -z,
    "z/2": lambda z: z / 2,
    "-z/2": lambda z: -z / 2,
    "1 - z": lambda z: 1 - z,
    "sigmoid(z)": lambda z: z.sigmoid(),
    "1 - sigmoid(z)": lambda z: 1 - z.sigmoid(),
    "log sigmoid(z)": lambda z: z.sigmoid().log(),
    "log(1 - sigmoid(z))": lambda z: (1 - z.sigmoid()).log(),
    "|z|": lambda z: z.abs(),
    "-|z|": lambda z: -z.abs(),
    "|z|/2": lambda z: z.abs() / 2,
    "-|z|/2": lambda z: -z.abs() / 2,
    "relu(z)": lambda z: z.relu(),
    "relu(-z)": lambda z: (-z).relu(),
    "z squared": lambda z: z**2,
    "relu(z)/2": lambda z: z.relu() / 2,
    "-relu(z)/2": lambda z: -z.relu() / 2,
    "-relu(z)": lambda z: -z.relu(),
    "relu(-z)/2": lambda z: (-z).relu() / 2,
    "1 where z > 0, else 0": lambda z: (z > 0).float(),
    "1 where z < 0, else 0": lambda z: (z <= 0).float(),
    "tanh(z)": lambda z: z.tanh(),
    "-tanh(z)": lambda z: -z.tanh(),
    "z/2, rounded down": lambda z: (z / 2).floor(),
    "-z/2, rounded down": lambda z: (-z / 2).floor(),
}


def _column(values: Tensor, z: Tensor) -> str:
    """Return what function of z a column holds."""
    name = next((name for name, column in COLUMNS.items() if same_absolute(values, column(z))), "")
    return name or (len(z) > 2 and _line_through(values, z)) or "something else"


def _must_move(answer: Callable[[Tensor], Tensor]) -> None:
    z = LOGITS.clone().requires_grad_()
    pair = answer(z)
    _must_have_gradient(pair.sum() + z.sum() * 0 if pair.requires_grad else pair.sum())
    for column, name in enumerate(("normal", "pneumonia")):
        one = pair[:, column].sum()
        slope = torch.autograd.grad(one, z, retain_graph=True, allow_unused=True)[0] if one.requires_grad else None
        if slope is None or not slope.abs().min() > 0:
            raise Wrong(
                got=f"a logit for '{name}' that does not depend on z: the columns are "
                f"[{', '.join(_column(pair.detach()[:, index], LOGITS[:, 0]) for index in range(2))}]",
                wanted="two logits that both move with z",
                cause=f"the logit of '{name}' is constant, or detached; it has no gradient, so its map is empty",
                next_step="give each class half of z, with its own sign",
            )


# 15.3

SIZES = {4: "the films", 3: "the channels", 5: "the rows", 6: "the columns"}
FOUR = ("the first", "the second", "the third, empty one", "the fourth, weak one")


MAPS_LEFT = {
    (5, 6): "one map came, for four films: they were added up (dim=0), or one was picked",
    (3, 5, 6): "the films were added up, not the channels: the channels are axis 1",
    (4, 1, 5, 6): "the axis of the channels was kept: sum(dim=1) without keepdim",
    (4, 3, 5, 6): "nothing was added up over the channels, axis 1",
    (4, 3): "these are the weights (N, K), not maps: they still have to be multiplied with the activations",
}


def judge_heatmaps(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Each film for itself, inputs unchanged, peaks 1, empty maps 0."""
    demand_function(answer, "article_heatmaps(activations, gradients)")
    activations, gradients = _films()
    kept = activations.clone(), gradients.clone()
    wanted_text = "four maps (4, 5, 6), from activations and gradients (4, 3, 5, 6)"
    got = ran(
        lambda: answer(activations, gradients), lambda error: _why_heatmaps_raise(answer, error, *kept), wanted_text
    )
    _must_stay(activations, kept[0], "the activations")
    _must_stay(gradients, kept[1], "the gradients")
    wanted = _by_own_peak((kept[1].mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1).relu())
    if isinstance(got, Tensor) and same_absolute(got, wanted[[0, 1, 3]], 5e-4):
        raise Wrong(
            got="three maps for four films",
            wanted="four maps; the empty one stays zero",
            cause="the empty map was left out: the maps no longer belong to their films",
            next_step="keep the empty map, as zeros",
        )
    got = demand_tensor_of_shape(answer, got, (4, 5, 6), ("films", "rows", "columns"), MAPS_LEFT)
    if got.isnan().any() or not torch.allclose(got, wanted, atol=5e-4):
        cause = _why_not_the_heatmaps(got, wanted, *kept)
        raise Wrong(
            got=f"peaks {listed(got.amax(dim=(1, 2)), 3)}, lowest values {listed(got.amin(dim=(1, 2)), 3)}",
            wanted=f"peaks {listed(wanted.amax(dim=(1, 2)), 3)}, lowest values {listed(wanted.amin(dim=(1, 2)), 3)}",
            cause=cause + (safely(lambda: _why_still_nan(answer, *kept), "") if cause == EMPTY else ""),
            next_step="weights (N, K, 1, 1), sum over channels, ReLU, then each film's own peak, if it is above zero",
        )


def _films() -> tuple[Tensor, Tensor]:
    """Return activations and gradients of four films: two ordinary ones, one with an empty map, one with a weak one."""
    generator = torch.Generator().manual_seed(15)
    activations, gradients = (torch.randn(4, 3, 5, 6, generator=generator) for _ in range(2))
    activations = activations.abs()
    weights = torch.tensor([[1.0, -1.2, 0.4], [0.2, 1.2, 0.5], [-1.0, -0.5, -2.0], [2e-3, -1.5e-3, 1e-3]])
    gradients = gradients - gradients.mean(dim=(2, 3), keepdim=True) + weights[:, :, None, None]
    gradients[3] *= torch.tensor([0.5, 1.0, 2.0])[:, None, None]
    return activations, gradients


def _why_heatmaps_raise(answer: Callable[..., object], error: Exception, activations: Tensor, gradients: Tensor) -> str:
    if works(lambda: answer(activations[:1].clone(), gradients[:1].clone())):
        if "ambiguous" in str(error) or {"item", "float"} & names_used(answer):
            return "this works for one film only: `if`, float(...) and .item() cannot decide for four at once"
        return "this works for one film only: " + (why_sizes(error, SIZES) or "the axis of the films is not thought of")
    sizes = re.search(r"\((3|4)\) must .* \(6\) at|\(6\) must .* \((3|4)\) at", str(error))
    if sizes:
        other = sizes[1] or sizes[2]
        return (
            f"the columns of the maps (6) meet {SIZES[int(other)]} ({other}) of another tensor: axes of length 1 "
            "are missing behind it, (N, K, 1, 1) or (N, 1, 1): keepdim=True or [..., None, None]"
        )
    if "amax" not in names_used(answer) and "tuple" in str(error):
        return "max takes one axis and gives values and places; amax takes several axes"
    return why_sizes(error, SIZES)


def _by_own_peak(maps: Tensor) -> Tensor:
    peaks = maps.amax(dim=(1, 2), keepdim=True)
    return maps / peaks.where(peaks > 0, 1.0)


def _why_still_nan(answer: Callable[..., Tensor], activations: Tensor, gradients: Tensor) -> str:
    alone = answer(activations[2:3].clone(), gradients[2:3].clone())
    if not alone.isnan().any():
        return "; only a batch in which all maps are empty is caught, for the question is asked once for all films"
    return "; `== nan` finds none, because NaN equals nothing, not even itself" if compares_equal(answer) else ""


def _pooled(gradients: Tensor) -> Tensor:
    return gradients.mean(dim=(2, 3), keepdim=True)


WEIGHTS: dict[str, Step] = {
    "": lambda g: _pooled(g),
    "the weights were averaged over the films, too": lambda g: g.mean(dim=(0, 2, 3), keepdim=True),
    "the weights were averaged over the channels, too": lambda g: g.mean(dim=(1, 2, 3), keepdim=True),
    "one weight was averaged over films, channels and places": lambda g: g.mean().view(1, 1, 1, 1),
    "the gradients were not pooled: each place was multiplied with its own": lambda g: g,
    "the weights are missing: the activations alone were added up": lambda g: torch.ones_like(g),
    "a ReLU on the gradients came before the pooling": lambda g: g.relu().mean(dim=(2, 3), keepdim=True),
    "a ReLU on the weights threw channels away": lambda g: _pooled(g).relu(),
    "the weights lost their sign (abs)": lambda g: _pooled(g).abs(),
    "the gradients lost their sign (abs)": lambda g: g.abs().mean(dim=(2, 3), keepdim=True),
    "the sign of the weights is turned round": lambda g: -_pooled(g),
    "the largest gradient of each channel was taken, not the mean": lambda g: g.amax(dim=(2, 3), keepdim=True),
    "softmax was put on the weights": lambda g: _pooled(g).softmax(dim=1),
    "the last channel was not multiplied with its weight": lambda g: torch.cat(
        [_pooled(g)[:, :-1], torch.ones_like(_pooled(g)[:, -1:])], dim=1
    ),
    "the first channel was not multiplied with its weight": lambda g: torch.cat(
        [torch.ones_like(_pooled(g)[:, :1]), _pooled(g)[:, 1:]], dim=1
    ),
    "the gradients were pooled over the rows only, not over the columns": lambda g: g.mean(dim=2, keepdim=True),
    "the gradients were pooled over the columns only, not over the rows": lambda g: g.mean(dim=3, keepdim=True),
}


def _why_not_the_heatmaps(got: Tensor, wanted: Tensor, activations: Tensor, gradients: Tensor) -> str:
    weighed = {slip: (lambda a, weigh=weigh: weigh(gradients) * a) for slip, weigh in WEIGHTS.items()}
    weighed["activations and gradients are mixed up: the weights come from the activations"] = lambda a: (
        _pooled(a) * gradients
    )
    weighed["the weights were added to the activations, not multiplied with them"] = lambda a: a + _pooled(gradients)
    cause = recipe_of(got, activations, (weighed, MERGED, DIVIDED), slack=5e-4)
    if cause:
        return cause
    if got.isnan().any():
        return EMPTY
    if got.min() < 0:
        return "ReLU is missing: there is negative heat, evidence against pneumonia is still in the map"
    peaks = got.amax(dim=(1, 2), keepdim=True)
    if same_absolute(_over(got, peaks), wanted, 1e-3):
        return f"the maps are right, but the peaks are not 1: they are {listed(peaks, 3)}"
    return "this is not each film's own Grad-CAM map: " + respect(got, wanted, FOUR)


MERGED: dict[str, Step] = {
    "": lambda x: x.sum(dim=1).relu(),
    "ReLU is missing: evidence against pneumonia is still in the map": lambda x: x.sum(dim=1),
    "ReLU came before the sum: each channel lost its negative part by itself": lambda x: x.relu().sum(dim=1),
    "abs turns evidence against into evidence for; ReLU sets it to 0": lambda x: x.sum(dim=1).abs(),
    "the largest channel was taken, not the sum over channels": lambda x: x.amax(dim=1).relu(),
    "the heat is squared, as in the article's overlay": lambda x: x.sum(dim=1).relu() ** 2,
    "a square takes the place of the ReLU": lambda x: x.sum(dim=1) ** 2,
    "sigmoid takes the place of the ReLU: 0 becomes one half": lambda x: x.sum(dim=1).sigmoid(),
    "the channels were added up with a root mean square": lambda x: (x**2).mean(dim=1).sqrt(),
    "the sign is turned round: only what speaks against is left": lambda x: (-x.sum(dim=1)).relu(),
    "only the first channel was used": lambda x: x[:, 0].relu(),
    "only the last channel was used": lambda x: x[:, -1].relu(),
    "softmax was put on the channels": lambda x: x.softmax(dim=1).sum(dim=1),
    "the films were added up as well: each map is the sum of all": lambda x: (
        x.sum(dim=(0, 1)).relu().expand(len(x), -1, -1)
    ),
}
EMPTY = "0 / 0 is NaN: the third film's map is empty, and was divided by its peak"


def _min_max(maps: Tensor) -> Tensor:
    low, high = maps.amin(dim=(1, 2), keepdim=True), maps.amax(dim=(1, 2), keepdim=True)
    return (maps - low) / (high - low).clamp(min=1e-12)


def _over(maps: Tensor, below: Tensor) -> Tensor:
    return (maps / below).nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)


DIVIDED: dict[str, Step] = {
    "": _by_own_peak,
    EMPTY: lambda m: m / m.amax(dim=(1, 2), keepdim=True),
    "all films were divided by one peak: the largest of the batch": lambda m: m / m.max(),
    "the map was not divided by its peak": lambda m: m,
    "the map was not divided by its peak, and is a mean over the channels": lambda m: m / 3,
    "each map was divided by its sum, not by its peak": lambda m: _over(m, m.sum(dim=(1, 2), keepdim=True)),
    "all films were divided by the sum of the batch": lambda m: m / m.sum(),
    "each map was divided by its mean, not by its peak": lambda m: _over(m, m.mean(dim=(1, 2), keepdim=True)),
    "each map was divided by its length (norm), not by its peak": lambda m: _over(
        m, m.flatten(1).norm(dim=1)[:, None, None]
    ),
    "the fraction is upside down: the peak was divided by the map": lambda m: (
        m.amax(dim=(1, 2), keepdim=True) / m
    ).nan_to_num(nan=0.0, posinf=math.inf),
    "the batch was standardised (minus mean, by std), not divided by peaks": lambda m: (m - m.mean()) / m.std(),
    "each map was standardised (minus mean, by std), not divided by its peak": lambda m: (
        (m - m.mean(dim=(1, 2), keepdim=True)) / m.std(dim=(1, 2), keepdim=True)
    ),
    "each map was stretched from its min to its max; only the peak was to become 1": _min_max,
    "the batch was stretched from its min to its max": lambda m: (m - m.min()) / (m.max() - m.min()),
    "1 was added to the peak, so that it does not come out as 1": lambda m: m / (m.amax(dim=(1, 2), keepdim=True) + 1),
    "a limit of 1 for the peak leaves weaker maps undivided": lambda m: m / m.amax(dim=(1, 2), keepdim=True).clamp(1.0),
    "a limit of 0.1 for the peak is not small for a weak map": lambda m: (
        m / m.amax(dim=(1, 2), keepdim=True).clamp(0.1)
    ),
    "a limit of 0.01 for the peak is not small for a weak map": lambda m: (
        m / m.amax(dim=(1, 2), keepdim=True).clamp(0.01)
    ),
    "a limit of 0.001 for the peak is not small for a weak map": lambda m: (
        m / m.amax(dim=(1, 2), keepdim=True).clamp(0.001)
    ),
    "0.001 was added to the peak, which is not small for a weak map": lambda m: (
        m / (m.amax(dim=(1, 2), keepdim=True) + 1e-3)
    ),
    "0.0001 was added to the peak, which is not small for a weak map": lambda m: (
        m / (m.amax(dim=(1, 2), keepdim=True) + 1e-4)
    ),
    "0.00001 was added to the peak, which is not small for a weak map": lambda m: (
        m / (m.amax(dim=(1, 2), keepdim=True) + 1e-5)
    ),
    "0.01 was added to the peak, which is not small for a weak map": lambda m: (
        m / (m.amax(dim=(1, 2), keepdim=True) + 1e-2)
    ),
    "a weak map was taken for an empty one: only a peak of exactly 0 is empty": lambda m: (
        _by_own_peak(m) * (m.amax(dim=(1, 2), keepdim=True) > 0.05)
    ),
    "each column was divided by its own peak (dim=1 alone)": lambda m: _over(m, m.amax(dim=1, keepdim=True)),
    "each row was divided by its own peak (dim=2 alone)": lambda m: _over(m, m.amax(dim=2, keepdim=True)),
    "each place was divided by its peak over the films (dim=0)": lambda m: _over(m, m.amax(dim=0, keepdim=True)),
    "the empty map became 1; it stays zero": lambda m: (m / m.amax(dim=(1, 2), keepdim=True)).nan_to_num(1.0),
    "the maps were multiplied by 255; the peak is 1": lambda m: 255 * _by_own_peak(m),
    "sigmoid was put on the map; dividing by the peak was asked for": torch.sigmoid,
    "softmax was put on the map; dividing by the peak was asked for": lambda m: m.flatten(1).softmax(dim=1).view_as(m),
    "the maps were cut off at 1, not divided": lambda m: m.clamp(0, 1),
    "the map was rounded: the places above half of the peak became 1, the others 0": lambda m: (
        _by_own_peak(m) > 0.5
    ).to(m.dtype),
}


# 15.4

GIVEN = torch.tensor([[-1.0, -0.75, -0.5, -0.004, 0.0, -0.7], [0.25, 1.0, 1.2, -1.3, 0.5, 0.9]])
AS_BYTES = "uint8 numbers from 0 to 255"


def judge_bytes(answer: Callable[[Tensor], Tensor]) -> None:
    """uint8, rounded, clipped."""
    demand_function(answer, "to_bytes(normalised)")
    given = GIVEN.clone()
    got = ran(lambda: answer(given), lambda error: _why_bytes_raise(answer, error), f"{AS_BYTES}, of shape (2, 6)")
    _must_stay(given, GIVEN, "the films")
    got = demand_tensor_of_shape(answer, got, (2, 6), ("rows", "columns"))
    wanted = _to_uint8(((GIVEN + 1) * 127.5).round().clamp(0, 255))
    values_right = torch.equal(got.double(), wanted.double()) or (
        got.dtype == torch.int8 and same_absolute(_to_uint8(got), wanted)
    )
    if got.dtype != torch.uint8:
        _tell_dtype(got, "" if values_right else f"; besides, {_why_not_the_bytes(got)}")
    if not values_right:
        raise Wrong(
            got=f"{got.flatten().tolist()} for {listed(GIVEN)}",
            wanted=str(wanted.flatten().tolist()),
            cause=_why_not_the_bytes(got),
            next_step="undo the normalisation first: x = (normalised + 1) / 2; then 255, round, clamp",
        )
    _must_fit_films(answer)


def _tell_dtype(got: Tensor, besides: str) -> None:
    raise Wrong(
        got=f"{got.dtype}: {listed(got, 2)}",
        wanted="torch.uint8",
        cause=_why_this_dtype(got.dtype) + besides,
        next_step="end with .to(torch.uint8)",
    )


def _must_fit_films(answer: Callable[[Tensor], Tensor]) -> None:
    films = torch.linspace(-1.5, 1.5, 2 * 3 * 4 * 5).view(2, 3, 4, 5)
    text = "uint8 pixels for two films (2, 3, 4, 5)"
    got = ran(
        lambda: answer(films.clone()), lambda error: "this works for (H, W) only, not for films (N, 3, H, W)", text
    )
    got = demand_tensor_of_shape(answer, got, (2, 3, 4, 5), ("films", "channels", "rows", "columns"))
    wanted = ((films + 1) * 127.5).round().clamp(0, 255)
    if not torch.allclose(got.double(), wanted.double(), atol=1.0):
        raise Wrong(
            got=f"values from {got.min()} to {got.max()}",
            wanted=f"values from {wanted.min():.0f} to {wanted.max():.0f} for films from -1.5 to 1.5",
            cause="right for (2, 6) numbers, wrong for films (2, 3, 4, 5): " + respect(got.double(), wanted),
            next_step="write nothing into the function that holds for one input only",
        )


def _why_bytes_raise(answer: Callable[[Tensor], Tensor], error: Exception) -> str:
    if works(lambda: answer(torch.tensor(0.5))) or "__round__" in str(error):
        return "this works for a single number only: round(...), int(...), min and max of Python take no tensor"
    if works(lambda: answer(torch.rand(3, 8, 8))):
        return "this works for one film (3, H, W) only; here (2, 6) numbers came, and any shape must do"
    if works(lambda: answer(torch.rand(2, 3, 8, 8))):
        return "this works for films (N, 3, H, W) only; here (2, 6) numbers came, and any shape must do"
    if "numpy" in names_used(answer):
        return "numpy was asked for something that torch has as well: round, clamp, .to(torch.uint8)"
    return ""


def _why_this_dtype(dtype: torch.dtype) -> str:
    if dtype.is_floating_point:
        return "the numbers were not turned into bytes: they are still decimals"
    if dtype == torch.int8:
        return "int8 goes from -128 to 127 only: the u of uint8 (unsigned) is missing, bright pixels become negative"
    if dtype == torch.bool:
        return "True and False came: a comparison, not a conversion"
    return f"the numbers were not turned into bytes: {str(dtype).removeprefix('torch.')} is a larger kind of integer"


def _to_uint8(values: Tensor) -> Tensor:
    """Return the last byte of each number, decimals cut off: what a conversion to uint8 keeps."""
    return (values.trunc().to(torch.int64) % 256).to(torch.uint8)


UNDONE: dict[str, Step] = {
    "": lambda x: x * 0.5 + 0.5,
    "the normalisation was not undone: -1 to 1 was multiplied by 255": lambda x: x,
    "the picture was normalised a second time": lambda x: (x - 0.5) / 0.5,
    "the std of 0.5 was forgotten: only 0.5 is added": lambda x: x + 0.5,
    "the mean of 0.5 was forgotten: only multiplied by 0.5": lambda x: x * 0.5,
    "0.5 was added before multiplying by 0.5: the order is turned round": lambda x: (x + 0.5) * 0.5,
    "0.5 was subtracted; undoing adds it": lambda x: x * 0.5 - 0.5,
    "this divides by 0.5 and adds 0.5; undoing multiplies by 0.5": lambda x: x / 0.5 + 0.5,
    "1 was added, but the range was not halved": lambda x: x + 1,
    "it was halved, but nothing was added": lambda x: x / 2,
    "abs turns dark greys into light ones": torch.abs,
    "the picture is a negative: black and white changed places": lambda x: (1 - x) / 2,
    "it was cut off at 0 and 1 before undoing: everything below 0 was cut to one grey": lambda x: (
        x.clamp(0, 1) * 0.5 + 0.5
    ),
    "everything below 0 was cut to black: half of the greys are lost, and nothing was undone": lambda x: x.clamp(0, 1),
    "the picture was stretched from its min to its max": lambda x: (x - x.min()) / (x.max() - x.min()),
    "it was divided by its largest value": lambda x: x / x.max(),
    "sigmoid takes the place of undoing": torch.sigmoid,
    "1 was added after halving; it belongs before: (x + 1) / 2": lambda x: x / 2 + 1,
    "it was turned into whole numbers before the factor 255: only black and white are left": lambda x: (
        (x * 0.5 + 0.5).clamp(0, 1).trunc()
    ),
    "it was rounded before the factor 255: only black and white are left": lambda x: (x * 0.5 + 0.5).round(),
}
SCALED: dict[str, Step] = {
    "": lambda x: x * 255,
    "256 (or 2 * 128) was used; the brightest byte is 255": lambda x: x * 256,
    "the factor 255 is missing": lambda x: x,
    "254 (or 2 * 127) was used; the brightest byte is 255": lambda x: x * 254,
    "it was multiplied by 127.5, half of 255": lambda x: x * 127.5,
    "it was multiplied by 128": lambda x: x * 128,
    "it was multiplied by 100: percent, not bytes": lambda x: x * 100,
    "255 was multiplied twice": lambda x: x * 255 * 255,
    "it was divided by 255": lambda x: x / 255,
    "1 is too many: + 1 was added to the byte": lambda x: x * 255 + 1,
    "the middle is 127 here; between 0 and 255 it is 127.5": lambda x: x * 255 - 0.5,
}
ROUNDED: dict[str, Step] = {
    "": torch.round,
    "the conversion cuts decimals off: 63.75 became 63; round first": torch.trunc,
    "everything is rounded up: by ceil, or by a middle of 128, and between 0 and 255 it is 127.5": torch.ceil,
    "floor rounds everything down; round goes to the nearest": torch.floor,
    "rounded to tens": lambda x: (x / 10).round() * 10,
}
KEPT: dict[str, Step] = {
    "": lambda x: x.clamp(0, 255),
    "what lies outside -1 to 1 wraps around: clamp before the conversion": lambda x: x,
    "negative numbers are cut off, but those above 255 wrap around": lambda x: x.clamp(min=0),
    "numbers above 255 are cut off, but negative ones wrap around": lambda x: x.clamp(max=255),
    "it was cut off at 0 and 1 after the factor 255: nearly everything is 1": lambda x: x.clamp(0, 1),
    "it was cut off at -1 and 1 after the factor 255: nearly everything is 1": lambda x: x.clamp(-1, 1),
    "it was cut off at 127, as for int8": lambda x: x.clamp(-128, 127),
    "it was cut off at 254": lambda x: x.clamp(0, 254),
    "it was cut off at 1 and 255": lambda x: x.clamp(1, 255),
    "what lies outside became 0, black; white must stay white": lambda x: x.where((x >= 0) & (x <= 255), 0.0),
    "negative numbers were mirrored (abs)": lambda x: x.abs().clamp(max=255),
    "negative numbers were mirrored (abs), and what lies above 255 wraps around": lambda x: x.abs(),
    "the bytes were halved afterwards": lambda x: (x.clamp(0, 255) / 2).floor(),
}


def _why_not_the_bytes(got: Tensor) -> str:
    if got.dtype == torch.uint8:
        kept = {slip: (lambda x, cut=cut: _to_uint8(cut(x))) for slip, cut in KEPT.items()}
    else:
        kept = KEPT
    cause = recipe_of(got, GIVEN, (UNDONE, SCALED, ROUNDED, kept), slack=1e-3, most=3)
    wanted = ((GIVEN + 1) * 127.5).round().clamp(0, 255).flatten()
    flat = got.double().flatten()
    if cause:
        lost = "negative numbers wrap around" if "wraps" in cause else "everything below 0 was cut to black"
        return cause + (f"; so {lost}" if "-1 to 1 was" in cause else "")
    inside = GIVEN.flatten().abs() <= 1
    if same_absolute(flat[inside], wanted[inside]):
        return f"right for -1 to 1, wrong outside: {listed(GIVEN.flatten()[~inside])} became {listed(flat[~inside], 0)}"
    index = int((flat - wanted).abs().argmax())
    value = f"{float(GIVEN.flatten()[index]):g} became {float(flat[index]):g}, wanted is {float(wanted[index]):g}"
    return f"black is -1 and white is 1; 0 lies in the middle, at 127.5: {value}; {respect(flat, wanted)}"


# 15.5

SLOPE = "the smallest whole logit with a slope of exactly 0.0"


def judge_saturation(answer: object) -> None:
    """The smallest whole logit whose float64 sigmoid has no slope."""
    number = demand_one_number(answer, "one whole number")
    if number != 37:
        raise Wrong(
            got=f"{number:g}",
            wanted=SLOPE,
            cause=_why_not_the_logit(number),
            next_step="torch.arange(1., 100., dtype=torch.float64), sigmoid, autograd.grad, then look for the first 0",
        )


def _slope(logit: float) -> float:
    z = torch.tensor(float(logit), dtype=torch.float64, requires_grad=True)
    return float(torch.autograd.grad(z.sigmoid(), z)[0])


OTHER_LOGITS = {
    16: "this is the last logit with a slope in float32; were the logits float64 before the sigmoid?",
    17: "this is float32's answer; were the logits float64 before the sigmoid?",
    34: "a guess: twice 17. Twice the bits is not twice the logit: try it",
    36: "at 36 the slope is tiny, but not zero: 2.2e-16; this is the last logit that has one",
    38: "already the logit before it has a slope of zero; an index counted from 1, or > for >=?",
    53: "53 is the number of float64's binary digits, not the logit",
    52: "52 is the number of binary digits that float64 stores, not the logit",
    64: "64 is the number of bits of float64, not the logit",
    32: "32 is the number of bits of float32, not the logit",
    24: "24 is the number of float32's binary digits, not the logit",
    88: "there e to the z overflows in float32; the slope is zero much earlier",
    89: "there e to the z overflows in float32; the slope is zero much earlier",
    104: "there e to the -z becomes 0 in float32; the slope is zero much earlier, where p rounds to 1",
    709: "there e to the z still fits into float64; the slope is zero much earlier, where p rounds to 1",
    710: "there e to the z overflows in float64; the slope is zero much earlier, where p rounds to 1",
    745: "there e to the -z is the last above 0; the slope is zero much earlier, where p rounds to 1",
    746: "there e to the -z becomes 0; the slope is zero much earlier, where p rounds to 1",
    289: "289 is 17 * 17: a guess; try it",
    0: "0 is the slope that is looked for (or the place in a list), not the logit; at logit 0 the slope is largest",
    1: "1 is what the probability rounds to, not the logit at which it does",
}


def _why_not_the_logit(number: float) -> str:
    if number in OTHER_LOGITS:
        return OTHER_LOGITS[number]
    if number != int(number):
        small = 0 < abs(number) < 1
        return f"no whole number: {number:g} is " + (
            "a slope or a probability, not the logit" if small else "between two; the first whole one is asked for"
        )
    slope = _slope(number)
    if number < 0:
        return f"the sign: on the negative side p goes towards 0, which float64 can resolve; slope there {slope:.2g}"
    if slope > 0:
        return f"too small: the slope is still above zero there, {slope:.2g} in float64"
    return f"a smaller logit does it, too: at {number - 1:g} the slope is zero as well"


# 15.6

PARTS = ("heat", "mask", "inside", "doubt")


def judge_report(answer: object) -> None:
    """A picture, a number that fits it, and a doubt in words."""
    if not isinstance(answer, dict) or set(answer) != set(PARTS):
        raise Wrong(
            got=f"the names {list(map(str, answer))}" if isinstance(answer, dict) else answer,
            wanted=f"a dict with {', '.join(PARTS)}",
            cause=_why_no_report(answer),
            next_step="keep the four names of the starter",
        )
    heat, mask = (_picture(name, answer[name]) for name in ("heat", "mask"))
    _judge_pictures(heat, mask)
    _judge_number(answer["inside"], heat, mask)
    _judge_doubt(answer["doubt"])


def _why_no_report(answer: object) -> str:
    if not isinstance(answer, dict):
        return f"a report of type {type(answer).__name__} has no names for its parts: a dict in curly brackets has"
    missing, more = ([str(name) for name in a if name not in b] for a, b in ((PARTS, answer), (answer, PARTS)))
    told = [f"missing: {', '.join(missing)}"] if missing else []
    told += [f"not asked for: {', '.join(more)}"] if more else []
    return f"a part of the report is missing, or has another name ({'; '.join(told)})"


def _picture(name: str, value: object) -> Tensor:
    """Return a map or mask as a tensor (H, W)."""
    value = torch.from_numpy(value) if isinstance(value, np.ndarray) and value.dtype != object else value
    wanted = f"{name}: a tensor (H, W)"
    if not isinstance(value, Tensor):
        kind = "None" if value is None else f"of type {type(value).__name__}"
        hint = "; .heatmaps is the tensor of a result" if hasattr(value, "heatmaps") else ""
        raise Wrong(
            got=f"{name}: {shown(value)}",
            wanted=wanted,
            cause=f"{name} is {kind}, no tensor: a label, a list or a whole result is no picture of numbers{hint}",
            next_step="take heatmaps[0] and masks[0]",
        )
    if value.ndim != 2:
        raise Wrong(
            got=f"{name} of shape {tuple(value.shape)}",
            wanted=wanted,
            cause=f"{name} has {value.ndim} axes: {_why_these_axes(tuple(value.shape))}",
            next_step="take heatmaps[0] and masks[0]",
        )
    return value


def _why_these_axes(shape: tuple[int, ...]) -> str:
    if len(shape) == 3 and shape[0] == 3:
        return "three maps or a coloured picture; one film has one map: is the axis of the films still there?"
    if len(shape) == 3 and shape[0] == 1:
        return "one film has one map: the axis of the films, of length 1, is still there"
    if len(shape) >= 3:
        return f"one film has one map: the axis of the films is still there ({shape[0]} of them)"
    return "rows and columns are gone: it was flattened, or one row, or one number, was taken"


def _judge_pictures(heat: Tensor, mask: Tensor) -> None:
    cause = _why_not_these_sizes(heat, mask) or _why_no_mask(heat, mask) or _why_no_heat(heat)
    if cause:
        raise Wrong(
            got=f"heat {tuple(heat.shape)} from {float(heat.min()):.3g} to {float(heat.max()):.3g}, mask "
            f"{tuple(mask.shape)}, {str(mask.dtype).removeprefix('torch.')}, with {int((mask != 0).sum())} pixels",
            wanted="a map of heat, 0 or more, and the mask of that film's opacity, both (H, W) of one size",
            cause=cause,
            next_step="choose a film from ill, explain class 1 with grad_cam, and take its heatmaps and its mask",
        )


def _why_not_these_sizes(heat: Tensor, mask: Tensor) -> str:
    if heat.shape == mask.shape:
        return ""
    smaller, larger = ("heat", "mask") if heat.numel() < mask.numel() else ("mask", "heat")
    sizes = f"heat is {tuple(heat.shape)}, mask is {tuple(mask.shape)}"
    return f"{sizes}: the {smaller} was not enlarged to the {larger}'s size (.maps is coarse, .heatmaps is as the film)"


def _why_no_mask(heat: Tensor, mask: Tensor) -> str:
    if not mask.any():
        return "a normal film has an empty mask: there is nothing to measure"
    if not ((mask == 0) | (mask == 1)).all():
        both = ((heat == 0) | (heat == 1)).all()
        if both:
            return "heat and mask changed places: the mask holds 0 and 1 only"
        return (
            f"a mask holds 0 and 1 (True and False), this one goes up to {float(mask.max()):.3g}: 255, or another map?"
        )
    if mask.all():
        return "this mask covers the whole film, so any heat lies inside: it is not the mask of an opacity"
    hot = heat[mask != 0].double()
    if hot.min() > heat[mask == 0].double().max() and heat.unique().numel() > 2:
        return "this mask was cut out of the heat itself: all heat above a limit lies inside by construction"
    return ""


def _why_no_heat(heat: Tensor) -> str:
    if heat.dtype == torch.bool:
        return "heat holds True and False: a map has decimals; was it compared with a limit, or is it the mask?"
    if not heat.isfinite().all():
        return "the map holds NaN or infinity (0 / 0), so a share of it means nothing"
    if heat.min() < 0:
        return "the map has negative heat: a ReLU is missing, or something was subtracted; a share of it means nothing"
    if not heat.max() > 0:
        return "the map is empty: no heat at all, so a share of it means nothing"
    return ""


def _judge_number(inside: object, heat: Tensor, mask: Tensor) -> None:
    number, mask = demand_one_number(inside, "one number between 0 and 1"), mask != 0
    share = float((heat * mask).sum() / heat.sum())
    if abs(number - share) > 0.005:
        near = [cause for cause, value in _other_numbers(heat.double(), mask).items() if _is_near(number, value)]
        raise Wrong(
            got=f"{number:.4g}",
            wanted=f"{share:.3f} for this heat and this mask",
            cause=near[0] if near else _why_this_number(number, share),
            next_step="heat inside the mask, divided by all heat, of the film you show",
        )


def _is_near(number: float, value: float) -> bool:
    return math.isfinite(value) and abs(number - value) < 0.005 * max(1.0, abs(value))


def _other_numbers(heat: Tensor, mask: Tensor) -> Mapping[str, float]:
    """Return what else one may compute of a map and a mask."""
    inside, share, area = heat[mask].sum(), float(heat[mask].sum() / heat.sum()), float(mask.double().mean())
    numbers = {
        "this is the mask's share of the film, which is chance": area,
        "this is a percentage; the share lies between 0 and 1": 100 * share,
        "this is the heat *outside* the mask": 1 - share,
        "this is the share with a minus": -share,
        "this is the sum of the heat inside; it was not divided by all heat": inside,
        "this is the sum of all heat, inside and outside": heat.sum(),
        "this is the mean heat inside, divided by the mask's pixels, not the share of the heat": heat[mask].mean(),
        "this is the heat inside divided by all pixels, not by all heat": inside / heat.numel(),
        "this is heat inside over heat outside, not over all heat": inside / heat[~mask].sum(),
        "this is the peak of the heat": heat.max(),
        "this is the heat inside, divided by the peak instead of by all heat": inside / heat.max(),
        "this is how many times chance, not the share itself": share / area,
        "this is the share minus chance": share - area,
        "the fraction is upside down: all heat over the heat inside": 1 / max(share, 1e-9),
        "this is the mean of all heat": heat.mean(),
    }
    return {cause: float(number) for cause, number in (numbers | _counted(heat, mask)).items()}


def _counted(heat: Tensor, mask: Tensor) -> Mapping[str, Tensor]:
    """Return what one gets by counting pixels instead of adding up their heat."""
    half, warm = heat > heat.max() / 2, heat > 0
    both = (half & mask).sum()
    return {
        "this is the share of hot pixels (above half of the peak) inside; heat was to be added up": both / half.sum(),
        "this counts pixels with any heat, not how much heat they have": (warm & mask).sum() / warm.sum(),
        "this is the share of the mask that is hot, not the share of the heat that is inside": both / mask.sum(),
        "this is the overlap (intersection over union) of mask and hot pixels": both / (half | mask).sum(),
        "this is the pointing game: whether the peak lies inside": mask.flatten()[heat.flatten().argmax()],
        "this is the number of pixels of the mask": mask.sum(),
    }


def _why_this_number(number: float, share: float) -> str:
    if abs(number - share) <= 0.06 and round(number, 1) == number:
        return "rounded too coarsely: two decimals at least"
    if number < 0:
        return "a share of heat is not negative: something was subtracted"
    if number > 1:
        return "a share is never above 1: this was not divided by all heat, or the fraction is upside down"
    return "the number belongs to another film than the picture, is an average of many, or was not computed from it"


DOUBTING = re.compile(
    r"\b(not|no|nor|never|only|may|might|could|cannot|nothing|without|whether|unless|perhaps|possibl[ey]|un\w+|in\w+able|"
    r"doubt\w*|but|however|although|though|yet|fail\w*|wrong\w*|if|nobody|none|neither|differ\w*|outside|invisible|"
    r"miss\w*|others?|another|elsewhere|phantoms?|drawn|drawings?|chance|tags?|still|lacks?|ignor\w*|few|merely|just|alone|"
    r"hardly|barely|limit\w*|question\w*|guess\w*|luck\w*|rather|instead|depends?|coarse|bias\w*|less|too|real|"
    r"patients?|hospitals?|one|single|would|should|nicht|kein\w*|nur)\b|n['’]t\b",
    re.IGNORECASE,
)
BOASTING = re.compile(
    r"\b(proves?|proven|perfect\w*|always|certain\w*|definite\w*|clear\w*|correct\w*|works?|well|good|great|excellent|"
    r"reliabl\w*|trust\w*|confirms?|right|true|sure\w*|best|exactly)\b",
    re.IGNORECASE,
)


def _judge_doubt(doubt: object) -> None:
    words = doubt.split() if isinstance(doubt, str) else []
    cause = _why_no_doubt(doubt, words)
    if cause:
        raise Wrong(
            got=doubt if isinstance(doubt, str) and doubt else shown(doubt),
            wanted="a sentence of at least eight words, on what this does not prove",
            cause=cause,
            next_step="finish the sentence: 'This does not show that ...'",
        )


def _why_no_doubt(doubt: object, words: list[str]) -> str:
    if not isinstance(doubt, str):
        return f"something of type {type(doubt).__name__} came; a doubt in words is one text, in quotes"
    if not words:
        return "the text is empty: there is no doubt in it"
    if len(words) < 8:
        return f"a doubt in a few words ({len(words)}, not eight) does not say what is doubted"
    if len({word.lower() for word in words}) < 6 or not re.search(r"[^\W\d]{3}", doubt):
        return "the same word again and again, or no words at all, does not say what is doubted"
    if BOASTING.search(doubt) and not DOUBTING.search(doubt):
        return "this praises the network or the map, or claims a proof; it does not say what is *not* proven"
    if not DOUBTING.search(doubt):
        return "this tells what is seen and doubts nothing: no `not`, `only`, `may`, `another`, ... is in it"
    return ""


NORMAL = Exercise(
    id="15.1",
    title="The score of normal",
    difficulty="easy",
    minutes=4,
    task="normal_score(logits): from logits (N, 1) the score that explains 'normal', shape (N,), in logits.",
    hints=(
        "The logit is positive for pneumonia. What grows when the network gets surer of 'normal'?",
        "A score is one number per film: choose the only column, and think of the sign.",
        "minus logits[:, 0]",
    ),
    starter="def normal_score(logits):\n    ...",
    solution="def normal_score(logits):\n    return -logits[:, 0]",
    alternative="normal_score = lambda logits: logits.neg().squeeze(1)",
    name="normal_score",
    judge=judge_normal,
    praise="Right: hand it to grad_cam as score=normal_score, and the map shows what speaks for 'normal'.",
    mistakes=(
        Mistake("squeeze", "def normal_score(logits):\n    return -logits.squeeze()", "for a single film"),
        Mistake("a second column", "def normal_score(logits):\n    return -logits[:, 1]", "second column"),
        Mistake("abs", "def normal_score(logits):\n    return logits[:, 0].abs()", "hides the sign"),
        Mistake("softmax of one", "def normal_score(logits):\n    return logits.softmax(dim=1)[:, 0]", "always 1"),
        Mistake("half", "def normal_score(logits):\n    return -logits[:, 0] / 2", "half of it"),
        Mistake("the wrong sign", "def normal_score(logits):\n    return logits[:, 0]", "score of 'pneumonia'"),
        Mistake("keeps the column", "def normal_score(logits):\n    return -logits", "one column is left"),
        Mistake("probability", "def normal_score(logits):\n    return 1 - logits[:, 0].sigmoid()", "gradient vanishes"),
        Mistake("one number", "def normal_score(logits):\n    return -logits.sum()", "added up"),
        Mistake("no graph", "def normal_score(logits):\n    return -logits[:, 0].detach()", "cut the graph"),
    ),
    setup="import torch",
)

_PAIR = "def to_two_classes(logits):\n    return {}"

PAIR = Exercise(
    id="15.2",
    title="Two classes of one logit",
    difficulty="medium",
    minutes=8,
    task="to_two_classes(logits): (N, 1) → (N, 2), softmax [1 - sigmoid(z), sigmoid(z)]; both logits depend on z.",
    hints=(
        "Softmax looks at differences only: which differences of two logits give sigmoid(z)?",
        "The second logit minus the first must be z. Share it evenly. torch.cat joins columns with dim=1.",
        "one class gets minus a half of z, the other plus a half",
    ),
    starter="def to_two_classes(logits):\n    ...",
    solution=_PAIR.format("torch.cat([-logits / 2, logits / 2], dim=1)"),
    alternative="def to_two_classes(logits):\n    return logits * torch.tensor([-0.5, 0.5])",
    name="to_two_classes",
    judge=judge_pair,
    praise="Right: cross-entropy of this pair is binary cross-entropy of z, and each class has a map.",
    mistakes=(
        Mistake("1 - z", _PAIR.format("torch.cat([1 - logits, logits], dim=1)"), "2 * z - 1"),
        Mistake("only one halved", _PAIR.format("torch.cat([-logits / 2, logits], dim=1)"), "1.5 * z"),
        Mistake("a new axis", _PAIR.format("torch.stack([-logits / 2, logits / 2], dim=1)"), "stack made a new axis"),
        Mistake(
            "limited",
            _PAIR.format("torch.cat([-logits.clamp(-9, 9) / 2, logits.clamp(-9, 9) / 2], dim=1)"),
            "something limits it",
        ),
        Mistake(
            "log of 0",
            _PAIR.format("torch.cat([(1 - logits.sigmoid()).log(), logits.sigmoid().log()], dim=1)"),
            "log(0)",
        ),
        Mistake("a constant", _PAIR.format("torch.cat([0 * logits, logits], dim=1)"), "map is empty"),
        Mistake("twice as sure", _PAIR.format("torch.cat([-logits, logits], dim=1)"), "twice as sure"),
        Mistake("swapped", _PAIR.format("torch.cat([logits / 2, -logits / 2], dim=1)"), "swapped"),
        Mistake(
            "probabilities", _PAIR.format("torch.cat([1 - logits.sigmoid(), logits.sigmoid()], dim=1)"), "probabilities"
        ),
        Mistake("wrong axis", _PAIR.format("torch.cat([-logits / 2, logits / 2])[:, 0]"), "another axis"),
    ),
    setup="import torch",
)

_ARTICLE = """def article_heatmaps(activations, gradients):
    pooled = gradients.mean(dim=(0, 2, 3))
    for channel in range(activations.shape[1]):
        activations[:, channel] *= pooled[channel]
    heat = activations.mean(dim=1).relu()
    return heat / heat.max()"""

_HEAT = """def article_heatmaps(activations, gradients):
    weights = gradients.mean(dim={axes}, keepdim=True)
    heat = (weights * activations).sum(dim=1){relu}
    return {end}"""

_END = "heat / heat.amax(dim=(1, 2), keepdim=True)"

HEATMAPS = Exercise(
    id="15.3",
    title="The article, mended",
    difficulty="hard",
    minutes=12,
    task="article_heatmaps(activations, gradients), repaired: (N, h, w), each film's own peak is 1, an empty map is 0.",
    hints=(
        "Three bugs: films are averaged away, the caller's activations are overwritten, 0 is divided by 0.",
        "Weights (N, K, 1, 1) come from a mean over two axes with keepdim=True; Tensor.amax takes two axes as well.",
        "peaks = heat.amax(dim=(1, 2), keepdim=True), then heat / peaks.where(peaks > 0, 1.0)",
    ),
    starter=_ARTICLE,
    solution=_HEAT.format(
        axes="(2, 3)", relu=".relu()", end="heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)"
    ),
    alternative="""def article_heatmaps(activations, gradients):
    heat = torch.einsum("nk,nkhw->nhw", gradients.mean((2, 3)), activations).clamp(min=0)
    peaks = heat.flatten(1).max(dim=1).values[:, None, None]
    return torch.where(peaks > 0, heat / peaks, torch.zeros_like(heat))""",
    name="article_heatmaps",
    judge=judge_heatmaps,
    praise="Right: now a second film, a second run and an empty map all do no harm.",
    mistakes=(
        Mistake(
            "ReLU before the sum",
            _HEAT.format(
                axes="(2, 3)", relu="", end="heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)"
            ).replace("(weights * activations)", "(weights * activations).relu()"),
            "ReLU came before the sum",
        ),
        Mistake(
            "a limit that is not small",
            _HEAT.format(
                axes="(2, 3)", relu=".relu()", end="heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=0.01)"
            ),
            "not small for a weak map",
        ),
        Mistake(
            "from min to max",
            _HEAT.format(
                axes="(2, 3)",
                relu=".relu()\n    heat = heat - heat.amin(dim=(1, 2), keepdim=True)",
                end="heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)",
            ),
            "stretched from its min",
        ),
        Mistake(
            "no axes behind the weights",
            _HEAT.format(axes="(2, 3)", relu=".relu()", end=_END).replace(", keepdim=True)\n    heat", ")\n    heat"),
            "axes of length 1",
        ),
        Mistake(
            "not pooled",
            "def article_heatmaps(activations, gradients):\n"
            "    heat = (gradients * activations).sum(dim=1).relu()\n"
            "    return heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)",
            "not pooled",
        ),
        Mistake(
            "films averaged",
            _HEAT.format(
                axes="(0, 2, 3)", relu=".relu()", end="heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)"
            ),
            "averaged over the films",
        ),
        Mistake("0 / 0", _HEAT.format(axes="(2, 3)", relu=".relu()", end=_END), "0 / 0"),
        Mistake("one peak", _HEAT.format(axes="(2, 3)", relu=".relu()", end="heat / heat.max()"), "one peak"),
        Mistake("no ReLU", _HEAT.format(axes="(2, 3)", relu="", end=_END), "ReLU is missing"),
        Mistake("in place", _ARTICLE.replace("(0, 2, 3)", "(0, 2, 3)").replace("heat.max()", "2"), "in-place"),
        Mistake("not divided", _HEAT.format(axes="(2, 3)", relu=".relu()", end="heat"), "not divided"),
    ),
    setup="import torch",
)

_BYTES = "def to_bytes(normalised):\n    return {}"

BYTES = Exercise(
    id="15.4",
    title="Bytes that do not wrap",
    difficulty="medium",
    minutes=6,
    task="to_bytes(normalised): from (x - 0.5) / 0.5 back to uint8 pixels 0 to 255, rounded, cut off, never wrapped.",
    hints=(
        "Undo the two steps of the normalisation in reverse order, then stretch 0..1 to 0..255.",
        "Tensor.round, then Tensor.clamp, and only then the conversion: a byte keeps no decimals and no minus.",
        "((normalised + 1) * 127.5), rounded, clamped to 0..255, .to(torch.uint8)",
    ),
    starter="def to_bytes(normalised):\n    ...",
    solution=_BYTES.format("((normalised + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)"),
    alternative=_BYTES.format("(normalised * 0.5 + 0.5).clamp(0, 1).mul(255).round().byte()"),
    name="to_bytes",
    judge=judge_bytes,
    praise="Right: black is black again. Look at the film in the lesson once more.",
    mistakes=(
        Mistake("256", _BYTES.format("((normalised + 1) * 128).round().clamp(0, 255).to(torch.uint8)"), "256"),
        Mistake(
            "again",
            _BYTES.format("((normalised - 0.5) / 0.5 * 255).round().clamp(0, 255).to(torch.uint8)"),
            "second time",
        ),
        Mistake("int8", _BYTES.format("((normalised + 1) * 127.5).round().clamp(0, 255).to(torch.int8)"), "unsigned"),
        Mistake(
            "rounded too early",
            _BYTES.format("(((normalised + 1) / 2).round() * 255).clamp(0, 255).to(torch.uint8)"),
            "black and white are left",
        ),
        Mistake(
            "as the article",
            _BYTES.format("(normalised * 255).to(torch.int64).to(torch.uint8)"),
            "negative numbers wrap",
        ),
        Mistake(
            "no clamp",
            _BYTES.format("((normalised + 1) * 127.5).round().to(torch.int64).to(torch.uint8)"),
            "clamp before",
        ),
        Mistake("cut off", _BYTES.format("((normalised + 1) * 127.5).clamp(0, 255).to(torch.uint8)"), "round first"),
        Mistake("black", _BYTES.format("(normalised.clamp(0, 1) * 255).round().to(torch.uint8)"), "cut to black"),
        Mistake("floats", _BYTES.format("((normalised + 1) * 127.5).round().clamp(0, 255)"), "not turned into bytes"),
    ),
    setup="import torch",
)

_SLOPES = """logits = torch.arange(1.0, 100.0, dtype=torch.{kind}, requires_grad=True)
(slopes,) = torch.autograd.grad(logits.sigmoid().sum(), logits)
found_logit = {pick}"""

SATURATION = Exercise(
    id="15.5",
    title="Where float64 gives up",
    difficulty="medium",
    minutes=6,
    task="found_logit: the smallest whole logit at which the sigmoid's gradient in float64 is exactly zero.",
    hints=(
        "Do not compute, experiment: many logits at once, one backward pass, and look at the slopes.",
        "torch.arange takes a dtype; torch.autograd.grad of a sum gives every logit its own slope.",
        "int(logits[slopes == 0].min())",
    ),
    starter="found_logit = ...",
    solution=_SLOPES.format(kind="float64", pick="int(logits[slopes == 0].min())"),
    alternative="""found_logit = 1
while float(torch.tensor(float(found_logit), dtype=torch.float64).sigmoid()) < 1.0:
    found_logit += 1""",
    name="found_logit",
    judge=judge_saturation,
    praise="Right: 37. More bits only move the cliff; the logit has none.",
    mistakes=(
        Mistake("not whole", "found_logit = 36.74", "no whole number"),
        Mistake("where e to the z overflows", "found_logit = 710", "overflows in float64"),
        Mistake("the bits", "found_logit = 64", "number of bits"),
        Mistake("float32", _SLOPES.format(kind="float32", pick="int(logits[slopes == 0].min())"), "float32's answer"),
        Mistake("a guess", "found_logit = 34", "not twice the logit"),
        Mistake("the last slope", _SLOPES.format(kind="float64", pick="int(logits[slopes > 0].max())"), "not zero"),
        Mistake("too large", "found_logit = 90", "a smaller logit"),
        Mistake("a text", "found_logit = 'thirty-seven'", "not a number"),
    ),
    setup="import torch",
)

_REPORT = """report = {{
    "heat": {heat},
    "mask": {mask},
    "inside": {inside},
    "doubt": {doubt},
}}"""
_SHARE = "float((heats[0] * masks[0]).sum() / heats[0].sum())"
_DOUBT = '"The heat was measured on drawings, so it says nothing about a patient."'

REPORT = Exercise(
    id="15.6",
    title="One picture, one number, one doubt",
    difficulty="hard",
    minutes=20,
    task="report: heat (H, W), mask (H, W), inside (the share of that heat in that mask), doubt (eight words or more).",
    hints=(
        "Choose one film with pneumonia, explain class 1, and measure that film, not the average.",
        "grad_cam gives heatmaps (N, H, W); the film's mask is masks[0]; the share is what share_inside returns.",
        "inside is the heat in the mask divided by all heat of the same film",
    ),
    starter='report = {"heat": ..., "mask": ..., "inside": ..., "doubt": ...}',
    solution=_REPORT.format(heat="heats[0]", mask="masks[0]", inside=_SHARE, doubt=_DOUBT),
    alternative=_REPORT.format(
        heat="heats[1]",
        mask="masks[1]",
        inside="heats[1][masks[1]].sum() / heats[1].sum()",
        doubt='"A film from another hospital may carry another tag and change everything."',
    ),
    name="report",
    judge=judge_report,
    praise="Right: the number fits the picture, and the doubt is in words. Show all three, or none.",
    mistakes=(
        Mistake(
            "the mask is the heat",
            _REPORT.format(
                heat="heats[0]",
                mask="heats[0] > 0.2",
                inside="heats[0][heats[0] > 0.2].sum() / heats[0].sum()",
                doubt=_DOUBT,
            ),
            "cut out of the heat",
        ),
        Mistake(
            "praise",
            _REPORT.format(
                heat="heats[0]",
                mask="masks[0]",
                inside=_SHARE,
                doubt='"The network always looks at the right place and works very well."',
            ),
            "praises",
        ),
        Mistake(
            "a part is missing",
            'report = {"heat": heats[0], "mask": masks[0], "doubt": ' + _DOUBT + "}",
            "missing: inside",
        ),
        Mistake(
            "chance",
            _REPORT.format(heat="heats[0]", mask="masks[0]", inside="float(masks[0].float().mean())", doubt=_DOUBT),
            "chance",
        ),
        Mistake(
            "outside", _REPORT.format(heat="heats[0]", mask="masks[0]", inside="1 - " + _SHARE, doubt=_DOUBT), "outside"
        ),
        Mistake(
            "another film",
            _REPORT.format(heat="heats[1]", mask="masks[1]", inside=_SHARE, doubt=_DOUBT),
            "another film",
        ),
        Mistake(
            "a batch", _REPORT.format(heat="heats", mask="masks", inside=_SHARE, doubt=_DOUBT), "axis of the films"
        ),
        Mistake(
            "healthy",
            _REPORT.format(heat="heats[0]", mask="masks[0] & False", inside="0.0", doubt=_DOUBT),
            "normal film",
        ),
        Mistake(
            "no doubt", _REPORT.format(heat="heats[0]", mask="masks[0]", inside=_SHARE, doubt='"none"'), "few words"
        ),
        Mistake(
            "per cent",
            _REPORT.format(heat="heats[0]", mask="masks[0]", inside="100 * " + _SHARE, doubt=_DOUBT),
            "percentage",
        ),
    ),
    setup="""import torch
heats = torch.linspace(0, 1, 32).reshape(2, 4, 4)
masks = torch.zeros(2, 4, 4, dtype=torch.bool)
masks[0, 2:, 2:] = True
masks[1, :1] = True""",
)

EXERCISES = (NORMAL, PAIR, HEATMAPS, BYTES, SATURATION, REPORT)
