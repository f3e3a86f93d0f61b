"""Rules that overlap, and values no rule is for: told only where it can be proved.

A column is cut into pieces wherever a rule begins or ends; every rule is then a set of pieces a
column, kept as the bits of a number. Columns of which anything is not constant prove nothing.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.bpmn.findings import Findings
from engine.decisions.model import HitPolicy, InputColumn, Table
from engine.feel.cells import Cell, constant_cell
from engine.feel.expression import UnaryTests
from engine.feel.formatting import scalar_text
from engine.feel.values import Range, Value, kind_of

MOST_TOLD = 10
MOST_STEPS = 20_000
_ORDERED = frozenset({"number", "date"})
_SINGLE = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST})
_OTHER = "…"
"""Stands for any text that no rule names."""


@dataclass(frozen=True)
class Column:
    """The pieces of one column, as people read them, and those of each rule (None: unknown)."""

    label: str
    pieces: tuple[str, ...]
    rules: tuple[int | None, ...]


def check_coverage(table: Table, element: str, name: str, findings: Findings) -> None:
    """Report overlapping rules of a unique table, and gaps of a table that gives one result."""
    columns = [_cut(column, place, table) for place, column in enumerate(table.inputs)]
    known = [column for column in columns if column is not None]
    if len(known) != len(columns) or not _independent(table.inputs):
        return
    if table.policy is HitPolicy.UNIQUE:
        for first, second, example in itertools.islice(_overlaps(known, table), MOST_TOLD):
            facts = {"first": first, "second": second, "example": example}
            findings.add("decision-overlap", element, name, **facts)
    has_default = any(column.default is not None for column in table.outputs)
    if table.policy in _SINGLE and not has_default:
        gap = _Gaps(known).find()
        if gap is not None:
            findings.add("decision-gap", element, name, example=gap)


def _independent(columns: Sequence[InputColumn]) -> bool:
    """Whether every column looks at a variable of its own, so that any values may meet."""
    texts = [column.expression.text for column in columns]
    plain = all(column.expression.names == {column.expression.text} for column in columns)
    return plain and len(set(texts)) == len(texts)


def _overlaps(columns: Sequence[Column], table: Table) -> Iterator[tuple[int, int, str]]:
    for a, b in itertools.combinations(range(len(table.rules)), 2):
        shared = [_shared(column, a, b) for column in columns]
        if all(shared):
            example = _example(columns, [bits & -bits for bits in shared])
            yield table.rules[a].number, table.rules[b].number, example


def _shared(column: Column, a: int, b: int) -> int:
    first, second = column.rules[a], column.rules[b]
    return 0 if first is None or second is None else first & second


def _example(columns: Sequence[Column], chosen: Sequence[int]) -> str:
    named = (
        f"{column.label} = {column.pieces[bit.bit_length() - 1]}"
        for column, bit in zip(columns, chosen, strict=True)
    )
    return "，".join(named)


class _Gaps:
    """Looks for a combination of pieces that no rule is for."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._left = MOST_STEPS
        self._covered: set[tuple[int, int]] = set()

    def find(self) -> str | None:
        """The first such combination, in words; None when there is none or it takes too long."""
        count = len(self._columns[0].rules)
        path: list[int] = []
        found = self._search(0, (1 << count) - 1, path)
        return _example(self._columns, path) if found else None

    def _search(self, depth: int, rules: int, path: list[int]) -> bool:
        """Whether some values from this column on are matched by none of the rules left over."""
        self._left -= 1
        if depth == len(self._columns) or self._left < 0:
            return depth == len(self._columns) and rules == 0
        if (depth, rules) in self._covered:
            return False
        column = self._columns[depth]
        for place in range(len(column.pieces)):
            bit = 1 << place
            path.append(bit)
            if self._search(depth + 1, _matching(column, bit, rules), path):
                return True
            path.pop()
        self._covered.add((depth, rules))
        return False


def _matching(column: Column, bit: int, rules: int) -> int:
    """Those of the rules that may match a piece; one that is not known may match anything."""
    kept = 0
    for place, own in enumerate(column.rules):
        if rules >> place & 1 and (own is None or own & bit):
            kept |= 1 << place
    return kept


# --- cutting a column ------------------------------------------------------------------------


