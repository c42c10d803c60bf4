"""Exercises of lesson 01: callbacks, events, listeners that fail."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from contextlib import suppress

from course_utils.callbacks import STOP, Events
from course_utils.exercises.diagnosis.named_errors import (
    Causes,
    Reason,
    check_passes_errors,
    errors_named,
    first_cause,
)
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.explain import short_error
from course_utils.exercises.shown import safely, shown

Function = Callable[..., object]

ENOUGH_CALLS = 50  # a loop that calls a listener of a judge more often never ends


class Ear:
    """A listener that keeps what it hears and answers from a table."""

    def __init__(self, answers: dict[object, object] | None = None) -> None:
        self.heard: list[object] = []
        self.answers = answers or {}

    def __call__(self, value: object) -> object:
        self.heard.append(value)
        if len(self.heard) > ENOUGH_CALLS:
            raise Wrong(
                got=f"one listener was called more than {ENOUGH_CALLS} times",
                wanted="a loop that ends",
                cause="your loop never ends: nothing in it makes its condition false, or the list grows as fast as it "
                "is walked",
                next_step="use for, which ends by itself, along a copy or along range(...)",
            )
        return self.answers.get(value) if isinstance(value, int) else None


CALL_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "missing 1 required positional argument: 'value'",
        "the function that was handed in is called with nothing between its parentheses",
        "hand the value on: put it between the parentheses of the call",
    ),
    (
        TypeError,
        "Ear.__call__() takes 2",
        "the function that was handed in is called with more than one value",
        "hand on the one value that the task names, and nothing else",
    ),
    (
        TypeError,
        "takes 1 positional argument but",
        "the function that was handed in is called with more than one value",
        "hand on the one value that the task names, and nothing else",
    ),
    (
        AttributeError,
        "'function' object has no attribute",
        "a function is asked for something that it does not have; it is called with parentheses, and that is all",
        "write listener(value)",
    ),
    (
        AttributeError,
        "'Ear' object has no attribute",
        "a function is asked for something that it does not have; it is called with parentheses, and that is all",
        "write its name, and the value between parentheses",
    ),
    (
        TypeError,
        "'Ear' object is not iterable",
        "your loop walks along a function instead of a list: two names are mixed up",
        "look which parameter holds the list",
    ),
    (
        TypeError,
        "'Ear' object is not subscriptable",
        "square brackets stand behind a function: it is called with round ones",
        "write the value between round brackets",
    ),
    (
        AttributeError,
        "'NoneType' object has no attribute 'append'",
        "append returns None, and this None was put in place of the list (results = results.append(...))",
        "write results.append(...) alone on its line",
    ),
    (
        TypeError,
        "'int' object is not iterable",
        "a number stands where a list is needed: for cannot walk along it, and nothing can be taken out of it",
        "walk along the list itself, or along range(...)",
    ),
    (
        TypeError,
        "'list' object is not callable",
        "the list itself is called like a function",
        "put the parentheses behind one function of the list, or behind the callback",
    ),
    (
        TypeError,
        "'list' object cannot be interpreted as an integer",
        "range(...) wants a number and got a list",
        "walk along the list itself",
    ),
)


# 01.1


def judge_apply(answer: Function) -> None:
    """Every number reaches the callback once and in order; the results come back as a list."""
    demand_function_of(answer, "apply_to_all(numbers, callback)")
    numbers, ear = [3, -1, 4], Ear({3: 30, -1: -10, 4: 40})
    with errors_named("the callback called with 3, with -1 and with 4", *CALL_ERRORS, TOO_FAR):
        got = answer(numbers, ear)
    _check_apply_calls(got, ear.heard)
    if not isinstance(got, list) or got != [30, -10, 40]:
        raise Wrong(
            got=got,
            wanted="[30, -10, 40], what the callback returned for 3, -1 and 4",
            cause=first_cause(RESULTS, got, [str(one) for one in got] if isinstance(got, list) else [])
            or f"a {type(got).__name__} is not a list of results",
            next_step="collect callback(number) for each number in a list, and return the list after the loop",
        )
    if numbers != [3, -1, 4]:
        raise Wrong(
            got=f"the list of numbers was changed to {numbers}",
            wanted="the caller's list as it was",
            cause="your function takes the numbers off the list that it was given (pop, remove or clear)"
            if len(numbers) < 3
            else "your function writes into the list that it was given",
            next_step="walk along numbers with for, and begin with a new empty list: results = []",
        )
    _check_apply_edges(answer)
    _check_equal_numbers(answer)
    check_passes_errors(lambda fail: answer([3], fail), "the callback")


TOO_FAR: Reason = (
    IndexError,
    "",
    "your loop leaves the list: its places run from 0 to len(numbers) - 1",
    "walk along the numbers themselves: for number in numbers",
)


def _check_apply_calls(got: object, heard: list[object]) -> None:
    lazy = hasattr(got, "__next__")
    if heard == [3, -1, 4] and not lazy:
        return
    wanted, step = "the callback called with 3, then with -1, then with 4", "write callback(number), once in each turn"
    if lazy:
        wanted, step = "a list", "put list(...) around it"
    raise Wrong(
        got=f"a {type(got).__name__}, not a list" if lazy else f"calls with {shown(heard)}",
        wanted=wanted,
        cause=first_cause(CALLS, got, heard)
        or f"the callback was called {len(heard)} times, and not with the numbers as they are",
        next_step=step,
    )


CALLS: Causes = (
    (
        lambda got, heard: any(isinstance(one, list | tuple) and 3 in one and -1 in one for one in heard),
        "you passed the whole list to the callback: a for loop passes one number at a time",
    ),
    (
        lambda got, heard: any(isinstance(one, list) for one in heard),
        "you passed a list to the callback, such as the list of the results; it wants one number",
    ),
    (
        lambda got, heard: hasattr(got, "__next__"),
        "map() and (... for ...) only promise the work; nothing runs yet",
    ),
    (
        lambda got, heard: not heard and isinstance(got, list) and any(callable(one) for one in got),
        "the callback was never called: parentheses make it run",
    ),
    (
        lambda got, heard: not heard,
        "the callback was never called: your function works without it",
    ),
    (
        lambda got, heard: heard == [3],
        "your function ends in the first turn of the loop: the return stands inside it; move it to the left, under the "
        "for",
    ),
    (lambda got, heard: heard == [0, 1, 2], "you passed the places 0, 1, 2, not the numbers: for number in numbers"),
    (
        lambda got, heard: all(isinstance(one, str) for one in heard),
        "you passed texts, not the numbers: no str(...) and no quotes are needed",
    ),
    (
        lambda got, heard: any(isinstance(one, tuple) for one in heard),
        "you passed pairs, as enumerate or zip make them, not the numbers",
    ),
    (
        lambda got, heard: heard == [4, -1, 3],
        "the numbers came from behind (reversed, [::-1] or pop()): keep the order of the list",
    ),
    (lambda got, heard: heard == [-1, 3, 4], "the numbers were sorted first: keep the order of the list"),
    (
        lambda got, heard: heard in ([3, 3, -1, -1, 4, 4], [3, -1, 4] * 2),
        "the callback is called twice for each number: keep what the first call returned in a name, and append that",
    ),
    (lambda got, heard: heard == [3, -1], "the last number is missing: the loop ends one too early"),
    (lambda got, heard: heard == [-1, 4], "the first number is missing: the loop begins one too late, at place 1"),
    (lambda got, heard: heard == [3, 4], "a number is skipped: those below 0, or the list shrinks while it is walked"),
    (lambda got, heard: heard == [4], "only the last number is passed: the call stands under the loop, not inside it"),
    (lambda got, heard: sorted(heard) == [-1, 3, 4], "the order is lost: a set forgets it"),
    (lambda got, heard: len(set(heard)) == 1, "one and the same value is passed in every turn, not the turn's number"),
    (lambda got, heard: len(heard) == 3, "you changed the numbers before you passed them"),
)
RESULTS: Causes = (
    (lambda got, texts: got is None, "your function returns None: the return is missing (print only shows)"),
    (
        lambda got, texts: got == [3, -1, 4],
        "the list holds the numbers themselves: what the callback returned was thrown away",
    ),
    (
        lambda got, texts: got == [None] * 3,
        "the list holds None: that is what append and print return; the callback returned numbers",
    ),
    (lambda got, texts: got == [40], "only the last result is left: the list is made anew inside the loop"),
    (lambda got, texts: got == [30], "only the first result came: the return stands inside the loop"),
    (lambda got, texts: got == [], "the list stayed empty: nothing is appended to it"),
    (
        lambda got, texts: got == [40, -10, 30],
        "the results are backwards: append puts behind, insert(0, ...) in front",
    ),
    (lambda got, texts: any(isinstance(one, str) for one in got), "the results were turned into texts on the way"),
    (
        lambda got, texts: any(isinstance(one, list | tuple) for one in got),
        "there are lists or pairs in the list: each place should hold one result and nothing else",
    ),
    (lambda got, texts: sorted(texts) == ["-10", "30", "40"], "the results are in another order than the numbers"),
    (lambda got, texts: set(got) == {30, -10, 40, 3, -1, 4}, "the numbers and the results are mixed in one list"),
    (
        lambda got, texts: len(texts) > 3,
        "the list has more places than there are numbers: something besides the results was put into it",
    ),
    (lambda got, texts: 0 < len(texts) < 3, "some results were left out of the list"),
    (
        lambda got, texts: len(texts) == 3,
        "the list holds other numbers than the callback returned: you changed the results afterwards",
    ),
    (lambda got, texts: isinstance(got, bool), "True or False came out: a comparison was returned, not the results"),
    (lambda got, texts: got == 60, "the results were added up: each should have a place of its own in a list"),
    (
        lambda got, texts: got == 40,
        "only the last result is returned: each turn writes over the one before; collect them in a list",
    ),
    (lambda got, texts: got == 30, "only the first result is returned: collect all of them in a list"),
    (lambda got, texts: got == 3, "you returned how many there are, not the results"),
    (
        lambda got, texts: isinstance(got, int),
        "one number came out; one result for each number was asked for, in a list",
    ),
    (lambda got, texts: isinstance(got, tuple), "round brackets make a tuple; a list is written with square ones"),
    (
        lambda got, texts: isinstance(got, dict),
        "a dictionary came out, with a key for each number; only the results were asked for, in a list",
    ),
    (lambda got, texts: isinstance(got, set), "a set came out: it has no order and keeps equal results only once"),
    (lambda got, texts: isinstance(got, str), "a text came out: the list itself was asked for, not a text about it"),
)


def _check_apply_edges(answer: Function) -> None:
    for numbers, answers, wanted, causes in APPLY_EDGES:
        nothing = "with an empty list your function fails: it takes a first or last number that is not there"
        errors = ((Exception, "", nothing, "walk along numbers with for"),) if not numbers else ()
        with errors_named(f"{wanted} for numbers {numbers}", *errors):
            got = answer(list(numbers), Ear(answers))
        if got != wanted:
            raise Wrong(
                got=f"{shown(got)} for numbers {numbers}",
                wanted=f"{wanted}, because the callback returned that",
                cause=first_cause(causes, got) or "what comes out is not what the callback returned for these numbers",
                next_step="begin with results = [] in the function, append every result, and return under the loop",
            )


def _check_equal_numbers(answer: Function) -> None:
    """A callback may answer differently each time, to the same number too."""
    heard: list[int] = []
    got = answer([7, 7, 7], lambda number: heard.append(number) or len(heard))
    if got != [1, 2, 3]:
        raise Wrong(
            got=f"{shown(got)} for numbers [7, 7, 7], and {len(heard)} calls",
            wanted="[1, 2, 3] from a callback that returns how often it was called",
            cause="equal numbers count each: a set, a dictionary or a test with `in` asks or keeps only one of them",
            next_step="call the callback once in each turn, and append what this call returned",
        )


APPLY_EDGES: tuple[tuple[list[int], dict[object, object], list[object], Causes], ...] = (
    (
        [],
        {},
        [],
        (
            (lambda got: got is None, "for an empty list None comes out: the return stands inside the loop or an if"),
            (
                lambda got: got,
                "results of an earlier call came back: the list is made outside the function, or as a default value, "
                "and lives on",
            ),
        ),
    ),
    (
        [1, 2],
        {1: 0},
        [0, None],
        (
            (lambda got: got == [], "a result of 0 or None is a result too: an if leaves both out"),
            (lambda got: got == [0], "a result of 0 or None is a result too: an if leaves the None out"),
            (lambda got: got == [None], "a result of 0 or None is a result too: an if leaves the 0 out"),
            (lambda got: True, "a result of 0 or None is a result too: something else was put in its place"),
        ),
    ),
    (
        [5, 6, 7, 8, 9],
        {5: 1, 6: 2, 7: 3, 8: 4, 9: 5},
        [1, 2, 3, 4, 5],
        ((lambda got: True, "your function is made for three numbers; a list may have any length"),),
    ),
)


# 01.2


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


# 01.3


def judge_fire_safely(answer: Function) -> None:
    """The list may change while it is walked; everybody who was on it hears the value once."""
    demand_function_of(answer, "fire_safely(listeners, value)")
    with errors_named("every listener on the list called with the value", *CALL_ERRORS, *WALK_ERRORS):
        _check_plain_walk(answer)
        _check_equals(answer)
        _check_changing_list(answer)
        _check_taken_off_later(answer)
    check_passes_errors(lambda fail: answer([fail], 8), "a listener")


WALK_ERRORS: tuple[Reason, ...] = (
    (
        IndexError,
        "",
        "places are counted, and the list got shorter: one listener took itself off, so the last place is gone",
        "walk along a copy: for listener in list(listeners)",
    ),
    (
        ValueError,
        "remove(x)",
        "your function takes listeners off the list itself: the one that wants to go is gone already",
        "walk along a copy and leave the list alone",
    ),
)


def _check_plain_walk(answer: Function) -> None:
    """Nobody changes the list: three listeners, each called once, in order, and the list stays as it is."""
    calls: list[tuple[str, object]] = []
    sizes: list[int] = []

    def ear(name: str) -> Function:
        def listen(value: object) -> None:
            calls.append((name, value))
            sizes.append(len(listeners))

        return listen

    listeners = [ear(name) for name in "cab"]
    before = list(listeners)
    answer(listeners, 8)
    order, values = "".join(name for name, _ in calls), [value for _, value in calls]
    if order != "cab" or any(value != 8 for value in values):
        raise Wrong(
            got=f"called: {', '.join(order) or 'nobody'}" + f"; they heard {shown(values)}" * (order == "cab"),
            wanted="the listeners c, a, b called in this order with the value 8",
            cause=first_cause(WALKS, order, values, answer) or "each of the three should be called exactly once",
            next_step="walk along a copy, and write listener(value) in the loop",
        )
    if listeners != before:
        raise _list_was_changed(sizes, len(listeners))


def _list_was_changed(sizes: list[int], left: int) -> Wrong:
    """Return what to raise if the function itself changed the list; ``sizes``: how long it was at each call."""
    return Wrong(
        got=f"{left} of 3 listeners left on the list" if left < 3 else "a list in another order",
        wanted="the list as it was: none of the three listeners changed it",
        cause=f"your function itself changes the list: {first_cause(SHORTER, sizes, left)}",
        next_step="walk along a copy and leave the list alone",
    )


WALKS: Causes = (
    (
        lambda order, values, answer: (
            not order and (nodes_in(answer, ast.GeneratorExp) or names_in(answer) & {"map", "filter"})
        ),
        "nobody was called: map() and (... for ...) only promise the work; nothing runs yet",
    ),
    (
        lambda order, values, answer: not order and nodes_in(answer, ast.Lambda),
        "nobody was called: the calls stand in lambdas, and nobody calls those",
    ),
    (lambda order, values, answer: not order, "nobody was called: the parentheses behind the listener are missing"),
    (
        lambda order, values, answer: order == "c",
        "your function ends after the first listener: a return stands inside the loop",
    ),
    (
        lambda order, values, answer: "set" in names_in(answer),
        "a set keeps no order, and holds a listener that is on the list twice only once",
    ),
    (lambda order, values, answer: order == "bac", "walking backwards skips nobody, but it calls in the wrong order"),
    (lambda order, values, answer: order == "ab", "the first listener is left out: the walk begins at place 1"),
    (lambda order, values, answer: order == "ca", "the last listener is left out: the walk ends one too early"),
    (
        lambda order, values, answer: order == "cb",
        "a listener is skipped: the list gets shorter while you walk along it",
    ),
    (
        lambda order, values, answer: order == "b",
        "only the last listener is called: the call stands under the loop, not inside it",
    ),
    (
        lambda order, values, answer: order in ("ccaabb", "cabcab"),
        "every listener is called twice: once is enough, along the copy",
    ),
    (
        lambda order, values, answer: order != "cab" and sorted(order) == ["a", "b", "c"],
        "the order is lost: by sorting, or by a set, which also keeps equal listeners only once",
    ),
    (
        lambda order, values, answer: any(callable(one) for one in values),
        "the listener was passed to itself: hand on the value",
    ),
    (
        lambda order, values, answer: any(isinstance(one, list) for one in values),
        "a list was passed on instead of the value",
    ),
    (
        lambda order, values, answer: order == "cab",
        "what was passed on is not the value that your function was given",
    ),
)
SHORTER: Causes = (
    (lambda sizes, left: left == 3, "it turns or sorts it; make a new one instead"),
    (lambda sizes, left: sizes == [0, 0, 0], "it clears it before the first call"),
    (lambda sizes, left: sizes == [3, 3, 3], "it clears it when all are called, and next time nobody hears anything"),
    (
        lambda sizes, left: True,
        "it takes each listener off as it goes, and at the next event the list is empty already",
    ),
)


def _check_equals(answer: Function) -> None:
    twice = Ear()
    answer([twice, twice], 3)
    if len(twice.heard) != 2:
        raise Wrong(
            got=f"a listener that is on the list twice heard the value: {len(twice.heard)} of 2 times",
            wanted="2 calls",
            cause="equal things are kept only once: by a set, a dictionary, or a test with `in`"
            if len(twice.heard) == 1
            else "each place of the list should be called once",
            next_step="make the copy with list(listeners)",
        )


def _check_changing_list(answer: Function) -> None:
    """One listener leaves, one invites a late guest."""
    late, order = Ear(), []
    listeners: list[Function] = []

    def leaver(value: object) -> None:
        order.append("leaver")
        listeners.remove(leaver)

    def inviter(value: object) -> None:
        order.append("inviter")
        if len(listeners) < 6:
            listeners.append(late)

    def last(value: object) -> None:
        order.append("last")

    listeners += [leaver, inviter, last]
    answer(listeners, 8)
    _check_order(order, late)
    if listeners != [inviter, last, late]:
        raise Wrong(
            got=f"on the list afterwards: {', '.join(getattr(one, '__name__', 'late guest') for one in listeners)}",
            wanted="inviter, last, late guest: the list with the changes that the listeners made, and no others",
            cause="your function itself changes the list: what the listeners did to it is undone, or somebody is lost",
            next_step="walk along a copy, and write nothing back into the list",
        )


def _check_taken_off_later(answer: Function) -> None:
    """A listener that an earlier one takes off was on the list at the beginning, so it hears the value."""
    last = Ear()
    listeners: list[Function] = [lambda value: listeners.remove(last), last]
    answer(listeners, 8)
    if last.heard != [8]:
        raise Wrong(
            got="a listener that another one took off was not called any more",
            wanted="one last call: it was on the list at the beginning",
            cause="you look again whether a listener is still on the list",
            next_step="walk along the copy and call everybody on it",
        )


def _check_order(order: list[str], late: Ear) -> None:
    cause = first_cause(ORDERS, order, late.heard)
    if cause:
        came = ", ".join(order + ["late guest"] * len(late.heard))
        wanted = "leaver, inviter, last; the late guest waits for the next time"
        step = "walk along a copy: for listener in list(listeners)"
        raise Wrong(got=f"called: {came or 'nobody'}", wanted=wanted, cause=cause, next_step=step)


ORDERS: Causes = (
    (
        lambda order, late: late and "inviter" in order,
        "a listener that was added meanwhile was called already: your loop looks at the list itself while it goes on",
    ),
    (
        lambda order, late: order == ["leaver"],
        "your loop ends as soon as one has left: a break or return waits for that",
    ),
    (
        lambda order, late: "inviter" not in order,
        "one left, the next moved up into its place, and the loop went on behind it: it was skipped",
    ),
    (lambda order, late: len(set(order)) < len(order), "somebody was called twice when the list changed"),
    (lambda order, late: "last" not in order, "the last one was not called any more after another one had left"),
    (lambda order, late: order != ["leaver", "inviter", "last"], "the order changed when a listener left"),
)


# 01.4


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


def finals(answer: object) -> list[ast.AST]:
    """Return the statements in the finally parts of a learner's code."""
    return [part for node in nodes_in(answer, ast.Try) for part in node.finalbody]


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


