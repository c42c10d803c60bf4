"""Slides from the lessons: nbconvert to reveal.js, without a network.

    python .ci/slides.py build [NAME ...]    notebooks/NAME.ipynb becomes .slides/NAME.html (all, or those named)
    python .ci/slides.py check [NAME ...]    every slide fits a screen of 1280x720, measured in Chromium
    python .ci/slides.py mark [NAME ...]     write the slide types into the notebooks, without running them

Where a slide begins follows from the lesson by one rule, `slide_types`; nobody sets it by hand.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "notebooks"
PLACE = ROOT / ".slides"
REVEAL = "sphinx-revealjs==3.2.1"  # it carries reveal.js 5; pip needs no Node
ROOM = 820  # pixels that a slide may need before it is zoomed to 1280x720
SMALLEST_ZOOM = 0.6  # what the last row can still read
MEASURE = """() => leaves().map((one) => {
    const place = Reveal.getIndices(one);
    Reveal.slide(place.h, place.v || 0);
    const zoom = Number(one.dataset.zoom), title = one.innerText.trim().split("\\n")[0].slice(0, 60);
    const nameless = [...one.querySelectorAll("img")].filter((img) => !img.alt || /^No desc/.test(img.alt));
    return [title, zoom, one.scrollHeight * zoom, (one.scrollWidth - one.clientWidth) * zoom, nameless.length];
})"""
LINE, CODE_LINE, LETTERS = 31, 25, 105  # height of a line in pixels, and letters in it


def slide_types(notebook: NotebookNode) -> list[str]:
    """Return the slide type of each cell: a heading begins a slide, other prose a slide below it.

    A code cell stands under its prose if both fit together with the output, and else below, on its own. Exercises
    show their task only, and the quiz is left to the notebook.
    """
    types: list[str] = []
    section, used = "", 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = re.findall(r"^## (.+)$", cell.source, flags=re.M)
            section = "Quiz" if "Quiz" in found else (found or [section])[-1]
        used += height(cell)
        kind = _type(cell, section, fits=used <= ROOM)
        used = height(cell) if kind in ("slide", "subslide") else used
        types.append(kind)
    return types


def _type(cell: NotebookNode, section: str, fits: bool) -> str:
    if section == "Quiz" or (section == "Exercises" and cell.cell_type == "code"):
        return "skip"
    if cell.cell_type == "markdown":
        return "slide" if re.search(r"^##? ", cell.source, flags=re.M) else "subslide"
    return "-" if fits else "subslide"


def height(cell: NotebookNode) -> int:
    """Estimate how many pixels a cell needs on a slide, outputs included."""
    if cell.cell_type == "markdown":
        parts = cell.source.split("\n\n")
        headings = len(re.findall(r"^#+ ", cell.source, flags=re.M))
        return sum(LINE * (1 + len(part) // LETTERS) + 18 for part in parts) + 30 * headings
    return CODE_LINE * (cell.source.count("\n") + 1) + 24 + sum(map(_output_height, cell.get("outputs", [])))


def _output_height(output: NotebookNode) -> int:
    data = output.get("data", {})
    if "image/png" in data:
        return int(output.metadata.get("image/png", {}).get("height", 400)) + 10
    text = str(output.get("text", "")) or str(data.get("text/plain", ""))
    return CODE_LINE * sum(1 + len(line) // LETTERS for line in text.splitlines()) + 10


def mark(notebook: NotebookNode) -> NotebookNode:
    """Write the slide types into the cells' metadata, in place."""
    for cell, kind in zip(notebook.cells, slide_types(notebook), strict=True):
        cell.metadata["slideshow"] = {"slide_type": kind}
    return notebook


