"""The judge of exercise 01.4: complaints are kept as texts, nobody is left out because of them, and bugs come out."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.explain import short_error
from course_utils.exercises.lesson_01.complaint_errors import HIDDEN, complaint_errors, others_handled
from course_utils.exercises.lesson_01.complaint_slips import MORE_TEXTS, NOT_ALL_HEARD, TEXTS
from course_utils.exercises.lesson_01.listeners import CALL_ERRORS, Ear, Function
from course_utils.exercises.shown import shown

__all__ = ["judge_complaints"]


def judge_complaints(answer: Function) -> None:
    """ValueErrors are collected as text, every listener is called, all other errors pass."""
    demand_function_of(answer, "collect_complaints(listeners, value)")
    ears, calls = [Ear(), Ear()], []

    def complain(value: object) -> None:
        calls.append(value)
        raise ValueError(f"no {value} please")

    with errors_named("['no 3 please', 'no 3 please']", *CALL_ERRORS, *complaint_errors(answer, calls)):
        got = answer([ears[0], complain, ears[1], complain], 3)
    _check_all_heard(answer, [len(ears[0].heard), len(ears[1].heard), len(calls)])
    if got != ["no 3 please", "no 3 please"]:
        texts = [one for one in got if isinstance(one, str)] if isinstance(got, list) else []
        raise Wrong(
            got=f"the text {got!r}" if isinstance(got, str) else got,
            wanted=["no 3 please"] * 2,
            cause=first_cause(TEXTS, got, texts)
            or first_cause(MORE_TEXTS, got, texts, answer)
            or f"a {type(got).__name__} with other things than the texts came out",
            next_step="in the except part: complaints.append(str(error)); return complaints under the loop",
        )
    for kind in (ZeroDivisionError, TypeError, LookupError, KeyboardInterrupt, *others_handled(answer)):
        _check_passes(answer, kind("bug"))
    _check_complaint_edges(answer)


def _check_all_heard(answer: Function, counts: list[int]) -> None:
    """``counts``: calls of a listener before the first complaint, of one after it, of the two that complain."""
    if counts != [1, 1, 2]:
        raise Wrong(
            got=f"calls: {counts[0]} before the first complaint, {counts[1]} after it, {counts[2]} with a complaint",
            wanted="1, 1 and 2: all listeners are called, also after a complaint",
            cause=first_cause(NOT_ALL_HEARD, counts, answer) or "not every listener was called once",
            next_step="put try and except inside the for loop, and nothing that ends the loop",
        )


def _check_passes(answer: Function, error: BaseException) -> None:
    after, kind = Ear(), type(error).__name__

    def fail(value: object) -> None:
        raise error

    why = first_cause(HIDDEN, answer) or "your except, or a suppress, catches more than ValueError"
    cause = f"a bug was hidden, here {kind}: {why}"
    try:
        got = f"{shown(answer([fail, after], 3))} from a listener that raises {kind}"
    except BaseException as caught:  # noqa: BLE001 - a learner's except may raise anything in its place
        if caught is error and not after.heard:
            return
        got = f"{short_error(caught)}, after a listener raised {kind}"
        cause = "the bug comes out changed: your except part raises another error in its place"
        if caught is error:
            cause = "the bug was kept until the others had been called; let it pass at once, as it comes"
    step = "write except ValueError as error, and nothing wider; no second except, no finally"
    raise Wrong(got=got, wanted=f"the {kind} itself, at once", cause=cause, next_step=step)


def _check_complaint_edges(answer: Function) -> None:
    def early(value: object) -> None:
        raise ValueError("too early")

    def special(value: object) -> None:
        raise UnicodeError("too late")

    kept = "the texts of an earlier call came back: the list is made outside the function or as a default value"
    subclass = "UnicodeError is a special kind of ValueError: a test of type(error) misses such kinds"
    same = "two different complaints should give two texts, in the order of the listeners"
    cases = [([], [], kept), ([Ear()], [], kept), ([special], ["too late"], subclass)]
    cases.append(([early, special], ["too early", "too late"], same))
    for listeners, wanted, cause in cases:
        with errors_named(shown(wanted), (UnicodeError, "", subclass, "write except ValueError as error")):
            got = answer(listeners, 3)
        if got != wanted:
            raise Wrong(
                got=f"{shown(got)} from {len(listeners)} listeners, {len(wanted)} of them with a complaint",
                wanted=wanted,
                cause=cause,
                next_step="begin with complaints = [] inside the function, and write except ValueError as error",
            )
