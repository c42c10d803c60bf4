"""The judge of exercise 03.3: what it accepts, and why another answer is wrong."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, check_passes_errors, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_03.callables import Function, check_callable
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


MAKING_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "the first argument must be callable",
        "record is called at once, by the parentheses behind it, and partial gets the None that it returned",
        "write partial(record, name): the function and its argument, with a comma between them",
    ),
    (
        TypeError,
        "missing 1 required positional argument",
        "a function is called while the list is made: parentheses stand behind it",
        "put the function itself into the list",
    ),
    (
        TypeError,
        "list indices must be integers",
        "a name is used as a place: for name in names gives the names themselves",
        "write name in place of names[name]",
    ),
    (
        AttributeError,
        "'NoneType' object has no attribute 'append'",
        "append returns None, and this None was put in place of the list",
        "write callbacks.append(...) alone on its line",
    ),
)


RECORDING_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "unexpected keyword argument",
        "record is called with its argument by name (name=name), and nobody knows what record calls it",
        "write partial(record, name), by position",
    ),
    (
        StopIteration,
        "",
        "the callbacks share one iterator, and it has come to its end",
        "give each callback a name of its own when it is made",
    ),
    (
        NameError,
        "",
        "the callback looks for a name that is not there when it is called",
        "take the value when the callback is made: lambda name=name: ...",
    ),
)


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


def _records_all(callback: Function, heard: list[object]) -> bool:
    """Return whether one call records more than one name."""
    callback()
    return len(heard) > 1


MADE: Causes = (
    (
        lambda got, heard: heard and isinstance(got, list) and any(callable(one) for one in got),
        "record was called at once, while the callbacks are made: nothing should be recorded before they are called",
    ),
    (lambda got, heard: heard, "record was called at once: parentheses behind it run it now"),
    (lambda got, heard: got is None, "make_callbacks returns None: its return is missing"),
    (
        lambda got, heard: hasattr(got, "__next__"),
        "a generator or map makes its callbacks only when it is asked, and only once: use square brackets",
    ),
    (
        lambda got, heard: callable(got) and _records_all(got, heard),
        "one callback for all names came out; a list with one for each name was asked for",
    ),
    (lambda got, heard: callable(got), "one function came out; a list with one callback for each name was asked for"),
    (
        lambda got, heard: isinstance(got, dict),
        "a dictionary came out; a list with one callback for each name was asked for",
    ),
    (lambda got, heard: isinstance(got, tuple), "round brackets make a tuple; a list, with square ones, was asked for"),
    (lambda got, heard: not isinstance(got, list), "a list with one callback for each name was asked for"),
    (
        lambda got, heard: any(isinstance(one, list | tuple) for one in got),
        "each callback stands in a list or tuple of its own: take these brackets away",
    ),
    (lambda got, heard: got == [], "the list stayed empty: nothing is appended to it"),
    (
        lambda got, heard: len(got) == 1 and _records_all(got[0], heard),
        "one callback for all names is in the list; each name should have one of its own",
    ),
    (
        lambda got, heard: len(got) == 1 and heard == ["conv1"],
        "only the callback of the last name is in the list: it is made anew, or append stands under the loop",
    ),
    (
        lambda got, heard: len(got) == 1,
        "only the first name has a callback: the return stands inside the loop",
    ),
    (lambda got, heard: len(got) == 2, "one name has no callback: the loop begins too late or ends too early"),
    (lambda got, heard: len(got) > 3, "there are more callbacks than names"),
    (
        lambda got, heard: all(isinstance(one, str) for one in got),
        "the list holds texts, not functions that can be called",
    ),
    (lambda got, heard: got == [None] * 3, "the list holds None, where functions should be: a factory without return"),
)


RECORDED: Causes = (
    (
        lambda heard, returned: heard == ["conv1"] * 3,
        "late binding: all three look into one cell, and it holds the last name",
    ),
    (lambda heard, returned: heard == ["conv2"] * 3, "all three record the first name: each should have its own"),
    (
        lambda heard, returned: not heard and any(callable(one) for one in returned),
        "the callbacks never call record: they return a function; the parentheses are missing, or are one too few",
    ),
    (
        lambda heard, returned: not heard and any(one is not None for one in returned),
        "the callbacks never call record: they return something instead",
    ),
    (
        lambda heard, returned: not heard,
        "the callbacks never call record: they do something else (print, or a list of your own)",
    ),
    (
        lambda heard, returned: heard == ["conv2", "fc", "conv1"],
        "the callbacks have no names of their own: they hand out the names in the order in which they are called "
        "(pop or next)",
    ),
    (
        lambda heard, returned: heard == ["conv2", "conv1", "fc"],
        "the list of callbacks is the wrong way round: the first one should record the first name",
    ),
    (
        lambda heard, returned: sorted(map(str, heard)) == ["conv1", "conv2", "fc"],
        "the callbacks stand in another order than the names: sorted, or put through a set",
    ),
    (
        lambda heard, returned: all(isinstance(one, list) for one in heard),
        "the whole list of names is recorded, not one name",
    ),
    (
        lambda heard, returned: () in heard,
        "record is called with nothing: the list holds record itself, without a name",
    ),
    (
        lambda heard, returned: any(isinstance(one, tuple) for one in heard),
        "record is called with several values: it wants one name",
    ),
    (
        lambda heard, returned: all(isinstance(one, int) for one in heard),
        "the places 0, 1, 2 are recorded, not the names",
    ),
    (
        lambda heard, returned: heard == ["conv1", "conv1", "conv2", "conv2", "fc", "fc"],
        "each callback calls record twice",
    ),
    (lambda heard, returned: len(heard) == 9, "each callback records all three names: a loop stands inside it"),
    (
        lambda heard, returned: all("conv1" in str(one) and "conv2" in str(one) for one in heard),
        "all names are recorded together, joined into one text, not one name",
    ),
    (
        lambda heard, returned: [str(one)[:1] for one in heard] == ["c", "c", "f"],
        "the name is changed on the way: record should get it as it is",
    ),
    (lambda heard, returned: any(callable(one) for one in heard), "a function is recorded in place of the name"),
    (lambda heard, returned: None in heard, "None is recorded in place of the name"),
)


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
