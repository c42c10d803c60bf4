"""The widgets of a quiz: a button for each option, and explanations that a screen reader reads out.

Buttons rather than radio buttons: JupyterLab keeps the arrow keys for itself, and with them a radio button cannot be
chosen by keyboard. Every button is reached with Tab and pressed with Space.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import ipywidgets

from course_utils.exercises.quiz_reading import Question

if TYPE_CHECKING:
    from course_utils.exercises.quiz import Quiz

__all__ = ["form"]

LAYOUT = {"width": "auto", "max_width": "56em"}
LOOK = """<style>.course-quiz-option { text-align: left; white-space: normal; line-height: 1.4; padding: 0.2em 0.8em; }
.course-quiz-option:focus-visible { outline: 2px solid var(--jp-brand-color1, #1976d2); }</style>"""
_shown: WeakValueDictionary[str, ipywidgets.VBox] = WeakValueDictionary()


def form(quiz: Quiz) -> ipywidgets.VBox:
    """Return the widgets of a quiz, after closing those that the same quiz showed before."""
    former = _shown.pop(quiz.lesson, None)
    if former is not None:
        _close(former)
    score = ipywidgets.HTML(layout=LAYOUT)
    chosen: dict[int, str] = {}
    tell_score = partial(_tell_score, quiz, chosen, score)
    tell_score()
    parts = [part for question in quiz.questions for part in _question(question, chosen, tell_score)]
    box = ipywidgets.VBox([ipywidgets.HTML(LOOK), *parts, score], layout=LAYOUT)
    _shown[quiz.lesson] = box
    return box


def _question(question: Question, chosen: dict[int, str], tell_score: partial[None]) -> tuple[ipywidgets.Widget, ...]:
    from course_utils.exercises.quiz import as_html

    asked = ipywidgets.HTML(f"<strong>Q{question.number}.</strong> {as_html(question.text)}", layout=LAYOUT)
    told = ipywidgets.HTML(layout=LAYOUT)
    buttons = {letter: _button() for letter in question.options}
    _label(question, buttons, "")

    def choose(letter: str, button: ipywidgets.Button) -> None:
        chosen[question.number] = letter
        _label(question, buttons, letter)
        told.value = _explanation(question, letter)
        tell_score()

    for letter, button in buttons.items():
        button.on_click(partial(choose, letter))
    return asked, *buttons.values(), told


def _button() -> ipywidgets.Button:
    button = ipywidgets.Button(layout=LAYOUT | {"height": "auto", "min_height": "2em"})
    button.add_class("course-quiz-option")
    return button


def _label(question: Question, buttons: dict[str, ipywidgets.Button], chosen: str) -> None:
    from course_utils.exercises.quiz import plain

    for letter, button in buttons.items():
        sign = "●" if letter == chosen else "○"
        button.description = f"{sign} ({letter}) {plain(question.options[letter])}"


def _explanation(question: Question, letter: str) -> str:
    """Return what is said about an option, in an element that is read out as soon as it appears."""
    from course_utils.exercises.quiz import as_html, verdict

    symbol = "✓" if letter == question.right else "✗"
    words = as_html(verdict(question, letter))
    return f'<div role="alert"><span aria-hidden="true">{symbol} </span>{words}</div>'


def _tell_score(quiz: Quiz, chosen: dict[int, str], score: ipywidgets.HTML) -> None:
    right = sum(chosen.get(question.number) == question.right for question in quiz.questions)
    score.value = f"<em>{right} of {len(quiz.questions)} right. You may choose again as often as you like.</em>"


def _close(box: ipywidgets.VBox) -> None:
    for widget in (*box.children, box):
        widget.unobserve_all()
        widget.close()
