"""What the usual errors of graphs, gradients and hooks mostly mean, in plain words."""

from __future__ import annotations

__all__ = ["GRAPH_MEANINGS"]

# kind of error, a fragment of its message, what it mostly means; the first that fits is taken
GRAPH_MEANINGS: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        RuntimeError,
        "does not require grad",
        "nothing on the way to this value records gradients: no `requires_grad=True`, or the graph was cut by "
        "`detach()`, `no_grad()`, `.item()` or `argmax`",
    ),
    (
        RuntimeError,
        "doesn't require gradient",
        "this tensor has no graph and gets no gradient: it was cut off by `detach()` or `no_grad()`, or it is an "
        "input, for which nobody called `requires_grad_()`",
    ),
    (
        RuntimeError,
        "registered on non-leaf tensors",
        "this tensor was computed from others, and this hook is for leaves only (weights): take `register_hook`",
    ),
    (
        RuntimeError,
        "BackwardHookFunction",
        "a full backward hook (or pre-hook) sets up gates around the layer, and somebody writes in place into what "
        "a gate passes on: do without gates, with a forward hook that hangs a tensor hook on the output",
    ),
    (
        RuntimeError,
        "changed the type of value",
        "a hook gave back something else than a tensor of the same kind: return a tensor, or nothing",
    ),
    (
        RuntimeError,
        "changed the size",
        "what the hook returns goes on in place of the gradient, and it has another shape: return nothing to "
        "watch, or a tensor of the same shape",
    ),
    (
        RuntimeError,
        "Backward hook returned an invalid number",
        "what a full backward hook returns replaces grad_input, and must be a tuple of as many gradients: a hook "
        "that only watches returns nothing",
    ),
    (
        RuntimeError,
        "returned nan values",
        "anomaly mode raises at the first NaN, and names the operation, not the layer: use hooks instead",
    ),
    (
        TypeError,
        "must be Tensor, not",
        "something that is no tensor goes into a layer: what a hook returns replaces the output or the input, so a "
        "hook that only watches returns nothing",
    ),
    (
        RuntimeError,
        "second time",
        "this graph was already used by a `backward()`, which frees it: compute the value anew before each "
        "`backward()`",
    ),
    (
        RuntimeError,
        "in-place operation",
        "a tensor that the gradient needs, or a leaf, was changed in place: write `x = x + 1` and not `x += 1`",
    ),
    (
        RuntimeError,
        "inplace",
        "a tensor that the gradient needs was changed in place: write `x = x + 1` and not `x += 1`",
    ),
    (
        RuntimeError,
        "grad can be implicitly created only for scalar",
        "`backward()` starts from a single number: take one entry, `sum()` or `mean()` first",
    ),
    (
        RuntimeError,
        "can't call numpy",
        "a tensor that records gradients cannot become an array: use `.detach().numpy()`",
    ),
)
