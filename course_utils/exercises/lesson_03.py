"""Exercises of lesson 03: lambdas, closures, late binding."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable

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
from course_utils.exercises.shown import safely, shown

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
    except TypeError:
        own = ", ".join(signature.parameters)
        asks = f"it asks for {len(signature.parameters)} ({own})" if own else "it asks for none"
        raise Wrong(
            got=f"a function that takes {signature}",
            wanted=wanted,
            cause=f"it does not take {arguments} argument{'s' * (arguments != 1)}: {asks}",
            next_step="the arguments stand between lambda and the colon, or in the parentheses of def",
        ) from None


# 03.1


def judge_longest_first(answer: object) -> None:
    """The key sorts by falling length and leaves equal lengths alone."""
    cause = first_cause(NO_KEY, answer)
    if cause:
        step = "hand in only what stands behind key="
        raise Wrong(got=answer, wanted="a function for key=", cause=cause, next_step=step)
    check_callable(answer, "a function of one word, for key=", 1)
    for words in WORD_LISTS:
        wanted = sorted(words, key=len, reverse=True)
        with errors_named(f"{wanted}", *KEY_ERRORS):
            got = sorted(words, key=answer)
        if got != wanted:
            keys = [answer(word) for word in words]
            raise Wrong(
                got=got,
                wanted=wanted,
                cause=first_cause(ORDERS, words, got, keys) or _wrong_pair(words, keys),
                next_step="let the key depend on len(word) alone; a minus turns the order around",
            )


WORD_LISTS = (
    ["fig", "banana", "kiwi", "apple", "plum", "date"],
    ["bb", "b", "aa"],
    ["zz", "yyy", "aaa", "z"],
    ["ab", "", "x" * 40, "y" * 11, "z" * 9],
)
NO_KEY: Causes = (
    (lambda answer: answer is None, "it is None: perhaps the function was called, and it returned None"),
    (lambda answer: isinstance(answer, str), "in quotes it is a text, not a function"),
    (
        lambda answer: isinstance(answer, list | tuple) and any(callable(one) for one in answer),
        "brackets stand around the function; the function alone was asked for",
    ),
    (
        lambda answer: isinstance(answer, list | tuple),
        "this is the result of sorting, not the callback that sorts",
    ),
    (lambda answer: isinstance(answer, dict | set), "the braces make a collection; the function alone was asked for"),
)
KEY_ERRORS: tuple[Reason, ...] = (
    (
        NameError,
        "'words'",
        "words is the whole list; the key is asked for one word at a time, under the name before the colon",
        "write lambda word: and use only word behind the colon",
    ),
    (
        NameError,
        "",
        "the name behind the colon is not the one that stands before it",
        "write the same name on both sides: lambda word: ... word ...",
    ),
    (
        TypeError,
        "bad operand type for unary -: 'str'",
        "the minus stands before the word itself, and only numbers have one",
        "put the minus before the length of the word",
    ),
    (
        TypeError,
        "bad operand type for unary -: 'builtin",
        "len stands there without parentheses, so the minus meets the function itself",
        "write len(word)",
    ),
    (
        TypeError,
        "bad operand type for unary -: 'NoneType'",
        "the minus meets None: what stands behind it returns nothing",
        "write len(word) behind the minus",
    ),
    (
        AttributeError,
        "'str' object has no attribute",
        "a word has no such method: the length is asked with a function around the word",
        "write len(word)",
    ),
    (
        ZeroDivisionError,
        "",
        "the empty word has length 0, and nothing can be divided by that",
        "use a minus in place of the division",
    ),
    (
        IndexError,
        "",
        "a letter is asked for that a short word does not have; the length is what counts",
        "use len(word)",
    ),
    (
        TypeError,
        "between instances of 'NoneType'",
        "the key of each word is None: print and append return None, and a def needs a return",
        "let the function return the number itself",
    ),
    (
        TypeError,
        "between instances of 'function'",
        "the key of each word is a function: there is one lambda too many, or a call is missing",
        "write one lambda: behind its colon the number itself",
    ),
    (
        TypeError,
        "between instances of 'builtin",
        "the key of each word is a function: parentheses are missing behind it",
        "write len(word)",
    ),
    (
        TypeError,
        "",
        "what stands behind the colon cannot be worked out for a word, or two keys cannot be compared",
        "let the key be one number, made of len(word)",
    ),
)
ORDERS: Causes = (
    (
        lambda words, got, keys: all(isinstance(key, list) and len(key) != 1 for key in keys),
        "the key sorts by itself: sorted calls it with one word, and what comes out is a list of its letters",
    ),
    (
        lambda words, got, keys: all(isinstance(key, str) and key.lstrip("-").isdigit() for key in keys),
        "the key is a text of digits: texts are compared letter by letter, not as numbers",
    ),
    (
        lambda words, got, keys: all(isinstance(key, bool) for key in keys) and len(set(keys)) == 2,
        "the key is only True or False, by comparing: words on the same side of the limit are not sorted",
    ),
    (
        lambda words, got, keys: got == sorted(words, key=len) and got != words,
        "this is the shortest first: len alone sorts upwards",
    ),
    (
        lambda words, got, keys: len({repr(key) for key in keys}) == 1,
        "nothing moved: the key is the same for every word",
    ),
    (
        lambda words, got, keys: [len(word) for word in got] == sorted(map(len, words), reverse=True),
        "the lengths are right, but words of one length changed their order: the key holds more than the length",
    ),
    (lambda words, got, keys: got == sorted(words), "this is the order of the alphabet: the word itself is the key"),
    (
        lambda words, got, keys: got == sorted(words, reverse=True),
        "this is the order of the alphabet, backwards: the length is not in the key",
    ),
    (
        lambda words, got, keys: keys == [word[1] for word in words],
        "this sorts by the second letter, as the lesson's first example; the length was asked for",
    ),
    (lambda words, got, keys: keys == [word[0] for word in words], "this sorts by the first letter, not by the length"),
    (lambda words, got, keys: keys == [word[-1] for word in words], "this sorts by the last letter, not by the length"),
    (
        lambda words, got, keys: keys == [word[::-1] for word in words],
        "the key is the word read backwards, not its length",
    ),
    (
        lambda words, got, keys: [abs(key) for key in keys] == [len(set(word)) for word in words],
        "set(word) counts different letters: banana has 3; len(word) counts all",
    ),
    (lambda words, got, keys: keys == [max(word) for word in words], "max(word) is its last letter in the alphabet"),
    (lambda words, got, keys: keys == [min(word) for word in words], "min(word) is its first letter in the alphabet"),
)


def _wrong_pair(words: list[str], keys: list[object]) -> str:
    """Name two words whose keys do not stand in the order that their lengths ask for."""
    for place, longer in enumerate(words):
        for other, shorter in enumerate(words):
            one, two = shown(keys[place]), shown(keys[other])
            if len(longer) > len(shorter) and not keys[place] < keys[other]:
                return (
                    f"the longer word must have the smaller key; it is {one} for {longer!r} and {two} for {shorter!r}"
                )
            if len(longer) == len(shorter) and keys[place] != keys[other]:
                return f"words of one length must have one key; it is {one} for {longer!r} and {two} for {shorter!r}"
    return "the key should depend on the length of the word"


# 03.2


def judge_factors(answer: object) -> None:
    """All three callbacks multiply by the last n."""
    numbers = isinstance(answer, list) and all(type(number) in (int, float) for number in answer)
    if numbers and answer == [300, 300, 300]:
        return
    raise Wrong(
        got=f"the text {answer!r}" if isinstance(answer, str) else answer,
        wanted="a list: what the three callbacks return for 3, after the loop",
        cause=first_cause(FACTORS, answer)
        or first_cause(THREE_NUMBERS, answer)
        or "a list of three numbers was asked for",
        next_step="ask: which n is in the cell when the callbacks are called?",
    )


FACTORS: Causes = (
    (lambda got: got is None, "it is None: perhaps what print returns"),
    (lambda got: got == 300, "each of the three returns this, but a list of three numbers was asked for"),
    (lambda got: got in (900, 330, 333), "the answers were added up; a list of three numbers was asked for"),
    (lambda got: isinstance(got, int | float), "one number came; a list of three numbers was asked for"),
    (
        lambda got: isinstance(got, str) and "Error" in got,
        "no error comes: n lives on in the cell after the loop, and a list of three numbers comes out",
    ),
    (lambda got: isinstance(got, str), "in quotes it is a text; a list of three numbers was asked for"),
    (
        lambda got: isinstance(got, tuple) and list(got) == [300] * 3,
        "the numbers are right, but round brackets make a tuple; a list of three numbers was asked for",
    ),
    (
        lambda got: isinstance(got, set | dict),
        "a set or dictionary keeps equal numbers only once; a list of three numbers was asked for",
    ),
    (
        lambda got: hasattr(got, "__next__"),
        "this is a generator, which only promises the numbers; a list of three numbers was asked for",
    ),
    (
        lambda got: not isinstance(got, list | tuple),
        "this is another kind of collection; a list of three numbers, in square brackets, was asked for",
    ),
    (lambda got: any(callable(one) for one in got), "these are the callbacks themselves: call each of them with 3"),
    (
        lambda got: any(isinstance(one, list | tuple) for one in got),
        "there is a list inside the list: one pair of square brackets is enough",
    ),
    (lambda got: all(isinstance(one, str) for one in got), "in quotes they are texts, not numbers"),
    (
        lambda got: None in got,
        "a lambda returns the value of its expression, also without a return: so no None comes out",
    ),
)
THREE_NUMBERS: Causes = (
    (
        lambda got: list(got) == [300] * len(got),
        "there are three callbacks, so three answers, even if they are equal",
    ),
    (
        lambda got: len(got) != 3,
        "there are three callbacks, one for each factor, so three answers",
    ),
    (
        lambda got: list(got) == [3, 30, 300],
        "late binding: no lambda copies n; all look into one cell when they are called",
    ),
    (
        lambda got: list(got) == [1, 10, 100],
        "these are the factors; x is 3, so multiply. And late binding: no lambda has an n of its own",
    ),
    (lambda got: list(got) == [100] * 3, "n is 100 for all of them, and x is 3: multiply"),
    (lambda got: list(got) == [3] * 3, "the cell holds the last n of the loop, not the first: 3 times 1 is not it"),
    (lambda got: list(got) == [30] * 3, "the cell holds the last n of the loop, not the middle one"),
    (lambda got: list(got) == [0] * 3, "the loop does not leave n at 0"),
    (lambda got: list(got) == [9] * 3, "this is 3 times 3, but only x is 3; n is what the loop left behind"),
    (lambda got: list(got) == [2] * 3, "that was the lesson's range(3); here n runs through 1, 10, 100"),
    (
        lambda got: list(got) in ([6] * 3, [0, 3, 6], [0, 1, 2]),
        "n is no place 0, 1, 2 in the tuple: it runs through the values 1, 10, 100",
    ),
    (lambda got: list(got) == [103] * 3, "that is x + n; the lambda multiplies: x * n"),
    (
        lambda got: list(got) == [4, 13, 103],
        "that is x + n, and each with its own n; the lambda multiplies, and there is only one n",
    ),
    (
        lambda got: list(got) in ([333] * 3, [3, 33, 333]),
        "the factors do not add up: after the loop n is the last, 100",
    ),
    (
        lambda got: list(got) in ([3000] * 3, [3, 30, 3000]),
        "the factors do not multiply each other (1 * 10 * 100): after the loop n is the last, 100",
    ),
    (
        lambda got: len(set(got)) == 1,
        "three equal numbers are right, since all look into one cell; but in it is 100, and x is 3",
    ),
    (
        lambda got: sorted(got) == [3, 30, 300],
        "late binding: no lambda has a factor of its own, in whatever order; all look into one cell",
    ),
    (
        lambda got: True,
        "late binding: the numbers cannot differ, since all three look into one cell when they are called",
    ),
)


# 03.3


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


# 03.4


def judge_make_watcher(answer: Function) -> None:
    """The hook keeps the latest value and returns None."""
    if len(safely(lambda: inspect.signature(answer).parameters, [])) == 2:
        raise Wrong(
            got=f"make_watcher{inspect.signature(answer)}",
            wanted="make_watcher(seen), which returns a hook",
            cause="make_watcher is the hook itself here: the value belongs to an inner function, which is returned",
            next_step="def make_watcher(seen): and in it def watch(value): ...; then return watch",
        )
    demand_function_of(answer, "make_watcher(seen)")
    seen: dict[str, object] = {}
    with errors_named("a hook: a function of one value", *WATCHER_ERRORS):
        hook = answer(seen)
        check_callable(hook, "a hook: a function of one value", 1)
        got = hook(2.75)
    _check_kept(answer, seen)
    if got is not None:
        raise Wrong(
            got=f"the hook returned {shown(got)} for 2.75",
            wanted="None: the hook only watches",
            cause=first_cause(RETURNED, got, answer),
            next_step="use def, store with seen['value'] = value, and write no return in the hook",
        )
    _check_latest(answer)
    _check_two_watchers(answer)


WATCHER_ERRORS: tuple[Reason, ...] = (
    (
        AttributeError,
        "'dict' object has no attribute 'append'",
        "append belongs to lists; seen is a dictionary",
        "write seen['value'] = value inside the hook",
    ),
    (
        AttributeError,
        "'dict' object has no attribute",
        "a dictionary is asked with square brackets, not with a dot",
        "write seen['value'] = value inside the hook",
    ),
    (
        TypeError,
        "missing 1 required positional argument",
        "the hook is called when it is returned: parentheses stand behind it",
        "return the hook itself, without parentheses",
    ),
    (
        TypeError,
        "'dict' object is not callable",
        "round brackets stand behind the dictionary",
        "write seen['value'] = value inside the hook",
    ),
    (
        TypeError,
        "object is not iterable",
        "update is called with the value alone; it wants to know the key, too",
        "write seen['value'] = value inside the hook, or seen.update(value=value)",
    ),
    (
        NameError,
        "'value'",
        "the value is used where it is not known: it is the argument of the hook",
        "define the hook with one argument, value, and store it inside",
    ),
    (
        UnboundLocalError,
        "",
        "a name is assigned inside the hook, so it is a new one there, and it has no value yet",
        "write into the dictionary with square brackets; assign to no name",
    ),
    (
        KeyError,
        "",
        "the hook reads a key that nobody has written yet (== only compares, = stores)",
        "write seen['value'] = value inside the hook",
    ),
)
RETURNED: Causes = (
    (
        lambda got, answer: "setdefault" in names_in(answer),
        "setdefault returns what it stored, and a lambda returns its expression: it replaces the value",
    ),
    (
        lambda got, answer: isinstance(got, tuple | list),
        "a lambda returns its expression, here several things in brackets: they replace the value in the machine",
    ),
    (
        lambda got, answer: isinstance(got, dict),
        "the hook returns the dictionary, and that replaces the value in the machine",
    ),
    (
        lambda got, answer: isinstance(got, bool),
        "the hook returns True or False, and that replaces the value in the machine",
    ),
    (lambda got, answer: callable(got), "the hook returns a function, and that replaces the value in the machine"),
    (
        lambda got, answer: got == 2.75,
        "the hook returns the value that it got: a hook that only watches leaves the return out",
    ),
    (
        lambda got, answer: got == 3,
        "the hook returns the rounded value, and that replaces the value in the machine",
    ),
    (
        lambda got, answer: True,
        "the hook returns another value, and whatever a hook returns replaces it in the machine",
    ),
)


def _check_kept(answer: Function, seen: dict[object, object]) -> None:
    if seen != {"value": 2.75}:
        raise Wrong(
            got=f"seen is {shown(seen)} after the value 2.75",
            wanted="seen is {'value': 2.75}",
            cause=first_cause(KEPT, seen, answer, seen.get("value"))
            or "the hook should put the value under the key 'value', and nothing else",
            next_step="write seen['value'] = value inside the hook",
        )


def _assigns_seen(answer: Function) -> bool:
    """Return whether the learner's code gives the name seen to something new."""
    names = [one for node in nodes_in(answer, ast.Assign) for one in node.targets if isinstance(one, ast.Name)]
    return "seen" in {one.id for one in names}


