"""Exercises of lesson 10: joining colours, gradients of pixels, guided ReLUs that leave nothing behind, and a count."""

from __future__ import annotations

import ast
import inspect
import linecache
import math
import re
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import cache
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attribution import guided_backprop, saliency
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.explain import learners_place, short_error
from course_utils.exercises.guard import names_used
from course_utils.exercises.shown import safely
from course_utils.hooks import count_hooks

__all__ = ["EXERCISES"]


# What lessons 09, 10, 11 and 13 share: an answer that raises, a result of another kind, shape or value, and traces

T = TypeVar("T")

UNITS = {
    "percent for a share": 100.0,
    "the largest byte": 255.0,
    "a map of 16x16": 256.0,
    "a map of 8x8": 64.0,
    "a picture of 32x32": 1024.0,
}  # factors that people write down as numbers
# a fragment of an error as Python words it (a regular expression), what it mostly means here, and what to do
ERRORS: tuple[tuple[str, str, str], ...] = (
    (
        r"implicitly created only for scalar",
        "the score has several numbers, and a gradient starts from one: `.sum()` is missing",
        "add the numbers up with .sum() before you differentiate",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "the score has no graph: the forward pass ran under no_grad(), gradients were switched off, or its result "
        "was detached or turned into plain numbers",
        "let the forward pass run with gradients, outside of torch.no_grad(), and detach only what you return",
    ),
    (
        r"differentiated Tensors does not require grad",
        "the gradient is asked for a tensor that records none: the pictures as they came (requires_grad is missing), "
        "a copy made by detach(), or what went *into* the layer instead of what came out",
        "keep the tensor itself, without detach(); for pictures, call requires_grad_() on a copy before the pass",
    ),
    (
        r"not have been used in the graph",
        "the gradient is asked for a tensor that the score does not come from: it was computed beside the forward pass",
        "take the tensor out of the forward pass that gave the score, with a hook",
    ),
    (
        r"through the graph a second time",
        "the same graph was walked twice, and the first gradient frees it",
        "add the scores up and take one gradient, or write retain_graph=True",
    ),
    (
        r"Expected size for first two dimensions of batch2",
        "`@` and matmul multiply matrices; here each number meets the one in its own place",
        "multiply with `*`, and add up with .sum(dim=1)",
    ),
    (
        r"to have 3 channels, but got 1 ",
        "pictures with one colour went into the network: the three colours were joined before",
        "give the network the pictures as they came",
    ),
    (
        r"Index tensor must have the same number of dimensions",
        "gather wants as many axes in the index as in the logits, and classes has one axis",
        "write classes[:, None], or logits[torch.arange(len(classes)), classes]",
    ),
    (
        r"Size does not match at dimension 0",
        "there are more classes than rows of logits: only a part of the pictures went through the network",
        "let all pictures go through the network",
    ),
    (
        r"shape mismatch: indexing tensors",
        "the two indices have another length: there are more classes than pictures that went through",
        "let all pictures go through the network, and index with torch.arange(len(images))",
    ),
    (
        r"Boolean value of Tensor",
        "Python's own max, min, if or `and` was used on a whole tensor, which is neither true nor false",
        "use the tensor's own methods: .amax(dim=...), .clamp(min=...), torch.where(...)",
    ),
    (
        r"invalid number of grad_input",
        "the hook returned a tensor, and PyTorch takes it apart as if it were a tuple of gradients",
        "return a tuple with one element from the backward hook: (gradient,)",
    ),
    (
        r"grad_input.*(None|expected)|hook .* has changed the size",
        "the backward hook returned something of another number or size than grad_input",
        "return a tuple with one gradient of the shape of grad_input[0]",
    ),
    (
        r"<lambda>\(\) takes \d positional argument|missing \d+ required positional argument",
        "the hook has another number of parameters: a forward hook gets (module, args, output), a pre-hook "
        "(module, args), a backward hook (module, grad_input, grad_output)",
        "give the hook the parameters that its kind of hook gets",
    ),
    (
        r"'builtin_function_or_method'|'method'",
        "the brackets () behind a method are missing: the method itself came, not its result",
        "call it: .max(), .sum(), .mean()",
    ),
    (
        r"'tuple' object has no attribute|torch\.return_types",
        "a tuple came where one tensor was meant: torch.autograd.grad gives a tuple, and max(dim=...) the pair of "
        "values and indices",
        "take the first element: torch.autograd.grad(...)[0], .max(dim=1).values or .amax(dim=1)",
    ),
    (
        r"'list' object has no attribute",
        "a list came where one tensor was meant: what a hook appended stands inside of it",
        "take the tensor out of the list: kept[0]",
    ),
    (
        r"'NoneType' object",
        "a value here is None: only leaf tensors keep a .grad (others need retain_grad() before backward()), and a "
        "function without `return` gives None as well",
        "ask torch.autograd.grad(score, tensor)[0], which returns the gradient",
    ),
    (
        r"'str' object has no attribute",
        "a name is used where the layer itself was meant",
        "find the layer first: model.get_submodule(name)",
    ),
    (
        r"object has no attribute '[\w.]*\.[\w.]*'|KeyError: '[\w.]*\.[\w.]*'",
        "a dotted name leads to a layer inside a layer, which getattr, named_children and indexing do not find",
        "use model.get_submodule(name)",
    ),
    (
        r"object has no attribute '(features|classifier|avgpool|(layer|conv|relu|fc)\d*|body|head|blocks?|encoder)'",
        "the code asks for a part that only networks of one kind have; this network has other names",
        "let the network run as a whole, and use the layer that was handed in",
    ),
    (
        r"object is not subscriptable|object is not iterable|has no len\(\)",
        "only a Sequential can be indexed or walked through like a list; this is another kind of object",
        "for a network: network.modules() goes through all its layers, network.get_submodule(name) finds one",
    ),
    (
        r"IndexError: list index out of range",
        "the list that the hook should fill stayed empty: the hook never ran, sits elsewhere, or stored nothing",
        "register a forward hook on the layer itself, append in it, and run the network inside the block",
    ),
    (
        r"KeyError",
        "the dictionary was never filled under this key: the hook did not run, or stored nothing",
        "register the hook on the layer itself, and run the network inside the block",
    ),
    (
        r"shapes cannot be multiplied",
        "a layer got numbers of another shape than in the real forward pass: the axis of the batch was lost, or the "
        "layers were called one by one, without the flatten, mean or shortcut that stands in forward",
        "call model(images) as a whole, with pictures of shape (N, C, H, W)",
    ),
    (
        r"Expected 3D .* or 4D",
        "flat numbers went into a convolution: named_modules() begins with '', the whole network, so its logits "
        "go into the first layer; or the axis of the batch was lost",
        "call model(images) as a whole, and listen at the layer with a forward hook",
    ),
    (
        r"expected input.*to have \d+ channels|running_mean should contain",
        "a layer in the middle of the network was given the picture itself; it wants what the layers before it give",
        "call the whole network on the picture, and listen at the layer with a forward hook",
    ),
    (
        r"must match the size of tensor b|must match the existing size|not broadcastable",
        "two tensors whose axes do not lie over each other are combined: a mean over two axes leaves (N, K), which "
        "needs [:, :, None, None] or keepdim=True beside (N, K, h, w)",
        "print both shapes just before this line; keepdim=True keeps averaged axes at length 1",
    ),
    (
        r"in-place operation|inplace operation",
        "what was handed in, or what the gradient still needs, was overwritten in place (`x[...] = `, `x += `)",
        "work on a copy: x.clone(), or build a new tensor",
    ),
    (
        r"argument 'keepdim'|'dim' .*must be",
        "the axes must stand together in one tuple: the second place belongs to keepdim",
        "write dim=(2, 3)",
    ),
    (
        r"out of bounds for dimension|out of range \(expected",
        "a fixed position or axis is used, and this input has fewer: the code fits one shape only",
        "take lengths from .shape, and use the axes that the task names",
    ),
    (
        r"Can't call numpy",
        "numpy() cannot take a tensor with a graph, and no array was asked for",
        "leave .numpy() away",
    ),
    (
        r"NameError: name '(\w+)' is not defined",
        "the function uses a name that is neither a parameter nor imported: a variable of the notebook is no part of "
        "the function",
        "use what the function is given as parameters",
    ),
    (
        r"ZeroDivisionError",
        "a Python number was divided by zero",
        "think of the case in which there is nothing",
    ),
)


def tried(
    judge: Callable[..., None],
    answer: Callable[..., T],
    arguments: tuple[object, ...],
    wanted: str,
    *more: tuple[str, str, str],
) -> T:
    """Call the learner's function; put an error whose cause is known into words, ``more`` before `ERRORS`.

    Raises:
        Wrong: the error is one of the known ones; all others pass through.
    """
    try:
        return answer(*arguments)
    except Exception as error:
        text, place = short_error(error), learners_place(error, judge)
        for fragment, cause, step in (*more, *ERRORS) if place else ():
            if re.search(fragment, f"{text} in {place}", re.DOTALL):
                first = text.splitlines()[0][:160]
                got = f"an error in {place}: {first}"
                raise Wrong(got=got, wanted=wanted, cause=cause, next_step=step) from None
        raise


