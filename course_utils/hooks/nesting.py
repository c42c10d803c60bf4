"""Layers may return a tensor, or tuples, lists, dicts and dataclasses of tensors: do something to each."""

from __future__ import annotations

import copy
import dataclasses
from collections import UserDict
from collections.abc import Callable
from typing import TypeVar

__all__ = ["map_nested"]

Leaf = TypeVar("Leaf")


def map_nested(function: Callable[[Leaf], object], kind: type[Leaf], value: object) -> object:
    """Return ``value`` with ``function`` applied to everything in it that is a ``kind``.

    Tuples (named ones too), lists, dicts and dataclasses are looked into and rebuilt; whatever else is in them stays
    as it is. One in which nothing changes is handed on itself: it may be a state that somebody else holds.
    """
    if isinstance(value, kind):
        return function(value)
    items = _items(value)
    mapped = {key: map_nested(function, kind, item) for key, item in items.items()}
    return value if all(mapped[key] is items[key] for key in items) else _rebuilt(value, mapped)


def _items(value: object) -> dict[object, object]:
    if isinstance(value, (dict, UserDict)):
        return dict(value)
    if isinstance(value, (tuple, list)):
        return dict(enumerate(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: getattr(value, name) for name in names if hasattr(value, name)}  # init=False: perhaps not set
    return {}


def _rebuilt(value: object, items: dict[object, object]) -> object:
    if isinstance(value, (tuple, list)):
        return value._make(items.values()) if hasattr(value, "_make") else type(value)(items.values())
    # A copy keeps an OrderedDict, a defaultdict, a ModelOutput what it is, and runs no __post_init__ again.
    rebuilt = copy.copy(value)
    if isinstance(value, (dict, UserDict)):
        for key, item in items.items():
            rebuilt[key] = item
    else:
        for name, item in items.items():
            object.__setattr__(rebuilt, name, item)  # frozen dataclasses as well
    return rebuilt
