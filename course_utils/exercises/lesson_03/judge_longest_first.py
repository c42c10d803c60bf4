"""The judge of exercise 03.1: a key that sorts words by falling length, and leaves equal lengths as they stand."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_03.callables import check_callable
from course_utils.exercises.shown import shown

__all__ = ["judge_longest_first"]


def judge_longest_first(answer: object) -> None:
    """The key sorts by falling length and leaves equal lengths alone."""
    cause = first_cause(NO_KEY, answer)
    if cause:
        step = "hand in only what stands behind key="
        raise Wrong(got=answer, wanted="a function for key=", cause=cause, next_step=step)
    check_callable(answer, "a function of one word, for key=", 1)
    for words in WORD_LISTS:
        wanted = sorted(words, key=len, reverse=True)
        with errors_named(f"{wanted}", *KEY_ERRORS):
            got = sorted(words, key=answer)
        if got != wanted:
            keys = [answer(word) for word in words]
            raise Wrong(
                got=got,
                wanted=wanted,
                cause=first_cause(ORDERS, words, got, keys) or _wrong_pair(words, keys),
                next_step="let the key depend on len(word) alone; a minus turns the order around",
            )


WORD_LISTS = (
    ["fig", "banana", "kiwi", "apple", "plum", "date"],
    ["bb", "b", "aa"],
    ["zz", "yyy", "aaa", "z"],
    ["ab", "", "x" * 40, "y" * 11, "z" * 9],
)


NO_KEY: Causes = (
    (lambda answer: answer is None, "it is None: perhaps the function was called, and it returned None"),
    (lambda answer: isinstance(answer, str), "in quotes it is a text, not a function"),
    (
        lambda answer: isinstance(answer, list | tuple) and any(callable(one) for one in answer),
        "brackets stand around the function; the function alone was asked for",
    ),
    (
        lambda answer: isinstance(answer, list | tuple),
        "this is the result of sorting, not the callback that sorts",
    ),
    (lambda answer: isinstance(answer, dict | set), "the braces make a collection; the function alone was asked for"),
)


KEY_ERRORS: tuple[Reason, ...] = (
    (
        NameError,
        "'words'",
        "words is the whole list; the key is asked for one word at a time, under the name before the colon",
        "write lambda word: and use only word behind the colon",
    ),
    (
        NameError,
        "",
        "the name behind the colon is not the one that stands before it",
        "write the same name on both sides: lambda word: ... word ...",
    ),
    (
        TypeError,
        "bad operand type for unary -: 'str'",
        "the minus stands before the word itself, and only numbers have one",
        "put the minus before the length of the word",
    ),
    (
        TypeError,
        "bad operand type for unary -: 'builtin",
        "len stands there without parentheses, so the minus meets the function itself",
        "write len(word)",
    ),
    (
        TypeError,
        "bad operand type for unary -: 'NoneType'",
        "the minus meets None: what stands behind it returns nothing",
        "write len(word) behind the minus",
    ),
    (
        AttributeError,
        "'str' object has no attribute",
        "a word has no such method: the length is asked with a function around the word",
        "write len(word)",
    ),
    (
        ZeroDivisionError,
        "",
        "the empty word has length 0, and nothing can be divided by that",
        "use a minus in place of the division",
    ),
    (
        IndexError,
        "",
        "a letter is asked for that a short word does not have; the length is what counts",
        "use len(word)",
    ),
    (
        TypeError,
        "between instances of 'NoneType'",
        "the key of each word is None: print and append return None, and a def needs a return",
        "let the function return the number itself",
    ),
    (
        TypeError,
        "between instances of 'function'",
        "the key of each word is a function: there is one lambda too many, or a call is missing",
        "write one lambda: behind its colon the number itself",
    ),
    (
        TypeError,
        "between instances of 'builtin",
        "the key of each word is a function: parentheses are missing behind it",
        "write len(word)",
    ),
    (
        TypeError,
        "",
        "what stands behind the colon cannot be worked out for a word, or two keys cannot be compared",
        "let the key be one number, made of len(word)",
    ),
)


ORDERS: Causes = (
    (
        lambda words, got, keys: all(isinstance(key, list) and len(key) != 1 for key in keys),
        "the key sorts by itself: sorted calls it with one word, and what comes out is a list of its letters",
    ),
    (
        lambda words, got, keys: all(isinstance(key, str) and key.lstrip("-").isdigit() for key in keys),
        "the key is a text of digits: texts are compared letter by letter, not as numbers",
    ),
    (
        lambda words, got, keys: all(isinstance(key, bool) for key in keys) and len(set(keys)) == 2,
        "the key is only True or False, by comparing: words on the same side of the limit are not sorted",
    ),
    (
        lambda words, got, keys: got == sorted(words, key=len) and got != words,
        "this is the shortest first: len alone sorts upwards",
    ),
    (
        lambda words, got, keys: len({repr(key) for key in keys}) == 1,
        "nothing moved: the key is the same for every word",
    ),
    (
        lambda words, got, keys: [len(word) for word in got] == sorted(map(len, words), reverse=True),
        "the lengths are right, but words of one length changed their order: the key holds more than the length",
    ),
    (lambda words, got, keys: got == sorted(words), "this is the order of the alphabet: the word itself is the key"),
    (
        lambda words, got, keys: got == sorted(words, reverse=True),
        "this is the order of the alphabet, backwards: the length is not in the key",
    ),
    (
        lambda words, got, keys: keys == [word[1] for word in words],
        "this sorts by the second letter, as the lesson's first example; the length was asked for",
    ),
    (lambda words, got, keys: keys == [word[0] for word in words], "this sorts by the first letter, not by the length"),
    (lambda words, got, keys: keys == [word[-1] for word in words], "this sorts by the last letter, not by the length"),
    (
        lambda words, got, keys: keys == [word[::-1] for word in words],
        "the key is the word read backwards, not its length",
    ),
    (
        lambda words, got, keys: [abs(key) for key in keys] == [len(set(word)) for word in words],
        "set(word) counts different letters: banana has 3; len(word) counts all",
    ),
    (lambda words, got, keys: keys == [max(word) for word in words], "max(word) is its last letter in the alphabet"),
    (lambda words, got, keys: keys == [min(word) for word in words], "min(word) is its first letter in the alphabet"),
)


def _wrong_pair(words: list[str], keys: list[object]) -> str:
    """Name two words whose keys do not stand in the order that their lengths ask for."""
    for place, longer in enumerate(words):
        for other, shorter in enumerate(words):
            one, two = shown(keys[place]), shown(keys[other])
            if len(longer) > len(shorter) and not keys[place] < keys[other]:
                return (
                    f"the longer word must have the smaller key; it is {one} for {longer!r} and {two} for {shorter!r}"
                )
            if len(longer) == len(shorter) and keys[place] != keys[other]:
                return f"words of one length must have one key; it is {one} for {longer!r} and {two} for {shorter!r}"
    return "the key should depend on the length of the word"
