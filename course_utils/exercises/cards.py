"""A card is what the learner sees: a headline, some rows and some notes, the same words in HTML and in plain text."""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass, replace
from typing import Literal, Self

__all__ = ["Card", "Kind", "Outcome", "Row"]

Kind = Literal["not attempted", "right", "wrong", "raised"]

WIDTH = 100  # characters of a line of plain text
LABEL_WIDTH = 11
COLOURS = {  # of the line at the left; the words say the same
    "right": "var(--jp-success-color1, #2e7d32)",
    "wrong": "var(--jp-warn-color1, #e65100)",
    "raised": "var(--jp-error-color1, #c62828)",
}
QUIET_COLOUR = "var(--jp-info-color1, #1976d2)"
BOX = "border-left: 4px solid {colour}; padding: 0.25em 0 0.25em 1em; margin: 0.25em 0; max-width: 60em;"
HEAD = "font-weight: bold; margin-bottom: 0.25em;"
ROW = "margin: 0.15em 0 0.15em 7em; text-indent: -7em; white-space: pre-wrap;"
LABEL = "display: inline-block; width: 7em; text-indent: 0;"
CODE = "margin: 0; text-indent: 0; white-space: pre-wrap;"


@dataclass(frozen=True)
class Row:
    """One labelled part of a card; ``code`` is shown in one width and with its own line breaks."""

    label: str
    text: str = ""
    code: str = ""


@dataclass(frozen=True, repr=False)
class Card:
    """What ``hint``, ``solution`` and ``progress`` return: it shows itself at the end of a cell, or when printed."""

    headline: str
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    symbol: str = ""

    @property
    def colour(self) -> str:
        """Colour of the line at the left, as CSS."""
        return QUIET_COLOUR

    def with_notes(self, *notes: str) -> Self:
        """Return the same card with more notes at its end."""
        return replace(self, notes=self.notes + notes)

    def _html_symbol(self) -> str:
        """Return the symbol for the eye only: a screen reader reads the headline, which says the same in words."""
        return f'<span aria-hidden="true">{html.escape(self.symbol)} </span>' if self.symbol else ""

    def __repr__(self) -> str:
        lines = [f"{self.symbol} {self.headline}".strip()]
        for row in self.rows:
            lines += _plain_row(row)
        for note in self.notes:
            lines += _plain_row(Row("Note", note))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = [*self.rows, *(Row("Note", note) for note in self.notes)]
        return (
            f'<div style="{BOX.format(colour=self.colour)}">'
            f'<div role="heading" aria-level="4" style="{HEAD}">{self._html_symbol()}{html.escape(self.headline)}</div>'
            f"{''.join(_html_row(row) for row in rows)}</div>"
        )


@dataclass(frozen=True, repr=False)
class Outcome(Card):
    """What ``check`` returns: one of four kinds, with the words that explain it."""

    kind: Kind = "not attempted"
    exercise_id: str = ""

    @property
    def colour(self) -> str:
        """Colour of the line at the left, as CSS."""
        return COLOURS.get(self.kind, QUIET_COLOUR)


def _plain_row(row: Row) -> list[str]:
    label = f"  {row.label + ':':<{LABEL_WIDTH}}"
    if row.code:
        return [label.rstrip(), textwrap.indent(row.code, " " * 6)]
    first, *others = row.text.split("\n")
    deep = " " * len(label)
    lines = textwrap.wrap(first, WIDTH, initial_indent=label, subsequent_indent=deep, break_on_hyphens=False)
    return [*(lines or [label.rstrip()]), *(deep + line for line in others)]


def _html_row(row: Row) -> str:
    text = f'<pre style="{CODE}">{html.escape(row.code)}</pre>' if row.code else _with_code(row.text)
    return f'<div style="{ROW}"><strong style="{LABEL}">{html.escape(row.label)}: </strong>{text}</div>'


def _with_code(text: str) -> str:
    """Return ``text`` as HTML, with what stands between backticks as code."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", html.escape(text, quote=False))
