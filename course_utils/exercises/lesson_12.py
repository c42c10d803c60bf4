"""Exercises of lesson 12: what a map's value stands for, undoing a normalisation, loading without overwriting."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from course_utils.datasets import photos
from course_utils.exercises import findings
from course_utils.exercises.diagnosis.axes import demand_tensor_of_shape
from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import Step, listed, recipe_of, respect
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.numbers import demand_one_number
from course_utils.exercises.diagnosis.trying import ran, why_sizes, works
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.guard import names_used
from course_utils.exercises.shown import safely, shown
from course_utils.exercises.time_limit import TimeIsUp
from course_utils.panels.draw_and_explain import Scene, State, explained
from course_utils.shipped import load_shipped

__all__ = ["EXERCISES"]


# 12.1

ONE_BLOCK = "the number of pixels in one block"


def judge_pixels(answer: object) -> None:
    """A value of an 8x8 map stands for 4x4 pixels."""
    number = demand_one_number(_read(answer), ONE_BLOCK)
    if number != 16:
        raise Wrong(
            got=f"{number:g}",
            wanted=ONE_BLOCK,
            cause=_why_not_the_pixels(number),
            next_step="32 / 8 pixels high, and as wide; multiply the two",
        )


def _read(answer: object) -> object:
    """Return the answer; two sides of a block are told what is still to be done with them."""
    if (isinstance(answer, str) and re.fullmatch(r"\s*4\s*[x*×]\s*4\s*", answer)) or answer in ((4, 4), [4, 4]):
        raise Wrong(
            got=shown(answer),
            wanted=ONE_BLOCK,
            cause="these are the two sides of a block; how many pixels is that?",
            next_step="multiply the two, and hand in one number",
        )
    return answer


OTHER_PIXELS = {
    4: "4 is the length of the block's side; a block has height and width",
    64: "64 is the number of values in the map",
    1024: "1024 is the number of pixels of the whole picture",
    8: "8 is the side of the map",
    32: "32 is the side of the picture; the map has more than one value",
    1: "the overlay is smooth, but it was enlarged from 8x8 values",
    24: "32 - 8: the sides were subtracted; how often does one fit into the other?",
    128: "128 is 32 * 32 / 8: the pixels were divided by one side of the map, not by all its values",
    0.5: "32 / 64: one side of the picture was divided by all values of the map",
    256: "256 is 32 * 8: the sides were multiplied; how often does one fit into the other?",
    48: "48 counts red, green and blue one by one; the three belong to one pixel",
    3072: "3072 counts the colour values of the whole picture",
    192: "192 is 8 * 8 * 3: values of the map times colours",
    9: "9 is the 3x3 of a kernel; a value of the map stands for a block of the picture",
    1 / 16: "this is upside down: the map's values divided by the picture's pixels",
    1 / 4: "this is upside down: the map's side divided by the picture's side",
    12: "12 counts the pixels along the border of a block, or adds sides; a block is filled",
    2: "2 is the factor of one pooling; two of them lie before conv3, in both directions",
    1.5625: "this is a percentage of the picture; pixels were asked for",
    1 / 64: "this is the block's share of the picture; pixels were asked for",
}


def _why_not_the_pixels(number: float) -> str:
    if number in OTHER_PIXELS:
        return OTHER_PIXELS[number]
    if number <= 0:
        return "a number of pixels is above 0: something was subtracted the wrong way round"
    if number != int(number):
        return "no whole number: the division of the picture by the map comes out even"
    verdict = "too few" if number < 16 else "too many"
    return f"{verdict}: 64 values with {number:g} pixels each are {64 * number:g} pixels, and the picture has 32 * 32"


# 12.2

MEAN, STD = [0.1, 0.5, 0.8], [0.2, 0.3, 0.4]
SIDES = {3: "channels", 4: "rows", 5: "columns"}


def _column(numbers: object) -> Tensor:
    return torch.as_tensor(numbers).view(3, 1, 1)


def judge_to_picture(answer: Callable[..., Tensor]) -> None:
    """(normalised * std + mean), per channel, clipped to [0, 1]; lists or tuples; the input stays."""
    demand_function(answer, "to_picture(normalised, mean, std)")
    picture = torch.rand(3, 4, 5, generator=torch.Generator().manual_seed(12))
    normalised = (picture - _column(MEAN)) / _column(STD)
    got = _picture_from(answer, normalised)
    if not torch.allclose(got, picture, atol=1e-5):
        raise Wrong(
            got=_first_pixels(got),
            wanted=_first_pixels(picture),
            cause=_why_not_the_picture(got, normalised, picture),
            next_step="turn (image - mean) / std around: first times std, then plus mean",
        )
    _check_edges(answer, normalised * 1000)


def _first_pixels(picture: Tensor) -> str:
    return f"{listed(picture[:, 0, 0])} for the first pixel (red, green, blue)"


def _picture_from(answer: Callable[..., Tensor], normalised: Tensor) -> Tensor:
    """Return what the function gives; it must be a picture of the same shape, and what was given must stay."""
    kept, wanted = normalised.clone(), "the picture, for mean and std as lists of three numbers"
    got = ran(lambda: answer(normalised, MEAN, STD), lambda error: _why_picture_raises(answer, error, kept), wanted)
    if not torch.equal(normalised, kept):
        raise Wrong(
            got="the caller's tensor was changed",
            wanted="a new tensor",
            cause="an in-place operation (mul_, +=, clamp_, x[...] = ...) wrote into the input",
            next_step="use * and +, not *= and +=",
        )
    got = demand_tensor_of_shape(answer, got, (3, 4, 5), ("channels", "rows", "columns"))
    if not got.is_floating_point():
        raise Wrong(
            got=f"{str(got.dtype).removeprefix('torch.')}, from {got.min()} to {got.max()}",
            wanted="decimal numbers in [0, 1]",
            cause="whole numbers came: bytes from 0 to 255, or True and False; the result lies in [0, 1]",
            next_step="leave out the conversion to bytes and the factor 255",
        )
    return got


def _why_picture_raises(answer: Callable[..., Tensor], error: Exception, normalised: Tensor) -> str:
    """Find out with which mean, std and size it would work; what it would give then may be wrong as well."""
    need, works_with = _why_not_with_lists(answer, error, normalised)
    if not need:
        return why_sizes(error, SIDES)
    if works_with:
        got, picture = answer(normalised.clone(), *works_with), normalised * _column(STD) + _column(MEAN)
        if isinstance(got, Tensor) and got.shape == picture.shape and not same_absolute(got, picture.clamp(0, 1)):
            return f"{need}; besides, {_why_not_the_picture(got, normalised, picture)}"
    return need


def _why_not_with_lists(
    answer: Callable[..., Tensor], error: Exception, normalised: Tensor
) -> tuple[str, tuple[Tensor, Tensor] | None]:
    """Return why it raises, and with which mean and std it does not."""
    column = _column(MEAN), _column(STD)
    fits = column if works(lambda: answer(normalised.clone(), *column)) else None
    lined_up = "the three numbers were lined up with the {} axis, not with the channels: make them (3, 1, 1)"
    for shape, axis in (((3, 4, 3), "last"), ((3, 3, 5), "rows'")):
        if works(lambda shape=shape: answer(torch.rand(shape), MEAN, STD)):
            return lined_up.format(axis), fits
    small = works(lambda: answer(torch.rand(3, 9, 9), MEAN, STD))
    if works(lambda: answer(torch.rand(3, 32, 32), MEAN, STD)) and not small:
        return "this works for 32x32 pixels only: the size is written into the code; this picture has 4x5", None
    lists = "mean and std are lists here, three numbers each, and a list does not calculate: make {} of them"
    flat = torch.tensor(MEAN), torch.tensor(STD)
    if works(lambda: answer(normalised.clone(), *flat)):
        return lists.format("tensors"), flat
    if fits and isinstance(error, TypeError):
        return lists.format("(3, 1, 1) tensors"), fits
    return "", None


def _why_not_the_picture(got: Tensor, normalised: Tensor, picture: Tensor) -> str:
    undo = {
        "": lambda n: n * _column(STD) + _column(MEAN),
        "the mean was added before multiplying with std": lambda n: (n + _column(MEAN)) * _column(STD),
        "the picture was normalised a second time": lambda n: (n - _column(MEAN)) / _column(STD),
        "the mean was subtracted; undoing adds it": lambda n: n * _column(STD) - _column(MEAN),
        "the mean was subtracted before multiplying": lambda n: (n - _column(MEAN)) * _column(STD),
        "this divides by std; undoing multiplies": lambda n: n / _column(STD) + _column(MEAN),
        "the mean was added first, and this divides by std": lambda n: (n + _column(MEAN)) / _column(STD),
        "mean and std are swapped: mean was multiplied with, std added": lambda n: n * _column(MEAN) + _column(STD),
        "the square of std (the variance) was used": lambda n: n * _column(STD) ** 2 + _column(MEAN),
        "the root of std was used": lambda n: n * _column(STD).sqrt() + _column(MEAN),
        "the mean is not added": lambda n: n * _column(STD),
        "std is not multiplied with": lambda n: n + _column(MEAN),
        "nothing was undone, only cut off": lambda n: n,
        "the product was subtracted from the mean": lambda n: _column(MEAN) - n * _column(STD),
        "it was cut off at -1 and 1 first and undone afterwards": lambda n: (
            n.clamp(-1, 1) * _column(STD) + _column(MEAN)
        ),
        "it was cut off first and undone afterwards": lambda n: n.clamp(0, 1) * _column(STD) + _column(MEAN),
    } | _undone_with_other_numbers()
    return recipe_of(got, normalised, (undo, ENDS)) or respect(got, picture, ("red", "green", "blue"))


def _undone_with_other_numbers() -> dict[str, Step]:
    """Return the right formula with numbers that are not those of the channels."""
    mean, std = torch.tensor(MEAN), torch.tensor(STD)
    cifar, imagenet = (
        ([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]),
        ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    )

    def using(mean: Tensor, std: Tensor) -> Step:
        return lambda n: n * std.view(-1, 1, 1) + mean.view(-1, 1, 1)

    return {
        "0.5 was used for all channels; mean and std were not": using(torch.tensor([0.5]), torch.tensor([0.5])),
        "the channels' numbers are in reverse order (blue, green, red)": using(mean.flip(0), std.flip(0)),
        "one average of mean and std was used for all channels": using(mean.mean()[None], std.mean()[None]),
        "the first channel's numbers were used for all": using(mean[:1], std[:1]),
        "the last channel's numbers were used for all": using(mean[-1:], std[-1:]),
        "CIFAR-10's numbers are written into the code; mean and std were not used": using(*map(torch.tensor, cifar)),
        "ImageNet's numbers are written into the code; mean and std were not used": using(*map(torch.tensor, imagenet)),
        "this uses the mean and the standard deviation of the picture that came in": lambda n: (
            n * n.std(dim=(1, 2), keepdim=True) + n.mean(dim=(1, 2), keepdim=True)
        ),
        "this uses one mean and one standard deviation of the whole picture that came in": lambda n: (
            n * n.std() + n.mean()
        ),
    }


def _stretched(picture: Tensor, axes: tuple[int, ...] = (0, 1, 2)) -> Tensor:
    low, high = picture.amin(dim=axes, keepdim=True), picture.amax(dim=axes, keepdim=True)
    return (picture - low) / (high - low)


CUT: dict[str, Step] = {"": lambda x: x.clamp(0, 1)}
ENDS: dict[str, Step] = CUT | {
    "nothing is cut off at 0 and 1": lambda x: x,
    "only below 0 is cut off, not above 1": lambda x: x.clamp(min=0),
    "only above 1 is cut off, not below 0": lambda x: x.clamp(max=1),
    "the picture is stretched between its darkest and its brightest value (min, max), not cut off": _stretched,
    "each channel is stretched between its own min and max, not cut off": lambda x: _stretched(x, (1, 2)),
    "sigmoid squeezes every value; cutting off leaves those in [0, 1] alone": torch.sigmoid,
    "the picture was divided by its largest value, not cut off": lambda x: x / x.max(),
    "tanh squeezes every value; cutting off leaves those in [0, 1] alone": torch.tanh,
    "values outside wrap around (% 1) instead of being cut off": lambda x: x % 1,
    "negative values were mirrored (abs), not set to 0": lambda x: x.abs().clamp(max=1),
    "values above 1 became 0, black; cut off, they stay 1, white": lambda x: x.where(x <= 1, 0.0).clamp(min=0),
    "values outside became 0; cut off, those above 1 stay 1": lambda x: x.where((x <= 1) & (x >= 0), 0.0),
    "the result was divided by 255; it was in [0, 1] already": lambda x: x.clamp(0, 1) / 255,
    "the result was multiplied by 255; the task wants [0, 1]": lambda x: x.clamp(0, 1) * 255,
    "the result was rounded to 0 and 1": lambda x: x.clamp(0, 1).round(),
    "the picture is upside down in its values: 1 minus it": lambda x: 1 - x.clamp(0, 1),
    "it was cut off at -1 and 1, not at 0 and 1": lambda x: x.clamp(-1, 1),
    "it was cut off at 0 and 255, not at 0 and 1": lambda x: x.clamp(0, 255),
    "softmax over the channels makes their sum 1; nothing of that was asked for": lambda x: x.softmax(dim=0),
}


def _check_edges(answer: Callable[..., Tensor], wild: Tensor) -> None:
    """Values outside [0, 1] are cut off, not stretched and not wrapped around."""
    got, undone = _picture_from(answer, wild.clone()), wild * _column(STD) + _column(MEAN)
    if torch.allclose(got, undone.clamp(0, 1), atol=1e-5):
        return
    outside = "right for a picture in [0, 1], wrong for one that goes far outside: "
    cause = recipe_of(got, undone, (ENDS,), slack=1e-3) or _stretched_only_then(got, undone, wild)
    wraps = "; as bytes such values would wrap around, black becoming white" if got.min() < 0 or got.max() > 1 else ""
    raise Wrong(
        got=f"values from {got.min():.4g} to {got.max():.4g} for a picture that goes from {undone.min():.4g} to "
        f"{undone.max():.4g}",
        wanted="each value cut off at 0 and 1, whatever comes in",
        cause=(cause or outside + respect(got, undone.clamp(0, 1))) + wraps,
        next_step="clamp(0, 1) at the end",
    )


def _stretched_only_then(got: Tensor, undone: Tensor, wild: Tensor) -> str:
    if same_absolute(got, (wild.clamp(0, 1) * _column(STD) + _column(MEAN)), 1e-3):
        return "it was cut off before undoing, so the result is not"
    if same_absolute(got, undone / undone.abs().max(), 1e-3) or same_absolute(got, undone / undone.max(), 1e-3):
        return "the picture was divided by its largest value; cut off, the values in [0, 1] stay as they are"
    return ""


# 12.3

MISSING = "no file: train_and_save, once, and its network"


class _Disk:
    """A file that may be there, and what was done with it; ``load`` raises ``error`` if it is given one."""

    def __init__(self, folder: str, content: str | None, error: BaseException | None = None) -> None:
        self.path, self.error = Path(folder) / "network.pt", error
        self.done: list[str] = []
        self.odd: list[str] = []  # calls with something else than the path
        self.path.unlink(missing_ok=True)
        if content is not None:
            self.path.write_text(content)

    def load(self, *given: object, **named: object) -> str:
        """Return the file's network, or raise what loading raises."""
        self._note("load", given, named)
        if not self.path.exists():
            raise FileNotFoundError("no file")
        if self.error is not None:
            raise self.error
        return f"{self.path.read_text()} network"

    def train_and_save(self, *given: object, **named: object) -> str:
        """Write the file anew, and return its network."""
        self._note("train_and_save", given, named)
        self.path.write_text("trained")
        return "trained network"

    def _note(self, name: str, given: tuple[object, ...], named: dict[str, object]) -> None:
        self.done.append(name)
        values = (*given, *named.values())
        if len(values) != 1 or str(values[0]) != str(self.path):
            self.odd.append(f"{name}({', '.join(shown(value) for value in values)})")

    def ask(self, answer: Callable[..., object]) -> tuple[object, BaseException | None]:
        """Return what the learner's function gives, and what it raises."""
        got, raised = None, None
        try:
            got = answer(self.path, self.load, self.train_and_save)
        except TimeIsUp:
            raise
        except BaseException as error:  # noqa: BLE001 - Ctrl-C is one of the errors that must get through
            raised = error
        if self.odd:
            if self.odd[0].endswith("network')"):
                why = "what train_and_save or load gave back, a network, went in where the path is wanted"
            else:
                why = "nothing went in" if self.odd[0].endswith("()") else "another thing than the path went in"
            raise Wrong(
                got=self.odd[0].replace(str(self.path), "path"),
                wanted="load(path) and train_and_save(path)",
                cause=f"{why}: both functions are called with the path, and with nothing else",
                next_step="hand on the path that get_model was given",
            )
        return got, raised


