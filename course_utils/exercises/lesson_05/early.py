"""Exercise 05.4: update during the walk."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_05.judge_early import judge_early

__all__ = ["EXERCISE"]


EARLY = """
def optimizer_in_backward(parameters, learning_rate):
    def update(parameter):
        with torch.no_grad():
            parameter -= learning_rate * parameter.grad
        parameter.grad = None

    return [parameter.register_post_accumulate_grad_hook(update) for parameter in parameters]
"""


EXERCISE = Exercise(
    id="05.4",
    title="Update during the walk",
    difficulty="hard",
    minutes=10,
    task=(
        "Write optimizer_in_backward(parameters, learning_rate): while backward() runs, each parameter steps "
        "against its gradient as soon as that is complete, and drops it. Return the list of handles."
    ),
    hints=(
        "One hook for each parameter; it must run when .grad has been written.",
        "register_post_accumulate_grad_hook hands the parameter itself to your function.",
        "Under no_grad: parameter -= learning_rate * parameter.grad; then parameter.grad = None.",
    ),
    starter="def optimizer_in_backward(parameters, learning_rate):\n    ...",
    solution=EARLY,
    alternative="""
def optimizer_in_backward(parameters, learning_rate):
    handles = []
    for parameter in parameters:

        def update(owner):
            owner.data.add_(owner.grad, alpha=-learning_rate)
            owner.grad = None

        handles.append(parameter.register_post_accumulate_grad_hook(update))
    return handles
""",
    name="optimizer_in_backward",
    judge=judge_early,
    praise="Right: no gradient waits for the others. All gradients together weigh as much as all weights.",
    mistakes=(
        Mistake("a rate of its own", EARLY.replace("learning_rate * ", "0.1 * "), "learning rate is 0.1 here"),
        Mistake(
            "only the weights",
            EARLY.replace("in parameters]", "in parameters if parameter.dim() > 1]"),
            "did not move: 0.bias, 2.bias",
        ),
        Mistake(
            "a generator",
            EARLY.replace("return [", "return (").replace("parameters]", "parameters)"),
            "generator registers nothing",
        ),
        Mistake("set to 0", EARLY.replace("parameter.grad = None", "parameter.grad.zero_()"), "set to 0"),
        Mistake(
            "used up",
            EARLY.replace("    return", "    torch.optim.SGD(parameters, learning_rate)\n    return"),
            "walked through only once",
        ),
        Mistake("no rate", EARLY.replace("learning_rate * ", ""), "learning rate is left out"),
        Mistake("keeps the gradient", EARLY.replace("        parameter.grad = None\n", ""), "add up"),
        Mistake("walks uphill", EARLY.replace("parameter -=", "parameter +="), "up the slope"),
        Mistake("no handles", EARLY.replace("return [", "_ = ["), "None"),
        Mistake(
            "late binding: all hooks see the last parameter",
            """
def optimizer_in_backward(parameters, learning_rate):
    handles = []
    for parameter in parameters:

        def update(_):
            with torch.no_grad():
                parameter.sub_(learning_rate * parameter.grad)
            parameter.grad = None

        handles.append(parameter.register_post_accumulate_grad_hook(update))
    return handles
""",
            "NoneType",
        ),
        Mistake(
            "the hook that fires too early",
            EARLY.replace("register_post_accumulate_grad_hook", "register_hook"),
            "NoneType",
        ),
        Mistake(
            "changes a copy",
            EARLY.replace(
                "parameter -= learning_rate * parameter.grad", "new = parameter - learning_rate * parameter.grad"
            ),
            "no weight has changed",
        ),
    ),
    setup="import torch",
)
