"""Exercises of lesson 01: callbacks, events, listeners that fail."""

from __future__ import annotations

from collections.abc import Callable

from course_utils.callbacks import STOP, Events
from course_utils.exercises.exercise import Exercise, Mistake, Wrong

__all__ = ["EXERCISES"]


class Ear:
    """A listener that keeps what it hears and answers from a table."""

    def __init__(self, answers: dict[object, object] | None = None) -> None:
        self.heard: list[object] = []
        self.answers = answers or {}

    def __call__(self, value: object) -> object:
        self.heard.append(value)
        return self.answers.get(value) if isinstance(value, int) else None


# 01.1


def judge_apply(answer: Callable[..., object]) -> None:
    """Every number reaches the callback once and in order; the results come back as a list."""
    numbers = [3, -1, 4]
    ear = Ear({3: 30, -1: -10, 4: 40})
    got = answer(numbers, ear)
    _check_apply_calls(got, ear)
    if got != [30, -10, 40]:
        raise Wrong(
            got=got,
            wanted="[30, -10, 40], what the callback returned for 3, -1 and 4",
            cause=_why_not_the_results(got),
            next_step="collect callback(number) for each number in a list, and return the list after the loop",
        )
    if numbers != [3, -1, 4]:
        raise Wrong(
            got=f"the list of numbers was changed to {numbers}",
            wanted="the caller's list as it was",
            cause="your function writes its results into the list that it was given",
            next_step="begin with a new empty list: results = []",
        )
    _check_apply_edges(answer)


def _check_apply_calls(got: object, ear: Ear) -> None:
    wanted = "the callback called with 3, then with -1, then with 4"
    if any(isinstance(value, list) for value in ear.heard):
        cause, step = "you passed the whole list to the callback", "write a for loop and pass one number at a time"
    elif isinstance(got, map) or hasattr(got, "__next__"):
        wanted = "a list"
        cause, step = "map() and (... for ...) only promise the work; nothing runs yet", "put list(...) around it"
    elif not ear.heard:
        cause, step = "the callback was never called: parentheses make it run", "write callback(number)"
    elif len(ear.heard) == 1:
        cause = "your function ends in the first turn of the loop: the return stands inside it"
        step = "move the return to the left, under the for"
    elif ear.heard == [3, -1, 4]:
        return
    elif ear.heard == [0, 1, 2]:
        cause, step = "you passed the places 0, 1, 2, not the numbers", "write for number in numbers"
    else:
        cause, step = "each number should reach the callback exactly once, in order", "call it once in each turn"
    came = f"a {type(got).__name__}, not a list" if hasattr(got, "__next__") else f"calls with {ear.heard}"
    raise Wrong(got=came, wanted=wanted, cause=cause, next_step=step)


def _why_not_the_results(got: object) -> str:
    if got is None:
        return "your function returns None: the return is missing"
    if got == [3, -1, 4]:
        return "the list holds the numbers themselves: what the callback returned was thrown away"
    if not isinstance(got, list):
        return f"a {type(got).__name__} is not a list of results"
    if sorted(map(repr, got)) == sorted(map(repr, [30, -10, 40])):
        return "the results are in another order than the numbers"
    return "the list should hold exactly what the callback returned"


def _check_apply_edges(answer: Callable[..., object]) -> None:
    for numbers, ear, wanted in [([], Ear(), []), ([1, 2], Ear({1: 0}), [0, None]), ([7, 7], Ear({7: 1}), [1, 1])]:
        got = answer(numbers, ear)
        if got != wanted:
            raise Wrong(
                got=f"{got!r} for numbers {numbers}",
                wanted=f"{wanted}, because the callback returned that",
                cause="a result of 0 or None is a result too, equal numbers count each, no numbers give an empty list",
                next_step="append every result, whatever it is",
            )


# 01.2


def judge_run_until(answer: Callable[..., object]) -> None:
    """All listeners hear each step; a STOP from any of them ends the run after that step."""
    _check_rounds(answer)
    first, last = Ear({2: STOP}), Ear()
    got = answer(5, [Ear(), first, last])
    if len(last.heard) < len(first.heard):
        raise Wrong(
            got=f"the last listener heard {last.heard}, the one that answered STOP heard {first.heard}",
            wanted="both hear 0, 1 and 2",
            cause="you stop as soon as the answer comes, so that the listeners after it miss the round "
            "(any(...) with a generator does this too)",
            next_step="collect all answers of the round in a list first, then look for STOP",
        )
    _check_stopped(first.heard, got)
    _check_other_answers(answer)


