"""Check a learner's answer and say what came of it; give hints, solutions and the learner's progress.

``check`` has four outcomes and never raises because of an answer: *not attempted*, *right*, *wrong* and *raised*
(the learner's own code raised an error, ran too long, or tried to end the notebook). What these functions return shows
itself as the last line of a cell; ``print`` shows it anywhere else.
"""

from __future__ import annotations

from course_utils.exercises.cards import Card, Outcome, Row
from course_utils.exercises.record import exercises_done, record_file, remember
from course_utils.exercises.shelf import exercises_of, find_exercise, lessons
from course_utils.exercises.verdict import full_name, judged, without_right

__all__ = ["check", "hint", "progress", "solution"]


def check(exercise_id: str, answer: object) -> Outcome:
    """Say whether ``answer`` solves the exercise; a right answer is remembered for ``progress()``.

    Args:
        exercise_id: lesson and number, like "05.2".
        answer: the value, function or class that the exercise asks for.

    Returns:
        An outcome; its ``kind`` is "not attempted", "right", "wrong" or "raised".

    Raises:
        LookupError: there is no such exercise; the message offers near ids.
        TypeError: the id is not a text.
    """
    exercise = find_exercise(exercise_id)
    outcome = judged(exercise, answer)
    trouble = remember(exercise.id) if outcome.kind == "right" else ""
    return outcome.with_notes(trouble) if trouble else outcome


def hint(exercise_id: str, level: int = 1) -> Card:
    """Give a hint: level 1 is the idea, 2 the tool, 3 almost the line.

    Raises:
        LookupError: there is no such exercise, or no such level.
    """
    exercise = find_exercise(exercise_id)
    last = len(exercise.hints)
    if type(level) is not int or not 1 <= level <= last:
        raise LookupError(f"exercise {exercise.id} has hints 1 to {last}, not {level!r}")
    more = f'hint("{exercise.id}", {level + 1})' if level < last else f'solution("{exercise.id}")'
    rows = Row("Hint", exercise.hints[level - 1]), Row("More", f"`{more}`")
    return Card(f"Hint {level} of {last} · {full_name(exercise)}", rows)


def solution(exercise_id: str) -> Card:
    """Show the reference solution, why it works, and a second one in another style.

    Raises:
        LookupError: there is no such exercise.
    """
    exercise = find_exercise(exercise_id)
    rows = (
        Row("Solution", code=exercise.solution.strip()),
        Row("Why", exercise.why or without_right(exercise.praise)),
        Row("Variant", code=exercise.alternative.strip()),
    )
    return Card(f"Solution · {full_name(exercise)}", rows)


def progress() -> Card:
    """Show which exercises were answered rightly, lesson by lesson, and where this is kept."""
    done, trouble = exercises_done()
    rows = tuple(_lesson_row(lesson, done) for lesson in lessons())
    kept = f"kept in `{record_file()}`, and sent nowhere; delete that file to begin anew"
    return Card("Your progress · ✓ right, ○ still to do", rows, (trouble or kept,))


def _lesson_row(lesson: str, done: set[str]) -> Row:
    ids = [exercise.id for exercise in exercises_of(lesson)]
    marks = "  ".join(f"{'✓' if one in done else '○'} {one}" for one in ids)
    return Row(f"Lesson {lesson}", f"{len(done.intersection(ids))} of {len(ids)}   {marks}")
