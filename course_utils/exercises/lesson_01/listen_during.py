"""Exercise 01.5: listen for a while."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_01.judge_listen_during import judge_listen_during

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
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
)
