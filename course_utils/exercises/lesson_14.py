"""Exercises of lesson 14: a share without NaN, insertion, a test that damages what it tests, and a found tolerance."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import torch
from scipy.stats import kendalltau, pearsonr, spearmanr
from torch import Tensor, nn

from course_utils.datasets import shapes10
from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import listed, respect
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.learners_code import compares_equal
from course_utils.exercises.diagnosis.numbers import demand_one_number
from course_utils.exercises.diagnosis.trying import ran, why_sizes, works
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.guard import names_used
from course_utils.exercises.shown import safely, shown
from course_utils.trust import pointing_game

__all__ = ["EXERCISES"]


def _numbers(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(14))


# 14.1

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
    heat, masks = _numbers(4, 5, 6), _numbers(4, 5, 6) > 0.6
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


# 14.2


PIXELS_ALONE = {(3, 3): "only the hottest pixels came, without the canvas: write them into a copy of it"}


def judge_insert(answer: Callable[[Tensor, Tensor, Tensor, int], Tensor]) -> None:
    """The canvas with the hottest pixels of the picture on it; all colour channels; nothing given is changed."""
    demand_function(answer, "insert_hottest(image, heat, canvas, count)")
    image, canvas = _numbers(3, 4, 5), -_numbers(3, 4, 5) - 1
    heat = torch.randperm(20, generator=torch.Generator().manual_seed(3)).float().view(4, 5)
    for count in (3, 1, 0, 20):
        _insert_once(answer, image, heat, canvas, count)
    flat = heat.clone().clamp(min=11) - 11  # twelve pixels without heat, as in most maps
    for count, cause in ((8, ""), (12, "many pixels are equally hot here; with >= all of them come: count decides")):
        _insert_once(answer, image, flat, canvas, count, cause)
    _insert_once(answer, image, heat - 10.5, canvas, 4, "negative heat is cold: abs() or a square makes it hot")


def _insert_once(
    answer: Callable[..., Tensor], image: Tensor, heat: Tensor, canvas: Tensor, count: int, known: str = ""
) -> None:
    kept = image.clone(), heat.clone(), canvas.clone()
    wanted = f"the {count} hottest pixels of the image, the canvas elsewhere"
    got = ran(
        lambda: answer(image, heat, canvas, count), lambda error: _why_insert_raises(answer, error, count), wanted
    )
    for name, before, now in zip(("image", "heat", "canvas"), kept, (image, heat, canvas), strict=True):
        if not torch.equal(before, now):
            raise Wrong(
                got=f"the {name} is changed",
                wanted="image, heat and canvas as they were",
                cause=f"an in-place operation wrote into the {name}; view and flatten share its memory",
                next_step=f"clone the {name} before you write into it",
            )
    got = demand_tensor_of_shape(answer, got, (3, 4, 5), ("channels", "rows", "columns"), PIXELS_ALONE)
    chosen = (got == image).all(dim=0)
    others = heat[~chosen].max() if not chosen.all() else heat.min()
    rest_is_canvas = torch.equal(got[:, ~chosen], canvas[:, ~chosen])
    if not (rest_is_canvas and int(chosen.sum()) == count and (count == 0 or heat[chosen].min() >= others)):
        raise Wrong(
            got=f"{int(chosen.sum())} pixels of the image for count={count}",
            wanted=wanted,
            cause=known or _why_not_inserted(answer, got, image, heat, canvas, count),
            next_step="order = heat.flatten().argsort(descending=True), then the first count of it",
        )


def _why_insert_raises(answer: Callable[..., object], error: Exception, count: int) -> str:
    def fits(height: int, width: int, count: float = 3) -> bool:
        picture = torch.rand(3, height, width)
        return works(lambda: answer(picture, torch.rand(height, width), -picture, count))

    if "tensors used as indices must be" in str(error):
        return "the heats were used as places: topk and sort give .values and .indices, here .indices is meant"
    if _sorts_unflattened(answer):
        return "topk, sort and argsort work along the last axis: this sorts within each row, not the whole picture"
    if count in (0, 20) and fits(4, 5):
        return f"this works for count=3, not for count={count}: there is no item before the first, or after the last"
    shapes = {
        "count was taken for a share of the pixels; it is their number": lambda: (
            "int" in names_used(answer) and fits(4, 5, 0.15)
        ),
        "this works for 32x32 pixels only: the size is written into the code; this picture has 4x5": lambda: (
            fits(32, 32) and not fits(7, 7)
        ),
        "this works for square pictures only: rows and columns are mixed up; place // width is the row": lambda: fits(
            5, 5
        ),
        "a place in the flat picture (0 to H*W - 1) was used as a row, or a column: flatten the picture, too": lambda: (
            fits(20, 1) or fits(1, 20)
        ),
    }
    known = next((cause for cause, holds in shapes.items() if holds()), "")
    return known or why_sizes(error, {3: "channels, or count", 4: "rows", 5: "columns", 20: "pixels"})


def _sorts_unflattened(answer: Callable[..., object]) -> bool:
    names = names_used(answer)
    flat = {"flatten", "view", "reshape", "ravel", "unravel_index", "numel", "sorted"}
    return bool({"topk", "argsort", "sort"} & names) and not flat & names


def _why_not_inserted(
    answer: Callable[..., object], got: Tensor, image: Tensor, heat: Tensor, canvas: Tensor, count: int
) -> str:
    rank = heat.flatten().argsort(descending=True).argsort().view_as(heat)  # 0 is the hottest
    chosen, first = rank < count, torch.arange(20).view(4, 5)
    if count == 0:
        return "for count=0 the canvas is wanted: a slice [-count:] with 0 takes everything, and [:count + 1] one"
    channels = [bool((got == image)[i][chosen].all()) for i in range(3)]
    if any(channels) and not all(channels):
        return f"the colour channels were treated differently: only {channels.count(True)} of 3 got its pixels"
    for cause, value in _slips_of_inserting(chosen, image, heat, canvas).items():
        if same_absolute(got, value):
            return cause
    by_bright = image.mean(dim=0).flatten().argsort(descending=True).argsort().view_as(heat)
    orders = {
        "the coldest pixels came, not the hottest: argsort begins with the smallest": 19 - rank,
        "the image's brightest pixels came: the order is that of the image, not of the heat": by_bright,
        "the first pixels came, row by row: the heat was not used": first,
        "the last pixels came: the heat was not used": 19 - first,
        "rows and columns of the heat changed places (.T)": heat.T.flatten()
        .argsort(descending=True)
        .argsort()
        .view_as(heat),
    }
    for cause, order in orders.items():
        if same_absolute(got, torch.where(order < count, image, canvas)):
            return cause
    return _why_this_many(got, image, canvas, rank, count) or _why_these_pixels(answer, got, image, canvas, heat)


def _why_this_many(got: Tensor, image: Tensor, canvas: Tensor, rank: Tensor, count: int) -> str:
    for many in range(21):
        if not same_absolute(got, torch.where(rank < many, image, canvas)):
            continue
        if many in (count + 1, count - 1):
            return f"one pixel too {'many: where heat equals the limit' if many > count else 'few'}"
        return f"the {many} hottest pixels came: not count={count} of them, but what a limit or a fixed number gave"
    for first in range(1, 21 - count):
        if same_absolute(got, torch.where((rank >= first) & (rank < first + count), image, canvas)):
            return f"the {first} hottest were left out, the next {count} came: places start at 0, [:count] is the slice"
    return ""


def _slips_of_inserting(chosen: Tensor, image: Tensor, heat: Tensor, canvas: Tensor) -> dict[str, Tensor]:
    blank = torch.zeros_like(image)
    last = chosen & (heat == heat[chosen].min())
    return {
        "nothing was inserted: index_copy, where and others give a new tensor; was it kept?": canvas,
        "this is deletion: the hottest pixels went": torch.where(chosen, canvas, image),
        "the rest is black: the pixels were put on zeros, not on the canvas": torch.where(chosen, image, blank),
        "the rest is white: the pixels were put on ones, not on the canvas": torch.where(chosen, image, blank + 1),
        "the heat was inserted, not the image's pixels": torch.where(chosen, heat.expand_as(image), canvas),
        "the image's pixels were added to the canvas; they have to replace it": torch.where(
            chosen, image + canvas, canvas
        ),
        "the pixels were multiplied by their heat": torch.where(chosen, image * heat, canvas),
        "the hottest pixels became white: 1 was written, not the image": torch.where(chosen, blank + 1, canvas),
        "only one pixel came, the last of the hottest: [count - 1] takes one item, [:count] takes count of them": (
            torch.where(last, image, canvas)
        ),
        "the whole image came: count was not used": image,
        "the pixels lost their colour: a mean over the channels was written": torch.where(
            chosen, image.mean(dim=0), canvas
        ),
    }


def _why_these_pixels(answer: Callable[..., object], got: Tensor, image: Tensor, canvas: Tensor, heat: Tensor) -> str:
    chosen = (got == image).all(dim=0)
    for axis, name in ((1, "row"), (0, "column")):
        per_line = chosen.sum(dim=axis)
        best = heat.amax(dim=axis, keepdim=True)
        if int(per_line.min()) == int(per_line.max()) > 0 and bool(chosen[heat == best].all()):
            return f"the hottest of each {name} came: sorted along one axis; flatten the heat first"
    if {"rand", "randperm", "randint", "shuffle", "sample"} & names_used(answer):
        return "the pixels were chosen at random; the heat gives the order"
    mixed = (~chosen & (got != canvas).any(dim=0)).sum()
    if mixed:
        return (
            f"{int(mixed)} pixels are neither the image's nor the canvas's: other numbers, or other places, were copied"
        )
    by_row = {frozenset(heat.argsort(descending=True)[: rows + 1].flatten().tolist()) for rows in range(4)}
    if _sorts_unflattened(answer) or frozenset(chosen.flatten().nonzero().flatten().tolist()) in by_row:
        return "topk, sort and argsort work along the last axis: this sorts within each row, not the whole picture"
    if chosen.sum() == 1:
        return "a single pixel came: an index takes one item, a slice [:count] takes count of them"
    return f"other pixels than the hottest were inserted: {listed(heat[chosen], 0)} are their heats, 19 is the hottest"


# 14.3


class _Last(nn.Linear):
    """A last layer that counts how often it, or a copy of it, is made to forget."""

    resets = 0

    def reset_parameters(self) -> None:
        type(self).resets += 1
        super().reset_parameters()


class _Small(nn.Module):
    """A network with a last layer called fc2; knows nothing of the course."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3 * 16, 8), _Last(8, 5)

    def forward(self, images: Tensor) -> Tensor:
        return self.fc2(self.fc1(images.flatten(1)).relu())


