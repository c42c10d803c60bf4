"""Mistakes that people make in exercise 02.3, between two bounds."""

from __future__ import annotations

from course_utils.exercises.exercise import Mistake

__all__ = ["MISTAKES"]


MISTAKES = (
    Mistake(
        "two storeys",
        """
def clamped(function, low, high):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return max(low, min(high, function(*args, **kwargs)))

    return wrapper
""",
        "one storey is missing",
    ),
    Mistake(
        "min and max swapped",
        """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return min(low, max(high, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
        "swapped",
    ),
    Mistake(
        "decorator not returned",
        """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper
""",
        "outermost storey returns None",
    ),
    Mistake(
        "wrapper not returned",
        """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

    return decorate
""",
        "forgets to return it",
    ),
    Mistake(
        "arguments clamped instead of the result",
        """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            args = [max(low, min(high, value)) for value in args]
            return function(*args, **kwargs)

        return wrapper

    return decorate
""",
        "do not arrive",
    ),
    Mistake(
        "upper bound only",
        """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return min(high, function(*args, **kwargs))

        return wrapper

    return decorate
""",
        "only one of the two bounds",
    ),
    Mistake(
        "name lost",
        """
def clamped(low, high):
    def decorate(function):
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
        "are lost",
    ),
    Mistake(
        "None between the bounds",
        """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            result = function(*args, **kwargs)
            if result < low:
                return low
            if result > high:
                return high

        return wrapper

    return decorate
""",
        "inside the bounds None",
    ),
    Mistake(
        "0 and 10 in the code",
        """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(0, min(10, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
        "right for clamped(0, 10) alone",
    ),
    Mistake(
        "an error in place of the bound",
        """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            result = function(*args, **kwargs)
            if not low <= result <= high:
                raise ValueError("out of bounds")
            return result

        return wrapper

    return decorate
""",
        "should return the bound",
    ),
    Mistake(
        "decorate called when returned",
        """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper

    return decorate()
""",
        "without parentheses",
    ),
)