def _cut(column: InputColumn, place: int, table: Table) -> Column | None:
    """The pieces of a column; None when nothing can be proved about it."""
    tests = [rule.tests[place] for rule in table.rules]
    limits = [t for t in (column.allowed, *column.type.allowed) if t is not None]
    cells = [None if t is None else constant_cell(t.text) for t in tests]
    bounds = [constant_cell(t.text) for t in limits]
    if any(cell is None for cell in bounds):
        return None
    known = [cell for cell in (*cells, *bounds) if cell is not None]
    kind = _kind(known, column.type.kind)
    if kind in _ORDERED:
        pieces = _intervals(known, whole=column.type.is_whole)
    elif kind in ("string", "boolean", ""):
        pieces = _named(known, kind)
    else:
        return None
    allowed = [p for p in pieces if all(_admits(cell, p) for cell in bounds if cell)]
    rules = tuple(_bits(test, cell, allowed) for test, cell in zip(tests, cells, strict=True))
    return Column(column.label, tuple(piece.shown for piece in allowed), rules)


@dataclass(frozen=True)
class _Piece:
    """A part of a column: one value, or everything between two ends (None: without end)."""

    shown: str
    value: Value = None
    low: Value = None
    high: Value = None


def _kind(cells: Sequence[Cell], declared: str) -> str | None:
    """The one kind of all values named in a column; None when there are several."""
    values = [v for cell in cells for v in cell.values]
    ends = [e for cell in cells for r in cell.ranges for e in (r.start, r.end) if e is not None]
    kinds = {kind_of(v) for v in (*values, *ends)} | ({declared} if declared else set())
    if len(kinds) > 1 or (ends and not kinds <= _ORDERED):
        return None
    return next(iter(kinds), "")


def _named(cells: Sequence[Cell], kind: str) -> list[_Piece]:
    if kind == "boolean":
        return [_Piece("true", True), _Piece("false", False)]
    values = dict.fromkeys(str(v) for cell in cells for v in cell.values)
    return [*(_Piece(f'"{v}"', v) for v in values), _Piece(_OTHER)]


def _intervals(cells: Sequence[Cell], *, whole: bool) -> list[_Piece]:
    points: set[Decimal | dt.date] = set()
    for cell in cells:
        ends = [e for r in cell.ranges for e in (r.start, r.end) if e is not None]
        points.update(p for p in (*cell.values, *ends) if isinstance(p, Decimal | dt.date))
    cuts = sorted(points)
    if not cuts:
        return [_Piece(_OTHER)]
    pieces = [_Piece(f"< {scalar_text(cuts[0])}", high=cuts[0])]
    for low, high in itertools.pairwise([*cuts, None]):
        pieces.append(_Piece(scalar_text(low), value=low))
        if high is None:
            pieces.append(_Piece(f"> {scalar_text(low)}", low=low))
        elif not _adjacent(low, high, whole=whole):
            pieces.append(_Piece(f"({scalar_text(low)}..{scalar_text(high)})", low=low, high=high))
    return pieces


def _adjacent(low: Value, high: Value, *, whole: bool) -> bool:
    """Whether nothing lies between two values: days that follow each other, whole numbers too."""
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        return whole and high - low <= 1
    assert isinstance(low, dt.date)
    assert isinstance(high, dt.date)
    return high - low <= dt.timedelta(days=1)


def _bits(test: UnaryTests | None, cell: Cell | None, pieces: Sequence[_Piece]) -> int | None:
    if test is None:
        return (1 << len(pieces)) - 1
    if cell is None:
        return None
    return sum(1 << place for place, piece in enumerate(pieces) if _admits(cell, piece))


def _admits(cell: Cell, piece: _Piece) -> bool:
    """Whether a cell holds for a piece; pieces are cut so that it holds for all of it or none."""
    inside = piece.value is not None and piece.value in cell.values
    inside = inside or any(_lies_in(piece, interval) for interval in cell.ranges)
    return inside != cell.negated


def _lies_in(piece: _Piece, interval: Range) -> bool:
    low = piece.low if piece.value is None else piece.value
    high = piece.high if piece.value is None else piece.value
    single = piece.value is not None
    return _above(low, interval, single=single) and _below(high, interval, single=single)


def _above(low: Value, interval: Range, *, single: bool) -> bool:
    if interval.start is None:
        return True
    if low is None:
        return False
    closed = interval.start_included or not single
    return bool(low >= interval.start if closed else low > interval.start)  # type: ignore[operator]


def _below(high: Value, interval: Range, *, single: bool) -> bool:
    if interval.end is None:
        return True
    if high is None:
        return False
    closed = interval.end_included or not single
    return bool(high <= interval.end if closed else high < interval.end)  # type: ignore[operator]
