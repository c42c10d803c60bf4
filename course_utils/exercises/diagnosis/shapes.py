"""Demand a tensor made from another one; if its shape differs, say which axes of that one were joined or lost."""

from __future__ import annotations

from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.kinds import why_no_tensor, why_whole_numbers
from course_utils.exercises.exercise import Wrong

__all__ = ["demand_tensor_like"]


def demand_tensor_like(
    got: object,
    wanted: Tensor,
    given: Tensor,
    names: tuple[str, ...],
    what: str = "",
    shapes: dict[tuple[int, ...], str] | None = None,
) -> Tensor:
    """Return ``got`` as a tensor of the kind and shape of ``wanted``; ``names`` are the axes of ``given``.

    Raises:
        Wrong: it is none, or has another shape; the cause says how it came about.
    """
    shape = tuple(wanted.shape)
    before = f"{what}: " if what else ""
    if not isinstance(got, Tensor):
        cause, step = why_no_tensor(got, shape)
        raise Wrong(got=got, wanted=f"{before}a tensor of shape {shape}", cause=cause, next_step=step)
    if tuple(got.shape) != shape:
        cause, step = _why_another_shape(got.detach(), wanted, given, names)
        cause = (shapes or {}).get(tuple(got.shape), cause)
        raise Wrong(got=f"shape {tuple(got.shape)}", wanted=f"{before}shape {shape}", cause=cause, next_step=step)
    if not got.is_floating_point():
        wanted_kind = f"{before}numbers with a fraction, {wanted.dtype}"
        step = "return the values themselves, without argmax, .indices, int() or byte()"
        raise Wrong(got=got, wanted=wanted_kind, cause=why_whole_numbers(got), next_step=step)
    return got


def _why_another_shape(got: Tensor, wanted: Tensor, given: Tensor, names: tuple[str, ...]) -> tuple[str, str]:
    """Return how a tensor of another shape came about: axes left over, lost, exchanged, or other axes joined."""
    came, shape = tuple(got.shape), tuple(wanted.shape)
    step = f"write the shape behind each line as a comment; the axes of what comes in are {', '.join(names)}"
    if came == ():
        return "everything was joined into one number", step
    if [n for n in came if n != 1] == [n for n in shape if n != 1]:
        return _why_ones(came, shape), step
    if came == shape[1:] and (cause := _why_no_first_axis(got, wanted, names[0])):
        return cause, step
    if came == tuple(given.shape):
        return "nothing was joined: the shape is still that of what came in", step
    left = _axes_left(came, tuple(given.shape))
    if left is not None:
        return _why_other_axes(left, names, wanted, given), step
    return _why_reshaped(got, wanted, given) or _why_sizes(came, shape, names), step


def _why_reshaped(got: Tensor, wanted: Tensor, given: Tensor) -> str:
    if sorted(got.shape) == sorted(given.shape) and given.ndim > wanted.ndim:
        return "nothing was joined: the axes were only put into another order"
    if got.numel() == given.numel() and given.numel() != wanted.numel():
        return "nothing was joined: the same numbers were only given another shape"
    if got.ndim > 1 and got.shape[0] == got.shape[1] == wanted.shape[0] and got.shape[2:] == wanted.shape[1:]:
        return "for each picture, the result for *all* pictures came, (N, N, ...): keep only its own"
    if got.numel() == wanted.numel() and got.ndim < wanted.ndim:
        return "the numbers stand in one line (flatten, view, cat): the shape of the task is lost"
    return ""


def _why_sizes(came: tuple[int, ...], shape: tuple[int, ...], names: tuple[str, ...]) -> str:
    if sorted(came) == sorted(shape):
        return "the axes stand in another order: something was transposed (.T, permute), or reshaped wrongly"
    if came == shape[1:]:
        return f"the axis of the {names[0]}, axis 0, is gone: they were mixed, or only one came"
    if len(came) == len(shape) and came[-2:] != shape[-2:] and all(a >= b for a, b in zip(came, shape, strict=True)):
        return "the maps were enlarged (interpolate); they keep the size that they have in the layer"
    if len(came) == len(shape) and came[0] < shape[0] and came[1:] == shape[1:]:
        return f"only {came[0]} of {shape[0]} {names[0]} came"
    if len(set(came)) == 1 and len(came) > len(shape):
        return "each one met all the others: (N,) beside (N, 1) gives (N, N); one of the two has an axis too much"
    return f"the axes {came} are not those of the task"


def _why_ones(came: tuple[int, ...], shape: tuple[int, ...]) -> str:
    if len(came) > len(shape):
        return (
            "an axis of length 1 is left over: leave keepdim away in the last step, take [0] of what has only one, "
            "or use torch.cat instead of torch.stack"
        )
    return "an axis of length 1 is lost: squeeze() or [0] also takes the axis of a batch of one, or of one channel"


def _why_no_first_axis(got: Tensor, wanted: Tensor, name: str) -> str:
    many = len(wanted) > 1
    likely = {
        f"only the first of the {name} came: [0] too much": wanted[0],
        f"only the last of the {name} came: a loop overwrote the others": wanted[-1],
        f"the {name} were added up: axis 0 is theirs, and stays": wanted.sum(dim=0),
        f"the {name} were mixed: they were averaged, and axis 0 is theirs": wanted.mean(dim=0),
    }
    fits = [cause for cause, value in likely.items() if many and same_relative(got, value)]
    return fits[0] if fits else ""


def _axes_left(came: tuple[int, ...], given: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return which axes of ``given`` are still there, if their lengths tell; else None."""
    if len(set(given)) < len(given) or any(n not in given for n in came) or len(came) >= len(given):
        return None
    left = tuple(given.index(n) for n in came)
    return left if list(left) == sorted(left) else None


def _why_other_axes(left: tuple[int, ...], names: tuple[str, ...], wanted: Tensor, given: Tensor) -> str:
    stays = {given.shape.index(n) for n in wanted.shape if n in given.shape}
    gone = [f"{names[axis]} (axis {axis})" for axis in range(given.ndim) if axis not in left]
    lost = [names[axis] for axis in sorted(stays - set(left))]
    kept = [names[axis] for axis in left if axis not in stays]
    told = f"the axes that were joined, averaged or dropped are {' and '.join(gone)}"
    told += f"; {' and '.join(lost)} should stay" if lost else ""
    return told + (f"; {' and '.join(kept)} should not" if kept else "")
