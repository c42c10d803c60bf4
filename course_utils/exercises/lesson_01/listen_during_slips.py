"""Exercise 01.5: what errors mean, why the listener heard something else, and what swallowed a failure."""

from __future__ import annotations

import ast

from course_utils.exercises.diagnosis.named_errors import Causes, Reason
from course_utils.exercises.diagnosis.syntax import nodes_in
from course_utils.exercises.lesson_01.listeners import returns_in_finally

__all__ = ["HEARD", "LISTEN_ERRORS", "SWALLOWED", "why_not_done"]


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


def why_not_done(got: object) -> str:
    """Return why something else came out than what the action returned."""
    start = "what action() returns is not returned by your function"
    if got is None:
        return f"{start}: the return is missing, so None comes out"
    return f"{start}: something else is"


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


SWALLOWED: Causes = (
    (returns_in_finally, "a return inside finally drops the error on its way out"),
    (
        lambda answer: nodes_in(answer, ast.ExceptHandler) and not nodes_in(answer, ast.Raise),
        "your except part catches it and does not raise it again",
    ),
)