def graph_errors(answer: object, pixels: bool = False) -> tuple[tuple[str, str, str], ...]:
    """Return entries for `tried` that say where the graph was cut, by the names that the learner's code uses.

    Args:
        answer: the learner's function.
        pixels: the gradient is asked for pictures, not for what a layer gave.
    """
    names, code = names_used(answer), code_before_return(answer)
    step = "detach only what you return, and differentiate before"
    no_score, no_tensor = r"does not require grad and does not have", r"differentiated Tensors does not require grad"
    found = []
    for name in (one for one in ("no_grad", "inference_mode", "set_grad_enabled") if one in names):
        cause = f"{name} was in force while the network ran, so nothing records a graph"
        found.append((no_score, cause, f"run the network outside of {name}"))
    if re.search(r"requires_grad(_\(False\)|\s*=\s*False)", code):
        found.append((no_score, "the parameters were frozen (requires_grad False), so nothing records a graph", step))
    for name in (one for one in ("item", "tolist", "numpy", "tensor", "argmax", "detach") if f"{one}(" in code):
        found.append((no_score, f"{name} cut the score from the network: it is a plain number, without a graph", step))
    if "record_outputs" in names:
        found.append((no_tensor, "record_outputs gives copies without a graph", "keep the output with your own hook"))
    if pixels:
        cause = (
            "the pictures that record gradients are not those that went through the network: requires_grad_() came "
            "after the forward pass, or the original pictures went in and not the copy"
        )
        found.append((r"not have been used in the graph", cause, "run the network on the copy, after requires_grad_()"))
    if pixels and not {"requires_grad", "requires_grad_"} & names:
        cause = "requires_grad is missing: we differentiate by the picture, so the picture must record gradients"
        found.append((no_tensor, cause, "start from images.clone().requires_grad_()"))
    return (*found, *_tensor_errors(no_tensor, code, pixels))


def _tensor_errors(fragment: str, code: str, pixels: bool) -> Iterator[tuple[str, str, str]]:
    if not pixels:
        cause = "the gradient is asked for the pictures; Grad-CAM differentiates by what the layer gave"
        yield rf"{fragment}.*grad\(.*,\s*(images?|pixels|x)\b", cause, "ask for the tensor that the hook kept"
    if "detach" in code:
        yield fragment, "the tensor was detached, and a detached copy has no gradient", "keep the tensor itself"
    if re.search(r"args\[0\]|inp\w*\[0\]|pre_hook", code):
        cause = "what went *into* the layer was kept, and not what came out; here it is the picture, without a graph"
        yield fragment, cause, "keep output, the third parameter of the forward hook"


def returns_in_loop(answer: object) -> bool:
    """Return whether a return stands in a loop without any condition, so that the loop ends after its first turn."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    tree = safely(lambda: ast.parse(textwrap.dedent("".join(inspect.getblock(lines)))), None)
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)] if tree else []
    return any(isinstance(line, ast.Return) for loop in loops for line in loop.body)


def code_before_return(answer: object) -> str:
    """Return the lines of the learner's function without its return lines, or "" if they are not known."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return ""
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    return "".join(line for line in lines if not line.lstrip().startswith("return"))


def demand_tensor(
    got: object,
    wanted: Tensor,
    given: Tensor,
    names: tuple[str, ...],
    what: str = "",
    shapes: dict[tuple[int, ...], str] | None = None,
) -> Tensor:
    """Return ``got`` as a tensor of the kind and shape of ``wanted``; ``names`` are the axes of ``given``.

    Raises:
        Wrong: it is none, or has another shape; the cause says how it came about.
    """
    shape = tuple(wanted.shape)
    before = f"{what}: " if what else ""
    if not isinstance(got, Tensor):
        cause, step = why_no_tensor(got, wanted)
        raise Wrong(got=got, wanted=f"{before}a tensor of shape {shape}", cause=cause, next_step=step)
    if tuple(got.shape) != shape:
        cause, step = why_another_shape(got.detach(), wanted, given, names)
        cause = (shapes or {}).get(tuple(got.shape), cause)
        raise Wrong(got=f"shape {tuple(got.shape)}", wanted=f"{before}shape {shape}", cause=cause, next_step=step)
    if not got.is_floating_point():
        wanted_kind = f"{before}numbers with a fraction, {wanted.dtype}"
        step = "return the values themselves, without argmax, .indices, int() or byte()"
        raise Wrong(got=got, wanted=wanted_kind, cause=_why_whole_numbers(got), next_step=step)
    return got


def _why_whole_numbers(got: Tensor) -> str:
    kinds = {torch.bool: "yes or no (a comparison)", torch.uint8: "bytes, whole numbers from 0 to 255"}
    kind = kinds.get(got.dtype, "whole numbers: positions (argmax, .indices), or values that were cut off")
    return f"the numbers are of type {got.dtype}: {kind}"


def why_no_tensor(got: object, wanted: Tensor) -> tuple[str, str]:
    """Return how something that is no tensor came about, and what to do."""
    if got is None:
        return "the function gives None or no tensor: is there a return, in every branch?", "return the tensor"
    if isinstance(got, tuple) and type(got).__module__ == "torch.return_types":
        return (
            "this is no tensor: max(dim=...), min and topk give the pair of values and indices",
            "take .values, or use amax",
        )
    if isinstance(got, tuple) and len(got) == 1:
        return (
            "this is a tuple with one element, no tensor: torch.autograd.grad gives a tuple, and so does a comma "
            "at the end of the line",
            "take the first element: [0]",
        )
    if isinstance(got, tuple):
        return f"{len(got)} things came, in a tuple: one tensor was asked for", "return only the tensor"
    if isinstance(got, list):
        numbers = "a list of tensors" if _holds_tensors(got) else "a list of plain numbers (tolist()?)"
        return f"{numbers} came, no tensor", "torch.stack or torch.cat makes one tensor of a list; leave tolist() away"
    return _why_no_tensor_either(got, wanted)


def _why_no_tensor_either(got: object, wanted: Tensor) -> tuple[str, str]:
    if isinstance(got, np.ndarray | np.generic):
        return "a NumPy array came, no tensor", "leave .numpy() away"
    if isinstance(got, bool | int | float):
        kind = "one plain number came, no tensor"
        why = " (float(...), .item(), len(...)?)" if wanted.numel() > 1 else ""
        return kind + why, f"return a tensor of shape {tuple(wanted.shape)}"
    if isinstance(got, str):
        return "a text came, no tensor", "return the numbers, without quotes and without str()"
    if isinstance(got, dict):
        return "a dictionary came, no tensor", "return the tensor that stands in it"
    if hasattr(got, "maps"):
        return (
            "the whole answer of the package came, no tensor: its maps and gradients are parts of it",
            "take the part that the task asks for, such as .maps",
        )
    if callable(got):
        return "a function or layer came, not what it gives", "call it with (...), and return the result"
    return f"this is of type {type(got).__name__}, no tensor", "return the tensor itself"


def _holds_tensors(got: list[object]) -> bool:
    return any(isinstance(one, Tensor) for one in got)


def why_another_shape(got: Tensor, wanted: Tensor, given: Tensor, names: tuple[str, ...]) -> tuple[str, str]:
    """Return how a tensor of another shape came about: axes left over, lost, exchanged, or other axes joined."""
    came, shape = tuple(got.shape), tuple(wanted.shape)
    step = f"write the shape behind each line as a comment; the axes of what comes in are {', '.join(names)}"
    if came == ():
        return "everything was joined into one number", step
    if [n for n in came if n != 1] == [n for n in shape if n != 1]:
        return _why_ones(came, shape), step
    if came == shape[1:] and (cause := _why_no_first_axis(got, wanted, names[0])):
        return cause, step
    if came == tuple(given.shape):
        return "nothing was joined: the shape is still that of what came in", step
    left = _axes_left(came, tuple(given.shape))
    if left is not None:
        return _why_other_axes(left, names, wanted, given), step
    return _why_reshaped(got, wanted, given) or _why_sizes(came, shape, names), step


def _why_reshaped(got: Tensor, wanted: Tensor, given: Tensor) -> str:
    if sorted(got.shape) == sorted(given.shape) and given.ndim > wanted.ndim:
        return "nothing was joined: the axes were only put into another order"
    if got.numel() == given.numel() and given.numel() != wanted.numel():
        return "nothing was joined: the same numbers were only given another shape"
    if got.ndim > 1 and got.shape[0] == got.shape[1] == wanted.shape[0] and got.shape[2:] == wanted.shape[1:]:
        return "for each picture, the result for *all* pictures came, (N, N, ...): keep only its own"
    if got.numel() == wanted.numel() and got.ndim < wanted.ndim:
        return "the numbers stand in one line (flatten, view, cat): the shape of the task is lost"
    return ""


