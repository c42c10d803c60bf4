"""The judge of exercise 01.2: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import ast
from contextlib import suppress

from course_utils.callbacks import STOP
from course_utils.exercises.diagnosis.named_errors import Causes, Reason, check_passes_errors, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_01.listeners import CALL_ERRORS, ENOUGH_CALLS, Ear, Function
from course_utils.exercises.shown import shown

__all__ = ["judge_run_until"]


def judge_run_until(answer: Function) -> None:
    """All listeners hear each step; a STOP from any of them ends the run after that step."""
    demand_function_of(answer, "run_until(steps, listeners)")
    with errors_named("every listener called with the number of the round", *ROUND_ERRORS, *CALL_ERRORS):
        _check_rounds(answer)
        _check_stopped(answer)
        _check_run_edges(answer)
        _check_other_answers(answer)
    check_passes_errors(lambda fail: answer(1, [fail]), "a listener")


ROUND_ERRORS: tuple[Reason, ...] = (
    (
        UnboundLocalError,
        "'STOP'",
        "STOP is assigned inside your function, so there it is a new name without a value",
        "use the STOP of course_utils.callbacks, and assign nothing to it",
    ),
    (
        UnboundLocalError,
        "",
        "a name has no value yet when the loop has not run (steps = 0, or no listeners): it gets one only inside",
        "return steps after the loop, or give the name its value above the loop",
    ),
    (
        TypeError,
        "'_Answer' object is not callable",
        "STOP is a value, not a function: parentheses stand behind it",
        "write STOP without parentheses",
    ),
    (
        TypeError,
        "'builtin_function_or_method' object is not iterable",
        "range stands there without parentheses",
        "write range(steps)",
    ),
)


def _check_rounds(answer: Function) -> None:
    """Without a STOP: three rounds, and in each of them a before b."""
    log: list[str] = []

    def ear(name: str) -> Function:
        def listen(*values: object) -> None:
            log.append(name + ",".join(shown(value) for value in values))
            if len(log) > ENOUGH_CALLS:
                never = "your loop never looks at steps: without a STOP it runs for ever"
                came = f"more than {ENOUGH_CALLS} calls for 3 steps and 2 listeners"
                raise Wrong(got=came, wanted="6 calls", cause=never, next_step="write for step in range(steps)")

        return listen

    got = answer(3, [ear("a"), ear("b")])
    if log != ["a0", "b0", "a1", "b1", "a2", "b2"]:
        raise Wrong(
            got=f"calls in this order: {', '.join(log) or 'none'}",
            wanted="a0, b0, a1, b1, a2, b2 for three rounds and the listeners a and b",
            cause=first_cause(ROUNDS, log, {call[1:] for call in log}, answer)
            or "the listeners should hear the number of the round, 0, 1, 2, and each of them once in a round",
            next_step="for step in range(steps): and inside it a loop over the listeners",
        )
    if got is None:
        raise _no_rounds(answer)


def _no_rounds(answer: Function) -> Wrong:
    """Return what to raise for None: it comes out in any case, or only if nobody stops."""
    always = answer(3, [Ear({0: STOP})]) is None
    return Wrong(
        got="None, when nobody said STOP",
        wanted="3: all rounds were run",
        cause="your function returns None: the return is missing (print only shows)"
        if always
        else "the return after the loop is missing, so None comes out when nobody says STOP",
        next_step="return the number of rounds: steps after the loop; and counting begins at 0, so step + 1 at a STOP",
    )


def _none_ends_it(answer: Function) -> bool:
    """Return whether the run goes on when all answers are 7: then None was taken for a STOP."""
    ear = Ear(dict.fromkeys(range(3), 7))
    with suppress(Exception):
        answer(3, [ear])
    return len(ear.heard) == 3


ROUNDS: Causes = (
    (
        lambda log, heard, answer: not log and nodes_in(answer, ast.GeneratorExp),
        "no listener was called: (... for ...) only promises the work, and nobody asks it to run",
    ),
    (lambda log, heard, answer: not log, "no listener was called: write listener(step)"),
    (
        lambda log, heard, answer: log[:3] == ["a0", "a1", "a2"],
        "the loops are the wrong way round: the rounds are the outer loop",
    ),
    (lambda log, heard, answer: log == ["a1", "b1", "a2", "b2", "a3", "b3"], "the first round is number 0, not 1"),
    (
        lambda log, heard, answer: log == ["a1", "b1", "a2", "b2"],
        "the first round is number 0, not 1: range(1, steps) leaves it out",
    ),
    (lambda log, heard, answer: log[6:] == ["a3", "b3"], "one round too many: the last one is number steps - 1"),
    (
        lambda log, heard, answer: log == ["a0", "b0", "a1", "b1"],
        "one round too few: range(steps) ends before steps by itself",
    ),
    (
        lambda log, heard, answer: (
            log == ["a0", "b0"]
            and any(isinstance(node.ops[0], ast.NotIn | ast.IsNot) for node in nodes_in(answer, ast.Compare))
        ),
        "the test is the wrong way round (not in, is not): it ends when nobody says STOP",
    ),
    (
        lambda log, heard, answer: log == ["a0", "b0"] and _none_ends_it(answer),
        "None counts as a STOP in your test: None means that a listener wants nothing",
    ),
    (
        lambda log, heard, answer: log == ["a0", "b0"],
        "your function ends in the first round, without any STOP: a return or break there does not wait for one",
    ),
    (
        lambda log, heard, answer: log == ["a0"],
        "your function ends after the first listener, without any STOP: a return stands inside the inner loop",
    ),
    (
        lambda log, heard, answer: log in (TWICE_ABAB, TWICE_AABB),
        "every listener is called twice in a round: keep the answer of the one call, and look at that",
    ),
    (lambda log, heard, answer: log[:2] == ["b0", "a0"], "the listeners are called from behind"),
    (lambda log, heard, answer: log[:2] == ["a2", "b2"], "the rounds count down, not up"),
    (lambda log, heard, answer: heard == {"3"}, "you passed steps, not the number of the round"),
    (lambda log, heard, answer: heard == {"0"}, "every round is number 0: the number of the round never grows"),
    (
        lambda log, heard, answer: heard == {""},
        "the listeners are called with nothing: they want the number of the round",
    ),
    (lambda log, heard, answer: "," in "".join(heard), "the listeners are called with several values: they want one"),
    (lambda log, heard, answer: all(call[0] == "a" for call in log), "only the first listener is called"),
    (
        lambda log, heard, answer: all(call[0] == "b" for call in log),
        "only the last listener is called: the call stands under the inner loop",
    ),
)


TWICE_ABAB = [f"{name}{step}" for step in range(3) for name in "abab"]


TWICE_AABB = [f"{name}{step}" for step in range(3) for name in "aabb"]


def _check_stopped(answer: Function) -> None:
    """A STOP of the middle listener at 3 ends the run after round 3, for all listeners."""
    first, middle, last = Ear(), Ear({3: STOP}), Ear()
    got = answer(6, [first, middle, last])
    if middle.heard != [0, 1, 2, 3] or last.heard != middle.heard:
        raise Wrong(
            got=f"the listener that answers STOP at 3 heard {middle.heard}, the one after it {last.heard}",
            wanted="both hear 0, 1, 2 and 3, and then it ends",
            cause=_why_not_stopped(answer, middle.heard, last.heard),
            next_step="collect all answers of a round in a list; after the inner loop: if STOP in answers, return",
        )
    if got != 4 or not isinstance(got, int):
        raise Wrong(
            got=f"the text {got!r}" if isinstance(got, str) else got,
            wanted="4: the rounds 0, 1, 2 and 3 were run",
            cause=first_cause(FOUR, got) or "this number is not that of the rounds",
            next_step="counting begins at 0, so after step 3 there were 4 rounds: return step + 1",
        )


def _why_not_stopped(answer: Function, heard: list[object], last: list[object]) -> str:
    if len(last) > len(heard):
        return "the listener that said STOP is left out, and for the others the rounds go on: it should end for all"
    if heard != last and len(heard) > 4:
        return "the break leaves only the inner loop: those after it miss round 3, and then the rounds go on"
    if heard != last:
        return (
            "you stop as soon as the answer comes, so that the listeners after it miss the round (any(...) with a "
            "generator does this too)"
        )
    if len(heard) < 4:
        return "the run ended before anybody had answered STOP"
    why = first_cause(NOT_HEEDED, answer, heard)
    return f"the STOP was not heeded: {why or 'the break leaves only the inner loop, or nothing ends the outer one'}"


def _ends(answer: Function, *ears: Ear) -> bool:
    """Return whether a run of four rounds ends earlier with these listeners."""
    with suppress(Exception):
        answer(4, list(ears))
    return 0 < len(ears[0].heard) < 4


def _compares_whole_list(answer: Function) -> bool:
    """Return whether STOP is compared, with == or is, with a list or with a name for one."""
    lists = ast.List | ast.ListComp
    names = {
        target.id
        for node in nodes_in(answer, ast.Assign)
        if isinstance(node.value, lists)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return any(
        isinstance(side, lists) or (isinstance(side, ast.Name) and side.id in names)
        for node in nodes_in(answer, ast.Compare)
        if isinstance(node.ops[0], ast.Eq | ast.Is)
        for side in (node.left, *node.comparators)
    )


NOT_HEEDED: Causes = (
    (lambda answer, heard: len(heard) == 5, "it is noticed one round too late; ask in the round in which it comes"),
    (
        lambda answer, heard: "STOP" in answer.__code__.co_varnames or answer.__globals__.get("STOP", STOP) is not STOP,
        "you made a STOP of your own, and nobody answers with that one",
    ),
    (lambda answer, heard: _ends(answer, Ear(), Ear({1: STOP})), "only the last listener's answer is looked at"),
    (lambda answer, heard: _ends(answer, Ear({1: STOP}), Ear()), "only the first listener's answer is looked at"),
    (
        lambda answer, heard: _ends(answer, Ear({1: STOP}), Ear({1: STOP})),
        "your test waits for a STOP from all of them, and one is enough",
    ),
    (
        lambda answer, heard: _ends(answer, Ear({1: "STOP"})),
        "your test compares with the text 'STOP', in quotes; STOP is a name, without quotes",
    ),
    (lambda answer, heard: _ends(answer, Ear({1: True})), "your test compares with True; STOP is a value of its own"),
    (
        lambda answer, heard: nodes_in(answer, ast.AST) and "STOP" not in names_in(answer),
        "the answers of the listeners are thrown away or compared with something else: your code never says STOP",
    ),
    (
        lambda answer, heard: _compares_whole_list(answer),
        "the whole list of answers is compared with STOP, and a list is no STOP; ask whether STOP is in it",
    ),
    (
        lambda answer, heard: nodes_in(answer, ast.Break),
        "the break leaves only the inner loop, and the rounds go on",
    ),
    (
        lambda answer, heard: nodes_in(answer, ast.Continue),
        "continue goes on with the next turn; break or return ends",
    ),
)


FOUR: Causes = (
    (lambda got: got is None, "when somebody says STOP, your function returns None: that return is missing"),
    (lambda got: got is STOP, "you returned the STOP itself; the number of rounds was asked for"),
    (
        lambda got: isinstance(got, list | tuple | dict),
        "you returned what was collected, not how many rounds there were: the number of rounds was asked for",
    ),
    (lambda got: isinstance(got, str), "it is a text; the number of rounds was asked for, as a number"),
    (lambda got: isinstance(got, bool), "True and False do not count: the number of rounds was asked for"),
    (lambda got: isinstance(got, float), "it is a number with a fraction; rounds are whole"),
    (
        lambda got: got == 3,
        "you returned the number of the last round, which is one too few (or did not count the round with the STOP)",
    ),
    (lambda got: got == 5, "one too many: the round with the STOP was counted twice"),
    (lambda got: got == 6, "you returned steps, but the run ended earlier"),
    (lambda got: got == 2, "you returned how many rounds were left over, not how many were run"),
    (lambda got: got == 12, "you counted the calls of the three listeners, not the rounds"),
    (lambda got: got == 0, "the count never grows: rounds = rounds + 1 is missing in the loop"),
    (lambda got: got == 1, "the count begins anew in each round: its start stands inside the loop"),
)


def _check_other_answers(answer: Function) -> None:
    """Only STOP stops: not True, not a text, not 0."""
    ended = [repr(value) for value in OTHER_ANSWERS if answer(2, [Ear({0: value})]) != 2]
    if ended:
        value = next(value for value in OTHER_ANSWERS if repr(value) == ended[0])
        raise Wrong(
            got=f"{shown(answer(2, [Ear({0: value})]))} rounds when a listener answered {value!r}",
            wanted="2: only STOP stops",
            cause=first_cause(OTHER_STOPS, ended) or f"your test takes {', '.join(ended)} for a STOP",
            next_step="compare: answer is STOP, or STOP in answers; and return steps after the loop",
        )


OTHER_ANSWERS = (True, 1, "STOP", 0, False, 0.5)


OTHER_STOPS: Causes = (
    (lambda ended: len(ended) == 6, "your test takes every answer but None for a STOP"),
    (lambda ended: ended == ["'STOP'"], "your test compares texts, so the text 'STOP' stops it too"),
    (lambda ended: {"True", "'STOP'", "0.5"} <= set(ended), "your test takes every true value for a STOP"),
    (lambda ended: set(ended) <= {"True", "1"}, "your test takes True for a STOP"),
)


def _check_run_edges(answer: Function) -> None:
    for steps, answers, wanted, cause in RUN_EDGES:
        got = answer(steps, [Ear(one) for one in answers])
        if got != wanted or isinstance(got, float | bool):
            raise Wrong(
                got=f"{shown(got)} for {steps} steps and {len(answers)} listeners",
                wanted=wanted,
                cause=cause,
                next_step="collect all answers of a round; return steps after the loop",
            )


RUN_EDGES: tuple[tuple[int, list[dict[object, object]], int, str], ...] = (
    (4, [{}, {0: STOP}], 1, "a STOP in the very first round ends it after one round, also from the last listener"),
    (4, [{0: STOP}, {}], 1, "a STOP in the very first round ends it after one round, also from the first listener"),
    (2, [{1: STOP}], 2, "a STOP in the last round changes nothing: two rounds were run"),
    (3, [{}], 3, "without a STOP all steps are run, and all of them count: 3, not the number 2 of the last round"),
    (3, [], 3, "without listeners nobody says STOP: all steps are run"),
    (0, [{}], 0, "0 steps are no round at all"),
)
