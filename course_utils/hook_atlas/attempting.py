"""Do something that may fail, and say what came of it; a backward hook that says what it received."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from torch import Tensor, nn

__all__ = ["attempt", "tell"]

Gradients = tuple[Tensor | None, ...]


def attempt(action: Callable[[], object]) -> None:
    """Call ``action()`` and print the error and the warnings that came of it, each by its first sentence.

    Lesson 07 shows with it how hooks fail (RuntimeError), lesson 10 how an old library does (AttributeError, too).
    Other errors pass, and nothing is silenced: what is caught is printed.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            action()
        except (RuntimeError, AttributeError) as error:
            print(f"{type(error).__name__}: {first_sentence(error)}")
    for warning in caught:
        print(f"{warning.category.__name__}: {first_sentence(warning.message)}")


def first_sentence(message: object) -> str:
    """Return the text up to its first full stop that ends a sentence."""
    return str(message).split(". ")[0].rstrip(".")


def tell(layer: nn.Module, grad_input: Gradients, grad_output: Gradients) -> None:
    """Print the class of the layer and the shapes in both tuples: a full backward hook that only looks."""
    print(type(layer).__name__, shapes(grad_input), shapes(grad_output))


def shapes(gradients: Gradients) -> list[tuple[int, ...] | None]:
    """Return the shapes of gradients, None where there is none."""
    return [None if gradient is None else tuple(gradient.shape) for gradient in gradients]
