"""The engine of the exercises: four outcomes, how they look, hints and solutions."""

from __future__ import annotations

import functools
import html
import re
import signal
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sample_exercises import DOUBLE, GRADIENT, judge_double, of_double, put_on_shelf

from course_utils.exercises import check, hint, solution
from course_utils.exercises.attempts import alike, holds_ellipsis, is_stub
from course_utils.exercises.cards import Card, Row
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shelf import find_exercise, lessons
from course_utils.exercises.shown import shown
from course_utils.exercises.sources import evaluate
from course_utils.exercises.verdict import judged


@pytest.fixture
def shelf(monkeypatch, tmp_path):
    """Lesson 99 alone, and an empty folder for the progress."""
    return put_on_shelf(monkeypatch, tmp_path)


# --- the four outcomes ---------------------------------------------------------------------------------------------


def test_right_says_why_and_what_to_try_next():
    assert repr(of_double("return 2 * number")) == (
        "✓ Right · Exercise 99.1: Twice as much (easy, about 2 min)\n"
        "  Why:       Each call gives twice its number. Try it with a text."
    )


def test_wrong_says_got_wanted_cause_and_next_step():
    assert repr(judged(GRADIENT, 192)) == (
        "✗ Not right yet · Exercise 99.2: Half a gradient (medium, about 2.5 min)\n"
        "  Got:       192\n"
        "  Wanted:    96\n"
        "  Likely:    this is the whole gradient\n"
        "  Next:      halve it in the hook"
    )


def test_raised_shows_the_learners_own_line_in_plain_words():
    outcome = of_double("total = 0\nreturn number / total")
    assert repr(outcome) == (
        "! Your code raised an error · Exercise 99.1: Twice as much (easy, about 2 min)\n"
        "  Where:     line 3: `return number / total`\n"
        "  Error:     ZeroDivisionError: division by zero\n"
        "  Meaning:   something is divided by zero: think of the case in which it is 0\n"
        '  Next:      mend that line and run the cell again; `hint("99.1")` helps'
    )


def test_untouched_starter_is_not_attempted():
    assert repr(of_double("...  # your code here")) == (
        "○ Not attempted yet · Exercise 99.1: Twice as much (easy, about 2 min)\n"
        '  Next:      put your own code in place of `...`, then run the cell again; `hint("99.1")` helps'
    )


def test_learners_line_is_found_below_the_library():
    """The error arises inside torch; the line shown is the last one that the learner wrote."""
    outcome = of_double("return torch.nn.functional.linear(torch.ones(1, 3), torch.ones(2, 2))")
    assert "line 2: `return torch.nn.functional.linear" in repr(outcome)
    assert "print the `.shape` of both" in re.sub(r"\s+", " ", repr(outcome))


def test_error_in_a_function_that_the_answer_calls_shows_the_inner_line():
    source = "def half(number):\n    return number.half\ndef double(number):\n    return 4 * half(number)"
    assert "line 2: `return number.half`" in repr(judged(DOUBLE, evaluate(DOUBLE, source)))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (5, "5, of type int"),
        ("double", "'double', of type str"),
        (lambda: 6, "called as `<lambda>()`"),
        (lambda number, factor: 6, "called as `<lambda>(number, factor)`"),
    ],
)
def test_answer_that_the_judge_cannot_use_is_wrong(answer, message):
    outcome = judged(DOUBLE, answer)
    assert outcome.kind == "wrong"
    assert message in repr(outcome)
    assert "judge" not in repr(outcome)


@pytest.mark.parametrize(
    "body",
    [
        "raise Exception",
        "raise BaseException('boom')",
        "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd",
        "return double(number)",
        "raise ExceptionGroup('two', [ValueError(1), TypeError(2)])",
        "raise SyntaxError('odd')",
        "return (_ for _ in ()).throw(StopIteration)",
    ],
)
def test_no_error_of_the_learner_passes_through(body):
    assert of_double(body).kind == "raised"


def test_answer_that_cannot_be_shown_is_shown_by_its_type():
    class Shy:
        def __repr__(self):
            raise RuntimeError("no")

    assert shown(Shy()) == "<Shy instance>"
    assert judged(GRADIENT, Shy()).kind == "wrong"


class Agreeable:
    """Has every attribute that it is asked for."""

    def __getattr__(self, name):
        return self


def circular(number):
    return 0


circular.__wrapped__ = circular


