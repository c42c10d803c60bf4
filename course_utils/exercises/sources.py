"""Run a learner's cell that is given as text, so that its lines can be shown when it raises."""

from __future__ import annotations

import linecache
import zlib
from types import CodeType

from course_utils.exercises.exercise import Exercise

__all__ = ["evaluate"]


def evaluate(exercise: Exercise, source: str) -> object:
    """Run ``exercise.setup``, then ``source``, in a fresh namespace; return what ``exercise.name`` is then.

    Raises:
        LookupError: ``source`` does not define ``exercise.name``.
        Exception: whatever ``source`` raises.
    """
    namespace: dict[str, object] = {"__name__": "__main__"}
    for text in (exercise.setup, source):
        exec(_compiled(text, exercise.id), namespace)
    if exercise.name not in namespace:
        raise LookupError(f"exercise {exercise.id}: this source does not define {exercise.name!r}:\n{source}")
    return namespace[exercise.name]


def _compiled(text: str, exercise_id: str) -> CodeType:
    """Compile ``text`` under a name of its own, and let tracebacks find its lines, as IPython does for cells."""
    filename = f"<exercise {exercise_id}, {zlib.crc32(text.encode()):08x}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return compile(text, filename, "exec", dont_inherit=True)
