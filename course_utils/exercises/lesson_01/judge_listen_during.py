"""The judge of exercise 01.5: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import ast

from course_utils.callbacks import Events
from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import nodes_in
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.explain import short_error
from course_utils.exercises.lesson_01.listeners import CALL_ERRORS, Ear, Function, finals
from course_utils.exercises.shown import shown

__all__ = ["judge_listen_during"]


class Watched(Events[object]):
    """A registry that notes when a listener comes and goes."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.log: list[str] = []
        self.added: list[Function] = []

    def on(self, name: str, *listener: Function) -> object:
        """Note "on", then register."""
        self.added += listener
        self.log += ["on"] if listener else []
        return super().on(name, *listener)

    def off(self, name: str, listener: Function) -> None:
        """Note "off", then take the listener off."""
        self.log.append("off")
        super().off(name, listener)

    def why_not_there(self) -> str:
        """Return why a listener that is taken off is not registered."""
        if self.log.count("off") > 1:
            return "the listener is taken off twice"
        if "on" not in self.log:
            return "the listener was never registered, and cannot be taken off"
        return "something else was registered than what is taken off: a lambda around it, or what a function returned"

    def why_with_value(self) -> str:
        """Return why the action got a value: it was called with one, or registered and then called by fire."""
        if any(getattr(listener, "__name__", "") == "action" for listener in self.added):
            return "the action was registered as a listener, in place of the listener"
        return "the action is called with something between its parentheses; it wants nothing"


def judge_listen_during(answer: Function) -> None:
    """The listener hears what happens during the action, and is off afterwards in any case."""
    demand_function_of(answer, "listen_during(events, name, listener, action)")
    events, ear, other = Watched("tick", "tock"), Ear(), Ear()
    Events.on(events, "tick", other)

    def action() -> object:
        events.log.append("action")
        return events.fire("tick", 5) or "done"

    step = "register listener itself, and take it off once, in finally"
    twice = (LookupError, "is not registered", events.why_not_there, step)
    with_value = (
        TypeError,
        "action() takes 0 positional",
        events.why_with_value,
        "register listener, and write action()",
    )
    with errors_named("'done', and the listener hears 5", with_value, *LISTEN_ERRORS, twice, *CALL_ERRORS):
        got = answer(events, "tick", ear, action)
    _check_heard(events.log, ear.heard)
    _check_off(events, other, "the action ended well")
    if got != "done":
        raise Wrong(got=got, wanted=ACTION_RETURNED, cause=_why_not_done(got), next_step="write return action()")
    for error in (KeyError("boom"), ValueError("boom"), KeyboardInterrupt()):
        _check_failing_action(answer, error)


ACTION_RETURNED = "'done', what the action returned"


def _why_not_done(got: object) -> str:
    start = "what action() returns is not returned by your function"
    if got is None:
        return f"{start}: the return is missing, so None comes out"
    return f"{start}: something else is"


LISTEN_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "missing 1 required positional argument: 'value'",
        "the listener is called, by the parentheses behind it, where it should only be handed over",
        "write listener without parentheses: events.on(name, listener)",
    ),
    (
        TypeError,
        "Watched.off() missing",
        "events.off wants two things, the name of the event and the listener",
        "write events.off(name, listener)",
    ),
    (
        TypeError,
        "on() missing",
        "events.on wants two things, the name of the event and the listener",
        "write events.on(name, listener)",
    ),
    (
        TypeError,
        "a listener is a function",
        "what was registered is not the listener, but what something returned: parentheses stand behind it",
        "write events.on(name, listener)",
    ),
    (
        LookupError,
        "there is no event <",
        "name and listener changed places: the name of the event comes first",
        "write events.on(name, listener)",
    ),
    (
        LookupError,
        "there is no event",
        "the name of the event stands in quotes or is your own; the parameter name holds the right one",
        "write events.on(name, listener), without quotes",
    ),
    (
        AttributeError,
        "'Watched' object has no attribute",
        "Events has on, off, fire and listeners, and nothing of this name",
        "use events.on(name, listener) and events.off(name, listener)",
    ),
    (
        TypeError,
        "context manager",
        "what events.on returns is the listener, and that cannot stand behind with",
        "use try and finally",
    ),
    (
        TypeError,
        "'Watched' object is not subscriptable",
        "Events is no dictionary: it is asked with on and off",
        "use events.on(name, listener) and events.off(name, listener)",
    ),
)


