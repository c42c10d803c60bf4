"""A panel as data: a state, the controls that change it, and a pure function that draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from course_utils.panels.controls import Control

__all__ = ["Drawing", "Panel"]

State = TypeVar("State")


class Drawing(NamedTuple):
    """What every panel's ``render`` returns.

    Attributes:
        picture: (H, W, 3) uint8, stored `course_utils.panels.sheet.DENSITY` times as dense as it is shown.
        caption: what the picture says, with its numbers.
    """

    picture: np.ndarray
    caption: str


@dataclass(frozen=True)
class Panel(Generic[State]):
    """Everything about a panel except widgets. As the last line of a cell it shows itself.

    Attributes:
        name: one word for each kind of panel; showing a panel closes the former one of the same name.
        title, task: what stands above it: what it is, and what to try.
        start: the state at the beginning, and after Reset.
        controls: what the learner can move; the order is that of the page.
        render: state → picture and caption; the same state gives the same drawing.
        plays: label of the slider that the Play button moves on; "" for no such button.
        canvas: field of the state that holds the bytes of a drawing; "" for no canvas.
    """

    name: str
    title: str
    task: str
    start: State
    controls: tuple[Control[State], ...]
    render: Callable[[State], Drawing]
    plays: str = ""
    canvas: str = ""

    def moved(self, state: State, field: str, value: object) -> State:
        """Return the state after one control was moved; fields that depend on it are brought back into range."""
        return self.settled(replace(state, **{field: value}))

    def settled(self, state: State) -> State:
        """Return the state with every field among the values that its control offers."""
        for control in self.controls:
            state = replace(state, **{control.field: control.nearest(state)})
        return state

    def _ipython_display_(self) -> None:
        from course_utils.panels.coat import show  # widgets are imported only where there is a notebook

        show(self)