def judge_get_model(answer: Callable[..., object]) -> None:
    """Train only if there is no file; let every other error through; never write over a file."""
    demand_function(answer, "get_model(path, load, train_and_save)")
    with TemporaryDirectory() as folder:
        _judge_missing(answer, _Disk(folder, None))
        _judge_present(answer, _Disk(folder, "loaded"))
        errors = (
            ValueError("damaged"),
            RuntimeError("another network's weights"),
            PermissionError("not yours"),
            FileNotFoundError("a part is missing"),
            KeyboardInterrupt(),
        )
        _judge_errors(answer, folder, errors)


def _judge_missing(answer: Callable[..., object], disk: _Disk) -> None:
    got, raised = disk.ask(answer)
    if raised is not None and not isinstance(raised, FileNotFoundError):
        raise raised
    if raised is not None or got != "trained network" or disk.done.count("train_and_save") != 1:
        done = " and ".join(f"{name}(path)" for name in disk.done) or "neither load nor train_and_save"
        came = "a FileNotFoundError" if raised is not None else _named(got, disk)
        raise Wrong(
            got=f"without a file: {came}, after {done}",
            wanted=MISSING,
            cause=_why_not_trained(answer, disk, got, raised),
            next_step="ask path.exists() first, then load or train_and_save, and return what it gives",
        )


