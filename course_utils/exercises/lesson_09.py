"""Exercises of lesson 09: kernels and feature maps."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import permutations

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.datasets import shapes10
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.learners_code import code_before_return, returns_in_loop
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.guard import names_used
from course_utils.exercises.shown import safely
from course_utils.hooks import count_hooks, record_outputs
from course_utils.shipped import load_shipped

__all__ = ["EXERCISES"]


def _numbers(*shape: int, seed: int = 9) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# 09.1


WINDOW_ERRORS = (
    (
        r"conv2d\(\) received an invalid combination",
        "nn.functional.conv2d takes a bias that is a tensor with one number for each kernel, and here it is a number; "
        "without padding it gives one answer for one window",
        "leave the bias out of conv2d, and add it afterwards",
    ),
    (
        r"out of bounds for dimension 0",
        "the number of channels is fixed in the code (range(3)?): this kernel has another number of them",
        "let .sum() go over all channels, or take their number from kernel.shape[0]",
    ),
)


def judge_window(answer_of: Callable[[Tensor, float, Tensor], Tensor | float]) -> None:
    """The sum of kernel times window, plus the bias; one, three and five channels, also a bias of zero."""
    for channels, bias in ((1, 5.5), (1, 1.5), (3, -1.25), (3, 0.0), (5, 2.5)):
        kernel, window = _numbers(channels, 3, 3), _numbers(channels, 3, 3, seed=10)
        kept = kernel.clone(), window.clone()
        told = f"(bias {bias}, {channels} channel{'s' * (channels > 1)})"
        got = tried(judge_window, answer_of, (kernel, bias, window), f"one number {told}", *WINDOW_ERRORS)
        wanted = float((kept[0] * kept[1]).sum() + bias)
        value = _one_number(got, kernel, bias, window)
        if not (torch.equal(kernel, kept[0]) and torch.equal(window, kept[1])):
            raise Wrong(
                got="the kernel or the window was changed",
                wanted="both as they were",
                cause="an in-place operation, such as `*=`, wrote into the learner's own weights or pixels",
                next_step="multiply into a new tensor: kernel * window",
            )
        if not abs(value - wanted) <= 1e-4:
            raise Wrong(
                got=f"{value:.4f}",
                wanted=f"{wanted:.4f} {told}",
                cause=_why_not_the_sum(value, kernel, bias, window),
                next_step="multiply number by number, add everything up, add the bias once",
            )


def _one_number(got: object, kernel: Tensor, bias: float, window: Tensor) -> float:
    if isinstance(got, Tensor | np.generic | np.ndarray) and math.prod(got.shape) == 1:
        return float(got)
    if isinstance(got, int | float) and not isinstance(got, bool):
        return float(got)
    shape = f"shape {tuple(got.shape)}" if isinstance(got, Tensor) else got
    cause = _why_no_number(got) if not isinstance(got, Tensor) else _why_many_numbers(got, kernel, bias, window)
    raise Wrong(got=shape, wanted="one number", cause=cause, next_step=".sum() without arguments adds up all axes")


def _why_no_number(got: object) -> str:
    if got is None:
        return "the function returns None: is there a return?"
    if isinstance(got, str):
        return "a text came, not a number: leave str() and quotes away"
    if isinstance(got, tuple) and len(got) == 1:
        return "a tuple with one element came: there is a comma at the end of the line, or brackets too many"
    if isinstance(got, tuple | list):
        what = f"a {type(got).__name__} came, with {len(got)} in it"
        return f"{what}: one for each channel or place; the products were not added up to one number"
    return f"something of type {type(got).__name__} came, not a number"


def _why_many_numbers(got: Tensor, kernel: Tensor, bias: float, window: Tensor) -> str:
    channels, product = len(kernel), kernel * window
    if got.shape == kernel.shape:
        if same_relative(got, (kernel * bias).sum() + window) or same_relative(got, (window * bias).sum() + kernel):
            return "the parameters stand in another order than in the task: bias and window were taken for each other"
        if same_relative(got, kernel @ window + bias) or same_relative(got, kernel @ window):
            return "`@` multiplies matrices; here each number meets the one in its own place, and all are added up"
        return "the products were not added up: each number of the window is still there"
    known = {
        (3, 3): "the products were added up over the channels only (sum() of Python, or dim=0), not over all axes",
        (channels,): "each channel was kept apart; a kernel adds up its channels too",
        (channels, 3): "the products were not added up over all axes: only over one side of the window",
        (1, 1, 3, 3): "padding=1 laid zeros around the window, so nine answers came, one for each place",
        (1, 3, 3): "padding=1 laid zeros around the window, so nine answers came, one for each place",
        (9 * channels,): "the products stand in one line, and were not added up",
    }
    if tuple(got.shape) == (3,) and channels != 3:
        return "the products were not added up over all axes: one side of the window is left"
    if got.numel() == product.numel() + 1:
        return "the bias was put beside the products, as one more number; nothing was added up"
    if got.numel() == product.numel() and tuple(got.shape) not in known:
        return "the products were not added up: they only have another shape"
    return known.get(tuple(got.shape), "the products were not added up, or not over all axes")


def _why_not_the_sum(got: float, kernel: Tensor, bias: float, window: Tensor) -> str:
    """Return which sum, which bias and which last step give ``got``; those with the fewest mistakes come first."""
    if math.isnan(got) or math.isinf(got):
        return "NaN or infinity came: something was divided by zero"
    found = []
    for wrong_sum, total in _sums(kernel, bias, window).items():
        for wrong_bias, biased in _biased(total, bias, kernel).items():
            for wrong_end, value in _ended(biased, kernel).items():
                causes = [one for one in (wrong_sum, wrong_bias, wrong_end) if one]
                if causes and abs(got - value) < 1e-4:
                    found.append(causes)
    if found:
        return "; and ".join(min(found, key=len))
    right = float((kernel * window).sum() + bias)
    off = f"it is too {'large' if got > right else 'small'} by {abs(got - right):.4f}"
    return f"this is not the sum of the products plus the bias: {off}; are all {kernel.numel()} places counted once?"


def _sums(kernel: Tensor, bias: float, window: Tensor) -> dict[str, float]:
    product = kernel * window
    found = {
        "": product.sum(),
        "the mean came, not the sum": product.mean(),
        "the kernel was turned upside down and left to right: that is a convolution in mathematics, but "
        "in PyTorch a convolution lays the kernel on as it is": (kernel.flip(1, 2) * window).sum(),
        "the kernel was turned upside down": (kernel.flip(1) * window).sum(),
        "the kernel was turned left to right": (kernel.flip(2) * window).sum(),
        "rows and columns of the kernel were exchanged": (kernel.transpose(1, 2) * window).sum(),
        "`@` multiplies matrices; here each number meets the one in its own place": (kernel @ window).sum(),
        "negative products were cut off": product.relu().sum(),
        "the bias was added to the pixels, before the multiplication": (kernel * (window + bias)).sum(),
        "the bias was added to the weights, before the multiplication": ((kernel + bias) * window).sum(),
        "the signs are gone: negative products must lower the sum": product.abs().sum(),
        "the sum lost its sign (abs) before the bias came": product.sum().abs(),
        "the sum was cut off at zero (ReLU) before the bias came": product.sum().relu(),
        "the products are missing": torch.tensor(0.0),
        "kernel and window were added, not multiplied": (kernel + window).sum(),
        "one was subtracted from the other, not multiplied": (kernel - window).sum(),
        "one was divided by the other, not multiplied": (kernel / window).sum(),
        "only the kernel was added up; the window is missing": kernel.sum(),
        "only the window was added up; the kernel is missing": window.sum(),
        "both were added up first and then multiplied: a product of sums is no sum of products": (
            kernel.sum() * window.sum()
        ),
        "the largest product came, not the sum": product.max(),
        "the products were squared": (product**2).sum(),
        "the products were multiplied with each other, not added up": product.prod(),
    }
    found |= _sums_of_parts(product) | _sums_after_a_change(kernel, window)
    return {cause: float(value) for cause, value in found.items()}


def _sums_of_parts(product: Tensor) -> dict[str, Tensor]:
    return {
        "only the first channel was used": product[0].sum(),
        "only the last channel was used": product[-1].sum(),
        "only the first product was used": product[0, 0, 0],
        "only the last product was used": product[-1, -1, -1],
        "only the diagonal was used: a single loop takes the places [i, i]": product.diagonal(0, 1, 2).sum(),
        "only the middle product was used": product[:, 1, 1].sum(),
        "the last row and the last column were left out: range(2) ends at 1": product[:, :2, :2].sum(),
        "the first row and the first column were left out: positions begin at 0": product[:, 1:, 1:].sum(),
        "the last row was left out": product[:, :2].sum(),
        "the last column was left out": product[:, :, :2].sum(),
        "the last channel was left out": product[:-1].sum(),
    }


def _sums_after_a_change(kernel: Tensor, window: Tensor) -> dict[str, Tensor]:
    product = kernel * window
    padded = nn.functional.conv2d(window[None], kernel[None], padding=1)
    return {
        "the mean of the window was subtracted first": (kernel * (window - window.mean())).sum(),
        "the smallest of the window was subtracted first": (kernel * (window - window.min())).sum(),
        "the window was divided by 255 first": product.sum() / 255,
        "the window was divided by its largest value first": product.sum() / window.max(),
        "the kernel was divided by its sum first": product.sum() / kernel.sum(),
        "the kernel was divided by the sum of its sizes first": product.sum() / kernel.abs().sum(),
        "the kernel was divided by its length (norm) first": product.sum() / kernel.norm(),
        "both were divided by their lengths (cosine)": product.sum() / kernel.norm() / window.norm(),
        "the mean of each channel was added up": product.mean(dim=(1, 2)).sum(),
        "the sum of each channel was averaged": product.sum(dim=(1, 2)).mean(),
        "the largest of the sums was taken, place by place over the channels": product.sum(dim=0).max(),
        "padding=1 gives nine answers for the window, and these were added up": padded.sum(),
        "padding=1 gives nine answers for the window, and the largest of these was taken": padded.max(),
    }


def _biased(total: float, bias: float, kernel: Tensor) -> dict[str, float]:
    return {
        "": total + bias,
        "the bias is missing": total,
        "the bias was subtracted": total - bias,
        "the bias was added to every product, 9 times per channel": total + bias * kernel.numel(),
        "the bias was added once for each channel": total + bias * len(kernel),
        "the bias was added nine times, once for each place": total + 9 * bias,
        "the bias was added twice": total + 2 * bias,
        "the bias came in as a factor": total * bias,
    }


def _ended(value: float, kernel: Tensor) -> dict[str, float]:
    found = {
        "": value,
        "ReLU cut the answer off; a convolution may answer with a negative number": max(value, 0.0),
        "the answer lost its sign (abs)": abs(value),
        "the answer has the wrong sign": -value,
        "the answer was cut to a whole number": math.trunc(value),
        "the answer was rounded to a whole number": round(value),
        "sigmoid was applied, which nobody asked for": 1 / (1 + math.exp(-min(max(value, -50), 50))),
        "tanh was applied, which nobody asked for": math.tanh(value),
        "the whole sum, bias and all, was divided by the number of products": value / kernel.numel(),
        "the answer was divided by the nine places": value / 9,
        "the answer was squared": value**2,
    }
    rounded = {f"the answer was rounded to {n} decimal{'s' * (n > 1)}": round(value, n) for n in (1, 2, 3)}
    return found | rounded


# 09.2


class _Nested(nn.Module):
    """Convolutions at several depths, a transposed one, and one inside a list; none at the top."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.ReLU(), nn.Conv2d(3, 4, 3), nn.MaxPool2d(2))
        self.body = nn.ModuleList([nn.Sequential(nn.BatchNorm2d(4), nn.Conv2d(4, 4, 1)), nn.Conv2d(4, 8, 3)])
        self.grow = nn.ConvTranspose2d(8, 8, 2)
        self.head = nn.Linear(8, 2)
        self.last = nn.Conv2d(8, 2, 1)


