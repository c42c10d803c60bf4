"""Exercises of lesson 09: kernels and feature maps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import torch
from torch import Tensor, nn

from course_utils.datasets import shapes10
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.hooks import count_hooks, record_outputs
from course_utils.shipped import load_shipped

__all__ = ["EXERCISES"]


def _numbers(*shape: int, seed: int = 9) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# 09.1


def judge_window(answer_of: Callable[[Tensor, float, Tensor], Tensor | float]) -> None:
    """The sum of kernel times window, plus the bias; one and three channels, also a bias of zero."""
    for channels, bias in ((1, 5.5), (1, 1.5), (3, -1.25), (3, 0.0)):
        kernel, window = _numbers(channels, 3, 3), _numbers(channels, 3, 3, seed=10)
        kept = kernel.clone(), window.clone()
        got, wanted = answer_of(kernel, bias, window), (kept[0] * kept[1]).sum() + bias
        value = _one_number(got)
        if not (torch.equal(kernel, kept[0]) and torch.equal(window, kept[1])):
            raise Wrong(
                got="the kernel or the window was changed",
                wanted="both as they were",
                cause="an in-place operation, such as `*=`, wrote into the learner's own weights or pixels",
                next_step="multiply into a new tensor: kernel * window",
            )
        if abs(value - float(wanted)) > 1e-4:
            raise Wrong(
                got=f"{value:.4f}",
                wanted=f"{float(wanted):.4f} (bias {bias}, {channels} channel{'s' * (channels > 1)})",
                cause=_why_not_the_sum(value, kernel, bias, window),
                next_step="multiply number by number, add everything up, add the bias once",
            )


def _one_number(got: object) -> float:
    if isinstance(got, Tensor) and got.numel() == 1:
        return float(got)
    if isinstance(got, int | float) and not isinstance(got, bool):
        return float(got)
    shape = f"shape {tuple(got.shape)}" if isinstance(got, Tensor) else got
    cause = "the products were not added up, or not over all axes"
    if got is None:
        cause = "the function returns None: is there a return?"
    if isinstance(got, Tensor) and got.ndim == 1:
        cause = "each channel was kept apart; a kernel adds up its channels too"
    raise Wrong(got=shape, wanted="one number", cause=cause, next_step=".sum() without arguments adds up all axes")


def _why_not_the_sum(got: float, kernel: Tensor, bias: float, window: Tensor) -> str:
    product = kernel * window
    likely = {
        "the bias is missing": product.sum(),
        "the bias was subtracted": product.sum() - bias,
        "the bias was added to every product, 9 times per channel": (product + bias).sum(),
        "the mean came, not the sum": product.mean() + bias,
        "the mean came, not the sum, and without the bias": product.mean(),
        "the kernel was turned upside down and left to right: that is a convolution in mathematics, but "
        "in PyTorch a convolution lays the kernel on as it is": (kernel.flip(1, 2) * window).sum() + bias,
        "rows and columns of the kernel were exchanged": (kernel.transpose(1, 2) * window).sum() + bias,
        "`@` multiplies matrices; here each number meets the one in its own place": (kernel @ window).sum() + bias,
        "ReLU cut the answer off; a convolution may answer with a negative number": (product.sum() + bias).relu(),
        "negative products were cut off": product.relu().sum() + bias,
        "the bias came in as a factor": product.sum() * bias,
        "the bias was added to the pixels, before the multiplication": (kernel * (window + bias)).sum(),
        "the signs are gone: negative products must lower the sum": product.abs().sum() + bias,
        "only the bias came": torch.tensor(bias),
        "the answer was cut to a whole number": (product.sum() + bias).trunc(),
        "the answer was rounded to a whole number": (product.sum() + bias).round(),
        "kernel and window were added, not multiplied": (kernel + window).sum() + bias,
        "the largest product came, not the sum": product.max() + bias,
        "only the first channel was used": product[0].sum() + bias,
    }
    near = [cause for cause, value in likely.items() if abs(got - float(value)) < 1e-4]
    return near[0] if near else "this is not the sum of the products plus the bias"


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


def judge_nth(nth_convolution: Callable[[nn.Module, int], str]) -> None:
    """Every convolution of two networks, by its number."""
    for what, network in _networks():
        layers = dict(network.named_modules())
        convolutions = [name for name, layer in layers.items() if isinstance(layer, nn.Conv2d)]
        for number, wanted in enumerate(convolutions, start=1):
            got = nth_convolution(network, number)
            if isinstance(got, str) and got == wanted:
                continue
            raise Wrong(
                got=got if isinstance(got, str) else f"{type(got).__name__} {got!r}"[:60],
                wanted=f"{wanted!r} for convolution {number} of {what}",
                cause=_why_not_the_nth(got, number, layers, convolutions),
                next_step="collect the names of all nn.Conv2d of named_modules() in a list, and take one of it",
            )


def _why_not_the_nth(got: object, number: int, layers: dict[str, nn.Module], convolutions: list[str]) -> str:
    if not isinstance(got, str):
        return _why_not_a_name(got)
    if got in convolutions:
        return _why_another_convolution(convolutions.index(got) + 1, number)
    if got in layers and not isinstance(layers[got], nn.Conv2d):
        at = " (all modules were counted, not only convolutions)" if number in _places(list(layers), got) else ""
        return f"{got!r} is a {type(layers[got]).__name__}, not a Conv2d{at}"
    if any(name.endswith("." + got) for name in convolutions):
        return "only the last part of the name came; a dotted name tells the way from the top"
    return f"this network has no layer of the name {got!r}; search in the network that is given"


def _why_not_a_name(got: object) -> str:
    if isinstance(got, nn.Module):
        return "the layer itself came; the task asks for its name"
    likely = {
        type(None): "the function returns None: is there a return, and is it reached?",
        int: "a number came; the task asks for the dotted name, a text",
        list: "the whole list came; the task asks for one of its names",
        tuple: "the pair of name and layer came; the task asks for the name alone",
    }
    return likely.get(type(got), f"the name is a text, and this is of type {type(got).__name__}")


def _why_another_convolution(came: int, number: int) -> str:
    if came == number + 1:
        return "it is one convolution too late: you counted from 0, the task counts from 1"
    if came == 1:
        return "always the first convolution: the search ends at once, or does not count"
    return "it is another convolution of the network"


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
        got, wanted = montage(maps, columns), _montage(kept, columns)
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
            wanted=f"a sheet of shape {tuple(wanted.shape)} for {shape[0]} maps of {shape[1]}x{shape[2]}, "
            f"{columns} in a row",
            cause=_why_not_the_montage(got, wanted, kept, columns),
            next_step="tile number i belongs into row i // columns and column i % columns",
        )


def _montage(maps: Tensor, columns: int) -> Tensor:
    count, height, width = maps.shape
    rows = -(-count // columns)
    full = torch.cat([maps, maps.new_zeros(rows * columns - count, height, width)])
    return full.reshape(rows, columns, height, width).transpose(1, 2).reshape(rows * height, columns * width)


def _why_not_the_montage(got: object, wanted: Tensor, maps: Tensor, columns: int) -> str:
    count, height = maps.shape[:2]
    if not isinstance(got, Tensor):
        return f"it is of type {type(got).__name__}, not a tensor" + (": is there a return?" if got is None else "")
    if got.shape != wanted.shape:
        return _why_not_the_shape(tuple(got.shape), wanted, maps, columns)
    likely = {
        "the numbers were poured row by row over the whole sheet, and the tiles are torn apart: reshape alone "
        "does not know tiles, the axes must be moved first": _poured(maps, wanted),
        "the tiles run down the columns; in reading order they run along the rows": _down_the_columns(maps, columns),
        "every tile was stretched to its own maximum: a colour scale per tile; the values stay as they are": _montage(
            maps / maps.abs().amax(dim=(1, 2), keepdim=True), columns
        ),
        "every tile was stretched to 0..1: a colour scale per tile; the values stay as they are": _montage(
            _stretched(maps), columns
        ),
        "the whole sheet was stretched; the values stay as they are": wanted / maps.max(),
        "negative values were cut off": wanted.relu(),
        "the signs are gone; the values stay as they are": wanted.abs(),
    }
    near = [cause for cause, sheet in likely.items() if torch.allclose(got.float(), sheet, atol=1e-5)]
    if near:
        return near[0]
    tiles = _montage(torch.ones_like(maps), columns).bool()
    if torch.allclose(got.float()[tiles], wanted[tiles], atol=1e-5):
        return "the tiles are right; the empty places of the last row must be zero"
    if count % columns and torch.allclose(got[:height].float(), wanted[:height], atol=1e-5):
        return "the first row is right, the last one is not: it must end with zeros where there is no tile"
    return "tiles or numbers are not where they belong"


def _why_not_the_shape(got: tuple[int, ...], wanted: Tensor, maps: Tensor, columns: int) -> str:
    if len(got) != 2:
        return "the tiles are still on axes of their own; one sheet has two axes"
    count, height, width = maps.shape
    rows = -(-count // columns)
    if got in ((height, count * width), (count * height, width)):
        return f"all tiles stand in one line; the task asks for {columns} in a row"
    if got in ((wanted.shape[1], wanted.shape[0]), (columns * height, rows * width)):
        return "rows and columns of the sheet were exchanged"
    if got in (
        (rows * (height + 1), columns * (width + 1)),
        (wanted.shape[0] + rows - 1, wanted.shape[1] + columns - 1),
    ):
        return "there are lines between the tiles; here they touch each other"
    if count % columns and got[0] < wanted.shape[0]:
        return "the last row, which is not full, was cut off: count // columns rounds down"
    if not count % columns and got[0] > wanted.shape[0]:
        return "there is an empty row too many: count // columns + 1 is right only if the last row is not full"
    return "the sheet has another number of rows or columns of tiles"


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


def judge_look(look: Callable[[nn.Module, str | nn.Module, Tensor], Tensor]) -> None:
    """The right maps, twice the same; flags, running statistics and hooks as before, after an error too."""
    images = torch.rand(3, 2, 6, 6, generator=torch.Generator().manual_seed(9))
    for name, training in (("norm", True), ("conv", False), ("norm", False)):
        network = _moody().train(training)
        network.drop.eval()  # a network that is partly in training: each layer gets its own flag back
        network.relu.train()
        flags, state = _flags(network), {key: value.clone() for key, value in network.state_dict().items()}
        layer = network.get_submodule(name)  # a module, as the starter takes it
        got = look(network, layer, images)
        _demand_nothing_left(network, "after the call")
        _demand_state(network, state, flags)
        _demand_maps(got, _moody(), name, images)
        again = look(network, layer, images)
        if not isinstance(again, Tensor) or not torch.equal(got, again):
            raise Wrong(
                got="other maps at the second look",
                wanted="the same maps, for the same pictures",
                cause="dropout or batch normalisation is still in train mode",
                next_step="call network.eval() before the pictures go in",
            )
    _judge_failure(look, images)


def _flags(network: nn.Module) -> dict[str, bool]:
    return {name: module.training for name, module in network.named_modules()}


def _demand_maps(got: object, fresh: nn.Module, name: str, images: Tensor) -> None:
    """Raise Wrong unless ``got`` is what the layer returns in eval mode, as a tensor without a graph."""
    if not isinstance(got, Tensor):
        cause = "the function returns None: is there a return?" if got is None else "the maps of one layer are a tensor"
        raise Wrong(got=got, wanted="the maps, a tensor", cause=cause, next_step="return what the layer returned")
    with torch.no_grad(), record_outputs(fresh.eval(), name) as outputs:
        fresh(images)
    wanted = outputs[name]
    if got.requires_grad:
        raise Wrong(
            got=f"maps that hang on a graph ({got.grad_fn.name() if got.grad_fn else 'they require a gradient'})",
            wanted="maps without a graph",
            cause="the network ran with gradients, and the record was not detached: every record keeps its graph",
            next_step="run under torch.no_grad(), or store output.detach().clone()",
        )
    if got.shape == wanted.shape and torch.allclose(got, wanted, atol=1e-5):
        return
    raise Wrong(got=got, wanted=wanted, cause=_why_other_maps(got, wanted), next_step="eval(), then look, then copy")


def _why_other_maps(got: Tensor, wanted: Tensor) -> str:
    if got.shape != wanted.shape:
        return "this is not the whole output of the layer for the batch"
    if torch.allclose(got, wanted.relu(), atol=1e-5):
        return (
            "the negative numbers are gone: an in-place ReLU behind the layer has overwritten the record, "
            "because detach() shares memory; store detach().clone()"
        )
    return "these maps depend on dropout or on the batch: the network looked in train mode, without eval()"


def _demand_nothing_left(network: nn.Module, when: str) -> None:
    left = count_hooks(network)
    if left:
        raise Wrong(
            got=f"{left} hook{'s' * (left > 1)} on the network {when}",
            wanted="none",
            cause="register_forward_hook without remove(): the hook stays, and each call adds one"
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


@cache
def _favourites() -> tuple[tuple[str, ...], ...]:
    """Return for each channel of conv3 the class names of its eight strongest of the lesson's 1,000 pictures."""
    model, data = load_shipped("simplecnn_shapes10").model, shapes10(count=1000, seed=900)
    peaks = []
    for batch in data.images.split(250):
        with torch.no_grad(), record_outputs(model, "conv3") as outputs:
            model(batch)
        peaks.append(outputs["conv3"].amax(dim=(2, 3)))
    labels = data.labels[torch.cat(peaks).topk(8, dim=0).indices].T.tolist()
    return tuple(tuple(data.class_names[label] for label in row) for row in labels)


