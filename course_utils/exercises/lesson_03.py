"""Exercises of lesson 03: lambdas, closures, late binding."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from course_utils.exercises.exercise import Exercise, Mistake, Wrong

__all__ = ["EXERCISES"]

Function = Callable[..., object]


def check_callable(answer: object, wanted: str, arguments: int) -> None:
    """Raise Wrong unless ``answer`` can be called with this number of arguments."""
    if not callable(answer):
        cause = "that is a value, not a function: perhaps the function was called already"
        if answer is None:
            cause = "None came out: a return is missing"
        raise Wrong(got=answer, wanted=wanted, cause=cause, next_step="hand over the function itself")
    try:
        signature = inspect.signature(answer)
    except ValueError:
        return  # not written in Python, and it does not tell
    try:
        signature.bind(*range(arguments))
    except TypeError as error:
        raise Wrong(
            got=f"a function that takes {signature}",
            wanted=wanted,
            cause=f"it does not take {arguments} argument{'s' * (arguments != 1)} ({error})",
            next_step="the arguments stand between lambda and the colon, or in the parentheses of def",
        ) from None


# 03.1


def judge_longest_first(answer: object) -> None:
    """The key sorts by falling length and leaves equal lengths alone."""
    if isinstance(answer, list | tuple | str):
        in_quotes = "in quotes it is a text, not a function"
        raise Wrong(
            got=answer,
            wanted="a function for key=",
            cause=in_quotes
            if isinstance(answer, str)
            else "this is the result of sorting, not the callback that sorts",
            next_step="hand in only what stands behind key=",
        )
    check_callable(answer, "a function of one word, for key=", 1)
    words = ["fig", "banana", "kiwi", "apple", "plum", "date"]
    got = sorted(words, key=answer)
    wanted = ["banana", "apple", "kiwi", "plum", "date", "fig"]
    if got != wanted:
        raise Wrong(
            got=got, wanted=wanted, cause=_why_this_order(words, got), next_step="a minus turns the order around"
        )
    for words in (["bb", "b", "aa"], ["zz", "yyy", "aaa", "z"], ["", "x" * 300, "ab"]):
        wanted = sorted(words, key=len, reverse=True)
        if sorted(words, key=answer) != wanted:
            raise Wrong(
                got=sorted(words, key=answer),
                wanted=wanted,
                cause="words of one length should stay in their order, and any length may come",
                next_step="let the key depend on len(word) alone",
            )


def _why_this_order(words: list[str], got: list[str]) -> str:
    if got == sorted(words, key=len):
        return "this is the shortest first: len alone sorts upwards"
    if got == words:
        return "nothing moved: the key is the same for every word"
    if [len(word) for word in got] == [6, 5, 4, 4, 4, 3]:
        return "the lengths are right, but words of one length changed their order: the key holds more than the length"
    if got in (sorted(words), sorted(words, reverse=True)):
        return "this is the order of the alphabet"
    return "the key should depend on the length of the word"


# 03.2


def judge_factors(answer: object) -> None:
    """All three callbacks multiply by the last n."""
    if answer == [300, 300, 300] and all(type(number) is int for number in answer):
        return
    causes = [
        ([3, 30, 300], "late binding: no lambda copies n; all look into one cell when they are called"),
        ([300], "there are three callbacks, so three answers, even if they are equal"),
        ([100, 100, 100], "n is 100 for all of them, and x is 3: multiply"),
        ([3, 3, 3], "the cell holds the last n of the loop, not the first"),
        ([0, 0, 0], "the loop does not leave n at 0"),
    ]
    cause = next((why for numbers, why in causes if answer == numbers), "each callback returns x * n with x = 3")
    if isinstance(answer, list) and any(callable(item) for item in answer):
        cause = "these are the callbacks themselves: call each of them with 3"
    elif not isinstance(answer, list):
        cause = "a list of three numbers was asked for"
    raise Wrong(
        got=answer,
        wanted="what the three callbacks return for 3, after the loop",
        cause=cause,
        next_step="ask: which n is in the cell when the callbacks are called?",
    )


# 03.3


def judge_make_callbacks(answer: Function) -> None:
    """A list of zero-argument callbacks, each with its own name; record is called when they are."""
    heard: list[object] = []
    names = ["conv1", "conv2", "fc"]
    got = answer(names, heard.append)
    _check_nothing_yet(got, heard)
    for callback in got:
        check_callable(callback, "callbacks without arguments", 0)
    for callback in (got[2], got[0], got[1]):
        callback()
    if heard != ["fc", "conv1", "conv2"]:
        raise Wrong(
            got=f"the callbacks 2, 0, 1 recorded {heard}",
            wanted=["fc", "conv1", "conv2"],
            cause=_why_these_names(heard),
            next_step="take the name's value now: lambda name=name: ..., or partial(record, name)",
        )
    _check_later_calls(answer)


def _check_nothing_yet(got: object, heard: list[object]) -> None:
    cause, step = "", "return a list of functions, and call record inside them"
    if heard:
        cause = "record was called at once: parentheses behind it run it now"
        step = "put lambda in front, or use partial(record, name)"
    elif got is None:
        cause = "make_callbacks returns None: its return is missing"
    elif hasattr(got, "__next__"):
        cause, step = "a generator makes its callbacks only when it is asked, and only once", "use square brackets"
    elif not isinstance(got, list) or len(got) != 3:
        cause = "a list with one callback for each of the three names was asked for"
    if cause:
        came = f"a {type(got).__name__}, and {len(heard)} names recorded already"
        raise Wrong(got=came, wanted="a list of 3 callbacks, and nothing recorded yet", cause=cause, next_step=step)


def _why_these_names(heard: list[object]) -> str:
    if heard == ["fc"] * 3:
        return "late binding: all three look into one cell, and it holds the last name"
    if not heard:
        return "the callbacks never call record: the parentheses are missing"
    return "each callback should record its own name, once"


def _check_later_calls(answer: Function) -> None:
    heard: list[object] = []
    names = ["a", "b"]
    first, second = answer(names, heard.append)
    names[:] = ["changed", "changed"]
    for callback in (second, first, first):
        callback()
    if heard != ["b", "a", "a"]:
        raise Wrong(
            got=f"{heard} after the list of names was changed",
            wanted=["b", "a", "a"],
            cause="your callbacks look the name up in the list when they are called; that is late, too",
            next_step="keep the name itself, not its place in the list",
        )
    if answer([], heard.append) != []:
        raise Wrong(
            got=answer([], heard.append), wanted="[]", cause="no names, no callbacks", next_step="begin with a list"
        )


# 03.4


def judge_make_watcher(answer: Function) -> None:
    """The hook keeps the latest value and returns None."""
    seen: dict[str, object] = {}
    hook = answer(seen)
    check_callable(hook, "a hook: a function of one value", 1)
    got = hook(2.75)
    _check_kept(seen, 2.75)
    if got is not None:
        cause = "it returns the value: setdefault returns what it stored, and a lambda returns its expression"
        raise Wrong(
            got=f"the hook returned {got!r}",
            wanted="None: the hook only watches",
            cause=cause if got == 2.75 else "whatever a hook returns replaces the value in the machine",
            next_step="use def, store with seen['value'] = value, and write no return in the hook",
        )
    for value in (1, None, 1.5):
        if hook(value) is not None:
            raise Wrong(got=f"not None for {value!r}", wanted="None", cause="it returns", next_step="return nothing")
        _check_kept(seen, value)
    other: dict[str, object] = {}
    answer(other)(7)
    _check_kept(seen, 1.5)
    _check_kept(other, 7)


def _check_kept(seen: dict[str, object], value: object) -> None:
    if seen == {"value": value}:
        return
    cause = "the hook should put the value under the key 'value', and nothing else"
    if not seen:
        cause = "the dictionary that was handed in stayed empty: perhaps you made a new one (seen = {...})"
    elif seen.get("value") in (2.75, 1.5, 1, 7):
        cause = "another value is kept: setdefault stores only the first one, or two hooks share a dictionary"
    raise Wrong(
        got=f"seen is {seen}",
        wanted=f"seen is {{'value': {value!r}}}",
        cause=cause,
        next_step="write seen['value'] = value inside the hook",
    )


# 03.5


def judge_make_counter(answer: Function) -> None:
    """Counts 1, 2, 3; every counter on its own."""
    first = answer()
    if inspect.isgenerator(first):
        raise Wrong(
            got="a generator",
            wanted="a function without arguments",
            cause="yield makes a generator, which is asked with next(), not called",
            next_step="use an inner function, and return it",
        )
    check_callable(first, "a function without arguments", 0)
    got = [first(), first(), first()]
    if got != [1, 2, 3] or any(type(number) is not int for number in got):
        causes = [
            ([0, 1, 2], "it counts from 0: add one before you return"),
            ([1, 1, 1], "the count does not grow: it begins anew in each call, or the new count is not stored"),
            ([2, 3, 4], "it begins at 2: start with count = 0"),
            ([None] * 3, "the counter returns None: its return is missing"),
        ]
        cause = next((why for numbers, why in causes if got == numbers), "each call should return one more")
        raise Wrong(got=got, wanted=[1, 2, 3], cause=cause, next_step="count += 1, then return count")
    second = answer()
    got = [second(), first(), second()]
    if got != [1, 4, 2]:
        raise Wrong(
            got=f"{got} from a second, the first and the second counter",
            wanted=[1, 4, 2],
            cause="the counters share one count: it is global, or a default value, which is made only once",
            next_step="set count = 0 inside make_counter, above the inner function",
        )


EXERCISES = (
    Exercise(
        id="03.1",
        title="The longest first",
        difficulty="easy",
        minutes=3,
        task="Hand in a lambda for key=, so that sorted(words, key=answer) gives the longest word first and leaves "
        "words of one length in their order.",
        hints=(
            "sorted puts small keys first; the longest word needs the smallest key.",
            "len(word) is the length, and a minus turns any order around.",
            "lambda word: and behind the colon minus the length.",
        ),
        starter="answer = ...",
        solution="answer = lambda word: -len(word)",
        alternative="def by_length(word):\n    return 1 / (1 + len(word))\n\n\nanswer = by_length",
        name="answer",
        judge=judge_longest_first,
        praise="Right: small keys come first, so a minus turns the order around; max and min take a key too.",
        mistakes=(
            Mistake("shortest first", "answer = lambda word: len(word)", "shortest first"),
            Mistake("no argument", "answer = lambda: -len('word')", "does not take 1 argument"),
            Mistake(
                "the sorted list", "answer = sorted(['fig', 'apple'], key=lambda word: -len(word))", "result of sorting"
            ),
            Mistake("called at once", "answer = (lambda word: -len(word))('fig')", "called already"),
            Mistake("alphabet as well", "answer = lambda word: (-len(word), word)", "changed their order"),
            Mistake("the same for every word", "answer = lambda word: -len('word')", "nothing moved"),
        ),
    ),
    Exercise(
        id="03.2",
        title="Three factors",
        difficulty="easy",
        minutes=2,
        task="Hand in the list of the three numbers that the callbacks return for 3.",
        hints=(
            "When is n looked up: when the lambda is made, or when it is called?",
            "After the loop there is one cell; what is in it?",
            "Each number is 3 times the last n.",
        ),
        starter="prediction = ...",
        solution="prediction = [300, 300, 300]",
        alternative="prediction = 3 * [3 * 100]",
        name="prediction",
        judge=judge_factors,
        praise="Right: one cell, and 100 in it; now write n=n into the lambda and run it.",
        mistakes=(
            Mistake("early binding hoped for", "prediction = [3, 30, 300]", "late binding"),
            Mistake("one number", "prediction = [300]", "three answers"),
            Mistake("forgot to multiply", "prediction = [100, 100, 100]", "multiply"),
            Mistake("the first n", "prediction = [3, 3, 3]", "not the first"),
            Mistake("the callbacks", "prediction = [lambda x: x * n for n in (1, 10, 100)]", "callbacks themselves"),
            Mistake("a number, no list", "prediction = 300", "a list of three numbers"),
        ),
    ),
    Exercise(
        id="03.3",
        title="A callback for each name",
        difficulty="medium",
        minutes=6,
        task="Hand in make_callbacks(names, record): it returns a list of callbacks without arguments; each of them, "
        "when called, calls record with its name, and nothing is recorded before.",
        hints=(
            "Each callback must take its name's value when it is made.",
            "Any of the four cures: default value, factory, partial, callable object.",
            "A list comprehension over names, with partial and both record and name inside it.",
        ),
        starter="def make_callbacks(names, record):\n    ...  # your code here",
        solution="def make_callbacks(names, record):\n    return [partial(record, name) for name in names]",
        alternative="""
