"""What exercise 08.4 demands: the first moment of the film at which more than half of the pictures are recognised."""

from __future__ import annotations

from course_utils.exercises import findings
from course_utils.exercises.exercise import Wrong
from course_utils.panels.training_theatre import Frame, Recorder

__all__ = ["judge_passed"]


HALF = 0.5


PASSED = "the film, and after how many training pictures the accuracy is above 50 % for the first time"


def film_of(answer: object) -> tuple[Frame, ...]:
    """Return what the recorder filmed, or raise Wrong if it is none, or empty."""
    frames = tuple(answer.frames) if isinstance(answer, Recorder) else ()
    if len(frames) > 1 and frames[0].images_seen == 0:
        return frames
    raise Wrong(
        got=answer,
        wanted=PASSED,
        cause="the recorder has filmed no whole training"
        if isinstance(answer, Recorder)
        else "the first of the two is not the recorder: every training is a little different, so the film goes along",
        next_step="run the cell that trains with callbacks=[theatre]; let `theatre` stand first, as in the starter",
    )


def judge_passed(answer: object) -> None:
    """Look for the first moment above one half, in the film that was handed in."""
    if isinstance(answer, tuple | list) and len(answer) == 3:
        raise Wrong(
            got=f"a {type(answer).__name__} of three",
            wanted=PASSED,
            cause="a comma inside a number makes two numbers of it",
            next_step="write 1536, not 1,536",
        )
    film, number = findings.demand_pair(answer, PASSED)
    if isinstance(number, Recorder):
        raise Wrong(got="the film last", wanted=PASSED, cause="the two are the wrong way round", next_step="swap them")
    frames, pictures = film_of(film), findings.demand_number(number, PASSED)
    moment = next((moment for moment, frame in enumerate(frames) if frame.accuracy > HALF), None)
    if moment is None or pictures != frames[moment].images_seen:
        cause, next_step = why_not_passed(pictures, frames, moment)
        raise Wrong(got=f"{pictures:g} training pictures", wanted=PASSED, cause=cause, next_step=next_step)


def why_not_passed(pictures: float, frames: tuple[Frame, ...], moment: int | None) -> tuple[str, str]:
    """Return (cause, next step) for another number than that of ``moment``."""
    if moment is None:
        return "this film never gets above 50 %", "run the training cell of the lesson again, as it was"
    seen = [frame.images_seen for frame in frames]
    if pictures in seen:
        return why_another_moment(seen.index(int(pictures)), frames, moment)
    if pictures in (moment, moment + 1):
        return (
            "this is the number of the moment",
            "read how many pictures: the caption says after ... training pictures",
        )
    if pictures < 0 or pictures > seen[-1]:
        return f"the film goes from 0 to {seen[-1]} pictures, and this lies outside", "read the words beside the slider"
    if 0 < pictures <= 1:
        return "this is an accuracy or a loss, not a number of pictures", "read the words beside the slider Moment"
    if pictures in (HALF * 100, round(frames[moment].accuracy * 100, 1)):
        return "this is the accuracy in percent, not the number of pictures", "read the words beside the slider Moment"
    if pictures * 1000 == seen[moment] or pictures == seen[moment] / 128:
        return "this counts thousands or batches, not pictures", "copy the whole number beside the slider"
    return "no moment of this film has that number of pictures", "copy the number beside the slider, without its comma"


def why_another_moment(other: int, frames: tuple[Frame, ...], moment: int) -> tuple[str, str]:
    """Return (cause, next step) for the pictures of another moment."""
    accuracy = frames[other].accuracy
    if accuracy == HALF:
        return "at that moment the accuracy is exactly 50.0 %, not above", "take the next moment that is above"
    if other < moment:
        return f"at that moment the accuracy is only {accuracy:.1%}: too early", "go on with the right arrow key"
    return (
        f"there it is {accuracy:.1%}, but it was above 50 % before: this is too late",
        "come from the left, and stop at the first moment above",
    )
