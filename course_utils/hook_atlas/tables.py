"""The pages of the atlas as a table: rows for code, HTML for a notebook, text for everybody else."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from course_utils.hook_atlas.entry import Hook

__all__ = ["AtlasTable", "Row", "table_of"]

STYLE = "text-align: left; vertical-align: top"


class Row(NamedTuple):
    """One line of the table."""

    hook: str
    fires: str
    receives: str
    may_change: str
    notes: str


class AtlasTable(tuple[Row, ...]):
    """Rows that a notebook shows as a table; ``print`` shows the same as text."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the rows as text, a few short lines for each hook."""
        return "\n".join([f"{len(self)} hooks", *map(as_text, self)])

    def html(self) -> str:
        """Return the rows as an HTML table."""
        titles = "".join(f'<th style="{STYLE}">{name.replace("_", " ")}</th>' for name in Row._fields)
        return f"<p>{len(self)} hooks</p><table><tr>{titles}</tr>{''.join(map(as_html, self))}</table>"

    def _repr_html_(self) -> str:
        """Let Jupyter show the table."""
        return self.html()


def table_of(hooks: Iterable[Hook]) -> AtlasTable:
    """Return the table of these hooks."""
    return AtlasTable(Row(hook.name, hook.fires, hook.receives, hook.may_change, hook.notes) for hook in hooks)


def as_text(row: Row) -> str:
    """Return one row as a short paragraph."""
    name, *cells = row
    titles = (title.replace("_", " ") for title in Row._fields[1:])
    lines = [f"    {title:<10}  {cell}" for title, cell in zip(titles, cells, strict=True) if cell]
    return "\n".join([name, *lines])


def as_html(row: Row) -> str:
    """Return one row of the HTML table; a long dotted name may break after a dot."""
    name, *cells = map(escape, row)
    breakable = name.replace(".", ".<wbr>")
    columns = [f"<code>{breakable}</code>", *cells]
    return "<tr>" + "".join(f'<td style="{STYLE}">{cell}</td>' for cell in columns) + "</tr>"
