"""Count the hooks of a model: after every block the answer should be 0."""

from __future__ import annotations

from itertools import chain

from torch import nn

from course_utils.hooks.finding import checked_model

__all__ = ["count_hooks"]

MODULE_REGISTRIES = tuple(
    name for name, value in vars(nn.Module()).items() if isinstance(value, dict) and name.endswith("_hooks")
)
TENSOR_REGISTRIES = ("_backward_hooks", "_post_accumulate_grad_hooks")


def count_hooks(model: nn.Module) -> int:
    """Return how many hooks hang on a model.

    Counted: every hook of every submodule (forward, backward, their pre-hooks, saving and loading of the state)
    and every hook on a parameter or buffer. Not counted: hooks that PyTorch keeps elsewhere (global module hooks,
    nodes of the graph, the optimizer).

    Raises:
        TypeError: ``model`` is not a module.
    """
    on_modules = (getattr(module, name) for module in checked_model(model).modules() for name in MODULE_REGISTRIES)
    tensors = chain(model.parameters(), model.buffers())
    on_tensors = (getattr(tensor, name) for tensor in tensors for name in TENSOR_REGISTRIES)
    return sum(len(registry) for registry in chain(on_modules, on_tensors) if registry)