def _check_rounds(answer: Callable[..., object]) -> None:
    log: list[str] = []
    answer(2, [lambda step: log.append(f"a{step}"), lambda step: log.append(f"b{step}")])
    causes = {
        (): "no listener was called: write listener(step)",
        ("a0", "a1", "b0", "b1"): "the loops are the wrong way round: the rounds are the outer loop",
        ("a1", "b1", "a2", "b2"): "the first round is number 0, not 1",
        ("a0", "b0"): "your function ends in the first round, without any STOP",
        ("a0",): "your function ends after the first listener, without any STOP",
        ("a2", "b2", "a2", "b2"): "you passed steps, not the number of the round",
    }
    if log != ["a0", "b0", "a1", "b1"]:
        raise Wrong(
            got=f"calls in this order: {', '.join(log) or 'none'}",
            wanted="a0, b0, a1, b1 for two rounds and the listeners a and b",
            cause=causes.get(tuple(log), "in each round every listener hears the number of the round once"),
            next_step="for step in range(steps): and inside it a loop over the listeners",
        )


def _check_stopped(heard: list[object], got: object) -> None:
    if heard != [0, 1, 2]:
        cause = (
            "the STOP was not heeded: either not every answer is looked at, or it is compared with something else "
            "than STOP, or a break leaves only the inner loop"
        )
        raise Wrong(
            got=f"a listener that answers STOP at 2 heard {heard}",
            wanted="[0, 1, 2]",
            cause=cause if len(heard) > 3 else "the run ended before anybody had answered STOP",
            next_step="collect all answers of a round; after the inner loop: if STOP in answers, return",
        )
    if got != 3 or isinstance(got, bool):
        causes = {
            None: "your function returns None: the return is missing",
            2: "you returned the number of the last step",
            5: "you returned steps, but the run ended earlier",
        }
        raise Wrong(
            got=got,
            wanted="3: the rounds 0, 1 and 2 were run",
            cause=causes.get(got, "the number of rounds was asked for")
            if not isinstance(got, list)
            else "not a number",
            next_step="counting begins at 0, so after step 2 there were 3 rounds: return step + 1",
        )


def _check_other_answers(answer: Callable[..., object]) -> None:
    for value in (True, 1, "STOP"):
        got = answer(2, [Ear({0: value})])
        if got != 2:
            cause = "your test takes every true value for a STOP"
            raise Wrong(
                got=f"{got!r} rounds when a listener answered {value!r}",
                wanted="2: only STOP stops",
                cause="the return after the loop is missing, so None comes out" if got is None else cause,
                next_step="compare: answer is STOP, or STOP in answers; and return steps after the loop",
            )
    cases = [
        (4, [Ear(), Ear({0: STOP})], 1),
        (4, [Ear({0: STOP}), Ear()], 1),
        (3, [Ear()], 3),
        (3, [], 3),
        (0, [Ear()], 0),
    ]
    for steps, ears, wanted in cases:
        got = answer(steps, ears)
        if got != wanted:
            raise Wrong(
                got=f"{got!r} for {steps} steps and {len(ears)} listeners",
                wanted=wanted,
                cause="the answer of every listener counts, not only the last one's; without a STOP all steps are run",
                next_step="collect all answers; return steps after the loop",
            )


# 01.3


def judge_fire_safely(answer: Callable[..., object]) -> None:
    """The list may change while it is walked; everybody who was on it hears the value once."""
    ear, late, order = Ear(), Ear(), []
    listeners: list[Callable[[object], object]] = []

    def once(value: object) -> None:
        order.append("leaver")
        if once in listeners:
            listeners.remove(once)

    def invite(value: object) -> None:
        order.append("inviter")
        if len(listeners) < 6:
            listeners.append(late)

    def note(value: object) -> None:
        order.append("last")
        ear(value)

    _check_equals(answer)
    listeners += [once, invite, note]
    answer(listeners, 8)
    _check_order(order, late)
    _check_taken_off_later(answer)
    if ear.heard != [8] or once in listeners or late not in listeners or note not in listeners:
        raise Wrong(
            got=f"values {ear.heard}, and {len(listeners)} listeners left on the list",
            wanted="the value 8, and the list with the changes that the listeners made, and no others",
            cause="your function itself changes the list, or does not pass the value on",
            next_step="walk along a copy and leave the list alone",
        )


def _check_equals(answer: Callable[..., object]) -> None:
    twice = Ear()
    answer([twice, twice], 3)
    if len(twice.heard) == 1:
        raise Wrong(
            got="a listener that is on the list twice was called once",
            wanted="2 calls",
            cause="a set or a dictionary keeps equal things only once (and a set forgets the order), "
            "or a return stands inside the loop",
            next_step="make the copy with list(listeners)",
        )


def _check_taken_off_later(answer: Callable[..., object]) -> None:
    """A listener that an earlier one takes off was on the list at the beginning, so it hears the value."""
    last = Ear()
    listeners: list[Callable[[object], object]] = [lambda value: listeners.remove(last), last]
    answer(listeners, 8)
    if last.heard != [8]:
        raise Wrong(
            got="a listener that another one took off was not called any more",
            wanted="one last call: it was on the list at the beginning",
            cause="you look again whether a listener is still on the list",
            next_step="walk along the copy and call everybody on it",
        )


