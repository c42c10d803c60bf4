"""Every lesson runs to its end in a real browser, and every slider in it does what a hand wants."""

from __future__ import annotations

import json
from importlib.resources import files

AXE = files("axe_playwright_python") / "axe.min.js"  # axe-core, as this package carries it
RUN_AXE = """async () => (await axe.run('.course-panel', {resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => ({rule: v.id, impact: v.impact, where: v.nodes.map(n => n.html.slice(0, 200))}))"""


def test_lesson_runs_to_its_end(lesson, shots):
    cells = lesson.cells()
    lesson.page.screenshot(path=shots / f"{lesson.name}.png")
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    shown = [(cell["source"], output) for cell in cells for output in cell["outputs"]]
    failed = [(source, o["text"]) for source, o in shown if o["type"] == "error" or o["name"] == "stderr"]
    assert failed == []


def test_every_slider_follows_the_keyboard(lesson, shots):
    for number, panel in enumerate(lesson.panels()):
        panel.element.scroll_into_view_if_needed()
        panel.element.screenshot(path=shots / f"{lesson.name}-panel-{number}.png")
        for handle in panel.sliders():
            handle.focus()
            name = handle.get_attribute("aria-label")
            assert name, "a slider without a name"
            for key in ("Home", "ArrowRight", "End", "ArrowLeft"):
                at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute(
                    "aria-valuemin" if key == "Home" else "aria-valuemax"
                )
                if key in ("Home", "End") and at_end:
                    continue
                changed = panel.change_after(lambda key=key: lesson.page.keyboard.press(key))
                assert changed == (True, True), f"{panel.title()}: {name}, {key} (picture, caption)"


def test_every_slider_follows_the_mouse(lesson):
    for panel in lesson.panels():
        for handle in panel.sliders():
            handle.scroll_into_view_if_needed()
            name, box = handle.get_attribute("aria-label"), handle.bounding_box()
            right = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemin")

            def drag(box=box, step=8 if right else -8):
                x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
                lesson.page.mouse.move(x, y)
                lesson.page.mouse.down()
                for moved in range(1, 16):
                    lesson.page.mouse.move(x + step * moved, y)
                lesson.page.mouse.up()

            assert panel.change_after(drag) == (True, True), f"{panel.title()}: {name}"
            lesson.page.wait_for_timeout(300)


def test_panels_have_no_serious_fault_for_readers_with_disabilities(lesson):
    if lesson.panels():
        lesson.page.evaluate(AXE.read_text())
        found = lesson.page.evaluate(RUN_AXE)
        assert not found, json.dumps(found, indent=1)


def test_reset_brings_every_panel_back(lesson):
    for panel in lesson.panels():
        panel.element.query_selector("text=Reset").click()
        lesson.page.wait_for_timeout(300)
        assert panel.element.query_selector(".course-panel-error").text_content() == ""


def test_the_console_stays_clean(lesson):
    assert lesson.page.troubles == []
