"""Exercise 02.4: break it, then fix it: a memory of one's own."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_02.judge_remembered import judge_remembered

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="02.4",
    title="Break it, then fix it: a memory of one's own",
    difficulty="hard",
    minutes=8,
    task="Hand in a decorator remembered(function) with a memory for each decorated function: equal positional "
    "arguments are computed only once, even if the answer is None or 0; the name is kept.",
    hints=(
        "The memory must be born when a function is decorated, not before and not at each call.",
        "A dictionary above the wrapper, inside the decorator; args is a tuple and can be its key.",
        "if args not in memory: compute and store it under args. Then return memory[args].",
    ),
    starter="def remembered(function):\n    ...  # your code here",
    solution="""
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
    alternative="""
def remembered(function):
    return functools.lru_cache(maxsize=None)(function)
""",
    name="remembered",
    judge=judge_remembered,
    praise="Right: you built functools.cache; compare your wrapper with it, and ask it for cache_info().",
    setup="import functools",
    mistakes=(
        Mistake(
            "one memory for all",
            """
memory = {}


def remembered(function):
    @functools.wraps(function)
    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
            "share one memory",
        ),
        Mistake(
            "memory as a default value",
            """
def remembered(function, memory={}):
    @functools.wraps(function)
    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
            "default value",
        ),
        Mistake(
            "only the first argument as key",
            """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if args[0] not in memory:
            memory[args[0]] = function(*args)
        return memory[args[0]]

    return wrapper
""",
            "all arguments",
        ),
        Mistake(
            "None counts as not known",
            """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if memory.get(args) is None:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
            "None is an answer too",
        ),
        Mistake(
            "memory made in each call",
            """
def remembered(function):
    @functools.wraps(function)
    def wrapper(*args):
        memory = {}
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
            "2 times instead of 1",
        ),
        Mistake(
            "name lost",
            """
def remembered(function):
    memory = {}

    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
            "are lost",
        ),
        Mistake(
            "setdefault computes first",
            """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        return memory.setdefault(args, function(*args))

    return wrapper
""",
            "in any case",
        ),
        Mistake(
            "nothing stored",
            """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if args in memory:
            return memory[args]
        return function(*args)

    return wrapper
""",
            "nothing is ever stored",
        ),
        Mistake(
            "the key is a text",
            """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        key = ", ".join(str(value) for value in args)
        if key not in memory:
            memory[key] = function(*args)
        return memory[key]

    return wrapper
""",
            "the text '1'",
        ),
        Mistake(
            "only the latest answer",
            "def remembered(function):\n    return functools.lru_cache(maxsize=1)(function)",
            "only the latest",
        ),
    ),
)