class _Witness:
    """Explains by the gradient, and remembers which networks were asked about which classes."""

    def __init__(self) -> None:
        self.calls: list[tuple[nn.Module, Tensor]] = []  # the network as it was in this moment, and the classes

    def __call__(self, model: nn.Module, images: Tensor, classes: Tensor) -> Tensor:
        classes = _demand_classes(classes, len(images))
        self.calls.append((copy.deepcopy(model), classes))
        pixels = images.detach().clone().requires_grad_()
        with torch.enable_grad():
            score = model(pixels).gather(1, classes[:, None]).sum()
        return torch.autograd.grad(score, pixels)[0].abs().amax(dim=1)


def _demand_classes(classes: object, count: int) -> Tensor:
    classes = torch.as_tensor(classes)
    if classes.ndim == 0 and not classes.is_floating_point():
        return classes.long().expand(count)
    if classes.is_floating_point() or classes.ndim != 1:
        raise Wrong(
            got=f"classes of shape {tuple(classes.shape)}, {str(classes.dtype).removeprefix('torch.')}",
            wanted=f"{count} class numbers, one for each picture",
            cause="the logits or probabilities went to explain; it wants the numbers of the classes",
            next_step="classes = model(images).argmax(dim=1)",
        )
    if len(classes) != count:
        raise Wrong(
            got=f"{len(classes)} classes for {count} pictures",
            wanted="one class for each picture",
            cause="argmax ran along another axis than that of the classes (dim=1)",
            next_step="classes = model(images).argmax(dim=1)",
        )
    return classes.long()


