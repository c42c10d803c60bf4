"""The room `diagrams`: recorded calls, timelines, boxes, and where functions keep what they remember."""

import functools
import sys

import pytest

from course_utils.diagrams import Call, call_boxes, closures, record_calls, timeline


def inner(x):
    return x + 1


def outer(x):
    inner(x)
    return inner(inner(x))


def labels(picture):
    return [text.get_text() for axes in picture.figure.axes for text in axes.texts]


# What is recorded


def test_calls_are_recorded_with_inputs_results_steps_and_depth():
    """Steps: outer opens 0; inner 1-2, 3-4, 5-6; outer closes 7."""
    assert record_calls(lambda: outer(3), outer, inner) == [
        Call("outer", "3", "5", 0, 7, 0),
        Call("inner", "3", "4", 1, 2, 1),
        Call("inner", "3", "4", 3, 4, 1),
        Call("inner", "4", "5", 5, 6, 1),
    ]


def test_functions_that_are_not_watched_take_no_step():
    assert record_calls(lambda: outer(3), outer) == [Call("outer", "3", "5", 0, 1, 0)]


def test_what_a_decorator_put_around_a_function_is_watched_too():
    def coat(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper

    dressed = coat(inner)
    assert [call.name for call in record_calls(lambda: dressed(x=1), dressed)] == ["wrapper", "inner"]
    assert record_calls(lambda: dressed(x=1), dressed)[0].inputs == "x=1"


def test_functions_inside_a_watched_function_are_watched_too():
    def make():
        def made():
            return None

        return made

    calls = record_calls(lambda: make()(), make)
    assert [(call.name, call.result) for call in calls] == [("make", "made"), ("made", "None")]


def test_a_recursive_function_is_nested_in_itself():
    def count_down(n):
        return count_down(n - 1) if n else 0

    assert [call.depth for call in record_calls(lambda: count_down(2), count_down)] == [0, 1, 2]


def test_callable_objects_can_be_watched():
    class Doubler:
        def __call__(self, x):
            return 2 * x

    double = Doubler()
    assert record_calls(lambda: double(4), double) == [Call("__call__", "4", "8", 0, 1, 0)]


def test_long_and_nameless_values_have_short_labels_without_addresses():
    calls = record_calls(lambda: [inner_of(object()), inner_of("x" * 99)], inner_of)
    assert calls[0].inputs == "object(…)"
    assert len(calls[1].inputs) == 32


def inner_of(value):
    return value


# Damage


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt()])
def test_watching_ends_when_the_action_fails(error):
    def fail():
        raise error

    with pytest.raises(type(error)):
        record_calls(fail, inner)
    assert sys.getprofile() is None


def test_a_profiler_that_was_there_before_is_back_afterwards():
    def profiler(frame, event, result):
        return None

    sys.setprofile(profiler)
    try:
        record_calls(lambda: inner(1), inner)
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)


def test_drawing_calls_no_function():
    called = []
    closures({"spies": [lambda: called.append(1)]})
    assert called == []


# Pictures and captions


def test_timeline_tells_who_ran_when_and_what_came_back():
    picture = timeline(record_calls(lambda: outer(3), outer, inner))
    assert picture.caption == (
        "Calls: outer 1 (at step 0); inner 3 (at step 1, 3, 5). "
        "Answers other than None: outer 5 at step 7; inner 4 at step 2; inner 4 at step 4; inner 5 at step 6."
    )
    assert [label.get_text() for label in picture.figure.axes[0].get_yticklabels()] == ["outer", "inner"]
    assert len(picture.figure.axes[0].patches) == 4


def test_boxes_stand_side_by_side_on_one_scale():
    runs = {"one": record_calls(lambda: inner(1), inner), "two": record_calls(lambda: outer(1), outer, inner)}
    picture = call_boxes(runs)
    assert picture.caption.splitlines()[0] == "one: inner(1) opens at step 0 and returns 2 at step 1."
    assert [axes.get_title() for axes in picture.figure.axes] == ["one", "two"]
    assert len({axes.get_ylim() for axes in picture.figure.axes}) == 1
    assert "inner(1)" in labels(picture)


def test_three_lambdas_share_one_cell():
    picture = closures({"late": [lambda: step for step in range(3)]})  # noqa: B023  late binding is the subject
    assert picture.caption == "late: 3 functions, 1 remembered value (cell step = 2)."
    assert labels(picture).count("cell\nstep = 2") == 1


def remember(step):
    return step


def factory(step):
    return lambda: step


class Remember:
    def __init__(self, step):
        self.step = step

    def __call__(self):
        return self.step


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ([lambda step=step: step for step in range(2)], "default step = 0; default step = 1"),
        ([functools.partial(remember, step) for step in range(2)], "argument 0; argument 1"),
        ([functools.partial(remember, step=step) for step in range(2)], "argument step=0; argument step=1"),
        ([Remember(step) for step in range(2)], "attribute step = 0; attribute step = 1"),
        ([factory(step) for step in range(2)], "cell step = 0; cell step = 1"),
    ],
    ids=["default", "partial", "named partial", "object", "factory"],
)
def test_each_cure_keeps_a_value_of_its_own(functions, words):
    picture = closures({"cured": functions})
    assert picture.caption == f"cured: 2 functions, 2 remembered values ({words})."
    assert [function() for function in functions] == [0, 1]


def test_a_function_that_remembers_nothing_is_drawn_alone():
    picture = closures({"plain": [remember]})
    assert picture.caption == "plain: 1 function, 0 remembered values (nothing)."
    assert labels(picture) == ["callback 0"]


def test_a_cell_may_still_be_empty():
    def make():
        def look():
            return later

        picture = closures({"early": [look]})
        later = 1
        return picture, later

    assert "cell later = (nothing yet)" in make()[0].caption


# Errors


def test_a_function_that_is_not_python_cannot_be_watched():
    with pytest.raises(TypeError, match="written in Python, got <built-in function len>"):
        record_calls(lambda: len([]), len)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: timeline([]), "no calls to draw"),
        (lambda: call_boxes({}), "at least one run"),
        (lambda: call_boxes({"empty": []}), "at least one call"),
        (lambda: closures({}), "at least one group"),
        (lambda: closures({"empty": []}), "at least one function"),
    ],
)
def test_nothing_to_draw_is_an_error(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
