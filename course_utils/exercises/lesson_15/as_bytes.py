"""Exercise 15.4: bytes that do not wrap."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_15.judge_as_bytes import judge_bytes

__all__ = ["EXERCISE"]


_BYTES = "def to_bytes(normalised):\n    return {}"


EXERCISE = Exercise(
    id="15.4",
    title="Bytes that do not wrap",
    difficulty="medium",
    minutes=6,
    task="to_bytes(normalised): from (x - 0.5) / 0.5 back to uint8 pixels 0 to 255, rounded, cut off, never wrapped.",
    hints=(
        "Undo the two steps of the normalisation in reverse order, then stretch 0..1 to 0..255.",
        "Tensor.round, then Tensor.clamp, and only then the conversion: a byte keeps no decimals and no minus.",
        "((normalised + 1) * 127.5), rounded, clamped to 0..255, .to(torch.uint8)",
    ),
    starter="def to_bytes(normalised):\n    ...",
    solution=_BYTES.format("((normalised + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)"),
    alternative=_BYTES.format("(normalised * 0.5 + 0.5).clamp(0, 1).mul(255).round().byte()"),
    name="to_bytes",
    judge=judge_bytes,
    praise="Right: black is black again. Look at the film in the lesson once more.",
    mistakes=(
        Mistake("256", _BYTES.format("((normalised + 1) * 128).round().clamp(0, 255).to(torch.uint8)"), "256"),
        Mistake(
            "again",
            _BYTES.format("((normalised - 0.5) / 0.5 * 255).round().clamp(0, 255).to(torch.uint8)"),
            "second time",
        ),
        Mistake("int8", _BYTES.format("((normalised + 1) * 127.5).round().clamp(0, 255).to(torch.int8)"), "unsigned"),
        Mistake(
            "rounded too early",
            _BYTES.format("(((normalised + 1) / 2).round() * 255).clamp(0, 255).to(torch.uint8)"),
            "black and white are left",
        ),
        Mistake(
            "as the article",
            _BYTES.format("(normalised * 255).to(torch.int64).to(torch.uint8)"),
            "negative numbers wrap",
        ),
        Mistake(
            "no clamp",
            _BYTES.format("((normalised + 1) * 127.5).round().to(torch.int64).to(torch.uint8)"),
            "clamp before",
        ),
        Mistake("cut off", _BYTES.format("((normalised + 1) * 127.5).clamp(0, 255).to(torch.uint8)"), "round first"),
        Mistake("black", _BYTES.format("(normalised.clamp(0, 1) * 255).round().to(torch.uint8)"), "cut to black"),
        Mistake("floats", _BYTES.format("((normalised + 1) * 127.5).round().clamp(0, 255)"), "not turned into bytes"),
    ),
    setup="import torch",
)