def judge_forget(answer: Callable[..., Sequence[float]]) -> None:
    """A copy forgets, both explain what the trained network predicted, and the trained one stays."""
    demand_function(answer, "forget_last(model, images, explain)")
    torch.manual_seed(14)
    model, images, witness = _Small().eval(), 3 * torch.randn(6, 3, 4, 4), _Witness()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    predicted, _Last.resets = model(images).argmax(dim=1), 0
    got = ran(
        lambda: answer(model, images, witness), lambda error: _why_forget_raises(answer, error), "six correlations"
    )
    damaged = [name for name, value in model.state_dict().items() if not torch.equal(value, before[name])]
    if damaged:
        raise Wrong(
            got=f"the tested network has other weights now: {damaged}",
            wanted="the network as it was",
            cause=f"the network itself was made to forget, not a copy of it; {_why_damaged(answer)}",
            next_step="twin = copy.deepcopy(model), and let the twin forget",
        )
    _check_calls(answer, witness, before, predicted)
    asked = sorted((network for network, _ in witness.calls), key=lambda network: _has_forgotten(network, before))
    trained, forgotten = (_Witness()(network, images, predicted) for network in asked)
    _check_correlations(got, trained, forgotten)


def _why_forget_raises(answer: Callable[..., object], error: Exception) -> str:
    if "Linear" in names_used(answer) and "shapes cannot be multiplied" in str(error):
        return "the new layer has fixed sizes that this network's fc2 has not: reset_parameters keeps the sizes"
    if "reset_parameters" in str(error):
        return "reset_parameters belongs to single layers, here fc2; a whole network has none"
    if "missing 1 required positional argument: 'classes'" in str(error):
        return "explain is called with three things: the network, the images, and the classes; the last is missing"
    if "0-dimensional" in str(error) or "can only convert an array of size 1" in str(error):
        return "spearmanr without axis=None compares the columns, and gives a table: axis=None takes whole maps"
    return ""


