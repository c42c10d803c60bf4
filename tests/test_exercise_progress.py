"""The learner's progress: a local file that is never lost, and that never breaks anything."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_exercises import put_on_shelf

from course_utils.exercises import check, progress, record


@pytest.fixture
def shelf(monkeypatch, tmp_path):
    """Lesson 99 alone, and an empty folder for the progress."""
    return put_on_shelf(monkeypatch, tmp_path)


def double(number):
    return 2 * number


def test_right_answer_is_remembered_in_a_file_that_can_be_read(shelf):
    check("99.1", double)
    content = json.loads((shelf / ".course-progress.json").read_text())
    assert content["right"] == ["99.1"]
    assert "nothing is sent anywhere" in content["about"]


def test_only_right_answers_are_remembered(shelf):
    check("99.2", 192)
    check("99.2", ...)
    assert not (shelf / ".course-progress.json").exists()


def test_progress_shows_what_is_done_lesson_by_lesson(shelf):
    check("99.1", double)
    assert repr(progress()) == (
        "Your progress · ✓ right, ○ still to do\n"
        "  Lesson 99: 1 of 2   ✓ 99.1  ○ 99.2\n"
        "  Note:      kept in `.course-progress.json`, and sent nowhere; delete that file to begin anew"
    )


def test_deleted_file_begins_anew(shelf):
    check("99.1", double)
    (shelf / ".course-progress.json").unlink()
    assert "0 of 2" in repr(progress())


def test_empty_course_progress_keeps_no_file(shelf, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "")
    assert check("99.1", double).notes == ()
    assert list(shelf.iterdir()) == []
    assert "COURSE_PROGRESS is empty" in repr(progress())


def test_course_progress_names_another_file(shelf, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "mine.json")
    check("99.1", double)
    assert [path.name for path in shelf.iterdir()] == ["mine.json"]


def test_damaged_file_is_put_aside_and_told_once(shelf):
    file = shelf / ".course-progress.json"
    file.write_text("{half")
    told = check("99.1", double).notes
    assert "was damaged (it is not JSON): it is kept as `.course-progress.json.damaged`" in told[0]
    assert (shelf / ".course-progress.json.damaged").read_text() == "{half"
    assert "1 of 2" in repr(progress())
    assert check("99.1", double).notes == ()


def test_second_damaged_file_does_not_replace_the_first(shelf):
    for text in ("{first", "{second"):
        (shelf / ".course-progress.json").write_text(text)
        check("99.1", double)
    assert (shelf / ".course-progress.json.damaged").read_text() == "{first"
    assert (shelf / ".course-progress.json.damaged1").read_text() == "{second"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=60)
    | st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.just("right"), inner)).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_no_content_of_the_file_breaks_anything(shelf, content):
    (shelf / ".course-progress.json").write_bytes(content)
    record.exercises_done()
    record.remember("99.1")
    done, trouble = record.exercises_done()
    assert "99.1" in done
    assert trouble == ""


def test_read_only_file_is_left_alone_and_told_once(shelf):
    file = shelf / ".course-progress.json"
    file.write_text('{"right": []}')
    file.chmod(0o444)
    assert "could not be written to `.course-progress.json` (it is read-only)" in check("99.1", double).notes[0]
    assert check("99.1", double).notes == ()
    assert file.read_text() == '{"right": []}'
    assert list(shelf.iterdir()) == [file]


@pytest.mark.parametrize("place", ["folder", "missing/file.json", os.devnull])
def test_place_that_cannot_be_used_is_told_and_nothing_breaks(shelf, monkeypatch, place):
    (shelf / "folder").mkdir()
    monkeypatch.setenv("COURSE_PROGRESS", place)
    outcome = check("99.1", double)
    assert outcome.kind == "right"
    assert "could not be written" in outcome.notes[0]
    assert "0 of 2" in repr(progress())
    assert os.path.exists(os.devnull)


def test_file_that_cannot_be_read_is_left_alone(shelf, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    (shelf / ".course-progress.json").write_text("{}")
    monkeypatch.setattr("pathlib.Path.read_text", refuse)
    assert "(Permission denied)" in check("99.1", double).notes[0]
    assert "cannot be used (Permission denied)" in repr(progress())