# 01.5


class Watched(Events[object]):
    """A registry that notes when a listener comes and goes."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.log: list[str] = []
        self.added: list[Function] = []

    def on(self, name: str, *listener: Function) -> object:
        """Note "on", then register."""
        self.added += listener
        self.log += ["on"] if listener else []
        return super().on(name, *listener)

    def off(self, name: str, listener: Function) -> None:
        """Note "off", then take the listener off."""
        self.log.append("off")
        super().off(name, listener)

    def why_not_there(self) -> str:
        """Return why a listener that is taken off is not registered."""
        if self.log.count("off") > 1:
            return "the listener is taken off twice"
        if "on" not in self.log:
            return "the listener was never registered, and cannot be taken off"
        return "something else was registered than what is taken off: a lambda around it, or what a function returned"

    def why_with_value(self) -> str:
        """Return why the action got a value: it was called with one, or registered and then called by fire."""
        if any(getattr(listener, "__name__", "") == "action" for listener in self.added):
            return "the action was registered as a listener, in place of the listener"
        return "the action is called with something between its parentheses; it wants nothing"


def judge_listen_during(answer: Function) -> None:
    """The listener hears what happens during the action, and is off afterwards in any case."""
    demand_function_of(answer, "listen_during(events, name, listener, action)")
    events, ear, other = Watched("tick", "tock"), Ear(), Ear()
    Events.on(events, "tick", other)

    def action() -> object:
        events.log.append("action")
        return events.fire("tick", 5) or "done"

    step = "register listener itself, and take it off once, in finally"
    twice = (LookupError, "is not registered", events.why_not_there, step)
    with_value = (
        TypeError,
        "action() takes 0 positional",
        events.why_with_value,
        "register listener, and write action()",
    )
    with errors_named("'done', and the listener hears 5", with_value, *LISTEN_ERRORS, twice, *CALL_ERRORS):
        got = answer(events, "tick", ear, action)
    _check_heard(events.log, ear.heard)
    _check_off(events, other, "the action ended well")
    if got != "done":
        raise Wrong(got=got, wanted=ACTION_RETURNED, cause=_why_not_done(got), next_step="write return action()")
    for error in (KeyError("boom"), ValueError("boom"), KeyboardInterrupt()):
        _check_failing_action(answer, error)


ACTION_RETURNED = "'done', what the action returned"


def _why_not_done(got: object) -> str:
    start = "what action() returns is not returned by your function"
    if got is None:
        return f"{start}: the return is missing, so None comes out"
    return f"{start}: something else is"


LISTEN_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "missing 1 required positional argument: 'value'",
        "the listener is called, by the parentheses behind it, where it should only be handed over",
        "write listener without parentheses: events.on(name, listener)",
    ),
    (
        TypeError,
        "Watched.off() missing",
        "events.off wants two things, the name of the event and the listener",
        "write events.off(name, listener)",
    ),
    (
        TypeError,
        "on() missing",
        "events.on wants two things, the name of the event and the listener",
        "write events.on(name, listener)",
    ),
    (
        TypeError,
        "a listener is a function",
        "what was registered is not the listener, but what something returned: parentheses stand behind it",
        "write events.on(name, listener)",
    ),
    (
        LookupError,
        "there is no event <",
        "name and listener changed places: the name of the event comes first",
        "write events.on(name, listener)",
    ),
    (
        LookupError,
        "there is no event",
        "the name of the event stands in quotes or is your own; the parameter name holds the right one",
        "write events.on(name, listener), without quotes",
    ),
    (
        AttributeError,
        "'Watched' object has no attribute",
        "Events has on, off, fire and listeners, and nothing of this name",
        "use events.on(name, listener) and events.off(name, listener)",
    ),
    (
        TypeError,
        "context manager",
        "what events.on returns is the listener, and that cannot stand behind with",
        "use try and finally",
    ),
    (
        TypeError,
        "'Watched' object is not subscriptable",
        "Events is no dictionary: it is asked with on and off",
        "use events.on(name, listener) and events.off(name, listener)",
    ),
)


def _check_heard(log: list[str], heard: list[object]) -> None:
    cause = first_cause(HEARD, log, heard)
    if cause:
        raise Wrong(
            got=f"the listener heard {shown(heard)}; the steps were: {', '.join(log) or 'none'}",
            wanted="it hears [5], the value that the action fires; the steps: on, action, off",
            cause=cause,
            next_step="first events.on(name, listener), then action() once, then events.off(name, listener)",
        )


HEARD: Causes = (
    (
        lambda log, heard: "action" not in log,
        "the action was never called: the parentheses behind it are missing, or nothing runs it",
    ),
    (
        lambda log, heard: log.count("action") > 1,
        "the action runs more than once: keep what its call returned in a name",
    ),
    (
        lambda log, heard: "on" not in log and not heard,
        "the listener was never registered: events.on(name, listener) is missing",
    ),
    (lambda log, heard: log.count("on") > 1, "the listener is registered more than once, so it hears everything twice"),
    (
        lambda log, heard: log.index("on") > log.index("action"),
        "the listener was not registered while the action ran: events.on comes only after it",
    ),
    (
        lambda log, heard: "off" in log and log.index("off") < log.index("action"),
        "the listener was not registered while the action ran: events.off comes before it",
    ),
    (
        lambda log, heard: len(heard) > 1,
        "your function fires the event or calls the listener itself; that is the action's business",
    ),
    (
        lambda log, heard: not heard,
        "the listener was registered for another event than name says, or something else was",
    ),
    (lambda log, heard: heard != [5], "the listener heard something else than the action fired"),
)


def _check_off(events: Events[object], other: Ear, when: str) -> None:
    left = events.listeners("tick")
    if left == (other,):
        return
    cause = "the listener is still registered: a leak; events.off is missing on this way out"
    if "well" not in when:
        cause = "the listener is still registered: a leak; when the action fails, the error jumps over events.off"
    raise Wrong(
        got=f"{len(left)} listeners on 'tick' after {when}",
        wanted="1: the one that was there before",
        cause=cause if len(left) > 1 or other in left else "you took off somebody else's listener, too",
        next_step="put events.off(name, listener) into the finally part, which runs in any case",
    )


SWALLOWED: Causes = (
    (
        lambda answer: any(nodes_in(part, ast.Return) or isinstance(part, ast.Return) for part in finals(answer)),
        "a return inside finally drops the error on its way out",
    ),
    (
        lambda answer: nodes_in(answer, ast.ExceptHandler) and not nodes_in(answer, ast.Raise),
        "your except part catches it and does not raise it again",
    ),
)


def _check_failing_action(answer: Function, error: BaseException) -> None:
    events, other, kind = Events("tick"), Ear(), type(error).__name__
    events.on("tick", other)

    def fail() -> None:
        raise error

    cause = f"the failure was swallowed: {first_cause(SWALLOWED, answer) or 'an except catches it, or a suppress'}"
    try:
        got = f"{shown(answer(events, 'tick', Ear(), fail))} when the action raised {kind}"
    except BaseException as caught:  # noqa: BLE001 - a learner's except may raise anything in its place
        if caught is error:
            return _check_off(events, other, f"the action raised {kind}")
        got = f"{short_error(caught)} when the action raised {kind}"
        cause = "the failure was replaced by another error: whoever called you looks for the first one"
    raise Wrong(
        got=got,
        wanted=f"the {kind} itself",
        cause=cause,
        next_step="use try and finally without any except, and keep return out of the finally part",
    )


EXERCISES = (
    Exercise(
        id="01.1",
        title="One callback, many numbers",
        difficulty="easy",
        minutes=3,
        task="Hand in a function apply_to_all(numbers, callback) that calls the callback once for each number, "
        "in order, and returns the list of what it returned.",
        hints=(
            "You call the callback, once in each turn of a loop, and keep its answers.",
            "A list that starts empty, and append; or a list comprehension.",
            "In the loop: results.append(...) with the callback called on the number. After the loop: return results.",
        ),
        starter="def apply_to_all(numbers, callback):\n    ...  # your code here",
        solution="def apply_to_all(numbers, callback):\n    return [callback(number) for number in numbers]",
        alternative="""