def judge_arrows(channel: object) -> None:
    """A whole number from 0 to 127 whose channel has at least seven arrows among its eight strongest pictures."""
    wanted = "a channel of conv3 with at least 7 arrows among its 8 strongest pictures"
    next_step = "count (many.labels[peaks[:, number].topk(8).indices] == arrow) for every number from 0 to 127"
    if isinstance(channel, Tensor) and channel.numel() == 1 and not channel.is_floating_point():
        channel = int(channel)
    if isinstance(channel, bool) or not isinstance(channel, int):
        cause = (
            "the task asks for one channel, and several came"
            if isinstance(channel, list | tuple | set | Tensor)
            else "the number of a channel is a whole number"
        )
        raise Wrong(got=channel, wanted=wanted, cause=cause, next_step="hand in one whole number")
    if not 0 <= channel < 128:
        cause = (
            "this is the number of a picture, not of a channel: topk(...).indices along the pictures, axis 0"
            if 128 <= channel < 1000
            else "conv3 has the channels 0 to 127"
        )
        raise Wrong(got=channel, wanted=wanted, cause=cause, next_step=next_step)
    liked = Counter(_favourites()[channel])
    if liked["arrow"] >= 7:
        return
    favourite, count = liked.most_common(1)[0]
    cause = f"this channel likes {favourite}s: {count} of its 8 strongest pictures; arrows: {liked['arrow']}"
    if favourite == "arrow":
        cause = f"arrows lead, but only with {count} of the 8 strongest pictures"
    if channel == 8:
        cause += "; 8 is the class number of arrow, too: classes and channels are not the same"
    raise Wrong(got=f"channel {channel}", wanted=wanted, cause=cause, next_step=next_step)


SETUP = "import torch\nfrom torch import nn\n\nfrom course_utils.hooks import record_outputs\n"

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
