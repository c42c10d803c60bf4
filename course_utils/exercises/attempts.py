"""Tell an answer that somebody worked on from the starter as it was found."""

from __future__ import annotations

import dis
import functools
import inspect
import io
import warnings
from contextlib import redirect_stderr, redirect_stdout
from types import CodeType, FunctionType

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.shown import safely
from course_utils.exercises.sources import evaluate

__all__ = ["alike", "holds_ellipsis", "is_starter", "is_stub", "runs_code"]

DEPTH = 12  # levels of nesting that are looked into; a function may refer to itself
PARTS_OF_CODE = ("co_code", "co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars")
COUNTS_OF_CODE = ("co_argcount", "co_posonlyargcount", "co_kwonlyargcount")
FRAME_STEPS = {"RESUME", "NOP", "MAKE_CELL", "COPY_FREE_VARS", "RETURN_GENERATOR", "POP_TOP"}
GIVEN_TO_EVERY_CLASS = {"__module__", "__dict__", "__weakref__", "__doc__", "__qualname__", "__static_attributes__"}
GIVEN_TO_EVERY_CLASS |= {"__firstlineno__", "__annotations__", "__parameters__"}


def holds_ellipsis(answer: object, depth: int = DEPTH) -> bool:
    """Return whether ``answer`` is ``...``, or a list, tuple or dict with ``...`` somewhere inside."""
    if answer is ...:
        return True
    if depth == 0 or not isinstance(answer, list | tuple | dict):
        return False
    items = answer.values() if isinstance(answer, dict) else answer
    return any(holds_ellipsis(item, depth - 1) for item in items)


def runs_code(answer: object) -> bool:
    """Return whether ``answer`` is code that a learner wrote: a function, a class, a partial."""
    return isinstance(answer, FunctionType | type | functools.partial)


def is_stub(answer: object) -> bool:
    """Return whether ``answer`` is a function or class that does nothing: only ``...``, ``pass`` or a docstring."""
    if isinstance(answer, type):
        members = [member for name, member in vars(answer).items() if name not in GIVEN_TO_EVERY_CLASS]
        return all(is_stub(member) for member in members)
    if isinstance(answer, functools.partial):
        return is_stub(answer.func)
    answer = inspect.unwrap(answer) if callable(answer) else answer
    return isinstance(answer, FunctionType) and _does_nothing(answer.__code__)


def is_starter(exercise: Exercise, answer: object) -> bool:
    """Return whether ``answer`` is what the exercise's starter gives: the same code, the same values."""
    return safely(lambda: alike(answer, _starters_value(exercise)), False)


def alike(one: object, other: object, depth: int = DEPTH) -> bool:
    """Return whether two values are the same for a reader: functions by their code, containers item by item."""
    if one is other or depth == 0:
        return True
    if not _of_one_type(one, other, depth):
        return False
    mine, theirs = _parts(one), _parts(other)
    if mine is None or theirs is None:
        return _equal(one, other)
    return mine.keys() == theirs.keys() and all(alike(mine[key], theirs[key], depth - 1) for key in mine)


def _starters_value(exercise: Exercise) -> object:
    """Run the starter; what it prints or warns about is none of the learner's doing."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return evaluate(exercise, exercise.starter)


def _of_one_type(one: object, other: object, depth: int) -> bool:
    """Return whether the types agree; two classes that cells defined are compared by what they hold."""
    if type(one) is type(other):
        return True
    own = all(type(value).__module__ == "__main__" for value in (one, other))
    return own and alike(type(one), type(other), depth - 1)


def _parts(value: object) -> dict[object, object] | None:
    """Return what ``value`` is made of, by name, or None if it is one thing."""
    if isinstance(value, CodeType):
        return {name: getattr(value, name) for name in PARTS_OF_CODE + COUNTS_OF_CODE}
    if isinstance(value, FunctionType):
        closure = tuple(cell.cell_contents for cell in value.__closure__ or ())
        return {"code": value.__code__, "defaults": value.__defaults__, "named": value.__kwdefaults__, "cells": closure}
    if isinstance(value, functools.partial):
        return {"function": value.func, "args": value.args, "named": value.keywords}
    if isinstance(value, type):
        return {name: member for name, member in vars(value).items() if name not in GIVEN_TO_EVERY_CLASS}
    if isinstance(value, list | tuple):
        return dict(enumerate(value))
    if isinstance(value, dict):
        return dict(value)
    made_in_a_cell = type(value).__module__ == "__main__" and hasattr(value, "__dict__")
    return dict(vars(value)) if made_in_a_cell else None


def _equal(one: object, other: object) -> bool:
    """Return ``one == other``; for arrays and tensors: the same shape and the same numbers."""
    if getattr(one, "shape", None) != getattr(other, "shape", None):
        return False
    same = one == other
    return bool(same.all()) if hasattr(same, "all") else bool(same)


def _does_nothing(code: CodeType) -> bool:
    steps = [step for step in dis.get_instructions(code) if step.opname not in FRAME_STEPS]
    quiet = all(step.opname in {"LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"} for step in steps)
    return quiet and all(step.argval in (None, ...) for step in steps if step.opname != "RETURN_VALUE")
