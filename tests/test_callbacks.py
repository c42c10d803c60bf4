"""The room `callbacks`: events with listeners, and the decorators timed, logged, retry, once."""

import ast
import copy
import functools
import inspect
import pickle
import sys
import threading
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils import callbacks
from course_utils.callbacks import STOP, Events, logged, once, retry, timed


class Listener:
    """A callable object that remembers what it was told."""

    def __init__(self):
        self.heard = []

    def __call__(self, value):
        self.heard.append(value)


# Events: what happens


def test_listeners_are_called_in_order_of_registration():
    events, heard = Events("end"), []
    events.on("end", lambda value: heard.append(("first", value)))
    events.on("end", lambda value: heard.append(("second", value)))
    events.fire("end", 8)
    assert heard == [("first", 8), ("second", 8)]


def test_only_the_listeners_of_the_fired_event_are_called():
    events, start, end = Events("start", "end"), Listener(), Listener()
    events.on("start", start)
    events.on("end", end)
    events.fire("end", 1)
    assert (start.heard, end.heard) == ([], [1])


def test_on_returns_the_listener_itself():
    listener = Listener()
    assert Events("end").on("end", listener) is listener


def test_on_works_as_a_decorator_and_leaves_the_function_as_it_was():
    events = Events("end")

    @events.on("end")
    def greet(value):
        return value

    assert events.listeners("end") == (greet,)
    assert greet(3) == 3


def test_a_listener_registered_twice_is_called_twice_and_off_takes_one_away():
    events, listener = Events("end"), Listener()
    events.on("end", listener)
    events.on("end", listener)
    events.fire("end", 1)
    events.off("end", listener)
    events.fire("end", 2)
    assert listener.heard == [1, 1, 2]


def test_off_finds_a_bound_method_again():
    events, listener = Events("end"), Listener()
    events.on("end", listener.__call__)
    events.off("end", listener.__call__)
    assert len(events) == 0


def test_fire_is_true_when_any_listener_returns_stop():
    events = Events("end")
    events.on("end", lambda value: STOP)
    events.on("end", lambda value: None)
    assert events.fire("end", None) is True


def test_listeners_after_a_stop_are_still_called():
    events, later = Events("end"), Listener()
    events.on("end", lambda value: STOP)
    events.on("end", later)
    events.fire("end", 7)
    assert later.heard == [7]


@pytest.mark.parametrize("answer", [None, True, 1, "stop", "STOP", False])
def test_only_stop_itself_stops(answer):
    events = Events("end")
    events.on("end", lambda value: answer)
    assert events.fire("end", None) is False


def test_an_event_without_listeners_is_false():
    assert Events("end").fire("end", None) is False


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda stop: pickle.loads(pickle.dumps(stop))])
def test_stop_stays_itself_when_it_is_copied(way):
    assert way(STOP) is STOP


def test_stop_prints_as_its_name():
    assert repr(STOP) == "STOP"


def test_len_counts_the_listeners_of_all_events():
    events = Events("start", "end")
    events.on("start", print)
    events.on("end", print)
    assert len(events) == 2


def test_a_registry_without_listeners_is_still_true():
    assert Events("end")


def test_repr_lists_events_and_counts():
    events = Events("start", "end")
    events.on("end", print)
    assert repr(events) == "Events(start: 0, end: 1)"


# Events: promises about damage


def test_a_listener_may_take_itself_off_while_the_list_is_walked():
    events, heard = Events("end"), []

    def first_only(value):
        heard.append("first")
        events.off("end", first_only)

    events.on("end", first_only)
    events.on("end", lambda value: heard.append("second"))
    events.fire("end", None)
    events.fire("end", None)
    assert heard == ["first", "second", "second"]


def test_a_listener_taken_off_meanwhile_is_called_one_last_time():
    events, last = Events("end"), Listener()
    events.on("end", lambda value: events.off("end", last) if value == 1 else None)
    events.on("end", last)
    events.fire("end", 1)
    events.fire("end", 2)
    assert last.heard == [1]


def test_a_listener_added_meanwhile_waits_for_the_next_fire():
    events, late = Events("end"), Listener()
    events.on("end", lambda value: events.on("end", late) if value == 1 else None)
    events.fire("end", 1)
    events.fire("end", 2)
    assert late.heard == [2]