def _why_sizes(came: tuple[int, ...], shape: tuple[int, ...], names: tuple[str, ...]) -> str:
    if sorted(came) == sorted(shape):
        return "the axes stand in another order: something was transposed (.T, permute), or reshaped wrongly"
    if came == shape[1:]:
        return f"the axis of the {names[0]}, axis 0, is gone: they were mixed, or only one came"
    if len(came) == len(shape) and came[-2:] != shape[-2:] and all(a >= b for a, b in zip(came, shape, strict=True)):
        return "the maps were enlarged (interpolate); they keep the size that they have in the layer"
    if len(came) == len(shape) and came[0] < shape[0] and came[1:] == shape[1:]:
        return f"only {came[0]} of {shape[0]} {names[0]} came"
    if len(set(came)) == 1 and len(came) > len(shape):
        return "each one met all the others: (N,) beside (N, 1) gives (N, N); one of the two has an axis too much"
    return f"the axes {came} are not those of the task"


def _why_ones(came: tuple[int, ...], shape: tuple[int, ...]) -> str:
    if len(came) > len(shape):
        return (
            "an axis of length 1 is left over: leave keepdim away in the last step, take [0] of what has only one, "
            "or use torch.cat instead of torch.stack"
        )
    return "an axis of length 1 is lost: squeeze() or [0] also takes the axis of a batch of one, or of one channel"


def _why_no_first_axis(got: Tensor, wanted: Tensor, name: str) -> str:
    many = len(wanted) > 1
    likely = {
        f"only the first of the {name} came: [0] too much": wanted[0],
        f"only the last of the {name} came: a loop overwrote the others": wanted[-1],
        f"the {name} were added up: axis 0 is theirs, and stays": wanted.sum(dim=0),
        f"the {name} were mixed: they were averaged, and axis 0 is theirs": wanted.mean(dim=0),
    }
    fits = [cause for cause, value in likely.items() if many and same(got, value)]
    return fits[0] if fits else ""


