"""What exercise 15.1 demands: minus the logit, one number for each film, with a graph."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import Step, listed, respect
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.trying import ran, why_sizes, works
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_15.arguments import LOGITS, must_have_gradient, must_stay

__all__ = ["judge_normal"]


FILMS = ("the first film", "the second film", "the third film", "the fourth film")


ONE_A_FILM = {
    (3, 1): "one column is left: take column 0 with [:, 0]",
    (1,): "only one film came; [:, 0] takes them all",
}


def judge_normal(answer: Callable[[Tensor], Tensor]) -> None:
    """Minus the logit, one number per film, and differentiable."""
    demand_function(answer, "normal_score(logits)")
    for logits in (LOGITS, 10 * LOGITS, LOGITS[:1]):
        _judge_score(answer, logits)
    must_have_gradient(answer(LOGITS.clone().requires_grad_()).sum())


def _judge_score(answer: Callable[[Tensor], Tensor], logits: Tensor) -> None:
    given, wanted, z = logits.clone(), -logits[:, 0], logits[:, 0]
    text = f"{listed(z)} as logits of shape {tuple(logits.shape)}"
    got = ran(lambda: answer(given), lambda error: _why_score_raises(answer, error), f"the score for {text}")
    must_stay(given, logits, "the logits")
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