def _networks() -> Iterator[tuple[str, nn.Module]]:
    with torch.random.fork_rng(devices=[]):
        yield (
            "a small VGG",
            nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 4, 3), nn.Conv2d(4, 2, 1)),
        )
        yield "a nested network", _Nested()


LAYER_ERRORS = (
    (
        r"has no attribute '(features|classifier|layer\d|conv\d*|blocks?|body|stem)'|object is not iterable"
        r"|is not subscriptable",
        "the code fits one kind of network only (a part called features, or a plain Sequential); the convolutions may "
        "lie anywhere in the network that is given",
        "walk through network.named_modules(), which looks inside all layers",
    ),
    (
        r"UnboundLocalError",
        "the number was never met, so nothing was found: the counter is raised at the wrong place (for every module, "
        "and not for every convolution), or begins wrongly",
        "raise the counter inside the `if`, before it is compared with number",
    ),
    (
        r"KeyError",
        "the keys of the dictionary are not 1, 2, 3, ...: they are places among *all* modules, or begin elsewhere",
        "count the convolutions alone",
    ),
    (
        r"has no attribute '(name|_name|get_name)'",
        "a layer does not know its own name; the name stands beside it in named_modules()",
        "for name, layer in network.named_modules(): ...",
    ),
)
EMPTY_LIST = (
    (
        r"list index out of range",
        "the list is too short: too few convolutions were found, because the test fits none or only some of them (a "
        "name need not hold 'conv'; `is nn.Conv2d` or a comparison with a text is never true for a layer; "
        "named_children() looks at the top only), or the counting begins at 0 and runs out at the end",
        "test isinstance(layer, nn.Conv2d) for every layer of network.named_modules(), and take [number - 1]",
    ),
)


def judge_nth(nth_convolution: Callable[[nn.Module, int], str]) -> None:
    """Every convolution of two networks, by its number."""
    for what, network in _networks():
        layers = dict(network.named_modules())
        convolutions = [name for name, layer in layers.items() if isinstance(layer, nn.Conv2d)]
        for number, wanted in enumerate(convolutions, start=1):
            told = f"{wanted!r} for convolution {number} of {what}"
            more = (*LAYER_ERRORS, *_list_errors(nth_convolution, network, len(convolutions)), *EMPTY_LIST)
            got = tried(judge_nth, nth_convolution, (network, number), told, *more)
            if isinstance(got, str) and got == wanted:
                continue
            raise Wrong(
                got=got if isinstance(got, str) else f"{type(got).__name__} {got!r}"[:60],
                wanted=told,
                cause=_why_not_the_nth(got, number, nth_convolution, network),
                next_step="collect the names of all nn.Conv2d of named_modules() in a list, and take one of it",
            )


def _all_answers(nth_convolution: Callable[[nn.Module, int], str], network: nn.Module, count: int) -> list[object]:
    """Return what comes for each number from 1 to ``count``; `IndexError` where the list is too short."""
    found: list[object] = []
    for number in range(1, count + 1):
        try:
            found.append(nth_convolution(network, number))
        except Exception as error:  # noqa: BLE001 - whatever the learner's code raises for another number
            found.append(type(error))
    return found


def _list_errors(
    nth_convolution: Callable[[nn.Module, int], str], network: nn.Module, count: int
) -> tuple[tuple[str, str, str], ...]:
    answers = _all_answers(nth_convolution, network, count)
    if answers.count(IndexError) == count:
        how = _why_none_found(nth_convolution)
        return ((r"list index out of range", f"no convolution was found: {how}", "use isinstance(layer, nn.Conv2d)"),)
    if IndexError in answers and answers.index(IndexError) == count - 1:
        cause = "the last number runs out of the list: you counted from 0, the task counts from 1"
        return ((r"list index out of range", cause, "take [number - 1]"),)
    return ()


def _why_none_found(nth_convolution: Callable[[nn.Module, int], str]) -> str:
    code = code_before_return(nth_convolution)
    if returns_in_loop(nth_convolution):
        return "a return stands inside the loop, so the loop ends after its first turn, with an empty list"
    if re.search(r"\bis\s+(torch\.)?nn\.", code):
        return "`is` compares the layer with the class nn.Conv2d itself, and no layer is that"
    if "==" in code:
        return "`==` compares a layer, or its type, with something that it never equals (a text, or the class itself)"
    if {"named_children", "children"} & names_used(nth_convolution):
        return "named_children() looks at the top only, and the convolutions lie deeper"
    return "the layers were searched by their names, and a name need not hold 'conv'; ask for the type"