KEPT: Causes = (
    (
        lambda seen, answer, kept: not seen and nodes_in(answer, ast.Yield),
        "the dictionary stayed empty: yield makes the hook a generator, and nothing in it runs when it is called",
    ),
    (
        lambda seen, answer, kept: not seen and {"copy", "deepcopy", "dict"} & names_in(answer),
        "the dictionary that was handed in stayed empty: the hook writes into a copy of it",
    ),
    (
        lambda seen, answer, kept: not seen and _assigns_seen(answer),
        "the dictionary that was handed in stayed empty: you made a new one (seen = {...})",
    ),
    (
        lambda seen, answer, kept: not seen and {"print"} & names_in(answer),
        "the dictionary that was handed in stayed empty: print only shows the value",
    ),
    (
        lambda seen, answer, kept: not seen and {"get"} & names_in(answer),
        "the dictionary that was handed in stayed empty: get only reads",
    ),
    (
        lambda seen, answer, kept: not seen and not {"seen"} & names_in(answer),
        "the dictionary that was handed in stayed empty: the hook does not use seen at all",
    ),
    (lambda seen, answer, kept: not seen, "the dictionary that was handed in stayed empty: nothing is written into it"),
    (lambda seen, answer, kept: 2.75 in seen, "the value became the key; the key is the text 'value', in quotes"),
    (
        lambda seen, answer, kept: "value" not in seen and len(seen) == 1,
        "the value stands under another key; the task says seen['value']",
    ),
    (lambda seen, answer, kept: len(seen) > 1, "more is stored than the value: only the key 'value' was asked for"),
    (lambda seen, answer, kept: kept is None, "the hook stores None, not the value: or it was stored before any call"),
    (
        lambda seen, answer, kept: isinstance(kept, list | tuple),
        "a list of values is kept; only the latest value itself was asked for",
    ),
    (lambda seen, answer, kept: isinstance(kept, str), "the value was turned into a text: keep it as it is"),
    (lambda seen, answer, kept: kept in (2, 3), "the value was rounded: keep it as it is"),
    (lambda seen, answer, kept: callable(kept), "a function is kept, not the value"),
    (lambda seen, answer, kept: kept == 0, "what is kept was stored before the call: the hook itself stores nothing"),
    (lambda seen, answer, kept: True, "the value is changed before it is kept: keep it as it is"),
)
VALUES = (2.75, 1, 5, 0, 1.5)


