"""Exercise 01.4: complaints are heard, bugs are not hidden."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_01.judge_complaints import judge_complaints

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="01.4",
    title="Complaints are heard, bugs are not hidden",
    difficulty="medium",
    minutes=8,
    task="Hand in collect_complaints(listeners, value): call all listeners, collect the text of every ValueError "
    "in a list and return it; every other error passes.",
    hints=(
        "Catch one kind of error, for one listener at a time.",
        "try and except ValueError as error, inside the for loop.",
        "In the except part: complaints.append(str(error)). Nothing else is caught.",
    ),
    starter="""
def collect_complaints(listeners, value):
    complaints = []
    ...  # your code here
    return complaints
""",
    solution="""
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except ValueError as error:
            complaints.append(str(error))
    return complaints
""",
    alternative="""
def complaint_of(listener, value):
    try:
        listener(value)
    except ValueError as error:
        return [str(error)]
    return []


def collect_complaints(listeners, value):
    return sum([complaint_of(listener, value) for listener in listeners], [])
""",
    name="collect_complaints",
    judge=judge_complaints,
    praise="Right: you caught what was agreed upon and nothing else; try a listener with a typing error.",
    mistakes=(
        Mistake(
            "bare except",
            """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except:
            complaints.append(f"no {value} please")
    return complaints
""",
            "a bug was hidden",
        ),
        Mistake(
            "except Exception",
            """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except Exception as error:
            complaints.append(str(error))
    return complaints
""",
            "more than ValueError",
        ),
        Mistake(
            "try around the loop",
            """
def collect_complaints(listeners, value):
    complaints = []
    try:
        for listener in listeners:
            listener(value)
    except ValueError as error:
        complaints.append(str(error))
    return complaints
""",
            "around the whole loop",
        ),
        Mistake(
            "error objects instead of texts",
            """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except ValueError as error:
            complaints.append(error)
    return complaints
""",
            "error objects",
        ),
        Mistake(
            "return in finally",
            """
def collect_complaints(listeners, value):
    complaints = []
    try:
        for listener in listeners:
            try:
                listener(value)
            except ValueError as error:
                complaints.append(str(error))
    finally:
        return complaints
""",
            "swallows",
        ),
        Mistake(
            "no try",
            """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        complaints.append(listener(value))
    return complaints
""",
            "no try",
        ),
        Mistake(
            "two kinds of error",
            """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except (ValueError, KeyError) as error:
            complaints.append(str(error))
    return complaints
""",
            "more kinds of error",
        ),
        Mistake(
            "extend takes a text apart",
            """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except ValueError as error:
            complaints.extend(str(error))
    return complaints
""",
            "into letters",
        ),
        Mistake(
            "break in the except part",
            """
def collect_complaints(listeners, value):
    complaints = []
    for listener in listeners:
        try:
            listener(value)
        except ValueError as error:
            complaints.append(str(error))
            break
    return complaints
""",
            "a break in the except part",
        ),
    ),
)
