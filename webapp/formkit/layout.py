"""Rows and columns: form-js divides a row by 16, Bootstrap by 12."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from engine.forms.component_type import Access, Node, Role
from engine.forms.model import Component

GRID = 12
FORM_GRID = 16
_SILENT = frozenset({"button", "expression"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A component in its row and the class that gives it its width."""

    width: str
    node: Node


def rows_of(nodes: Iterable[Node]) -> list[list[Cell]]:
    """The visible nodes in rows; neighbours with the same row stand side by side."""
    seen = [node for node in nodes if is_visible(node)]
    rows = []
    for _, group in groupby(enumerate(seen), key=_row_key):
        rows.append([Cell(_width(node.component), node) for _, node in group])
    return rows


def is_visible(node: Node) -> bool:
    """Whether the node has anything to show to this person."""
    if not node.shown or node.access is Access.NONE or node.component.type in _SILENT:
        return False
    if node.kind.role is Role.GROUP:
        return any(is_visible(child) for child in node.children)
    return True


def _row_key(numbered: tuple[int, Node]) -> object:
    number, node = numbered
    return node.component.row or number


def _width(component: Component) -> str:
    if not component.row or component.columns == FORM_GRID:
        return "col-12"
    if component.columns is None:
        return "col-12 col-md"
    share = round(component.columns * GRID / FORM_GRID)
    return f"col-12 col-md-{min(GRID, max(1, share))}"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring nodes to be read: fields of one list of terms, or one thing by itself."""

    is_terms: bool
    nodes: tuple[Node, ...]


def runs_of(nodes: Iterable[Node]) -> list[Run]:
    """The visible nodes for reading."""
    runs = []
    for is_terms, group in groupby(filter(is_visible, nodes), key=_is_term):
        found = tuple(group)
        runs.extend([Run(True, found)] if is_terms else [Run(False, (node,)) for node in found])
    return runs


def _is_term(node: Node) -> bool:
    return node.kind.role is Role.INPUT and not node.kind.is_wide
