"""What the usual errors mostly mean, in plain words."""

from __future__ import annotations

from course_utils.exercises.shown import safely
from course_utils.exercises.time_limit import TimeIsUp

__all__ = ["plain_words"]

# kind of error, a fragment of its message, what it mostly means; the first that fits is taken
MEANINGS: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        RuntimeError,
        "Boolean value of Tensor",
        "`if` needs one yes or no, and this tensor holds many: use `torch.where`, `.any()` or `.all()`",
    ),
    (
        RuntimeError,
        "selected index k out of range",
        "`topk` was asked for more items than this axis has: flatten first?",
    ),
    (IndexError, "Dimension out of range", "the tensor has no axis of this number: print `.ndim`; axes count from 0"),
    (
        IndexError,
        "tensors used as indices",
        "decimals were used as positions: `topk` and `sort` give `.indices` for that",
    ),
    (
        TypeError,
        "must be tuple of Tensors",
        "`cat` and `stack` take one list of tensors: put square brackets around them",
    ),
    (
        TypeError,
        "list indices must be integers",
        "a list came where the line expects a tensor: `torch.tensor(...)` makes one",
    ),
    (
        RuntimeError,
        "does not require grad",
        "nothing on the way to this value records gradients: no `requires_grad=True`, or the graph was cut by "
        "`detach()`, `no_grad()` or `.item()`",
    ),
    (
        RuntimeError,
        "second time",
        "this graph was already used by a `backward()`, which frees it: compute the value anew before each "
        "`backward()`",
    ),
    (
        RuntimeError,
        "in-place operation",
        "a tensor that the gradient needs, or a leaf, was changed in place: write `x = x + 1` and not `x += 1`",
    ),
    (
        RuntimeError,
        "inplace",
        "a tensor that the gradient needs was changed in place: write `x = x + 1` and not `x += 1`",
    ),
    (
        RuntimeError,
        "grad can be implicitly created only for scalar",
        "`backward()` starts from a single number: take one entry, `sum()` or `mean()` first",
    ),
    (
        RuntimeError,
        "shapes cannot be multiplied",
        "two matrices whose sizes do not fit are multiplied: print the `.shape` of both just before this line",
    ),
    (
        RuntimeError,
        "must match the size",
        "two tensors whose shapes do not fit are combined: print the `.shape` of both just before this line",
    ),
    (
        RuntimeError,
        "invalid for input of size",
        "the numbers do not fill the shape that was asked for: print `.shape` just before this line",
    ),
    (
        RuntimeError,
        "changed the size",
        "a hook gave back a tensor of another shape than it got: it must keep the shape",
    ),
    (
        RuntimeError,
        "can't call numpy",
        "a tensor that records gradients cannot become an array: use `.detach().numpy()`",
    ),
    (RuntimeError, "input()", "a check asks nothing: let the function take what it needs as a parameter"),
    (RuntimeError, "dtype", "the dtypes do not fit together: print `.dtype` of what meets on this line"),
    (NotImplementedError, "", "a part of the starter is still to be written"),
    (RecursionError, "", "a function calls itself again and again: it needs a case in which it does not"),
    (ModuleNotFoundError, "", "this package is not installed, or its name is misspelled"),
    (ImportError, "", "this module has nothing of that name: check the spelling"),
    (
        UnboundLocalError,
        "",
        "a variable is read before the function gives it a value; a name that is assigned anywhere in a "
        "function belongs to that function",
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
        "something that is no function is called with `(...)`: perhaps a name was given to a value, or a "
        "function was already called",
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
    (StopIteration, "", "`next(...)` was asked of something that has no more items"),
    (AssertionError, "", "an `assert` in your own code does not hold"),
    (MemoryError, "", "more memory was asked for than there is: look for a size that is far too large"),
    (FileNotFoundError, "", "there is no such file: check the name and the folder"),
    (
        ValueError,
        "",
        "a value has the right type, but cannot be used here: read the message, and print the value just "
        "before this line",
    ),
    (RuntimeError, "", "torch could not do this: read the message, and print shapes and dtypes just before this line"),
    (TimeIsUp, "", "a loop that never ends, or far too much work: look at what should end the loop"),
    (SystemExit, "", "`exit()`, `quit()` and `sys.exit()` end the whole notebook: a function ends with `return`"),
)


def plain_words(error: BaseException) -> str:
    """Return what such an error mostly means, or "" if it is none of the usual ones."""
    message = safely(lambda: str(error), "")
    for kind, fragment, meaning in MEANINGS:
        if isinstance(error, kind) and fragment in message:
            return meaning
    return ""
