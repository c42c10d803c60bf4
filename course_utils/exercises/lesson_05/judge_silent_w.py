"""What exercise 05.5 demands: the one position of the panel's knob at which w.grad is 0."""

from __future__ import annotations

from course_utils.exercises import findings
from course_utils.exercises.exercise import Wrong
from course_utils.panels.gradient_knob import AMOUNTS, SCALE, State, walk_back

__all__ = ["judge_silent_w"]


SILENT = "the slider's factor at which w.grad is 0, with the hook on b and x = 3"


def w_grad_at(node: str, factor: float, x: float = 3.0) -> float:
    """Return w.grad as the panel shows it, with the knob on ``node`` multiplying by ``factor``."""
    return walk_back(State(node, SCALE, factor, x)).left["w"]


def judge_silent_w(answer: object) -> None:
    """Turn the panel's own knob to every position; exactly one gives w.grad = 0."""
    got = findings.demand_number(answer, SILENT)
    (wanted,) = (factor for factor in AMOUNTS[SCALE] if w_grad_at("b", factor) == 0)
    if not findings.is_near(got, wanted):
        cause, next_step = why_w_is_not_silent(got, wanted)
        raise Wrong(got=f"{got:.4g}", wanted=SILENT, cause=cause, next_step=next_step)


def why_w_is_not_silent(got: float, wanted: float) -> tuple[str, str]:
    """Return (cause, next step) for a factor, or a gradient taken for one."""
    if findings.is_near(got, -wanted):
        return "the sign is lost: the road through b must take away what the road through a brings", "turn below 0"
    if got == 0:
        return (
            f"0 closes the road through b only; the road through a still brings {w_grad_at('b', 0):.4g}",
            "go on below 0, until the caption says w.grad 0",
        )
    if findings.is_near(got, 100 * wanted):
        return "this is the factor in percent", "write it as the slider does, with a decimal point"
    if findings.is_near(w_grad_at("a", got), 0):
        return "this factor silences w with the hook on a, and x.grad changes too", "let the hook sit on b"
    if (x := next((x for x in (2.0, 1.0, 0.0, 4.0, 5.0) if abs(w_grad_at("b", got, x)) < 0.1), None)) is not None:
        return f"this is the factor for x = {x:g}, not for x = 3", "set the slider of x to 3"
    if got not in AMOUNTS[SCALE]:
        return why_no_factor(got)
    off = w_grad_at("b", got)
    side = "one position beside it" if findings.is_near(abs(got - wanted), 0.25) else "not there yet"
    return f"{side}: at {got:g} the caption says w.grad {off:.4g}", f"turn {'down' if off > 0 else 'up'}"


def why_no_factor(got: float) -> tuple[str, str]:
    """Return (cause, next step) for a number that is no position of the slider."""
    lowest, highest = min(AMOUNTS[SCALE]), max(AMOUNTS[SCALE])
    if lowest <= got <= highest:
        return "the slider has no such position: its steps are quarters", "read the number beside How much"
    if abs(got) in (*walk_back(State("b", SCALE, 1.0, 3.0)).left.values(), 16, 32, 48, 64, 96):
        return "this is a gradient from the picture, not the factor of the knob", "read the number beside How much"
    return f"the slider goes from {lowest:g} to {highest:g} only", "read the number beside How much"
