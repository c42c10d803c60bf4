"""What stands in a learner's function: its lines, its loops, its comparisons."""

from __future__ import annotations

import ast
import dis
import linecache

from course_utils.exercises.diagnosis.syntax import nodes_in

__all__ = ["code_before_return", "compares_equal", "returns_in_loop"]


def returns_in_loop(answer: object) -> bool:
    """Return whether a return stands in a loop without any condition, so that the loop ends after its first turn."""
    loops = nodes_in(answer, ast.For | ast.While)
    return any(isinstance(line, ast.Return) for loop in loops for line in loop.body)


def code_before_return(answer: object) -> str:
    """Return the lines of the learner's function without its return lines, or "" if they are not known."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return ""
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    return "".join(line for line in lines if not line.lstrip().startswith("return"))


def compares_equal(function: object) -> bool:
    """Return whether the function's own code uses ``==``: with NaN that finds nothing."""
    code = getattr(function, "__code__", None)
    return bool(code) and any(
        step.opname == "COMPARE_OP" and "==" in step.argval for step in dis.get_instructions(code)
    )
