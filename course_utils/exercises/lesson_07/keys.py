"""What is wrong with the keys of an answer."""

from __future__ import annotations

__all__ = ["why_other_keys"]


def why_other_keys(answer: object, wanted: dict[str, object]) -> str:
    """Return what is wrong with the keys of an answer that should be a dict."""
    if not isinstance(answer, dict):
        return f"this is a {type(answer).__name__}, which has no names"
    missing, more = [key for key in wanted if key not in answer], [key for key in answer if key not in wanted]
    return f"{missing} missing" + (f", {more} unknown" if more else "") if missing else f"{more} unknown"
