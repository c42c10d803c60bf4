"""Make the lessons: execute each notebook of notebooks/solutions/ and derive the learner's copy from it.

    python .ci/notebooks.py build [NAME ...]     execute solutions, write learners' copies (all, or those named)
    python .ci/notebooks.py lint [NAME ...]      check the frame and the cell rules
    python .ci/notebooks.py check [NAME ...]     learners' copies are what the solutions give, without running them
    python .ci/notebooks.py import FILE.py ...   a py:percent file becomes a solution notebook (stable cell ids)

A second build writes the same bytes: no time stamps, no versions, stable cell ids, no random widget ids.
"""

from __future__ import annotations

import argparse
import base64
import os
import struct
import sys
from collections.abc import Iterator
from copy import deepcopy
from itertools import groupby
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from notebook_rules import broken_rules, check_exercises_unsolved
from slides import mark_files

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "notebooks"
SOLUTIONS = LESSONS / "solutions"
STUB = "...  # your code here"
CELL_SECONDS = 900
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


def empty(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without outputs, so that nothing old survives."""
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def learners_copy(solution: NotebookNode) -> NotebookNode:
    """Return the notebook with nbgrader's own preprocessor having put a stub where each solution was."""
    from nbgrader.preprocessors import ClearSolutions
    from traitlets.config import Config

    settings = Config(ClearSolutions={"code_stub": {"python": STUB}, "enforce_metadata": False})
    copy, _ = ClearSolutions(config=settings).preprocess(empty(solution), {})
    for cell in copy.cells:
        cell.metadata.pop("nbgrader", None)
    return copy


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run every cell in ``folder`` and return the notebook with what a second run would store again."""
    notebook = empty(notebook)
    os.environ |= {"COURSE_PROGRESS": "", "PYTHONHASHSEED": "0"}
    NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return steady(notebook)


def steady(notebook: NotebookNode) -> NotebookNode:
    """Drop what differs from run to run and says nothing: widget state, versions, PNG remarks, pieces of a text."""
    notebook.metadata = NotebookNode(kernelspec=KERNELSPEC, language_info={"name": "python"})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = with_texts_joined(cell.outputs)
    for output in (o for c in notebook.cells for o in c.get("outputs", [])):
        data = output.get("data", {})
        data.pop("application/vnd.jupyter.widget-view+json", None)
        if "image/png" in data:
            data["image/png"] = without_remarks(data["image/png"])
    return notebook


def with_texts_joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed between two pictures; nbclient's own way tears captions from their pictures."""
    joined: list[NotebookNode] = []
    for printed, group in groupby(outputs, key=lambda output: output.output_type == "stream"):
        if not printed:
            joined += group
            continue
        texts: dict[str, str] = {"stdout": "", "stderr": ""}  # in this order: which came first depends on chance
        for output in group:
            texts[output.name] += output.text
        joined += [nbformat.v4.new_output("stream", name=name, text=text) for name, text in texts.items() if text]
    return joined


def without_remarks(png: str) -> str:
    """Drop the tEXt chunks of a base64 PNG: they name the matplotlib version."""
    raw, kept, at = base64.b64decode(png), bytearray(), 8
    kept += raw[:8]
    while at < len(raw):
        (size,) = struct.unpack(">I", raw[at : at + 4])
        chunk = raw[at : at + size + 12]
        kept += b"" if chunk[4:8] == b"tEXt" else chunk
        at += len(chunk)
    return base64.b64encode(bytes(kept)).decode()


def store(notebook: NotebookNode, path: Path) -> None:
    """Write the notebook whole or not at all."""
    nbformat.validate(notebook)
    draft = path.with_suffix(".ipynb.tmp")
    nbformat.write(notebook, draft)
    os.replace(draft, path)


def build(path: Path) -> None:
    """Execute one solution in place, write the learner's copy beside the other lessons, mark where slides begin."""
    solution = execute(nbformat.read(path, as_version=4), path.parent)
    store(solution, path)
    store(execute(learners_copy(solution), LESSONS), LESSONS / path.name)
    mark_files(path.stem)


def differences(path: Path) -> list[str]:
    """Return what is wrong with the learner's copy: it is missing, out of date, or gives an answer away."""
    copy = LESSONS / path.name
    if not copy.exists():
        return [f"{path.name}: no learner's copy; run `make notebooks`"]
    wanted, stored = learners_copy(nbformat.read(path, as_version=4)), nbformat.read(copy, as_version=4)
    same = [(c.id, c.cell_type, c.source) for c in wanted.cells] == [
        (c.id, c.cell_type, c.source) for c in stored.cells
    ]
    return (
        [] if same else [f"{path.name}: differs from its solution; run `make notebooks`"]
    ) + check_exercises_unsolved(path.name, stored)


def imported(source: Path) -> Path:
    """Turn a py:percent file into a solution notebook whose cell ids are the lesson's number and the cell's place."""
    import jupytext

    notebook = jupytext.read(source)
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"lesson-{source.stem[:2]}-{place:03d}"
        cell.metadata.pop("lines_to_next_cell", None)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    path = SOLUTIONS / f"{source.stem}.ipynb"
    store(steady(empty(notebook)), path)
    return path


def chosen(names: list[str]) -> Iterator[Path]:
    """Yield the solution notebooks that were asked for, or all."""
    paths = sorted(SOLUTIONS.glob("*.ipynb"))
    missing = set(names) - {path.stem for path in paths}
    if missing:
        sys.exit(f"no solution notebook called {sorted(missing)}; there are {[path.stem for path in paths]}")
    return (path for path in paths if not names or path.stem in names)


def main() -> None:
    """Do what the command line asks; exit with 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["build", "lint", "check", "import"])
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    if asked.action == "import":
        print(*(imported(Path(name)).relative_to(ROOT) for name in asked.names), sep="\n")
        return
    complaints: list[str] = []
    for path in chosen(asked.names):
        if asked.action == "build":
            print(f"{path.stem} ...", flush=True)
            build(path)
        elif asked.action == "lint":
            complaints += broken_rules(path.stem, nbformat.read(path, as_version=4))
        else:
            complaints += differences(path)
    print(*complaints, sep="\n")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