def _check_latest(answer: Function) -> None:
    """Many values in turn: each is kept, and each time the hook returns None; a value of None is kept, too."""
    seen: dict[str, object] = {}
    hook = answer(seen)
    returned, kept = [], []
    for value in VALUES:
        returned.append(hook(value))
        kept.append(seen.get("value"))
    with errors_named("None is kept as it is", *WATCHER_ERRORS, NO_NUMBER):
        returned.append(hook(None) if kept == list(VALUES) else None)
    if kept != list(VALUES) or seen.get("value") is not None:
        raise Wrong(
            got=f"seen['value'] was {kept} after each of the values {list(VALUES)}, and {seen.get('value')} after None",
            wanted="each time the latest value",
            cause=first_cause(LATEST, kept) or "another value is kept than the latest",
            next_step="write seen['value'] = value inside the hook, in any case",
        )
    if returned != [None] * len(returned):
        raise Wrong(
            got=f"the hook returned {returned} for the values {[*VALUES, None]}",
            wanted="None: the hook only watches",
            cause="from the second call on the hook returns something, such as the value of the call before, and that "
            "replaces the value in the machine",
            next_step="write no return in the hook",
        )


NO_NUMBER: Reason = (
    TypeError,
    "",
    "the hook calculates with the value or compares it; any value may go through, also None",
    "store it as it is: seen['value'] = value",
)
LATEST: Causes = (
    (
        lambda kept: kept == [2.75] * len(VALUES),
        "the first value stays for ever: setdefault stores only the first one (or an if lets only the first through)",
    ),
    (lambda kept: kept == [2.75, 2.75, 5, 5, 5], "the largest value is kept, not the latest"),
    (lambda kept: kept == [2.75, 1, 1, 0, 0], "the smallest value is kept, not the latest"),
    (lambda kept: kept[1:] == [2.75, 1, 5, 0], "the value before the latest is kept"),
    (lambda kept: kept[:2] == [2.75, 3.75], "the values are added up"),
    (lambda kept: kept == [2.75, 1, 5, 5, 1.5], "an if leaves out values that count as false, like 0 and None"),
    (lambda kept: kept == list(VALUES), "an if leaves out None; it is a value too"),
    (lambda kept: kept[0] == 2.75 and kept[1] == kept[2] == kept[3], "from the second call on nothing new is stored"),
)


