"""What a panel does by itself, and what it leaves behind: after an error, ten runs, and the end of its kernel."""

from __future__ import annotations

import nbformat
import pytest

from tests.browser.notebook import Notebook

CELL = """from course_utils.panels import late_binding

late_binding.panel()"""
BRITTLE = """from dataclasses import dataclass
from course_utils.panels.controls import slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import Sheet

@dataclass(frozen=True)
class State:
    number: int = 1

def render(state):
    if state.number == 3:
        raise ValueError("three is too much")
    sheet = Sheet(200, 40)
    sheet.text(4, 20, str(state.number))
    return Drawing(sheet.array(), f"number {state.number}")

Panel("brittle", "Brittle", "Do not choose 3.", State(), (slider("number", "Number", range(5)),), render)"""
RUN_CELL = "() => window.jupyterapp.commands.execute('notebook:run-cell')"
LAST_CELL = """() => { const cells = window.jupyterapp.shell.currentWidget.content;
  cells.activeCellIndex = cells.widgets.length - 1; }"""
COUNT = """import comm, ipywidgets.widgets.widget as w
print(len(w._instances), len(comm.get_comm_manager().comms))"""


@pytest.fixture(scope="module")
def notebook(page, lab):
    """A notebook with two panels in it, run once; the second cell is the active one."""
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    cells = [nbformat.v4.new_code_cell(source) for source in (BRITTLE, CELL)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), lab.folder / "panel.ipynb")
    opened = Notebook.opened(page, lab, "panel.ipynb")
    opened.run_all()
    yield opened
    opened.close()


def test_play_walks_to_the_end_by_itself(notebook):
    panel = notebook.panels()[1]
    panel.element.query_selector(".course-panel-play").click()
    notebook.page.wait_for_function("p => p.textContent.includes('Moment 7 of 7')", arg=panel.element, timeout=20_000)
    notebook.page.wait_for_function("p => p.textContent.includes('▶ Play')", arg=panel.element, timeout=20_000)


def test_an_error_is_told_in_the_panel_and_goes_away_again(notebook):
    panel = notebook.panels()[0]
    trouble = panel.element.query_selector("[role=alert]")
    panel.sliders()[0].focus()
    for expected in ("", "three is too much", ""):
        notebook.page.keyboard.press("ArrowRight")
        notebook.page.wait_for_timeout(600)
        assert expected in trouble.text_content()
        assert bool(expected) == bool(trouble.text_content())


def test_ten_runs_of_a_cell_leave_one_panel(notebook):
    notebook.page.evaluate(LAST_CELL)
    once = notebook.ask_kernel(COUNT)
    for _ in range(10):
        notebook.page.evaluate(RUN_CELL)
    notebook.page.wait_for_timeout(1000)
    assert notebook.ask_kernel(COUNT) == once
    assert len(notebook.panels()) == 2


def test_the_still_picture_hides_while_the_panel_lives_and_is_there_without_a_kernel(notebook):
    page = notebook.page
    assert page.locator(".course-panel-still").count() == 2
    assert page.locator(".course-panel-still:visible").count() == 0
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.wait_for_timeout(1500)
    visible = page.locator(".jp-RenderedImage img:visible, .course-panel img.widget-image:visible")
    assert visible.count() >= 2
    assert page.locator(".course-panel-still:visible, .course-panel-caption:visible").count() >= 2
