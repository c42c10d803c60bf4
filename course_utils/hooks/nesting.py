"""Layers may return a tensor, or tuples, lists and dicts of tensors: do something to each."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TypeVar

__all__ = ["map_nested"]

Leaf = TypeVar("Leaf")


def map_nested(function: Callable[[Leaf], object], kind: type[Leaf], value: object) -> object:
    """Return ``value`` with ``function`` applied to everything in it that is a ``kind``.

    Tuples (named ones too), lists and dicts are looked into and rebuilt; whatever else is in them stays as it is.
    """
    if isinstance(value, kind):
        return function(value)
    if isinstance(value, dict):
        rebuilt = copy.copy(value)  # keeps an OrderedDict, a defaultdict, a ModelOutput what it is
        for key, item in value.items():
            rebuilt[key] = map_nested(function, kind, item)
        return rebuilt
    if isinstance(value, (tuple, list)):
        items = [map_nested(function, kind, item) for item in value]
        return value._make(items) if hasattr(value, "_make") else type(value)(items)
    return value
