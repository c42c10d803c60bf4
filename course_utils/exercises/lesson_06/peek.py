"""Exercise 06.3: break it, then fix it."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_06.judge_peek import judge_peek

__all__ = ["EXERCISE"]


PEEK = """
def peek(model, layer, images):
    seen = {}
    layer.register_forward_hook(lambda module, args, out: seen.setdefault("output", out.detach()))
    return model(images), seen["output"]
"""


PEEK_MENDED = """
def peek(model, layer, images):
    seen = []

    def store_output(module, args, output):
        seen.append(output.detach().clone())

    with layer.register_forward_hook(store_output):
        result = model(images)
    return result, seen[-1]
"""


EXERCISE = Exercise(
    id="06.3",
    title="Break it, then fix it",
    difficulty="medium",
    minutes=8,
    task=(
        "peek returns the model's result and what one layer returned. It has three faults: find and mend them. The "
        "result must keep its graph, the record must be a true copy without a graph, and no hook may stay."
    ),
    hints=(
        "Each fault is one of this lesson's traps. Look at min() of the record, and at count_hooks(model).",
        "What does setdefault return? Whose memory does detach() show? Who removes the hook?",
        "A def that stores output.detach().clone() and returns nothing; `with layer.register_forward_hook(...):`",
    ),
    starter=PEEK,
    solution=PEEK_MENDED,
    alternative="""
def peek(model, layer, images):
    seen = {}
    handle = layer.register_forward_hook(lambda module, args, output: seen.update(output=output.clone().detach()))
    try:
        return model(images), seen["output"]
    finally:
        handle.remove()
""",
    name="peek",
    judge=judge_peek,
    praise="Right: return nothing, copy, and let a block remove the hook. Those three lines are record_outputs.",
    mistakes=(
        Mistake(
            "sweeps out everybody's hooks",
            PEEK_MENDED.replace("    return", "    layer._forward_hooks.clear()\n    return"),
            "sweeps out",
        ),
        Mistake("two runs", PEEK_MENDED.replace("return result,", "return model(images),"), "two runs"),
        Mistake("swapped", PEEK_MENDED.replace("return result, seen[-1]", "return seen[-1], result"), "swapped"),
        Mistake(
            "what the layer received",
            PEEK_MENDED.replace("output.detach()", "args[0].detach()"),
            "what the layer received",
        ),
        Mistake(
            "still returns the record",
            PEEK_MENDED.replace("        seen.append", "        return seen.append").replace(
                "seen.append(output.detach().clone())", "seen.append(output.detach().clone()) or seen[-1]"
            ),
            "hook returned something",
        ),
        Mistake("shares the memory", PEEK_MENDED.replace(".clone()", ""), "shares the memory"),
        Mistake("keeps the graph", PEEK_MENDED.replace(".detach()", ""), "still part of the graph"),
        Mistake(
            "the hook stays",
            PEEK_MENDED.replace("    with layer", "    if layer"),
            "hooks left on the model after the call",
        ),
        Mistake(
            "removed, but not after an error",
            PEEK_MENDED.replace("    with layer", "    handle = layer")
            .replace("(store_output):", "(store_output)")
            .replace("        result = model(images)", "    result = model(images)\n    handle.remove()"),
            "after an error",
        ),
        Mistake("forgets the record", PEEK_MENDED.replace("return result, seen[-1]", "return result"), "not a pair"),
        Mistake(
            "cuts the graph with no_grad",
            PEEK_MENDED.replace("    with layer", "    with torch.no_grad(), layer"),
            "no_grad",
        ),
    ),
    setup="import torch\nfrom course_utils.hooks import record_outputs",
    why="The hook returns nothing, so it replaces nothing; nobody can rewrite a copy; the block removes the hook.",
)