@pytest.mark.parametrize("answer", [Agreeable(), Agreeable, circular, float("nan"), b"\xff", "\ud800", type, judged])
def test_no_answer_is_too_odd(answer):
    assert judged(GRADIENT, answer).kind == "wrong"
    assert judged(DOUBLE, answer).kind == "wrong"


def test_judge_may_be_a_partial():
    exercise = replace(DOUBLE, judge=functools.partial(judge_double))
    assert judged(exercise, lambda number: 1 / 0).kind == "raised"


def test_users_own_interrupt_passes_through_and_all_is_cleaned_up():
    source = "def double(number):\n    torch.set_default_dtype(torch.float64)\n    raise KeyboardInterrupt"
    handler = signal.getsignal(signal.SIGALRM)
    double = evaluate(DOUBLE, source)
    with pytest.raises(KeyboardInterrupt):
        judged(DOUBLE, double)
    assert torch.get_default_dtype() == torch.float32
    assert signal.getsignal(signal.SIGALRM) == handler


# --- not attempted -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        ...,
        (1, ...),
        {"low": [0.1, ...]},
        None,
        1.5,
        lambda number: ...,
        functools.partial(lambda number: None, 3),
    ],
)
def test_nothing_yet_is_not_attempted(answer):
    assert judged(GRADIENT, answer).kind == "not attempted"


@pytest.mark.parametrize("body", ["...", "pass", '"""Doubles."""', '"""Doubles."""\n...', "return ..."])
def test_stub_is_not_attempted(body):
    assert of_double(body).kind == "not attempted"


def test_decorated_stub_is_not_attempted():
    source = (
        "import functools\ndef loud(f):\n    @functools.wraps(f)\n    def wrapper(*args):\n"
        "        return f(*args)\n    return wrapper\n@loud\ndef double(number):\n    ..."
    )
    assert judged(DOUBLE, evaluate(DOUBLE, source)).kind == "not attempted"


def test_none_is_right_where_none_is_right():
    assert judged(replace(GRADIENT, judge=lambda answer: None), None).kind == "right"


def test_none_is_wrong_where_the_judge_knows_how_people_get_there():
    def judge(answer):
        raise Wrong(got=answer, wanted="a number", cause="backward() returns None", next_step="read .grad")

    assert judged(replace(GRADIENT, judge=judge), None).kind == "wrong"


def test_broken_starter_is_not_attempted_and_never_runs():
    broken = "def double(number):\n    while True:\n        number += 1"
    exercise = replace(DOUBLE, starter=broken, seconds=60)
    outcome = judged(exercise, evaluate(exercise, broken))
    assert outcome.kind == "not attempted"
    assert "as you found it" in repr(outcome)


@pytest.mark.parametrize(
    ("starter", "mended"),
    [
        ("def double(x, times=3):\n    return times * x", "def double(x, times=2):\n    return times * x"),
        ("double = [lambda: step for step in (1, 2)]", "double = [lambda step=step: step for step in (1, 2)]"),
        ("class double:\n    times = 3", "class double:\n    times = 2"),
        ("double = {'a': torch.ones(2)}", "double = {'a': torch.zeros(2)}"),
        ("def double(x):\n    return x", "import functools\n@functools.cache\ndef double(x):\n    return x"),
    ],
)  # fmt: skip
def test_smallest_change_of_a_starter_is_an_attempt(starter, mended):
    assert alike(evaluate(DOUBLE, starter), evaluate(DOUBLE, starter))
    assert not alike(evaluate(DOUBLE, starter), evaluate(DOUBLE, mended))


def test_class_of_stubs_is_a_stub():
    class Nothing:
        """Only words."""

        def step(self): ...

    class Something(Nothing):
        def step(self):
            return 1

    assert is_stub(Nothing)
    assert not is_stub(Something)


def test_list_that_holds_itself_does_not_hang():
    endless: list[object] = []
    endless.append(endless)
    assert not holds_ellipsis(endless)


# --- how it looks --------------------------------------------------------------------------------------------------


def words_of(text: str) -> list[str]:
    return text.replace("`", "").split()


@pytest.mark.parametrize("answer", [..., 192, 96, "a < b & c"])
def test_html_and_plain_text_say_the_same_words(answer):
    outcome = judged(GRADIENT, answer)
    tags = r"</?(div|strong|pre|code|span)\b[^>]*>"
    lines = outcome._repr_html_().replace("</div>", "</div> ")
    assert words_of(html.unescape(re.sub(tags, "", lines))) == words_of(repr(outcome))


