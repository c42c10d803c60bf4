"""How long from a key press to the new picture on the screen: ``python -m tests.browser.latency [panel ...]``.

A stopwatch in the page starts at the keydown event and stops two animation frames after the new picture was decoded.
Every slider of every panel is measured, or of the panels that are named. Beside them, in the same run, the Grad-CAM
explorer written with ``interact`` and ``plt.show()``. Nothing is asserted: the numbers belong to the machine.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from tests.browser.notebook import Notebook
from tests.browser.panels import PANELS, PREPARE, cell_of, write_notebook
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
RIVAL = """import matplotlib.pyplot as plt
from ipywidgets import IntSlider, interact
from course_utils.panels import grad_cam_explorer

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
RUNS_NETWORK = {"activation_surgery", "draw_and_explain"}


def measured(page, root, handle) -> list[float]:
    """Walk the slider step by step, from end to end; return the milliseconds of each press."""
    page.evaluate(STOPWATCH, root)
    handle.focus()
    times, key = [], "ArrowRight"
    for _ in range(WARM_UP + MOVES):
        key = turned(handle, key)
        page.evaluate("() => window.__watch.arm()")
        page.keyboard.press(key)
        page.wait_for_function("() => window.__watch.end !== null", timeout=WAIT_SECONDS * 1000)
        times.append(page.evaluate("() => window.__watch.end - window.__watch.start"))
        page.wait_for_timeout(60)
    return times[WARM_UP:]


def turned(handle, key: str) -> str:
    """Return the key that goes on in this direction, or back where the slider ends."""
    now, low, high = (handle.get_attribute(f"aria-value{what}") for what in ("now", "min", "max"))
    return {low: "ArrowRight", high: "ArrowLeft"}.get(now, key)


def report(name: str, slider: str, kind: str, times: list[float]) -> None:
    high = sorted(times)[int(0.95 * len(times))]
    median = statistics.median(times)
    print(f"{name:22} {slider:18} {kind:14} median {median:5.0f} ms   95 % below {high:5.0f} ms", flush=True)


def main(lab: Lab, page, names: list[str]) -> None:
    """Measure one panel after the other, and the rival, and print a line for each slider."""
    write_notebook(lab, "latency.ipynb", [PREPARE, *(cell_of(name) for name in names), RIVAL])
    notebook = Notebook.opened(page, lab, "latency.ipynb")
    notebook.run_all()
    page.wait_for_timeout(6000)  # JupyterLab goes on loading for a while
    for panel, name in zip(notebook.panels(), names, strict=True):
        panel.element.scroll_into_view_if_needed()
        kind = "runs SimpleCNN" if name in RUNS_NETWORK else "only redraws"
        for handle in panel.sliders():
            report(name, handle.get_attribute("aria-label"), kind, measured(page, panel.element, handle))
    rival = page.query_selector(".widget-interact")
    rival.scroll_into_view_if_needed()
    times = measured(page, rival, rival.query_selector(".noUi-handle"))
    report("interact, plt.show()", "opacity", "the explorer", times)
    notebook.close()


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit(NO_CHROMIUM)
    if unknown := set(sys.argv[1:]) - set(PANELS):
        sys.exit(f"unknown panels {sorted(unknown)}; choose from {', '.join(PANELS)}, or name none to measure all")
    with tempfile.TemporaryDirectory() as temporary:
        home, folder = Path(temporary), Path(temporary) / "notebooks"
        folder.mkdir()
        with running_lab(home, folder) as running, chromium_page(home / "chromium") as opened:
            main(running, opened, sys.argv[1:] or list(PANELS))
