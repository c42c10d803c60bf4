"""Exercise 08.4: explore: when does it know half of them?."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_08.judge_passed import judge_passed

__all__ = ["EXERCISE"]


FILM = """
from course_utils.datasets import shapes10
from course_utils.panels.training_theatre import Frame, Recorder
theatre = Recorder(shapes10(1, seed=1))
shares = {0: 0.1, 1024: 0.215, 2048: 0.5, 3072: 0.62, 4096: 0.485, 5120: 0.81}
theatre.frames = [Frame(seen, 2.3 - share, share, None, None) for seen, share in shares.items()]
"""


EXERCISE = Exercise(
    id="08.4",
    title="Explore: when does it know half of them?",
    difficulty="easy",
    minutes=4,
    task=(
        "Walk through the film with the slider Moment. After how many training pictures is the accuracy above 50 % for "
        "the first time? Put the number in place of the dots; `theatre` stays, because every training is different."
    ),
    hints=(
        "Come from the left, one moment at a time, and read the accuracy in the caption.",
        "Above means above: 50.0 % does not count. The number of pictures stands beside the slider.",
        "The film is a list: `theatre.frames[0].accuracy` and `.images_seen`; go through it until it is above 0.5.",
    ),
    starter="found = (theatre, ...)",
    solution="found = (theatre, next(frame.images_seen for frame in theatre.frames if frame.accuracy > 0.5))",
    alternative="found = [theatre, min(frame.images_seen for frame in theatre.frames if frame.accuracy > 0.5)]",
    name="found",
    judge=judge_passed,
    praise=(
        "Right. The loss has been falling since long before: accuracy counts only who is first, the loss feels every "
        "step. Now find the moment at which the kernels move most."
    ),
    mistakes=(
        Mistake("the last moment below", "found = (theatre, 1024)", "too early"),
        Mistake("exactly one half", "found = (theatre, 2048)", "exactly 50.0 %"),
        Mistake("later", "found = (theatre, 5120)", "above 50 % before"),
        Mistake("number of the moment", "found = (theatre, 4)", "number of the moment"),
        Mistake("the accuracy", "found = (theatre, 0.62)", "an accuracy or a loss"),
        Mistake("percent", "found = (theatre, 62)", "accuracy in percent"),
        Mistake("a comma in the number", "found = (theatre, 3, 72)", "a comma inside a number"),
        Mistake("without the film", "found = 3072", "two things were asked for"),
        Mistake("swapped", "found = (3072, theatre)", "wrong way round"),
        Mistake("in quotes", "found = (theatre, '3,072')", "a text stands"),
    ),
    setup=FILM,
    why="The film holds accuracy and pictures of each moment; the first one above 0.5 is the answer.",
)
