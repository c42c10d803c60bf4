"""A real JupyterLab and a real Chromium, for as long as the tests run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.notebook import Notebook
from tests.browser.server import CHROMIUM, NO_CHROMIUM, ROOT, Lab, chromium_page, running_lab

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a copy of the lessons, so that what a test runs never changes the stored ones."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder, ignore=shutil.ignore_patterns("*.png", "*.pt", ".ipynb_checkpoints"))
    with running_lab(home, folder) as lab:
        yield lab


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory):
    """One browser page for all tests."""
    if CHROMIUM is None:
        pytest.fail(NO_CHROMIUM)
    with chromium_page(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="session")
def shots() -> Path:
    """The folder for screenshots, ignored by git."""
    folder = ROOT / os.environ.get("BROWSER_SHOTS", ".browser-shots")
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest, page, lab: Lab) -> Iterator[Notebook]:
    """A lesson that was opened in the browser and run to its end."""
    page.troubles.clear()
    opened = Notebook.opened(page, lab, request.param.name)
    opened.run_all()
    yield opened
    opened.close()
