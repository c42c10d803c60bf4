"""Judge 02.4: a script of calls must give the story that a memory for each function tells, key by key."""

from __future__ import annotations

import inspect

from course_utils.exercises.diagnosis.named_errors import check_passes_errors, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_02.calling import check_arguments
from course_utils.exercises.lesson_02.decorating import check_name, decorated
from course_utils.exercises.lesson_02.forgetful import FORGETFUL, RIGHT_STORY, SHARED, told_by
from course_utils.exercises.lesson_02.memory_slips import EVERY_TIME, STORIES, taken_for
from course_utils.exercises.lesson_02.memory_story import MEMORY_RESULTS, SCRIPT, Story, story_of
from course_utils.exercises.lesson_02.originals import Function, Original, check_calls
from course_utils.exercises.shown import safely, shown

__all__ = ["judge_remembered"]


def judge_remembered(answer: Function) -> None:
    """Own memory for each function; all positional arguments make the key; None and 0 are answers too."""
    demand_function_of(answer, "remembered(function)")
    original = Original(list(MEMORY_RESULTS))
    function = original.function("measure")
    wrapper = decorated(answer, function, original.calls)
    check_arguments(answer, wrapper, 1, 2)
    check_arguments(answer, wrapper)
    story = story_of(answer)
    if story != RIGHT_STORY:
        raise _not_remembered(answer, story)
    wrapper(1, 2)
    check_calls(original, [(1, 2)])
    check_name(wrapper)
    check_passes_errors(lambda fail: answer(fail)(1), "the original")


def _not_remembered(answer: Function, story: Story) -> Wrong:
    """Compare the story with those of the usual mistakes; show the first call that is not as it should be."""
    place = next(place for place, one in enumerate(story) if one != RIGHT_STORY[place])
    which, args = SCRIPT[place]
    (got, calls), (wanted, wanted_calls) = story[place], RIGHT_STORY[place]
    cause = next((cause for decorate, cause in FORGETFUL if safely(lambda d=decorate: told_by(d), None) == story), "")
    if cause.startswith(SHARED) and len(inspect.signature(answer).parameters) > 1:
        cause = "the functions share one memory: it is a default value in the def line, and that is made only once"
    cause = cause or first_cause(STORIES, story, answer)
    if not cause and got != wanted and calls < wanted_calls:
        cause = taken_for(story, place)
    if not cause and calls > wanted_calls:
        cause = first_cause(EVERY_TIME, answer)
    if calls > wanted_calls:
        cause = f"the original was called {calls} times instead of {wanted_calls}; {cause}"
    again = " again" * (SCRIPT[place] in SCRIPT[:place])
    return Wrong(
        got=f"{shown(got)} for the arguments {args}{again}{' of a second function' * which}; {calls} calls so far",
        wanted=f"{wanted!r}, and {wanted_calls} calls of the original so far",
        cause=cause or "equal arguments should give the answer that was stored for them, and others a new one",
        next_step="memory = {} inside the decorator and above the wrapper; the key is args",
    )