def test_the_list_of_listeners_that_is_handed_out_cannot_change_the_registry():
    events = Events("end")
    assert isinstance(events.listeners("end"), tuple)


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt(), StopIteration(3)])
def test_an_error_in_a_listener_arrives_unchanged(error):
    events, later = Events("end"), Listener()

    def fail(value):
        raise error

    events.on("end", fail)
    events.on("end", later)
    with pytest.raises(type(error)) as caught:
        events.fire("end", None)
    assert caught.value is error
    assert caught.value.__cause__ is None
    assert later.heard == []


def test_two_registries_share_nothing():
    first, second = Events("end"), Events("end")
    first.on("end", print)
    assert len(second) == 0


def test_the_registry_keeps_its_listeners_alive_until_off():
    events, listener = Events("end"), Listener()
    watcher = weakref.ref(listener)
    events.on("end", listener)
    del listener
    assert watcher() is not None
    events.off("end", watcher())
    assert watcher() is None


@given(st.lists(st.sampled_from(["on", "off", "fire"]), max_size=30))
def test_any_sequence_of_calls_counts_like_a_list(steps):
    events, listener, expected, fires = Events("end"), Listener(), 0, 0
    for step in steps:
        if step == "on":
            events.on("end", listener)
            expected += 1
        elif step == "off" and expected:
            events.off("end", listener)
            expected -= 1
        elif step == "fire":
            events.fire("end", None)
            fires += expected
    assert (len(events), len(listener.heard)) == (expected, fires)


# Events: errors


@pytest.mark.parametrize(
    "call",
    [
        lambda events: events.on("epoch_ned", print),
        lambda events: events.on("epoch_ned"),
        lambda events: events.off("epoch_ned", print),
        lambda events: events.fire("epoch_ned", 1),
        lambda events: events.listeners("epoch_ned"),
    ],
)
def test_an_unknown_event_raises_and_offers_near_names(call):
    events = Events("fit_start", "epoch_end")
    with pytest.raises(LookupError, match=r"no event 'epoch_ned'; did you mean one of \['epoch_end'\]"):
        call(events)
    assert len(events) == 0


def test_an_unknown_event_without_near_names_lists_all_of_them():
    with pytest.raises(LookupError, match=r"\['start', 'end'\]"):
        Events("start", "end").fire("xyz", 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda events, name: events.on(name, print),
        lambda events, name: events.on(name),
        lambda events, name: events.off(name, print),
        lambda events, name: events.fire(name, 1),
        lambda events, name: events.listeners(name),
    ],
)
@pytest.mark.parametrize("name", [["end"], {"end"}, None, 3])
def test_what_is_not_a_string_names_no_event(call, name):
    with pytest.raises(LookupError, match=r"there is no event .*; a name is one string, one of \['start', 'end'\]"):
        call(Events("start", "end"), name)


@pytest.mark.parametrize("listener", [None, 8, "print"])
def test_what_cannot_be_called_is_refused_with_the_usual_reason(listener):
    with pytest.raises(TypeError, match="pass it without parentheses"):
        Events("end").on("end", listener)


def test_off_refuses_a_listener_that_is_not_registered():
    def greet(value):
        return value

    with pytest.raises(LookupError, match="greet is not registered for 'end'"):
        Events("end").off("end", greet)


def test_names_must_be_strings():
    with pytest.raises(TypeError, match=r"Events\('start', 'end'\); got \['start', 'end'\]"):
        Events(["start", "end"])


@pytest.mark.parametrize("names", [(), ("end", "end")])
def test_no_names_and_double_names_are_refused(names):
    with pytest.raises(ValueError, match="at least one name, and each only once"):
        Events(*names)


# Decorators: what they do


def clock_of(*seconds):
    return iter(seconds).__next__


def test_timed_reports_the_seconds_of_a_call():
    lines = []

    @timed(report=lines.append, clock=clock_of(10.0, 12.5))
    def square(x):
        return x * x

    assert square(4) == 16
    assert lines == ["square took 2.500 s"]


def test_timed_reports_a_call_that_raises():
    lines = []

    @timed(report=lines.append, clock=clock_of(0.0, 1.0))
    def fail():
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        fail()
    assert lines == ["fail took 1.000 s"]


def test_logged_reports_the_call_and_its_result():
    lines = []

    @logged(report=lines.append)
    def add(a, b=0):
        return a + b

    assert add(3, b=5) == 8
    assert lines == ["add(3, b=5) -> 8"]


