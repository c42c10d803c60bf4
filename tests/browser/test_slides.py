"""Every slide of every lesson fits a screen of 1280x720, asks for no network, and describes its pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from slides import build, fetch_reveal, misfits

from tests.browser.conftest import LESSONS


@pytest.fixture(scope="module")
def beamer(page):
    """The page in the size of a lecture hall's screen."""
    fetch_reveal()
    before = page.viewport_size
    page.set_viewport_size({"width": 1280, "height": 720})
    yield page
    page.set_viewport_size(before)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_slide_fits_the_screen(beamer, path: Path):
    build(path.stem)
    assert misfits(beamer, path.stem) == []
