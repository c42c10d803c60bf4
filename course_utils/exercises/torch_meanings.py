"""What the usual errors of tensors, and of unpacking, mostly mean, in plain words."""

from __future__ import annotations

__all__ = ["TORCH_MEANINGS"]

# kind of error, a fragment of its message, what it mostly means; the first that fits is taken
TORCH_MEANINGS: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        RuntimeError,
        "Boolean value of Tensor",
        "`if`, `and`, `min(...)` and `max(...)` want one yes or no, and a tensor of several numbers gives several: "
        "use `.any()`, `.all()`, `.clamp()`; and a loss class is built first, `nn.CrossEntropyLoss()(logits, "
        "labels)`",
    ),
    (
        RuntimeError,
        "cannot be converted to Scalar",
        "`.item()`, `float()` and `int()` take a tensor of one number only; this one holds several: work with the "
        "whole tensor, or reduce it first",
    ),
    (
        RuntimeError,
        "Expected floating point type for target",
        "the loss wants logits first, in floats (not `argmax`, not the labels), and then class numbers; one-hot "
        "labels only as `.float()`",
    ),
    (
        NotImplementedError,
        "not implemented for 'Long'",
        "whole numbers came where floats are needed: for a loss, the logits come first and the labels second",
    ),
    (
        RuntimeError,
        "mean(): could not infer output dtype",
        "these are whole numbers or yes and no: `.float()` first, then `.mean()`",
    ),
    (
        TypeError,
        "must be Tensor, not int",
        "torch's functions want a tensor: for a plain number there is `math`, or `torch.tensor(...)` around it",
    ),
    (
        TypeError,
        "must be Tensor, not float",
        "torch's functions want a tensor: for a plain number there is `math`, or `torch.tensor(...)` around it",
    ),
    (
        TypeError,
        "not supported between instances",
        "two things of different kinds are compared: of an object, compare the number inside it, such as `.accuracy`",
    ),
    (
        TypeError,
        "cannot unpack non-iterable",
        "two names stand left of a single value: `named_children()` gives (name, layer), `children()` layers "
        "alone, and a dict its pairs with `.items()`",
    ),
    (
        TypeError,
        "a layer is a dotted name",
        "the layer's name was expected in this place: compare the order of the arguments",
    ),
    (
        TypeError,
        "invalid data type 'str'",
        "a text was used as a position: names find layers, and numbers find rows and columns",
    ),
    (
        IndexError,
        "out of bounds for dimension",
        "the index is larger than this dimension: images are dimension 0; channels, and the classes of logits, are "
        "dimension 1, `[:, k]`",
    ),
    (
        IndexError,
        "Target",
        "a class number is as large as the number of classes, or larger: they run from 0 to classes - 1",
    ),
    (
        IndexError,
        "Dimension out of range",
        "`dim=` names a dimension that this tensor does not have: look at `.shape`; not every tensor has four",
    ),
    (TypeError, "has no len()", "a single number has no length: it is the count itself, not a list"),
    (
        TypeError,
        "'generator' object",
        "a generator (such as `model.parameters()`) can only be walked through, and only once: make it a `list` first",
    ),
    (
        TypeError,
        "is not iterable",
        "a single value stands where a list is walked through: look at what stands after `in`, or left of `=`; "
        "`+=` puts the entries of another list in, `append` a single thing",
    ),
    (
        TypeError,
        "is not subscriptable",
        "square brackets were put behind a value that has no entries: look at its `type(...)`",
    ),
    (
        TypeError,
        "unhashable",
        "a list or dict stands where a key of a dict, or an entry of a set, is wanted: use a text, a number or a tuple",
    ),
    (
        ValueError,
        "to unpack",
        "the names left of `=` are more or fewer than the values on the right: print what is unpacked",
    ),
    (ValueError, "math domain error", "a logarithm or a root of a number for which there is none: of 0, or below 0"),
    (
        ValueError,
        "channels 0..",
        "the number of a channel that this layer does not have: take the count from the layer's own output, "
        "`.shape[1]`, not from another layer or another dimension",
    ),
    (
        RuntimeError,
        "shapes cannot be multiplied",
        "two matrices whose sizes do not fit are multiplied: print the `.shape` of both just before this line; a "
        "linear layer that gets the raw pictures, or no `flatten(1)` before it, does this",
    ),
    (
        LookupError,
        "layers recorded",
        "the record knows layers by their names, in quotes or as text: hand in the name, not the layer itself",
    ),
    (
        LookupError,
        "has no layer",
        "a name of a layer was written down that only one model has: use the names and the arguments that come in",
    ),
    (
        StopIteration,
        "",
        "`next(...)` was asked of something that has no more items: nothing fits, or it was walked through before",
    ),
    (
        RuntimeError,
        "selected index k out of range",
        "`topk` was asked for more items than this axis has: flatten first?",
    ),
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
        "must match the size",
        "two tensors whose shapes do not fit are combined: print the `.shape` of both just before this line",
    ),
    (
        RuntimeError,
        "invalid for input of size",
        "the numbers do not fill the shape that was asked for: print `.shape` just before this line",
    ),
    (RuntimeError, "input()", "a check asks nothing: let the function take what it needs as a parameter"),
    (RuntimeError, "dtype", "the dtypes do not fit together: print `.dtype` of what meets on this line"),
)
