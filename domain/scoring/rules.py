"""The score of a mine by the rules of its indicator catalogue: pure, exact, in a fixed order.

Points are decimals. A converted part is a quotient (part points × got ÷ applicable points), which
need not end as a decimal; it is kept as an exact fraction, so that a total that reaches the pass
line to the last digit is never taken for one below it. Only what is shown is rounded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from domain.scoring.answers import Answer
from domain.scoring.errors import LineInvalid, Place, SheetInvalid
from domain.scoring.indicators import Catalogue, Item, Part, Selection
from domain.scoring.points import plain, rounded, total
from domain.scoring.reading import read_sheet

PREREQUISITE = "prerequisite"
CONSTRAINT = "constraint"
PART_FLOOR = "part_floor"
BELOW_LINE = "below_line"
WHOLE = 100


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One row: what was claimed and what counts.

    ``got`` is None for an item that does not apply; ``claimed`` is None for one without an answer.
    ``lacks_proof`` says that points were claimed and not counted (缺少证明材料不得分).
    """

    item: Item
    claimed: Decimal | None
    got: Decimal | None
    reason: str
    lacks_proof: bool

    @property
    def applies(self) -> bool:
        """False for a not-applicable item (不涉及项)."""
        return self.got is not None

    @property
    def falls_short(self) -> bool:
        """True for an applicable constraint item without full points."""
        return self.item.constraint and self.got is not None and self.got < self.item.points


@dataclass(frozen=True, slots=True)
class PartScore:
    """One level-1 part: points got of the points applicable, converted to the part's points."""

    part: Part
    got: Decimal
    applicable: Decimal

    @property
    def exact(self) -> Fraction:
        """The converted score, unrounded; zero where nothing applies.

        Rules: R-NAT-38.
        """
        if not self.applicable:
            return Fraction(0)
        return Fraction(self.part.points) * Fraction(self.got) / Fraction(self.applicable)

    @property
    def score(self) -> Decimal:
        """The converted score as shown."""
        return rounded(self.exact)

    def is_below(self, floor: Decimal | None) -> bool:
        """Whether the part misses a percentage of its points; no floor is never missed.

        Rules: R-ORD-41.
        """
        if floor is None:
            return False
        return self.exact * WHOLE < Fraction(self.part.points) * Fraction(floor)


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """The score of a complete sheet, whether it passes, and every reason why not."""

    exact: Fraction
    line: Decimal
    passed: bool
    reasons: tuple[str, ...]
    parts: tuple[PartScore, ...]
    items: tuple[ItemScore, ...]

    @property
    def total(self) -> Decimal:
        """The total as shown: two decimals, half up."""
        return rounded(self.exact)

    @property
    def without_proof(self) -> tuple[str, ...]:
        """The items whose claimed points do not count because no proof is kept."""
        return tuple(row.item.id for row in self.items if row.lacks_proof)

    @property
    def not_applicable(self) -> Mapping[str, str]:
        """The not-applicable items with their reasons."""
        return {row.item.id: row.reason for row in self.items if not row.applies}

    @property
    def exempt(self) -> tuple[str, ...]:
        """The constraint items judged not applicable, and so exempt from full points."""
        return tuple(row.item.id for row in self.items if row.item.constraint and not row.applies)

    def as_json(self) -> dict[str, object]:
        """The result in the form of the outside contract."""
        return {
            "total": str(self.total),
            "passed": self.passed,
            "reasons": list(self.reasons),
            "parts": [
                {"name": p.part.name, "points": plain(p.part.points), "score": str(p.score)}
                for p in self.parts
            ],
        }


