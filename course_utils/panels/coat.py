"""The thin coat of widgets over a panel: controls, picture, caption, errors, Reset.

All panels share it. It knows nothing about any subject.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from functools import partial
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

import ipywidgets
import traitlets
from IPython.display import display

from course_utils.panels.canvas import Canvas
from course_utils.panels.companion import Companion
from course_utils.panels.controls import BUTTONS, MENU, SLIDER, Control
from course_utils.panels.drawings import Drawings
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.png import encode
from course_utils.panels.sheet import DENSITY

__all__ = ["Coat", "put_on", "show"]

State = TypeVar("State")
LABEL_PIXELS = 112
WITHOUT_KERNEL = "[The live panel appears here when the cell is run.]"
_live: WeakValueDictionary[str, Coat] = WeakValueDictionary()


def _quiet(kind: type[ipywidgets.Widget]) -> type[ipywidgets.Widget]:
    """Return a kind of widget whose choice the kernel does not echo: one message less on the way to each picture."""
    return type(kind.__name__, (kind,), {"index": traitlets.Int(allow_none=True).tag(sync=True, echo_update=False)})


KINDS = {
    SLIDER: _quiet(ipywidgets.SelectionSlider),
    MENU: _quiet(ipywidgets.Dropdown),
    BUTTONS: _quiet(ipywidgets.ToggleButtons),
}


class Coat(Generic[State]):
    """The widgets of one panel. An error of the panel is shown in it, and raised as well.

    Attributes:
        panel: what it dresses.
        state: the present state.
        controls: field → its widget; setting ``.value`` is what a learner's hand does.
        canvas: what the learner draws on, if the panel has a canvas, else None.
        companion: the widget with the picture, its caption and the error.
        box: everything together, to be displayed.
    """

    def __init__(self, panel: Panel[State]) -> None:
        self.panel, self.state = panel, panel.settled(panel.start)
        self.first = panel.render(self.state)
        self.controls = {control.field: _widget(control, self.state) for control in panel.controls}
        self.canvas = Canvas(pixels=getattr(self.state, panel.canvas)) if panel.canvas else None
        self.companion = Companion(plays=panel.plays, **_size(self.first))
        self.reset_button = ipywidgets.Button(description="↺ Reset", tooltip="Back to the beginning")
        self.box = self._assembled()
        self._settling, self._drawings = False, Drawings(panel.render)
        self.companion.show(*self._drawings.of(self.state))
        for field, widget in self.controls.items():
            widget.observe(partial(self._follow, field), names="index")
        if self.canvas is not None:
            self.canvas.observe(self._follow_pen, names="pixels")
        self.reset_button.on_click(self.reset)

    def reset(self, button: object = None) -> None:
        """Go back to the beginning; ``button`` is what ipywidgets hands to a click's callback."""
        self._go_to(self.panel.settled(self.panel.start))

    def close(self) -> None:
        """Take the panel off the page, with every observer and every comm of it."""
        self._drawings.expect_nothing()
        for widget in self.widgets():
            widget.unobserve_all()
            widget.close()

    def widgets(self) -> Iterator[ipywidgets.Widget]:
        """Yield every widget that belongs to the panel, and the layout and style of each."""
        whole = [self.box]
        while whole:
            widget = whole.pop()
            whole += getattr(widget, "children", ())
            parts = [getattr(widget, name, None) for name in ("layout", "style")]
            yield from (part for part in parts if isinstance(part, ipywidgets.Widget))
            yield widget

    def _follow(self, field: str, change: dict[str, object]) -> None:
        """What every control's observer does: new state, new picture, and a look at where the hand is going."""
        if not self._settling:
            self._go_to(self.panel.moved(self.state, field, self.controls[field].value))
            self._look_ahead(field, self.controls[field].index + change["new"] - change["old"])

    def _look_ahead(self, field: str, index: int) -> None:
        options = self.controls[field].options
        if 0 <= index < len(options):
            self._drawings.expect(self.panel.moved(self.state, field, options[index][1]))

    def _follow_pen(self, change: dict[str, object]) -> None:
        if not self._settling:
            self._go_to(self.panel.moved(self.state, self.panel.canvas, self.canvas.pixels))

    def _go_to(self, state: State) -> None:
        self.state = state
        try:
            self._settle_controls()
            self.companion.show(*self._drawings.of(state))
        except Exception as error:
            self.companion.error = f"The panel cannot draw this: {error}. Move the control back, or press Reset."
            raise

    def _settle_controls(self) -> None:
        """Let each control offer and show what the state says; nobody is told."""
        self._settling = True
        try:
            for control in self.panel.controls:
                _set(self.controls[control.field], control, self.state)
            if self.canvas is not None:
                self.canvas.pixels = getattr(self.state, self.panel.canvas)
        finally:
            self._settling = False

    def _assembled(self) -> ipywidgets.VBox:
        title, task = html.escape(self.panel.title), html.escape(self.panel.task)
        head = f'<div class="course-panel-title">{title}</div><div class="course-panel-task">{task}</div>'
        rows = [
            ipywidgets.HTML(head),
            _classed(ipywidgets.Box(list(self.controls.values())), "course-panel-controls"),
            _classed(ipywidgets.Box([self.reset_button]), "course-panel-buttons"),
        ]
        seen = [self.companion] if self.canvas is None else [self.canvas, self.companion]
        return _classed(ipywidgets.VBox([*rows, _classed(ipywidgets.Box(seen), "course-panel-seen")]), "course-panel")


def put_on(panel: Panel[State]) -> Coat[State]:
    """Return the panel's widgets, after closing those of the panel of the same name that was shown before."""
    coat = Coat(panel)
    former = _live.get(panel.name)
    if former is not None:
        former.close()
    _live[panel.name] = coat
    return coat


def show(panel: Panel[State]) -> None:
    """Display a still picture with its caption, for readers without a kernel, and the live panel."""
    coat = put_on(panel)
    size = _size(coat.first) | {"alt": coat.first.caption}
    still = {"image/png": encode(coat.first.picture), "text/plain": "[picture]"}
    display(still, raw=True, metadata={"image/png": size})
    caption = f'<p class="course-panel-still">{html.escape(coat.first.caption)}</p>'
    display({"text/html": caption, "text/plain": coat.first.caption}, raw=True)
    display(coat.box._repr_mimebundle_() | {"text/plain": WITHOUT_KERNEL}, raw=True)


def _size(drawing: Drawing) -> dict[str, int]:
    height, width, _ = drawing.picture.shape
    return {"width": round(width / DENSITY), "height": round(height / DENSITY)}


def _classed(box: ipywidgets.Box, name: str) -> ipywidgets.Box:
    box.add_class(name)
    return box


def _widget(control: Control[State], state: State) -> ipywidgets.Widget:
    options = control.options(state)
    index = control.values(state).index(getattr(state, control.field))
    style = {"description_width": f"{LABEL_PIXELS}px"}
    return KINDS[control.look](options=options, index=index, description=control.label, style=style)


def _set(widget: ipywidgets.Widget, control: Control[State], state: State) -> None:
    options = control.options(state)
    index = control.values(state).index(getattr(state, control.field))
    if tuple(widget.options) != tuple(options):
        with widget.hold_sync():
            widget.options = options
            widget.index = index
    elif widget.index != index:
        widget.index = index
