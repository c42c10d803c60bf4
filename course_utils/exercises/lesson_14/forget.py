"""Exercise 14.3: a test that damages what it tests."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_14.judge_forget import judge_forget

__all__ = ["EXERCISE"]


_LAST = "    return [float(spearmanr(a, b, axis=None).statistic) for a, b in zip(before, after, strict=True)]"


_FORGET = (
    "def forget_last(model, images, explain):\n"
    "    {copy}\n"
    "    twin.fc2.reset_parameters()\n"
    "    classes = model(images).argmax(dim=1)\n"
    "    before, after = explain({first}, images, classes), explain(twin, images, {second})\n" + _LAST
)


EXERCISE = Exercise(
    id="14.3",
    title="A test that damages what it tests",
    difficulty="medium",
    minutes=8,
    task="forget_last(model, images, explain), repaired: a copy forgets, and both maps explain the same classes.",
    hints=(
        "Run it twice on one network: the second answer differs, because the network is not the same any more.",
        "Copy the network with all its weights before anything forgets; and ask for the predicted classes only once.",
        "twin = copy.deepcopy(model); twin.fc2.reset_parameters(); and classes from the trained model for both",
    ),
    starter=(
        "def forget_last(model, images, explain):\n"
        "    before = explain(model, images, model(images).argmax(dim=1))\n"
        "    model.fc2.reset_parameters()\n"
        "    after = explain(model, images, model(images).argmax(dim=1))\n" + _LAST
    ),
    solution=_FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes"),
    alternative=(
        "def forget_last(model, images, explain):\n"
        "    classes = model(images).argmax(dim=1)\n"
        "    before = explain(model, images, classes)\n"
        "    kept = copy.deepcopy(model.fc2.state_dict())\n"
        "    try:\n"
        "        model.fc2.reset_parameters()\n"
        "        after = explain(model, images, classes)\n"
        "    finally:\n"
        "        model.fc2.load_state_dict(kept)\n" + _LAST
    ),
    name="forget_last",
    judge=judge_forget,
    praise="Right: a test that changes what it tests can be run only once, and that once is not to be trusted.",
    mistakes=(
        Mistake(
            "all layers",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes").replace(
                "    classes", "    twin.fc1.reset_parameters()\n    classes"
            ),
            "more than the last layer",
        ),
        Mistake(
            "named, not called",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes").replace(
                "reset_parameters()", "reset_parameters"
            ),
            "named, not called",
        ),
        Mistake(
            "p-values",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes").replace(
                ".statistic", ".pvalue"
            ),
            "p-values",
        ),
        Mistake(
            "weights that were not kept",
            "def forget_last(model, images, explain):\n"
            "    classes = model(images).argmax(dim=1)\n"
            "    before = explain(model, images, classes)\n"
            "    kept = model.state_dict()\n"
            "    model.fc2.reset_parameters()\n"
            "    after = explain(model, images, classes)\n"
            "    model.load_state_dict(kept)\n" + _LAST,
            "no copies",
        ),
        Mistake(
            "no copy", _FORGET.format(copy="twin = model", first="model", second="classes"), "`twin = model` is no copy"
        ),
        Mistake(
            "shallow copy",
            _FORGET.format(copy="twin = copy.copy(model)", first="model", second="classes"),
            "was made to forget",
        ),
        Mistake(
            "the twin's own prediction",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="twin(images).argmax(dim=1)"),
            "its own prediction",
        ),
        Mistake(
            "the twin twice",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="twin", second="classes"),
            "do not come from the two networks",
        ),
        Mistake(
            "the mean",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes").replace(
                "return [", "return sum(["
            )
            + ") / len(images)",
            "one number per picture",
        ),
    ),
    setup="import copy\n\nimport torch\nfrom scipy.stats import spearmanr",
)