def test_logged_reports_the_error_and_lets_it_pass():
    lines, error = [], KeyboardInterrupt()

    @logged(report=lines.append)
    def wait():
        raise error

    with pytest.raises(KeyboardInterrupt) as caught:
        wait()
    assert caught.value is error
    assert lines == ["wait() raised KeyboardInterrupt"]


class Point:
    """Can be shown only when it has its x."""

    def __init__(self, x):
        self.x = x

    def __repr__(self):
        return f"Point({self.x})"


def test_logged_shows_the_type_of_what_cannot_show_itself_yet():
    lines = []
    point = object.__new__(Point)
    logged(report=lines.append)(Point.__init__)(point, 3)
    assert lines == ["__init__(<Point object>, 3) -> None"]
    assert point.x == 3


def test_logged_lets_a_result_pass_that_cannot_show_itself():
    lines = []
    make = logged(report=lines.append)(lambda **points: object.__new__(Point))
    assert isinstance(make(a=object.__new__(Point)), Point)
    assert lines == ["<lambda>(a=<Point object>) -> <Point object>"]


@pytest.mark.parametrize("decorator", [timed, logged])
def test_timed_and_logged_print_when_they_stand_without_parentheses(decorator, capsys):
    @decorator
    def add(a, b):
        return a + b

    assert add(3, 5) == 8
    assert capsys.readouterr().out.startswith("add")


@pytest.mark.parametrize("decorator", [timed, logged])
def test_empty_parentheses_are_the_same_as_none(decorator, capsys):
    @decorator()
    def add(a, b):
        return a + b

    assert add(3, 5) == 8
    assert capsys.readouterr().out.startswith("add")


class Flaky:
    """Raises for the first calls, then returns its number of calls."""

    def __init__(self, failures, error=ValueError):
        self.failures, self.error, self.calls = failures, error, 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error(f"failure {self.calls}")
        return self.calls


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_retry_returns_the_first_success(failures):
    assert retry(3)(Flaky(failures))() == failures + 1


def test_retry_gives_up_with_the_last_error_after_exactly_this_many_calls():
    flaky = Flaky(failures=9)
    with pytest.raises(ValueError, match="failure 3"):
        retry(3)(flaky)()
    assert flaky.calls == 3


def test_retry_once_is_a_plain_call():
    flaky = Flaky(failures=1)
    with pytest.raises(ValueError, match="failure 1"):
        retry(1)(flaky)()


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, SystemExit])
def test_retry_tries_again_only_for_the_errors_it_was_told(error):
    flaky = Flaky(failures=1, error=error)
    with pytest.raises(error):
        retry(3, errors=(ValueError, OSError))(flaky)()
    assert flaky.calls == 1


def test_once_calls_once_and_repeats_the_first_result():
    calls = []

    @once
    def load(name):
        calls.append(name)
        return [name]

    assert load("cat") is load("dog")
    assert calls == ["cat"]


def test_once_remembers_none_as_a_result():
    flaky = Counter()

    @once
    def touch():
        flaky["calls"] += 1

    touch()
    touch()
    assert flaky["calls"] == 1


def test_once_does_not_count_a_first_call_that_raised():
    load = once(Flaky(failures=1))
    with pytest.raises(ValueError, match="failure 1"):
        load()
    assert (load(), load()) == (2, 2)


def test_once_is_once_for_threads_that_call_at_the_same_time():
    calls, crowd = [], threading.Barrier(8)

    @once
    def load():
        calls.append("call")
        with suppress(threading.BrokenBarrierError):
            crowd.wait(timeout=0.2)  # seconds in which seven others could come in
        return [len(calls)]

    with ThreadPoolExecutor(8) as threads:
        results = [answer.result() for answer in [threads.submit(load) for _ in range(8)]]
    assert calls == ["call"]
    assert all(result is results[0] for result in results)


def test_a_function_under_once_may_call_itself():
    calls = []

    @once
    def count():
        calls.append("call")
        return count() if len(calls) < 3 else "done"

    assert (count(), count(), len(calls)) == ("done", "done", 3)


def test_a_first_call_that_raised_lets_other_threads_try():
    load = once(Flaky(failures=1))
    with pytest.raises(ValueError, match="failure 1"):
        load()
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(load).result() == 2