def _named(got: object, disk: _Disk) -> str:
    """Return the result in words; the two functions are called by their names."""
    given = {disk.load: "the function load", disk.train_and_save: "the function train_and_save"}
    return next((name for function, name in given.items() if got == function), shown(got))


def _why_not_trained(answer: Callable[..., object], disk: _Disk, got: object, raised: BaseException | None) -> str:
    if raised is not None:
        return _why_missing_raises(answer, disk)
    if got in (disk.load, disk.train_and_save):
        return "load and train_and_save were handed back, not called: (path) is missing behind the name"
    if isinstance(got, BaseException):
        return "the error was caught and handed back like a network; a missing file is the one reason to train"
    trained = disk.done.count("train_and_save")
    if trained > 1:
        return "train_and_save was called more than once: hours of work, done twice"
    if trained and got is None:
        return "the result is None: is there a return? It was trained, and the network was not handed back"
    if trained:
        return "it was trained, but something else than the network was handed back"
    return "there is no file yet: train_and_save has to be called, and nothing called it"


ASKS = {"exists", "is_file", "isfile", "is_dir", "isdir", "lexists", "access"}


def _why_missing_raises(answer: Callable[..., object], disk: _Disk) -> str:
    names, there = names_used(answer), _Disk(str(disk.path.parent), "loaded")
    caught = {name for name in names if name.endswith(("Error", "Exception", "Interrupt"))}
    if not disk.done and ASKS & names:
        return "it raises an error itself where there is no file; that is the one case in which to train"
    if not disk.done:
        return "the missing file was opened, or asked for its size, before anybody asked whether it exists"
    if "train_and_save" in disk.done:
        return "it was trained first, and then an error was raised all the same"
    if ASKS & names:
        if safely(lambda: there.ask(answer)[0], "") == "loaded network":
            return "the condition is true with a file and without: `exists` without (), or another path was asked"
        return "the condition is the wrong way round: it loads where there is no file, and trains where there is one"
    if "FileNotFoundError" in caught:
        return "the FileNotFoundError was caught and raised again; a missing file is the one reason to train"
    if caught:
        return f"`except` names {' and '.join(sorted(caught))}; a missing file raises FileNotFoundError, which gets by"
    return (
        "load was called without a file, and nothing ever trains: load never gives None, a path is always true, and a "
        "missing file is the one reason to train"
    )


