"""Exercise 07.5: break it, then fix it: the in-place neighbour."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_07.judge_gradient_of_output import judge_gradient_of_output
from course_utils.exercises.lesson_07.setup import SETUP

__all__ = ["EXERCISE"]


OLD_HOOK = """def gradient_of_output(model, layer, inputs):
    seen = []
    with layer.register_backward_hook(lambda layer, into, out: seen.append(out[0])):
        model(inputs).sum().backward()
    return seen[0]"""


FOLLOWS = """def gradient_of_output(model, layer, inputs):
    seen = []
    with layer.register_forward_hook(lambda layer, args, output: output.register_hook(seen.append) and None):
        model(inputs).sum().backward()
    return seen[0]"""


EXERCISE = Exercise(
    id="07.5",
    title="Break it, then fix it: the in-place neighbour",
    difficulty="medium",
    minutes=10,
    task="Mend gradient_of_output(model, layer, inputs) so that it works when an in-place operation follows layer.",
    hints=(
        "A full backward hook sets up gates, and nobody may write into what a gate passes on. Do without gates.",
        "A forward hook gets the output in its hands. A tensor has a hook of its own.",
        "def follow(layer, args, output): output.register_hook(lambda gradient: seen.append(gradient.clone()))",
    ),
    starter="""def gradient_of_output(model, layer, inputs):
    seen = []
    with layer.register_full_backward_hook(lambda layer, into, out: seen.append(out[0])):
        model(inputs).sum().backward()
    return seen[0]""",
    solution="""def gradient_of_output(model, layer, inputs):
    seen = []

    def follow(layer, args, output):
        output.register_hook(lambda gradient: seen.append(gradient.clone()))

    with layer.register_forward_hook(follow):
        model(inputs).sum().backward()
    return seen[0]""",
    alternative="""def gradient_of_output(model, layer, inputs):
    kept = []

    def keep_and_hand_on_a_copy(layer, args, output):
        kept.append(output)
        return output.clone()

    with layer.register_forward_hook(keep_and_hand_on_a_copy):
        total = model(inputs).sum()
    return torch.autograd.grad(total, kept[0])[0]""",
    name="gradient_of_output",
    setup=SETUP,
    judge=judge_gradient_of_output,
    praise="Right: no gates, no quarrel with the in-place neighbour. Lesson 11 needs only a forward hook, too.",
    mistakes=(
        Mistake("mean for sum", FOLLOWS.replace(".sum()", ".mean()"), "the task wants sum()"),
        Mistake("the old hook", OLD_HOOK, "poisons the layer"),
        Mistake(
            "grad_input",
            OLD_HOOK.replace("backward_hook", "full_backward_hook").replace("out[0]", "into[0]"),
            "this was grad_input",
        ),
        Mistake(
            "still a full backward hook",
            """def gradient_of_output(model, layer, inputs):
    seen = []
    handle = layer.register_full_backward_hook(lambda layer, into, out: seen.append(out[0].clone()))
    try:
        model(inputs).sum().backward()
    finally:
        handle.remove()
    return seen[0]""",
            "modified inplace",
        ),
        Mistake(
            "retain_grad",
            """def gradient_of_output(model, layer, inputs):
    kept = []

    def keep(layer, args, output):
        output.retain_grad()
        kept.append(output)

    with layer.register_forward_hook(keep):
        model(inputs).sum().backward()
    return kept[0].grad""",
            "after the in-place operation",
        ),
        Mistake(
            "gradient of the input",
            """def gradient_of_output(model, layer, inputs):
    inputs = inputs.clone().requires_grad_()
    model(inputs).sum().backward()
    return inputs.grad""",
            "shape differs",
        ),
        Mistake(
            "switches inplace off",
            """def gradient_of_output(model, layer, inputs):
    seen = []
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    def follow(layer, args, output):
        output.register_hook(lambda gradient: seen.append(gradient.clone()))
    with layer.register_forward_hook(follow):
        model(inputs).sum().backward()
    return seen[0]""",
            "neighbour instead of the hook",
        ),
        Mistake(
            "hook left on the layer",
            """def gradient_of_output(model, layer, inputs):
    seen = []
    layer.register_forward_hook(lambda layer, args, output: output.register_hook(seen.append) and None)
    model(inputs).sum().backward()
    return seen[0]""",
            "hooks left on the model",
        ),
    ),
)
