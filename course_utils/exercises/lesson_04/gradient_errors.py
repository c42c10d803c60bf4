"""What the errors of torch and Python mean in a learner's function that walks backward."""

from __future__ import annotations

import ast

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, first_cause
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in

__all__ = ["gradient_errors"]


def gradient_errors(answer: object) -> tuple[Reason, ...]:
    """Return what torch's and Python's errors mean in a function that walks backward."""

    def no_gradient() -> str:
        cleared = "it was cleared (w.grad = None) between backward() and its use, or before any backward()"
        return first_cause(NO_GRADIENT, answer) or f"w.grad is None here: {cleared}"

    def cut() -> str:
        return first_cause(CUT, answer) or "the loss does not depend on a tensor with requires_grad=True"

    return (
        (TypeError, "'NoneType'", no_gradient, "clear, then loss.backward(), then use w.grad, in this order"),
        (RuntimeError, "does not require grad", cut, "keep one w with requires_grad=True, and no .item() in the loss"),
        *GRADIENT_ERRORS,
    )


def rebinds(answer: object) -> bool:
    """Return whether a name gets a new value that is worked out from itself: w = w - ..."""
    return any(
        isinstance(target, ast.Name) and target.id in names_in(node.value)
        for node in nodes_in(answer, ast.Assign)
        for target in node.targets
    )


NO_GRADIENT: Causes = (
    (
        lambda answer: not {"backward", "grad_fn"} & names_in(answer),
        "w.grad is None, since nobody walks backward: backward() is missing",
    ),
    (
        lambda answer: rebinds(answer),
        "w.grad is None: w = w - ... makes a new w, a result and no leaf, and only leaves keep a gradient",
    ),
    (
        lambda answer: any(
            isinstance(node.value, ast.Constant)
            and node.value.value is None
            and any(isinstance(target, ast.Name) for target in node.targets)
            for node in nodes_in(answer, ast.Assign)
        ),
        "w itself was set to None, not w.grad",
    ),
)


CUT: Causes = (
    (
        lambda answer: (
            not any(node.arg == "requires_grad" for node in nodes_in(answer, ast.keyword))
            and not {"requires_grad_", "requires_grad"} & names_in(answer)
        ),
        "requires_grad=True is missing, so nothing is written down",
    ),
    (
        lambda answer: (
            nodes_in(answer, ast.With)
            and "backward" in {name for node in nodes_in(answer, ast.With) for name in names_in(node)}
        ),
        "the loss or backward() stands under torch.no_grad(), so nothing is written down; only the update belongs in",
    ),
    (
        lambda answer: not rebinds(answer) and nodes_in(answer, ast.Assign, ast.With),
        "the loss is worked out under torch.no_grad(), so nothing is written down; only the update belongs in",
    ),
    (
        lambda answer: rebinds(answer),
        "w = w - ..., under no_grad or detached, makes a new w that asks for no gradient: change w in place, w -= ...",
    ),
    (
        lambda answer: {"item", "detach", "data", "float"} & names_in(answer),
        "the graph is cut on the way to the loss, by .item(), .detach(), .data or float(...)",
    ),
)


GRADIENT_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "assigned grad expected",
        "w.grad was set to a plain number; it can only be a tensor or None",
        "write w.grad = None",
    ),
    (
        RuntimeError,
        "in-place operation",
        "w is changed in place outside of torch.no_grad(), and w is a leaf whose gradient is asked for",
        "put the update under with torch.no_grad():",
    ),
    (
        AttributeError,
        "'NoneType' object has no attribute",
        "w.grad is still None before the first backward(), so there is nothing to clear yet",
        "write w.grad = None, which always works",
    ),
    (
        AttributeError,
        "'float' object has no attribute",
        "a plain number has neither grad nor backward(): .item() or float(...) came too early, or w is no tensor",
        "keep tensors until backward() is over; take the plain number at the end",
    ),
    (
        AttributeError,
        "object has no attribute 'zero_grad'",
        "zero_grad() belongs to optimizers and networks; a tensor is cleared by w.grad = None",
        "write w.grad = None",
    ),
    (
        RuntimeError,
        "floating point",
        "torch.tensor(1) or an int is a whole number, and only numbers with a fraction have gradients",
        "write torch.tensor(1.0, requires_grad=True)",
    ),
    (
        RuntimeError,
        "second time",
        "backward() walks through a used-up graph: the loss is worked out only once, outside of the loop",
        "work out the loss anew before each backward()",
    ),
    (
        RuntimeError,
        "only for scalar",
        "backward() starts from one number, and this loss holds several",
        "take the mean of the squares first",
    ),
    (
        NameError,
        "'torch'",
        "torch is not imported",
        "write import torch above",
    ),
    (
        ValueError,
        "to unpack",
        "a sample is a pair (x, y), and here something else was taken apart",
        "write for x, y in samples",
    ),
    (
        TypeError,
        "cannot unpack",
        "a sample is a pair (x, y), and here something else was taken apart",
        "write for x, y in samples",
    ),
)