def test_kind_is_said_in_words_and_symbol_and_not_by_colour_alone():
    heads = [
        repr(outcome).split(" · ")[0] for outcome in (judged(GRADIENT, ...), judged(GRADIENT, 96), judged(GRADIENT, 1))
    ]
    assert heads == ["○ Not attempted yet", "✓ Right", "✗ Not right yet"]


def test_headline_is_a_heading_and_its_symbol_is_for_the_eye_only():
    page = judged(GRADIENT, 96)._repr_html_()
    assert '<div role="heading" aria-level="4"' in page
    assert '<span aria-hidden="true">✓ </span>Right' in page


def test_html_of_an_answer_is_never_run():
    assert "<script>" not in judged(GRADIENT, "<script>alert(1)</script>")._repr_html_()


def test_code_keeps_its_line_breaks():
    card = Card("Head", (Row("Code", code="a = 1\nb = 2"),))
    assert repr(card) == "Head\n  Code:\n      a = 1\n      b = 2"
    assert "a = 1\nb = 2</pre>" in card._repr_html_()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.tensor(5.0), "tensor(5.)"),
        (torch.zeros(3, 4, 5), "a Tensor of shape (3, 4, 5), float32, from 0 to 0"),
        (np.arange(100), "a ndarray of shape (100,), int64, from 0 to 99"),
        (judge_double, "the function judge_double"),
        (dict, "the class dict"),
        (object(), "<object>"),
        ([object()] * 2, "[<object>, <object>]"),
    ],
)
def test_values_are_shown_short_and_without_addresses(value, text):
    assert shown(value) == text


# --- the shelf, hints and solutions --------------------------------------------------------------------------------


def test_importing_the_room_is_light():
    code = "import sys, course_utils.exercises; print(sorted({'torch', 'IPython', 'numpy'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_lessons_are_listed_in_order():
    assert list(lessons()) == sorted(lessons())


def test_check_gives_the_outcome_of_the_exercise_with_this_id(shelf):
    assert [check("99.1", lambda number: 2 * number).kind, check("99.2", 192).kind] == ["right", "wrong"]


@pytest.mark.parametrize(
    ("wrong_id", "message"),
    [("99.3", r"one of \['99\.2', '99\.1'\]"), ("99", "99.1"), ("98.1", "lessons with exercises: 99"), ("", "99")],
)
def test_unknown_id_offers_near_ids(shelf, wrong_id, message):
    with pytest.raises(LookupError, match=message):
        check(wrong_id, 1)


def test_id_without_its_zero_finds_the_right_one(monkeypatch, shelf):
    monkeypatch.setitem(sys.modules, "course_utils.exercises.lesson_09", SimpleNamespace(EXERCISES=(DOUBLE,)))
    with pytest.raises(LookupError, match=r"no exercise '99\.01'; did you mean one of \['99\.1'"):
        find_exercise("99.01")


def test_id_that_is_a_number_is_refused(shelf):
    with pytest.raises(TypeError, match="put it in quotes"):
        check(99.1, 1)


def test_hints_go_from_the_idea_to_the_line(shelf):
    assert "twice is two times" in repr(hint("99.1"))
    assert 'hint("99.1", 2)' in repr(hint("99.1"))
    assert "two times the number" in repr(hint("99.1", 3))
    assert 'solution("99.1")' in repr(hint("99.1", 3))


def test_hint_that_is_asked_for_twice_is_the_same(shelf):
    assert repr(hint("99.1")) == repr(hint("99.1"))


@pytest.mark.parametrize("level", [0, 4, "2", -1])
def test_level_that_is_not_there_is_refused(shelf, level):
    with pytest.raises(LookupError, match="hints 1 to 3"):
        hint("99.1", level)


def test_solution_shows_both_ways_and_why(shelf):
    assert repr(solution("99.2")) == (
        "Solution · Exercise 99.2: Half a gradient (medium, about 2.5 min)\n"
        "  Solution:\n      answer = 96.0\n"
        "  Why:       A hook that returns a tensor replaces the gradient.\n"
        "  Variant:\n      answer = 2 * 48"
    )


@pytest.mark.parametrize(("field", "value"), [("id", "5.1"), ("difficulty", "tricky"), ("minutes", 0), ("seconds", -1)])
def test_exercise_that_makes_no_sense_is_refused(field, value):
    with pytest.raises(ValueError, match="got"):
        replace(DOUBLE, **{field: value})
