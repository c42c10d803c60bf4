"""The registry in which exercise 01.5 watches a listener come and go."""

from __future__ import annotations

from course_utils.callbacks import Events
from course_utils.exercises.lesson_01.listeners import Function

__all__ = ["Watched"]


class Watched(Events[object]):
    """A registry that notes when a listener comes and goes."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.log: list[str] = []
        self.added: list[Function] = []

    def on(self, name: str, *listener: Function) -> object:
        """Note "on", then register."""
        self.added += listener
        self.log += ["on"] if listener else []
        return super().on(name, *listener)

    def off(self, name: str, listener: Function) -> None:
        """Note "off", then take the listener off."""
        self.log.append("off")
        super().off(name, listener)

    def why_not_there(self) -> str:
        """Return why a listener that is taken off is not registered."""
        if self.log.count("off") > 1:
            return "the listener is taken off twice"
        if "on" not in self.log:
            return "the listener was never registered, and cannot be taken off"
        return "something else was registered than what is taken off: a lambda around it, or what a function returned"

    def why_with_value(self) -> str:
        """Return why the action got a value: it was called with one, or registered and then called by fire."""
        if any(getattr(listener, "__name__", "") == "action" for listener in self.added):
            return "the action was registered as a listener, in place of the listener"
        return "the action is called with something between its parentheses; it wants nothing"
