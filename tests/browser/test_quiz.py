"""The quiz in a real browser: reached and answered with the keyboard alone, and explained where a screen reader is."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.notebook import Notebook

CODE = 'from course_utils.exercises import quiz\n\nquiz("05")'


@pytest.fixture
def quiz_page(page, lab):
    """A notebook with the quiz of lesson 05, run."""
    notebook = new_notebook(cells=[new_code_cell(CODE)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / "only_the_quiz.ipynb")
    opened = Notebook.opened(page, lab, "only_the_quiz.ipynb")
    opened.run_all()
    page.wait_for_selector(".course-quiz-option")
    yield page
    opened.close()


def test_an_answer_is_chosen_by_keyboard_and_explained(quiz_page, shots):
    assert quiz_page.locator(".course-quiz-option", has_text="(a)").count() == 4, "one for each question"
    assert quiz_page.get_by_role("alert").count() == 0, "nothing is explained before anything is chosen"
    quiz_page.locator(".course-quiz-option", has_text="(a)").first.focus()
    quiz_page.keyboard.press("Space")
    quiz_page.get_by_role("alert").filter(has_text="Not this one.").wait_for(timeout=10_000)
    for key in ("Tab", "Tab", "Space"):
        quiz_page.keyboard.press(key)
    quiz_page.get_by_role("alert").filter(has_text="Right.").wait_for(timeout=10_000)
    assert quiz_page.get_by_text("1 of 4 right").count() == 1
    quiz_page.screenshot(path=shots / "quiz.png")
