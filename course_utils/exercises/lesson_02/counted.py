"""Exercise 02.2: count the calls."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.lesson_02.counted_mistakes import MISTAKES
from course_utils.exercises.lesson_02.judge_counted import judge_counted

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="02.2",
    title="Count the calls",
    difficulty="medium",
    minutes=8,
    task="Hand in a decorator counted(function): the decorated function has an attribute calls, 0 at first, that "
    "grows by one with each call, also with one that raises; name and description are kept.",
    hints=(
        "The number must be seen from outside: it hangs on the wrapper itself.",
        "wrapper.calls is set once, below the inner def; functools.wraps keeps the name.",
        "Inside the wrapper, first wrapper.calls += 1, then return the call. Below it, wrapper.calls = 0.",
    ),
    starter="def counted(function):\n    ...  # your code here",
    solution="""
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
    alternative="""
class counted:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.__wrapped__(*args, **kwargs)
""",
    name="counted",
    judge=judge_counted,
    praise="Right: the state hangs on the wrapper, one for each function; the lesson's class Counted does so too.",
    setup="import functools",
    mistakes=MISTAKES,
)