def _check_heard(log: list[str], heard: list[object]) -> None:
    cause = first_cause(HEARD, log, heard)
    if cause:
        raise Wrong(
            got=f"the listener heard {shown(heard)}; the steps were: {', '.join(log) or 'none'}",
            wanted="it hears [5], the value that the action fires; the steps: on, action, off",
            cause=cause,
            next_step="first events.on(name, listener), then action() once, then events.off(name, listener)",
        )


HEARD: Causes = (
    (
        lambda log, heard: "action" not in log,
        "the action was never called: the parentheses behind it are missing, or nothing runs it",
    ),
    (
        lambda log, heard: log.count("action") > 1,
        "the action runs more than once: keep what its call returned in a name",
    ),
    (
        lambda log, heard: "on" not in log and not heard,
        "the listener was never registered: events.on(name, listener) is missing",
    ),
    (lambda log, heard: log.count("on") > 1, "the listener is registered more than once, so it hears everything twice"),
    (
        lambda log, heard: log.index("on") > log.index("action"),
        "the listener was not registered while the action ran: events.on comes only after it",
    ),
    (
        lambda log, heard: "off" in log and log.index("off") < log.index("action"),
        "the listener was not registered while the action ran: events.off comes before it",
    ),
    (
        lambda log, heard: len(heard) > 1,
        "your function fires the event or calls the listener itself; that is the action's business",
    ),
    (
        lambda log, heard: not heard,
        "the listener was registered for another event than name says, or something else was",
    ),
    (lambda log, heard: heard != [5], "the listener heard something else than the action fired"),
)


def _check_off(events: Events[object], other: Ear, when: str) -> None:
    left = events.listeners("tick")
    if left == (other,):
        return
    cause = "the listener is still registered: a leak; events.off is missing on this way out"
    if "well" not in when:
        cause = "the listener is still registered: a leak; when the action fails, the error jumps over events.off"
    raise Wrong(
        got=f"{len(left)} listeners on 'tick' after {when}",
        wanted="1: the one that was there before",
        cause=cause if len(left) > 1 or other in left else "you took off somebody else's listener, too",
        next_step="put events.off(name, listener) into the finally part, which runs in any case",
    )


SWALLOWED: Causes = (
    (
        lambda answer: any(nodes_in(part, ast.Return) or isinstance(part, ast.Return) for part in finals(answer)),
        "a return inside finally drops the error on its way out",
    ),
    (
        lambda answer: nodes_in(answer, ast.ExceptHandler) and not nodes_in(answer, ast.Raise),
        "your except part catches it and does not raise it again",
    ),
)


def _check_failing_action(answer: Function, error: BaseException) -> None:
    events, other, kind = Events("tick"), Ear(), type(error).__name__
    events.on("tick", other)

    def fail() -> None:
        raise error

    cause = f"the failure was swallowed: {first_cause(SWALLOWED, answer) or 'an except catches it, or a suppress'}"
    try:
        got = f"{shown(answer(events, 'tick', Ear(), fail))} when the action raised {kind}"
    except BaseException as caught:  # noqa: BLE001 - a learner's except may raise anything in its place
        if caught is error:
            return _check_off(events, other, f"the action raised {kind}")
        got = f"{short_error(caught)} when the action raised {kind}"
        cause = "the failure was replaced by another error: whoever called you looks for the first one"
    raise Wrong(
        got=got,
        wanted=f"the {kind} itself",
        cause=cause,
        next_step="use try and finally without any except, and keep return out of the finally part",
    )
