"""Values as short labels."""

from __future__ import annotations

__all__ = ["MONO", "spell"]

LONGEST = 32  # characters of a value in a label
MONO = "DejaVu Sans Mono"  # comes with matplotlib, so every machine has it


def spell(value: object) -> str:
    """Return a value as short text without memory addresses.

    A function is the name in its definition (a wrapper is not what it wraps), a large object its type.
    """
    code = getattr(value, "__code__", None)
    text = code.co_name if code else getattr(value, "__name__", None) or repr(value)
    if not isinstance(value, str) and (" at 0x" in text or len(text) > LONGEST):
        return f"{type(value).__name__}(…)"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