def make_callbacks(names, record):
    callbacks = []
    for name in names:
        callbacks.append(lambda name=name: record(name))
    return callbacks
""",
        name="make_callbacks",
        judge=judge_make_callbacks,
        praise="Right: in lesson 06 you will hang such a callback on every layer, each with the layer's own name.",
        setup="from functools import partial",
        mistakes=(
            Mistake(
                "late binding",
                "def make_callbacks(names, record):\n    return [lambda: record(name) for name in names]",
                "late binding",
            ),
            Mistake(
                "called at once",
                "def make_callbacks(names, record):\n    return [record(name) for name in names]",
                "called at once",
            ),
            Mistake(
                "a generator",
                "def make_callbacks(names, record):\n    return (lambda name=name: record(name) for name in names)",
                "generator",
            ),
            Mistake(
                "not called inside",
                "def make_callbacks(names, record):\n    return [lambda name=name: record for name in names]",
                "never call record",
            ),
            Mistake(
                "an argument too many",
                "def make_callbacks(names, record):\n    return [lambda name: record(name) for name in names]",
                "does not take 0 arguments",
            ),
            Mistake(
                "partial without the name",
                "def make_callbacks(names, record):\n    return [partial(lambda name: record(name)) for name in names]",
                "does not take 0 arguments",
            ),
            Mistake(
                "the place instead of the name",
                """
