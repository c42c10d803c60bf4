"""What exercise 06.2 demands: the output shape of each layer that ran, and no hook left, not even after an error."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.functions import demand_called
from course_utils.exercises.diagnosis.hooks_left import demand_no_hooks
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_06.networks import Stumbles, pictures, seeded
from course_utils.exercises.shown import safely
from course_utils.hooks import record_outputs

__all__ = ["judge_shapes"]


Shapes = dict[str, tuple[int, ...]]


class Skips(nn.Module):
    """Has a nested layer, and one that never runs."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Tanh())
        self.unused = nn.Linear(1, 1)
        self.head = nn.Linear(3 * 4 * 2, 2)

    def forward(self, images: Tensor) -> Tensor:
        """Return (N, 2) for images (N, 2, 6, 4)."""
        return self.head(self.features(images).flatten(1))


def judge_shapes(layer_shapes: Callable[[nn.Module, Tensor], Shapes]) -> None:
    """Three networks that work, and one that fails on the way; nothing may stay."""
    for model, images in (
        (seeded(lambda: nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))), pictures(4, 3)),
        (seeded(Skips), pictures(2, 2, 6, 4)),
        (seeded(lambda: nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(12, 3)))), pictures(1, 3, 4)),
    ):
        got = layer_shapes(model, images)
        with record_outputs(model) as outputs, torch.no_grad():
            model(images)
        demand_no_hooks(model, "after the call")
        demand_shapes(got, {name: tuple(output.shape) for name, output in outputs.items()}, model, images)
    demand_called(layer_shapes, seeded(lambda: nn.Sequential(nn.Linear(3, 2))), pictures(1, 3))
    model = seeded(Stumbles)
    try:
        layer_shapes(model, pictures(1, 3))
    except FloatingPointError:
        demand_no_hooks(model, "after an error in the model")
        return
    raise Wrong(
        got="no error, although the model raised one",
        wanted="the model's own error, passed on",
        cause="the error was caught and swallowed, so nobody learns that the model failed",
        next_step="leave out `except`; a `with` block removes the hooks and lets the error go on",
    )


def demand_shapes(got: object, wanted: Shapes, model: nn.Module, images: Tensor) -> None:
    """Raise Wrong unless ``got`` is the table of shapes."""
    if got == wanted:
        return
    raise Wrong(
        got=got,
        wanted=wanted,
        cause=why_not_shapes(got, wanted, images)
        or why_other_names(got, wanted, model)
        or why_other_shapes(got, wanted),
        next_step="one hook for each layer, which stores tuple(output.shape) under its own name; then run the model",
    )


def why_not_shapes(got: object, wanted: Shapes, images: Tensor) -> str:
    """Return the likely cause of a wrong table, if it is of the usual ones."""
    if not isinstance(got, dict):
        pairs = ": pairs in a list are no dict" if isinstance(got, list) and got and isinstance(got[0], tuple) else ""
        return f"it is of type {type(got).__name__}, not a dict" + (": is there a return?" if got is None else pairs)
    if not got:
        return (
            "the table is empty: no hook was on while the model ran (it ran before the hooks, after they were removed, "
            "or not at all)"
        )
    if "" in got:
        return 'the model itself is in the table, under the name ""; only layers inside it belong there'
    if len(got) == 1 < len(wanted) and set(got) <= set(wanted):
        last = set(got) == {list(wanted)[-1]}
        late = "all layers wrote under one name: late binding, lesson 03"
        return (
            late if last else "only one layer is there: a `return` inside a loop ends the function in its first round"
        )
    if set(got) == set(wanted) and any(isinstance(shape, Tensor) for shape in got.values()):
        return "whole tensors were stored, not shapes"
    if set(got) == set(wanted) and next(iter(got.values())) == tuple(images.shape) != wanted[next(iter(got))]:
        return "these are the shapes of the inputs, not of the outputs"
    return ""


def why_other_names(got: dict, wanted: Shapes, model: nn.Module) -> str:
    """Return what is wrong with the names of a table; "" if they are right."""
    if set(got) == set(wanted):
        return ""
    modules = dict(model.named_modules())
    missing, more = sorted(set(wanted) - set(got), key=str), sorted(set(got) - set(wanted), key=str)
    names = f"these names are missing or too many: {missing + more}"
    if safely(lambda: set(got.values()), set()) & set(wanted):
        return f"{names}: names and shapes are swapped, the name is the key"
    if all(isinstance(name, nn.Module) for name in got):
        return f"{names}: the layers themselves are the keys, not their names"
    if set(got) <= {type(module).__name__ for module in modules.values()}:
        return f"{names}: the kinds of layers are the keys, and two layers of one kind share one"
    if set(got) <= {name for name, _ in model.named_parameters()}:
        return f"{names}: these are the shapes of the weights (named_parameters), not of what the layers return"
    return names + why_these_names(missing, more, modules, wanted)


def why_these_names(missing: list[str], more: list[object], modules: dict[str, nn.Module], wanted: Shapes) -> str:
    """Return ": " and what the missing names, or those too many, have in common; "" if nothing."""
    if more and all(name in modules for name in more):
        return f": {more[0]} never ran, so it has no output"
    if more and all(isinstance(name, int) for name in more):
        return ": the layers were numbered; the names are texts, as named_modules gives them"
    if more and all(str(name) in {one.rpartition(".")[2] for one in wanted} for name in more):
        return ": only the last part of a dotted name was kept"
    if more:
        return ""
    if all("." in name for name in missing):
        return ": the layers inside a layer are left out; named_modules goes into every layer, not only the children"
    if all(any(modules[name].children()) for name in missing):
        return f": {missing[0]} is a layer that holds other layers; it returns something, too"
    return f": {missing[0]} was left out"


def why_other_shapes(got: Shapes, wanted: Shapes) -> str:
    """Return what is wrong with the shapes of a table, by its first wrong entry."""
    name = next(name for name in wanted if got[name] != wanted[name])
    shape, right = got[name], wanted[name]
    if isinstance(shape, list):
        return "the shapes are lists, not tuples"
    if not isinstance(shape, tuple):
        return f"under {name!r} stands a {type(shape).__name__}, not a tuple: {shape!r}"[:200]
    if shape == right[1:]:
        return "the first number is missing, the number of pictures: only one picture ran, or it was cut off"
    if shape == (1, *right[1:]):
        return "only one of the pictures was run through the model"
    if shape == right[::-1]:
        return "the numbers are in the reverse order"
    if shape in wanted.values():
        return f"under {name!r} stands the shape of another layer: {shape}"
    return f"the shapes are not those that the layers return: {name!r} returned {right}, and the table says {shape}"