def _check_two_watchers(answer: Function) -> None:
    """Two hooks with a dictionary each, and what stood in the dictionaries before."""
    one: dict[str, object] = {"other": "stays"}
    two: dict[str, object] = {}
    first, second = answer(one), answer(two)
    first(1.5)
    second(7)
    cause = ""
    if one.get("value") != 1.5 or two.get("value") != 7:
        cause = "two hooks share a dictionary: a global name or a default value holds the one that was handed in last"
    elif one.get("other") != "stays" or len(two) != 1:
        cause = "what else was in the dictionary is lost: the hook empties it"
    if cause:
        raise Wrong(
            got=f"two dictionaries after 1.5 and 7: {one} and {two}",
            wanted="{'other': 'stays', 'value': 1.5} and {'value': 7}",
            cause=cause,
            next_step="write seen['value'] = value, with the seen that make_watcher was given",
        )


# 03.5


def judge_make_counter(answer: Function) -> None:
    """Counts 1, 2, 3; every counter on its own."""
    if inspect.isgeneratorfunction(answer):
        raise _no_counter("a generator")
    demand_function_of(answer, "make_counter()")
    with errors_named("a function that counts 1, 2, 3", *COUNTER_ERRORS):
        first = answer()
        if hasattr(first, "__next__"):
            raise _no_counter(first)
        check_callable(first, "a function without arguments", 0)
        got = [first(), first(), first()]
        if got != [1, 2, 3] or any(type(number) is not int for number in got):
            cause = (
                first_cause(COUNTED, got) or first_cause(CONSTANT, got, answer) or "each call should return one more"
            )
            raise Wrong(got=got, wanted=[1, 2, 3], cause=cause, next_step="count += 1, then return count")
        _check_counts_on(answer)
    second = answer()
    got = [second(), first(), second()]
    if got != [1, 4, 2]:
        raise Wrong(
            got=f"{got} from a second, the first and the second counter",
            wanted=[1, 4, 2],
            cause=first_cause(TWO_COUNTERS, got, answer),
            next_step="set count = 0 inside make_counter, above the inner function",
        )


