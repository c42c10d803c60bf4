"""Exercise 13.3: ten times louder."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_13.judge_scale import judge_scale

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="13.3",
    title="Ten times louder",
    difficulty="medium",
    minutes=10,
    task="The set of the methods in `five` whose heatmap changes when all logits are ten times as large.",
    hints=(
        "copy.deepcopy the network and multiply weight and bias of its fc2 by ten; then only compare",
        "for each method, the largest absolute difference of the two .heatmaps; a map that is linear in the score "
        "keeps its shape when the score is ten times as large",
        "answer = {name for name, most in change.items() if most > ...}",
    ),
    starter="answer = ...",
    solution='answer = {"grad_cam_plus_plus", "score_cam"}',
    alternative='answer = ["score_cam", "grad_cam_plus_plus"]',
    name="answer",
    judge=judge_scale,
    praise=(
        "Grad-CAM++ mixes g² with g³, Score-CAM has a softmax: their heatmaps depend on the scale of the logits, "
        "so two networks that always answer alike can look different"
    ),
    mistakes=(
        Mistake(
            "all five",
            'answer = {"grad_cam", "grad_cam_plus_plus", "hires_cam", "layer_cam", "score_cam"}',
            "raw maps",
        ),
        Mistake("only the softmax", 'answer = {"score_cam"}', "one method uses alpha"),
        Mistake("only alpha", 'answer = {"grad_cam_plus_plus"}', "one method uses a softmax"),
        Mistake("none", "answer = set()", "one method uses a softmax"),
        Mistake("classes instead of names", 'answer = {"GradCAM"}', "not names of the five"),
    ),
)
