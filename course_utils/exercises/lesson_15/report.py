"""Exercise 15.6: one picture, one number, one doubt."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_15.judge_report import judge_report

__all__ = ["EXERCISE"]


_REPORT = """report = {{
    "heat": {heat},
    "mask": {mask},
    "inside": {inside},
    "doubt": {doubt},
}}"""


_SHARE = "float((heats[0] * masks[0]).sum() / heats[0].sum())"


_DOUBT = '"The heat was measured on drawings, so it says nothing about a patient."'


EXERCISE = Exercise(
    id="15.6",
    title="One picture, one number, one doubt",
    difficulty="hard",
    minutes=20,
    task="report: heat (H, W), mask (H, W), inside (the share of that heat in that mask), doubt (eight words or more).",
    hints=(
        "Choose one film with pneumonia, explain class 1, and measure that film, not the average.",
        "grad_cam gives heatmaps (N, H, W); the film's mask is masks[0]; heat_inside(heats, masks) gives the shares.",
        "inside is the heat in the mask divided by all heat of the same film",
    ),
    starter='report = {"heat": ..., "mask": ..., "inside": ..., "doubt": ...}',
    solution=_REPORT.format(heat="heats[0]", mask="masks[0]", inside=_SHARE, doubt=_DOUBT),
    alternative=_REPORT.format(
        heat="heats[1]",
        mask="masks[1]",
        inside="heats[1][masks[1]].sum() / heats[1].sum()",
        doubt='"A film from another hospital may carry another tag and change everything."',
    ),
    name="report",
    judge=judge_report,
    praise="Right: the number fits the picture, and the doubt is in words. Show all three, or none.",
    mistakes=(
        Mistake(
            "the mask is the heat",
            _REPORT.format(
                heat="heats[0]",
                mask="heats[0] > 0.2",
                inside="heats[0][heats[0] > 0.2].sum() / heats[0].sum()",
                doubt=_DOUBT,
            ),
            "cut out of the heat",
        ),
        Mistake(
            "praise",
            _REPORT.format(
                heat="heats[0]",
                mask="masks[0]",
                inside=_SHARE,
                doubt='"The network always looks at the right place and works very well."',
            ),
            "praises",
        ),
        Mistake(
            "a part is missing",
            'report = {"heat": heats[0], "mask": masks[0], "doubt": ' + _DOUBT + "}",
            "missing: inside",
        ),
        Mistake(
            "chance",
            _REPORT.format(heat="heats[0]", mask="masks[0]", inside="float(masks[0].float().mean())", doubt=_DOUBT),
            "chance",
        ),
        Mistake(
            "outside", _REPORT.format(heat="heats[0]", mask="masks[0]", inside="1 - " + _SHARE, doubt=_DOUBT), "outside"
        ),
        Mistake(
            "another film",
            _REPORT.format(heat="heats[1]", mask="masks[1]", inside=_SHARE, doubt=_DOUBT),
            "another film",
        ),
        Mistake(
            "a batch", _REPORT.format(heat="heats", mask="masks", inside=_SHARE, doubt=_DOUBT), "axis of the films"
        ),
        Mistake(
            "healthy",
            _REPORT.format(heat="heats[0]", mask="masks[0] & False", inside="0.0", doubt=_DOUBT),
            "normal film",
        ),
        Mistake(
            "no doubt", _REPORT.format(heat="heats[0]", mask="masks[0]", inside=_SHARE, doubt='"none"'), "few words"
        ),
        Mistake(
            "per cent",
            _REPORT.format(heat="heats[0]", mask="masks[0]", inside="100 * " + _SHARE, doubt=_DOUBT),
            "percentage",
        ),
    ),
    setup="""import torch
heats = torch.linspace(0, 1, 32).reshape(2, 4, 4)
masks = torch.zeros(2, 4, 4, dtype=torch.bool)
masks[0, 2:, 2:] = True
masks[1, :1] = True""",
)