def _why_not_the_nth(
    got: object, number: int, nth_convolution: Callable[[nn.Module, int], str], network: nn.Module
) -> str:
    layers = dict(network.named_modules())
    convolutions = [name for name, layer in layers.items() if isinstance(layer, nn.Conv2d)]
    answers = _all_answers(nth_convolution, network, len(convolutions))
    for cause, names in _other_lists(network).items():
        if answers == (names + [IndexError] * len(answers))[: len(answers)]:
            return cause
    if not isinstance(got, str):
        return _why_not_a_name(got, answers, number)
    if got in convolutions:
        return _why_another_convolution(got, number, answers, convolutions)
    if got in layers and not isinstance(layers[got], nn.Conv2d):
        at = " (all modules were counted, not only convolutions)" if number in _places(list(layers), got) else ""
        return f"{got!r} is a {type(layers[got]).__name__}, not a Conv2d{at}"
    return _why_no_such_name(got, convolutions)


def _other_lists(network: nn.Module) -> dict[str, list[object]]:
    """Return the lists of names that people collect in place of all convolutions in order."""
    modules = list(network.named_modules())
    names = [name for name, layer in modules if isinstance(layer, nn.Conv2d)]
    top = [name for name, layer in network.named_children() if isinstance(layer, nn.Conv2d)]
    second = [
        f"{first}.{name}"
        for first, child in network.named_children()
        for name, layer in child.named_children()
        if isinstance(layer, nn.Conv2d)
    ]
    where = [name if isinstance(layer, nn.Conv2d) else None for name, layer in modules]
    counted = "all modules were counted, not only convolutions, so the number mostly falls on another layer"
    return {
        "only the top was searched: named_children() does not look inside other layers": top,
        "the counter begins at 1 and is raised before it is compared, so number 1 is never met": [None, *names],
        f"{counted}, and nothing is returned": where,
        f"{counted} (from 0 on), and nothing is returned": where[1:],
        "only two levels were searched, the top and one below; convolutions may lie deeper": top + second,
        "only two levels were searched; the convolutions may lie deeper": second + top,
        "the names were sorted by the alphabet; the task takes the order of named_modules()": sorted(names),
        "counted from the end: the last convolution came first (a minus too much, or reversed)": names[::-1],
        "every second convolution came: the counter is raised twice": names[1::2],
        "it is one convolution too early: number - 2": [names[-1], *names],
        "it is one convolution too late: you counted from 0, the task counts from 1": [*names[1:], names[0]],
    }


def _why_not_a_name(got: object, answers: list[object], number: int) -> str:
    if isinstance(got, nn.Module):
        return "the layer itself came; the task asks for its name"
    if got is None:
        if any(isinstance(one, str) for one in answers):
            return (
                f"the function returns None for number {number}, and a name for another one: the counter begins "
                "wrongly, or is compared or raised at the wrong place"
            )
        return (
            "the function returns None, for every number: is there a return, and is it reached? (print() returns "
            "nothing; a counter that counts all modules never meets a convolution at its number)"
        )
    if isinstance(got, list):
        whole = "the whole list came" if len(got) != number else f"a list with {len(got)} came: [:number] cuts a list"
        return f"{whole}; the task asks for one of its names"
    likely = {
        int: "a number came; the task asks for the dotted name, a text",
        tuple: "the pair of name and layer came; the task asks for the name alone",
    }
    return likely.get(type(got), f"the name is a text, and this is of type {type(got).__name__}")


def _why_another_convolution(got: str, number: int, answers: list[object], convolutions: list[str]) -> str:
    came = convolutions.index(got) + 1
    if len(set(map(str, answers))) == 1:
        which = "first" if came == 1 else "last" if came == len(convolutions) else "same"
        top = ", or only the top was searched (named_children())" if which == "last" else ""
        return f"it is another convolution, always the {which}: the search ends at once, or number is not used{top}"
    if came == number + 1:
        return "it is one convolution too late: you counted from 0, the task counts from 1"
    if came == number - 1:
        return "it is one convolution too early: the counting begins too late"
    if came == len(convolutions) and number == 1:
        return (
            "it is another convolution, the last: a position below 0 counts from the end, or only the top was searched "
            "(named_children() does not look inside other layers)"
        )
    return "it is another convolution of the network: were some left out, or put in another order?"


def _why_no_such_name(got: str, convolutions: list[str]) -> str:
    nowhere = f"this network has no layer of the name {got!r}"
    if any(name.endswith("." + got) for name in convolutions):
        return "only the last part of the name came; a dotted name tells the way from the top"
    if got.removesuffix(".weight").removesuffix(".bias") in convolutions:
        return f"{got!r} is the name of a parameter; the layer's name ends before .weight"
    if got.rpartition(".")[2] in convolutions or got.partition(".")[2] in convolutions:
        return f"{nowhere}: a part too many stands in front; names begin below the network itself"
    if got in ("Conv2d", "Module") or got.startswith("<class"):
        return f"{got!r} is the name of the layer's class, which all convolutions share; the layer's own name was asked"
    if "(" in got:
        return "the layer itself was turned into a text (str(layer)); the task asks for its name"
    if got.replace("_", ".") in convolutions or got.replace("/", ".") in convolutions:
        return f"{nowhere}: the parts of a name are joined by dots"
    if re.search(r"\d", got):
        return f"{nowhere}: it was put together from a word and a number, which fits one network only"
    return f"{nowhere}; search in the network that is given"


def _places(names: list[str], name: str) -> set[int]:
    """Return the numbers under which a counting of all modules would find ``name``: with the network itself or not."""
    return {names.index(name), names.index(name) + 1}


# 09.3


def judge_montage(montage: Callable[[Tensor, int], Tensor]) -> None:
    """Full and broken last rows, oblong tiles, one column, one tile, more columns than tiles, negative values."""
    for shape, columns in (
        ((6, 2, 3), 3),
        ((4, 3, 2), 2),
        ((5, 2, 3), 2),
        ((3, 2, 2), 1),
        ((1, 2, 3), 1),
        ((2, 2, 3), 4),
    ):
        maps = _numbers(*shape)
        kept = maps.clone()
        wanted = _montage(kept, columns)
        count, height, width = shape
        told = f"a sheet of shape {tuple(wanted.shape)} for {count} maps of {height}x{width}, {columns} in a row"
        got = tried(judge_montage, montage, (maps, columns), told, *_tile_errors(shape, columns))
        if not torch.equal(maps, kept):
            raise Wrong(
                got="the maps that were given are changed",
                wanted="a new tensor",
                cause="an in-place operation wrote into the maps",
                next_step="copy each tile into a sheet of its own: torch.zeros(rows * h, columns * w)",
            )
        if isinstance(got, Tensor) and got.shape == wanted.shape and torch.allclose(got.float(), wanted):
            continue
        raise Wrong(
            got=f"shape {tuple(got.shape)}" if isinstance(got, Tensor) and got.shape != wanted.shape else got,
            wanted=told,
            cause=_why_not_the_montage(got, wanted, kept, columns),
            next_step="tile number i belongs into row i // columns and column i % columns",
        )


def _tile_errors(shape: tuple[int, ...], columns: int) -> tuple[tuple[str, str, str], ...]:
    """Return what an error of torch means for this many maps: the last row, or rows and columns exchanged."""
    count, height, width = shape
    fragments = (
        r"expanded size|must match|invalid for input|Sizes of tensors|out of range|out of bounds|unflatten|stack"
    )
    if count % columns:
        cause = (
            f"the last row is not full here ({count} maps, {columns} in a row): it needs a place of its own, so round "
            "up, and fill it with zeros"
        )
        return ((fragments, cause, "rows = -(-count // columns), and start from a sheet of zeros"),)
    cause = (
        f"a tile of {height}x{width} does not fit where it is put: height and width, or row and column (divmod gives "
        "row, then column), were exchanged, or a tile was transposed"
    )
    return ((fragments, cause, "the place is [row * h : (row + 1) * h, column * w : (column + 1) * w]"),)