def apply_to_all(numbers, callback):
    results = []
    for number in numbers:
        results.append(callback(number))
    return results
""",
        name="apply_to_all",
        judge=judge_apply,
        praise="Right: you called a function that you have never seen; try it with print and look at what is returned.",
        mistakes=(
            Mistake(
                "return forgotten",
                "def apply_to_all(numbers, callback):\n    for number in numbers:\n        callback(number)",
                "the return is missing",
            ),
            Mistake(
                "return inside the loop",
                "def apply_to_all(numbers, callback):\n    for number in numbers:\n        return [callback(number)]",
                "inside",
            ),
            Mistake(
                "callback not called",
                "def apply_to_all(numbers, callback):\n    return [callback for number in numbers]",
                "never called",
            ),
            Mistake(
                "the whole list passed",
                "def apply_to_all(numbers, callback):\n    return callback(numbers)",
                "whole list",
            ),
            Mistake(
                "map without list",
                "def apply_to_all(numbers, callback):\n    return map(callback, numbers)",
                "list(...)",
            ),
            Mistake(
                "the numbers themselves collected",
                """
def apply_to_all(numbers, callback):
    results = []
    for number in numbers:
        callback(number)
        results.append(number)
    return results
""",
                "thrown away",
            ),
            Mistake(
                "the caller's list overwritten",
                """