def make_callbacks(names, record):
    return [lambda place=place: record(names[place]) for place in range(len(names))]
""",
                "late, too",
            ),
            Mistake(
                "return forgotten",
                "def make_callbacks(names, record):\n    [partial(record, name) for name in names]",
                "return is missing",
            ),
        ),
    ),
    Exercise(
        id="03.4",
        title="Break it, then fix it: the saboteur",
        difficulty="medium",
        minutes=5,
        task="Hand in make_watcher(seen): it returns a hook; after each call seen['value'] is the latest value, and "
        "the hook returns None.",
        hints=(
            "A hook that only watches gives no answer.",
            "An assignment has no value to return, and it is a statement: so this is a case for def.",
            "Inside make_watcher: def watch(value), in it seen['value'] = value; then return watch.",
        ),
        starter="def make_watcher(seen):\n    ...  # your code here",
        solution="""
def make_watcher(seen):
    def watch(value):
        seen["value"] = value

    return watch
""",
        alternative="def make_watcher(seen):\n    return lambda value: seen.update(value=value)",
        name="make_watcher",
        judge=judge_make_watcher,
        praise="Right: it sees everything and changes nothing; update returns None too: a lambda with it is safe.",
        mistakes=(
            Mistake(
                "setdefault returns",
                "def make_watcher(seen):\n    return lambda value: seen.setdefault('value', value)",
                "setdefault returns",
            ),
            Mistake(
                "setdefault keeps the first",
                """