def mark_files(name: str) -> str:
    """Mark a lesson, and its solution alike: the learner's copy decides, for it is what is shown. Return the name."""
    lesson = LESSONS / f"{name}.ipynb"
    marked = mark(nbformat.read(lesson, as_version=4))
    kinds = {cell.id: cell.metadata.slideshow for cell in marked.cells}
    for path in (lesson, LESSONS / "solutions" / f"{name}.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.metadata["slideshow"] = kinds[cell.id]
        nbformat.write(notebook, path)
    return name


def build(name: str) -> Path:
    """Write the slides of one lesson; return the page."""
    from nbconvert import SlidesExporter

    notebook = mark(nbformat.read(LESSONS / f"{name}.ipynb", as_version=4))
    exporter = SlidesExporter(
        template_name="course_slides",
        extra_template_basedirs=[str(ROOT / ".ci")],
        reveal_url_prefix="reveal.js",
        reveal_theme="white",
        embed_images=True,
    )
    page, _ = exporter.from_notebook_node(described(notebook), {"metadata": {"name": name}})
    path = PLACE / f"{name}.html"
    path.write_text(page)
    return path


def described(notebook: NotebookNode) -> NotebookNode:
    """Give each picture without a description the caption that is printed under it, or all that its cell prints."""
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        for output, below in zip_longest(outputs, outputs[1:], fillvalue={}):
            if "image/png" in output.get("data", {}):
                about = output.metadata.setdefault("image/png", {})
                printed = below.get("text") or " ".join(one.get("text", "") for one in outputs)
                output.metadata["alt"] = about.get("alt") or " ".join(printed.split())[:600] or "a picture"
    return notebook


def fetch_reveal() -> None:
    """Put reveal.js beside the pages, from the package sphinx-revealjs, once."""
    if (PLACE / "reveal.js").exists():
        return
    PLACE.mkdir(exist_ok=True)
    package = PLACE / "package"
    command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    constraints = ["-c", str(ROOT / "constraints.txt"), "--target", str(package), REVEAL]
    subprocess.run([*command, *constraints], check=True)
    shutil.move(package / "sphinx_revealjs" / "_static" / "revealjs", PLACE / "reveal.js")
    shutil.rmtree(package)


@contextmanager
def screen() -> Iterator[Page]:
    """Open a page of 1280x720 in Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1280, "height": 720})
        browser.close()


def misfits(page: Page, name: str) -> list[str]:
    """Return what is wrong with the slides of one lesson: one sentence for each fault."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.goto((PLACE / f"{name}.html").as_uri())
    page.wait_for_function("document.body.dataset.fitted")
    slides = page.evaluate(MEASURE)
    page.remove_listener("request", note)
    print(f"{name}: {len(slides)} slides, smallest zoom {min(zoom for _, zoom, *_ in slides)}", flush=True)
    outside = {url for url in asked if not url.startswith(("file:", "data:"))}
    return [
        *(f"{name} asks the network for {url}" for url in sorted(outside)),
        *(f"{name}: {fault}" for slide in slides for fault in faults(*slide)),
    ]


def faults(title: str, zoom: float, high: float, wide: float, nameless: int) -> Iterator[str]:
    """Yield what is wrong with one slide: its size in pixels of the screen, and its pictures."""
    if not 0 < high <= 720 or wide > 1:
        yield f"'{title}' is {high:.0f} pixels high and {wide:.0f} too wide"
    if zoom < SMALLEST_ZOOM:
        yield f"'{title}' fits at zoom {zoom} only, which the last row cannot read"
    if nameless:
        yield f"'{title}' has {nameless} pictures without a description"


def main() -> int:
    """Do what the command line asks; return 1 if a slide does not fit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["mark", "build", "check"])
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    if asked.action == "check":
        names = asked.names or sorted(path.stem for path in PLACE.glob("*.html"))
        with screen() as page:
            complaints = [complaint for name in names for complaint in misfits(page, name)]
        print(*complaints, sep="\n")
        return bool(complaints)
    names = asked.names or sorted(path.stem for path in LESSONS.glob("*.ipynb"))
    if asked.action == "build":
        fetch_reveal()
    for name in names:
        print(mark_files(name) if asked.action == "mark" else build(name).relative_to(ROOT), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
