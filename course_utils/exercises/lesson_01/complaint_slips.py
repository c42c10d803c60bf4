"""Exercise 01.4: why a listener was not called once, or other texts came out than those of the complaints."""

from __future__ import annotations

import ast

from course_utils.exercises.diagnosis.named_errors import Causes
from course_utils.exercises.diagnosis.syntax import nodes_in

__all__ = ["MORE_TEXTS", "NOT_ALL_HEARD", "TEXTS"]


NOT_ALL_HEARD: Causes = (
    (lambda counts, answer: counts == [0, 0, 0], "nobody was called: write listener(value)"),
    (
        lambda counts, answer: max(counts[:2]) > 1 or counts[2] > 2,
        "a listener is called twice: once is enough, inside the try",
    ),
    (
        lambda counts, answer: counts == [1, 0, 0],
        "your function ends after the first listener: the return stands inside the loop",
    ),
    (
        lambda counts, answer: counts == [1, 0, 1] and nodes_in(answer, ast.Break, ast.ExceptHandler),
        "a break in the except part ends the loop at the first complaint",
    ),
    (
        lambda counts, answer: counts == [1, 0, 1] and nodes_in(answer, ast.Return, ast.ExceptHandler),
        "a return in the except part ends your function at the first complaint",
    ),
    (
        lambda counts, answer: counts == [1, 0, 1] and nodes_in(answer, ast.For | ast.ListComp, ast.Try),
        "the try stands around the whole loop: the first ValueError ends it",
    ),
    (
        lambda counts, answer: counts == [1, 0, 1],
        "the first ValueError ends the loop: the try stands around the whole loop, or you return inside it",
    ),
    (lambda counts, answer: counts[0] == 0, "the first listener is left out"),
)


TEXTS: Causes = (
    (lambda got, texts: got is None, "your function returns None: the return is missing"),
    (
        lambda got, texts: isinstance(got, str) and "no 3 please" in got,
        "the texts were joined into one: each complaint has a place of its own in the list",
    ),
    (lambda got, texts: isinstance(got, dict), "a dictionary came out; the list of the texts was asked for"),
    (lambda got, texts: isinstance(got, set), "a set came out: it has no order and keeps equal texts only once"),
    (
        lambda got, texts: isinstance(got, tuple),
        "a tuple came out (round brackets); the list of the texts was asked for",
    ),
    (lambda got, texts: isinstance(got, int), "a number came out; the list of the texts was asked for, not how many"),
    (
        lambda got, texts: got == [],
        "nothing was noted: the except part keeps no text (pass, print, suppress), or the list is lost",
    ),
    (
        lambda got, texts: any(isinstance(one, Exception) for one in got),
        "the list holds the error objects, not their texts",
    ),
    (
        lambda got, texts: any(isinstance(one, type) for one in got),
        "the list holds the kind of the error, not its text",
    ),
    (
        lambda got, texts: any(isinstance(one, tuple) for one in got),
        "there are tuples in the list, like error.args; str(error) is the text alone",
    ),
    (
        lambda got, texts: any(isinstance(one, list) for one in got),
        "there are lists in the list: append the text itself",
    ),
    (
        lambda got, texts: None in got and len(got) == 4,
        "there is a None for each listener that did not complain: append stands outside of the except part, or what "
        "the listeners returned was kept",
    ),
    (lambda got, texts: None in got, "the list holds None, not the texts: print and append return None"),
    (lambda got, texts: "" in got and len(got) == 4, "there is an empty text for each listener that did not complain"),
    (
        lambda got, texts: max(map(len, texts)) == 1,
        "the text was taken apart into letters: extend and += do that to a text; use append",
    ),
    (
        lambda got, texts: texts[0].startswith("ValueError('"),
        "that is repr(error), with the kind and quotes; str(error) is the text alone",
    ),
    (
        lambda got, texts: texts == ["ValueError"] * 2,
        "the list holds the name of the error's kind; str(error) is its text",
    ),
    (
        lambda got, texts: any("ValueError" in one for one in texts),
        "the kind of error stands in the text; str(error) is the text alone",
    ),
)


MORE_TEXTS: Causes = (
    (
        lambda got, texts, answer: got == ["no 3 please"] and nodes_in(answer, ast.Assign | ast.AnnAssign, ast.For),
        "only the last complaint is left: the list is made anew inside the loop",
    ),
    (
        lambda got, texts, answer: got == ["no 3 please"],
        "only one of two complaints is left: equal texts are left out, or the list is made anew",
    ),
    (
        lambda got, texts, answer: texts == ["no 3 please"] * len(got),
        "there are more texts than complaints: some are noted more than once",
    ),
    (
        lambda got, texts, answer: len(texts) == 2 and all("no 3 please" in one for one in texts),
        "something was written around the text; str(error) alone was asked for",
    ),
    (
        lambda got, texts, answer: (
            len(texts) == 2 and any(node.type is None for node in nodes_in(answer, ast.ExceptHandler))
        ),
        "a bare except has no name for the error, so the list holds a text of your own; and it hides bugs, too",
    ),
    (
        lambda got, texts, answer: len(texts) == 2,
        "the list holds a text of your own; the error brings its text along: str(error)",
    ),
    (
        lambda got, texts, answer: len(texts) == 4,
        "there is a text for each listener that did not complain, too: only the except part should append",
    ),
    (
        lambda got, texts, answer: isinstance(got, list),
        "more than the texts of the complaints is in the list",
    ),
)
