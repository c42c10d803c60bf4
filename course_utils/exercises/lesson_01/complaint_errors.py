"""Exercise 01.4: which errors a learner's code catches, why a complaint comes out and why a bug does not."""

from __future__ import annotations

import ast
import builtins

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, first_cause
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.lesson_01.listeners import Function, returns_in_finally
from course_utils.exercises.shown import safely

__all__ = ["HIDDEN", "complaint_errors", "others_handled"]


def complaint_errors(answer: Function, calls: list[object]) -> tuple[Reason, ...]:
    """Return what it means if the complaint itself comes out, and if a name is not there."""

    def passed() -> str:
        return first_cause(PASSED, answer, _handled(answer), calls) or "the ValueError is not caught"

    step = "put listener(value) into try, and complaints.append(str(error)) into except ValueError as error"
    return (
        (ValueError, "please", passed, step),
        (
            UnboundLocalError,
            "",
            "the error has its name only inside the except part: Python deletes it after that",
            step,
        ),
        (NameError, "'error'", "except ValueError alone gives the error no name", step),
        (NameError, "'e'", "except ValueError alone gives the error no name", step),
    )


PASSED: Causes = (
    (
        lambda answer, named, calls: not nodes_in(answer, ast.Try),
        "there is no try around the call, so the first complaint ends your function",
    ),
    (
        lambda answer, named, calls: named and not named & {"ValueError", "Exception", "BaseException"},
        "your except waits for another kind of error, and the ValueError passes it",
    ),
    (
        lambda answer, named, calls: len(calls) > 1,
        "the listener is called a second time outside of the try, and there its ValueError is not caught",
    ),
    (
        lambda answer, named, calls: nodes_in(answer, ast.Raise, ast.ExceptHandler),
        "the except part raises the ValueError again",
    ),
    (lambda answer, named, calls: True, "the listener is called outside of the try, so its ValueError is not caught"),
)


HIDDEN: Causes = (
    (
        lambda answer: any(node.type is None for node in nodes_in(answer, ast.ExceptHandler)),
        "a bare except catches every error, more than ValueError",
    ),
    (
        lambda answer: {"Exception", "BaseException"} & _handled(answer),
        "except Exception catches nearly every error, more than ValueError",
    ),
    (returns_in_finally, "a return in finally swallows the error"),
    (lambda answer: _handled(answer) - {"ValueError"}, "your except parts catch more kinds of error than ValueError"),
)


def _handled(answer: object) -> set[str]:
    """Return the names of the errors that a learner's except parts catch."""
    return {name for node in nodes_in(answer, ast.ExceptHandler) if node.type for name in names_in(node.type)}


def others_handled(answer: object) -> list[type[BaseException]]:
    """Return the kinds of error besides ValueError that a learner's except parts name."""
    kinds = [getattr(builtins, name, None) for name in sorted(_handled(answer))]
    wider = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Exception)]
    return [
        kind for kind in wider if not issubclass(kind, UnicodeError | ValueError) and safely(lambda k=kind: k("bug"), 0)
    ]
