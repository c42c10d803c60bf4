"""Exercise 06.5: explore: how many until a heart is none."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_06.judge_surgery import judge_surgery

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="06.5",
    title="Explore: how many until a heart is none",
    difficulty="easy",
    minutes=5,
    task=(
        "In the panel: picture 11, a heart; conv1, first channel 12, multiply by 0. Raise 'How many' from 1 until "
        "the network changes its mind. Hand in (how many are silent then, what it says then)."
    ),
    hints=(
        "One channel more at a time; the last words of the caption are the network's answer.",
        "The slider How many counts channels: 12, then 12 and 13, then 12 to 14, and so on.",
        "With channels 12 to 17 silent it still says heart; take one more.",
    ),
    starter="found = (..., ...)",
    solution='found = (7, "cross")',
    alternative="""
from course_utils.hooks import mask_channels
picture, found = data.images[11:12], None
for count in range(1, 33):
    with torch.no_grad(), mask_channels(shipped.model, "conv1", list(range(12, 12 + count))):
        word = shipped.class_names[shipped.model(picture).argmax().item()]
    if word != "heart":
        found = [count, word]
        break
""",
    name="found",
    judge=judge_surgery,
    seconds=30.0,
    praise=(
        "Right: with channels 12 to 17 silent it still says heart, with 18 gone too it says cross. Now begin at "
        "channel 0: how many does it take there, and what does that say about the seven?"
    ),
    mistakes=(
        Mistake("the last heart", 'found = (6, "heart")', "one too few"),
        Mistake("one too many", 'found = (8, "cross")', "changed its mind before"),
        Mistake("number of the last channel", 'found = (18, "cross")', "number of a channel"),
        Mistake("begins at channel 0", 'found = (19, "cross")', "first channel was 0"),
        Mistake("the star", 'found = (9, "cross")', "picture 3"),
        Mistake("the truth, not the answer", 'found = (7, "heart")', "before the operation"),
        Mistake("another name", 'found = (7, "star")', "this is not what the network says"),
        Mistake("swapped", 'found = ("cross", 7)', "wrong way round"),
        Mistake("number only", "found = 7", "two things were asked for"),
    ),
    setup=(
        "import torch\nfrom course_utils.datasets import shapes10\nfrom course_utils.shipped import load_shipped\n"
        'shipped, data = load_shipped("simplecnn_shapes10"), shapes10(400, seed=600)'
    ),
)
