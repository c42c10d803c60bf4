"""Where a slide begins, and what is on it. That every slide fits a screen is looked at in tests/browser."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from slides import described, faults, height, mark, slide_types

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def picture(alt=""):
    """A picture of 400 pixels as a cell's output."""
    about = {"image/png": {"height": 400} | ({"alt": alt} if alt else {})}
    return new_output("display_data", data={"image/png": "aGk="}, metadata=about)


def test_a_heading_begins_a_slide_and_other_prose_one_below():
    cells = [new_markdown_cell(text) for text in ("# Title", "more", "### Detail", "words\n\n## Next part")]
    assert slide_types(new_notebook(cells=cells)) == ["slide", "subslide", "subslide", "slide"]


def test_code_stands_under_its_prose_if_both_fit():
    cells = [new_markdown_cell("## One"), new_code_cell("1 + 1"), new_markdown_cell("## Two")]
    cells.append(new_code_cell("\n".join(["x = 1"] * 40)))
    assert slide_types(new_notebook(cells=cells)) == ["slide", "-", "slide", "subslide"]


def test_pictures_count_with_their_height():
    drawn = new_code_cell("draw()", outputs=[picture(), picture()])
    assert height(drawn) > 2 * 400
    assert slide_types(new_notebook(cells=[new_markdown_cell("## Part"), drawn])) == ["slide", "subslide"]


def test_exercises_show_their_task_and_the_quiz_stays_in_the_notebook():
    texts = ["## Exercises\n\n### 01.1", "## Quiz\n\n**Q1.**", "## Where to go next"]
    cells = [new_markdown_cell(text) for text in texts]
    cells.insert(1, new_code_cell("answer = ..."))
    cells.insert(3, new_code_cell('quiz("01")'))
    assert slide_types(new_notebook(cells=cells)) == ["slide", "skip", "skip", "skip", "slide"]


def test_a_picture_without_a_description_gets_the_caption_printed_under_it():
    printed = new_output("stream", name="stdout", text="Star: 87% of the heat\nlies on the object.\n")
    notebook = new_notebook(cells=[new_code_cell("show()", outputs=[picture(), printed, picture("A heart")])])
    outputs = described(notebook).cells[0].outputs
    assert outputs[0].metadata.alt == "Star: 87% of the heat lies on the object."
    assert outputs[2].metadata.alt == "A heart"


@pytest.mark.parametrize(
    ("slide", "words"),
    [
        (("one", 1.0, 720, 0, 0), []),
        (("one", 1.0, 721, 0, 0), ["721 pixels high"]),
        (("one", 1.0, 0, 0, 0), ["0 pixels high"]),
        (("one", 1.0, 700, 5, 0), ["5 too wide"]),
        (("one", 0.5, 700, 0, 2), ["at zoom 0.5 only", "2 pictures without"]),
    ],
)
def test_faults_of_a_slide_are_named(slide, words):
    found = list(faults(*slide))
    assert len(found) == len(words)
    assert all(word in fault for word, fault in zip(words, found, strict=True))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_stored_slide_types_follow_the_rule(path):
    stored = nbformat.read(path, as_version=4)
    wanted = [cell.metadata.slideshow for cell in mark(nbformat.read(path, as_version=4)).cells]
    assert [cell.metadata.get("slideshow") for cell in stored.cells] == wanted, "run `.ci/slides.py mark`"
    solution = nbformat.read(path.parent / "solutions" / path.name, as_version=4)
    assert [cell.metadata.get("slideshow") for cell in solution.cells] == wanted
