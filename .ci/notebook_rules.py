"""The rules of a lesson's page, as data and short checks; tests/test_notebooks.py runs them on every notebook."""

from __future__ import annotations

import ast
import re
import statistics
from itertools import pairwise

from nbformat import NotebookNode

FRAME = [
    "What you will be able to do",
    "What you need first",
    "Minutes",
    "What we saw",
    "Exercises",
    "Quiz",
    "Where to go next",
]
MAX_CELLS, MAX_CODE_LINES, MAX_WORDS = 60, 12, 80
MAX_LETTERS = 100  # of a code line; JupyterLab shows about so many on a laptop
FORBIDDEN = {
    r"^\s*[%!]": "a magic or shell line",
    r"except\s*:": "a bare except",
    r"import \*": "a star import",
    r"sys\.path": "sys.path",
    r"filterwarnings\(.ignore": "silenced warnings",
    r"NBVAL_SKIP|NBVAL_IGNORE": "an unchecked cell",
}


def broken_rules(name: str, notebook: NotebookNode) -> list[str]:
    """Return one sentence for each rule that the lesson breaks."""
    complaints = [
        *frame(notebook),
        *order(notebook),
        *sizes(notebook),
        *long_lines(notebook),
        *code_rules(notebook),
        *names_learners(notebook),
    ]
    return [f"{name}: {complaint}" for complaint in complaints]


def headings(notebook: NotebookNode) -> list[str]:
    """Return the second-level headings in reading order."""
    prose = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    return re.findall(r"^## (.+)$", prose, flags=re.M)


def frame(notebook: NotebookNode) -> list[str]:
    """The seven headings, in order, under one title."""
    found = [h for h in headings(notebook) if h in FRAME]
    title = re.match(r"# Lesson \d\d · .+", notebook.cells[0].source)
    return ([] if title else ["the first cell must begin with '# Lesson NN · Title'"]) + (
        [] if found == FRAME else [f"the frame must be {FRAME}, found {found}"]
    )


def order(notebook: NotebookNode) -> list[str]:
    """Markdown stands before every code cell."""
    pairs = zip(notebook.cells, notebook.cells[1:], strict=False)
    return [
        f"code cell {after.id} has no markdown before it"
        for before, after in pairs
        if after.cell_type == "code" and before.cell_type != "markdown"
    ]


def visible(source: str) -> list[str]:
    """Lines that a reader has to read: no blank ones, no markers, no solution of an exercise."""
    source = re.sub(r"\s*### BEGIN SOLUTION.*?### END SOLUTION", "", source, flags=re.S)
    return [line for line in source.splitlines() if line.strip()]


def without_quiz(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells but for the quiz: its questions, each opened on its own, and the form that asks them."""
    return [c for c in notebook.cells if not re.search(r'^## Quiz|^quiz\("\d\d"\)$', c.source, flags=re.M)]


def sizes(notebook: NotebookNode) -> list[str]:
    """Cells, lines and words stay within what a reader can hold."""
    cells = without_quiz(notebook)
    code = {c.id: len(visible(c.source)) for c in cells if c.cell_type == "code"}
    words = {
        c.id: len(re.sub(r"<details>.*?</details>|^\|[^\n]*$|```.*?```", "", c.source, flags=re.S | re.M).split())
        for c in cells
        if c.cell_type == "markdown"
    }
    complaints = [
        f"code cell {i} has {n} lines, at most {MAX_CODE_LINES}" for i, n in code.items() if n > MAX_CODE_LINES
    ]
    before_code = {b.id for b, a in pairwise(cells) if a.cell_type == "code"}
    complaints += [
        f"markdown cell {i} has {n} words before its code, at most {MAX_WORDS}"
        for i, n in words.items()
        if n > MAX_WORDS and i in before_code
    ]
    if len(cells) > MAX_CELLS:
        complaints.append(f"{len(cells)} cells, at most {MAX_CELLS}")
    if code and statistics.median(code.values()) > 6:
        complaints.append(f"the median code cell has {statistics.median(code.values())} lines, aim at 4")
    return complaints


def long_lines(notebook: NotebookNode) -> list[str]:
    """No code line runs out of the window."""
    return [
        f"code cell {c.id} has a line of {len(line)} letters, at most {MAX_LETTERS}: {line.strip()}"
        for c in notebook.cells
        if c.cell_type == "code"
        for line in visible(c.source)
        if len(line) > MAX_LETTERS
    ]


def code_rules(notebook: NotebookNode) -> list[str]:
    """Nothing that hides state, errors or warnings."""
    return [
        f"code cell {c.id} has {what}"
        for c in notebook.cells
        if c.cell_type == "code"
        for pattern, what in FORBIDDEN.items()
        if re.search(pattern, c.source, flags=re.M)
    ]


def names_learners(notebook: NotebookNode) -> list[str]:
    """At least three exercises are checked."""
    asked = set(re.findall(r"check\(\"(\d\d\.\d+)\"", "\n".join(c.source for c in notebook.cells)))
    return [] if len(asked) >= 3 else [f"{len(asked)} exercises, at least 3"]


def check_exercises_unsolved(name: str, notebook: NotebookNode) -> list[str]:
    """No marker and no solved exercise is left in a learner's copy; every cell parses."""
    complaints = []
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        ast.parse(cell.source)
        if "SOLUTION" in cell.source:
            complaints.append(f"{name}: cell {cell.id} still holds a solution marker")
    return complaints
