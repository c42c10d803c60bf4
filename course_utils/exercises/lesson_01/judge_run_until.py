"""The judge of exercise 01.2: runs that nobody stops, that one listener stops, or without any step or listener."""

from __future__ import annotations

from course_utils.callbacks import STOP
from course_utils.exercises.diagnosis.named_errors import check_passes_errors, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_01.listeners import CALL_ERRORS, ENOUGH_CALLS, Ear, Function
from course_utils.exercises.lesson_01.run_until_round_slips import ROUND_ERRORS, ROUNDS
from course_utils.exercises.lesson_01.run_until_stop_slips import FOUR, OTHER_STOPS, why_not_stopped
from course_utils.exercises.shown import shown

__all__ = ["judge_run_until"]


def judge_run_until(answer: Function) -> None:
    """All listeners hear each step; a STOP from any of them ends the run after that step."""
    demand_function_of(answer, "run_until(steps, listeners)")
    with errors_named("every listener called with the number of the round", *ROUND_ERRORS, *CALL_ERRORS):
        _check_rounds(answer)
        _check_stopped(answer)
        _check_run_edges(answer)
        _check_other_answers(answer)
    check_passes_errors(lambda fail: answer(1, [fail]), "a listener")


def _check_rounds(answer: Function) -> None:
    """Without a STOP: three rounds, and in each of them a before b."""
    log: list[str] = []

    def ear(name: str) -> Function:
        def listen(*values: object) -> None:
            log.append(name + ",".join(shown(value) for value in values))
            if len(log) > ENOUGH_CALLS:
                never = "your loop never looks at steps: without a STOP it runs for ever"
                came = f"more than {ENOUGH_CALLS} calls for 3 steps and 2 listeners"
                raise Wrong(got=came, wanted="6 calls", cause=never, next_step="write for step in range(steps)")

        return listen

    got = answer(3, [ear("a"), ear("b")])
    if log != ["a0", "b0", "a1", "b1", "a2", "b2"]:
        raise Wrong(
            got=f"calls in this order: {', '.join(log) or 'none'}",
            wanted="a0, b0, a1, b1, a2, b2 for three rounds and the listeners a and b",
            cause=first_cause(ROUNDS, log, {call[1:] for call in log}, answer)
            or "the listeners should hear the number of the round, 0, 1, 2, and each of them once in a round",
            next_step="for step in range(steps): and inside it a loop over the listeners",
        )
    if got is None:
        raise _no_rounds(answer)


def _no_rounds(answer: Function) -> Wrong:
    """Return what to raise for None: it comes out in any case, or only if nobody stops."""
    always = answer(3, [Ear({0: STOP})]) is None
    return Wrong(
        got="None, when nobody said STOP",
        wanted="3: all rounds were run",
        cause="your function returns None: the return is missing (print only shows)"
        if always
        else "the return after the loop is missing, so None comes out when nobody says STOP",
        next_step="return the number of rounds: steps after the loop; and counting begins at 0, so step + 1 at a STOP",
    )


def _check_stopped(answer: Function) -> None:
    """A STOP of the middle listener at 3 ends the run after round 3, for all listeners."""
    first, middle, last = Ear(), Ear({3: STOP}), Ear()
    got = answer(6, [first, middle, last])
    if middle.heard != [0, 1, 2, 3] or last.heard != middle.heard:
        raise Wrong(
            got=f"the listener that answers STOP at 3 heard {middle.heard}, the one after it {last.heard}",
            wanted="both hear 0, 1, 2 and 3, and then it ends",
            cause=why_not_stopped(answer, middle.heard, last.heard),
            next_step="collect all answers of a round in a list; after the inner loop: if STOP in answers, return",
        )
    if got != 4 or not isinstance(got, int):
        raise Wrong(
            got=f"the text {got!r}" if isinstance(got, str) else got,
            wanted="4: the rounds 0, 1, 2 and 3 were run",
            cause=first_cause(FOUR, got) or "this number is not that of the rounds",
            next_step="counting begins at 0, so after step 3 there were 4 rounds: return step + 1",
        )


def _check_other_answers(answer: Function) -> None:
    """Only STOP stops: not True, not a text, not 0."""
    ended = [repr(value) for value in OTHER_ANSWERS if answer(2, [Ear({0: value})]) != 2]
    if ended:
        value = next(value for value in OTHER_ANSWERS if repr(value) == ended[0])
        raise Wrong(
            got=f"{shown(answer(2, [Ear({0: value})]))} rounds when a listener answered {value!r}",
            wanted="2: only STOP stops",
            cause=first_cause(OTHER_STOPS, ended) or f"your test takes {', '.join(ended)} for a STOP",
            next_step="compare: answer is STOP, or STOP in answers; and return steps after the loop",
        )


OTHER_ANSWERS = (True, 1, "STOP", 0, False, 0.5)


def _check_run_edges(answer: Function) -> None:
    for steps, answers, wanted, cause in RUN_EDGES:
        got = answer(steps, [Ear(one) for one in answers])
        if got != wanted or isinstance(got, float | bool):
            raise Wrong(
                got=f"{shown(got)} for {steps} steps and {len(answers)} listeners",
                wanted=wanted,
                cause=cause,
                next_step="collect all answers of a round; return steps after the loop",
            )


RUN_EDGES: tuple[tuple[int, list[dict[object, object]], int, str], ...] = (
    (4, [{}, {0: STOP}], 1, "a STOP in the very first round ends it after one round, also from the last listener"),
    (4, [{0: STOP}, {}], 1, "a STOP in the very first round ends it after one round, also from the first listener"),
    (2, [{1: STOP}], 2, "a STOP in the last round changes nothing: two rounds were run"),
    (3, [{}], 3, "without a STOP all steps are run, and all of them count: 3, not the number 2 of the last round"),
    (3, [], 3, "without listeners nobody says STOP: all steps are run"),
    (0, [{}], 0, "0 steps are no round at all"),
)