def _check_order(order: list[str], late: Ear) -> None:
    cause, step = "", "walk along a copy: for listener in list(listeners)"
    if late.heard:
        cause = "a listener that was added meanwhile was called already"
    elif not order:
        cause, step = "nobody was called", "write listener(value) in the loop"
    elif "inviter" not in order:
        cause = "one left, the next moved up into its place, and the loop went on behind it: it was skipped"
    elif order == ["last", "inviter", "leaver"]:
        cause = "walking backwards skips nobody, but it calls in the wrong order"
    elif order != ["leaver", "inviter", "last"]:
        cause = "each of the three should be called exactly once"
    if cause:
        wanted = "leaver, inviter, last; the late guest waits for the next time"
        raise Wrong(got=f"called: {', '.join(order) or 'nobody'}", wanted=wanted, cause=cause, next_step=step)


# 01.4


def judge_complaints(answer: Callable[..., object]) -> None:
    """ValueErrors are collected as text, every listener is called, all other errors pass."""
    ears = [Ear(), Ear()]
    got = answer([ears[0], _complain, ears[1], _complain], 3)
    if ears[1].heard != [3]:
        raise Wrong(
            got="the listeners after a complaint were not called",
            wanted="all listeners are called",
            cause="the try stands around the whole loop, or you return inside it: the first ValueError ends it",
            next_step="put try and except inside the for loop",
        )
    if got != ["no 3 please", "no 3 please"]:
        cause = "the list should hold the error's own text, once for each ValueError"
        if isinstance(got, list) and any(isinstance(item, Exception) for item in got):
            cause = "the list holds the error objects, not their texts"
        elif got is None:
            cause = "your function returns None: the return is missing"
        raise Wrong(
            got=got,
            wanted=["no 3 please"] * 2,
            cause=cause,
            next_step="in the except part: complaints.append(str(error))",
        )
    for error in (ZeroDivisionError("bug"), KeyboardInterrupt()):
        _check_passes(answer, error)
    if answer([], 3) != [] or answer([Ear()], 3) != []:
        raise Wrong(
            got=answer([], 3), wanted="[]", cause="no complaint, no text", next_step="begin with complaints = []"
        )


def _complain(value: object) -> None:
    raise ValueError(f"no {value} please")


def _check_passes(answer: Callable[..., object], error: BaseException) -> None:
    def fail(value: object) -> None:
        raise error

    try:
        got = answer([fail], 3)
    except (ZeroDivisionError, KeyboardInterrupt) as caught:
        if caught is error:
            return
        got = caught
    raise Wrong(
        got=f"{got!r} from a listener that raises {type(error).__name__}",
        wanted=f"the {type(error).__name__} itself",
        cause="a bug was hidden: your except catches more than ValueError (a bare except, or Exception), "
        "or a return in finally swallows the error",
        next_step="write except ValueError as error, and nothing wider",
    )


# 01.5


def judge_listen_during(answer: Callable[..., object]) -> None:
    """The listener hears what happens during the action, and is off afterwards in any case."""
    events, ear, other = Events("tick", "tock"), Ear(), Ear()
    events.on("tick", other)
    got = answer(events, "tick", ear, lambda: events.fire("tick", 5) or "done")
    if ear.heard != [5]:
        raise Wrong(
            got=f"the listener heard {ear.heard}",
            wanted="[5], the value that the action fired",
            cause="the listener was not registered while the action ran, or the action did not run exactly once",
            next_step="first events.on(name, listener), then action()",
        )
    _check_off(events, other, "the action ended well")
    if got != "done":
        raise Wrong(
            got=got,
            wanted="'done', what the action returned",
            cause="what action() returns is not returned by your function",
            next_step="write return action()",
        )
    for error in (KeyError("boom"), KeyboardInterrupt()):
        _check_failing_action(answer, error)


def _check_off(events: Events[object], other: Ear, when: str) -> None:
    left = events.listeners("tick")
    if left != (other,):
        raise Wrong(
            got=f"{len(left)} listeners on 'tick' after {when}",
            wanted="1: the one that was there before",
            cause="the listener is still registered: a leak"
            if len(left) > 1
            else "you took off somebody else's listener",
            next_step="put events.off(name, listener) into the finally part, which runs in any case",
        )


def _check_failing_action(answer: Callable[..., object], error: BaseException) -> None:
    events, other = Events("tick"), Ear()
    events.on("tick", other)

    def fail() -> None:
        raise error

    try:
        got = answer(events, "tick", Ear(), fail)
    except (KeyError, KeyboardInterrupt) as caught:
        if caught is error:
            return _check_off(events, other, f"the action raised {type(error).__name__}")
        got = caught
    raise Wrong(
        got=f"{got!r} when the action raised {type(error).__name__}",
        wanted=f"the {type(error).__name__} itself",
        cause="the failure was swallowed: by an except, or by a return inside finally",
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
        ),
    ),
)
