"""The project's own files agree with each other, and the house stands as it was drawn."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "course_utils").rglob("*.py"))
TOP_LEVEL = {
    *("notebooks", "course_utils", "data", "tests", "environment.yml", "README.md"),
    *("pyproject.toml", "constraints.txt", "Makefile", "LICENSE", ".ci", ".gitignore"),
}


def plain(name):
    """The name as the registries compare it: lower case, dashes."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lines):
    """Read name==version lines."""
    return {
        plain(n): v for n, v in (line.strip(" -").split("==") for line in lines if "==" in line and "#" not in line)
    }


CONSTRAINTS = pins((ROOT / "constraints.txt").read_text().splitlines())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_every_package_of_pyproject_has_an_exact_version():
    wanted = {plain(n) for n in [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]}
    assert wanted <= CONSTRAINTS.keys()


def test_conda_route_has_the_same_packages_and_versions():
    environment = pins((ROOT / "environment.yml").read_text().splitlines())
    assert environment == {plain(n): CONSTRAINTS[plain(n)] for n in PROJECT["dependencies"]}


def test_pyproject_leaves_versions_to_constraints():
    assert not [n for n in PROJECT["dependencies"] if re.search(r"[<>=~]", n)]


def test_installed_versions_are_the_pinned_ones():
    from importlib.metadata import version

    for name in PROJECT["dependencies"]:
        assert version(name).split("+")[0] == CONSTRAINTS[plain(name)], name


def test_top_level_is_the_design_card():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    tracked = {line.split("/")[0] for line in listed if line}
    if not tracked:
        pytest.skip("not a git checkout")
    assert tracked <= TOP_LEVEL


def test_help_lists_every_target():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in (
        "lab",
        "test",
        "notebooks",
        "browser-test",
        "bench",
        "latency",
        "slides",
        "homework",
        "doctor",
        "clean",
        "help",
    ):
        assert re.search(rf"make {target} ", shown), target


def test_setup_refuses_an_unknown_group_and_an_unknown_torch():
    for command, message in (
        ("TORCH= bash .ci/setup.sh all", "unknown group"),
        ("TORCH=gpu bash .ci/setup.sh lab", "TORCH can be"),
    ):
        done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert message in done.stderr


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, course_utils; print([m for m in ('torch', 'numpy', 'matplotlib', 'IPython') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_are_small_rooms(path):
    source = path.read_text()
    assert len(source.splitlines()) <= 220, "more than one room?"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            docstring = len((ast.get_docstring(node, clean=False) or "").splitlines())
            assert node.end_lineno - node.lineno + 1 - docstring <= 32, f"{node.name} is long"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_public_functions_and_classes_say_what_they_are(path):
    for node in ast.parse(path.read_text()).body:
        overloads = [d for d in getattr(node, "decorator_list", []) if getattr(d, "id", "") == "overload"]
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not overloads:
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def test_no_path_of_a_machine_and_no_loose_end():
    patterns = (
        "course_utils/**/*.py",
        "tests/**/*.py",
        ".ci/*",
        "*.*",
        "Makefile",
        "notebooks/**/*.ipynb",
        "data/*.md",
    )
    wrong = re.compile(r"(?<![\w.])/(work|root|home)/|\bTO" + r"DO\b|\bFIX" + r"ME\b")
    for path in {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}:
        found = wrong.search(path.read_text(errors="replace"))
        assert not found, f"{path.relative_to(ROOT)} holds {found.group() if found else ''}"
