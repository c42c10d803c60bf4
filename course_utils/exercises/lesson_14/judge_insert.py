"""What exercise 14.2 demands: the hottest pixels, all their colours, on a canvas of its own."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import listed
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.seeded import uniform
from course_utils.exercises.diagnosis.trying import ran, why_sizes, works
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.guard import names_used

__all__ = ["judge_insert"]


PIXELS_ALONE = {(3, 3): "only the hottest pixels came, without the canvas: write them into a copy of it"}


def judge_insert(answer: Callable[[Tensor, Tensor, Tensor, int], Tensor]) -> None:
    """The canvas with the hottest pixels of the picture on it; all colour channels; nothing given is changed."""
    demand_function(answer, "insert_hottest(image, heat, canvas, count)")
    image, canvas = uniform(3, 4, 5), -uniform(3, 4, 5) - 1
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