def _no_counter(got: object) -> Wrong:
    """Return what to raise if an iterator came out."""
    return Wrong(
        got=got,
        wanted="a function without arguments",
        cause="yield makes a generator, which is asked with next(), not called"
        if isinstance(got, str) or inspect.isgenerator(got)
        else "this is an iterator: it is asked with next(), not called",
        next_step="use an inner function, and return it",
    )


COUNTER_ERRORS: tuple[Reason, ...] = (
    (
        UnboundLocalError,
        "",
        "nonlocal is missing: a name that is assigned in the inner function belongs to that function, and it has no "
        "value there yet",
        "write nonlocal count as the first line of the inner function",
    ),
    (
        IndexError,
        "",
        "the numbers stand ready in a list, and it has come to its end: a counter has none",
        "keep one number and add one to it in each call",
    ),
    (
        StopIteration,
        "",
        "the numbers stand ready in something that has come to its end: a counter has none",
        "keep one number and add one to it in each call",
    ),
    (
        TypeError,
        "missing 1 required positional argument",
        "the inner function is called when it is returned, or it wants an argument",
        "return counter itself, without parentheses; it takes no arguments",
    ),
    (
        NameError,
        "",
        "a name is used that exists nowhere: count = 0 belongs into make_counter, above the inner function",
        "set count = 0 in make_counter",
    ),
    (
        TypeError,
        "'int' object is not subscriptable",
        "the count is a number here, without places",
        "write nonlocal count and count += 1",
    ),
    (
        AttributeError,
        "has no attribute",
        "an attribute grows that was never set: there is no 0 to begin with",
        "set count = 0 in make_counter, and use nonlocal count",
    ),
)
COUNTED: Causes = (
    (lambda got: got == [0, 1, 2], "it counts from 0: add one before you return"),
    (lambda got: got == [2, 3, 4], "it begins at 2: start with count = 0"),
    (lambda got: got == [None] * 3, "the counter returns None: its return is missing (print only shows)"),
    (
        lambda got: all(inspect.isgenerator(one) for one in got),
        "each call returns a generator: the yield belongs to the inner function; use return",
    ),
    (lambda got: all(callable(one) for one in got), "each call returns a function: there is one storey too many"),
    (
        lambda got: all(isinstance(one, list) for one in got),
        "each call returns the whole list; one number of it was asked for",
    ),
    (
        lambda got: all(isinstance(one, dict) for one in got),
        "each call returns the dictionary; the number in it was asked for",
    ),
    (
        lambda got: all(isinstance(one, tuple) for one in got),
        "each call returns a tuple: a comma makes one; the number alone was asked for",
    ),
    (lambda got: all(isinstance(one, str) for one in got), "each call returns a text; a number was asked for"),
    (lambda got: all(isinstance(one, bool) for one in got), "each call returns True or False; a number was asked for"),
    (lambda got: got[0] is None, "the first call returns None: on one way through the function the return is missing"),
    (lambda got: None in got, "one of the calls returns None: on one way through the function the return is missing"),
    (lambda got: got == [1, 2, 4], "the number is doubled in each call; one should be added"),
    (lambda got: got == [1, 2, 3], "the numbers have a fraction (1.0): begin with the whole number 0"),
    (lambda got: got == [-1, -2, -3], "it counts down: += 1 was wanted"),
    (lambda got: got == [3, 2, 1], "it counts down, from 3"),
    (lambda got: got == [1, 3, 6], "the counts are added up; the count itself was asked for"),
    (lambda got: got == [1, 1, 2], "the sum of the two numbers before is returned; one more than before was asked for"),
    (
        lambda got: got[1] - got[0] == got[2] - got[1] not in (0, 1),
        "the steps have another size than 1: one call adds more than once, or the wrong number",
    ),
    (lambda got: got[1] - got[0] == got[2] - got[1] == 1, "the steps are right, but the first call should return 1"),
)