def _axes_left(came: tuple[int, ...], given: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return which axes of ``given`` are still there, if their lengths tell; else None."""
    if len(set(given)) < len(given) or any(n not in given for n in came) or len(came) >= len(given):
        return None
    left = tuple(given.index(n) for n in came)
    return left if list(left) == sorted(left) else None


def _why_other_axes(left: tuple[int, ...], names: tuple[str, ...], wanted: Tensor, given: Tensor) -> str:
    stays = {given.shape.index(n) for n in wanted.shape if n in given.shape}
    gone = [f"{names[axis]} (axis {axis})" for axis in range(given.ndim) if axis not in left]
    lost = [names[axis] for axis in sorted(stays - set(left))]
    kept = [names[axis] for axis in left if axis not in stays]
    told = f"the axes that were joined, averaged or dropped are {' and '.join(gone)}"
    told += f"; {' and '.join(lost)} should stay" if lost else ""
    return told + (f"; {' and '.join(kept)} should not" if kept else "")


def same(got: Tensor, value: Tensor, slack: float = 1e-4) -> bool:
    """Return whether two tensors are equal, up to ``slack`` of the largest value."""
    if got.shape != value.shape or value.isnan().any():
        return False
    value = value.to(got.dtype) if got.is_floating_point() else value
    most = float(value.abs().max()) if value.numel() else 0.0
    return bool(torch.allclose(got, value, rtol=1e-4, atol=max(slack * most, 1e-12) if most < float("inf") else 0.0))


def why_other_values(
    got: Tensor, wanted: Tensor, likely: dict[str, Tensor], units: dict[str, float], otherwise: str
) -> str:
    """Return how other values came about: a known mistake, a slip at the end, a factor, or two of these.

    Args:
        got: what came, of the shape of ``wanted``.
        wanted: what should have come.
        likely: the usual mistakes, and what each would give.
        units: numbers that people divide by, or forget to: {"the number of pictures": 3}.
        otherwise: what to say in front of the place where they differ, if nothing fits.
    """
    got = got.detach().to(wanted.dtype)
    likely = {cause: value.detach() for cause, value in likely.items() if value.shape == wanted.shape}
    if got.isnan().any():
        return "there is NaN in it: 0 / 0, a root or logarithm of a negative number, or an infinite value"
    for cause, value in likely.items():
        if same(got, value):
            return cause
    if float(got.abs().max()) == 0:
        return "all values are zero: everything was cut off, or nothing was ever filled in"
    for known in (_slip, _factor, _factor_of_each):
        for cause, value in {"": wanted, **likely}.items():
            if slip := known(got, value, units):
                return f"{cause}; and {slip}" if cause else slip
    return f"{otherwise}{_some_right(got, wanted)}"


def _slip(got: Tensor, value: Tensor, units: dict[str, float]) -> str:
    """Return what was done to ``value`` at the end, or by which of ``units`` it is too large or small; else ""."""
    return next((slip for slip, other in slips(value) if same(got, other)), "") or _unit(got, value, units)


def slips(x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield what people do to a right result at the end, and what comes of it."""
    one = tuple(range(1, x.ndim)) or (0,)
    yield "the signs are turned: there is a minus too much, or two things were subtracted the wrong way round", -x
    yield "the signs are gone: an absolute value was taken at the end", x.abs()
    yield "negative values were cut off (ReLU), and here they count", x.relu()
    yield "only the negative part is left: the sign is turned before ReLU", (-x).relu()
    yield "values above 1 were cut off: clamp(0, 1) does not scale", x.clamp(0, 1)
    yield "values above 1 were cut off (clamp)", x.clamp(max=1)
    yield "only what is below zero is left: clamp(max=0) in place of clamp(min=0)", x.clamp(max=0)
    for name in ("leaky_relu", "gelu", "elu", "softplus", "silu"):
        yield f"{name} was applied, and not relu", getattr(F, name)(x)
    yield "a logarithm was taken", x.log1p()
    yield "a logarithm was taken, without 1 plus", x.log()
    yield "values beyond -1 and 1 were cut off (clamp)", x.clamp(-1, 1)
    yield "the values were squared", x**2
    yield "a square root was taken", x.abs().sqrt()
    yield "sigmoid was applied, which nobody asked for", x.sigmoid()
    yield "tanh was applied, which nobody asked for", x.tanh()
    yield "the exponential was taken", x.exp()
    for axis in range(x.ndim):
        yield f"softmax was applied over axis {axis}, which nobody asked for", x.softmax(dim=axis)
    yield from _coarser(x)
    yield from _scalings(x, one)
    yield from _movements(x)


def _coarser(x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield what comes of rounding and of yes or no."""
    yield "the values were rounded to whole numbers, or cut to them", x.round()
    yield "the values were cut to whole numbers", x.trunc()
    yield "only whole numbers are left: // divides and drops the fraction", x.floor()
    for digits in (1, 2, 3):
        yield f"the values were rounded to {digits} decimal{'s' * (digits > 1)}", x.round(decimals=digits)
    yield "only yes or no is left: which values are above zero", (x > 0).to(x.dtype)
    yield "the result was turned round: 1 minus it", 1 - x
    yield "everything became 1", torch.ones_like(x)


def _scalings(x: Tensor, one: tuple[int, ...]) -> Iterator[tuple[str, Tensor]]:
    """Yield what comes of scaling by the values themselves."""
    groups = {"of all": tuple(range(x.ndim)), "of its own picture": one, "of its own row": (x.ndim - 1,)}
    for whose, axes in {**groups, "of its own column": (max(x.ndim - 2, 0),)}.items():
        low, high = x.amin(dim=axes, keepdim=True), x.amax(dim=axes, keepdim=True)
        most, total = x.abs().amax(dim=axes, keepdim=True), x.sum(dim=axes, keepdim=True)
        mean = x.mean(dim=axes, keepdim=True)
        yield f"each value was divided by the largest {whose} (stretched), and should stay as it is", x / high
        yield f"each value was divided by the largest size {whose} (stretched)", x / most
        yield (
            f"the smallest value {whose} was subtracted, and then divided (stretched to 0..1)",
            (x - low) / (high - low),
        )
        yield f"the smallest value {whose} was subtracted", x - low
        yield f"each value was divided by the sum {whose}", x / total
        yield f"each value was divided by the sum of the sizes {whose}", x / x.abs().sum(dim=axes, keepdim=True)
        yield f"each value was divided by the mean {whose}", x / mean
        yield f"the mean {whose} was subtracted", x - mean
        yield f"each value was divided by the length (norm) {whose}", x / (x * x).sum(dim=axes, keepdim=True).sqrt()
        for unbiased in (True, False):
            spread = x.std(dim=axes, keepdim=True, correction=int(unbiased)) if x.numel() > 1 else most
            yield f"mean and spread {whose} were taken out (standardised)", (x - mean) / spread
            yield f"each value was divided by the spread {whose}", x / spread


def _movements(x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield what comes of moving values to other places."""
    for axis in range(x.ndim):
        yield f"the order along axis {axis} is turned round (flip, or a loop from the end)", x.flip(axis)
        for shift in (1, -1):
            yield f"the values are moved by one along axis {axis}: off by one", x.roll(shift, dims=axis)
    for first in range(x.ndim):
        for second in range(first + 1, x.ndim):
            if x.shape[first] == x.shape[second]:
                yield f"the axes {first} and {second} were exchanged", x.transpose(first, second)


def _scale(got: Tensor, value: Tensor) -> float:
    """Return the one number that makes ``got`` of ``value``; 0 if there is none, or it is 1."""
    square = float((value * value).sum())
    scale = float((got * value).sum()) / square if square > 0 else 0.0
    return scale if scale and abs(scale - 1) > 1e-4 and same(got, value * scale) else 0.0


def _unit(got: Tensor, value: Tensor, units: dict[str, float]) -> str:
    scale = _scale(got, value)
    sign = "the signs are turned, and " if scale < 0 else ""
    for name, number in {**units, **UNITS}.items():
        small, large = abs(abs(scale) * number - 1) < 1e-3, abs(abs(scale) / number - 1) < 1e-3
        if scale and number > 1 and (small or large):
            why = "" if name in UNITS else ": divided once too often, or a mean" if small else ": a sum, or not divided"
            return f"{sign}all values are too {'small' if small else 'large'} by the factor {number:g}, {name}{why}"
    return ""


def _factor(got: Tensor, value: Tensor, units: dict[str, float]) -> str:
    scale = _scale(got, value)
    sign = "the signs are turned, and " if scale < 0 else ""
    return (
        f"{sign}all values are {abs(scale):.4g} times what they should be: multiplied or divided too much"
        if scale
        else ""
    )


def _factor_of_each(got: Tensor, value: Tensor, units: dict[str, float]) -> str:
    if value.ndim < 2 or len(value) < 2:
        return ""
    axes = tuple(range(1, value.ndim))
    square = (value * value).sum(dim=axes, keepdim=True).clamp(min=1e-30)
    scales = (got * value).sum(dim=axes, keepdim=True) / square
    if not same(got, value * scales) or float(scales.abs().max()) == 0:
        return ""
    numbers = ", ".join(f"{float(one):.3g}" for one in scales.flatten()[:4])
    zero = [i for i, one in enumerate(scales.flatten().tolist()) if abs(one) < 1e-6]
    if len(zero) == len(value) - 1:
        one = next(i for i in range(len(value)) if i not in zero)
        return f"only picture {one} was asked about; the others are zero everywhere"
    if zero and all(abs(one - 1) < 1e-3 for i, one in enumerate(scales.flatten().tolist()) if i not in zero):
        return f"number {', '.join(map(str, zero))} along axis 0 is zero everywhere, and only the others are right"
    return f"each picture has a factor of its own ({numbers}): scaled by its own values, or by its probability"


def first_place(got: Tensor, wanted: Tensor) -> tuple[str, str]:
    """Return both values at the first place where they differ, as texts for a card."""
    off = (got.detach() - wanted).abs() > 1e-4 * float(wanted.abs().max())
    off |= got.isnan()
    place = tuple(off.nonzero()[0].tolist()) if off.any() else (0,) * wanted.ndim
    return f"{float(got[place]):.4g} at {list(place)}", f"{float(wanted[place]):.4g} at {list(place)}"


def _some_right(got: Tensor, wanted: Tensor) -> str:
    off = (got - wanted).abs() > 1e-4 * float(wanted.abs().max()) + 1e-9
    told = f"; {int(off.sum())} of {off.numel()} values differ"
    if wanted.ndim > 1 and len(wanted) > 1:
        right = [i for i in range(len(wanted)) if not off[i].any()]
        told += f"; only number {', '.join(map(str, right))} along axis 0 is right" if right else ""
    return told


# traces


class Traces:
    """What a network was like before a call, and what a call has changed; other people's hooks included."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network
        self.handle = next(network.children()).register_forward_hook(lambda module, args, output: None)
        self.modes = {name: module.training for name, module in network.named_modules()}
        self.values = {name: value.detach().clone() for name, value in network.state_dict().items()}
        self.flags = {name: p.requires_grad for name, p in network.named_parameters()}
        self.grads = {name: None if p.grad is None else p.grad.clone() for name, p in network.named_parameters()}

    def demand_none(self, gradients: bool = True) -> None:
        """Raise `Wrong` if there is a trace; ``gradients`` says whether a filled `.grad` counts."""
        self._demand_hooks()
        self._demand_modes()
        if gradients:
            self._demand_gradients()
        changed = [
            name for name, value in self.network.state_dict().items() if not torch.equal(value, self.values[name])
        ]
        if changed:
            _left(
                f"{changed[0]} of the network has other numbers now",
                "the network's own numbers were changed: by training, or by batch normalisation in train mode",
                "leave the parameters alone, and call no train()",
            )
        frozen = [name for name, p in self.network.named_parameters() if p.requires_grad != self.flags[name]]
        if frozen:
            _left(
                f"{frozen[0]} records {'gradients' if not self.flags[frozen[0]] else 'no gradients any more'}",
                "requires_grad_(False) froze the parameters for good: the next training step would learn nothing",
                "leave the parameters' requires_grad alone; torch.autograd.grad asks only for what you name",
            )

    def end(self) -> None:
        """Take the foreign hook off again."""
        self.handle.remove()

    def _demand_hooks(self) -> None:
        left = count_hooks(self.network)
        if left > 1:
            _left(
                f"{left - 1} hooks are left on the network" if left > 2 else "1 hook is left on the network",
                "a handle was never removed, so the hook stays and each call adds another one (`handle.remove` "
                "without brackets removes nothing)",
                "open the hook in a with block: with layer.register_forward_hook(...): ...",
            )
        if left < 1:
            _left(
                "a hook that was there before is gone",
                "all hooks were cleared, also those that somebody else had put on",
                "remove only your own handle",
            )

    def _demand_modes(self) -> None:
        other = [name for name, module in self.network.named_modules() if module.training != self.modes[name]]
        if other:
            mode = "eval" if self.modes[other[0]] else "train"
            _left(
                f"{other[0] or 'the network'} is in {mode} mode now",
                f"{mode}() was called and not undone: dropout and batch normalisation now work otherwise",
                "leave the mode as it is",
            )

    def _demand_gradients(self) -> None:
        for name, p in self.network.named_parameters():
            before = self.grads[name]
            if before is None and p.grad is not None:
                _left(
                    "the parameters' .grad were filled",
                    "backward() writes into .grad, and it writes into every .grad: that would spoil a training step",
                    "ask torch.autograd.grad(score, tensor)[0] instead",
                    wanted="the parameters' .grad as before",
                )
            if before is not None and (p.grad is None or not p.grad.any()):
                _left(
                    "gradients that waited in .grad are gone",
                    "zero_grad() wiped gradients that waited for their optimizer's step",
                    "leave backward() and zero_grad() away: torch.autograd.grad writes into no .grad",
                    wanted="every .grad as it was",
                )
            if before is not None and not torch.equal(p.grad, before):
                _left(
                    "gradients that waited in .grad have changed",
                    "backward() added to gradients that waited for their optimizer's step",
                    "ask torch.autograd.grad(score, tensor)[0] instead",
                    wanted="every .grad as it was",
                )


def _left(got: str, cause: str, step: str, wanted: str = "the network as it was") -> None:
    raise Wrong(got=got, wanted=wanted, cause=cause, next_step=step)


def demand_error_passed_on(call: Callable[[], object], error: type[Exception]) -> None:
    """Raise `Wrong` if a call that must fail, because the network does, returns as if nothing had happened."""
    try:
        call()
    except error:
        return
    except Exception:  # noqa: BLE001 - another error tells as much: the failure is not hidden
        return
    raise Wrong(
        got="an answer, although the network itself raised an error",
        wanted="the network's own error, passed on",
        cause="the error was caught and swallowed (try/except), so nobody learns that the network failed",
        next_step="leave the except away; `finally:` tidies up and lets the error pass",
    )


# 10.1

PIXELS = ("pictures", "colours", "rows", "columns")


def judge_join(answer: Callable[[Tensor], Tensor]) -> None:
    """The largest absolute value over axis 1, for a batch and a single picture, colour or grey."""
    for shape in ((2, 3, 4, 5), (1, 3, 2, 2), (2, 1, 3, 3)):
        gradients = torch.randn(*shape)
        kept = gradients.clone()
        wanted, kind = kept.abs().amax(dim=1), f"maps for gradients of shape {shape}"
        got = tried(judge_join, answer, (gradients,), kind, *_few_colours(shape))
        if not torch.equal(gradients, kept):
            raise Wrong(
                got="the gradients that were given have changed",
                wanted="a new tensor",
                cause="an in-place operation such as abs_() wrote into them",
                next_step="use abs() without the underscore",
            )
        maps = demand_tensor(got, wanted, kept, PIXELS, kind, _likely_shapes(shape))
        if not same(maps.to(wanted.dtype), wanted):
            mine, its = first_place(maps, wanted)
            raise Wrong(
                got=mine,
                wanted=f"{its}, for gradients of shape {shape}",
                cause=_why_not_joined(maps, kept),
                next_step="absolute value first, then the maximum over axis 1",
            )


def _few_colours(shape: tuple[int, ...]) -> tuple[tuple[str, str, str], ...]:
    cause = f"the number of colours is fixed in the code: these gradients have {shape[1]}"
    return ((r"out of bounds for dimension 1", cause, "let amax(dim=1) take as many colours as there are"),)


def _likely_shapes(shape: tuple[int, ...]) -> dict[tuple[int, ...], str]:
    return {
        (shape[0], 1, *shape[2:]): "the axis of the colours was kept: leave keepdim away",
        shape: "the colours were not joined",
        shape[1:]: "the pictures of the batch were joined: axis 0; the colours are axis 1",
    }


def _grey(values: Tensor) -> Tensor:
    weights = torch.tensor([0.299, 0.587, 0.114])
    return (values * weights[:, None, None]).sum(dim=1) if values.shape[1] == 3 else values.sum(dim=1)


def _why_not_joined(got: Tensor, gradients: Tensor) -> str:
    sizes, units = gradients.abs(), {"the number of colours": float(gradients.shape[1])}
    likely = {
        "the maximum was taken before the absolute value: strong negative slopes are lost": gradients.amax(dim=1),
        "the maximum was taken before the absolute value, which came too late": gradients.amax(dim=1).abs(),
        "the absolute values were averaged; the task asks for the largest": sizes.mean(dim=1),
        "the absolute values were added up; the task asks for the largest": sizes.sum(dim=1),
        "the signed slopes were added up, so that they cancel": gradients.sum(dim=1).abs(),
        "the signed slopes were averaged, so that they cancel": gradients.mean(dim=1).abs(),
        "the signed slopes were averaged, so that they cancel, and no absolute value taken": gradients.mean(dim=1),
        "negative slopes were cut off; they matter as much as positive ones": gradients.relu().amax(dim=1),
        "this is the length of the three slopes, another way to join them": gradients.norm(dim=1),
        "the smallest came, not the largest": sizes.amin(dim=1),
        "the smallest of the signed slopes came": gradients.amin(dim=1),
        "the middle one came (median), not the largest": sizes.median(dim=1).values,
        "the distance from the smallest to the largest came": gradients.amax(dim=1) - gradients.amin(dim=1),
        "the colours were weighed as for a grey picture (0.299, 0.587, 0.114)": _grey(sizes),
        "the colours were weighed as for a grey picture, with their signs": _grey(gradients),
        "the mean of all was subtracted before the absolute value": (gradients - gradients.mean()).abs().amax(dim=1),
        "the squares were averaged": (gradients**2).mean(dim=1),
        "the slopes were multiplied with each other": sizes.prod(dim=1),
        "the largest slope came with its sign: the absolute value is missing": gradients.gather(
            1, sizes.argmax(dim=1, keepdim=True)
        )[:, 0],
        **{f"only colour {one} was used, not all colours": sizes[:, one] for one in range(gradients.shape[1])},
        **{f"only colour {one} was used, with its sign": gradients[:, one] for one in range(gradients.shape[1])},
    }
    wanted = sizes.amax(dim=1)
    return why_other_values(got, wanted, likely, units, "these are not the largest absolute values over the colours")


# 10.2


class _Small(nn.Module):
    """A convolution, ReLU as a layer, and a linear layer; knows nothing of the course, and notes its ReLUs' hooks."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1), nn.ReLU()
        )
        self.fc = nn.Linear(6 * 16, 5)
        self.hooks_seen = 0

    def forward(self, images: Tensor) -> Tensor:
        self.hooks_seen = len(self.features[1]._backward_hooks)
        return self.fc(F.adaptive_avg_pool2d(self.features(images), 4).flatten(1))


SLOPES = "signed gradients (N, C, H, W), one for each pixel and colour"
PICKS_PICTURES = (
    r"out of bounds for dimension 0",
    "the class was used as the number of a picture: pictures are axis 0 of the logits, classes axis 1",
    "write logits[torch.arange(len(images)), classes], or logits[:, class_index] for one class",
)
LOST_BATCH = (
    r"shapes cannot be multiplied|Expected 3D|same number of dimensions: got 3",
    "a picture went in without the axis of the batch: the network takes (N, C, H, W)",
    "give a single picture its axis back: image[None]",
)


def judge_gradients(answer: Callable[[nn.Module, Tensor, Tensor], Tensor]) -> None:
    """Saliency's signed gradients for a batch of different classes; pictures, network and `.grad` untouched."""
    torch.manual_seed(4)
    for waiting, asked in ((False, (0, 4, 2, 1)), (True, (1, 3)), (False, (2,))):
        model, classes, images = _Small().eval(), torch.tensor(asked), torch.rand(len(asked), 3, 8, 10)
        if waiting:
            F.cross_entropy(model(images), classes).backward()
        kept, traces = images.clone(), Traces(model)
        kind = f"{len(asked)} pictures, classes {list(asked)}"
        more = (PICKS_PICTURES, LOST_BATCH, *graph_errors(answer, pixels=True))
        got = tried(judge_gradients, answer, (model, images, classes), SLOPES, *more)
        demand_same_pictures(images, kept)
        traces.demand_none()
        wanted = saliency(model, images, classes).gradients
        slopes = demand_tensor(got, wanted, kept, PIXELS, kind, {})
        if not same(slopes.detach(), wanted):
            raise Wrong(
                got=f"largest slopes {[round(float(g.abs().max()), 4) for g in slopes]}",
                wanted=f"{[round(float(g.abs().max()), 4) for g in wanted]} ({kind})",
                cause=_why_not_gradients(model, images, slopes, classes),
                next_step="sum the chosen logits: logits[torch.arange(len(images)), classes].sum()",
            )


def demand_same_pictures(images: Tensor, kept: Tensor) -> None:
    """Raise `Wrong` if the caller's pictures were marked or overwritten."""
    if images.requires_grad or not torch.equal(images, kept):
        raise Wrong(
            got="the caller's pictures were changed (requires_grad, or their numbers)",
            wanted="the pictures as they were",
            cause="requires_grad_() and other names that end in an underscore work in place",
            next_step="start from images.clone().requires_grad_()",
        )


def scores_of(classes: Tensor) -> dict[str, Callable[[Tensor], Tensor]]:
    """Return the scores that people differentiate instead of ``z[rows, classes]``, from logits (N, C) to (N,)."""
    rows = torch.arange(len(classes))
    return {
        "only picture 0 was asked about; the others have slopes of zero": lambda z: z[rows, classes] * (rows == 0),
        "all pictures were asked about the first class": lambda z: z[:, int(classes[0])],
        "the predicted classes were explained, not the ones that were asked for": lambda z: z.amax(dim=1),
        "all classes were added up": lambda z: z.sum(dim=1),
        "[:, classes] takes every class for every picture, not each picture's own": lambda z: z[:, classes].sum(dim=1),
        "the loss was differentiated, not the logit": lambda z: F.cross_entropy(z, classes, reduction="none"),
        "the loss was differentiated, not the logit, and averaged": lambda z: (
            F.cross_entropy(z, classes, reduction="none") / len(classes)
        ),
        "a probability was differentiated: softmax mixes all classes": lambda z: z.softmax(dim=1)[rows, classes],
        "the log of a probability (or the negative loss) was differentiated": lambda z: z.log_softmax(dim=1)[
            rows, classes
        ],
        "the mean of the logits was taken, so each slope depends on the size of the batch": lambda z: (
            z[rows, classes] / len(classes)
        ),
    } | _stranger_scores(classes, rows)


def _stranger_scores(classes: Tensor, rows: Tensor) -> dict[str, Callable[[Tensor], Tensor]]:
    return {
        "the class after the one that was asked for was explained: counted from 1": lambda z: z[
            rows, (classes + 1) % z.shape[1]
        ],
        "the class before the one that was asked for was explained": lambda z: z[rows, (classes - 1) % z.shape[1]],
        "one logit, the largest of the whole batch, was asked about: each picture has its own": lambda z: (
            (z == z.max()) * z
        ).sum(dim=1),
        "the largest probability was differentiated": lambda z: z.softmax(dim=1).amax(dim=1),
        "sigmoid was applied to the logit": lambda z: z.sigmoid()[rows, classes],
        "the logit was squared": lambda z: z[rows, classes] ** 2,
        "the classes were taken in another order than the pictures": lambda z: z[rows, classes.flip(0)],
        "the logit was compared with the best other class: no plain logit": lambda z: (
            z[rows, classes] - z.scatter(1, classes[:, None], -torch.inf).amax(dim=1)
        ),
    }


def _why_not_gradients(model: nn.Module, images: Tensor, got: Tensor, classes: Tensor) -> str:
    likely = {cause: saliency(model, images, score=score).gradients for cause, score in scores_of(classes).items()}
    wanted = saliency(model, images, classes).gradients
    changed = {"divided by 255": images / 255, "normalised with 0.5": (images - 0.5) / 0.5, "doubled": images * 2}
    likely |= {
        "the gradient was multiplied with the pictures: gradient times input, not the gradient": wanted * images,
        "the ReLUs were guided: plain gradients were asked for": guided_backprop(model, images, classes).gradients,
        "the colours were averaged and laid over all three": wanted.mean(dim=1, keepdim=True).expand_as(wanted),
        **{
            f"the pictures were {how} before they went in; the network takes them as they come": saliency(
                model, other, classes
            ).gradients
            for how, other in changed.items()
        },
    }
    units = {"the number of pictures": float(len(images)), "the number of colours": 3.0, "its pixels": 80.0}
    if same(got, wanted.abs()):
        return "the signs are gone; the task asks for signed gradients"
    return why_other_values(got, wanted, likely, units, "these are not the gradients of the chosen logits")


# 10.3


class _Fails(nn.Module):
    """A network that raises after its ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU()

    def forward(self, images: Tensor) -> Tensor:
        self.relu(images * 1)
        raise FloatingPointError("this network fails on purpose")


GUIDES = "guided gradients (N, C, H, W)"
HOOK_ERRORS = (
    (
        r"received an invalid combination of arguments - got \(tuple",
        "the hook's tuple went on through the network as a layer's output: this is a forward hook, and what it "
        "returns replaces the output; gradients are changed on the way back",
        "register it with register_full_backward_hook",
    ),
    PICKS_PICTURES,
)


def judge_guided(answer: Callable[[nn.Module, Tensor, int], Tensor]) -> None:
    """guided_backprop's gradients for the class that is asked for; no hook left, also when the network fails."""
    torch.manual_seed(6)
    model, kept, more = _Small().eval(), torch.rand(4, 3, 8, 10), (*HOOK_ERRORS, *graph_errors(answer, pixels=True))
    for asked in (1, 3):
        images, traces = kept.clone(), Traces(model)
        got = tried(judge_guided, answer, (model, images, asked), GUIDES, *more)
        hooks_seen = model.hooks_seen
        traces.demand_none(gradients=False)
        traces.end()
        demand_same_pictures(images, kept)
        wanted = guided_backprop(model, images, asked).gradients
        guided = demand_tensor(got, wanted, kept, PIXELS, f"class {asked}")
        if not same(guided.detach(), wanted):
            raise Wrong(
                got=f"largest values {[round(float(g.abs().max()), 4) for g in guided]} for class {asked}",
                wanted=f"{[round(float(g.abs().max()), 4) for g in wanted]}",
                cause=_why_not_guided(model, images, guided.detach(), asked, hooks_seen),
                next_step="return (grad_input[0].clamp(min=0),) from the hook, and start from logits[:, class_index]",
            )
    _must_survive_failure(answer)


def _must_survive_failure(answer: Callable[[nn.Module, Tensor, int], Tensor]) -> None:
    broken = _Fails()
    with suppress(Exception):
        answer(broken, torch.rand(1, 3, 4, 4), 0)
    if count_hooks(broken):
        raise Wrong(
            got=f"{count_hooks(broken)} hooks are left after the network raised an error",
            wanted="none, whatever happens",
            cause="the hooks are removed on a line that an error skips",
            next_step="use a with block (ExitStack) or try/finally around the forward pass",
        )
    demand_error_passed_on(lambda: answer(broken, torch.rand(1, 3, 4, 4), 0), FloatingPointError)


def _ruled(model: nn.Module, images: Tensor, score: Callable[[Tensor], Tensor], rule: str) -> Tensor:
    """Return the gradients if each ReLU handles them by ``rule``."""
    pixels, outputs, back = images.clone().requires_grad_(), [], []

    def change(module: nn.Module, grad_input: tuple[Tensor], grad_output: tuple[Tensor]) -> tuple[Tensor]:
        back.append(module)
        own, other = outputs[-len(back)], outputs[len(back) - 1]
        return (RULES[rule](grad_input[0], grad_output[0], own, other),)

    with ExitStack() as hooks:
        for layer in (one for one in model.modules() if isinstance(one, nn.ReLU)):
            hooks.enter_context(layer.register_forward_hook(lambda m, a, output: outputs.append(output.detach())))
            hooks.enter_context(layer.register_full_backward_hook(change))
        return torch.autograd.grad(score(model(pixels)).sum(), pixels)[0]


PLAIN = "this is plain saliency: the hook did not replace anything, or not the negative gradients"

RULES: dict[str, Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]] = {
    "": lambda gi, go, own, other: gi.clamp(min=0),
    PLAIN: lambda gi, go, own, other: gi,
    "each ReLU multiplies by its output, as the old library did, instead of its mask (1 or 0)": (
        lambda gi, go, own, other: go.clamp(min=0) * own
    ),
    "each ReLU multiplies by its output instead of its mask (1 or 0), and keeps negative gradients": (
        lambda gi, go, own, other: go * own
    ),
    "the gradient got another factor than its mask (1 or 0): grad_output was clamped, and holds no mask": (
        lambda gi, go, own, other: go.clamp(min=0)
    ),
    "grad_output was passed on as it is: neither mask nor clamp": lambda gi, go, own, other: go,
    "the negative gradients were kept, and the positive ones cut off": lambda gi, go, own, other: gi.clamp(max=0),
    "the absolute value was taken at each ReLU; negative gradients must become zero": (
        lambda gi, go, own, other: gi.abs()
    ),
    "the masks are used in the wrong order: backward meets the last ReLU first": (
        lambda gi, go, own, other: go.clamp(min=0) * (other > 0)
    ),
    "the outputs are used as factors, and in the wrong order": lambda gi, go, own, other: go.clamp(min=0) * other,
    "the mask was turned round": lambda gi, go, own, other: go.clamp(min=0) * (own <= 0),
    "the mask was used twice, with the output as a factor": lambda gi, go, own, other: gi.clamp(min=0) * own,
    "only the mask came, without the gradient": lambda gi, go, own, other: (own > 0).float(),
    "only the sign of the gradient was kept": lambda gi, go, own, other: gi.clamp(min=0).sign(),
}


