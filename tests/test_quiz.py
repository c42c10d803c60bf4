"""The quiz: read from the lesson's own markdown, every option explained, with widgets and without."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.exercises import quiz
from course_utils.exercises.quiz import as_html, plain
from course_utils.exercises.quiz_form import form
from course_utils.exercises.quiz_reading import parse_quiz, read_quiz

LESSONS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("[0-9][0-9]_*.ipynb"))
NUMBERS = [path.name[:2] for path in LESSONS]
SAMPLE = """## Quiz
**Q1.** What does `f(x)` return? (a) `x` (b) nothing, it prints (c) an error

<details><summary>Answer</summary>

**b.** (a) You see *x*, and get `None`. (b) Right: there is no `return`.
(c) It runs well.

</details>

**Q2.** And *why*?

- (a) by luck
- (b) by law

<details><summary>Answer</summary>

(b). The law says so, so (a) goes too far.
</details>
"""


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """The present folder holds lesson 77 with the sample quiz."""
    cell = {"cell_type": "markdown", "source": SAMPLE.splitlines(keepends=True)}
    (tmp_path / "77_sample.ipynb").write_text(json.dumps({"cells": [cell]}))
    monkeypatch.chdir(tmp_path)
    return "77"


def test_questions_options_and_answers_are_read_in_both_ways_of_writing():
    first, second = parse_quiz(SAMPLE)
    assert (first.number, first.text, first.right) == (1, "What does `f(x)` return?", "b")
    assert first.options == {"a": "`x`", "b": "nothing, it prints", "c": "an error"}
    assert (second.text, second.options, second.right) == ("And *why*?", {"a": "by luck", "b": "by law"}, "b")


def test_each_option_gets_its_own_part_of_the_answer():
    first = parse_quiz(SAMPLE)[0]
    assert first.explanations == {
        "a": "You see *x*, and get `None`.",
        "b": "There is no `return`.",
        "c": "It runs well.",
    }


def test_an_option_that_the_answer_only_mentions_gets_all_of_it():
    assert parse_quiz(SAMPLE)[1].explanations["a"] == "The law says so, so (a) goes too far."


@pytest.mark.parametrize(
    ("answer", "of_a", "of_c"),
    [
        ("(b). Yes. (a) and (c) are not true.", "(a) and (c) are not true.", "(a) and (c) are not true."),
        ("(b). Yes. (a) costs nothing; (c) is wrong.", "(a) costs nothing.", "(c) is wrong."),
        ("(b): yes. (a): Both do; (c): none.", "Both do.", "None."),
        ("**b.** Yes. (a) learns it, (c) forgets it.", "(a) learns it.", "(c) forgets it."),
    ],
)
def test_ways_of_writing_an_answer(answer, of_a, of_c):
    text = f"**Q1.** So? (a) x (b) y (c) z\n\n<details><summary>Answer</summary>\n\n{answer}\n</details>"
    explained = parse_quiz(text)[0].explanations
    assert (explained["a"], explained["c"]) == (of_a, of_c)
    assert explained["b"] == "Yes."


@pytest.mark.parametrize("text", ["**Q1.** So? (a) x", "**Q1.** So? (a) x (b) y <details>(c). Hm.</details>"])
def test_a_question_without_options_or_answer_is_refused(text):
    with pytest.raises(ValueError, match="question 1 needs options"):
        parse_quiz(text)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_lesson_has_three_to_five_questions_with_every_option_explained(number):
    questions = read_quiz(number)
    assert 3 <= len(questions) <= 5
    assert [question.number for question in questions] == list(range(1, len(questions) + 1))
    for question in questions:
        assert question.right in question.options
        assert question.explanations.keys() == question.options.keys()
        assert all(len(words.split()) >= 2 for words in question.explanations.values())
        assert not [text for text in question.options.values() if "<" in text and "`" not in text]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_shows_its_quiz_right_below_the_questions(path):
    cells = json.loads(path.read_text())["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    place = next(i for i, source in enumerate(sources) if source.startswith("## Quiz"))
    assert re.search(rf'^quiz\("{path.name[:2]}"\)$', sources[place + 1], flags=re.M)
    assert "## Where to go next" in sources[place + 2]


def test_choosing_an_option_explains_it(lesson):
    _, asked, a, b, _, told, *_, score = form(quiz(lesson)).children
    assert "<code>f(x)</code>" in asked.value
    assert (a.description, told.value) == ("○ (a) x", "")
    a.click()
    assert a.description == "● (a) x"
    assert "Not this one. You see <em>x</em>, and get <code>None</code>." in told.value
    assert 'role="alert"' in told.value, "a screen reader reads it out"
    assert "0 of 2 right" in score.value
    b.click()
    assert (a.description, b.description) == ("○ (a) x", "● (b) nothing, it prints")
    assert "Right. There is no <code>return</code>." in told.value
    assert "1 of 2 right" in score.value


def test_running_the_cell_again_closes_the_old_form(lesson):
    first = form(quiz(lesson))
    children = first.children
    form(quiz(lesson))
    assert first.comm is None
    assert all(child.comm is None for child in children)


def test_a_page_without_widgets_gets_a_text_that_is_the_same_each_time(lesson):
    bundles = [quiz(lesson)._repr_mimebundle_() for _ in range(2)]
    assert bundles[0]["text/plain"] == bundles[1]["text/plain"] == repr(quiz(lesson))
    assert "Quiz of lesson 77: 2 questions" in bundles[0]["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundles[0]


def test_printed_it_is_the_questions_without_the_answers(lesson):
    shown = str(quiz(lesson))
    assert "Q1. What does f(x) return?\n  (a) x\n  (b) nothing, it prints" in shown
    assert "Right" not in shown


def test_letters_are_explained_in_plain_text(lesson):
    card = quiz(lesson, "b, a")
    assert card.headline == "Quiz of lesson 77: 1 of 2 right"
    assert [row.text for row in card.rows] == [
        "Right. There is no `return`.",
        "Not this one. The law says so, so (a) goes too far.",
    ]
    assert [row.label for row in quiz(lesson, "-B").rows] == ["Q2 (b)"]


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (("78",), LookupError, "there is no lesson '78'"),
        (("five",), LookupError, "there is no lesson 'five'"),
        ((77,), TypeError, "put it in quotes"),
        (("77", "abb"), ValueError, "has 2 questions, got 3 answers"),
        (("77", "d"), ValueError, "Q1 has the answers a, b, c, got 'd'"),
        (("77", 2), TypeError, "letters in one text"),
    ],
)
def test_a_wrong_call_is_explained(lesson, arguments, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        quiz(*arguments)


def test_a_lesson_is_found_from_any_folder_and_without_its_zero(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert quiz("5").lesson == "05"


@pytest.mark.parametrize(
    ("text", "as_text", "as_page"),
    [
        ("`a < b` and *c*", "a < b and c", "<code>a &lt; b</code> and <em>c</em>"),
        ("**bold** 2 * 3", "bold 2 * 3", "<strong>bold</strong> 2 * 3"),
    ],
)
def test_markdown_becomes_plain_text_or_html(text, as_text, as_page):
    assert plain(text) == as_text
    assert as_html(text) == as_page


def test_importing_the_quiz_imports_no_widgets():
    code = "import sys, course_utils.exercises; print([m for m in ('torch', 'ipywidgets') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