def apply_to_all(numbers, callback):
    for place in range(len(numbers)):
        numbers[place] = callback(numbers[place])
    return numbers
""",
                "the list that it was given",
            ),
            Mistake(
                "only true results kept",
                "def apply_to_all(numbers, callback):\n"
                "    answers = [callback(number) for number in numbers]\n"
                "    return [answer for answer in answers if answer]",
                "0 or None is a result too",
            ),
            Mistake(
                "the result of append kept",
                """
def apply_to_all(numbers, callback):
    results = []
    for number in numbers:
        results = results.append(callback(number))
    return results
""",
                "append returns None",
            ),
            Mistake(
                "called twice for each number",
                """
def apply_to_all(numbers, callback):
    results = []
    for number in numbers:
        callback(number)
        results.append(callback(number))
    return results
""",
                "called twice",
            ),
            Mistake(
                "a list that lives on",
                """
def apply_to_all(numbers, callback, results=[]):
    for number in numbers:
        results.append(callback(number))
    return results
""",
                "earlier call",
            ),
            Mistake(
                "parameters in another order",
                "def apply_to_all(callback, numbers):\n    return [callback(number) for number in numbers]",
                "another order",
            ),
            Mistake(
                "the last one left out",
                "def apply_to_all(numbers, callback):\n"
                "    return [callback(numbers[place]) for place in range(len(numbers) - 1)]",
                "one too early",
            ),
            Mistake(
                "equal numbers asked once",
                """
