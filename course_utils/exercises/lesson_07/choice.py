"""Exercise 07.2: choose the hook."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_07.judge_choice import CHOICES, judge_choice

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="07.2",
    title="Choose the hook",
    difficulty="easy",
    minutes=6,
    task="Name the hook for each of five wishes, by the last part of its name.",
    hints=(
        "Ask what you hold: a layer, a weight, an optimizer, a file.",
        "The table of four questions and the atlas: try the words 'accumulated', 'step', 'load'.",
        "a: forward, after the layer. b: backward, before it. c: on the weight. d: before the step. e: on loading.",
    ),
    starter='choice = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ...}',
    solution='choice = {\n    "a": "register_forward_hook",\n    "b": "register_full_backward_pre_hook",\n'
    '    "c": "register_post_accumulate_grad_hook",\n    "d": "register_step_pre_hook",\n'
    '    "e": "register_load_state_dict_pre_hook",\n}',
    alternative='choice = dict(\n    a="torch.nn.Module.register_forward_hook",\n'
    '    b="torch.nn.Module.register_full_backward_pre_hook",\n'
    '    c="torch.Tensor.register_post_accumulate_grad_hook",\n'
    '    d="torch.optim.Optimizer.register_step_pre_hook",\n'
    '    e="torch.nn.Module.register_load_state_dict_pre_hook",\n)',
    name="choice",
    judge=judge_choice,
    praise="Right: five wishes, five hooks. Open one of their pages in the atlas and run its example.",
    mistakes=tuple(
        Mistake(
            f"{letter}: {wrong}",
            "choice = " + repr({key: (wrong if key == letter else right[0]) for key, right in CHOICES.items()}),
            says,
        )
        for letter, wrong, says in (
            ("d", "register_hook", "leaves backward half-way"),
            ("a", "register_full_backward_hook", "when gradients leave a layer"),
            ("b", "register_backward_hook", "is retired"),
            ("c", "register_tensor_hook", "PyTorch has no hook of the name"),
            ("e", "register_load_state_dict_hook", "is register_load_state_dict_pre_hook meant"),
            ("a", "register_forward_pre_hook", "goes into the layer"),
            ("b", "register_full_backward_hook", "only what flows on"),
            ("c", "register_hook", "before .grad is filled"),
            ("d", "register_step_post_hook", "have moved already"),
            ("e", "register_state_dict_pre_hook", "for saving"),
        )
    ),
)
