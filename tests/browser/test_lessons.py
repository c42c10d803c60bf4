"""Every lesson opens in JupyterLab and runs to its end in a real browser, without an error anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

LESSONS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
RUN_SECONDS = 240
IDLE = "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
CLOSE = """async () => { const shell = window.jupyterapp.shell.currentWidget;
  await shell.sessionContext.shutdown(); shell.context.model.dirty = false; shell.close(); }"""
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code').map(c => ({
  source: c.model.sharedModel.getSource(), count: c.model.executionCount,
  outputs: c.model.outputs.toJSON().map(o => (
    {type: o.output_type, name: o.name ?? '', text: String(o.text ?? o.evalue ?? '')})),
}))"""


def open_lesson(page, lab, name):
    page.goto(f"{lab.address}/lab/tree/{name}?token={lab.token}&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=90_000)
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell", timeout=90_000)
    page.wait_for_function(IDLE, timeout=90_000)


@pytest.mark.parametrize("lesson", [path.name for path in LESSONS])
def test_lesson_runs_to_its_end(page, lab, shots, lesson):
    page.troubles.clear()
    open_lesson(page, lab, lesson)
    page.set_default_timeout(RUN_SECONDS * 1000)
    page.evaluate(RUN_ALL)
    page.wait_for_function(IDLE, timeout=RUN_SECONDS * 1000)
    cells = page.evaluate(CELLS)
    page.screenshot(path=shots / f"{lesson.removesuffix('.ipynb')}.png")
    page.evaluate(CLOSE)
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    shown = [(cell["source"], output) for cell in cells for output in cell["outputs"]]
    failed = [(source, o["text"]) for source, o in shown if o["type"] == "error" or o["name"] == "stderr"]
    assert failed == []
    assert page.troubles == []