def test_two_functions_under_once_share_nothing():
    first, second = once(lambda: 1), once(lambda: 2)
    assert (first(), second()) == (1, 2)


@pytest.mark.parametrize("decorator", [timed, timed(report=id), logged, logged(report=id), retry(2), once])
def test_name_doc_and_signature_survive(decorator):
    def add(a: int, b: int = 0, *, c: int) -> int:
        """Add three numbers."""
        return a + b + c

    decorated = decorator(add)
    assert (decorated.__name__, decorated.__doc__) == ("add", "Add three numbers.")
    assert inspect.signature(decorated) == inspect.signature(add)
    assert decorated.__wrapped__ is add


@pytest.mark.parametrize("decorator", [timed(report=id), logged(report=id), retry(2)])
def test_methods_can_be_decorated(decorator):
    class Adder:
        def __init__(self, start):
            self.start = start

        @decorator
        def add(self, b):
            return self.start + b

    assert (Adder(3).add(5), Adder(10).add(b=5)) == (8, 15)


def test_decorators_stack():
    lines = []

    @logged(report=lines.append)
    @retry(2)
    def add(a, b):
        return a + b

    add(3, 5)
    assert lines == ["add(3, 5) -> 8"]


# Decorators: errors


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: timed(8), "timed"),
        (lambda: logged(8), "logged"),
        (lambda: once(None), "once"),
        (lambda: retry(2)(8), "retry"),
    ],
)
def test_only_functions_can_be_decorated(call, name):
    with pytest.raises(TypeError, match=f"@{name} decorates a function"):
        call()


def yields():
    yield 1


async def waits():
    return 1


async def waits_and_yields():
    yield 1


class Waiting:
    async def __call__(self):
        return 1


@pytest.mark.parametrize("function", [yields, waits, waits_and_yields, functools.partial(waits), Waiting()])
@pytest.mark.parametrize("decorator", [timed, timed(report=id), logged, logged(report=id), retry(2), once])
def test_what_runs_after_its_call_has_returned_cannot_be_decorated(decorator, function):
    with pytest.raises(TypeError, match=r"a yield or is async; decorate a plain function that calls it in list\(...\)"):
        decorator(function)


def test_the_class_of_a_waiting_object_can_be_decorated():
    assert isinstance(once(Waiting)(), Waiting)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: timed(report=5), "report"),
        (lambda: timed(clock=5), "clock"),
        (lambda: timed(len, clock=5), "clock"),
        (lambda: logged(report=5), "report"),
    ],
)
def test_report_and_clock_are_checked_before_the_first_call(call, name):
    with pytest.raises(TypeError, match=f"{name} is a function, got 5; pass it without parentheses"):
        call()


def test_what_cannot_show_itself_is_refused_in_our_words():
    with pytest.raises(TypeError, match="@once decorates a function, got <Point object>"):
        once(object.__new__(Point))


def test_retry_without_parentheses_says_what_to_write():
    with pytest.raises(TypeError, match=r"write @retry\(3\) above fetch, not @retry"):

        @retry
        def fetch():
            return 1


@pytest.mark.parametrize("times", [0, -1])
def test_retry_needs_at_least_one_call(times):
    with pytest.raises(ValueError, match=f"got times={times}"):
        retry(times)


@pytest.mark.parametrize("times", [2.0, "3", None, True])
def test_retry_needs_a_whole_number(times):
    with pytest.raises(TypeError, match="whole number of calls"):
        retry(times)


@pytest.mark.parametrize("errors", [KeyboardInterrupt, BaseException, (ValueError, SystemExit), 3, ValueError("x")])
def test_retry_refuses_what_is_not_an_ordinary_error(errors):
    with pytest.raises(TypeError, match="errors are Exception classes"):
        retry(2, errors=errors)


# The room


@pytest.mark.parametrize("file", sorted(Path(callbacks.__file__).parent.glob("*.py")), ids=lambda file: file.stem)
def test_callbacks_rests_on_the_standard_library_alone(file):
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name for name in names if name.split(".")[0] not in sys.stdlib_module_names} <= {
        "course_utils.callbacks.decorators",
        "course_utils.callbacks.events",
    }


def test_everything_promised_is_there():
    assert all(hasattr(callbacks, name) for name in callbacks.__all__)
