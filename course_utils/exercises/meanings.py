"""What the usual errors mostly mean, in plain words."""

from __future__ import annotations

from course_utils.exercises.graph_meanings import GRAPH_MEANINGS
from course_utils.exercises.shown import safely
from course_utils.exercises.time_limit import TimeIsUp
from course_utils.exercises.torch_meanings import TORCH_MEANINGS

__all__ = ["plain_words"]

# kind of error, a fragment of its message, what it mostly means; the first that fits is taken
MEANINGS: tuple[tuple[type[BaseException], str, str], ...] = (
    (NotImplementedError, "", "a part of the starter is still to be written"),
    (RecursionError, "", "a function calls itself again and again: it needs a case in which it does not"),
    (ModuleNotFoundError, "", "this package is not installed, or its name is misspelled"),
    (ImportError, "", "this module has nothing of that name: check the spelling"),
    (
        UnboundLocalError,
        "",
        "a variable is read before the function gives it a value; a name that is assigned anywhere in a function "
        "belongs to that function",
    ),
    (NameError, "", "nothing has this name yet: check the spelling, or run the cell that defines it"),
    (
        AttributeError,
        "'NoneType'",
        "a value here is None: often a function without `return`, or a call that gives nothing back",
    ),
    (
        TypeError,
        "'NoneType'",
        "a value here is None: often a function without `return`, or a call that gives nothing back",
    ),
    (
        AttributeError,
        "",
        "the value before the dot has nothing of that name: check the spelling, and the type with `type(...)`",
    ),
    (
        TypeError,
        "not callable",
        "something that is no function is called with `(...)`: perhaps a name was given to a value, or a function "
        "was already called",
    ),
    (
        TypeError,
        "argument",
        "a function is called with too many, too few or misnamed arguments: compare the call with its `def` line",
    ),
    (TypeError, "", "a value has another type than this line needs: look at `type(...)` of what stands on it"),
    (KeyError, "", "the dictionary has no such key: print its keys with `list(...)`"),
    (IndexError, "", "the position lies outside: there are fewer items or dimensions than that; positions start at 0"),
    (LookupError, "", "what was looked for is not there: compare the spelling with the names in the message"),
    (ZeroDivisionError, "", "something is divided by zero: think of the case in which it is 0"),
    (AssertionError, "", "an `assert` in your own code does not hold"),
    (MemoryError, "", "more memory was asked for than there is: look for a size that is far too large"),
    (FileNotFoundError, "", "there is no such file: check the name and the folder"),
    (
        ValueError,
        "",
        "a value has the right type, but cannot be used here: read the message, and print the value just before "
        "this line",
    ),
    (
        RuntimeError,
        "",
        "torch could not do this, or your own code raised it: read the message, and print shapes and dtypes just "
        "before this line",
    ),
    (TimeIsUp, "", "a loop that never ends, or far too much work: look at what should end the loop"),
    (SystemExit, "", "`exit()`, `quit()` and `sys.exit()` end the whole notebook: a function ends with `return`"),
)


def plain_words(error: BaseException) -> str:
    """Return what such an error mostly means, or "" if it is none of the usual ones."""
    message = safely(lambda: str(error), "")
    for kind, fragment, meaning in (*GRAPH_MEANINGS, *TORCH_MEANINGS, *MEANINGS):
        if isinstance(error, kind) and fragment in message:
            return meaning
    return ""