def _judge_present(answer: Callable[..., object], disk: _Disk) -> None:
    got, raised = disk.ask(answer)
    if raised is not None:
        raise raised
    if got != "loaded network" or disk.done != ["load"] or not disk.path.exists():
        done = " and ".join(f"{name}(path)" for name in disk.done) or "neither load nor train_and_save"
        raise Wrong(
            got=f"with a file: {_named(got, disk)}, after {done}",
            wanted="with a file: 'loaded network', after load(path), and no training",
            cause=_why_not_loaded(answer, disk, got),
            next_step="ask path.exists() first, then load or train_and_save, and return what it gives",
        )


def _why_not_loaded(answer: Callable[..., object], disk: _Disk, got: object) -> str:
    names, overwritten = names_used(answer), "the file is there and fine: load it, and do not train; "
    if {"unlink", "remove", "rmtree", "rename", "replace"} & names:
        return overwritten + "here it was deleted or moved first"
    if "train_and_save" in disk.done:
        return overwritten + _why_trained(disk, names)
    if got == disk.load:
        return "load was handed back, not called: (path) is missing behind the name"
    if got is None and disk.done:
        return "the result is None: is there a return? The file was loaded, and its network was not handed back"
    if not disk.done:
        return "the file is there and fine, and nothing loads it"
    if disk.done == ["load"]:
        return "it was loaded, and something else than the network that load gave was handed back"
    return "it was loaded more than once"


