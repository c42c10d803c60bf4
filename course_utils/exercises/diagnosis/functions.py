"""Demand a function that can be called as the task says, and that calls the model itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from torch import Tensor, nn

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import shown

__all__ = ["demand_called", "demand_function", "demand_parameters"]


def demand_function(answer: object, wanted: str) -> None:
    """Raise `Wrong` unless the answer can be called; ``wanted`` is its name with the parameters."""
    if callable(answer) and not isinstance(answer, Tensor):
        return
    raise Wrong(
        got=f"{shown(answer)}, of type {type(answer).__name__}",
        wanted=f"the function {wanted}",
        cause="a value came, no function: it was called (or its name was given to a value) before check saw it",
        next_step="define the function and hand in its name, without brackets and values behind it",
    )


def demand_parameters(function: Callable[..., object], gets: str, wanted: str) -> None:
    """Raise Wrong if a function cannot be called with what it gets, "(layer, grad_output)": so many things by place."""
    try:
        inspect.signature(function).bind(*gets.strip("()").split(", "))
    except TypeError:
        taken = str(inspect.signature(function))
    except ValueError:  # a function of C++ tells nothing about its parameters
        return
    else:
        return
    raise Wrong(
        got=f"a function that takes {taken}",
        wanted=wanted,
        cause=f"it is called with {gets}, and it takes {taken}",
        next_step=f"give it the parameters {gets}, no more and no fewer",
    )


def demand_called(function: Callable[..., object], model: nn.Module, *inputs: object) -> None:
    """Raise Wrong unless the model itself is called like a function, so that its own hooks are called, too."""
    calls: list[int] = []
    with model.register_forward_hook(lambda module, args, output: calls.append(1)):
        function(model, *inputs)
    if not calls:
        raise Wrong(
            got="a hook on the model itself that was never called",
            wanted="model(images), which calls everybody's hooks",
            cause="`model.forward(...)`, or calling the layers one by one, walks past the hooks of the model itself",
            next_step="call the model like a function: model(images)",
        )