def apply_to_all(numbers, callback):
    known = {number: callback(number) for number in numbers}
    return [known[number] for number in numbers]
""",
                "equal numbers count each",
            ),
        ),
    ),
    Exercise(
        id="01.2",
        title="Run until somebody says STOP",
        difficulty="medium",
        minutes=8,
        task="Hand in run_until(steps, listeners): every listener hears 0, then 1, and so on; after a round in which "
        "somebody returned STOP it ends. It returns how many rounds were run.",
        hints=(
            "First let everybody answer, then look at the answers.",
            "A list comprehension inside a for loop over range(steps); then STOP in answers.",
            "answers = [...] with each listener called on step; if STOP is among them, return step + 1.",
        ),
        starter="def run_until(steps, listeners):\n    ...  # your code here",
        solution="""
def run_until(steps, listeners):
    for step in range(steps):
        answers = [listener(step) for listener in listeners]
        if STOP in answers:
            return step + 1
    return steps
""",
        alternative="""
def run_until(steps, listeners):
    rounds, stopped = 0, False
    while rounds < steps and not stopped:
        for listener in listeners:
            if listener(rounds) is STOP:
                stopped = True
        rounds += 1
    return rounds
""",
        name="run_until",
        judge=judge_run_until,
        praise="Right: everybody hears the last round; this is the heart of fit(..., callbacks=...) in lesson 08.",
        setup="from course_utils.callbacks import STOP",
        mistakes=(
            Mistake(
                "any() stops asking",
                """
