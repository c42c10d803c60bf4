"""Run a learner's answer so that it harms nothing: it cannot end the kernel, and leaves nothing behind."""

from __future__ import annotations

import builtins
import functools
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import CodeType, FunctionType, MethodType

from course_utils.exercises.explain import is_learners
from course_utils.exercises.leftover_hooks import no_hooks_left
from course_utils.exercises.output import caught_output, swapped
from course_utils.exercises.settings import kept_random_numbers, kept_settings
from course_utils.exercises.shown import safely

__all__ = ["guarded"]


@contextmanager
def guarded(answer: object) -> Iterator[list[str]]:
    """Guard the notebook against what runs in the block.

    Yields:
        The notes on what the answer did besides; complete after the block.
    """
    notes: list[str] = []
    with ExitStack() as guards:
        guards.enter_context(kept_settings(notes))
        guards.enter_context(kept_random_numbers(notes, safely(lambda: names_used(answer), set())))
        guards.enter_context(no_hooks_left(notes))
        guards.enter_context(caught_output(notes, is_learners))
        guards.enter_context(_no_way_out())
        yield notes


def names_used(answer: object) -> set[str]:
    """Return the names of functions and attributes that the code of a function, method or class uses."""
    if isinstance(answer, type):
        return set().union(*(names_used(member) for member in vars(answer).values()))
    if isinstance(answer, functools.partial):
        return names_used(answer.func)
    if not isinstance(answer, FunctionType | MethodType):
        return set()
    return _names(answer.__code__) | names_used(getattr(answer, "__wrapped__", None))


def _names(code: CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*(_names(one) for one in inner))


@contextmanager
def _no_way_out() -> Iterator[None]:
    """Let ``exit``, ``quit``, ``os._exit`` and ``os.abort`` raise SystemExit as ``sys.exit`` does, and ask nothing.

    In a notebook ``exit()`` asks the shell to end the kernel and raises nothing; ``os._exit`` ends it at once.
    """
    home = os.getpid()
    end_process = os._exit

    def leave(*args: object) -> None:
        if os.getpid() != home:  # a worker process ends itself this way
            end_process(*args)
        raise SystemExit(*args)

    def unanswered(*args: object) -> None:
        raise RuntimeError("nobody answers input() while the answer is checked")

    doors = [(builtins, "exit", leave), (builtins, "quit", leave), (os, "_exit", leave), (os, "abort", leave)]
    doors += [(builtins, "input", unanswered)]
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    doors += [(shell, "ask_exit", leave)] if shell else []
    with ExitStack() as closed:
        for owner, name, instead in doors:
            closed.enter_context(swapped(owner, name, instead))
        yield