def _why_damaged(answer: Callable[..., object]) -> str:
    names = names_used(answer)
    if "deepcopy" in names and "state_dict" not in names:
        return "a copy was made, but the original forgot: the two are mixed up"
    if "state_dict" in names and "deepcopy" not in names:
        return "state_dict() hands out the weights themselves, no copies: what was kept changed as well"
    if "state_dict" in names:
        return "the weights were kept, but not all of them put back"
    if "copy" in names:
        return "copy.copy copies the shell only, both share their layers"
    return "`twin = model` is no copy either"


def _check_calls(
    answer: Callable[..., object], witness: _Witness, before: dict[str, Tensor], predicted: Tensor
) -> None:
    forgot = [_has_forgotten(network, before) for network, _ in witness.calls]
    if len(forgot) != 2 or sum(forgot) != 1:
        raise Wrong(
            got=f"{len(forgot)} calls of explain, {sum(forgot)} of them with a network that forgot",
            wanted="one with the trained network, one with its copy that forgot",
            cause="the two maps do not come from the two networks: " + _why_these_calls(answer, witness, before),
            next_step="explain the trained network, and the twin after reset_parameters",
        )
    _check_what_was_forgotten(witness, before, forgot.index(True))
    if not all(torch.equal(asked, predicted) for _, asked in witness.calls):
        raise Wrong(
            got=f"explained the classes {[asked.tolist() for _, asked in witness.calls]}",
            wanted=f"twice what the trained network predicted, {predicted.tolist()}",
            cause=_why_these_classes(answer, witness),
            next_step="compute the classes once, with the trained network, and hand them to both calls",
        )


def _why_these_calls(answer: Callable[..., object], witness: _Witness, before: dict[str, Tensor]) -> str:
    forgot = [_has_forgotten(network, before) for network, _ in witness.calls]
    if len(forgot) != 2:
        return f"explain was called {len(forgot)} times, not twice"
    if all(forgot):
        return "the twin was explained twice, or had forgotten before the first map was made"
    if any(_changed(network, before) for network, _ in witness.calls):
        layers = {name.split(".")[0] for network, _ in witness.calls for name in _changed(network, before)}
        return f"another layer forgot, {', '.join(sorted(layers))}; the last one is fc2"
    if _Last.resets:
        return "a copy forgot, but both times the trained network was explained (or the copy was made, or healed, late)"
    if "reset_parameters" in names_used(answer):
        return "reset_parameters without () is named, not called: nothing forgot"
    return "nothing was made to forget: both networks have the trained weights"


def _check_what_was_forgotten(witness: _Witness, before: dict[str, Tensor], second: int) -> None:
    network = witness.calls[second][0]
    more = [name for name in _changed(network, before) if not name.startswith("fc2.")]
    constant = network.fc2.weight.detach().unique().numel() == 1
    if more or constant:
        raise Wrong(
            got=f"other weights in {_changed(network, before)}" if more else "an fc2 whose weights are all equal",
            wanted="new random weights in fc2, and nowhere else",
            cause="more than the last layer was made to forget"
            if more
            else "the weights were set to one constant, such as 0; forgetting draws them anew at random",
            next_step="twin.fc2.reset_parameters()",
        )


def _why_these_classes(answer: Callable[..., object], witness: _Witness) -> str:
    asked = [classes for _, classes in witness.calls]
    if not torch.equal(*asked):
        return "the network that forgot was asked for its own prediction, which is another question"
    if (asked[0] == asked[0][0]).all():
        return f"class {int(asked[0][0])} was explained for every picture; each has its own predicted class"
    if "argmin" in names_used(answer):
        return "argmin takes the class that is least likely; the prediction is argmax"
    if "argmax" in names_used(answer):
        return "both explain the same classes, but not those of the trained network: the one that forgot predicted them"
    return "both explain the same classes, but these are not what the trained network predicts for the pictures"


def _has_forgotten(network: nn.Module, before: dict[str, Tensor]) -> bool:
    return not torch.equal(network.fc2.weight, before["fc2.weight"])


def _changed(network: nn.Module, before: dict[str, Tensor]) -> list[str]:
    return [name for name, value in network.state_dict().items() if not torch.equal(value, before[name])]


