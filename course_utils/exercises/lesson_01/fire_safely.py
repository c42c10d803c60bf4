"""Exercise 01.3: break it, then fix it: the skipped listener."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_01.judge_fire_safely import judge_fire_safely

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
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
            "def fire_safely(listeners, value):\n    for listener in list(listeners):\n        return listener(value)",
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
)