def _why_not_guided(model: nn.Module, images: Tensor, got: Tensor, asked: int, hooks_seen: int) -> str:
    wanted, plain = (_ruled(model, images, lambda z: z[:, asked], rule) for rule in ("", PLAIN))
    if same(got, plain):
        return _why_plain(hooks_seen)
    likely = {rule: _ruled(model, images, lambda z: z[:, asked], rule) for rule in RULES if rule}
    likely |= {
        "only the last gradient was clamped; guiding happens at each ReLU": plain.clamp(min=0),
        "only picture 0 was asked about": wanted * (torch.arange(len(wanted)) == 0)[:, None, None, None],
        "the guided gradient was multiplied with the pictures, and only the gradient was asked for": wanted * images,
        "hooks on all layers cut negative gradients; only ReLUs do": _all_layers_clamped(model, images, asked),
    }
    for cause, score in _scores_of_class(asked, len(images)).items():
        likely[cause] = _ruled(model, images, score, "")
        likely[f"{cause}, and nothing was guided"] = _ruled(model, images, score, PLAIN)
    told = "at some ReLU the gradient got another factor than its mask (1 or 0), or only its negative part was kept"
    return why_other_values(got, wanted, likely, {"the number of pictures": float(len(images))}, told)


def _scores_of_class(asked: int, count: int) -> dict[str, Callable[[Tensor], Tensor]]:
    """Return the scores of `scores_of`, if one class is asked for, and the class taken for a picture."""
    one = "the predicted class was explained, not the class that was asked for"
    found = {one if "predicted" in cause else cause: s for cause, s in scores_of(torch.full((count,), asked)).items()}
    found["the class was used as the number of a picture: logits[:, class_index] takes a class"] = lambda z: (
        z.sum(dim=1) * (torch.arange(len(z)) == asked)
    )
    return found


