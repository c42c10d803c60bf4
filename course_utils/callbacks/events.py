"""A registry of named events and their listeners. Standard library only."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable
from enum import Enum
from typing import Final, Generic, TypeVar, overload

__all__ = ["STOP", "Events"]

Value = TypeVar("Value")
Listener = TypeVar("Listener", bound=Callable[..., object])


class _Answer(Enum):
    """What a listener can answer; one member, so ``is STOP`` holds after copying and pickling too."""

    STOP = "stop"

    def __repr__(self) -> str:
        return self.name


STOP: Final = _Answer.STOP
"""A listener returns this to ask the code that fired the event to stop."""

_MISSING: Final = object()  # None will not do: on("end", save()) passes None by mistake, and must be told so


class Events(Generic[Value]):
    """A list of listeners for each named event, called in the order in which they were registered.

    The registry holds its listeners strongly: whatever they refer to lives until ``off`` or until the registry dies.

    Args:
        names: the events that exist. No other name is accepted later, so a typing error cannot go unheard.

    Raises:
        TypeError: a name is not a string.
        ValueError: no name, or the same name twice.
    """

    def __init__(self, *names: str) -> None:
        for name in names:
            if not isinstance(name, str):
                raise TypeError(f"event names are strings, as in Events('start', 'end'); got {name!r}")
        if not names or len(set(names)) < len(names):
            raise ValueError(f"Events needs at least one name, and each only once; got {list(names)}")
        self._listeners: dict[str, list[Callable[[Value], object]]] = {name: [] for name in names}

    @overload
    def on(self, name: str) -> Callable[[Listener], Listener]: ...
    @overload
    def on(self, name: str, listener: Listener) -> Listener: ...
    def on(self, name: str, listener: object = _MISSING) -> object:
        """Register ``listener`` for an event and return it; without a listener, return a decorator.

        A listener that is registered twice is called twice.

        Raises:
            LookupError: there is no such event; the message offers near names.
            TypeError: the listener cannot be called, as in ``events.on("end", save())``.
        """
        listeners = self._of(name)
        if listener is _MISSING:
            return functools.partial(self.on, name)
        if not callable(listener):
            raise TypeError(f"a listener is a function, got {listener!r}; pass it without parentheses")
        listeners.append(listener)
        return listener

    def off(self, name: str, listener: Callable[[Value], object]) -> None:
        """Take ``listener`` off an event (its earliest registration, if there are several).

        Raises:
            LookupError: there is no such event, or the listener is not registered for it.
        """
        listeners = self._of(name)
        if listener not in listeners:
            who = getattr(listener, "__name__", repr(listener))
            raise LookupError(f"{who} is not registered for {name!r}; call off with what on returned")
        listeners.remove(listener)

    def fire(self, name: str, value: Value) -> bool:
        """Call every listener of an event with ``value``; tell whether any of them returned ``STOP``.

        All listeners are called, also after one has returned ``STOP``. The list is copied first: a listener that is
        added or taken off meanwhile counts from the next ``fire``. An error in a listener propagates unchanged, and
        the listeners after it are not called.

        Raises:
            LookupError: there is no such event.
        """
        answers = [listener(value) for listener in tuple(self._of(name))]
        return any(answer is STOP for answer in answers)

    def listeners(self, name: str) -> tuple[Callable[[Value], object], ...]:
        """Return the listeners of one event, in the order of calling; raise LookupError if there is no such event."""
        return tuple(self._of(name))

    def __len__(self) -> int:
        return sum(map(len, self._listeners.values()))

    def __bool__(self) -> bool:  # a registry without listeners is still a registry
        return True

    def __repr__(self) -> str:
        counts = ", ".join(f"{name}: {len(listeners)}" for name, listeners in self._listeners.items())
        return f"Events({counts})"

    def _of(self, name: str) -> list[Callable[[Value], object]]:
        if not isinstance(name, str):
            raise LookupError(f"there is no event {name!r}; a name is one string, one of {list(self._listeners)}")
        if name not in self._listeners:
            near = difflib.get_close_matches(name, self._listeners, n=3) or list(self._listeners)
            raise LookupError(f"there is no event {name!r}; did you mean one of {near}?")
        return self._listeners[name]