def _check_correlations(got: object, trained: Tensor, forgotten: Tensor) -> None:
    got = got.tolist() if isinstance(got, Tensor) else got
    numbers = isinstance(got, list | tuple) and all(
        isinstance(value, int | float | Tensor | np.generic) for value in got
    )
    if not numbers or len(got) != len(trained):
        raise Wrong(
            got=got,
            wanted=f"a list of {len(trained)} correlations",
            cause=_why_no_list(got),
            next_step="keep the last line of the starter",
        )
    wanted = torch.tensor(
        [float(spearmanr(a, b, axis=None).statistic) for a, b in zip(trained, forgotten, strict=True)]
    )
    numbers = torch.tensor([float(value) for value in got])
    if not torch.allclose(numbers, wanted, atol=1e-4):
        raise Wrong(
            got=listed(numbers, 3),
            wanted=listed(wanted, 3),
            cause=_why_not_the_correlations(numbers, wanted, trained, forgotten),
            next_step="spearmanr(a, b, axis=None).statistic for the two maps of one picture",
        )


def _why_no_list(got: object) -> str:
    if got is None:
        return "None came: the correlations are computed and not handed back; is there a return?"
    if isinstance(got, int | float | np.generic):
        return "one number came: one number per picture is wanted, not their mean or sum"
    if isinstance(got, list | tuple) and len(got) == 1:
        return "one correlation came for all pictures: they were laid out in one row; one per picture is wanted"
    if isinstance(got, list | tuple) and got and hasattr(got[0], "statistic"):
        return "the results of spearmanr came whole, statistic and pvalue; the numbers are wanted: take .statistic"
    if isinstance(got, list | tuple) and len(got) == 36:
        return "36 numbers came, 6 times 6: each map was compared with every other one (two loops); zip makes pairs"
    if isinstance(got, list | tuple) and got and isinstance(got[0], str):
        return "texts came; each correlation is to be a number"
    if isinstance(got, list | tuple):
        return f"{len(got)} things came for 6 pictures: {shown(got[0]) if got else 'nothing'} is the first"
    return f"a {type(got).__name__} came, not a list: one number per picture is wanted"


def _why_not_the_correlations(got: Tensor, wanted: Tensor, trained: Tensor, forgotten: Tensor) -> str:
    pairs = [(a.flatten().numpy(), b.flatten().numpy()) for a, b in zip(trained, forgotten, strict=True)]
    likely = {
        "a map was compared with itself": [1.0] * len(pairs),
        "this is Pearson's correlation of the values; the rank correlation compares their order": [
            pearsonr(a, b).statistic for a, b in pairs
        ],
        "these are the p-values; the correlation is .statistic": [spearmanr(a, b).pvalue for a, b in pairs],
        "this is Kendall's tau, not Spearman's rank correlation": [kendalltau(a, b).statistic for a, b in pairs],
        "this is the cosine of the maps, not their rank correlation": [
            float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)) for a, b in pairs
        ],
    }
    every = torch.tensor([[spearmanr(a, b).statistic for _, b in pairs] for a, _ in pairs])
    near = [cause for cause, value in likely.items() if same_absolute(got, torch.tensor(value), 1e-3)]
    if not near and ((every - got[:, None]).abs().amin(dim=1) < 1e-3).all():
        return "maps of different pictures were compared: the second list is in another order"
    return near[0] if near else respect(got, wanted, [f"picture {index}" for index in range(len(wanted))])


# 14.4

PIXELS = "one whole number of pixels"


@cache
def _shares_of_hits() -> list[float]:
    """Return the share of the 200 pictures that random maps hit, by tolerance."""
    masks = shapes10(count=200, seed=42).masks
    dice = torch.rand(200, 32, 32, generator=torch.Generator().manual_seed(0))
    return [float(pointing_game(dice, masks, pixels).float().mean()) for pixels in range(33)]


def judge_tolerance(answer: object) -> None:
    """The smallest whole number of pixels at which random maps hit at least 90 % of the 200 pictures."""
    shares, number = _shares_of_hits(), demand_one_number(answer, PIXELS)
    wanted = next(pixels for pixels, share in enumerate(shares) if share >= 0.9)
    if number != wanted:
        known = number in range(len(shares))
        raise Wrong(
            got=f"{number:g} pixels" + (f", where dice hit {shares[int(number)]:.1%}" if known else ""),
            wanted="the smallest whole tolerance with at least 90 % of hits",
            cause=_why_not_the_tolerance(number, wanted, shares),
            next_step="pointing_game(dice, data.masks, pixels).float().mean() for each whole number of pixels",
        )


def _why_not_the_tolerance(answer: float, wanted: int, shares: list[float]) -> str:
    if answer != int(answer):
        share = "no whole number: the tolerance is asked for, in pixels, not the share of hits"
        return share if 0 < answer < 1 else "no whole number: a fraction of a pixel; try 0, 1, 2, ..."
    if answer < 0:
        return "a tolerance is a distance, between 0 and the picture's 32 pixels: never negative"
    if answer >= len(shares):
        return _why_so_large(answer, shares)
    if answer > wanted:
        return f"dice hit 90 % here, but with a smaller tolerance they do so as well, {answer - 1:g} pixels for one"
    return _why_so_small(int(answer), wanted, shares)