def score(
    catalogue: Catalogue,
    sheet: object,
    *,
    line: Decimal | None = None,
    floor: Decimal | None = None,
    proof: Collection[str] | None = None,
) -> ScoreResult:
    """The result for a complete sheet; ``SheetInvalid`` names every place that is wrong.

    ``line`` replaces the printed pass line, ``floor`` the printed percentage that every part must
    reach. ``proof`` are the ids of the items with stored proof; without it the sheet's own
    ``proof`` marks decide.

    Rules: R-NAT-35, R-NAT-37, R-NAT-39, R-ORD-41.
    """
    line, floor = pass_line(catalogue, line), part_floor(catalogue, floor)
    reading = read_sheet(catalogue, sheet)
    selection = reading.selection
    if selection is None or reading.faults or reading.missing:
        raise SheetInvalid((*reading.faults, *reading.missing))
    items = item_scores(selection, reading.answers, proof)
    parts = part_scores(catalogue, items)
    nothing = tuple(parts_without_items(parts))
    if nothing:
        raise SheetInvalid(nothing)
    exact = exact_total(parts)
    short = [found.part.id for found in parts if found.is_below(floor)]
    below = exact < Fraction(line)
    reasons = tuple(_reasons(reading.prerequisites, items, short, below=below))
    return ScoreResult(exact, line, not reasons, reasons, parts, items)


def pass_line(catalogue: Catalogue, line: Decimal | None) -> Decimal:
    """The line that decides: the one given, else the catalogue's printed one."""
    if line is None:
        return catalogue.standard.pass_line
    if not line.is_finite() or not 0 <= line <= catalogue.standard.total:
        most = plain(catalogue.standard.total)
        raise LineInvalid(
            f"达标线须在 0 至 {most} 之间", f"the pass line must lie between 0 and {most}"
        )
    return line


def part_floor(catalogue: Catalogue, floor: Decimal | None) -> Decimal | None:
    """The percentage of its points that every part must reach, or None: the given or printed one.

    Rules: R-ORD-41.
    """
    if floor is None:
        return catalogue.standard.part_floor
    if not floor.is_finite() or not 0 <= floor <= WHOLE:
        raise LineInvalid(
            "一级指标得分率须在 0 至 100 之间", "the floor of a part must lie between 0 and 100"
        )
    return floor


def item_scores(
    selection: Selection, answers: Mapping[str, Answer], proof: Collection[str] | None
) -> tuple[ItemScore, ...]:
    """Every row of the selection; one without an answer counts 0 so far."""
    return tuple(_item_score(item, answers.get(item.id), proof) for item in selection.items)


def part_scores(catalogue: Catalogue, items: tuple[ItemScore, ...]) -> tuple[PartScore, ...]:
    """Points got and points applicable of every level-1 part."""
    found = []
    for part in catalogue.parts:
        rows = [row for row in items if row.item.part == part.id and row.got is not None]
        got = total(row.got for row in rows if row.got is not None)
        found.append(PartScore(part, got, total(row.item.points for row in rows)))
    return tuple(found)


def parts_without_items(parts: tuple[PartScore, ...]) -> Iterator[Place]:
    """The parts in which nothing applies: conversion has no base there (大类全部不涉及)."""
    for found in parts:
        if not found.applicable:
            yield Place(
                f"parts.{found.part.id}",
                "no_applicable_item",
                f"大类“{found.part.name}”没有适用的指标，无法折合，须由主管部门决定",
                f"no item of part {found.part.id} applies, so it cannot be converted",
            )


def exact_total(parts: tuple[PartScore, ...]) -> Fraction:
    """The total, unrounded."""
    return sum((found.exact for found in parts), Fraction(0))


def _item_score(item: Item, answer: Answer | None, proof: Collection[str] | None) -> ItemScore:
    """What the row counts: without proof no points (缺少证明材料不得分).

    Rules: R-NAT-41, R-IM-26.
    """
    if answer is None:
        return ItemScore(item, None, Decimal(0), "", lacks_proof=False)
    if answer.claimed is None:
        return ItemScore(item, None, None, answer.reason, lacks_proof=False)
    proven = answer.has_proof if proof is None else item.id in proof
    got = answer.claimed if proven else Decimal(0)
    return ItemScore(item, answer.claimed, got, "", lacks_proof=got < answer.claimed)


def _reasons(
    prerequisites: Mapping[str, bool],
    items: tuple[ItemScore, ...],
    short_parts: Sequence[str],
    *,
    below: bool,
) -> Iterator[str]:
    for name, is_met in prerequisites.items():
        if not is_met:
            yield f"{PREREQUISITE}:{name}"
    for row in items:
        if row.falls_short:
            yield f"{CONSTRAINT}:{row.item.id}"
    for name in short_parts:
        yield f"{PART_FLOOR}:{name}"
    if below:
        yield BELOW_LINE