def make_watcher(seen):
    def watch(value):
        seen.setdefault("value", value)

    return watch
""",
                "stores only the first",
            ),
            Mistake(
                "returns the value",
                """
def make_watcher(seen):
    def watch(value):
        seen["value"] = value
        return value

    return watch
""",
                "only watches",
            ),
            Mistake(
                "a new dictionary",
                """
def make_watcher(seen):
    def watch(value):
        seen = {"value": value}

    return watch
""",
                "a new one",
            ),
            Mistake(
                "hook not returned",
                """
def make_watcher(seen):
    def watch(value):
        seen["value"] = value
""",
                "a return is missing",
            ),
            Mistake(
                "no hook, but the deed itself",
                "def make_watcher(seen):\n    seen['value'] = 0\n    return seen",
                "not a function",
            ),
        ),
    ),
    Exercise(
        id="03.5",
        title="A counter in a closure",
        difficulty="hard",
        minutes=6,
        task="Hand in make_counter(): it returns a function without arguments that returns 1, then 2, then 3; two "
        "counters do not know of each other.",
        hints=(
            "The count lives in make_counter, outside the inner function.",
            "nonlocal lets the inner function change it.",
            "count = 0; def counter(): nonlocal count, then add one and return it; return counter.",
        ),
        starter="def make_counter():\n    ...  # your code here",
        solution="""
def make_counter():
    count = 0

    def counter():
        nonlocal count
        count += 1
        return count

    return counter
""",
        alternative="""
import itertools


def make_counter():
    numbers = itertools.count(1)
    return lambda: next(numbers)
""",
        name="make_counter",
        judge=judge_make_counter,
        praise="Right: each call of make_counter makes a new cell; look for it in counter.__closure__.",
        mistakes=(
            Mistake(
                "nonlocal forgotten",
                """
def make_counter():
    count = 0

    def counter():
        count += 1
        return count

    return counter
""",
                "UnboundLocalError",
            ),
            Mistake(
                "one global count",
                """
count = 0


def make_counter():
    def counter():
        global count
        count += 1
        return count

    return counter
""",
                "share one count",
            ),
            Mistake(
                "a default value that is shared",
                """
def make_counter(count=[0]):
    def counter():
        count[0] += 1
        return count[0]

    return counter
""",
                "share one count",
            ),
            Mistake(
                "begins anew in each call",
                """
def make_counter():
    def counter():
        count = 0
        count += 1
        return count

    return counter
""",
                "anew in each call",
            ),
            Mistake(
                "counts from 0",
                """
def make_counter():
    count = -1

    def counter():
        nonlocal count
        count += 1
        return count

    return counter
""",
                "from 0",
            ),
            Mistake(
                "called when returned",
                """
def make_counter():
    count = 0

    def counter():
        nonlocal count
        count += 1
        return count

    return counter()
""",
                "called already",
            ),
        ),
    ),
)
