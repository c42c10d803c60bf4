"""The judge of exercise 03.3: callbacks record nothing while they are made, and their own names when called."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import check_passes_errors, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_03.callables import Function, check_callable
from course_utils.exercises.lesson_03.make_callbacks_errors import MAKING_ERRORS, RECORDING_ERRORS
from course_utils.exercises.lesson_03.make_callbacks_slips import MADE, RECORDED
from course_utils.exercises.shown import shown

__all__ = ["judge_make_callbacks"]


def judge_make_callbacks(answer: Function) -> None:
    """A list of zero-argument callbacks, each with its own name; record is called when they are."""
    demand_function_of(answer, "make_callbacks(names, record)")
    heard: list[object] = []
    names = ["conv2", "fc", "conv1"]

    def record(*values: object) -> None:
        heard.append(values[0] if len(values) == 1 else values)

    with errors_named("a list of 3 callbacks, and nothing recorded yet", *MAKING_ERRORS):
        got = answer(names, record)
    _check_nothing_yet(got, heard)
    returned = []
    with errors_named("each callback records its own name", *RECORDING_ERRORS):
        for callback in got:
            check_callable(callback, "callbacks without arguments", 0)
        for callback in (got[2], got[0], got[1]):
            returned.append(callback())
    if heard != ["conv1", "conv2", "fc"]:
        raise Wrong(
            got=f"the callbacks 2, 0, 1 recorded {shown(heard)}",
            wanted=["conv1", "conv2", "fc"],
            cause=first_cause(RECORDED, heard, returned)
            or f"each callback should record its own name, once; {len(heard)} things were recorded",
            next_step="take the name's value now: lambda name=name: ..., or partial(record, name)",
        )
    _check_later_calls(answer)
    check_passes_errors(lambda fail: answer(["a"], fail)[0](), "record")


def _check_nothing_yet(got: object, heard: list[object]) -> None:
    count = len(heard)
    cause, step = first_cause(MADE, got, heard), "return a list of functions, and call record inside them"
    if not cause:
        return
    if count:
        step = "put lambda in front, or use partial(record, name)"
    came = f"a list of {len(got)}" if isinstance(got, list) and got != [None] * len(got) else shown(got)
    came += f", and {count} names recorded already"
    raise Wrong(got=came, wanted="a list of 3 callbacks, and nothing recorded yet", cause=cause, next_step=step)


def _check_later_calls(answer: Function) -> None:
    heard: list[object] = []
    names = ["a", "b"]
    with errors_named(
        "2 callbacks for 2 names", (IndexError, "", THREE_ONLY, "make one callback in each turn of a loop")
    ):
        made = answer(names, heard.append)
    if len(made) != 2:
        raise Wrong(got=made, wanted="2 callbacks for 2 names", cause=THREE_ONLY, next_step="walk along names")
    names[:] = ["changed", "changed"]
    for callback in (made[1], made[0], made[0]):
        callback()
    if heard != ["b", "a", "a"]:
        raise Wrong(
            got=f"{heard} after the list of names was changed",
            wanted=["b", "a", "a"],
            cause="your callbacks look the name up in the list when they are called; that is late, too"
            if "changed" in heard
            else "each callback should record its own name at every call, not only at the first",
            next_step="keep the name itself, not its place in the list",
        )
    cause = "equal names count each: a set, a dictionary or a test with `in` keeps only one of them"
    for names, why in ((["a", "b", "a"], cause), ([], "no names, no callbacks: an empty list")):
        if not isinstance(made := answer(names, heard.append), list) or len(made) != len(names):
            raise Wrong(got=made, wanted=f"{len(names)} callbacks for {names}", cause=why, next_step="walk along names")


THREE_ONLY = "your function is made for three names; there may be any number"