def _why_trained(disk: _Disk, names: set[str]) -> str:
    if disk.done[0] == "train_and_save" and "load" in disk.done:
        return "training comes first here, whatever lies on the disk, and writes over the file"
    if disk.done[0] == "load":
        return "loading worked, and then it was trained all the same: a finally, or a missing return or else"
    if {"is_dir", "isdir"} & names:
        return "is_dir asks for a folder, and a file is none: exists or is_file is meant"
    if ASKS & names:
        return "the condition is not true for it (another path or name, its size, is asked), or both branches train"
    return "load is never called for it: it trains with a file and without"


def _judge_errors(answer: Callable[..., object], folder: str, errors: tuple[BaseException, ...]) -> None:
    overwritten, swallowed, replaced = [], {}, {}
    for error in errors:
        disk, kind = _Disk(folder, "loaded", error), type(error).__name__
        got, raised = disk.ask(answer)
        if not disk.path.exists() or disk.path.read_text() != "loaded":
            overwritten.append(kind)
        elif raised is None:
            swallowed[kind] = shown(got)
        elif type(raised) is not type(error):
            if error not in (raised.__context__, raised.__cause__):
                raise raised
            replaced[kind] = type(raised).__name__
    if overwritten and not (swallowed and overwritten == ["FileNotFoundError"]):
        _tell_overwritten(overwritten)
    if swallowed or replaced:
        _tell_kept_back(swallowed, replaced)


def _tell_overwritten(kinds: list[str]) -> None:
    if kinds == ["FileNotFoundError"]:
        why = "a FileNotFoundError may also come from inside a file that is there; only path.exists() tells"
    elif "KeyboardInterrupt" in kinds:
        why = "everything is caught, Ctrl-C included (a bare except, or BaseException), or finally trains in any case"
    elif set(kinds) == {"PermissionError", "FileNotFoundError"}:
        why = "OSError is wider than it looks: a file without permission is an OSError, too"
    elif "ValueError" in kinds and "RuntimeError" in kinds:
        why = "`except Exception` takes every error for a missing file"
    else:
        why = f"`except` takes {' and '.join(kinds)} for a missing file"
    raise Wrong(
        got=f"after {_an(kinds[0])} while loading, the file was overwritten"
        + (f" (also after {', '.join(kinds[1:])})" if kinds[1:] else ""),
        wanted="the file as it was, and the error at the caller",
        cause=f"{why}; an error in an existing file is not a reason to train, for the file may be somebody's work",
        next_step="train only if path.exists() is False",
    )