def run_until(steps, listeners):
    for step in range(steps):
        if any(listener(step) is STOP for listener in listeners):
            return step + 1
    return steps
""",
                "miss the round",
            ),
            Mistake(
                "break of the inner loop only",
                """
def run_until(steps, listeners):
    rounds = 0
    for step in range(steps):
        answers = []
        for listener in listeners:
            answers.append(listener(step))
        for answer in answers:
            if answer is STOP:
                break
        rounds += 1
    return rounds
""",
                "leaves only the inner loop",
            ),
            Mistake(
                "every true answer stops",
                """
def run_until(steps, listeners):
    for step in range(steps):
        answers = [listener(step) for listener in listeners]
        if any(answers):
            return step + 1
    return steps
""",
                "every true value",
            ),
            Mistake(
                "off by one",
                """
def run_until(steps, listeners):
    for step in range(steps):
        answers = [listener(step) for listener in listeners]
        if STOP in answers:
            return step
    return steps
""",
                "counting begins at 0",
            ),
            Mistake(
                "break without return",
                """
def run_until(steps, listeners):
    for step in range(steps):
        answers = [listener(step) for listener in listeners]
        if STOP in answers:
            break
""",
                "the return is missing",
            ),
            Mistake(
                "only the last answer counts",
                """
def run_until(steps, listeners):
    for step in range(steps):
        for listener in listeners:
            answer = listener(step)
        if listeners and answer is STOP:
            return step + 1
    return steps