def _why_so_small(answer: int, wanted: int, shares: list[float]) -> str:
    if answer == 0:
        return "without tolerance dice hit few pictures; was another map measured than the dice?"
    if shares[answer] >= 0.5 > shares[answer - 1]:
        return "this is where dice hit half of the pictures; 9 of 10 are asked for"
    if answer == wanted - 1:
        return "one pixel short: at this tolerance dice still hit fewer than 9 of 10"
    return f"too small: at this tolerance dice hit fewer than 9 of 10, namely {shares[answer]:.1%}"


def _why_so_large(answer: float, shares: list[float]) -> str:
    hits = {round(200 * share): pixels for pixels, share in enumerate(shares)}
    limit = "a tolerance lies between 0 and the picture's 32 pixels; "
    if answer in (90, 180):
        return f"{limit}{answer:g} is the wanted share itself ({'percent' if answer == 90 else 'of 200 pictures'})"
    if answer in hits:
        return f"{limit}{answer:g} is the number of hits at tolerance {hits[int(answer)]}"
    if any(abs(answer - 100 * share) <= 0.5 for share in shares):
        return f"{limit}{answer:g} is a percentage of hits"
    return limit + "this one is larger than the picture"


SHARE = Exercise(
    id="14.1",
    title="A share without NaN",
    difficulty="easy",
    minutes=5,
    task="safe_share(heat, masks): both (N, H, W); the share of heat inside for each picture, 0 where there is none.",
    hints=(
        "Only one thing is missing in the lesson's share_inside: what to divide by when the total is 0.",
        "torch.where, or a tensor's .where(condition, other), puts another number where the condition is False.",
        "total.where(total > 0, 1) divides an empty map by 1: 0 / 1 = 0",
    ),
    starter="def safe_share(heat, masks):\n    ...",
    solution=(
        "def safe_share(heat, masks):\n"
        "    total = heat.sum(dim=(1, 2))\n"
        "    return (heat * masks).sum(dim=(1, 2)) / total.where(total > 0, 1)"
    ),
    alternative=(
        "def safe_share(heat, masks):\n"
        "    share = (heat * masks).flatten(1).sum(1) / heat.flatten(1).sum(1)\n"
        "    return torch.nan_to_num(share, nan=0.0)"
    ),
    name="safe_share",
    judge=judge_share,
    praise="Right: no heat at all is no heat on the object, and every picture keeps its place in the mean.",
    mistakes=(
        Mistake(
            "== nan",
            "def safe_share(heat, masks):\n"
            "    share = (heat * masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))\n"
            "    share[share == float('nan')] = 0\n"
            "    return share",
            "NaN equals nothing",
        ),
        Mistake(
            "one question for all pictures",
            "def safe_share(heat, masks):\n"
            "    if heat.sum() == 0:\n"
            "        return torch.zeros(len(heat))\n"
            "    return (heat * masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))",
            "only a batch in which *all*",
        ),
        Mistake(
            "per cent",
            "def safe_share(heat, masks):\n"
            "    return (100 * (heat * masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))).nan_to_num()",
            "percentage",
        ),
        Mistake(
            "the peak for the sum",
            "def safe_share(heat, masks):\n"
            "    return ((heat * masks).sum(dim=(1, 2)) / heat.amax(dim=(1, 2))).nan_to_num()",
            "divides by the map's peak",
        ),
        Mistake(
            "NaN",
            "def safe_share(heat, masks):\n    return (heat * masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))",
            "still gives 0 / 0",
        ),
        Mistake(
            "a small number that is not small",
            "def safe_share(heat, masks):\n    return (heat * masks).sum(dim=(1, 2)) / (heat.sum(dim=(1, 2)) + 1e-5)",
            "weak map came out wrong",
        ),
        Mistake(
            "mixes the batch",
            "def safe_share(heat, masks):\n    return (heat * masks).sum() / heat.sum()",
            "batch axis was added up",
        ),
        Mistake(
            "leaves the empty map out",
            "def safe_share(heat, masks):\n"
            "    total = heat.sum(dim=(1, 2))\n"
            "    return ((heat * masks).sum(dim=(1, 2)) / total)[total > 0]",
            "left out",
        ),
        Mistake(
            "a mean, not a share",
            "def safe_share(heat, masks):\n    return (heat * masks).mean(dim=(1, 2))",
            "divides by all pixels",
        ),
        Mistake(
            "in place",
            "def safe_share(heat, masks):\n"
            "    total = heat.sum(dim=(1, 2))\n"
            "    return heat.mul_(masks).sum(dim=(1, 2)) / total.clamp(min=1e-30)",
            "in-place",
        ),
    ),
    setup="import torch",
)