def _why_plain(hooks_seen: int) -> str:
    if hooks_seen:
        return (
            "this is plain saliency: the hooks were there, and did not replace anything: a hook must return a tuple "
            "with the new gradient, and the new gradient must be clamped"
        )
    return (
        "this is plain saliency: no hook was on the ReLUs while the network ran; the with block ended before, or no "
        "ReLU was found (children() does not look inside other layers, modules() does)"
    )


def _all_layers_clamped(model: nn.Module, images: Tensor, asked: int) -> Tensor:
    pixels = images.clone().requires_grad_()
    with ExitStack() as hooks:
        for layer in model.modules():
            hooks.enter_context(
                layer.register_full_backward_hook(
                    lambda m, gi, go: tuple(None if g is None else g.clamp(min=0) for g in gi)
                )
            )
        return torch.autograd.grad(model(pixels)[:, asked].sum(), pixels)[0]


# 10.4

PASSES = 226  # 15 x 15 positions of a patch of 4 at steps of 2 in 32 pixels, and one pass without a patch


def judge_passes(answer: object) -> None:
    """226, found by a pre-hook or by arithmetic."""
    if isinstance(answer, Tensor | np.generic | np.ndarray) and np.prod(answer.shape, dtype=int) == 1:
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, (int, float)) or answer != PASSES:
        raise Wrong(
            got=answer,
            wanted="the number of pictures that went through the network",
            cause=_why_not_passes(answer),
            next_step="append len(args[0]) in a forward pre-hook, call occlusion inside the block, and take the sum",
        )


