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

from course_utils.exercises import findings
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.panels.draw_and_explain import Scene, State, explained
from course_utils.shipped import load_shipped

__all__ = ["EXERCISES"]


# 12.1


def judge_pixels(answer: int) -> None:
    """A value of an 8x8 map stands for 4x4 pixels."""
    likely = {
        4: "4 is the length of the block's side; a block has height and width",
        64: "64 is the number of values in the map",
        1024: "1024 is the number of pixels of the whole picture",
        8: "8 is the side of the map",
        1: "the overlay is smooth, but it was enlarged from 8x8 values",
    }
    if isinstance(answer, bool) or not isinstance(answer, int | float) or answer != 16:
        raise Wrong(
            got=answer,
            wanted="the number of pixels in one block",
            cause=likely.get(answer, "divide the pixels of the picture by the values of the map")
            if isinstance(answer, int | float)
            else "a number was asked for",
            next_step="32 / 8 pixels high, and as wide; multiply the two",
        )


# 12.2


def judge_to_picture(answer: Callable[..., Tensor]) -> None:
    """(normalised * std + mean), per channel, clipped to [0, 1]; lists or tuples; the input stays."""
    mean, std = [0.1, 0.5, 0.8], [0.2, 0.3, 0.4]
    columns = torch.tensor(mean).view(3, 1, 1), torch.tensor(std).view(3, 1, 1)
    picture = torch.rand(3, 3, 5, generator=torch.Generator().manual_seed(12))
    normalised = (picture - columns[0]) / columns[1]
    kept = normalised.clone()
    got = answer(normalised, mean, std)
    _check_kind(got, normalised, kept)
    if not torch.allclose(got, picture, atol=1e-5):
        raise Wrong(
            got=f"{got[0, 0, 0]:.4f} for the first pixel",
            wanted=f"{picture[0, 0, 0]:.4f}",
            cause=_why_not_the_picture(got, kept, *columns),
            next_step="turn (image - mean) / std around: first times std, then plus mean",
        )
    _check_edges(answer, kept * 100, mean, std)


def _check_kind(got: Tensor, given: Tensor, kept: Tensor) -> None:
    if not isinstance(got, Tensor) or got.shape != kept.shape:
        raise Wrong(
            got=got,
            wanted="a tensor of shape (3, 3, 5), like the input",
            cause="the function gives None or another shape: is there a return? Are mean and std (3, 1, 1)?",
            next_step="torch.tensor(mean).view(3, 1, 1) fits all pixels of a channel",
        )
    if not torch.equal(given, kept):
        raise Wrong(
            got="the caller's tensor was changed",
            wanted="a new tensor",
            cause="an in-place operation wrote into the input",
            next_step="use * and +, not *= and +=",
        )


def _check_edges(answer: Callable[..., Tensor], wild: Tensor, mean: list[float], std: list[float]) -> None:
    """Values outside [0, 1] are cut off, not stretched and not wrapped around."""
    got = answer(wild, mean, std)
    wanted = wild * torch.tensor(std).view(3, 1, 1) + torch.tensor(mean).view(3, 1, 1)
    if float(got.min()) < 0 or float(got.max()) > 1:
        raise Wrong(
            got=f"values from {got.min():.1f} to {got.max():.1f}",
            wanted="values in [0, 1], whatever comes in",
            cause="nothing cuts values off that lie outside; as bytes they would wrap around, black becoming white",
            next_step="clamp(0, 1) at the end",
        )
    if not torch.allclose(got, wanted.clamp(0, 1), atol=1e-5):
        raise Wrong(
            got="other values for a picture outside the range",
            wanted="each value cut off at 0 and 1",
            cause="the picture was stretched or squeezed instead of cut off",
            next_step="clamp(0, 1) at the end",
        )


