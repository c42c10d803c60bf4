"""What may count or measure something: numbers of Python or of NumPy, but no bool, no text, no tensor."""

from __future__ import annotations

from numbers import Integral, Real

__all__ = ["check_positive_integer", "is_number", "is_whole"]


def is_whole(value: object) -> bool:
    """Tell whether a value counts something: an integer of Python or of NumPy, but no bool."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Tell whether a value measures something: a real number of Python or of NumPy, but no bool."""
    return isinstance(value, Real) and not isinstance(value, bool)


def check_positive_integer(name: str, value: object) -> None:
    """Raise TypeError or ValueError unless ``value`` is an integer of at least 1."""
    if not is_whole(value):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
