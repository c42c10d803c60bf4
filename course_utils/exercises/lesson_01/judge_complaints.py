"""The judge of exercise 01.4: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import ast
import builtins

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.explain import short_error
from course_utils.exercises.lesson_01.listeners import CALL_ERRORS, Ear, Function, finals
from course_utils.exercises.shown import safely, shown

__all__ = ["judge_complaints"]


def judge_complaints(answer: Function) -> None:
    """ValueErrors are collected as text, every listener is called, all other errors pass."""
    demand_function_of(answer, "collect_complaints(listeners, value)")
    ears, calls = [Ear(), Ear()], []

    def complain(value: object) -> None:
        calls.append(value)
        raise ValueError(f"no {value} please")

    with errors_named("['no 3 please', 'no 3 please']", *CALL_ERRORS, *_complaint_errors(answer, calls)):
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
    for kind in (ZeroDivisionError, TypeError, LookupError, KeyboardInterrupt, *_others_handled(answer)):
        _check_passes(answer, kind("bug"))
    _check_complaint_edges(answer)


def _complaint_errors(answer: Function, calls: list[object]) -> tuple[Reason, ...]:
    """Return what it means if the complaint itself comes out, and if a name is not there."""

    def passed() -> str:
        return first_cause(PASSED, answer, handled(answer), calls) or "the ValueError is not caught"

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


def _check_all_heard(answer: Function, counts: list[int]) -> None:
    """``counts``: calls of a listener before the first complaint, of one after it, of the two that complain."""
    if counts != [1, 1, 2]:
        raise Wrong(
            got=f"calls: {counts[0]} before the first complaint, {counts[1]} after it, {counts[2]} with a complaint",
            wanted="1, 1 and 2: all listeners are called, also after a complaint",
            cause=first_cause(NOT_ALL_HEARD, counts, answer) or "not every listener was called once",
            next_step="put try and except inside the for loop, and nothing that ends the loop",
        )


NOT_ALL_HEARD: Causes = (
    (lambda counts, answer: counts == [0, 0, 0], "nobody was called: write listener(value)"),
    (
        lambda counts, answer: max(counts[:2]) > 1 or counts[2] > 2,
        "a listener is called twice: once is enough, inside the try",
    ),
    (
        lambda counts, answer: counts == [1, 0, 0],
        "your function ends after the first listener: the return stands inside the loop",
    ),
    (
        lambda counts, answer: counts == [1, 0, 1] and nodes_in(answer, ast.Break, ast.ExceptHandler),
        "a break in the except part ends the loop at the first complaint",
    ),
    (
        lambda counts, answer: counts == [1, 0, 1] and nodes_in(answer, ast.Return, ast.ExceptHandler),
        "a return in the except part ends your function at the first complaint",
    ),
    (
        lambda counts, answer: counts == [1, 0, 1] and nodes_in(answer, ast.For | ast.ListComp, ast.Try),
        "the try stands around the whole loop: the first ValueError ends it",
    ),
    (
        lambda counts, answer: counts == [1, 0, 1],
        "the first ValueError ends the loop: the try stands around the whole loop, or you return inside it",
    ),
    (lambda counts, answer: counts[0] == 0, "the first listener is left out"),
)


TEXTS: Causes = (
    (lambda got, texts: got is None, "your function returns None: the return is missing"),
    (
        lambda got, texts: isinstance(got, str) and "no 3 please" in got,
        "the texts were joined into one: each complaint has a place of its own in the list",
    ),
    (lambda got, texts: isinstance(got, dict), "a dictionary came out; the list of the texts was asked for"),
    (lambda got, texts: isinstance(got, set), "a set came out: it has no order and keeps equal texts only once"),
    (
        lambda got, texts: isinstance(got, tuple),
        "a tuple came out (round brackets); the list of the texts was asked for",
    ),
    (lambda got, texts: isinstance(got, int), "a number came out; the list of the texts was asked for, not how many"),
    (
        lambda got, texts: got == [],
        "nothing was noted: the except part keeps no text (pass, print, suppress), or the list is lost",
    ),
    (
        lambda got, texts: any(isinstance(one, Exception) for one in got),
        "the list holds the error objects, not their texts",
    ),
    (
        lambda got, texts: any(isinstance(one, type) for one in got),
        "the list holds the kind of the error, not its text",
    ),
    (
        lambda got, texts: any(isinstance(one, tuple) for one in got),
        "there are tuples in the list, like error.args; str(error) is the text alone",
    ),
    (
        lambda got, texts: any(isinstance(one, list) for one in got),
        "there are lists in the list: append the text itself",
    ),
    (
        lambda got, texts: None in got and len(got) == 4,
        "there is a None for each listener that did not complain: append stands outside of the except part, or what "
        "the listeners returned was kept",
    ),
    (lambda got, texts: None in got, "the list holds None, not the texts: print and append return None"),
    (lambda got, texts: "" in got and len(got) == 4, "there is an empty text for each listener that did not complain"),
    (
        lambda got, texts: max(map(len, texts)) == 1,
        "the text was taken apart into letters: extend and += do that to a text; use append",
    ),
    (
        lambda got, texts: texts[0].startswith("ValueError('"),
        "that is repr(error), with the kind and quotes; str(error) is the text alone",
    ),
    (
        lambda got, texts: texts == ["ValueError"] * 2,
        "the list holds the name of the error's kind; str(error) is its text",
    ),
    (
        lambda got, texts: any("ValueError" in one for one in texts),
        "the kind of error stands in the text; str(error) is the text alone",
    ),
)


MORE_TEXTS: Causes = (
    (
        lambda got, texts, answer: got == ["no 3 please"] and nodes_in(answer, ast.Assign | ast.AnnAssign, ast.For),
        "only the last complaint is left: the list is made anew inside the loop",
    ),
    (
        lambda got, texts, answer: got == ["no 3 please"],
        "only one of two complaints is left: equal texts are left out, or the list is made anew",
    ),
    (
        lambda got, texts, answer: texts == ["no 3 please"] * len(got),
        "there are more texts than complaints: some are noted more than once",
    ),
    (
        lambda got, texts, answer: len(texts) == 2 and all("no 3 please" in one for one in texts),
        "something was written around the text; str(error) alone was asked for",
    ),
    (
        lambda got, texts, answer: (
            len(texts) == 2 and any(node.type is None for node in nodes_in(answer, ast.ExceptHandler))
        ),
        "a bare except has no name for the error, so the list holds a text of your own; and it hides bugs, too",
    ),
    (
        lambda got, texts, answer: len(texts) == 2,
        "the list holds a text of your own; the error brings its text along: str(error)",
    ),
    (
        lambda got, texts, answer: len(texts) == 4,
        "there is a text for each listener that did not complain, too: only the except part should append",
    ),
    (
        lambda got, texts, answer: isinstance(got, list),
        "more than the texts of the complaints is in the list",
    ),
)


HIDDEN: Causes = (
    (
        lambda answer: any(node.type is None for node in nodes_in(answer, ast.ExceptHandler)),
        "a bare except catches every error, more than ValueError",
    ),
    (
        lambda answer: {"Exception", "BaseException"} & handled(answer),
        "except Exception catches nearly every error, more than ValueError",
    ),
    (
        lambda answer: any(nodes_in(part, ast.Return) or isinstance(part, ast.Return) for part in finals(answer)),
        "a return in finally swallows the error",
    ),
    (lambda answer: handled(answer) - {"ValueError"}, "your except parts catch more kinds of error than ValueError"),
)


def handled(answer: object) -> set[str]:
    """Return the names of the errors that a learner's except parts catch."""
    return {name for node in nodes_in(answer, ast.ExceptHandler) if node.type for name in names_in(node.type)}


def _others_handled(answer: object) -> list[type[BaseException]]:
    """Return the kinds of error besides ValueError that a learner's except parts name."""
    kinds = [getattr(builtins, name, None) for name in sorted(handled(answer))]
    wider = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Exception)]
    return [
        kind for kind in wider if not issubclass(kind, UnicodeError | ValueError) and safely(lambda k=kind: k("bug"), 0)
    ]


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
