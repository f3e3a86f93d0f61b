"""What a decision needs from outside: variables and parameters."""

from __future__ import annotations

from collections.abc import Iterator

from engine.decisions.model import Decision, Decisions, Table
from engine.feel import Expression
from engine.feel.expression import UnaryTests


def needed_names(file: Decisions, decision_id: str) -> frozenset[str]:
    """The variables that a decision and all it requires look up, their own results left out."""
    needed: set[str] = set()
    made: set[str] = set()
    for decision in file.required_by(decision_id):
        for part in expressions(decision):
            needed |= part.names
        made.update(decision.known_as)
    return frozenset(needed - made)


def expressions(decision: Decision) -> Iterator[Expression | UnaryTests]:
    """Every compiled text of a decision."""
    logic = decision.logic
    if isinstance(logic, Table):
        yield from _of_table(logic)
    elif logic is not None:
        yield logic


def _of_table(table: Table) -> Iterator[Expression | UnaryTests]:
    found: list[Expression | UnaryTests | None] = []
    for column in table.inputs:
        found += [column.expression, column.allowed]
    for output in table.outputs:
        found += [output.allowed, output.default]
    for rule in table.rules:
        found += [*rule.tests, *rule.results]
    yield from (part for part in found if part is not None)