def _an(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIO' else 'a'} {kind}"


def _tell_kept_back(swallowed: dict[str, str], replaced: dict[str, str]) -> None:
    if swallowed:
        kind, got = next(iter(swallowed.items()))
        raise Wrong(
            got=f"{_an(kind)} while loading was swallowed, and {got} came back",
            wanted=f"the {kind}, at the caller",
            cause=f"an except catches what this function cannot mend ({', '.join(swallowed)}); printing is not raising",
            next_step="no try at all: ask path.exists() first",
        )
    kind, instead = next(iter(replaced.items()))
    raise Wrong(
        got=f"{_an(instead)}, raised while {_an(kind)} was handled",
        wanted=f"the {kind} itself, at the caller",
        cause="the error was caught and replaced by another one, so the caller cannot tell any more what was wrong",
        next_step="no try at all: ask path.exists() first",
    )


PIXELS = Exercise(
    id="12.1",
    title="What one value stands for",
    difficulty="easy",
    minutes=2,
    task="pixels_per_value: how many pixels of a 32x32 picture one value of an 8x8 map stands for.",
    hints=(
        "Cut the picture into as many equal blocks as the map has values.",
        "A block is 32 / 8 pixels high.",
        "It is as wide as it is high: multiply.",
    ),
    starter="pixels_per_value = ...",
    solution="pixels_per_value = (32 // 8) ** 2",
    alternative="pixels_per_value = 32 * 32 / (8 * 8)",
    name="pixels_per_value",
    judge=judge_pixels,
    praise="Right: 4x4 pixels share one value; keep that in mind when an overlay looks sharp.",
    mistakes=(
        Mistake("one side of the map", "pixels_per_value = 32 * 32 / 8", "one side of the map"),
        Mistake("subtracted", "pixels_per_value = 32 - 8", "subtracted"),
        Mistake("colours counted", "pixels_per_value = 4 * 4 * 3", "red, green and blue"),
        Mistake("upside down", "pixels_per_value = 8 * 8 / (32 * 32)", "upside down"),
        Mistake("one too few", "pixels_per_value = 15", "960 pixels"),
        Mistake("the sides", "pixels_per_value = (4, 4)", "two sides of a block"),
        Mistake("a text", "pixels_per_value = '16'", "quotes make it a text"),
        Mistake("only the side", "pixels_per_value = 32 // 8", "height and width"),
        Mistake("values of the map", "pixels_per_value = 8 * 8", "number of values"),
        Mistake("believes the overlay", "pixels_per_value = 1", "enlarged"),
    ),
)

_TO = (
    "def to_picture(normalised, mean, std):\n    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (mean, std))\n    "
)

TO_PICTURE = Exercise(
    id="12.2",
    title="Undo a normalisation",
    difficulty="medium",
    minutes=8,
    task="to_picture(normalised, mean, std): the picture in [0, 1] again; (3, H, W), and two lists of 3 numbers.",
    hints=(
        "Normalising was (image - mean) / std, channel by channel. Solve it for image.",
        "torch.tensor(mean).view(3, 1, 1) gives each channel its own number; clamp cuts off.",
        "normalised * std + mean, and then clamp(0, 1)",
    ),
    starter="def to_picture(normalised, mean, std):\n    ...",
    solution=_TO + "return (normalised * std + mean).clamp(0, 1)",
    alternative="""def to_picture(normalised, mean, std):
    channels = [channel * s + m for channel, m, s in zip(normalised, mean, std)]
    return torch.stack(channels).clip(min=0, max=1)""",
    name="to_picture",
    judge=judge_to_picture,
    praise="Right: first times std, then plus mean, then cut off, so that no byte can wrap around.",
    mistakes=(
        Mistake("swapped", _TO + "return (normalised * mean + std).clamp(0, 1)", "mean and std are swapped"),
        Mistake(
            "numbers on the last axis",
            "def to_picture(normalised, mean, std):\n"
            "    return (normalised * torch.tensor(std) + torch.tensor(mean)).clamp(0, 1)",
            "lined up with the last axis",
        ),
        Mistake(
            "calculates with lists",
            "def to_picture(normalised, mean, std):\n    return (normalised * std + mean).clamp(0, 1)",
            "a list does not calculate",
        ),
        Mistake("only below", _TO + "return (normalised * std + mean).clamp(min=0)", "not above 1"),
        Mistake(
            "stretched",
            _TO + "x = normalised * std + mean\n    return (x - x.min()) / (x.max() - x.min())",
            "stretched between",
        ),
        Mistake("cut off first", _TO + "return normalised.clamp(0, 1) * std + mean", "cut off first"),
        Mistake("bytes", _TO + "return ((normalised * std + mean).clamp(0, 1) * 255).byte()", "whole numbers came"),
        Mistake(
            "reverse order", _TO + "return (normalised * std.flip(0) + mean.flip(0)).clamp(0, 1)", "in reverse order"
        ),
        Mistake("order", _TO + "return ((normalised + mean) * std).clamp(0, 1)", "before multiplying"),
        Mistake("no clamp", _TO + "return normalised * std + mean", "wrap around"),
        Mistake("again", _TO + "return ((normalised - mean) / std).clamp(0, 1)", "second time"),
        Mistake(
            "0.5 for all",
            "def to_picture(normalised, mean, std):\n    return (normalised * 0.5 + 0.5).clamp(0, 1)",
            "0.5 was used",
        ),
        Mistake("in place", _TO + "return normalised.mul_(std).add_(mean).clamp(0, 1)", "in-place operation"),
    ),
    setup="import torch",
)

_GET = "def get_model(path, load, train_and_save):\n    {}"

GET_MODEL = Exercise(
    id="12.3",
    title="Load or train, never both by accident",
    difficulty="hard",
    minutes=10,
    task="get_model(path, load, train_and_save): train only if there is no file; every other error reaches the caller.",
    hints=(
        "Which single situation is a reason to train? Every other one is somebody else's to decide.",
        "You do not need try at all: a Path knows whether it exists.",
        "if path.exists(): load, else train_and_save; return what comes",
    ),
    starter=_GET.format(
        "try:\n        return load(path)\n    except BaseException:\n        return train_and_save(path)"
    ),
    solution=_GET.format("if path.exists():\n        return load(path)\n    return train_and_save(path)"),
    alternative=_GET.format("return (load if path.is_file() else train_and_save)(path)"),
    name="get_model",
    judge=judge_get_model,
    seconds=3.0,
    praise="Right: a missing file is the one reason to train; a damaged one is news for the caller.",
    mistakes=(
        Mistake(
            "another class of error",
            _GET.format("try:\n        return load(path)\n    except ValueError:\n        return train_and_save(path)"),
            "`except` names ValueError",
        ),
        Mistake(
            "OSError",
            _GET.format("try:\n        return load(path)\n    except OSError:\n        return train_and_save(path)"),
            "OSError is wider",
        ),
        Mistake(
            "not called", _GET.format("return load if path.exists() else train_and_save"), "handed back, not called"
        ),
        Mistake(
            "the wrong way round",
            _GET.format("if path.exists():\n        return train_and_save(path)\n    return load(path)"),
            "wrong way round",
        ),
        Mistake(
            "no return",
            _GET.format("if path.exists():\n        return load(path)\n    train_and_save(path)"),
            "was not handed back",
        ),
        Mistake(
            "no path",
            _GET.format("if path.exists():\n        return load()\n    return train_and_save()"),
            "called with the path",
        ),
        Mistake("is_dir", _GET.format("return (load if path.is_dir() else train_and_save)(path)"), "asks for a folder"),
        Mistake(
            "another error instead",
            _GET.format(
                "if not path.exists():\n        return train_and_save(path)\n"
                "    try:\n        return load(path)\n    except Exception:\n        raise RuntimeError('damaged')"
            ),
            "replaced by another one",
        ),
        Mistake(
            "except Exception",
            _GET.format("try:\n        return load(path)\n    except Exception:\n        return train_and_save(path)"),
            "overwritten",
        ),
        Mistake(
            "always trains",
            _GET.format("return train_and_save(path)"),
            "do not train",
        ),
        Mistake(
            "swallows",
            _GET.format(
                "if not path.exists():\n        return train_and_save(path)\n"
                "    try:\n        return load(path)\n    except ValueError:\n        return None"
            ),
            "was swallowed",
        ),
        Mistake(
            "FileNotFoundError from inside",
            _GET.format(
                "try:\n        return load(path)\n    except FileNotFoundError:\n        return train_and_save(path)"
            ),
            "overwritten",
        ),
        Mistake("never trains", _GET.format("return load(path) if path.exists() else None"), "has to be called"),
    ),
)


# 12.4: the canvas

NOTHING = "what the network says of the empty canvas, and with how many percent"
SLACK = 0.6  # percent: one may round, and the last digits differ between processors


@cache
def _chances(colour: str) -> dict[str, float]:
    """Return what the panel says of a canvas in one colour of its pens: class → percent, the likeliest first."""
    script = (files("course_utils.panels") / "canvas.js").read_text(encoding="utf-8")
    colour = dict(re.findall(r'(\w+): "#([0-9a-f]{6})"', script)).get(colour, colour)
    return _asked(State(bytes.fromhex(colour) * 32 * 32))


def _asked(state: State) -> dict[str, float]:
    checkpoint = load_shipped("simplecnn_cifar10")
    scene = Scene(checkpoint.model, checkpoint.class_names)
    (chances,) = explained(scene, state).logits.softmax(dim=1).tolist()
    ranked = sorted(zip(chances, scene.names, strict=True), reverse=True)
    return {name: 100 * chance for chance, name in ranked}


def judge_nothing(answer: object) -> None:
    """Clear the canvas as the button does, and ask the network that the panel asks."""
    first, second = findings.demand_pair(answer, NOTHING)
    if isinstance(second, str) and not isinstance(first, str):
        raise Wrong(
            got=shown(answer),
            wanted=NOTHING,
            cause="the two are the wrong way round",
            next_step="write the name first, then the percentage",
        )
    chances = _chances("night")
    word, percent = findings.demand_word(first, tuple(chances), NOTHING), demand_one_number(second, NOTHING)
    wanted = next(iter(chances))
    if word != wanted or abs(percent - chances[wanted]) > SLACK:
        cause, next_step = _why_not_nothing(word, percent, chances)
        raise Wrong(got=f"{word}, {percent:g} percent", wanted=NOTHING, cause=cause, next_step=next_step)


def _why_not_nothing(word: str, percent: float, chances: dict[str, float]) -> tuple[str, str]:
    wanted, second = list(chances)[:2]
    if word == wanted and abs(100 * percent - chances[wanted]) <= SLACK:
        return "this is a share between 0 and 1; percent were asked for", "multiply it by 100"
    if word == second:
        return "this is the second name of the caption", "read the first one: the network says ..."
    if word == wanted and abs(percent - chances[second]) <= SLACK:
        return "the name is right, the percentage is that of the second name", "read the bracket behind the first name"
    if word == "cat":
        return "this is the cat: the canvas was not cleared", "press Clear, and read the caption again"
    return _why_another_canvas(word, percent, wanted)


def _why_another_canvas(word: str, percent: float, wanted: str) -> tuple[str, str]:
    others = {"black": "000000", "pure white": "ffffff", "grey": "808080"} | {
        pen: pen for pen in ("white", "yellow", "orange", "red", "pink", "blue", "green")
    }
    for name, colour in others.items():
        best, chance = next(iter(_chances(colour).items()))
        if word == best and abs(percent - chance) <= SLACK:
            return (
                f"this is what it says of a canvas that is {name} all over; Clear leaves a dark blue one",
                "press Clear, draw nothing, and read the caption",
            )
    for photo, (best, chance) in _said_of_photos().items():
        if word == best and abs(percent - chance) <= SLACK:
            return f"this is what it says of the photograph {photo!r}, not of the canvas", "press Clear in the panel"
    draw_nothing = "read the bracket behind the name; draw nothing after Clear"
    chances = _chances("night")
    if word == wanted:
        return f"the name is right, the percentage is not: {_why_this_percentage(percent, chances)}", draw_nothing
    return _why_this_name(word, percent, chances), "press Clear, and draw nothing"


@cache
def _said_of_photos() -> dict[str, tuple[str, float]]:
    """Return what the network says of the lesson's photographs, and with how many percent."""
    pictures, checkpoint = photos(size=32), load_shipped("simplecnn_cifar10")
    with torch.no_grad():
        best = checkpoint.model(pictures.images).softmax(dim=1).max(dim=1)
    said = zip(pictures.class_names, best.indices.tolist(), best.values.tolist(), strict=True)
    return {photo: (checkpoint.class_names[index], 100 * chance) for photo, index, chance in said}


def _why_this_name(word: str, percent: float, chances: dict[str, float]) -> str:
    place, best = list(chances).index(word) + 1, next(iter(chances.values()))
    if abs(percent - best) <= SLACK:
        return f"the percentage is that of the empty canvas, but the network says something else there than {word}"
    if abs(percent - chances[word]) <= SLACK:
        return f"{word} is number {place} in the panel's list, not the first; the likeliest name was asked for"
    return (
        f"the network says {word} of something else than an empty canvas: there {word} is number {place} of 10, "
        f"with {chances[word]:.1f} percent"
    )


def _why_this_percentage(percent: float, chances: dict[str, float]) -> str:
    best, other, *_ = chances.values()
    ways = {
        "this is what is left for the other nine names": 100 - best,
        "the two largest were added": best + other,
        "the second was subtracted from the first": best - other,
        "65 % is the slider's opacity": 65.0,
    } | {f"it is that of {name}": chance for name, chance in list(chances.items())[1:]}
    if any(abs(percent * factor - best) <= 0.1 * SLACK for factor in (10, 0.1, 0.01)):
        return "the decimal point is in the wrong place"
    for way, value in ways.items():
        if abs(percent - value) <= SLACK and value > 2:
            return way
    if abs(percent - best) <= 5:
        return f"{percent:g} is near, but rounded too coarsely, or misread; whole percent are fine"
    if not 0 <= percent <= 100:
        return f"{percent:g} lies outside 0 to 100, so it is no percentage"
    if percent < 2:
        return "so small a number is a logit, or the heat's peak; the percentage stands in brackets behind the name"
    return f"{percent:g} belongs to a canvas on which something was drawn or left over, or it was guessed"


EXPLORE = Exercise(
    id="12.4",
    title="Explore: what does it see in nothing?",
    difficulty="easy",
    minutes=4,
    task=(
        "In the panel, press Clear: the canvas is empty, one dark blue. What does the network say of it, and with how "
        "many percent? Hand in (name, percent)."
    ),
    hints=(
        "A network that knows ten words answers with one of them, whatever it is shown.",
        "Draw nothing after Clear. The caption begins with the answer, its probability in brackets.",
        "The animal has antlers; the probability is between 55 and 60 percent.",
    ),
    starter="found = (..., ...)",
    solution='found = ("deer", 58.6)',
    alternative="""
night = torch.tensor([0x14, 0x14, 0x28]).view(1, 3, 1, 1).expand(1, 3, 32, 32) / 255
with torch.no_grad():
    chances = load_shipped("simplecnn_cifar10").model(night).softmax(dim=1)[0]
found = [names[int(chances.argmax())], 100 * chances.max()]
""",
    name="found",
    judge=judge_nothing,
    seconds=30.0,
    praise=(
        "Right: a deer, more surely than the cat was a cat. No word for 'nothing' is among its ten. Now fill the "
        "canvas with red: how sure is it there?"
    ),
    mistakes=(
        Mistake("what is left", 'found = ("deer", 41.4)', "left for the other nine"),
        Mistake("the opacity", 'found = ("deer", 65)', "opacity"),
        Mistake("rounded", 'found = ("deer", 60)', "rounded too coarsely"),
        Mistake("a text for the number", 'found = ("deer", "58.6")', "quotes make it a text"),
        Mistake("not cleared", 'found = ("cat", 42.2)', "not cleared"),
        Mistake("the second name", 'found = ("ship", 28.1)', "second name"),
        Mistake("percentage of the second", 'found = ("deer", 28.1)', "that of the second name"),
        Mistake("a share", 'found = ("deer", 0.586)', "multiply it by 100"),
        Mistake("swapped", 'found = (58.6, "deer")', "wrong way round"),
        Mistake("black instead", 'found = ("deer", 42.7)', "black all over"),
        Mistake("another pen", 'found = ("airplane", 99.7)', "red all over"),
        Mistake("no such class", 'found = ("nothing", 58.6)', "knows no"),
        Mistake("name only", 'found = "deer"', "two things were asked for"),
    ),
    setup=(
        "import torch\nfrom course_utils.shipped import load_shipped\n"
        'names = load_shipped("simplecnn_cifar10").class_names'
    ),
)

EXERCISES = (PIXELS, TO_PICTURE, GET_MODEL, EXPLORE)
