"""Exercise 01.2: run until somebody says STOP."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_01.judge_run_until import judge_run_until

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="01.2",
    title="Run until somebody says STOP",
    difficulty="medium",
    minutes=8,
    task="Hand in run_until(steps, listeners): every listener hears 0, then 1, and so on; after a round in which "
    "somebody returned STOP it ends. It returns how many rounds were run.",
    hints=(
        "First let everybody answer, then look at the answers.",
        "A list comprehension inside a for loop over range(steps); then STOP in answers.",
        "answers = [...] with each listener called on step; if STOP is among them, return step + 1.",
    ),
    starter="def run_until(steps, listeners):\n    ...  # your code here",
    solution="""
def run_until(steps, listeners):
    for step in range(steps):
        answers = [listener(step) for listener in listeners]
        if STOP in answers:
            return step + 1
    return steps
""",
    alternative="""
def run_until(steps, listeners):
    rounds, stopped = 0, False
    while rounds < steps and not stopped:
        for listener in listeners:
            if listener(rounds) is STOP:
                stopped = True
        rounds += 1
    return rounds
""",
    name="run_until",
    judge=judge_run_until,
    praise="Right: everybody hears the last round; this is the heart of fit(..., callbacks=...) in lesson 08.",
    setup="from course_utils.callbacks import STOP",
    mistakes=(
        Mistake(
            "any() stops asking",
            """
def run_until(steps, listeners):
    for step in range(steps):
        if any(listener(step) is STOP for listener in listeners):
            return step + 1
    return steps
""",
            "miss the round",
        ),
        Mistake(
            "break of the inner loop only",
            """
def run_until(steps, listeners):
    rounds = 0
    for step in range(steps):
        answers = []
        for listener in listeners:
            answers.append(listener(step))
        for answer in answers:
            if answer is STOP:
                break
        rounds += 1
    return rounds
""",
            "leaves only the inner loop",
        ),
        Mistake(
            "every true answer stops",
            """
def run_until(steps, listeners):
    for step in range(steps):
        answers = [listener(step) for listener in listeners]
        if any(answers):
            return step + 1
    return steps
""",
            "every true value",
        ),
        Mistake(
            "off by one",
            """
def run_until(steps, listeners):
    for step in range(steps):
        answers = [listener(step) for listener in listeners]
        if STOP in answers:
            return step
    return steps
""",
            "counting begins at 0",
        ),
        Mistake(
            "break without return",
            """
def run_until(steps, listeners):
    for step in range(steps):
        answers = [listener(step) for listener in listeners]
        if STOP in answers:
            break
""",
            "the return is missing",
        ),
        Mistake(
            "only the last answer counts",
            """
def run_until(steps, listeners):
    for step in range(steps):
        for listener in listeners:
            answer = listener(step)
        if listeners and answer is STOP:
            return step + 1
    return steps
""",
            "not heeded",
        ),
        Mistake(
            "compared with a text",
            """
def run_until(steps, listeners):
    for step in range(steps):
        if "STOP" in [listener(step) for listener in listeners]:
            return step + 1
    return steps
""",
            "the text 'STOP'",
        ),
        Mistake(
            "the list itself compared",
            """
def run_until(steps, listeners):
    for step in range(steps):
        answers = [listener(step) for listener in listeners]
        if answers == STOP:
            return step + 1
    return steps
""",
            "whole list of answers",
        ),
        Mistake(
            "steps never looked at",
            """
def run_until(steps, listeners):
    step = 0
    while STOP not in [listener(step) for listener in listeners]:
        step += 1
    return step + 1
""",
            "never looks at steps",
        ),
        Mistake(
            "the rounds from 1 on",
            """
def run_until(steps, listeners):
    for step in range(1, steps + 1):
        if STOP in [listener(step) for listener in listeners]:
            return step
    return steps
""",
            "number 0, not 1",
        ),
        Mistake(
            "no value without a round",
            """
def run_until(steps, listeners):
    for step in range(steps):
        if STOP in [listener(step) for listener in listeners]:
            break
    return step + 1
""",
            "steps = 0",
        ),
    ),
)
