"""The widgets of a quiz: radio buttons, reached and moved by the keyboard; explanations that a screen reader reads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import ipywidgets

from course_utils.exercises.quiz_reading import Question

if TYPE_CHECKING:
    from course_utils.exercises.quiz import Quiz

__all__ = ["form"]

_shown: WeakValueDictionary[str, ipywidgets.VBox] = WeakValueDictionary()
LAYOUT = {"width": "auto", "max_width": "56em"}


def form(quiz: Quiz) -> ipywidgets.VBox:
    """Return the widgets of a quiz, after closing those that the same quiz showed before."""
    former = _shown.pop(quiz.lesson, None)
    if former is not None:
        _close(former)
    score = ipywidgets.HTML(_score(quiz, {}), layout=LAYOUT)
    chosen: dict[int, str] = {}
    parts = [part for question in quiz.questions for part in _question(quiz, question, chosen, score)]
    box = ipywidgets.VBox([*parts, score], layout=LAYOUT)
    _shown[quiz.lesson] = box
    return box


def _question(
    quiz: Quiz, question: Question, chosen: dict[int, str], score: ipywidgets.HTML
) -> tuple[ipywidgets.Widget, ...]:
    from course_utils.exercises.quiz import as_html, plain

    asked = ipywidgets.HTML(f"<strong>Q{question.number}.</strong> {as_html(question.text)}", layout=LAYOUT)
    options = [(f"({letter}) {plain(option)}", letter) for letter, option in question.options.items()]
    buttons = ipywidgets.RadioButtons(options=options, value=None, layout=LAYOUT)
    buttons.tooltip = f"Q{question.number}: {plain(question.text)}"
    told = ipywidgets.HTML("", layout=LAYOUT)
    buttons.observe(partial(_answer, quiz, question, chosen, told, score), names="value")
    return asked, buttons, told


def _answer(
    quiz: Quiz,
    question: Question,
    chosen: dict[int, str],
    told: ipywidgets.HTML,
    score: ipywidgets.HTML,
    change: dict[str, str],
) -> None:
    """Explain the option that was chosen; a new element with this role is read out at once."""
    from course_utils.exercises.quiz import as_html, verdict

    chosen[question.number] = change["new"]
    symbol = "✓" if change["new"] == question.right else "✗"
    words = as_html(verdict(question, change["new"]))
    told.value = f'<div role="alert"><span aria-hidden="true">{symbol} </span>{words}</div>'
    score.value = _score(quiz, chosen)


def _score(quiz: Quiz, chosen: dict[int, str]) -> str:
    right = sum(chosen.get(question.number) == question.right for question in quiz.questions)
    return f"<em>{right} of {len(quiz.questions)} right. You may choose again as often as you like.</em>"


def _close(box: ipywidgets.VBox) -> None:
    for widget in (*box.children, box):
        widget.unobserve_all()
        widget.close()