def _why_not_passes(answer: object) -> str:
    if isinstance(answer, str):
        return "this is a text, not the number of pictures: leave the quotes away"
    if isinstance(answer, list | tuple | Tensor | np.ndarray):
        return "several numbers came: the number of pictures is their sum, if each is the length of one batch"
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return f"this is of type {type(answer).__name__}, not the number of pictures"
    return _why_another_count(answer)


def _why_another_count(answer: float) -> str:
    if answer < 0:
        return "a number of pictures is not negative: two things were subtracted the wrong way round"
    if answer != int(answer):
        return "a number of pictures is whole: something was divided, or averaged"
    known = _known_counts()
    if answer in known:
        return known[int(answer)]
    if answer % PASSES == 0 and answer:
        return (
            f"the pictures were counted {int(answer) // PASSES} times: the list was not emptied, or two hooks counted"
        )
    few = "too few" if answer < PASSES else "too many"
    told = f"this is not the number of pictures that went through the network: {few}"
    if abs(answer - PASSES) <= 2:
        return f"{told} by one or two, so the first pass or one position was forgotten or counted twice"
    side = math.isqrt(int(answer))
    if answer - side**2 in (0, 1):
        return f"{told}: these are {side} positions each way; count the starts 0, 2, 4, ... up to the last that fits"
    return (
        f"{told} for patches of 4 at steps of 2 in 32 pixels, as many positions down as to the right, and one pass more"
    )


@cache
def _known_counts() -> dict[int, str]:
    """Return what other numbers count."""
    known = {
        225: "the first pass, of the picture without a patch, is missing",
        15: "the patch moves down as well as to the right: 15 positions each way",
        30: "the positions down and to the right are multiplied, not added",
        31: "the positions down and to the right are multiplied, not added",
        14: "these are positions along one side, counted one too few: the patch also fits at the very end",
        16: "these are positions along one side, counted one too many",
        256: "a patch of 4 does not fit at the 16th start of a row: that would be pixel 30",
        257: "a patch of 4 does not fit at the 16th start of a row: that would be pixel 30",
        196: "14 positions each way are one too few: the patch also fits at the very end, from pixel 28 on",
        197: "14 positions each way are one too few: the patch also fits at the very end, from pixel 28 on",
        64: "these are patches that do not overlap; they move in steps of 2",
        65: "these are patches that do not overlap; they move in steps of 2",
        841: "these are steps of 1",
        842: "these are steps of 1",
        227: "one pass too many: the picture without a patch was counted twice",
        3: "these are calls of the network; each call takes many pictures: add up len(args[0])",
        2: "these are calls of the network, one of them forgotten; each call takes many pictures: add up len(args[0])",
        1: "one call, or the first pass only, was counted: add up len(args[0]) of all calls",
        0: "nothing was counted: the hook was not on the network while occlusion ran",
        1024: "these are the pixels of the picture; occlusion moves a patch, not a pixel",
        1025: "these are the pixels of the picture and one more; occlusion moves a patch, not a pixel",
        3072: "these are the numbers of the picture; occlusion moves a patch",
        675: "the three colours were counted apart; a patch covers all three",
        676: "the three colours were counted apart; a patch covers all three",
        450: "each position was counted twice, without the first pass",
        451: "each position was counted twice",
    }
    one_batch = "this is one batch only, not all pictures: add up the lengths of all calls"
    return _other_patches() | known | dict.fromkeys((128, 129, 97, 98), one_batch)


def _other_patches() -> dict[int, str]:
    found: dict[int, str] = {}
    for size in (224, 32):
        for patch in (16, 2, 3, 5, 8, 4):
            for stride in (8, 3, 1, 4, 2):
                if (size, patch, stride) != (32, 4, 2):
                    side = (size - patch) // stride + 1
                    count = side**2
                    what = f"a picture of {size}x{size}, patches of {patch} at steps of {stride}"
                    found.setdefault(side, f"this is one side only, for {what}: the patch moves down as well")
                    found[count] = f"this is the count for {what}, without the first pass"
                    found[count + 1] = f"this is the count for {what}; here it is 32x32, patches of 4, steps of 2"
    return {number: cause for number, cause in found.items() if number != PASSES}


JOIN = Exercise(
    id="10.1",
    title="Join the colours",
    difficulty="easy",
    minutes=3,
    task="join_colours(gradients): from signed gradients (N, C, H, W) the saliency maps (N, H, W).",
    hints=(
        "A strong negative slope matters as much as a strong positive one.",
        "abs() first; amax takes the axis of the colours, which is 1.",
        "gradients.abs() and then .amax(dim=?)",
    ),
    starter="def join_colours(gradients):\n    ...",
    solution="def join_colours(gradients):\n    return gradients.abs().amax(dim=1)",
    alternative="def join_colours(gradients):\n    return torch.maximum(gradients.amax(1), -gradients.amin(1))",
    name="join_colours",
    judge=judge_join,
    praise="Right: one number a pixel, and the sign is gone for good. Say so under the picture.",
    mistakes=(
        Mistake(
            "no abs", "def join_colours(gradients):\n    return gradients.amax(dim=1)", "before the absolute value"
        ),
        Mistake("late abs", "def join_colours(gradients):\n    return gradients.amax(dim=1).abs()", "too late"),
        Mistake("mean", "def join_colours(gradients):\n    return gradients.abs().mean(dim=1)", "averaged"),
        Mistake("sum", "def join_colours(gradients):\n    return gradients.sum(dim=1).abs()", "cancel"),
        Mistake("relu", "def join_colours(gradients):\n    return gradients.relu().amax(dim=1)", "cut off"),
        Mistake("batch axis", "def join_colours(gradients):\n    return gradients.abs().amax(dim=0)", "axis 0"),
        Mistake("pair", "def join_colours(gradients):\n    return gradients.abs().max(dim=1)", "no tensor"),
        Mistake("in place", "def join_colours(gradients):\n    return gradients.abs_().amax(dim=1)", "in-place"),
        Mistake("indices", "def join_colours(gradients):\n    return gradients.abs().argmax(dim=1)", "positions"),
        Mistake(
            "stretched",
            "def join_colours(gradients):\n    maps = gradients.abs().amax(dim=1)\n    return maps / maps.max()",
            "divided by the largest",
        ),
        Mistake("rows", "def join_colours(gradients):\n    return gradients.abs().amax(dim=2)", "rows (axis 2)"),
    ),
    setup="import torch",
)

_PIXELS = """def pixel_gradients(model, images, classes):
    pixels = images.clone().requires_grad_()
    logits = model(pixels)
    score = {score}
    return torch.autograd.grad(score, pixels)[0]"""

_BACKWARD = """def pixel_gradients(model, images, classes):
    pixels = images.clone().requires_grad_()
    model(pixels)[torch.arange(len(images)), classes].sum().backward()
    return pixels.grad"""

_ON_THE_SPOT = """def pixel_gradients(model, images, classes):
    images.requires_grad_()
    score = model(images)[torch.arange(len(images)), classes].sum()
    return torch.autograd.grad(score, images)[0]"""

_NO_GRAD = """def pixel_gradients(model, images, classes):
    score = model(images)[torch.arange(len(images)), classes].sum()
    return torch.autograd.grad(score, images)[0]"""

GRADIENTS = Exercise(
    id="10.2",
    title="The slopes of a batch",
    difficulty="medium",
    minutes=10,
    task="pixel_gradients(model, images, classes): d logit / d pixel, (N, C, H, W); each picture with its own class.",
    hints=(
        "In evaluation mode pictures do not touch each other, so one sum of logits serves all of them.",
        "A copy of the pictures with requires_grad; logits[torch.arange(N), classes]; torch.autograd.grad.",
        "score = the sum of the chosen logits; return torch.autograd.grad(score, ?)[0]",
    ),
    starter="def pixel_gradients(model, images, classes):\n    ...",
    solution=_PIXELS.format(score="logits[torch.arange(len(images)), classes].sum()"),
    alternative="""def pixel_gradients(model, images, classes):
    slopes = []
    for picture, index in zip(images, classes):
        pixels = picture[None].detach().clone().requires_grad_()
        slopes.append(torch.autograd.grad(model(pixels)[0, index], pixels)[0])
    return torch.cat(slopes)""",
    name="pixel_gradients",
    judge=judge_gradients,
    praise="Right: a logit, one pass for all pictures, and nobody can tell that you were there.",
    mistakes=(
        Mistake(
            "the loss",
            _PIXELS.format(score="torch.nn.functional.cross_entropy(logits, classes, reduction='sum')"),
            "loss was differentiated",
        ),
        Mistake(
            "the mean loss",
            _PIXELS.format(score="torch.nn.functional.cross_entropy(logits, classes)"),
            "loss was differentiated",
        ),
        Mistake(
            "softmax", _PIXELS.format(score="logits.softmax(1)[torch.arange(len(images)), classes].sum()"), "softmax"
        ),
        Mistake("no requires_grad", _NO_GRAD, "does not require grad"),
        Mistake("first picture only", _PIXELS.format(score="logits[0, classes[0]]"), "only picture 0"),
        Mistake("one class for all", _PIXELS.format(score="logits[:, classes[0]].sum()"), "first class"),
        Mistake("predicted classes", _PIXELS.format(score="logits.amax(dim=1).sum()"), "predicted classes"),
        Mistake("all classes", _PIXELS.format(score="logits[:, classes].sum() * 0 + logits.sum()"), "all classes"),
        Mistake("fills .grad", _BACKWARD, "writes into every .grad"),
        Mistake(
            "wipes waiting gradients", _BACKWARD.replace("    return", "    model.zero_grad()\n    return"), "wiped"
        ),
        Mistake(
            "train mode", _BACKWARD.replace("    pixels", "    model.train()\n    pixels", 1), "train() was called"
        ),
        Mistake(
            "freezes the network",
            "def pixel_gradients(model, images, classes):\n    model.requires_grad_(False)\n"
            + _PIXELS.format(score="logits[torch.arange(len(images)), classes].sum()").split("\n", 1)[1],
            "froze the parameters",
        ),
        Mistake("every pair", _PIXELS.format(score="logits[:, classes].sum()"), "every class for every picture"),
        Mistake(
            "without the axis of the batch",
            "def pixel_gradients(model, images, classes):\n"
            "    pixels = images[0].clone().requires_grad_()\n"
            "    return torch.autograd.grad(model(pixels)[classes[0]], pixels)[0]",
            "without the axis of the batch",
        ),
        Mistake("changes the pictures", _ON_THE_SPOT, "in place"),
        Mistake(
            "absolute",
            _PIXELS.format(score="logits[torch.arange(len(images)), classes].sum()") + ".abs()",
            "signs are gone",
        ),
    ),
    setup="import torch",
)

