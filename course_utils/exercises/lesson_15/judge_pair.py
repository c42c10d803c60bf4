"""What exercise 15.2 demands: two logits whose softmax is the sigmoid, and which both depend on z."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import Step, listed
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.trying import ran, why_sizes, works
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_15.arguments import LOGITS, must_have_gradient, must_stay

__all__ = ["judge_pair"]


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
    must_stay(given, logits, "the logits")
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
    must_have_gradient(pair.sum() + z.sum() * 0 if pair.requires_grad else pair.sum())
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
