"""The quiz of a lesson: choose an answer, and it explains itself. With buttons in Jupyter, in plain text elsewhere."""

from __future__ import annotations

import html
import re

from course_utils.exercises.cards import Card, Row
from course_utils.exercises.quiz_reading import Question, read_quiz

__all__ = ["Quiz", "quiz"]


class Quiz:
    """The questions of one lesson; as the last line of a cell it shows buttons, printed it is plain text.

    Args:
        lesson: its number, "05".
        questions: as `read_quiz` returns them.
    """

    def __init__(self, lesson: str, questions: tuple[Question, ...]) -> None:
        self.lesson, self.questions = lesson, questions

    def __str__(self) -> str:
        lines = [f"Quiz of lesson {self.lesson}"]
        for question in self.questions:
            lines += ["", f"Q{question.number}. {plain(question.text)}"]
            lines += [f"  ({letter}) {plain(option)}" for letter, option in question.options.items()]
        return "\n".join([*lines, "", self._how_to_answer()])

    def __repr__(self) -> str:
        count = len(self.questions)
        return (
            f"Quiz of lesson {self.lesson}: {count} questions. The live form appears here when the cell is run.\n"
            f"Without it: the questions stand above, each with its answer; {self._how_to_answer()}"
        )

    def _how_to_answer(self) -> str:
        example = "abc" * len(self.questions)
        return f'quiz("{self.lesson}", "{example[: len(self.questions)]}") explains answers in plain text.'

    def _repr_mimebundle_(self, **options: object) -> dict[str, object]:
        """Return the widgets for a page that can show them, and a text for one that cannot."""
        from course_utils.exercises.quiz_form import form

        return form(self)._repr_mimebundle_() | {"text/plain": repr(self)}

    def explained(self, answers: str) -> Card:
        """Return what is to be said about the answers, one letter for each question ("-" skips one).

        Raises:
            ValueError: there are too many letters, or one that a question does not have.
        """
        letters = re.sub(r"[\s,.;()]", "", answers).lower()
        if len(letters) > len(self.questions):
            raise ValueError(f"this quiz has {len(self.questions)} questions, got {len(letters)} answers: {answers!r}")
        pairs = [(question, letter) for question, letter in zip(self.questions, letters, strict=False) if letter != "-"]
        for question, letter in pairs:
            if letter not in question.options:
                raise ValueError(f"Q{question.number} has the answers {', '.join(question.options)}, got {letter!r}")
        count = sum(letter == question.right for question, letter in pairs)
        rows = tuple(Row(f"Q{question.number} ({letter})", verdict(question, letter)) for question, letter in pairs)
        return Card(f"Quiz of lesson {self.lesson}: {count} of {len(self.questions)} right", rows)


def quiz(lesson: str, answers: str | None = None) -> Quiz | Card:
    """Return the quiz of a lesson, or, with your answers as letters, what is to be said about them.

    Example:
        >>> quiz("05")          # buttons, as the last line of a cell
        >>> quiz("05", "cabb")  # the same in plain text

    Raises:
        TypeError: the lesson or the answers are no text.
        LookupError: there is no such lesson.
        ValueError: an answer is none of the letters that a question has.
    """
    sheet = Quiz(str(lesson).strip().zfill(2) if isinstance(lesson, str) else lesson, read_quiz(lesson))
    if answers is None:
        return sheet
    if not isinstance(answers, str):
        raise TypeError(f'answers are letters in one text, like "cab", got {answers!r}')
    return sheet.explained(answers)


def verdict(question: Question, letter: str) -> str:
    """Return "Right. ..." or "Not this one. ...", with the option's explanation."""
    word = "Right." if letter == question.right else "Not this one."
    return f"{word} {question.explanations[letter]}"


def plain(text: str) -> str:
    """Return markdown as plain text: without backticks and asterisks around words."""
    return re.sub(r"`([^`]+)`|\*{1,2}([^*]+)\*{1,2}", lambda found: found[1] or found[2], text)


def as_html(text: str) -> str:
    """Return one line of markdown (code, bold, emphasis) as HTML."""
    safe = html.escape(text, quote=False)
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    safe = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", safe)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", safe)
