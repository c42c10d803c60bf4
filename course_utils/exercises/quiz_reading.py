"""Read a lesson's quiz from its own markdown: the notebook is the only place where the questions are written.

**Q1.** What does it return? (a) `x` (b) nothing          (or the options as a list, "- (a) `x`")

<details><summary>Answer</summary>

**b.** (a) Only printed. (b) Right: ...

</details>
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Question", "find_notebook", "parse_quiz", "read_quiz"]

LESSONS = Path(__file__).resolve().parents[2] / "notebooks"
OPTION = re.compile(r"\(([a-e])\)[:.]?\s+")
CLAUSE = re.compile(r"\(([a-e])\)(?:,? and \(([a-e])\))?:?\s*")
ENDS = (".", "!", "?", "…", ";", ",", ":", ".)", "!)", "?)")


@dataclass(frozen=True)
class Question:
    """One question.

    Args:
        number: from 1.
        text: the question.
        options: letter → what may be chosen.
        right: the letter of the right one.
        explanations: letter → why it is right or wrong.
    """

    number: int
    text: str
    options: dict[str, str]
    right: str
    explanations: dict[str, str]


def read_quiz(lesson: str) -> tuple[Question, ...]:
    """Return the questions of lesson "05".

    Raises:
        LookupError: there is no such lesson here, or it has no quiz.
    """
    path = find_notebook(lesson)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    found = next((text for text in texts if re.search(r"^## Quiz", text, flags=re.M)), "")
    questions = parse_quiz(found)
    if not questions:
        raise LookupError(f"{path.name} has no quiz that can be read")
    return questions


def find_notebook(lesson: str) -> Path:
    """Return the notebook of lesson "05": in the present folder, or else in the course's.

    Raises:
        TypeError: the lesson is not a text.
        LookupError: there is none.
    """
    if not isinstance(lesson, str):
        raise TypeError(f'a lesson is a text like "05", got {lesson!r}; put it in quotes')
    for folder in (Path.cwd(), LESSONS):
        found = sorted(folder.glob(f"{lesson.strip().zfill(2)}_*.ipynb")) if lesson.strip().isdigit() else []
        if found:
            return found[0]
    there = sorted({path.name[:2] for path in LESSONS.glob("[0-9][0-9]_*.ipynb")})
    raise LookupError(f"there is no lesson {lesson!r} here or in {LESSONS.name}/; lessons with a quiz: {there}")


def parse_quiz(markdown: str) -> tuple[Question, ...]:
    """Return the questions of a quiz.

    Raises:
        ValueError: a question lacks its options, or its answer names none of them.
    """
    blocks = re.split(r"\*\*Q(\d+)\.\*\*", markdown)
    return tuple(_question(int(number), block) for number, block in zip(blocks[1::2], blocks[2::2], strict=True))


def _question(number: int, block: str) -> Question:
    asked, _, rest = block.partition("<details>")
    answer = _one_line(re.sub(r"<summary>.*?</summary>", "", rest.partition("</details>")[0]))
    text, *pairs = OPTION.split(_one_line(asked))
    options = {
        letter: option.strip().removesuffix(" -").strip() for letter, option in zip(*[iter(pairs)] * 2, strict=True)
    }
    named = re.match(r"\**\(?([a-e])\)?[.:]*\**[.:]*\s*", answer)
    if len(options) < 2 or not named or named[1] not in options:
        raise ValueError(f"question {number} needs options (a), (b) ... and an answer that begins with one of them")
    explanations = _explanations(answer[named.end() :], named[1], tuple(options))
    return Question(number, text.strip().removesuffix("-").strip(), options, named[1], explanations)


def _explanations(text: str, right: str, letters: tuple[str, ...]) -> dict[str, str]:
    """Divide an answer's text among the options; what names none explains the right one, and whoever has no other."""
    starts = [found for found in CLAUSE.finditer(text) if _begins(text[: found.start()])]
    places = [found.start() for found in starts] + [len(text)]
    said = {right: text[: places[0]].strip()}
    for found, end in zip(starts, places[1:], strict=True):
        goes_on = text[found.end() : found.end() + 1].islower() and ":" not in found[0]
        subject = found[2] or goes_on  # the letters belong to the sentence: "(a) and (c) treat ...", "(a) costs ..."
        words = text[found.start() if subject else found.end() : end].strip().rstrip(";,")
        for letter in filter(None, found.groups()):
            said[letter] = f"{said.get(letter, '')} {words}".strip()
    own = {letter: _sentence(words) for letter, words in said.items()}
    return {letter: own.get(letter) or text for letter in letters}


def _begins(before: str) -> bool:
    return not before.strip() or before.rstrip().endswith(ENDS)


def _sentence(text: str) -> str:
    text = re.sub(r"^Right[:.,]\s*", "", text)  # the verdict says it already
    return text and text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", ")")) else ".")


def _one_line(text: str) -> str:
    return " ".join(text.split())
