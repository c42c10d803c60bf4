"""A notebook in JupyterLab, and the panels in it, as a learner's hands and eyes meet them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.browser.server import Lab

RUN_SECONDS = 300
CHANGE_SECONDS = 5.0
IDLE = "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
CLOSE = """async () => { const shell = window.jupyterapp.shell.currentWidget;
  await shell.sessionContext.shutdown(); shell.context.model.dirty = false; shell.close(); }"""
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code').map(c => ({
  source: c.model.sharedModel.getSource(), count: c.model.executionCount,
  outputs: c.model.outputs.toJSON().map(o => (
    {type: o.output_type, name: o.name ?? '', text: String(o.text ?? o.evalue ?? '')})),
}))"""
RUN_IN_KERNEL = """async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code, store_history: false}); let text = '';
  future.onIOPub = m => { if (m.header.msg_type === 'stream') text += m.content.text;
                          if (m.header.msg_type === 'error') text += m.content.evalue; };
  await future.done; return text; }"""


@dataclass(frozen=True)
class Notebook:
    """A notebook that is open in the browser."""

    page: object
    name: str

    @classmethod
    def opened(cls, page, lab: Lab, name: str) -> Notebook:
        """Open it and wait until its kernel is ready."""
        page.set_default_timeout(RUN_SECONDS * 1000)
        page.goto(f"{lab.address}/lab/tree/{name}?token={lab.token}&reset")
        page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=90_000)
        page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell", timeout=90_000)
        page.wait_for_function(IDLE, timeout=90_000)
        return cls(page, name.removesuffix(".ipynb"))

    def run_all(self) -> None:
        """Run all cells; return when the last one is done."""
        self.page.evaluate(RUN_ALL)
        self.page.wait_for_function(IDLE)

    def cells(self) -> list[dict]:
        """Return source, execution count and outputs of every code cell."""
        return self.page.evaluate(CELLS)

    def ask_kernel(self, code: str) -> str:
        """Run code in the notebook's kernel, outside of any cell, and return what it prints."""
        return self.page.evaluate(RUN_IN_KERNEL, code).strip()

    def panels(self) -> list[PanelOnPage]:
        """Return the panels that are on the page, top to bottom."""
        return [PanelOnPage(self.page, found) for found in self.page.query_selector_all(".course-panel")]

    def close(self) -> None:
        """End the kernel and close the notebook without saving."""
        self.page.evaluate(CLOSE)


@dataclass(frozen=True)
class PanelOnPage:
    """One panel, found on the page."""

    page: object
    element: object

    def sliders(self) -> list:
        """Return the handles of all sliders."""
        return self.element.query_selector_all(".noUi-handle")

    def shown(self) -> tuple[str, str]:
        """Return the picture's address, which is new for every new picture, and the caption."""
        picture = self.element.query_selector("img.widget-image").get_attribute("src")
        return picture, self.element.query_selector(".course-panel-caption").text_content()

    def pixels(self) -> bytes:
        """Return the picture as it is on the screen."""
        return self.element.query_selector("img.widget-image").screenshot()

    def title(self) -> str:
        """Return the panel's title."""
        return self.element.query_selector(".course-panel-title").text_content()

    def change_after(self, action) -> tuple[bool, bool]:
        """Do something; tell whether picture and caption changed, each within a few seconds."""
        before = self.shown()
        action()
        deadline = time.monotonic() + CHANGE_SECONDS
        while time.monotonic() < deadline:
            now = self.shown()
            if now[0] != before[0] and now[1] != before[1]:
                break
            self.page.wait_for_timeout(20)
        return now[0] != before[0], now[1] != before[1]
