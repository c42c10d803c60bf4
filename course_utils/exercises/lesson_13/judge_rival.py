"""What exercise 13.2 demands: logit 3 minus the strongest other, for each picture, with a graph to both."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_13.rival_slips import why_not_rival

__all__ = ["judge_rival"]


def judge_rival(answer: Callable[[Tensor], Tensor]) -> None:
    """Logit 3 minus the largest of the others, one number per picture, with a graph; all may be negative."""
    for logits in (
        _rivals(),
        torch.tensor([[0.0, 1.0, 2.0, 7.0, 5.0], [3.0, 1.0, 2.0, 1.0, 0.0]]),
        normal(4, 6) - 9,
        normal(1, 4),
    ):
        leaf, kind = logits.clone().requires_grad_(), f"scores for logits of shape {tuple(logits.shape)}"
        others = logits.clone()
        others[:, 3] = -torch.inf
        wanted = logits[:, 3] - others.amax(dim=1)
        got = tried(judge_rival, answer, (leaf,), kind, *_rival_errors(logits))
        score = demand_tensor_like(got, wanted, logits, ("pictures", "classes"), kind, _rival_shapes(*logits.shape))
        if not same_relative(score.detach(), wanted):
            raise Wrong(
                got=score.detach(),
                wanted=wanted,
                cause=why_not_rival(score.detach(), logits),
                next_step="take the maximum over all classes but 3, for each row, and subtract it from logit 3",
            )
        if not score.requires_grad:
            raise Wrong(
                got="a result without a graph",
                wanted="a result that leads back to the logits",
                cause="a detach(), no_grad() or item() cut the graph, so no gradient can be taken",
                next_step="use operations on tensors only",
            )
        _must_lead_to_both(score, leaf)


def _must_lead_to_both(score: Tensor, logits: Tensor) -> None:
    """Raise `Wrong` unless the gradient is 1 at class 3 and -1 at the rival, or at rivals that are equally strong."""
    (slopes,) = torch.autograd.grad(score.sum(), logits)
    own, others = slopes[:, 3], torch.cat([slopes[:, :3], slopes[:, 4:]], dim=1).sum(dim=1)
    lost = [name for name, one in {"logit 3": own - 1, "the rival": others + 1}.items() if one.abs().max() > 1e-4]
    if lost:
        raise Wrong(
            got=f"the right numbers, and the gradient {[round(one, 4) for one in slopes[0].tolist()]} for picture 0",
            wanted="1 at class 3, and -1 at its rival",
            cause=f"{' and '.join(lost)} has no graph: a detach(), no_grad(), tolist() or tensor(...) cut it, so that "
            "grad_cam would not see it",
            next_step="take the maximum with tensor operations, without detach() or no_grad()",
        )


def _rivals() -> Tensor:
    """Return logits in which class 3 wins twice, its neighbours win, and the first and last class win."""
    logits = normal(7, 10)
    for row, winner in enumerate((3, 3, 2, 4, 0, 9)):
        logits[row, winner] += 4
    return logits


def _rival_shapes(rows: int, known: int) -> dict[tuple[int, ...], str]:
    found = {
        (rows, known): "a number for each class came; the rival is the largest of the others",
        (rows, known - 1): "all the differences came; the rival is the largest of the others",
        (known,): "one number for each class came: the classes are axis 1, logits[:, 3] and not logits[3]",
        (known - 1,): "one number for each other class came: the pictures were joined, and not the classes",
        (
            rows,
            rows,
        ): "each picture met the rivals of all pictures: (N,) beside (N, 1) gives (N, N); leave keepdim away",
        (): "one number for the whole batch: each picture needs its own",
        (rows, 1): "an axis of length 1 is left over: logits[:, 3], not logits[:, 3:4], and amax without keepdim",
    }
    return found if rows > 1 else {}


def _rival_errors(logits: Tensor) -> tuple[tuple[str, str, str], ...]:
    rows, known = logits.shape
    return (
        (
            r"out of bounds for dimension [01] with size|out of bounds for dimension 1|index \d+ is out of bounds",
            f"a number in the code does not fit here: there are {rows} pictures (axis 0) and {known} classes (axis 1); "
            "the number of classes may not be fixed, and class 3 is logits[:, 3]",
            "take all columns but 3, however many there are: torch.cat([logits[:, :3], logits[:, 4:]], dim=1)",
        ),
        (
            r"in-place operation",
            "the logits that were handed in were overwritten (logits[:, 3] = ...); the score needs them as they are",
            "overwrite a copy: others = logits.clone()",
        ),
        (
            r"must match the size of tensor b",
            "logit 3 has the shape (N,), and what is subtracted has an axis more: the maximum over classes is missing",
            "take .amax(dim=1) of the others before you subtract",
        ),
    )
