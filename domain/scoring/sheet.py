"""The score sheet (评分表) as pages need it: its rows, the totals so far, sheets side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from domain.scoring.errors import Place
from domain.scoring.indicators import GENERAL, Catalogue, Criterion, Item, Part, Section, Selection
from domain.scoring.points import rounded
from domain.scoring.reading import Reading, read_sheet
from domain.scoring.rules import (
    ItemScore,
    PartScore,
    exact_total,
    item_scores,
    part_scores,
    parts_without_items,
    pass_line,
)

Input = Literal["full_or_zero", "findings", "lines", "points"]

_INPUTS: Mapping[str, Input] = {
    "all_or_nothing": "full_or_zero",
    "deduct": "findings",
    "deduct_items": "lines",
    "additive": "lines",
    "tiered": "lines",
    "points": "points",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the blank sheet.

    ``input`` says how the row may be filled in besides a plain score: full points or none, a count
    of findings (``item.scoring.per_finding`` each), printed lines to choose from (``lines``), or
    only a score. ``demands`` are the (name, text) pairs of the requirement for the variant.
    ``excused`` is the catalogue's own reason why the row does not apply to the variant.
    ``record_guidance`` says what 检查记录 must hold.
    """

    item: Item
    part: Part
    section: Section
    input: Input
    lines: tuple[Criterion, ...]
    demands: tuple[tuple[str, str], ...]
    departments: tuple[str, ...]
    departments_are_inferred: bool
    proof_required: bool
    record_guidance: tuple[str, ...]
    excused: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Where a sheet stands while it is filled in; nothing here decides anything.

    ``total`` counts an unanswered row as 0, ``reachable`` as full. ``is_below`` compares the
    unrounded total with the line. ``missing`` are the places still
    to be filled in, ``faults`` those that are wrong. ``unrecorded`` are the scored rows without a
    check record (检查记录).
    """

    total: Decimal
    reachable: Decimal
    line: Decimal
    is_below: bool
    parts: tuple[PartScore, ...]
    items: tuple[ItemScore, ...]
    answered: int
    missing: tuple[Place, ...]
    faults: tuple[Place, ...]
    shortfalls: tuple[str, ...]
    vetoes: tuple[str, ...]
    without_proof: tuple[str, ...]
    unrecorded: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """True when the sheet can be scored as it is."""
        return not self.missing and not self.faults


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One item in several sheets; a cell is None where the sheet does not have the item."""

    item: Item
    cells: tuple[ItemScore | None, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several sheets of one catalogue side by side, in the order they were given."""

    labels: tuple[str, ...]
    previews: tuple[Preview, ...]
    rows: tuple[ComparedRow, ...]

    @property
    def differing(self) -> tuple[str, ...]:
        """The items on which the sheets disagree."""
        return tuple(row.item.id for row in self.rows if row.differs)


def sheet_rows(catalogue: Catalogue, group: str, variant: str) -> tuple[Row, ...]:
    """The rows of a blank sheet for this industry group and variant, in the document's order."""
    selection = catalogue.select(group, variant)
    parts = {part.id: part for part in catalogue.parts}
    sections = {section.id: section for part in catalogue.parts for section in part.sections}
    return tuple(
        Row(
            item=item,
            part=parts[item.part],
            section=sections[item.section],
            input=_INPUTS[item.scoring.type],
            lines=catalogue.criteria(item, variant),
            demands=catalogue.demands(item, variant),
            departments=item.departments or item.departments_inferred,
            departments_are_inferred=not item.departments and bool(item.departments_inferred),
            proof_required=item.id not in selection.excused,
            record_guidance=tuple(_guidance(catalogue, item)),
            excused=selection.excused.get(item.id, ""),
        )
        for item in selection.items
    )


def preview(
    catalogue: Catalogue,
    sheet: object,
    *,
    line: Decimal | None = None,
    proof: Collection[str] | None = None,
) -> Preview:
    """Where the sheet stands, complete or not; a wrong row counts as not answered."""
    line = pass_line(catalogue, line)
    reading = read_sheet(catalogue, sheet)
    items = _item_scores(reading, proof)
    parts = part_scores(catalogue, items)
    faults = list(reading.faults)
    if reading.selection is not None:
        faults.extend(parts_without_items(parts))
    exact = exact_total(parts)
    answered = [row for row in items if row.item.id in reading.answers]
    return Preview(
        total=rounded(exact),
        reachable=rounded(_reachable(catalogue, items, reading.answers)),
        line=line,
        is_below=exact < Fraction(line),
        parts=parts,
        items=items,
        answered=len(answered),
        missing=reading.missing,
        faults=tuple(faults),
        shortfalls=tuple(row.item.id for row in answered if row.falls_short),
        vetoes=tuple(name for name, is_met in reading.prerequisites.items() if not is_met),
        without_proof=tuple(row.item.id for row in items if row.lacks_proof),
        unrecorded=tuple(
            name
            for name, answer in reading.answers.items()
            if answer.claimed is not None and not answer.record
        ),
    )


def compare(
    catalogue: Catalogue,
    sheets: Mapping[str, object],
    *,
    proof: Mapping[str, Collection[str]] | None = None,
) -> Comparison:
    """The sheets side by side by their labels: self-assessment, third party, each expert."""
    proofs = proof or {}
    previews = tuple(
        preview(catalogue, sheet, proof=proofs.get(label)) for label, sheet in sheets.items()
    )
    cells = [{row.item.id: row for row in found.items} for found in previews]
    rows = tuple(
        _compared(item, tuple(of_sheet.get(item.id) for of_sheet in cells))
        for item in catalogue.items
        if any(item.id in of_sheet for of_sheet in cells)
    )
    return Comparison(tuple(sheets), previews, rows)


def _guidance(catalogue: Catalogue, item: Item) -> Iterator[str]:
    for method in (GENERAL, *item.methods):
        if method in catalogue.record_guidance:
            yield catalogue.record_guidance[method]


def _item_scores(reading: Reading, proof: Collection[str] | None) -> tuple[ItemScore, ...]:
    selection: Selection | None = reading.selection
    return () if selection is None else item_scores(selection, reading.answers, proof)


def _reachable(
    catalogue: Catalogue, items: Iterable[ItemScore], answered: Collection[str]
) -> Fraction:
    """The total if every row without an answer got full points."""
    filled = tuple(
        row
        if row.item.id in answered
        else ItemScore(row.item, row.item.points, row.item.points, "", lacks_proof=False)
        for row in items
    )
    return exact_total(part_scores(catalogue, filled))


def _compared(item: Item, cells: tuple[ItemScore | None, ...]) -> ComparedRow:
    seen = {None if cell is None else (cell.applies, cell.claimed, cell.got) for cell in cells}
    return ComparedRow(item, cells, differs=len(seen) > 1)