_INSERT = """def insert_hottest(image, heat, canvas, count):
    hottest = {order}[:count]
    pixels = {pixels}
    pixels[:, hottest] = {source}.flatten(1)[:, hottest]
    return pixels.view_as(image)"""

_BY_HEAT = "heat.flatten().argsort(descending=True, stable=True)"

INSERT = Exercise(
    id="14.2",
    title="Insert the hottest pixels",
    difficulty="medium",
    minutes=8,
    task="insert_hottest(image, heat, canvas, count): the canvas with the count hottest pixels of image on it.",
    hints=(
        "A flat list of pixels is easier to sort than rows and columns: flatten, choose, write, and shape it back.",
        "heat.flatten() has H*W numbers; image.flatten(1) is (3, H*W), so the same places serve all channels.",
        "pixels = canvas.flatten(1).clone(), then write the chosen columns of image.flatten(1) into it",
    ),
    starter="def insert_hottest(image, heat, canvas, count):\n    ...",
    solution=_INSERT.format(order=_BY_HEAT, pixels="canvas.flatten(1).clone()", source="image"),
    alternative=(
        "def insert_hottest(image, heat, canvas, count):\n"
        "    chosen = torch.zeros(heat.numel(), dtype=torch.bool)\n"
        "    chosen[heat.flatten().topk(count).indices] = True\n"
        "    return torch.where(chosen.view_as(heat), image, canvas)"
    ),
    name="insert_hottest",
    judge=judge_insert,
    praise="Right: count from 0 to all pixels, and you have the whole insertion film.",
    mistakes=(
        Mistake(
            "within each row",
            "def insert_hottest(image, heat, canvas, count):\n"
            "    hottest = heat.argsort(descending=True)[:count]\n"
            "    pixels = canvas.flatten(1).clone()\n"
            "    pixels[:, hottest.flatten()] = image.flatten(1)[:, hottest.flatten()]\n"
            "    return pixels.view_as(image)",
            "sorts within each row",
        ),
        Mistake(
            "equal heat",
            "def insert_hottest(image, heat, canvas, count):\n"
            "    if count == 0:\n"
            "        return canvas.clone()\n"
            "    return torch.where(heat >= heat.flatten().topk(count).values[-1], image, canvas)",
            "equally hot",
        ),
        Mistake(
            "the last ones of nothing",
            _INSERT.format(
                order="heat.flatten().argsort()", pixels="canvas.flatten(1).clone()", source="image"
            ).replace("[:count]", "[-count:]"),
            "takes everything",
        ),
        Mistake(
            "the height for the width",
            "def insert_hottest(image, heat, canvas, count):\n"
            "    pixels = canvas.clone()\n"
            "    for place in heat.flatten().topk(count).indices:\n"
            "        row, column = place // len(heat), place % len(heat)\n"
            "        pixels[:, row, column] = image[:, row, column]\n"
            "    return pixels",
            "square pictures only",
        ),
        Mistake(
            "coldest first",
            _INSERT.format(order="heat.flatten().argsort()", pixels="canvas.flatten(1).clone()", source="image"),
            "coldest pixels",
        ),
        Mistake(
            "deletes",
            _INSERT.format(order=_BY_HEAT, pixels="image.flatten(1).clone()", source="canvas"),
            "this is deletion",
        ),
        Mistake(
            "writes into the canvas",
            _INSERT.format(order=_BY_HEAT, pixels="canvas.flatten(1)", source="image"),
            "in-place",
        ),
        Mistake(
            "stays flat",
            _INSERT.format(order=_BY_HEAT, pixels="canvas.flatten(1).clone()", source="image").replace(
                ".view_as(image)", ""
            ),
            "still flat",
        ),
        Mistake(
            "one too many",
            "def insert_hottest(image, heat, canvas, count):\n"
            "    limit = heat.flatten().sort(descending=True).values[min(count, heat.numel() - 1)]\n"
            "    return torch.where(heat >= limit, image, canvas)",
            "one pixel too many",
        ),
    ),
    setup="import torch",
)

_LAST = "    return [float(spearmanr(a, b, axis=None).statistic) for a, b in zip(before, after, strict=True)]"

_FORGET = (
    "def forget_last(model, images, explain):\n"
    "    {copy}\n"
    "    twin.fc2.reset_parameters()\n"
    "    classes = model(images).argmax(dim=1)\n"
    "    before, after = explain({first}, images, classes), explain(twin, images, {second})\n" + _LAST
)

