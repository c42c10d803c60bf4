"""Read the syntax tree of a learner's function, to tell apart causes that look alike from outside."""

from __future__ import annotations

import ast
import inspect
import textwrap
from types import UnionType

from course_utils.exercises.shown import safely

__all__ = ["names_in", "nodes_in", "tree_of"]


def tree_of(answer: object) -> ast.AST:
    """Return the syntax tree of a learner's function; an empty one if Python does not find its text."""
    return safely(lambda: ast.parse(textwrap.dedent(inspect.getsource(answer))), ast.Module([], []))


def nodes_in(
    answer: object, kind: type[ast.AST] | UnionType, inside: type[ast.AST] | UnionType | None = None
) -> list[ast.AST]:
    """Return all pieces of one kind in a learner's code, or in a piece of it; those inside another kind, if named."""
    tree = answer if isinstance(answer, ast.AST) else tree_of(answer)
    roots = [tree] if inside is None else [node for node in ast.walk(tree) if isinstance(node, inside)]
    return [node for root in roots for node in ast.walk(root) if isinstance(node, kind) and node is not root]


def names_in(answer: object) -> set[str]:
    """Return the names and attributes that a learner's function, or a piece of code, reads or writes."""
    names = {node.id for node in nodes_in(answer, ast.Name)} | ({answer.id} if isinstance(answer, ast.Name) else set())
    return names | {node.attr for node in nodes_in(answer, ast.Attribute)}