""",
                "not heeded",
            ),
            Mistake(
                "compared with a text",
                """
def run_until(steps, listeners):
    for step in range(steps):
        if "STOP" in [listener(step) for listener in listeners]:
            return step + 1
    return steps
""",
                "the text 'STOP'",
            ),
            Mistake(
                "the list itself compared",
                """
def run_until(steps, listeners):
    for step in range(steps):
        answers = [listener(step) for listener in listeners]
        if answers == STOP:
            return step + 1
    return steps
""",
                "whole list of answers",
            ),
            Mistake(
                "steps never looked at",
                """
def run_until(steps, listeners):
    step = 0
    while STOP not in [listener(step) for listener in listeners]:
        step += 1
    return step + 1
""",
                "never looks at steps",
            ),
            Mistake(
                "the rounds from 1 on",
                """
def run_until(steps, listeners):
    for step in range(1, steps + 1):
        if STOP in [listener(step) for listener in listeners]:
            return step
    return steps
""",
                "number 0, not 1",
            ),
            Mistake(
                "no value without a round",
                """
def run_until(steps, listeners):
    for step in range(steps):
        if STOP in [listener(step) for listener in listeners]:
            break
    return step + 1
""",
                "steps = 0",
            ),
        ),
    ),
    Exercise(
        id="01.3",
        title="Break it, then fix it: the skipped listener",
        difficulty="medium",
        minutes=5,
        task="Hand in fire_safely(listeners, value): whoever is on the list when it begins hears the value exactly "
        "once, in order, even if a listener changes the list meanwhile.",
        hints=(
            "The list that you walk along must not be the list that the listeners change.",
            "list(listeners) makes a second list with the same functions in it.",
            "for listener in list(listeners): and then call it with the value.",
        ),
        starter="def fire_safely(listeners, value):\n    ...  # your code here",
        solution="def fire_safely(listeners, value):\n    for listener in list(listeners):\n        listener(value)",
        alternative="def fire_safely(listeners, value):\n    [listener(value) for listener in tuple(listeners)]",
        name="fire_safely",
        judge=judge_fire_safely,
        praise="Right: the copy is yours, the list is theirs; PyTorch takes the same care when a hook removes itself.",
        mistakes=(
            Mistake(
                "walking along the list itself",
                "def fire_safely(listeners, value):\n    for listener in listeners:\n        listener(value)",
                "skipped",
            ),
            Mistake(
                "backwards",
                "def fire_safely(listeners, value):\n    for listener in listeners[::-1]:\n        listener(value)",
                "wrong order",
            ),
            Mistake(
                "taking them off one by one",
                """
def fire_safely(listeners, value):
    while listeners:
        listener = listeners.pop(0)
        listener(value)
""",
                "already",
            ),
            Mistake(
                "looking again whether it is still on the list",
                """
def fire_safely(listeners, value):
    for listener in list(listeners):
        if listener in listeners:
            listener(value)
""",
                "one last call",
            ),
            Mistake(
                "a set as the copy",
                "def fire_safely(listeners, value):\n    for listener in set(listeners):\n        listener(value)",
                "only once",
            ),
            Mistake(
                "not called",
                "def fire_safely(listeners, value):\n    for listener in list(listeners):\n        print(value)",
                "nobody was called",
            ),
            Mistake(
                "copy, then clear",
                """
def fire_safely(listeners, value):
    for listener in list(listeners):
        listener(value)
    listeners.clear()
""",
                "itself changes the list",
            ),
            Mistake(
                "places counted",
                "def fire_safely(listeners, value):\n"
                "    for place in range(len(listeners)):\n        listeners[place](value)",
                "places are counted",
            ),
            Mistake(
                "return inside the loop",
                "def fire_safely(listeners, value):\n"
                "    for listener in list(listeners):\n        return listener(value)",
                "return stands inside",
            ),
            Mistake(
                "the value not passed on",
                "def fire_safely(listeners, value):\n    for listener in list(listeners):\n        listener()",
                "nothing between its parentheses",
            ),
            Mistake(
                "all errors hidden",
                """
def fire_safely(listeners, value):
    for listener in list(listeners):
        try:
            listener(value)
        except Exception:
            pass
""",
                "hides",
            ),
        ),
    ),
    Exercise(
        id="01.4",
        title="Complaints are heard, bugs are not hidden",
        difficulty="medium",
        minutes=8,
        task="Hand in collect_complaints(listeners, value): call all listeners, collect the text of every ValueError "
        "in a list and return it; every other error passes.",
        hints=(
            "Catch one kind of error, for one listener at a time.",
            "try and except ValueError as error, inside the for loop.",
            "In the except part: complaints.append(str(error)). Nothing else is caught.",
        ),
        starter="""
