"""How long from a key press to the new picture on the screen: ``python -m tests.browser.latency``.

A stopwatch in the page starts at the keydown event and stops two animation frames after the new picture was decoded.
Beside the panels, the Grad-CAM explorer written with ``interact`` and ``plt.show()`` is measured in the same run.
Nothing is asserted: the numbers belong to the machine.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import nbformat

from tests.browser.notebook import Notebook
from tests.browser.server import CHROMIUM, NO_CHROMIUM, Lab, chromium_page, running_lab

MOVES, WARM_UP = 25, 4
WAIT_SECONDS = 10
STOPWATCH = """(root) => {
  const watch = window.__watch = {start: null, end: null, armed: false};
  const shown = () => [...root.querySelectorAll('img')].map(i => i.src).join('|');
  let last = shown();
  document.addEventListener('keydown', () => {
    if (watch.armed && watch.start === null) watch.start = performance.now(); }, true);
  const look = async () => {
    const now = shown();
    if (!watch.armed || watch.start === null || now === last || now === '') return;
    watch.armed = false; last = now;
    await Promise.all([...root.querySelectorAll('img')].map(i => i.decode().catch(() => 0)));
    requestAnimationFrame(() => requestAnimationFrame(() => { watch.end = performance.now(); }));
  };
  const what = {subtree: true, childList: true, attributes: true, attributeFilter: ['src']};
  new MutationObserver(look).observe(root, what);
  watch.arm = () => { last = shown(); watch.start = watch.end = null; watch.armed = true; };
}"""
PREPARE = """from course_utils.datasets import shapes10
from course_utils.shipped import load_shipped
from course_utils import panels
from course_utils.panels import activation_surgery, draw_and_explain, event_timeline, grad_cam_explorer
from course_utils.panels import gradient_knob, kernels_and_maps, late_binding, learning_rate

model, data = load_shipped("simplecnn_shapes10").model, shapes10(12, seed=42)"""
INTERACT = """import matplotlib.pyplot as plt
from ipywidgets import IntSlider, interact

scene = grad_cam_explorer.prepared(model, data)

def explore(opacity):
    figure, axes = plt.subplots(2, 3, figsize=(7.6, 4.7))
    for row, c in zip(axes, grad_cam_explorer.asked(scene, grad_cam_explorer.State())):
        one = scene.maps["conv2"][0, c]
        row[0].imshow(data.images[0].permute(1, 2, 0))
        row[1].imshow(one)
        row[2].imshow(grad_cam_explorer.overlaid(scene.album.images[0], one / one.max(), opacity / 20, "viridis"))
    axes[0, 0].set_title(f"opacity {opacity}")
    plt.show()

interact(explore, opacity=IntSlider(10, 0, 20));"""
REDRAW, RUNS = "only redraws", "runs SimpleCNN"
PANELS = {
    "event_timeline.panel()": ("Chen stops at", REDRAW),
    "late_binding.panel()": ("Moment", REDRAW),
    "learning_rate.panel()": ("Learning rate", REDRAW),
    "gradient_knob.panel()": ("How much", REDRAW),
    "kernels_and_maps.panel(model, data)": ("Channel", REDRAW),
    "grad_cam_explorer.panel(model, data)": ("Opacity", REDRAW),
    "activation_surgery.panel(model, data)": ("First channel", RUNS),
    "draw_and_explain.panel(model, data.class_names, data.images[0])": ("Opacity", RUNS),
}


def measured(page, root, handle) -> list[float]:
    """Press an arrow key again and again; return the milliseconds of each press."""
    page.evaluate(STOPWATCH, root)
    handle.focus()
    times = []
    for number in range(WARM_UP + MOVES):
        page.evaluate("() => window.__watch.arm()")
        page.keyboard.press("ArrowRight" if number // 3 % 2 == 0 else "ArrowLeft")
        page.wait_for_function("() => window.__watch.end !== null", timeout=WAIT_SECONDS * 1000)
        times.append(page.evaluate("() => window.__watch.end - window.__watch.start"))
        page.wait_for_timeout(60)
    return times[WARM_UP:]


def report(name: str, kind: str, times: list[float]) -> None:
    high = sorted(times)[int(0.95 * len(times))]
    print(f"{name:28} {kind:16} median {statistics.median(times):5.0f} ms   95 % below {high:5.0f} ms", flush=True)


def main(lab: Lab, page) -> None:
    """Measure one panel after the other, and the rival, and print a line for each."""
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    cells = [nbformat.v4.new_code_cell(source) for source in (PREPARE, *PANELS, INTERACT)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), lab.folder / "latency.ipynb")
    notebook = Notebook.opened(page, lab, "latency.ipynb")
    notebook.run_all()
    page.wait_for_timeout(6000)  # JupyterLab goes on loading for a while
    for panel, (code, (label, kind)) in zip(notebook.panels(), PANELS.items(), strict=True):
        panel.element.scroll_into_view_if_needed()
        (handle,) = [h for h in panel.sliders() if h.get_attribute("aria-label") == label]
        report(code.partition(".")[0], kind, measured(page, panel.element, handle))
    rival = page.query_selector(".widget-interact")
    rival.scroll_into_view_if_needed()
    report("interact and plt.show", "the explorer", measured(page, rival, rival.query_selector(".noUi-handle")))
    notebook.close()


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit(NO_CHROMIUM)
    with tempfile.TemporaryDirectory() as temporary:
        home, folder = Path(temporary), Path(temporary) / "notebooks"
        folder.mkdir()
        with running_lab(home, folder) as running, chromium_page(home / "chromium") as opened:
            main(running, opened)
