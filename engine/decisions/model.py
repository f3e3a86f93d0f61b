"""What a decision file says, as frozen values, its expressions compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.feel import Expression
from engine.feel.expression import UnaryTests


class HitPolicy(StrEnum):
    """What becomes of several matching rules; the value is how DMN writes it."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    FIRST = "FIRST"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


class Aggregator(StrEnum):
    """What a collecting table makes of the values of its matching rules."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True)
class DataType:
    """What a value must be: a kind of FEEL value (empty: any), a list of it, or with parts."""

    name: str = ""
    kind: str = ""
    is_list: bool = False
    is_whole: bool = False
    allowed: tuple[UnaryTests, ...] = ()
    """All of them hold; of a list they are about each entry."""
    parts: tuple[tuple[str, DataType], ...] = ()


ANY_TYPE = DataType()


@dataclass(frozen=True)
class InputColumn:
    """A column that is tested: where its value comes from and which values may come."""

    label: str
    expression: Expression
    type: DataType = ANY_TYPE
    allowed: UnaryTests | None = None


@dataclass(frozen=True)
class OutputColumn:
    """A column of results; ``order`` ranks its values, the first counts most."""

    name: str
    label: str
    type: DataType = ANY_TYPE
    allowed: UnaryTests | None = None
    order: tuple[Expression, ...] = ()
    default: Expression | None = None


@dataclass(frozen=True)
class Rule:
    """A row: its tests (None matches everything) and its results (None is no value)."""

    id: str
    number: int
    tests: tuple[UnaryTests | None, ...]
    results: tuple[Expression | None, ...]


@dataclass(frozen=True)
class Table:
    """A decision table."""

    policy: HitPolicy
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]
    aggregator: Aggregator | None = None


@dataclass(frozen=True)
class Decision:
    """One decision; ``known_as`` are the names that decisions which require it call its result by.

    ``logic`` is None where it is refused or missing; such a file is never published.
    """

    id: str
    name: str
    known_as: tuple[str, ...]
    logic: Table | Expression | None
    type: DataType = ANY_TYPE
    requires: tuple[str, ...] = ()
    inputs: Mapping[str, DataType] = field(default_factory=dict)
    """The inputs it requires, by the name of their variable."""


@dataclass(frozen=True)
class Decisions:
    """A read file: its decisions by id, and the bytes and SHA-256 they were read from."""

    name: str
    decisions: Mapping[str, Decision]
    source: bytes
    digest: str

    def required_by(self, decision_id: str) -> tuple[Decision, ...]:
        """The decision and all it requires, each after those it needs."""
        found: dict[str, Decision] = {}

        def visit(ref: str) -> None:
            decision = self.decisions.get(ref)
            if decision is None or ref in found:
                return
            for below in decision.requires:
                visit(below)
            found[ref] = decision

        visit(decision_id)
        return tuple(found.values())
