"""Decorators that remember under a wrong key, in a shared memory or too little, and the stories they tell."""

from __future__ import annotations

import functools
from collections.abc import Callable

from course_utils.exercises.lesson_02.memory_story import Story, story_of
from course_utils.exercises.lesson_02.originals import Function

__all__ = ["FORGETFUL", "RIGHT_STORY", "SHARED", "told_by"]


def _keyed(key: Callable[..., object]) -> Callable[[Function, dict[object, object]], Function]:
    """Return a decorator that remembers under another key than all arguments."""

    def decorate(function: Function, shared: dict[object, object]) -> Function:
        memory: dict[object, object] = {}

        def wrapper(*args: object) -> object:
            if key(args) not in memory:
                memory[key(args)] = function(*args)
            return memory[key(args)]

        return wrapper

    return decorate


def _sharing(key: Callable[..., object]) -> Callable[[Function, dict[object, object]], Function]:
    def decorate(function: Function, shared: dict[object, object]) -> Function:
        def wrapper(*args: object) -> object:
            if key(args) not in shared:
                shared[key(args)] = function(*args)
            return shared[key(args)]

        return wrapper

    return decorate


def _emptied(function: Function, shared: dict[object, object]) -> Function:
    shared.clear()
    return _sharing(lambda args: args)(function, shared)


def _asking(known: Callable[[dict[object, object], tuple[object, ...]], bool]) -> Callable[..., Function]:
    """Return a decorator that asks in another way whether an answer is known."""

    def decorate(function: Function, shared: dict[object, object]) -> Function:
        memory: dict[object, object] = {}

        def wrapper(*args: object) -> object:
            if not known(memory, args):
                memory[args] = function(*args)
            return memory[args]

        return wrapper

    return decorate


def _last_only(function: Function, shared: dict[object, object]) -> Function:
    return functools.lru_cache(maxsize=1)(function)


Simulated = tuple[Callable[[Function, dict[object, object]], Function], str]


NONE_COUNTS = "None is an answer too: ask whether args is in memory, not whether the answer is true or None"


SHARED = "the functions share one memory: it is made outside the decorator (a global name, or an attribute of a class)"


FORGETFUL: tuple[Simulated, ...] = (
    (_keyed(lambda args: args), ""),
    (_sharing(lambda args: args), SHARED),
    (_emptied, f"{SHARED}, and emptied whenever a function is decorated"),
    (_keyed(lambda args: None), "the first answer comes back for all arguments: the key must hold all arguments"),
    (_keyed(len), "the key is the number of arguments: the key must hold all arguments themselves"),
    (_keyed(lambda args: args[:1]), "only the first argument is in the key: the key must hold all arguments"),
    (_keyed(lambda args: args[-1:]), "only the last argument is in the key: the key must hold all arguments"),
    (_keyed(frozenset), "the key is a set: it forgets the order of the arguments, and equal ones count once"),
    (_keyed(lambda args: tuple(sorted(args, key=str))), "the key is sorted: the order of the arguments counts"),
    (_keyed(lambda args: tuple(map(str, args))), "the key is made of texts: the number 1 and the text '1' become one"),
    (
        _keyed(lambda args: ",".join(map(str, args))),
        "the key is made of texts: the number 1 and the text '1' become one",
    ),
    (
        _keyed(lambda args: "".join(map(str, args))),
        "the key is made of texts: the number 1 and the text '1' become one",
    ),
    (_keyed(hash), "the key is hash(args): different arguments can have the same one, like -1 and -2"),
    (_asking(lambda memory, args: memory.get(args) is not None), NONE_COUNTS),
    (_asking(lambda memory, args: bool(memory.get(args))), f"{NONE_COUNTS}; and so is 0"),
    (
        _last_only,
        "only the latest answer is remembered: as soon as other arguments come, the earlier ones are forgotten",
    ),
)


def told_by(decorate: Callable[[Function, dict[object, object]], Function]) -> Story:
    """Return the story that a decorator tells; the functions it decorates may share one dictionary."""
    shared: dict[object, object] = {}
    return story_of(lambda function: decorate(function, shared))


RIGHT_STORY = told_by(FORGETFUL[0][0])
