"""Find the learner's own line in an error, show the error in short, and name its likely cause."""

from __future__ import annotations

import ast
import difflib
import inspect
import linecache
import math
import os
import re
import sysconfig
import traceback
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FrameType, FunctionType, MethodType

from course_utils.exercises.meanings import plain_words
from course_utils.exercises.shown import quiet, safely

__all__ = ["call_failed", "is_learners", "learners_place", "likely_cause", "short_error"]

LIBRARIES = {sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
LIBRARIES.add(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NICKNAMES = {"np": "import numpy as np", "nn": "from torch import nn", "F": "from torch.nn import functional as F"}
NOTHING = (
    "from a function without `return`, a hook that stored nothing, an empty entry, or a first value never replaced"
)
INSTEAD = (  # what stands before a dot, in words
    (str, "is a text: a name and not the thing itself (`model.get_submodule` finds a layer)"),
    (int | float, "is a plain number, not a tensor"),
    (FunctionType | MethodType | BuiltinFunctionType, "is a function that was not called: no round brackets"),
)
# what the line that calls a hook looks like in torch, what that kind of hook is called with
HOOK_CALLS = (
    ("hook(self, args, kwargs, result)", "four things: (layer, args, kwargs, output)"),
    ("hook(self, args, result)", "three things: (layer, args, output)"),
    ("hook(self, args, kwargs)", "three things: (layer, args, kwargs)"),
    ("hook(self, args)", "two things: (layer, args)"),
    ("hook(self.module, self.grad_outputs)", "two things: (layer, grad_output)"),
    ("hook(self.module,", "three things: (layer, grad_input, grad_output)"),
    ("run_backward(", "one thing: the gradient (a hook after .grad is filled gets the tensor itself)"),
)


def is_learners(filename: str) -> bool:
    """Return whether this file holds a learner's code: a cell, or a file of their own."""
    within = (filename.startswith(folder + os.sep) for folder in LIBRARIES)
    return not any(within) and bool(linecache.getlines(filename))


def learners_place(error: BaseException, judge: Callable[..., None]) -> str:
    """Return the last line of the learner's own code that the error went through: "line 3: `return 1 / 0`".

    Returns:
        "" if the error never was in the learner's code.
    """
    code = getattr(judge, "__code__", None)
    judges_file = code.co_filename if code else ""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        filename = frame.f_code.co_filename
        if filename != judges_file and is_learners(filename):
            return _place(frame, line)
    return ""


def short_error(error: BaseException) -> str:
    """Return the error's type and message as Python prints them, without addresses."""
    text = safely(lambda: "".join(traceback.format_exception_only(error)), type(error).__name__)
    return quiet(text.strip().removeprefix("__main__."))


def call_failed(answer: object, error: BaseException) -> str:
    """Return how the answer is to be called, if the error says that it was called otherwise; else ""."""
    if not (callable(answer) and isinstance(error, TypeError) and "argument" in str(error)):
        return ""
    return safely(lambda: f"{getattr(answer, '__name__', 'answer')}{quiet(str(inspect.signature(answer)))}", "")


def likely_cause(error: BaseException) -> str:
    """Return the likely cause of an error: what the names on the learner's line hold, else what it mostly means."""
    steps = [step for step in traceback.walk_tb(error.__traceback__) if is_learners(step[0].f_code.co_filename)]
    frame, line = steps[-1] if steps else (None, 0)
    if frame and linecache.getline(frame.f_code.co_filename, line).strip().startswith("raise "):
        return "your own `raise` ends the call here: nothing forbids what came in, so return a value instead"
    for look in (_wrong_call, _unknown_name, _none, _attribute, _no_function, _zero, _not_in_there) if frame else ():
        if cause := safely(lambda look=look: look(error, frame), ""):
            return cause
    return plain_words(error)


def _wrong_call(error: BaseException, frame: FrameType) -> str:
    """A function is called with too many or too few things: by PyTorch, as a hook, or by the learner's own line."""
    if not (isinstance(error, TypeError) and (found := re.match(r"(.*)\(\) (missing|takes) ", str(error)))):
        return ""
    last, line = list(traceback.walk_tb(error.__traceback__))[-1]
    text = linecache.getline(last.f_code.co_filename, line)
    name = found[1].rpartition(".")[2]
    if last is not frame:
        given = next((what for call, what in HOOK_CALLS if call in text), "")
        return given and f"PyTorch calls this hook with {given}; your function takes another number of parameters"
    if "no arguments" in str(error):
        return (
            f"`{name}` has no `__init__` that takes anything: is it missing, or misspelled? two underscores each side"
        )
    code = linecache.getline(frame.f_code.co_filename, line).strip()
    if "register_" in code:
        return f"`{name}(...)` calls the function at once; a hook is handed over, not called: `{name}` or a `partial`"
    if re.search(r"takes (\d+) positional arguments? but (\d+) (was|were)", str(error)) and f".{name}(" in code:
        return f"the method `{name}` gets its object as first argument: write `def {name}(self, ...)`"
    return ""


def _unknown_name(error: BaseException, frame: FrameType) -> str:
    if not (isinstance(error, NameError) and (found := re.search(r"'(\w+)'", str(error)))):
        return ""
    name = found[1]
    if (
        owner := next((one for one, held in frame.f_locals.items() if name in getattr(held, "__dict__", ())), None)
    ) is not None:
        return (
            f"`{name}` alone is another name than `{owner}.{name}`: what belongs to `{owner}` is written with the dot"
        )
    if isinstance(error, UnboundLocalError):
        return f"this function assigns `{name}` (= or +=), so the name is its own, and it has no value yet on this line"
    if name in NICKNAMES or hasattr(math, name):
        return f"`{name}` is not there yet: `{NICKNAMES.get(name, f'from math import {name}')}`"
    near = difflib.get_close_matches(name, [*frame.f_locals, *frame.f_globals], 1)
    meant = f"did you mean `{near[0]}`?" if near else "misspelled, or the parameter of another function?"
    return f"nothing is called `{name}` where this line runs; {meant}"


def _none(error: BaseException, frame: FrameType) -> str:
    if not isinstance(error, AttributeError | TypeError) or "NoneType" not in str(error):
        return ""
    parts = list(_expression(error, frame))
    for node in (one for one in parts if isinstance(one, ast.Name | ast.Attribute) and _value(one, frame) is None):
        text = ast.unparse(node)
        return f"`{text}` is None: " + (_why_no_grad(error, frame, node) if text.endswith(".grad") else NOTHING)
    calls = [ast.unparse(one.func) for one in parts if isinstance(one, ast.Call)]
    return calls and f"`{calls[0]}(...)` gives None back: it changes something in place, or has no `return`"


def _why_no_grad(error: BaseException, frame: FrameType, node: ast.Attribute) -> str:
    text = ast.unparse(node.value)
    if not getattr(_value(node.value, frame), "requires_grad", True):
        return f"`{text}` is itself a gradient, which is what `register_hook` hands over, before `.grad` is filled"
    if text in frame.f_code.co_freevars:
        return f"`{text}` is looked up outside the hook, and by then it is the last one of the loop: late binding"
    if not any(one.f_code.co_name in ("backward", "grad") for one, _ in traceback.walk_tb(error.__traceback__)):
        return "nothing has walked backward yet: this line runs at once, and not in a hook"
    return "it was dropped before it was used, or the hook is called before `.grad` is filled"


def _attribute(error: BaseException, frame: FrameType) -> str:
    if not isinstance(error, AttributeError) or not error.name:
        return ""
    name, thing, kind = error.name, error.obj, type(error.obj).__name__
    owners = [n.value for n in _expression(error, frame) if isinstance(n, ast.Attribute) and n.attr == name]
    text = ast.unparse(owners[0]) if owners else "the value before the dot"
    made = getattr(getattr(type(thing), "__init__", None), "__code__", None)
    if made and name in made.co_varnames and is_learners(made.co_filename):
        return f"`__init__` keeps `{name}` under a name of its own, which is gone when it ends: `self.{name} = ...`"
    if near := difflib.get_close_matches(name, dir(thing), 1, 0.75):
        return f"`{text}` (a {kind}) has no `{name}`; did you mean `{near[0]}`?"
    if isinstance(thing, tuple | list):
        return f"`{text}` is a {kind} of {len(thing)}, which has no `.{name}`: take an entry, or make a tensor of all"
    what = next((what for kinds, what in INSTEAD if isinstance(thing, kinds)), f"is of type {kind}")
    what = "belongs behind `with ... as name:`" if hasattr(thing, "__enter__") else what
    inside = f"; it has {', '.join(vars(thing))}" if 0 < len(getattr(thing, "__dict__", ())) < 6 else ""
    return f"`{text}` {what}, and that has no `.{name}`{inside}"


def _no_function(error: BaseException, frame: FrameType) -> str:
    if not isinstance(error, TypeError) or "not callable" not in str(error):
        return ""
    text = next((ast.unparse(one.func) for one in _expression(error, frame) if isinstance(one, ast.Call)), "it")
    kind = str(error).split("'")[1]
    return f"`{text}` is no function, but of type {kind}: no round brackets, or its name was given to another thing"


def _zero(error: BaseException, frame: FrameType) -> str:
    divisors = [one.right for one in _expression(error, frame) if isinstance(one, ast.BinOp)]
    text = ast.unparse(divisors[0]) if isinstance(error, ZeroDivisionError) and divisors else ""
    words = f"something is divided by zero: think of the case in which `{text}` is 0"
    return "" if not text or text.isidentifier() else words


def _not_in_there(error: BaseException, frame: FrameType) -> str:
    for node in _expression(error, frame) if isinstance(error, IndexError | KeyError) else ():
        held = _value(node.value, frame) if isinstance(node, ast.Subscript) else None
        if isinstance(held, dict if isinstance(error, KeyError) else list | tuple):
            inside = f"the keys {list(held)}" if isinstance(held, dict) else f"the positions 0 to {len(held) - 1}"
            empty = "is empty: nothing was put into it (was the hook called? does it store anything?)"
            return quiet(f"`{ast.unparse(node.value)}` " + (f"has only {inside}" if held else empty))
    return ""


def _expression(error: BaseException, frame: FrameType) -> Iterator[ast.AST]:
    """Yield the parts of the expression that failed, in the learner's frame."""
    trace = error.__traceback__
    steps = zip(traceback.walk_tb(trace), traceback.extract_tb(trace), strict=True)
    spot = [summary for (one, _), summary in steps if one is frame][-1]
    lines = [linecache.getline(spot.filename, number).encode() for number in range(spot.lineno, spot.end_lineno + 1)]
    lines[-1] = lines[-1][: spot.end_colno]
    lines[0] = lines[0][spot.colno :]
    yield from ast.walk(ast.parse(b"".join(lines).decode().strip()))


def _value(node: ast.AST, frame: FrameType) -> object:
    """Return what a name, or a name with dots, holds in ``frame``; ``...`` for anything else."""
    if isinstance(node, ast.Name):
        return {**frame.f_globals, **frame.f_locals}.get(node.id, ...)
    if isinstance(node, ast.Attribute):
        return getattr(_value(node.value, frame), node.attr, ...)
    return ...


def _place(frame: FrameType, line: int) -> str:
    code = linecache.getline(frame.f_code.co_filename, line).strip()
    return f"line {line}: `{code}`"
