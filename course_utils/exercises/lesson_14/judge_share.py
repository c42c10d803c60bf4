"""What exercise 14.1 demands: the share of each picture's heat inside its mask, 0 where there is no heat."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import listed, respect
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.learners_code import compares_equal
from course_utils.exercises.diagnosis.seeded import uniform
from course_utils.exercises.diagnosis.trying import ran, why_sizes, works
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.guard import names_used
from course_utils.exercises.shown import safely

__all__ = ["judge_share"]


AXES_LEFT = {
    (5,): "what is left counts rows; pictures are axis 0, rows and columns, 1 and 2, are to be added up",
    (6,): "what is left counts columns; pictures are axis 0, rows and columns, 1 and 2, are to be added up",
    (5, 6): "the pictures were added up; rows and columns are the axes 1 and 2",
    (4, 6): "only the rows were added up, not the columns: dim=(1, 2) does both",
    (4, 5): "only the columns were added up, not the rows: dim=(1, 2) does both",
    (4, 5, 6): "nothing was added up: dim=(1, 2) adds rows and columns",
}


PICTURES = ("the first picture", "the empty map", "the picture with an empty mask", "the weak map")


def judge_share(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Heat inside over all heat, one number per picture; 0 where there is no heat."""
    demand_function(answer, "safe_share(heat, masks)")
    heat, masks = uniform(4, 5, 6), uniform(4, 5, 6) > 0.6
    heat[1], masks[2] = 0, False
    heat[3] *= 1e-6  # a weak map is a map
    kept = heat.clone()
    wanted_text = "a tensor of shape (4,) for four maps"
    got = ran(lambda: answer(heat, masks), lambda error: _why_share_raises(answer, error, kept, masks), wanted_text)
    if isinstance(got, Tensor) and tuple(got.shape) == (3,):
        raise Wrong(
            got="shape (3,)",
            wanted="shape (4,)",
            cause="the empty map was left out: whoever averages this will never hear of it",
            next_step="give the empty map the share 0",
        )
    _must_stay(heat, kept, "the heat", "heat * masks")
    got = demand_tensor_of_shape(answer, got, (4,), ("pictures",), AXES_LEFT).float()
    wanted = (kept * masks).sum(dim=(1, 2)) / torch.where(torch.arange(4) == 1, 1.0, kept.sum(dim=(1, 2)))
    if not torch.allclose(got, wanted, atol=1e-5):
        raise Wrong(
            got=f"{listed(got)} (the second map is empty, the fourth weak)",
            wanted=listed(wanted),
            cause=_why_not_the_share(answer, got, kept, masks),
            next_step="divide by the total where it is above 0, and by 1 where it is 0",
        )


def _must_stay(given: Tensor, kept: Tensor, name: str, instead: str) -> None:
    if not torch.equal(given, kept):
        raise Wrong(
            got=f"{name} was changed",
            wanted=f"{name} as it was",
            cause="an in-place operation (+=, /=, mul_, x[...] = ...) wrote into what was given",
            next_step=f"make a new tensor: {instead}",
        )


def _why_share_raises(answer: Callable[..., object], error: Exception, heat: Tensor, masks: Tensor) -> str:
    if works(lambda: answer(heat, masks.float())):
        return "the masks hold True and False here; this line needs numbers: heat * masks works for both"
    if works(lambda: answer(heat[:1], masks[:1])) or "ambiguous" in str(error):
        return "this works for one picture only: `if`, float(...) and .item() cannot decide for four at once"
    if works(lambda: answer(torch.rand(4, 32, 32), torch.rand(4, 32, 32) > 0.5)):
        return "this works for maps of 32x32 only: a size is written into the code; these have 5x6"
    return why_sizes(error, {4: "pictures", 5: "rows", 6: "columns"})


def _why_not_the_share(answer: Callable[..., object], got: Tensor, heat: Tensor, masks: Tensor) -> str:
    if got.isnan().any():
        return "the empty map still gives 0 / 0, which is NaN" + safely(lambda: _why_still_nan(answer, heat, masks), "")
    inside, total = (heat * masks).sum(dim=(1, 2)), heat.sum(dim=(1, 2))
    share = (inside / total).nan_to_num()
    others = _slips_of_the_share(heat, masks.float(), inside, total)
    cause = next(
        (cause for cause, value in others.items() if same_absolute(got, value.nan_to_num(nan=0.0, posinf=0.0))), ""
    )
    if cause:
        return cause
    if same_absolute(got[[0, 2, 3]], share[[0, 2, 3]]):
        return f"the empty map got {float(got[1]):.4g}; no heat at all is a share of 0"
    return safely(lambda: _why_some(answer, got, heat, masks), "") or respect(got, share, PICTURES)


