"""The judge of exercise 01.5: a listener is there while the action runs, and off again afterwards in any case."""

from __future__ import annotations

from course_utils.callbacks import Events
from course_utils.exercises.diagnosis.named_errors import errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.explain import short_error
from course_utils.exercises.lesson_01.listen_during_slips import HEARD, LISTEN_ERRORS, SWALLOWED, why_not_done
from course_utils.exercises.lesson_01.listeners import CALL_ERRORS, Ear, Function
from course_utils.exercises.lesson_01.watched_events import Watched
from course_utils.exercises.shown import shown

__all__ = ["judge_listen_during"]


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
        raise Wrong(got=got, wanted=ACTION_RETURNED, cause=why_not_done(got), next_step="write return action()")
    for error in (KeyError("boom"), ValueError("boom"), KeyboardInterrupt()):
        _check_failing_action(answer, error)


ACTION_RETURNED = "'done', what the action returned"


def _check_heard(log: list[str], heard: list[object]) -> None:
    cause = first_cause(HEARD, log, heard)
    if cause:
        raise Wrong(
            got=f"the listener heard {shown(heard)}; the steps were: {', '.join(log) or 'none'}",
            wanted="it hears [5], the value that the action fires; the steps: on, action, off",
            cause=cause,
            next_step="first events.on(name, listener), then action() once, then events.off(name, listener)",
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
