"""What a learner can move in a panel, as data: one control for one field of the panel's state.

Every control chooses from a list, so the keyboard's arrow keys make one step each, and every value that a panel can
ever get can be listed and tested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["BUTTONS", "MENU", "SLIDER", "Control", "Option", "buttons", "menu", "slider"]

State = TypeVar("State")
Option = tuple[str, object]  # what the learner reads, and the value for the state
SLIDER, MENU, BUTTONS = "slider", "menu", "buttons"


@dataclass(frozen=True)
class Control(Generic[State]):
    """One slider, menu or row of buttons.

    Attributes:
        look: SLIDER, MENU or BUTTONS.
        field: the field of the state that it sets.
        label: its name, with the unit if there is one; also what a screen reader says.
        options: state → the values that can be chosen then, each with its text, at least one.
    """

    look: str
    field: str
    label: str
    options: Callable[[State], Sequence[Option]]

    def values(self, state: State) -> list[object]:
        """Return the values that can be chosen in this state, lowest first."""
        return [value for _, value in self.options(state)]

    def nearest(self, state: State) -> object:
        """Return the state's value if it can be chosen, else the nearest number or the first value."""
        allowed, value = self.values(state), getattr(state, self.field)
        if value in allowed:
            return value
        if isinstance(value, int | float) and all(isinstance(other, int | float) for other in allowed):
            return min(allowed, key=lambda other: abs(other - value))
        return allowed[0]


def slider(
    field: str, label: str, values: Sequence[object] | Callable[[State], Sequence[object]], text: Callable = str
) -> Control[State]:
    """Return a slider; ``text`` writes a value for the learner, with its unit."""
    return _control(SLIDER, field, label, values, text)


def menu(
    field: str, label: str, values: Sequence[object] | Callable[[State], Sequence[object]], text: Callable = str
) -> Control[State]:
    """Return a menu that opens, for many names."""
    return _control(MENU, field, label, values, text)


def buttons(
    field: str, label: str, values: Sequence[object] | Callable[[State], Sequence[object]], text: Callable = str
) -> Control[State]:
    """Return a row of buttons, for two to five names."""
    return _control(BUTTONS, field, label, values, text)


def _control(
    look: str,
    field: str,
    label: str,
    values: Sequence[object] | Callable[[State], Sequence[object]],
    text: Callable,
) -> Control[State]:
    if not callable(values) and len(values) == 0:
        raise ValueError(f"the control {label!r} has nothing to choose from; give it at least one value")
    listed = values if callable(values) else lambda state: values
    return Control(look, field, label, lambda state: tuple((text(value), value) for value in listed(state)))
