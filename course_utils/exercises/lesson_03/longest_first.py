"""Exercise 03.1: the longest first."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_03.judge_longest_first import judge_longest_first

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="03.1",
    title="The longest first",
    difficulty="easy",
    minutes=3,
    task="Hand in a lambda for key=, so that sorted(words, key=answer) gives the longest word first and leaves "
    "words of one length in their order.",
    hints=(
        "sorted puts small keys first; the longest word needs the smallest key.",
        "len(word) is the length, and a minus turns any order around.",
        "lambda word: and behind the colon minus the length.",
    ),
    starter="answer = ...",
    solution="answer = lambda word: -len(word)",
    alternative="def by_length(word):\n    return 1 / (1 + len(word))\n\n\nanswer = by_length",
    name="answer",
    judge=judge_longest_first,
    praise="Right: small keys come first, so a minus turns the order around; max and min take a key too.",
    mistakes=(
        Mistake("shortest first", "answer = lambda word: len(word)", "shortest first"),
        Mistake("no argument", "answer = lambda: -len('word')", "does not take 1 argument"),
        Mistake(
            "the sorted list", "answer = sorted(['fig', 'apple'], key=lambda word: -len(word))", "result of sorting"
        ),
        Mistake("called at once", "answer = (lambda word: -len(word))('fig')", "called already"),
        Mistake("alphabet as well", "answer = lambda word: (-len(word), word)", "changed their order"),
        Mistake("the same for every word", "answer = lambda word: -len('word')", "nothing moved"),
        Mistake("minus before the word", "answer = lambda word: -word", "before the word itself"),
        Mistake("the key sorts", "answer = lambda words: sorted(words, key=len, reverse=True)", "sorts by itself"),
        Mistake("two arguments", "answer = lambda one, other: len(other) - len(one)", "it asks for 2"),
        Mistake("print has no value", "answer = lambda word: print(-len(word))", "is None"),
        Mistake("two halves only", "answer = lambda word: len(word) < 5", "only True or False"),
    ),
)
