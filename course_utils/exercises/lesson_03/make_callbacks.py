"""Exercise 03.3: a callback for each name."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_03.judge_make_callbacks import judge_make_callbacks

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
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
)
