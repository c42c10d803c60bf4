"""Mistakes that people make in exercise 02.2, count the calls."""

from __future__ import annotations

from course_utils.exercises.exercise import Mistake

__all__ = ["MISTAKES"]


MISTAKES = (
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
)
