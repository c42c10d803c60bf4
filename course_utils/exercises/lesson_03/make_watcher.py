"""Exercise 03.4: break it, then fix it: the saboteur."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_03.judge_make_watcher import judge_make_watcher

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
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
)
