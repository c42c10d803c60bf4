"""A script of calls to two decorated functions, and the story that it gives: each result, each count of calls."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Reason, errors_named
from course_utils.exercises.lesson_02.calling import CALLING_ERRORS
from course_utils.exercises.lesson_02.originals import Function, Original

__all__ = ["MEMORY_RESULTS", "SCRIPT", "Story", "story_of"]


MEMORY_RESULTS = (9, None, 0, 6, 50, 60, 70, 80, 90)


# which of two decorated functions is called, and with what; the second one is decorated when it is first called
SCRIPT: tuple[tuple[int, tuple[object, ...]], ...] = (
    (0, (1, 2)),
    (0, (1, 2)),
    (0, (1, 3)),
    (0, (1, 3)),
    (0, (3, 1)),
    (0, ()),
    (0, (3, 1)),
    (0, ()),
    (0, (2, 2)),
    (0, (-1,)),
    (0, (-2,)),
    (0, ("1", 2)),
    (1, (1, 2)),
    (1, (1, 2)),
    (0, (1, 2)),
    (0, (1, 3)),
)


Story = list[tuple[object, int]]


def story_of(answer: Function) -> Story:
    """Return what each call of the script gives, and how often its original has run by then; an error ends it."""
    originals = Original(list(MEMORY_RESULTS)), Original([100, 200])
    wrappers: list[Function] = []
    story: Story = []
    for which, args in SCRIPT:
        if which == len(wrappers):
            wrappers.append(answer(originals[which].function("measure")))
        with errors_named("equal arguments are computed once", *CALLING_ERRORS, *MEMORY_ERRORS):
            story.append((wrappers[which](*args), len(originals[which].calls)))
    return story


MEMORY_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "unhashable type",
        "a list or dictionary cannot be a key of a dictionary; args is a tuple, and can",
        "use args itself as the key",
    ),
    (
        IndexError,
        "tuple index out of range",
        "the key is the first argument alone, and there may be none: the key must hold all arguments",
        "use args itself as the key",
    ),
    (
        TypeError,
        "unsupported operand type(s) for +: 'int' and 'str'",
        "the key is the sum of the arguments: 1, 3 and 2, 2 have the same one, and texts have none",
        "use args itself as the key: all arguments, in their order",
    ),
    (
        TypeError,
        "not supported between instances",
        "the key is made by sorting the arguments: their order counts, and not everything can be sorted",
        "use args itself as the key: all arguments, in their order",
    ),
    (
        KeyError,
        "",
        "an answer is looked up that was never stored under this key",
        "if args not in memory: store it under args; then return memory[args]",
    ),
    (
        UnboundLocalError,
        "",
        "a name that is assigned inside the wrapper is a new one there, and has no value yet",
        "use a dictionary above the wrapper and write into it: memory[args] = ...",
    ),
)