def _montage(maps: Tensor, columns: int) -> Tensor:
    count, height, width = maps.shape
    rows = -(-count // columns)
    full = torch.cat([maps, maps.new_zeros(rows * columns - count, height, width)])
    return full.reshape(rows, columns, height, width).transpose(1, 2).reshape(rows * height, columns * width)


def _why_not_the_montage(got: object, wanted: Tensor, maps: Tensor, columns: int) -> str:
    if not isinstance(got, Tensor):
        return f"it is of type {type(got).__name__}, not a tensor" + (": is there a return?" if got is None else "")
    if got.shape != wanted.shape:
        return _why_not_the_shape(tuple(got.shape), wanted, maps, columns)
    if not got.is_floating_point():
        return f"the values were cut to whole numbers ({got.dtype}): the sheet must be of the same type as the maps"
    layouts = _layouts(maps, wanted, columns)
    for cause, sheet in layouts.items():
        if torch.allclose(got.float(), sheet, atol=1e-5):
            return cause
    tiles = _montage(torch.ones_like(maps), columns).bool()
    if torch.allclose(got.float()[tiles], wanted[tiles], atol=1e-5):
        return (
            f"the tiles are right; the empty places of the last row must be zero{_filling(got[~tiles], wanted[tiles])}"
        )
    if len(maps) % columns and torch.allclose(got[: maps.shape[1]].float(), wanted[: maps.shape[1]], atol=1e-5):
        return "the first row is right, the last one is not: it must end with zeros where there is no tile"
    told = "tiles or numbers are not where they belong"
    places = _wrong_tiles(got, maps, columns)
    return f"{told}: {places}" if places else why_other_values(got, wanted, layouts, {}, told)


def _filling(empty: Tensor, tiles: Tensor) -> str:
    if empty.isnan().all():
        return ", and they are NaN"
    if (empty == empty[0]).all():
        same_as = ", the mean of the others" if abs(float(empty[0] - tiles.mean())) < 1e-4 else ""
        return f", and they are {float(empty[0]):.4g} everywhere{same_as}"
    return ", and a tile was repeated there, or they hold whatever was in the memory (torch.empty)"


def _wrong_tiles(got: Tensor, maps: Tensor, columns: int) -> str:
    """Return which maps stand in which places, if each place holds one of the maps, or nothing; else ""."""
    count, height, width = maps.shape
    found = []
    for place in range(count):
        top, left = place // columns * height, place % columns * width
        tile = got[top : top + height, left : left + width].float()
        number = next((k for k, one in enumerate(maps) if torch.allclose(tile, one, atol=1e-5)), None)
        found.append(number if number is not None or tile.any() else -1)
    if None in found:
        return ""
    named = ", ".join("nothing" if k < 0 else f"map {k}" for k in found)
    missing = [f"map {k} is missing" for k in range(count) if k not in found]
    return f"the places hold {named}, in this order{'; ' if missing else ''}{', '.join(missing)}"


def _layouts(maps: Tensor, wanted: Tensor, columns: int) -> dict[str, Tensor]:
    """Return other ways to lay the maps on a sheet of the right size, or to change their values."""
    size = maps.abs().amax(dim=(1, 2), keepdim=True)
    return {
        "the numbers were poured row by row over the whole sheet, and the tiles are torn apart: reshape alone "
        "does not know tiles, the axes must be moved first": _poured(maps, wanted),
        "the tiles run down the columns; in reading order they run along the rows": _down_the_columns(maps, columns),
        "every tile was stretched to its own maximum: a colour scale per tile; the values stay as they are": _montage(
            maps / size, columns
        ),
        "every tile was divided by its own largest value: a colour scale per tile; the values stay as they are": (
            _montage(maps / maps.amax(dim=(1, 2), keepdim=True), columns)
        ),
        "every tile was stretched to 0..1: a colour scale per tile; the values stay as they are": _montage(
            _stretched(maps), columns
        ),
        "the whole sheet was stretched; the values stay as they are": wanted / maps.max(),
        "the whole sheet was stretched to 0..1; the values stay as they are": (wanted - maps.min())
        / (maps.max() - maps.min()),
        "the smallest value was subtracted everywhere; the values stay as they are": wanted - maps.min(),
        "negative values were cut off": wanted.relu(),
        "the signs are gone; the values stay as they are": wanted.abs(),
        "every tile is turned upside down": _montage(maps.flip(1), columns),
        "the tiles lie over each other: a place begins at row * h and column * w, not at row and column": (
            _overlapping(maps, wanted, columns)
        ),
        "every tile is mirrored": _montage(maps.flip(2), columns),
        "every tile stands on its side: rows and columns within a tile were exchanged": _sideways(
            maps, wanted, columns
        ),
    } | _torn(maps, wanted, columns)


def _overlapping(maps: Tensor, wanted: Tensor, columns: int) -> Tensor:
    sheet = torch.zeros_like(wanted)
    for index, tile in enumerate(maps):
        top, left = divmod(index, columns)
        if sheet[top : top + tile.shape[0], left : left + tile.shape[1]].shape == tile.shape:
            sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return sheet


def _sideways(maps: Tensor, wanted: Tensor, columns: int) -> Tensor:
    turned = _montage(maps.transpose(1, 2), columns)
    return turned if turned.shape == wanted.shape else torch.full_like(wanted, torch.nan)


def _torn(maps: Tensor, wanted: Tensor, columns: int) -> dict[str, Tensor]:
    """Return the sheets of every wrong order of the four axes: row of tiles, tile of the row, row and column inside."""
    count, height, width = maps.shape
    rows = -(-count // columns)
    full = torch.cat([maps, maps.new_zeros(rows * columns - count, height, width)])
    tiles = full.reshape(rows, columns, height, width)
    return {
        f"the four axes were put into the order {order}; (0, 2, 1, 3) keeps the rows of a tile together": (
            tiles.permute(order).reshape(wanted.shape)
        )
        for order in permutations(range(4))
        if order not in ((0, 1, 2, 3), (0, 2, 1, 3))
    }


def _why_not_the_shape(got: tuple[int, ...], wanted: Tensor, maps: Tensor, columns: int) -> str:
    count, height, width = maps.shape
    rows = -(-count // columns)
    if len(got) != 2:
        return _why_not_two_axes(got, tuple(wanted.shape))
    if count < columns and got[1] < wanted.shape[1]:
        return f"the row was cut behind the last tile: {count} maps, {columns} in a row, so zeros fill the rest of it"
    if got in ((height, count * width), (count * height, width)):
        line = "row" if got[0] == height else "column"
        return f"all tiles stand in one line, one {line}; the task asks for {columns} in a row"
    if got == (columns * height, rows * width) and rows != columns:
        return "columns was taken as the number of rows of tiles: rows and columns of the sheet were exchanged"
    if got == (wanted.shape[1], wanted.shape[0]):
        return "rows and columns of the sheet were exchanged"
    for gap in range(1, 5):
        if got in (
            (rows * (height + gap), columns * (width + gap)),
            (rows * (height + gap) + gap, columns * (width + gap) + gap),
            (wanted.shape[0] + (rows - 1) * gap, wanted.shape[1] + (columns - 1) * gap),
        ):
            return f"there are lines between the tiles, {gap} wide (padding?); here they touch each other"
    return _why_another_size(got, wanted, maps, columns)


def _why_not_two_axes(got: tuple[int, ...], shape: tuple[int, ...]) -> str:
    if got == (1, *shape):
        return "the sheet has an axis of length 1 too many: it was not taken out with [0]"
    if got == (3, *shape):
        return "the sheet came in three colours (make_grid repeats it); take one of them, [0]"
    if len(got) > 2:
        return "the tiles are still on axes of their own; one sheet has two axes"
    return "the numbers stand in one line; one sheet has two axes"


def _why_another_size(got: tuple[int, ...], wanted: Tensor, maps: Tensor, columns: int) -> str:
    count, height, width = maps.shape
    if got[1] == wanted.shape[1] or got[0] != wanted.shape[0]:
        if count % columns and got[0] < wanted.shape[0]:
            return "the last row, which is not full, was cut off: count // columns rounds down"
        if not count % columns and got == (wanted.shape[0] + height, wanted.shape[1]):
            return "there is an empty row too many: count // columns + 1 is right only if the last row is not full"
    if got[0] % height == 0 and got[1] % width == 0:
        rows = -(-count // columns)
        came = f"{got[0] // height} rows of {got[1] // width} tiles"
        return f"the sheet has {came}, and {rows} of {columns} were asked for: is `columns` used, or a fixed number?"
    return f"the sheet is no whole number of tiles of {height}x{width}: the two were exchanged, or lines were added"


def _poured(maps: Tensor, wanted: Tensor) -> Tensor:
    poured = torch.zeros(wanted.numel())
    poured[: maps.numel()] = maps.flatten()
    return poured.reshape(wanted.shape)


def _down_the_columns(maps: Tensor, columns: int) -> Tensor:
    count, height, width = maps.shape
    rows = -(-count // columns)
    sheet = torch.zeros(rows * height, columns * width)
    for index, tile in enumerate(maps):
        top, left = index % rows * height, index // rows * width
        sheet[top : top + height, left : left + width] = tile
    return sheet


def _stretched(maps: Tensor) -> Tensor:
    low, high = maps.amin(dim=(1, 2), keepdim=True), maps.amax(dim=(1, 2), keepdim=True)
    return (maps - low) / (high - low)


# 09.4


class _Moody(nn.Module):
    """Dropout, batch normalisation and an in-place ReLU behind the layer: each punishes one way to look."""

    def __init__(self) -> None:
        super().__init__()
        self.drop, self.conv = nn.Dropout(0.5), nn.Conv2d(2, 4, 3)
        self.norm, self.relu = nn.BatchNorm2d(4), nn.ReLU(inplace=True)
        self.fails = False

    def forward(self, images: Tensor) -> Tensor:
        """Return (N, 4, h, w)."""
        found = self.relu(self.norm(self.conv(self.drop(images))))
        if self.fails:
            raise FloatingPointError("this network always fails")
        return found


def _moody() -> _Moody:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(9)
        return _Moody()


LOOK_ERRORS = (
    (
        r"list index out of range|object has no attribute 'relu'|KeyError|StopIteration",
        "nothing was recorded: the hook sits on another network than the one that ran (a copy?), is no forward hook, "
        "or does not append the output",
        "register a forward hook on `layer`, append in it, and run `network` itself",
    ),
    (
        r"running_mean should contain|expected input.*channels|shapes cannot be multiplied",
        "the pictures went into the layer directly; in the network other layers stand before it",
        "run the whole network, and listen at the layer with a forward hook",
    ),
    (
        r"<lambda>\(\) takes|missing \d+ required positional",
        "the hook has another number of parameters: a forward hook gets (module, args, output)",
        "write lambda module, args, output: ...",
    ),
    (
        r"name '(model|data|picture|shipped|features)' is not defined",
        "a variable of the notebook is used; the function knows the network as `network`, and the pictures as `images`",
        "use the three parameters",
    ),
    (
        r"Can't call numpy",
        "the record hangs on a graph, and numpy() does not take it; a tensor is asked for",
        "store output.detach().clone()",
    ),
)


def judge_look(look: Callable[[nn.Module, str | nn.Module, Tensor], Tensor]) -> None:
    """The right maps, twice the same; flags, statistics, hooks, gradient switch as before, after an error too."""
    images = torch.rand(3, 2, 6, 6, generator=torch.Generator().manual_seed(9))
    cases = ("norm", True, False), ("conv", False, False), ("norm", False, False), ("conv", True, True)
    for name, training, dropping in cases:
        network = _moody().train(training)
        network.drop.train(dropping)  # a network that is partly in training: each layer gets its own flag back
        network.relu.train()
        flags, state = _flags(network), {key: value.clone() for key, value in network.state_dict().items()}
        layer = network.get_submodule(name)  # a module, as the starter takes it
        with _foreign_hook(layer) as still_there:
            got = tried(judge_look, look, (network, layer, images), "the maps of the layer, a tensor", *LOOK_ERRORS)
            _demand_nothing_left(network, "after the call", still_there())
            _demand_state(network, state, flags)
            _demand_switch()
            _demand_maps(got, look, name, images)
            again = look(network, layer, images)
        if not isinstance(again, Tensor) or not torch.equal(got, again):
            raise Wrong(
                got="other maps at the second look",
                wanted="the same maps, for the same pictures",
                cause="dropout or batch normalisation is still in train mode",
                next_step="call network.eval() before the pictures go in",
            )
    _judge_failure(look, images)


@contextmanager
def _foreign_hook(layer: nn.Module) -> Iterator[Callable[[], bool]]:
    """Put somebody else's hook on the layer; yield a function that says whether it is still there."""
    with layer.register_forward_hook(lambda module, args, output: None) as handle:
        yield lambda: handle.id in layer._forward_hooks


def _demand_switch() -> None:
    if not torch.is_grad_enabled():
        torch.set_grad_enabled(True)
        raise Wrong(
            got="gradients are switched off for the whole notebook after the call",
            wanted="the switch as it was",
            cause="torch.set_grad_enabled(False), called as a function, lasts: every later backward() would fail",
            next_step="use `with torch.no_grad():`, which ends with its block",
        )


def _flags(network: nn.Module) -> dict[str, bool]:
    return {name: module.training for name, module in network.named_modules()}


def _demand_maps(got: object, look: Callable[..., Tensor], name: str, images: Tensor) -> None:
    """Raise Wrong unless ``got`` is what the layer returns in eval mode, as a tensor without a graph."""
    wanted = _recorded(name, images)
    if not isinstance(got, Tensor):
        cause = "the function returns None: is there a return?" if got is None else _why_no_maps(got)
        raise Wrong(got=got, wanted="the maps, a tensor", cause=cause, next_step="return what the layer returned")
    if got.requires_grad:
        raise Wrong(
            got=f"maps that hang on a graph ({got.grad_fn.name() if got.grad_fn else 'they require a gradient'})",
            wanted="maps without a graph",
            cause="the network ran with gradients, and the record was not detached: every record keeps its graph",
            next_step="run under torch.no_grad(), or store output.detach().clone()",
        )
    if got.shape == wanted.shape and torch.allclose(got, wanted, atol=1e-5):
        return
    cause = _why_other_maps(got, wanted, look, name, images)
    raise Wrong(got=got, wanted=wanted, cause=cause, next_step="eval(), then look, then copy")


def _recorded(name: str, images: Tensor) -> Tensor:
    fresh = _moody().eval()
    with torch.no_grad(), record_outputs(fresh, name) as outputs:
        fresh(images)
    return outputs[name]


def _why_no_maps(got: object) -> str:
    if isinstance(got, list | tuple):
        if not got:
            return "an empty list came: nothing was recorded, because the hook returns its copy and appends nothing"
        return f"the {type(got).__name__} of all records came; the maps of one layer are a tensor, its first element"
    if isinstance(got, dict):
        return "the dictionary of records came; the maps of one layer are a tensor, its value"
    if isinstance(got, np.ndarray):
        return "a NumPy array came; the maps of one layer are a tensor"
    return f"something of type {type(got).__name__} came; the maps of one layer are a tensor"


def _why_other_maps(got: Tensor, wanted: Tensor, look: Callable[..., Tensor], name: str, images: Tensor) -> str:
    for cause, value in _other_maps(name, images, wanted).items():
        if same_relative(got, value):
            return cause
    if got.shape == wanted[:1].shape and same_relative(got, wanted[:1]):
        return "only the first picture's maps came, (1, K, h, w): the pictures went in one by one, or only one went in"
    if got.shape != wanted.shape:
        return f"this is not the whole output of the layer for the batch: {tuple(got.shape)}, not {tuple(wanted.shape)}"
    if same_relative(got, wanted.relu()):
        return _why_no_negative(look, images)
    for how, other in {"divided by 255": images / 255, "normalised": (images - 0.5) / 0.5}.items():
        if same_relative(got, _recorded(name, other)):
            return f"the pictures were {how} before they went in; the network takes them as they come"
    told = "these maps depend on dropout or on the batch: the network looked in train mode, without eval()"
    found = why_other_values(got, wanted, {}, {}, told)
    return told if told in found else found


def _why_no_negative(look: Callable[..., Tensor], images: Tensor) -> str:
    """Tell a ReLU of the learner's own from one that has overwritten the record: only the first cuts at conv."""
    network = _moody().eval()
    at_conv = safely(lambda: look(network, network.conv, images), None)
    with torch.no_grad():
        result = _moody().eval()(images)
    if isinstance(at_conv, Tensor) and same_relative(at_conv, result):
        return "the output of the whole network came, not that of the layer"
    if isinstance(at_conv, Tensor) and float(at_conv.min()) >= 0:
        return "the negative numbers are gone: ReLU was applied to the record; the layer's own output is asked for"
    return (
        "the negative numbers are gone: an in-place ReLU behind the layer has overwritten the record, "
        "because detach() shares memory; store detach().clone()"
    )


def _other_maps(name: str, images: Tensor, wanted: Tensor) -> dict[str, Tensor]:
    """Return what else people hand in: an input, another layer, the network's output, a part, a mean."""
    fresh = _moody().eval()
    with torch.no_grad(), record_outputs(fresh, "conv") as outputs:
        result = fresh(images)
    before = images if name == "conv" else outputs["conv"]
    return {
        "what went *into* the layer came, not what came out: args[0] or a pre-hook in place of output": before,
        "only the first picture came: one [0] too many": wanted[0],
        "only the last picture came": wanted[-1],
        "only the first channel came": wanted[:, 0],
        "only the first picture came, and its first channel": wanted[0, 0],
        "the pictures were averaged": wanted.mean(dim=0),
        "one number for each channel came (the mean); the whole maps were asked for": wanted.mean(dim=(2, 3)),
        "one number for each channel came (the peak); the whole maps were asked for": wanted.amax(dim=(2, 3)),
        "the output of the whole network came, not that of the layer": result if name == "conv" else result + torch.nan,
    }


def _demand_nothing_left(network: nn.Module, when: str, foreign: bool | None = None) -> None:
    if foreign is False:
        raise Wrong(
            got=f"a hook that somebody else had put on is gone {when}",
            wanted="the network as it was",
            cause="all hooks of the layer were cleared, not only your own",
            next_step="remove only your own handle: handle.remove()",
        )
    left = count_hooks(network) - bool(foreign)
    if left:
        raise Wrong(
            got=f"{left} hook{'s' * (left > 1)} on the network {when}",
            wanted="none",
            cause="register_forward_hook without remove(): the hook stays, and each call adds one (`handle.remove` "
            "without brackets removes nothing)"
            + ("; after an error the line with remove() is never reached" if "error" in when else ""),
            next_step="use `with layer.register_forward_hook(...):`, or record_outputs",
        )


def _demand_state(network: nn.Module, state: dict[str, Tensor], flags: dict[str, bool]) -> None:
    changed = [key for key, value in network.state_dict().items() if not torch.equal(value, state[key])]
    if changed:
        raise Wrong(
            got=f"{changed[0]} of the network has changed",
            wanted="the network as it was",
            cause="in train mode batch normalisation remembers every picture it sees, also under no_grad: "
            "looking without eval() changes the network",
            next_step="call network.eval() before the pictures go in",
        )
    other = [name for name, training in _flags(network).items() if training != flags[name]]
    if other:
        left_in = "train" if _flags(network)[other[0]] else "eval"
        raise Wrong(
            got=f"{other[0] or 'the network'} is left in {left_in} mode",
            wanted="each layer in the mode it was in",
            cause="eval() was not undone"
            if left_in == "eval"
            else "network.train() switches *all* layers on, also those that were off before",
            next_step="note module.training for each of network.modules() first, and put each back in `finally`",
        )


def _judge_failure(look: Callable[..., Tensor], images: Tensor) -> None:
    network = _moody().train()
    network.fails = True
    flags = _flags(network)
    try:
        look(network, network.conv, images)
    except FloatingPointError:
        _demand_nothing_left(network, "after an error in the network")
        if _flags(network) != flags:
            raise Wrong(
                got="after an error, the network stays in eval mode",
                wanted="each layer in the mode it was in, after an error too",
                cause="the lines that put the modes back were never reached",
                next_step="put them into `finally:`",
            ) from None
        return
    raise Wrong(
        got="no error, although the network raised one",
        wanted="the network's own error, passed on",
        cause="the error was caught and swallowed, so nobody learns that the network failed",
        next_step="leave out `except`; `finally` puts things back and lets the error go on",
    )


# 09.5


ARROW = 8  # the class


@cache
def _peaks() -> tuple[Tensor, Tensor]:
    """Return the labels of the lesson's 1,000 pictures, and the peaks (1000, 128) of conv3's maps."""
    model, data = load_shipped("simplecnn_shapes10").model, shapes10(count=1000, seed=900)
    peaks = []
    for batch in data.images.split(250):
        with torch.no_grad(), record_outputs(model, "conv3") as outputs:
            model(batch)
        peaks.append(outputs["conv3"].amax(dim=(2, 3)))
    return data.labels, torch.cat(peaks)


@cache
def _favourites() -> tuple[tuple[str, ...], ...]:
    """Return for each channel of conv3 the class names of its eight strongest of the lesson's 1,000 pictures."""
    labels, peaks = _peaks()
    names = load_shipped("simplecnn_shapes10").class_names
    return tuple(tuple(names[label] for label in row) for row in labels[peaks.topk(8, dim=0).indices].T.tolist())


ARROWS = "a channel of conv3 with at least 7 arrows among its 8 strongest pictures"


def judge_arrows(channel: object) -> None:
    """A whole number from 0 to 127 whose channel has at least seven arrows among its eight strongest pictures."""
    next_step = "count (many.labels[peaks[:, number].topk(8).indices] == arrow) for every number from 0 to 127"
    if isinstance(channel, Tensor | np.generic | np.ndarray) and math.prod(channel.shape) == 1:
        channel = channel.item()
    if isinstance(channel, bool) or not isinstance(channel, int):
        raise Wrong(got=channel, wanted=ARROWS, cause=_why_no_channel(channel), next_step="hand in one whole number")
    if not 0 <= channel < 128:
        raise Wrong(got=channel, wanted=ARROWS, cause=_why_outside(channel), next_step=next_step)
    if Counter(_favourites()[channel])["arrow"] < 7:
        got = f"channel {channel}"
        raise Wrong(got=got, wanted=ARROWS, cause=_why_not_arrows(channel), next_step=next_step)


def _why_no_channel(channel: object) -> str:
    if isinstance(channel, str):
        return "a text came; the number of a channel is a whole number, without quotes (and no name)"
    if isinstance(channel, float):
        return "a number with a point came; the number of a channel is a whole number: leave the point away"
    if isinstance(channel, list | tuple | set | dict | Tensor | np.ndarray):
        return "the task asks for one channel, and several came (or one, in brackets)"
    return f"something of type {type(channel).__name__} came; the number of a channel is a whole number"


def _why_outside(channel: int) -> str:
    if channel == 128:
        return "128 is how many channels there are: they are counted from 0 to 127"
    if 128 < channel < 1000:
        return "this is the number of a picture, not of a channel: topk(...).indices along the pictures, axis 0"
    if channel >= 1000:
        return "this is no channel: conv3 has the channels 0 to 127, and 1,000 is how many pictures there are"
    return "a number below 0 counts from the end; conv3 has the channels 0 to 127"


def _why_not_arrows(channel: int) -> str:
    liked = Counter(_favourites()[channel])
    favourite, count = liked.most_common(1)[0]
    many = f"{favourite}es" if favourite.endswith("s") else f"{favourite}s"
    cause = f"this channel likes {many}: {count} of its 8 strongest pictures; arrows: {liked['arrow']}"
    if favourite == "arrow":
        cause = f"arrows lead, but only with {count} of the 8 strongest pictures"
    if channel == 8:
        cause += "; 8 is the class number of arrow, too: classes and channels are not the same"
    beside = [k for k in (channel - 1, channel + 1) if 0 <= k < 128 and _favourites()[k].count("arrow") >= 7]
    if beside:
        cause += "; the channel beside it would be right: they are counted from 0"
    if channel == _mean_favourite():
        cause += "; arrows have their highest *mean* here, and the eight strongest pictures were asked for"
    return cause


@cache
def _mean_favourite() -> int:
    """Return the channel whose mean peak over all arrows is the highest."""
    labels, peaks = _peaks()
    return int(peaks[labels == ARROW].mean(dim=0).argmax())


SETUP = "import torch\nfrom torch import nn\n\nfrom course_utils.hooks import record_outputs\n"

_LOOK = """def look(network, layer, images):
    seen, modes = [], [(m, m.training) for m in network.modules()]
    handle = layer.register_forward_hook(lambda m, a, out: seen.append(out.detach().clone()))
    {eval}
    try:
        {run}
    finally:
        handle.remove()
{end}        for m, mode in modes:
            m.training = mode
    return seen[0]
"""

EXERCISES = (
    Exercise(
        id="09.1",
        title="One window",
        difficulty="easy",
        minutes=4,
        task="Write answer_of(kernel, bias, window): the one number that a convolution gives for one window.",
        hints=(
            "A convolution is a sliding sum, and here it stands still: each weight meets the pixel in its own place.",
            "`*` multiplies number by number; `.sum()` without arguments adds up everything, channels too.",
            "return (kernel * window).sum() + ... : what is still missing?",
        ),
        starter="def answer_of(kernel, bias, window):\n    ...\n",
        solution="def answer_of(kernel, bias, window):\n    return (kernel * window).sum() + bias\n",
        alternative=(
            "def answer_of(kernel, bias, window):\n"
            "    return torch.nn.functional.conv2d(window[None], kernel[None]).item() + bias\n"
        ),
        name="answer_of",
        judge=judge_window,
        praise=(
            "Right: products, added up over rows, columns and channels, plus one bias. Now turn the kernel by 180 "
            "degrees with kernel.flip(1, 2) and see whether the edge detector 28 still finds the left edge."
        ),
        mistakes=(
            Mistake(
                "forgot the bias",
                "def answer_of(kernel, bias, window):\n    return (kernel * window).sum()\n",
                "the bias is missing",
            ),
            Mistake(
                "mean instead of sum",
                "def answer_of(kernel, bias, window):\n    return (kernel * window).mean() + bias\n",
                "the mean came",
            ),
            Mistake(
                "channels kept apart",
                "def answer_of(kernel, bias, window):\n    return (kernel * window).sum(dim=(1, 2)) + bias\n",
                "adds up its channels",
            ),
            Mistake(
                "matrix product",
                "def answer_of(kernel, bias, window):\n    return (kernel @ window).sum() + bias\n",
                "multiplies matrices",
            ),
            Mistake(
                "bias inside the sum",
                "def answer_of(kernel, bias, window):\n    return (kernel * window + bias).sum()\n",
                "9 times per channel",
            ),
            Mistake(
                "kernel turned round",
                "def answer_of(kernel, bias, window):\n    return (kernel.flip(1, 2) * window).sum() + bias\n",
                "lays the kernel on as it is",
            ),
            Mistake(
                "in place",
                "def answer_of(kernel, bias, window):\n    kernel *= window\n    return kernel.sum() + bias\n",
                "in-place",
            ),
        ),
        setup=SETUP,
        seconds=3.0,
    ),
    Exercise(
        id="09.2",
        title="The third convolution",
        difficulty="medium",
        minutes=6,
        task="Write nth_convolution(network, number): the dotted name of the number-th nn.Conv2d, counted from 1.",
        hints=(
            "Walk through all layers in order, and count only the convolutions.",
            "named_modules() gives (name, layer) for every depth; isinstance tells whether it is an nn.Conv2d.",
            "Make a list of the names of all convolutions; Python's lists count from 0, the task from 1.",
        ),
        starter="def nth_convolution(network, number):\n    ...\n",
        solution=(
            "def nth_convolution(network, number):\n"
            "    found = [name for name, layer in network.named_modules() if isinstance(layer, nn.Conv2d)]\n"
            "    return found[number - 1]\n"
        ),
        alternative=(
            "def nth_convolution(network, number):\n"
            "    seen = 0\n"
            "    for name, layer in network.named_modules():\n"
            "        if type(layer) is nn.Conv2d:\n"
            "            seen += 1\n"
            "            if seen == number:\n"
            "                return name\n"
            "    raise LookupError(f'only {seen} convolutions')\n"
        ),
        name="nth_convolution",
        judge=judge_nth,
        praise=(
            "Right: now nobody has to guess what 'the third layer' is. Try it on blueprint: the third convolution of "
            "VGG11 is features.6, and the eighth is its last."
        ),
        mistakes=(
            Mistake(
                "counts from 0",
                "def nth_convolution(network, number):\n"
                "    return [n for n, l in network.named_modules() if isinstance(l, nn.Conv2d)][number]\n",
                "counted from 0",
            ),
            Mistake(
                "counts every module",
                "def nth_convolution(network, number):\n"
                "    return [n for n, l in network.named_modules()][number + 1]\n",
                "not a Conv2d",
            ),
            Mistake(
                "returns the layer",
                "def nth_convolution(network, number):\n"
                "    return [l for l in network.modules() if isinstance(l, nn.Conv2d)][number - 1]\n",
                "asks for its name",
            ),
            Mistake(
                "looks only at the top",
                "def nth_convolution(network, number):\n"
                "    names = [n for n, l in network.named_children() if isinstance(l, nn.Conv2d)]\n"
                "    return names[min(number, len(names)) - 1]\n",
                "another convolution",
            ),
            Mistake(
                "only the last part of the name",
                "def nth_convolution(network, number):\n"
                "    found = [n for n, l in network.named_modules() if isinstance(l, nn.Conv2d)]\n"
                "    return found[number - 1].split('.')[-1]\n",
                "last part of the name",
            ),
            Mistake(
                "counts convolutions, returns their number",
                "def nth_convolution(network, number):\n"
                "    return [i for i, l in enumerate(network.modules()) if isinstance(l, nn.Conv2d)][number - 1]\n",
                "dotted name",
            ),
        ),
        setup=SETUP,
        seconds=3.0,
    ),
    Exercise(
        id="09.3",
        title="A montage",
        difficulty="medium",
        minutes=10,
        task="Write montage(maps, columns): the maps (K, h, w) side by side in one tensor, in reading order.",
        hints=(
            "How many rows of tiles are needed? Start with a sheet of zeros, then lay the tiles down one by one.",
            "Tile number i belongs into row i // columns and column i % columns; a slice of the sheet takes a tile.",
            "sheet[row * h : (row + 1) * h, column * w : (column + 1) * w] is the place of one tile.",
        ),
        starter="def montage(maps, columns):\n    ...\n",
        solution=(
            "def montage(maps, columns):\n"
            "    count, height, width = maps.shape\n"
            "    rows = -(-count // columns)\n"
            "    sheet = torch.zeros(rows * height, columns * width)\n"
            "    for index, tile in enumerate(maps):\n"
            "        top, left = index // columns * height, index % columns * width\n"
            "        sheet[top : top + height, left : left + width] = tile\n"
            "    return sheet\n"
        ),
        alternative=(
            "def montage(maps, columns):\n"
            "    missing = -len(maps) % columns\n"
            "    full = torch.cat([maps, torch.zeros(missing, *maps.shape[1:])])\n"
            "    tiles = full.unflatten(0, (-1, columns)).permute(0, 2, 1, 3)\n"
            "    return tiles.flatten(2).flatten(0, 1)\n"
        ),
        name="montage",
        judge=judge_montage,
        praise=(
            "Right: one array, one call of imshow, one scale for all. Try "
            "plt.imshow(montage(seen['conv3'][0].relu(), 16)): 128 channels in one figure."
        ),
        mistakes=(
            Mistake(
                "reshape without moving the axes",
                "def montage(maps, columns):\n"
                "    k, h, w = maps.shape\n"
                "    rows = -(-k // columns)\n"
                "    full = torch.cat([maps, torch.zeros(rows * columns - k, h, w)])\n"
                "    return full.reshape(rows * h, columns * w)\n",
                "torn apart",
            ),
            Mistake(
                "a scale for each tile",
                "def montage(maps, columns):\n"
                "    k, h, w = maps.shape\n"
                "    sheet = torch.zeros(-(-k // columns) * h, columns * w)\n"
                "    for i, tile in enumerate(maps):\n"
                "        tile = (tile - tile.min()) / (tile.max() - tile.min())\n"
                "        r, c = i // columns * h, i % columns * w\n"
                "        sheet[r : r + h, c : c + w] = tile\n"
                "    return sheet\n",
                "a colour scale per tile",
            ),
            Mistake(
                "cuts the last row off",
                "def montage(maps, columns):\n"
                "    k, h, w = maps.shape\n"
                "    rows = k // columns\n"
                "    tiles = maps[: rows * columns].reshape(rows, columns, h, w)\n"
                "    return tiles.transpose(1, 2).reshape(rows * h, columns * w)\n",
                "cut off",
            ),
            Mistake(
                "down the columns",
                "def montage(maps, columns):\n"
                "    k, h, w = maps.shape\n"
                "    rows = -(-k // columns)\n"
                "    sheet = torch.zeros(rows * h, columns * w)\n"
                "    for i, tile in enumerate(maps):\n"
                "        sheet[i % rows * h : i % rows * h + h, i // rows * w : i // rows * w + w] = tile\n"
                "    return sheet\n",
                "run down the columns",
            ),
            Mistake(
                "a list of tiles",
                "def montage(maps, columns):\n    return [tile for tile in maps]\n",
                "not a tensor",
            ),
            Mistake(
                "an empty row too many",
                "def montage(maps, columns):\n"
                "    k, h, w = maps.shape\n"
                "    sheet = torch.zeros((k // columns + 1) * h, columns * w)\n"
                "    for i, tile in enumerate(maps):\n"
                "        r, c = i // columns * h, i % columns * w\n"
                "        sheet[r : r + h, c : c + w] = tile\n"
                "    return sheet\n",
                "empty row too many",
            ),
        ),
        setup=SETUP,
        seconds=3.0,
    ),
    Exercise(
        id="09.4",
        title="Break it, then fix it: look",
        difficulty="medium",
        minutes=10,
        task="Mend look(network, layer, images): the layer's maps in eval mode, and the network as you found it.",
        hints=(
            "Count the faults: the mode, the hook, the graph, the shared memory. What does each leave behind?",
            "record_outputs takes care of three of them. For the mode, note module.training of every module first.",
            "network.eval() comes first, then `try:` with the look, and `finally:` puts every module.training back.",
        ),
        starter=(
            "def look(network, layer, images):\n"
            "    seen = []\n"
            "    layer.register_forward_hook(lambda module, args, output: seen.append(output))\n"
            "    network(images)\n"
            "    return seen[0]\n"
        ),
        solution=(
            "def look(network, layer, images):\n"
            "    flags = {module: module.training for module in network.modules()}\n"
            "    network.eval()\n"
            "    try:\n"
            "        with torch.no_grad(), record_outputs(network, layer) as outputs:\n"
            "            network(images)\n"
            "    finally:\n"
            "        for module, training in flags.items():\n"
            "            module.training = training\n"
            "    return next(iter(outputs.values()))\n"
        ),
        alternative=(
            "def look(network, layer, images):\n"
            "    seen = []\n"
            "    modes = [(module, module.training) for module in network.modules()]\n"
            "    handle = layer.register_forward_hook(lambda m, args, out: seen.append(out.detach().clone()))\n"
            "    try:\n"
            "        network.eval()\n"
            "        network(images)\n"
            "        return seen[-1]\n"
            "    finally:\n"
            "        handle.remove()\n"
            "        for module, mode in modes:\n"
            "            module.training = mode\n"
        ),
        name="look",
        judge=judge_look,
        praise=(
            "Right: whoever looks leaves no trace. strongest_images of the package does exactly this; try it on a "
            "network with batch normalisation, in train mode."
        ),
        mistakes=(
            Mistake(
                "forgot eval",
                "def look(network, layer, images):\n"
                "    with torch.no_grad(), record_outputs(network, layer) as outputs:\n"
                "        network(images)\n"
                "    return next(iter(outputs.values()))\n",
                "without eval()",
            ),
            Mistake(
                "leaves it in eval mode",
                "def look(network, layer, images):\n"
                "    network.eval()\n"
                "    with torch.no_grad(), record_outputs(network, layer) as outputs:\n"
                "        network(images)\n"
                "    return next(iter(outputs.values()))\n",
                "eval() was not undone",
            ),
            Mistake(
                "switches everything to train",
                "def look(network, layer, images):\n"
                "    network.eval()\n"
                "    with torch.no_grad(), record_outputs(network, layer) as outputs:\n"
                "        network(images)\n"
                "    network.train()\n"
                "    return next(iter(outputs.values()))\n",
                "switches *all* layers on",
            ),
            Mistake(
                "the hook stays",
                "def look(network, layer, images):\n"
                "    seen = []\n"
                "    layer.register_forward_hook(lambda m, a, out: seen.append(out.detach().clone()))\n"
                "    network.eval()\n"
                "    network(images)\n"
                "    return seen[0]\n",
                "the hook stays",
            ),
            Mistake(
                "the graph stays",
                "def look(network, layer, images):\n"
                "    seen = []\n"
                "    modes = [(m, m.training) for m in network.modules()]\n"
                "    network.eval()\n"
                "    with layer.register_forward_hook(lambda m, a, out: seen.append(out.clone())):\n"
                "        network(images)\n"
                "    for m, mode in modes:\n"
                "        m.training = mode\n"
                "    return seen[0]\n",
                "hang on a graph",
            ),
            Mistake(
                "detach without clone",
                "def look(network, layer, images):\n"
                "    seen = []\n"
                "    modes = [(m, m.training) for m in network.modules()]\n"
                "    network.eval()\n"
                "    with layer.register_forward_hook(lambda m, a, out: seen.append(out.detach())):\n"
                "        network(images)\n"
                "    for m, mode in modes:\n"
                "        m.training = mode\n"
                "    return seen[0]\n",
                "in-place ReLU",
            ),
            Mistake(
                "only the layer in eval mode",
                _LOOK.format(eval="layer.eval()", run="with torch.no_grad():\n            network(images)", end=""),
                "looking without eval()",
            ),
            Mistake(
                "gradients stay switched off",
                _LOOK.format(
                    eval="network.eval()", run="torch.set_grad_enabled(False)\n        network(images)", end=""
                ),
                "every later backward() would fail",
            ),
            Mistake(
                "clears all hooks",
                _LOOK.format(
                    eval="network.eval()",
                    run="with torch.no_grad():\n            network(images)",
                    end="        layer._forward_hooks.clear()\n",
                ),
                "not only your own",
            ),
            Mistake(
                "no finally",
                "def look(network, layer, images):\n"
                "    modes = [(m, m.training) for m in network.modules()]\n"
                "    network.eval()\n"
                "    with torch.no_grad(), record_outputs(network, layer) as outputs:\n"
                "        network(images)\n"
                "    for m, mode in modes:\n"
                "        m.training = mode\n"
                "    return next(iter(outputs.values()))\n",
                "after an error",
            ),
        ),
        setup=SETUP,
        seconds=5.0,
    ),
    Exercise(
        id="09.5",
        title="Explore: who likes arrows?",
        difficulty="medium",
        minutes=8,
        task="Find a channel of conv3 whose eight strongest of the 1,000 pictures show at least seven arrows.",
        hints=(
            "One channel is one column of peaks; its strongest pictures have labels; count the arrows among them.",
            "A loop over range(128), and inside it topk(8).indices and many.labels, finds the best one for you.",
            "(many.labels[peaks[:, number].topk(8).indices] == names.index('arrow')).sum() counts for one channel.",
        ),
        starter="channel = ...\n",
        solution="channel = 28\n",
        alternative=(
            "from course_utils.datasets import shapes10\n"
            "from course_utils.shipped import load_shipped\n"
            "\n"
            "shipped, many = load_shipped('simplecnn_shapes10'), shapes10(count=1000, seed=900)\n"
            "arrow = shipped.class_names.index('arrow')\n"
            "with torch.no_grad(), record_outputs(shipped.model, 'conv3') as outputs:\n"
            "    shipped.model(many.images)\n"
            "best = outputs['conv3'].amax(dim=(2, 3)).topk(8, dim=0).indices\n"
            "channel = (many.labels[best] == arrow).sum(dim=0).argmax()\n"
        ),
        name="channel",
        judge=judge_arrows,
        praise=(
            "Right: this channel has a soft spot for arrows, and no other has as much. Yet without it all 100 arrows "
            "are still recognised: mask it, as in lesson 06, and count."
        ),
        mistakes=(
            Mistake("the lesson's channel 17", "channel = 17\n", "likes rings"),
            Mistake("the number of the class", "channel = 8\n", "classes and channels are not the same"),
            Mistake("the number of a picture", "channel = 760\n", "number of a picture"),
            Mistake("counts from 1", "channel = 29\n", "likes triangles"),
            Mistake("several channels", "channel = [28, 86]\n", "several came"),
            Mistake("the name of the layer", "channel = 'conv3'\n", "whole number"),
        ),
        setup=SETUP,
        seconds=20.0,
    ),
)
