"""What people compute in exercise 13.2 in place of logit 3 minus the strongest other logit."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.values import why_other_values

__all__ = ["why_not_rival"]


def why_not_rival(got: Tensor, logits: Tensor) -> str:
    """Return what was computed of the logits in place of the wanted difference."""
    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)
    own, best = logits[:, 3], others.amax(dim=1)
    likely = _other_rivals(logits, own, others) | _stranger_rivals(logits, own, others)
    off = own - got
    if (
        len(off) > 1
        and float(off[0])
        and same_relative(off, off[:1].expand_as(off))
        and not same_relative(off[0], others.max())
    ):
        return (
            f"the same number, {float(off[0]):.4g}, was subtracted for every picture: a number that was put in place "
            "of class 3, perhaps; each picture has its own rival"
        )
    likely |= _rival_of_others(logits) | _rival_of_probabilities(logits)
    otherwise = "this is not logit 3 minus the largest other logit of the same picture"
    return why_other_values(got, own - best, likely, {"the number of pictures": len(logits)}, otherwise)


def _other_rivals(logits: Tensor, own: Tensor, others: Tensor) -> dict[str, Tensor]:
    best = others.amax(dim=1)
    return {
        "the maximum includes class 3 itself, so the score can never be above 0": own - logits.amax(dim=1),
        "the sign is turned: this says how far the rival is ahead": best - own,
        "the mean of the others was subtracted, not the strongest": own - others.mean(dim=1),
        "the mean of all was subtracted, not the strongest of the others": own - logits.mean(dim=1),
        "the sum of the others was subtracted, not the strongest": own - others.sum(dim=1),
        "the sum of all was subtracted, not the strongest of the others": own - logits.sum(dim=1),
        "the smallest of the others was subtracted": own - others.amin(dim=1),
        "class 3 was set to 0, not taken out: if all others are negative, 0 wins": (
            own - others.amax(dim=1).clamp(min=0)
        ),
        "the rival was not subtracted": own,
        "only the rival came; logit 3 is missing": best,
        "the maximum over the whole batch was taken; each picture has its own rival": own - others.max(),
        "the maximum over the pictures was taken, not over the classes": own - logits.amax(dim=0)[3],
        "the rival was added, not subtracted": own + best,
        "logit 3 was divided by the rival, not compared by a difference": own / best,
        "the number of the rival (argmax) was subtracted, not its logit": own - others.argmax(dim=1),
        "the number of the rival (argmax over all) was subtracted, not its logit": own - logits.argmax(dim=1),
    }


def _stranger_rivals(logits: Tensor, own: Tensor, others: Tensor) -> dict[str, Tensor]:
    return {
        "the second largest of all was subtracted: right only where class 3 is the largest": (
            own - logits.topk(2, dim=1).values[:, 1]
        ),
        "the second largest of the others was subtracted": own - others.topk(2, dim=1).values[:, 1],
        "only the classes before 3 are rivals here, those after it are missing": own - logits[:, :3].amax(dim=1),
        "the two largest were compared, whatever class 3 does": _two_largest(logits),
        "the rival's number was counted without class 3, and looked up with it: one too low behind class 3": (
            own - logits.gather(1, others.argmax(dim=1, keepdim=True))[:, 0]
        ),
        "the middle one of the others was subtracted (median), not the strongest": own - others.median(dim=1).values,
        "a soft maximum of the others was subtracted (logsumexp), not the strongest": own - others.logsumexp(dim=1),
        "a soft maximum of all was subtracted (logsumexp), not the strongest": own - logits.logsumexp(dim=1),
        "the length (norm) of the others was subtracted": own - others.norm(dim=1),
    }


def _two_largest(logits: Tensor) -> Tensor:
    first, second = logits.topk(2, dim=1).values.T
    return first - second


def _rival_of_others(logits: Tensor) -> dict[str, Tensor]:
    """Return what comes of another class in the place of class 3, or as its fixed rival."""
    own, found = logits[:, 3], {}
    if logits.shape[1] > 4:
        found["only the classes after 3 are rivals here, those before it are missing"] = own - logits[:, 4:].amax(dim=1)
    for wrong in (2, 4, 0, 1):
        if wrong < logits.shape[1]:
            rest = torch.cat([logits[:, :wrong], logits[:, wrong + 1 :]], dim=1)
            counted = " (counted from 1)" if wrong == 2 else ""
            found[f"class {wrong} was taken for class 3{counted}"] = logits[:, wrong] - rest.amax(dim=1)
            found[f"class {wrong} was left out of the rivals, and not class 3"] = own - rest.amax(dim=1)
    for rival in (one for one in range(logits.shape[1]) if one != 3):
        found[f"class {rival} is always the rival; it must be the strongest of each picture"] = own - logits[:, rival]
    for name, rest in {"the last class": logits[:, :-1], "the first class": logits[:, 1:]}.items():
        found[f"{name} was left out, and not class 3"] = own - rest.amax(dim=1)
    return found


def _rival_of_probabilities(logits: Tensor) -> dict[str, Tensor]:
    found = {}
    for name, shares in {"probabilities (softmax)": logits.softmax(1), "sigmoids": logits.sigmoid()}.items():
        others = torch.cat([shares[:, :3], shares[:, 4:]], dim=1)
        found[f"{name} were compared, not logits"] = shares[:, 3] - others.amax(dim=1)
        found[f"{name} were taken of logit 3 only"] = shares[:, 3]
    sizes = torch.cat([logits[:, :3], logits[:, 4:]], dim=1).abs()
    found["the absolute values of the others were taken"] = logits[:, 3] - sizes.amax(dim=1)
    return found
