"""Five hundred moves of every panel that has a slider: what stays in the kernel's memory, and in the page's."""

from __future__ import annotations

import pytest

from tests.browser.notebook import IDLE, Notebook
from tests.browser.panels import PANELS, PREPARE, cell_of, write_notebook

KERNEL_MEGABYTES = """import gc, psutil
gc.collect(); print(psutil.Process().memory_info().rss / 2 ** 20)"""
COUNT_PICTURES = """() => { window.__pictures = 0;
  const {createObjectURL, revokeObjectURL} = URL;
  URL.createObjectURL = blob => { window.__pictures++; return createObjectURL.call(URL, blob); };
  URL.revokeObjectURL = url => { if (url) window.__pictures--; revokeObjectURL.call(URL, url); }; }"""
MOVE = """async ([panel, times]) => {
  const handles = [...panel.querySelectorAll('.noUi-handle')], seen = new Set();
  for (let i = 0; i < times; i++) {
    const key = i % 12 === 0 ? 'Home' : 'ArrowRight', handle = handles[Math.floor(i / 12) % handles.length];
    handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
    await new Promise(requestAnimationFrame);
    seen.add(panel.querySelector('img').src);
  }
  return seen.size; }"""
WARM_UP, MOVES, ROOM_MEGABYTES = 100, 500, 20


@pytest.fixture(scope="module")
def gallery(page, lab):
    """A notebook with every panel in it, run once."""
    page.troubles.clear()
    write_notebook(lab, "gallery.ipynb", [PREPARE, *(cell_of(name) for name in PANELS)])
    opened = Notebook.opened(page, lab, "gallery.ipynb")
    page.evaluate(COUNT_PICTURES)
    opened.run_all()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def metrics(page):
    """Ask the page, after its garbage was collected, for Chromium's own figures."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def ask() -> dict[str, float]:
        devtools.send("HeapProfiler.collectGarbage")
        return {m["name"]: m["value"] for m in devtools.send("Performance.getMetrics")["metrics"]}

    yield ask
    devtools.detach()


@pytest.mark.parametrize("name", PANELS)
def test_five_hundred_moves_leave_no_memory_behind(name, gallery, metrics, shots):
    """One move an animation frame, faster than any hand; ipywidgets drops what the kernel cannot follow."""
    page, panel = gallery.page, gallery.panels()[list(PANELS).index(name)]
    panel.element.scroll_into_view_if_needed()
    panel.element.screenshot(path=shots / f"{name}.png")

    def measured(times: int) -> tuple[int, dict[str, float]]:
        pictures = page.evaluate(MOVE, [panel.element, times])
        page.wait_for_timeout(200)
        page.wait_for_function(IDLE)
        kernel, found = float(gallery.ask_kernel(KERNEL_MEGABYTES)), metrics()
        held = page.evaluate("() => window.__pictures")
        return pictures, {"kernel": kernel, "page": found["JSHeapUsedSize"] / 2**20} | {
            "nodes": found["Nodes"] / 1000, "listeners": found["JSEventListeners"] / 1000, "pictures": held
        }  # fmt: skip

    _, before = measured(WARM_UP)
    pictures, after = measured(MOVES)
    growth = {what: round(after[what] - before[what], 2) for what in after}
    print(f"{name}: {pictures} pictures of {MOVES} moves; growth in MB (and thousands): {growth}")
    assert pictures > MOVES / 25
    assert growth["kernel"] < ROOM_MEGABYTES
    assert growth["page"] < ROOM_MEGABYTES
    assert growth["nodes"] < 1
    assert growth["listeners"] < 1
    assert growth["pictures"] == 0
    assert page.troubles == []
