"""The doubt of a report in exercise 15.6: the words that tell it from praise and from a plain account."""

from __future__ import annotations

import re

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import shown

__all__ = ["judge_doubt"]

DOUBTING = re.compile(
    r"\b(not|no|nor|never|only|may|might|could|cannot|nothing|without|whether|unless|perhaps|possibl[ey]|un\w+|in\w+able|"
    r"doubt\w*|but|however|although|though|yet|fail\w*|wrong\w*|if|nobody|none|neither|differ\w*|outside|invisible|"
    r"miss\w*|others?|another|elsewhere|phantoms?|drawn|drawings?|chance|tags?|still|lacks?|ignor\w*|few|merely|just|alone|"
    r"hardly|barely|limit\w*|question\w*|guess\w*|luck\w*|rather|instead|depends?|coarse|bias\w*|less|too|real|"
    r"patients?|hospitals?|one|single|would|should|nicht|kein\w*|nur)\b|n['’]t\b",
    re.IGNORECASE,
)

BOASTING = re.compile(
    r"\b(proves?|proven|perfect\w*|always|certain\w*|definite\w*|clear\w*|correct\w*|works?|well|good|great|excellent|"
    r"reliabl\w*|trust\w*|confirms?|right|true|sure\w*|best|exactly)\b",
    re.IGNORECASE,
)


def judge_doubt(doubt: object) -> None:
    """Raise Wrong unless the doubt is a sentence of eight words or more that says what is not proven."""
    words = doubt.split() if isinstance(doubt, str) else []
    cause = _why_no_doubt(doubt, words)
    if cause:
        raise Wrong(
            got=doubt if isinstance(doubt, str) and doubt else shown(doubt),
            wanted="a sentence of at least eight words, on what this does not prove",
            cause=cause,
            next_step="finish the sentence: 'This does not show that ...'",
        )


def _why_no_doubt(doubt: object, words: list[str]) -> str:
    if not isinstance(doubt, str):
        return f"something of type {type(doubt).__name__} came; a doubt in words is one text, in quotes"
    if not words:
        return "the text is empty: there is no doubt in it"
    if len(words) < 8:
        return f"a doubt in a few words ({len(words)}, not eight) does not say what is doubted"
    if len({word.lower() for word in words}) < 6 or not re.search(r"[^\W\d]{3}", doubt):
        return "the same word again and again, or no words at all, does not say what is doubted"
    if BOASTING.search(doubt) and not DOUBTING.search(doubt):
        return "this praises the network or the map, or claims a proof; it does not say what is *not* proven"
    if not DOUBTING.search(doubt):
        return "this tells what is seen and doubts nothing: no `not`, `only`, `may`, `another`, ... is in it"
    return ""
