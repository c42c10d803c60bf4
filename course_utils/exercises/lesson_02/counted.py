"""Exercise 02.2: count the calls."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
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
    mistakes=(
        Mistake(
            "name lost",
            """
def counted(function):
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
            "functools.wraps",
        ),
        Mistake(
            "counted on the original",
            """
def counted(function):
    function.calls = 0

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        function.calls += 1
        return function(*args, **kwargs)

    return wrapper
""",
            "on the original",
        ),
        Mistake(
            "a variable that nobody sees",
            """
def counted(function):
    calls = 0

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        nonlocal calls
        calls += 1
        return function(*args, **kwargs)

    return wrapper
""",
            "no attribute calls",
        ),
        Mistake(
            "one count for all",
            """
class Count:
    calls = 0


class counted:
    def __init__(self, function):
        functools.update_wrapper(self, function)

    @property
    def calls(self):
        return Count.calls

    def __call__(self, *args, **kwargs):
        Count.calls += 1
        return self.__wrapped__(*args, **kwargs)
""",
            "share one count",
        ),
        Mistake(
            "counted after the call",
            """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        wrapper.calls += 1
        return result

    wrapper.calls = 0
    return wrapper
""",
            "count after the call",
        ),
        Mistake(
            "result dropped",
            """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
            "its return is missing",
        ),
        Mistake(
            "begins at 1",
            """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 1
    return wrapper
""",
            "begins at 0",
        ),
        Mistake(
            "a copy of a variable",
            """
def counted(function):
    calls = 0

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        nonlocal calls
        calls += 1
        return function(*args, **kwargs)

    wrapper.calls = calls
    return wrapper
""",
            "got a copy of it",
        ),
        Mistake(
            "another name for the count",
            """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.count += 1
        return function(*args, **kwargs)

    wrapper.count = 0
    return wrapper
""",
            "under another name",
        ),
        Mistake(
            "wraps without the function",
            """
def counted(function):
    @functools.wraps
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
            "without (function)",
        ),
        Mistake(
            "the error swallowed",
            """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        try:
            return function(*args, **kwargs)
        except Exception as error:
            print(error)

    wrapper.calls = 0
    return wrapper
""",
            "hides",
        ),
    ),
)