def _why_not_the_picture(got: Tensor, normalised: Tensor, mean: Tensor, std: Tensor) -> str:
    likely = {
        "the mean was added before multiplying with std": ((normalised + mean) * std).clamp(0, 1),
        "the picture was normalised a second time": ((normalised - mean) / std).clamp(0, 1),
        "the mean was subtracted; undoing adds it": (normalised * std - mean).clamp(0, 1),
        "this divides by std; undoing multiplies": (normalised / std + mean).clamp(0, 1),
        "0.5 was used for all channels": (normalised * 0.5 + 0.5).clamp(0, 1),
        "nothing was undone, only cut off": normalised.clamp(0, 1),
    }
    near = [cause for cause, value in likely.items() if torch.allclose(got.clamp(0, 1), value, atol=1e-5)]
    return near[0] if near else "this does not undo (image - mean) / std"


# 12.3


def judge_get_model(answer: Callable[..., object]) -> None:
    """Train only if there is no file; let every other error through; never write over a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.pt"
        calls: list[str] = []

        def train(where: Path) -> str:
            calls.append("trained")
            where.write_text("new")
            return "trained network"

        got = answer(path, lambda where: _loaded(where, FileNotFoundError("no file")), train)
        _expect(got, calls, "trained network", ["trained"], "there is no file yet: train_and_save has to be called")
        calls.clear()
        path.write_text("old")
        got = answer(path, lambda where: _loaded(where, None), train)
        _expect(got, calls, "loaded network", [], "the file is there and fine: load it, and do not train")
        for error in (ValueError("damaged"), KeyboardInterrupt(), FileNotFoundError("a part is missing")):
            _must_raise(answer, path, error, train)


def _loaded(where: Path, error: BaseException | None) -> str:
    if error is not None:
        raise error
    return "loaded network"


def _expect(got: object, calls: list[str], wanted: str, wanted_calls: list[str], cause: str) -> None:
    if got != wanted or calls != wanted_calls:
        reason = "the result is None: is there a return?" if got is None and calls == wanted_calls else cause
        raise Wrong(
            got=f"{got!r}, after {calls or 'no training'}",
            wanted=f"{wanted!r}, after {wanted_calls or 'no training'}",
            cause=reason,
            next_step="ask path.exists() first, then load or train_and_save, and return what it gives",
        )


def _must_raise(answer: Callable[..., object], path: Path, error: BaseException, train: Callable[[Path], str]) -> None:
    kind = type(error).__name__
    try:
        answer(path, lambda where: _loaded(where, error), train)
    except type(error):
        swallowed = False
    else:
        swallowed = True
    if path.read_text() != "old":
        raise Wrong(
            got=f"after a {kind} while loading, the file was overwritten",
            wanted="the file as it was",
            cause="an error in an existing file is not a reason to train: the file may be somebody's work",
            next_step="train only if path.exists() is False",
        )
    if swallowed:
        raise Wrong(
            got=f"a {kind} while loading was swallowed",
            wanted=f"the {kind}, at the caller",
            cause="an except catches what this function cannot mend (Ctrl-C is one of them)",
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
    task="to_picture(normalised, mean, std): the picture in [0, 1] again; normalised is (3, H, W).",
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
    praise="Right: a missing file is the one reason to train; a damaged one is news for the caller.",
    mistakes=(
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
            got=answer,
            wanted=NOTHING,
            cause="the two are the wrong way round",
            next_step="write the name first, then the percentage",
        )
    chances = _chances("night")
    word, percent = findings.demand_word(first, tuple(chances), NOTHING), findings.demand_number(second, NOTHING)
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
    others = {"black": "000000", "pure white": "ffffff"} | {
        pen: pen for pen in ("white", "yellow", "orange", "red", "pink", "blue", "green")
    }
    for name, colour in others.items():
        best, chance = next(iter(_chances(colour).items()))
        if word == best and abs(percent - chance) <= SLACK:
            return (
                f"this is what it says of a canvas that is {name} all over; Clear leaves a dark blue one",
                "press Clear, draw nothing, and read the caption",
            )
    if word == wanted:
        return "the name is right, the percentage is not", "read the bracket behind the name; draw nothing after Clear"
    return f"the network says {word} of something else than an empty canvas", "press Clear, and draw nothing"


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