def _inner_functions(answer: Function) -> list[ast.FunctionDef]:
    return nodes_in(answer, ast.FunctionDef, ast.FunctionDef)


CONSTANT: Causes = (
    (lambda got, answer: len(set(got)) > 1, ""),
    (
        lambda got, answer: any(
            isinstance(node.value, ast.UnaryOp) and isinstance(node.value.op, ast.UAdd)
            for node in nodes_in(answer, ast.Assign)
        ),
        "=+ 1 sets the count to plus one in each call; += 1 adds",
    ),
    (
        lambda got, answer: any(inner.args.defaults for inner in _inner_functions(answer)),
        "the count begins anew in each call: a default value of the inner function is taken again every time",
    ),
    (
        lambda got, answer: any(
            isinstance(line, ast.Return) and inner.body[place + 1 :]
            for inner in _inner_functions(answer)
            for place, line in enumerate(inner.body)
        ),
        "the count does not grow: the line that adds one stands under the return, and is never reached",
    ),
    (
        lambda got, answer: any(
            isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
            for inner in _inner_functions(answer)
            for line in inner.body
        ),
        "the count begins anew in each call: it is set inside the inner function",
    ),
    (
        lambda got, answer: answer()() != got[0],
        "the count grows when a counter is made, not when it is called: it belongs to make_counter",
    ),
    (
        lambda got, answer: True,
        "the count does not grow: one more is returned, but the new count is not stored (count += 1 with nonlocal)",
    ),
)