FORGET = Exercise(
    id="14.3",
    title="A test that damages what it tests",
    difficulty="medium",
    minutes=8,
    task="forget_last(model, images, explain), repaired: a copy forgets, and both maps explain the same classes.",
    hints=(
        "Run it twice on one network: the second answer differs, because the network is not the same any more.",
        "Copy the network with all its weights before anything forgets; and ask for the predicted classes only once.",
        "twin = copy.deepcopy(model); twin.fc2.reset_parameters(); and classes from the trained model for both",
    ),
    starter=(
        "def forget_last(model, images, explain):\n"
        "    before = explain(model, images, model(images).argmax(dim=1))\n"
        "    model.fc2.reset_parameters()\n"
        "    after = explain(model, images, model(images).argmax(dim=1))\n" + _LAST
    ),
    solution=_FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes"),
    alternative=(
        "def forget_last(model, images, explain):\n"
        "    classes = model(images).argmax(dim=1)\n"
        "    before = explain(model, images, classes)\n"
        "    kept = copy.deepcopy(model.fc2.state_dict())\n"
        "    try:\n"
        "        model.fc2.reset_parameters()\n"
        "        after = explain(model, images, classes)\n"
        "    finally:\n"
        "        model.fc2.load_state_dict(kept)\n" + _LAST
    ),
    name="forget_last",
    judge=judge_forget,
    praise="Right: a test that changes what it tests can be run only once, and that once is not to be trusted.",
    mistakes=(
        Mistake(
            "all layers",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes").replace(
                "    classes", "    twin.fc1.reset_parameters()\n    classes"
            ),
            "more than the last layer",
        ),
        Mistake(
            "named, not called",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes").replace(
                "reset_parameters()", "reset_parameters"
            ),
            "named, not called",
        ),
        Mistake(
            "p-values",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes").replace(
                ".statistic", ".pvalue"
            ),
            "p-values",
        ),
        Mistake(
            "weights that were not kept",
            "def forget_last(model, images, explain):\n"
            "    classes = model(images).argmax(dim=1)\n"
            "    before = explain(model, images, classes)\n"
            "    kept = model.state_dict()\n"
            "    model.fc2.reset_parameters()\n"
            "    after = explain(model, images, classes)\n"
            "    model.load_state_dict(kept)\n" + _LAST,
            "no copies",
        ),
        Mistake(
            "no copy", _FORGET.format(copy="twin = model", first="model", second="classes"), "`twin = model` is no copy"
        ),
        Mistake(
            "shallow copy",
            _FORGET.format(copy="twin = copy.copy(model)", first="model", second="classes"),
            "was made to forget",
        ),
        Mistake(
            "the twin's own prediction",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="twin(images).argmax(dim=1)"),
            "its own prediction",
        ),
        Mistake(
            "the twin twice",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="twin", second="classes"),
            "do not come from the two networks",
        ),
        Mistake(
            "the mean",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes").replace(
                "return [", "return sum(["
            )
            + ") / len(images)",
            "one number per picture",
        ),
    ),
    setup="import copy\n\nimport torch\nfrom scipy.stats import spearmanr",
)

TOLERANCE = Exercise(
    id="14.4",
    title="How generous may the pointing game be?",
    difficulty="medium",
    minutes=8,
    task="tolerance: the smallest whole number of pixels at which the lesson's dice hit at least 9 of 10 pictures.",
    hints=(
        "More tolerance, more hits: somewhere between 0 and 15 pixels the share passes 90 %.",
        "Put the lesson's line with trust.pointing_game into a loop over whole numbers, and print both.",
        "for pixels in range(16): print(pixels, share of hits); the first one with 0.9 or more",
    ),
    starter="tolerance = ...",
    solution=(
        "tolerance = next(p for p in range(32) if trust.pointing_game(dice, data.masks, p).float().mean() >= 0.9)"
    ),
    alternative="tolerance = 13",
    name="tolerance",
    judge=judge_tolerance,
    praise="Right: from there on nearly any map wins. In a photograph of 500 pixels the same tolerance is strict.",
    mistakes=(
        Mistake("hits, not pixels", "tolerance = 181", "number of hits"),
        Mistake("per cent", "tolerance = 90", "share itself"),
        Mistake("several", "tolerance = [13, 14, 15]", "a list came"),
        Mistake("the largest", "tolerance = 15", "smaller tolerance"),
        Mistake("half of the pictures", "tolerance = 6", "half of the pictures"),
        Mistake("the share", "tolerance = 0.9", "not the share of hits"),
        Mistake("too small", "tolerance = 8", "fewer than 9 of 10"),
        Mistake("out of the picture", "tolerance = 100", "between 0 and the picture's 32"),
    ),
    setup=(
        "import torch\n\nfrom course_utils import trust\nfrom course_utils.datasets import shapes10\n\n"
        "data = shapes10(count=200, seed=42)\n"
        "dice = torch.rand(200, 32, 32, generator=torch.Generator().manual_seed(0))"
    ),
)

EXERCISES = (SHARE, INSERT, FORGET, TOLERANCE)