_GUIDED = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    relus = [layer for layer in network.modules() if isinstance(layer, torch.nn.ReLU)]
    with ExitStack() as hooks:
        for relu in relus:
            hooks.enter_context(relu.register_full_backward_hook({hook}))
        logits = network(images)
        return torch.autograd.grad({score}, images)[0]"""
_HOOK, _SCORE = "lambda m, gi, go: (gi[0].clamp(min=0),)", "logits[:, class_index].sum()"

_NO_FINALLY = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    relus = [layer for layer in network.modules() if isinstance(layer, torch.nn.ReLU)]
    handles = [relu.register_full_backward_hook(lambda m, gi, go: (gi[0].clamp(min=0),)) for relu in relus]
    slopes = torch.autograd.grad(network(images)[:, class_index].sum(), images)[0]
    for handle in handles:
        handle.remove()
    return slopes"""

_LEFT = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    for layer in network.modules():
        if isinstance(layer, torch.nn.ReLU):
            layer.register_full_backward_hook(lambda m, gi, go: (gi[0].clamp(min=0),))
    return torch.autograd.grad(network(images)[:, class_index].sum(), images)[0]"""

_TOO_EARLY = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    relus = [layer for layer in network.modules() if isinstance(layer, torch.nn.ReLU)]
    with ExitStack() as hooks:
        for relu in relus:
            hooks.enter_context(relu.register_full_backward_hook(lambda m, gi, go: (gi[0].clamp(min=0),)))
    return torch.autograd.grad(network(images)[:, class_index].sum(), images)[0]"""

GUIDED = Exercise(
    id="10.3",
    title="Guided, and gone",
    difficulty="hard",
    minutes=12,
    task="guided_gradients(network, images, class_index), repaired: the class that is asked for, masks, no hook left.",
    hints=(
        "There are three faults: what the score is made of, what the hook returns, and how long the hooks live.",
        "grad_input of a ReLU already holds the mask; clamp it. ExitStack keeps many hooks for one with block.",
        "with ExitStack() as hooks: enter each handle; forward pass *and* torch.autograd.grad inside the block",
    ),
    starter="""def guided_gradients(network, images, class_index):
    images, outputs = images.clone().requires_grad_(), []
    for layer in network.modules():
        if isinstance(layer, torch.nn.ReLU):
            layer.register_forward_hook(lambda m, args, output: outputs.append(output))
            layer.register_full_backward_hook(lambda m, gi, go: (go[0].clamp(min=0) * outputs.pop(),))
    return torch.autograd.grad(network(images).amax(dim=1).sum(), images)[0]""",
    solution=_GUIDED.format(hook=_HOOK, score=_SCORE),
    alternative="""def guided_gradients(network, images, class_index):
    handles, pixels = [], images.clone().requires_grad_()
    def clip(module, grad_input, grad_output):
        return tuple(gradient.relu() for gradient in grad_input)
    try:
        for layer in network.modules():
            if isinstance(layer, torch.nn.ReLU):
                handles.append(layer.register_full_backward_hook(clip))
        logits = network(pixels)
        return torch.autograd.grad(logits, pixels, torch.eye(logits.shape[1])[class_index].expand_as(logits))[0]
    finally:
        for handle in handles:
            handle.remove()""",
    name="guided_gradients",
    judge=judge_guided,
    praise="Right: guided for one call, and an ordinary network before and after it.",
    mistakes=(
        Mistake("hooks stay", _LEFT, "never removed"),
        Mistake("removed only if all goes well", _NO_FINALLY, "an error skips"),
        Mistake("block ends too early", _TOO_EARLY, "plain saliency"),
        Mistake("predicted class", _GUIDED.format(hook=_HOOK, score="logits.amax(dim=1).sum()"), "predicted class"),
        Mistake(
            "hook returns nothing", _GUIDED.format(hook="lambda m, gi, go: None", score=_SCORE), "must return a tuple"
        ),
        Mistake(
            "clamps at the end",
            _GUIDED.format(hook="lambda m, gi, go: None", score=_SCORE) + ".clamp(min=0)",
            "only the last gradient",
        ),
        Mistake(
            "no mask", _GUIDED.format(hook="lambda m, gi, go: (go[0].clamp(min=0),)", score=_SCORE), "than its mask"
        ),
        Mistake("first picture", _GUIDED.format(hook=_HOOK, score="logits[0, class_index]"), "only picture 0"),
        Mistake("a tensor, no tuple", _GUIDED.format(hook="lambda m, gi, go: gi[0].relu()", score=_SCORE), "tuple"),
        Mistake("softmax", _GUIDED.format(hook=_HOOK, score="logits.softmax(1)[:, class_index].sum()"), "probability"),
        Mistake(
            "takes a picture for the class", _GUIDED.format(hook=_HOOK, score="logits[class_index].sum()"), "class"
        ),
        Mistake(
            "top level only", _GUIDED.format(hook=_HOOK, score=_SCORE).replace("modules()", "children()"), "children()"
        ),
        Mistake("marks the pictures", _GUIDED.format(hook=_HOOK, score=_SCORE).replace(".clone()", ""), "in place"),
        Mistake(
            "hides the error",
            "def guided_gradients(network, images, class_index):\n    try:\n"
            + textwrap.indent(_GUIDED.format(hook=_HOOK, score=_SCORE).split("\n", 1)[1], "    ")
            + "\n    except Exception:\n        return None",
            "swallowed",
        ),
    ),
    setup="import torch\nfrom contextlib import ExitStack",
)

COUNT = Exercise(
    id="10.4",
    title="What occlusion costs",
    difficulty="medium",
    minutes=8,
    task="forward_passes: how many pictures go through the network for one 32x32 picture, patch 4, stride 2.",
    hints=(
        "Let the network count for you: a forward pre-hook sees what comes in.",
        "model.register_forward_pre_hook(lambda module, args: seen.append(len(args[0]))) in a with block.",
        "the sum of seen after occlusion(model, image, predicted, patch=4, stride=2)",
    ),
    starter="forward_passes = ...",
    solution="""seen = []
with model.register_forward_pre_hook(lambda module, args: seen.append(len(args[0]))):
    occlusion(model, image, 0, patch=4, stride=2)
forward_passes = sum(seen)""",
    alternative="positions = len(range(0, 32 - 4 + 1, 2))\nforward_passes = positions**2 + 1",
    name="forward_passes",
    judge=judge_passes,
    praise="Right: saliency asks once, occlusion 226 times. A slope is cheap; an experiment is not.",
    mistakes=(
        Mistake("without the first", "forward_passes = 15 * 15", "first pass"),
        Mistake("one row", "forward_passes = 15", "down as well"),
        Mistake("one too many", "forward_passes = 16 * 16 + 1", "does not fit"),
        Mistake("no overlap", "forward_passes = 8 * 8 + 1", "do not overlap"),
        Mistake("calls", "forward_passes = 3", "many pictures"),
        Mistake("text", "forward_passes = 'many'", "number of pictures"),
        Mistake("the lesson's patch of 8", "forward_passes = 50", "patches of 8 at steps of 4"),
        Mistake("counted twice", "forward_passes = 452", "counted 2 times"),
        Mistake("one batch only", "forward_passes = 128", "one batch only"),
    ),
    setup="""import torch
from torch import nn
from course_utils.attribution import occlusion
torch.manual_seed(0)
model, image = nn.Sequential(nn.Conv2d(3, 2, 5, stride=4), nn.Flatten(), nn.Linear(98, 3)), torch.rand(1, 3, 32, 32)""",
)

EXERCISES = (JOIN, GRADIENTS, GUIDED, COUNT)
