"""Exercise 07.4: the guilty layer."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_07.judge_guilty import judge_guilty
from course_utils.exercises.lesson_07.setup import SETUP

__all__ = ["EXERCISE"]


FIND = """def guilty_layer(model, inputs, loss_of):
    guilty = []

    def note(name, layer, grad_input, grad_output):
        {dirty}
        if {test}:
            guilty.append(name)

    with ExitStack() as hooks:
        for name, layer in model.named_children():
            hooks.enter_context(layer.register_full_backward_hook(partial(note, name)))
        loss_of(model(inputs)).backward()
    return {answer}"""


BOTH = "dirty = [any(g is not None and g.isnan().any() for g in some) for some in (grad_output, grad_input)]"


FIRST = 'guilty[0] if guilty else "none"'


EXERCISE = Exercise(
    id="07.4",
    title="The guilty layer",
    difficulty="hard",
    minutes=12,
    task='Write guilty_layer(model, inputs, loss_of): the child that turns clean gradients into NaN, or "none".',
    hints=(
        "One full backward hook on each child, and each must know its layer's name.",
        "partial(note, name) tells the hook its name; ExitStack removes many hooks, also after an error.",
        "guilty if not any NaN in grad_output and any NaN in grad_input; entries may be None; return guilty[0].",
    ),
    starter="def guilty_layer(model, inputs, loss_of): ...",
    solution=FIND.format(dirty=BOTH, test="dirty == [False, True]", answer=FIRST),
    alternative="""def has_nan(gradients):
    return any(bool(g.isnan().any()) for g in gradients if g is not None)


def guilty_layer(model, inputs, loss_of):
    found, handles = ["none"], []
    try:
        for name, layer in model.named_children():
            def note(layer, into, out, name=name):
                if found == ["none"] and has_nan(into) and not has_nan(out):
                    found[0] = name
            handles.append(layer.register_full_backward_hook(note))
        loss_of(model(inputs)).backward()
    finally:
        for handle in handles:
            handle.remove()
    return found[0]""",
    name="guilty_layer",
    setup=SETUP,
    judge=judge_guilty,
    praise="Right: clean gradients in, NaN out. Try it on a network of your own with a logarithm of 0 in it.",
    mistakes=(
        Mistake(
            "infinite is not NaN",
            FIND.format(
                dirty=BOTH.replace("g.isnan().any()", "not g.isfinite().all()"),
                test="dirty == [False, True]",
                answer=FIRST,
            ),
            "infinite is not NaN",
        ),
        Mistake(
            "all of them",
            FIND.format(
                dirty=BOTH.replace("isnan().any()", "isnan().all()"), test="dirty == [False, True]", answer=FIRST
            ),
            "one NaN is enough",
        ),
        Mistake(
            "the last of two",
            FIND.format(dirty=BOTH, test="dirty == [False, True]", answer='guilty[-1] if guilty else "none"'),
            "two are guilty",
        ),
        Mistake(
            "compares with NaN",
            FIND.format(
                dirty=BOTH.replace("g.isnan()", "(g == float('nan'))"), test="dirty == [False, True]", answer=FIRST
            ),
            "equal to nothing",
        ),
        Mistake(
            "too late",
            FIND.format(dirty=BOTH, test="dirty == [False, True]", answer=FIRST).replace(
                "        loss_of(", "    loss_of("
            ),
            "no hook was on the layers",
        ),
        Mistake(
            "another loss",
            FIND.format(dirty=BOTH, test="dirty == [False, True]", answer=FIRST).replace(
                "loss_of(model(inputs))", "model(inputs).sum()"
            ),
            "loss_of was never called",
        ),
        Mistake(
            "looks at grad_input only",
            FIND.format(dirty=BOTH, test="dirty[1]", answer=FIRST),
            "grad_input only",
        ),
        Mistake(
            "takes the last",
            FIND.format(dirty=BOTH, test="dirty[1]", answer='guilty[-1] if guilty else "none"'),
            "passed the NaN on",
        ),
        Mistake(
            "forgets None",
            FIND.format(
                dirty="dirty = [any(g.isnan().any() for g in some) for some in (grad_output, grad_input)]",
                test="dirty == [False, True]",
                answer=FIRST,
            ),
            "NoneType",
        ),
        Mistake(
            "None instead of the word",
            FIND.format(dirty=BOTH, test="dirty == [False, True]", answer="guilty[0] if guilty else None"),
            'the word "none"',
        ),
        Mistake(
            "leaves its hooks",
            FIND.format(dirty=BOTH, test="dirty == [False, True]", answer=FIRST)
            .replace("    with ExitStack() as hooks:", "    if True:")
            .replace(
                "hooks.enter_context(layer.register_full_backward_hook(partial(note, name)))",
                "layer.register_full_backward_hook(partial(note, name))",
            ),
            "hooks left on the model",
        ),
        Mistake(
            "forward hooks",
            FIND.format(dirty="dirty = grad_output.isnan().any()", test="dirty", answer=FIRST).replace(
                "register_full_backward_hook", "register_forward_hook"
            ),
            "forward hooks see finite values",
        ),
    ),
)