def _why_some(answer: Callable[..., object], got: Tensor, heat: Tensor, masks: Tensor) -> str:
    """Return why some pictures are right, found by showing them one by one, or the other way round."""
    inside, total = (heat * masks).sum(dim=(1, 2)), heat.sum(dim=(1, 2))
    share = (inside / total).nan_to_num()
    alone = torch.cat(
        [answer(heat[i : i + 1].clone(), masks[i : i + 1]).float().flatten() for i in range(4)]
    ).nan_to_num()
    if same_absolute(alone, share):
        return "each picture alone comes out right, together they do not: something is decided, or added up, for all"
    turned = answer(heat.flip(0), masks.flip(0))
    if same_absolute(got[:3], share[:3], 1e-3) and not turned[3] and got[3] == 0:
        return "the last picture is left out and keeps its 0: a loop ends one too early"
    if same_absolute(got[:3], share[:3], 1e-3):
        return "a weak map came out wrong: the number that was added to the total, or is its limit, is not small for it"
    added = inside[0] / got[0] - total[0]
    if got[0] > 0 and added > 0 and same_absolute(got[3], inside[3] / (total[3] + added), 1e-3):
        return f"{float(added):.3g} was added to every total; for these maps that is not small"
    return ""


def _why_still_nan(answer: Callable[..., object], heat: Tensor, masks: Tensor) -> str:
    if "ZeroDivisionError" in names_used(answer):
        return "; tensors raise no ZeroDivisionError, so the except never comes"
    alone = answer(heat[1:2].clone(), masks[1:2])
    if isinstance(alone, Tensor) and not alone.any():
        return "; only a batch in which *all* maps are empty is caught, for the question is asked once for all pictures"
    if compares_equal(answer):
        return "; `== nan` finds none of them, because NaN equals nothing, not even itself: isnan does"
    if {"nan_to_num", "where", "masked_fill"} & names_used(answer):
        return "; nan_to_num, where and masked_fill give a new tensor: is it kept, and is it 0 that they put in?"
    return ""


def _slips_of_the_share(heat: Tensor, masks: Tensor, inside: Tensor, total: Tensor) -> dict[str, Tensor]:
    share, area = inside / total, masks.sum(dim=(1, 2))
    peak = heat.amax(dim=(1, 2))
    return {
        "this is the heat inside, not its share of all heat": inside,
        "this is the share of the heat *outside* the object": (total - inside) / total,
        "this divides by the object's area": inside / area,
        "this divides by all pixels: it is a mean, not a share": inside / heat[0].numel(),
        "the heat inside was averaged, all heat added up: sum both": share / heat[0].numel(),
        "this is a percentage; the share lies between 0 and 1": 100 * share,
        "this divides by the map's peak, not by all its heat": inside / peak,
        "this divides by the heat of all pictures together": inside / total.sum(),
        "this divides by the mean heat of the pictures, not by each picture's own": inside / total.mean(),
        "this is the mask's share of the picture, which is chance": area / heat[0].numel(),
        "this is heat inside compared with heat outside, not with all heat": inside / (total - inside),
        "the fraction is upside down: all heat over the heat inside": total / inside,
        "this is all the heat, inside and outside": total,
        "the largest heat inside was taken, not the sum of it": (heat * masks).amax(dim=(1, 2)) / total,
        "the share was rounded to 0 or 1": share.round(),
        "this is how many times chance, not the share: it was divided by the object's area as well": share
        * heat[0].numel()
        / area,
    } | _shares_of_other_maps(heat, masks)


def _shares_of_other_maps(heat: Tensor, masks: Tensor) -> dict[str, Tensor]:
    """Return what comes if something else than the heat is added up."""
    hot = (heat > 0).float()
    return {
        "this counts pixels with heat; the heat itself was to be added up": (hot * masks).sum((1, 2)) / hot.sum((1, 2)),
        "this is the pointing game: whether the peak is inside, not how much heat": masks.flatten(1)
        .gather(1, heat.flatten(1).argmax(dim=1)[:, None])
        .squeeze(1),
        "softmax was put on the heat, so that cold pixels count as well": (
            heat.flatten(1).softmax(1) * masks.flatten(1)
        ).sum(1),
        "softmax was put on the rows of the heat, so that cold pixels count as well": (heat.softmax(-1) * masks).sum(
            (1, 2)
        )
        / heat.softmax(-1).sum((1, 2)),
        "pixels above one half were counted; the heat itself was to be added up": ((heat > 0.5) * masks).sum((1, 2))
        / (heat > 0.5).sum((1, 2)),
    }