def _check_counts_on(answer: Function) -> None:
    counter = answer()
    got = [counter() for _ in range(12)]
    if got[0] == 1 and got != list(range(1, 13)):
        raise Wrong(
            got=got,
            wanted="1 to 12",
            cause="it does not count on: after a few numbers it begins again or stops",
            next_step="count += 1, then return count, without any end",
        )


TWO_COUNTERS: Causes = (
    (
        lambda got, answer: got[0] > 1 and inspect.signature(answer).parameters,
        "the counters share one count: it is a default value of make_counter, and that is made only once",
    ),
    (
        lambda got, answer: got[0] > 1,
        "the counters share one count: it is global, or hangs on a function or class",
    ),
    (
        lambda got, answer: got[0] == 1,
        "the counters share one count: it is global, and make_counter only sets it back, for all of them",
    ),
    (lambda got, answer: True, "the counters share one count"),
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
            Mistake("minus before the word", "answer = lambda word: -word", "before the word itself"),
            Mistake("the key sorts", "answer = lambda words: sorted(words, key=len, reverse=True)", "sorts by itself"),
            Mistake("two arguments", "answer = lambda one, other: len(other) - len(one)", "it asks for 2"),
            Mistake("print has no value", "answer = lambda word: print(-len(word))", "is None"),
            Mistake("two halves only", "answer = lambda word: len(word) < 5", "only True or False"),
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
            Mistake("plus for times", "prediction = [103, 103, 103]", "x + n"),
            Mistake("the lesson's callbacks", "prediction = [2, 2, 2]", "range(3)"),
            Mistake("factors added up", "prediction = [3, 33, 333]", "do not add up"),
            Mistake("a tuple", "prediction = (300, 300, 300)", "round brackets"),
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
            Mistake(
                "one iterator for all",
                """
def make_callbacks(names, record):
    rest = iter(names)
    return [lambda: record(next(rest)) for _ in names]
""",
                "order in which they are called",
            ),
            Mistake(
                "record itself in the list",
                "def make_callbacks(names, record):\n    return [record for name in names]",
                "record itself",
            ),
            Mistake(
                "partial of a call",
                "def make_callbacks(names, record):\n    return [partial(record(name)) for name in names]",
                "partial gets the None",
            ),
            Mistake(
                "another order",
                "def make_callbacks(names, record):\n    return [partial(record, name) for name in sorted(names)]",
                "another order",
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
            Mistake(
                "append to a dictionary",
                "def make_watcher(seen):\n    return lambda value: seen.append(value)",
                "belongs to lists",
            ),
            Mistake(
                "a pair comes back",
                "def make_watcher(seen):\n    return lambda value: (seen.update(value=value), value)",
                "several things in brackets",
            ),
            Mistake(
                "0 left out",
                """
def make_watcher(seen):
    def watch(value):
        if value:
            seen["value"] = value

    return watch
""",
                "count as false",
            ),
            Mistake(
                "everything else thrown out",
                """
def make_watcher(seen):
    def watch(value):
        seen.clear()
        seen["value"] = value

    return watch
""",
                "empties it",
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
            Mistake(
                "=+ for +=",
                """
def make_counter():
    count = 0

    def counter():
        nonlocal count
        count =+ 1
        return count

    return counter
""",
                "=+ 1 sets",
            ),
            Mistake(
                "a default value of the inner function",
                """
def make_counter():
    def counter(count=0):
        count += 1
        return count

    return counter
""",
                "default value of the inner function",
            ),
            Mistake(
                "numbers that stand ready",
                "def make_counter():\n    numbers = [1, 2, 3]\n    return lambda: numbers.pop(0)",
                "has come to its end",
            ),
            Mistake(
                "set back by the next one",
                """
count = 0


def make_counter():
    global count
    count = 0

    def counter():
        global count
        count += 1
        return count

    return counter
""",
                "sets it back",
            ),
        ),
    ),
)
