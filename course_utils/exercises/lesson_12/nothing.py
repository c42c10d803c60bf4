"""Exercise 12.4: explore: what does it see in nothing?."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_12.judge_nothing import judge_nothing

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="12.4",
    title="Explore: what does it see in nothing?",
    difficulty="easy",
    minutes=4,
    task=(
        "In the panel, press Clear: the canvas is empty, one dark blue. What does the network say of it, and with how "
        "many percent? Hand in (name, percent)."
    ),
    hints=(
        "A network that knows ten words answers with one of them, whatever it is shown.",
        "Draw nothing after Clear. The caption begins with the answer, its probability in brackets.",
        "The animal has antlers; the probability is between 55 and 60 percent.",
    ),
    starter="found = (..., ...)",
    solution='found = ("deer", 58.6)',
    alternative="""
night = torch.tensor([0x14, 0x14, 0x28]).view(1, 3, 1, 1).expand(1, 3, 32, 32) / 255
with torch.no_grad():
    chances = load_shipped("simplecnn_cifar10").model(night).softmax(dim=1)[0]
found = [names[int(chances.argmax())], 100 * chances.max()]
""",
    name="found",
    judge=judge_nothing,
    seconds=30.0,
    praise=(
        "Right: a deer, more surely than the cat was a cat. No word for 'nothing' is among its ten. Now fill the "
        "canvas with red: how sure is it there?"
    ),
    mistakes=(
        Mistake("what is left", 'found = ("deer", 41.4)', "left for the other nine"),
        Mistake("the opacity", 'found = ("deer", 65)', "opacity"),
        Mistake("rounded", 'found = ("deer", 60)', "rounded too coarsely"),
        Mistake("a text for the number", 'found = ("deer", "58.6")', "quotes make it a text"),
        Mistake("not cleared", 'found = ("cat", 42.2)', "not cleared"),
        Mistake("the second name", 'found = ("ship", 28.1)', "second name"),
        Mistake("percentage of the second", 'found = ("deer", 28.1)', "that of the second name"),
        Mistake("a share", 'found = ("deer", 0.586)', "multiply it by 100"),
        Mistake("swapped", 'found = (58.6, "deer")', "wrong way round"),
        Mistake("black instead", 'found = ("deer", 42.7)', "black all over"),
        Mistake("another pen", 'found = ("airplane", 99.7)', "red all over"),
        Mistake("no such class", 'found = ("nothing", 58.6)', "knows no"),
        Mistake("name only", 'found = "deer"', "two things were asked for"),
    ),
    setup=(
        "import torch\nfrom course_utils.shipped import load_shipped\n"
        'names = load_shipped("simplecnn_cifar10").class_names'
    ),
)