def collect_complaints(listeners, value):
    complaints = []
    ...  # your code here
    return complaints
""",
        solution="""
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except ValueError as error:
            complaints.append(str(error))
    return complaints
""",
        alternative="""
def complaint_of(listener, value):
    try:
        listener(value)
    except ValueError as error:
        return [str(error)]
    return []


def collect_complaints(listeners, value):
    return sum([complaint_of(listener, value) for listener in listeners], [])
""",
        name="collect_complaints",
        judge=judge_complaints,
        praise="Right: you caught what was agreed upon and nothing else; try a listener with a typing error.",
        mistakes=(
            Mistake(
                "bare except",
                """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except:
            complaints.append(f"no {value} please")
    return complaints
""",
                "a bug was hidden",
            ),
            Mistake(
                "except Exception",
                """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except Exception as error:
            complaints.append(str(error))
    return complaints
""",
                "more than ValueError",
            ),
            Mistake(
                "try around the loop",
                """
def collect_complaints(listeners, value):
    complaints = []
    try:
        for listener in listeners:
            listener(value)
    except ValueError as error:
        complaints.append(str(error))
    return complaints
""",
                "around the whole loop",
            ),
            Mistake(
                "error objects instead of texts",
                """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except ValueError as error:
            complaints.append(error)
    return complaints
""",
                "error objects",
            ),
            Mistake(
                "return in finally",
                """
def collect_complaints(listeners, value):
    complaints = []
    try:
        for listener in listeners:
            try:
                listener(value)
            except ValueError as error:
                complaints.append(str(error))
    finally:
        return complaints
""",
                "swallows",
            ),
            Mistake(
                "no try",
                """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        complaints.append(listener(value))
    return complaints
""",
                "no try",
            ),
            Mistake(
                "two kinds of error",
                """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except (ValueError, KeyError) as error:
            complaints.append(str(error))
    return complaints
""",
                "more kinds of error",
            ),
            Mistake(
                "extend takes a text apart",
                """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except ValueError as error:
            complaints.extend(str(error))
    return complaints
""",
                "into letters",
            ),
            Mistake(
                "break in the except part",
                """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except ValueError as error:
            complaints.append(str(error))
            break
    return complaints
""",
                "a break in the except part",
            ),
        ),
    ),
    Exercise(
        id="01.5",
        title="Listen for a while",
        difficulty="hard",
        minutes=10,
        task="Hand in listen_during(events, name, listener, action): register, run action(), take off again in any "
        "case, and return what the action returned.",
        hints=(
            "Three steps; the third must happen even if the second fails.",
            "try and finally: what stands under finally runs in any case, and the error goes on by itself.",
            "events.on(...), then try: return action(), then finally: events.off(...).",
        ),
        starter="def listen_during(events, name, listener, action):\n    ...  # your code here",
        solution="""
def listen_during(events, name, listener, action):
    events.on(name, listener)
    try:
        return action()
    finally:
        events.off(name, listener)
""",
        alternative="""
from contextlib import ExitStack


def listen_during(events, name, listener, action):
    with ExitStack() as later:
        later.callback(events.off, name, events.on(name, listener))
        return action()
""",
        name="listen_during",
        judge=judge_listen_during,
        praise="Right: nobody leaves without taking the listener off; in lesson 05 `with` does this for hooks.",
        setup="from course_utils.callbacks import Events",
        mistakes=(
            Mistake(
                "no finally",
                """
def listen_during(events, name, listener, action):
    events.on(name, listener)
    result = action()
    events.off(name, listener)
    return result
""",
                "finally",
            ),
            Mistake(
                "never taken off",
                """
def listen_during(events, name, listener, action):
    events.on(name, listener)
    return action()
""",
                "a leak",
            ),
            Mistake(
                "result thrown away",
                """
def listen_during(events, name, listener, action):
    events.on(name, listener)
    try:
        action()
    finally:
        events.off(name, listener)
""",
                "return action()",
            ),
            Mistake(
                "failure swallowed",
                """
def listen_during(events, name, listener, action):
    events.on(name, listener)
    try:
        return action()
    except Exception:
        return None
    finally:
        events.off(name, listener)
""",
                "swallowed",
            ),
            Mistake(
                "except Exception misses Ctrl-C",
                """
def listen_during(events, name, listener, action):
    events.on(name, listener)
    try:
        result = action()
    except Exception:
        events.off(name, listener)
        raise
    events.off(name, listener)
    return result
""",
                "raised KeyboardInterrupt",
            ),
            Mistake(
                "taken off before the action",
                """
def listen_during(events, name, listener, action):
    events.on(name, listener)
    events.off(name, listener)
    return action()
""",
                "not registered while the action ran",
            ),
            Mistake(
                "action not called",
                """
def listen_during(events, name, listener, action):
    events.on(name, listener)
    try:
        return action
    finally:
        events.off(name, listener)
""",
                "never called",
            ),
            Mistake(
                "taken off twice",
                """
def listen_during(events, name, listener, action):
    events.on(name, listener)
    try:
        result = action()
        events.off(name, listener)
        return result
    finally:
        events.off(name, listener)
""",
                "taken off twice",
            ),
            Mistake(
                "the error replaced",
                """
def listen_during(events, name, listener, action):
    events.on(name, listener)
    try:
        return action()
    except Exception:
        raise RuntimeError("the action failed")
    finally:
        events.off(name, listener)
""",
                "replaced by another error",
            ),
            Mistake(
                "name in quotes",
                """
def listen_during(events, name, listener, action):
    events.on("name", listener)
    try:
        return action()
    finally:
        events.off("name", listener)
""",
                "in quotes",
            ),
        ),
    ),
)
