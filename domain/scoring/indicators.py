"""An indicator catalogue (指标体系) as frozen values, and which items a mine is scored on.

``rules`` of a value are the rules of the specification that it realises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

GENERAL = "*"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items the document says it has."""

    items: int
    constraint: int
    improvement: int


@dataclass(frozen=True, slots=True)
class Standard:
    """The head of a catalogue: what it is, its total and the lines a mine must reach.

    ``part_floor`` is the percentage of its points every level-1 part must reach; ``based_on`` the
    catalogue whose items ``Item.base_number`` counts.
    """

    id: str
    title: str
    total: Decimal
    pass_line: Decimal
    document: str
    issued: dt.date | None
    valid_years: int | None
    based_on: str
    part_floor: Decimal | None
    pass_line_printed: str
    pass_line_note: Bilingual | None
    pass_line_to_confirm: bool
    pass_line_alternative: Decimal | None
    counts: Counts | None
    adjusted_by: str
    department_rule: str
    prerequisites_extendable: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """约束性 or 提升性: whether an item must have full points."""

    name_en: str
    full_points_required: bool


@dataclass(frozen=True, slots=True)
class Variant:
    """A mining method or an industry that some items tell apart; ``within`` is the wider one."""

    name: str
    by: str
    within: str | None
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A numbered paragraph of the document's scoring instructions (说明)."""

    place: str
    text: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The years a prerequisite looks back, and from when."""

    years: int
    anchor: str
    anchor_conflict: str


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """先决条件: a veto."""

    id: str
    name: str
    checks: tuple[str, ...]
    departments: Mapping[str, tuple[str, ...]]
    thresholds: Mapping[str, int]
    window: Window | None
    departments_note: str
    differs_from_base: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """二级指标."""

    id: str
    name: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """一级指标 (大类): the class within which not-applicable items are converted."""

    id: str
    name: str
    name_en: str
    points: Decimal
    item_counts: Mapping[str, int]
    sections: tuple[Section, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure the document asks for; shown to the assessor, never computed from."""

    metric: str
    op: str
    value: Decimal | str | bool
    unit: str
    industry: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One printed line of a scoring rule: its points, per unit up to ``max`` where it says so."""

    id: str
    text: str
    points: Decimal
    per_unit: str
    max: Decimal | None
    auto_award_if: str
    else_points: Decimal
    thresholds: tuple[Threshold, ...]
    option: str = ""

    @property
    def most(self) -> Decimal:
        """The most this line can give or take."""
        return self.points if self.max is None else self.max


@dataclass(frozen=True, slots=True)
class Scoring:
    """评分说明 in a form that can be computed; ``type`` is one of the types in docs/scoring.md."""

    type: str
    per_finding: Decimal | None
    finding_unit: str
    criteria: tuple[Criterion, ...]
    by_variant: Mapping[str, tuple[Criterion, ...]]
    cap: Decimal | None
    auto_full_if: str


@dataclass(frozen=True, slots=True)
class Item:
    """三级指标: one row of the score sheet."""

    id: str
    number: int
    name: str
    name_en: str
    section: str
    points: Decimal
    kind: str
    groups: tuple[str, ...]
    methods: tuple[str, ...]
    criterion: str
    scoring: Scoring
    basis: tuple[str, ...]
    departments: tuple[str, ...]
    departments_inferred: tuple[str, ...]
    department_condition: Mapping[str, str]
    variants: Mapping[str, str]
    not_applicable_for: Mapping[str, str]
    thresholds: tuple[Threshold, ...]
    base_number: int | None
    printed_name: str
    rules: tuple[str, ...]
    notes: Mapping[str, str]
    part: str = ""
    constraint: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """The items a mine of this group and variant is scored on, in the document's order.

    ``excused`` holds the items for which the document has no demand on this variant, with the
    reason: they convert like any other not-applicable item (不涉及项).
    """

    group: str
    variant: str
    items: tuple[Item, ...]
    excused: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """A standard with its prerequisites, parts and items; the loader has checked it."""

    source: str
    standard: Standard
    groups: Mapping[str, str]
    variants: Mapping[str, Variant]
    kinds: Mapping[str, Kind]
    methods: Mapping[str, str]
    prerequisites: tuple[Prerequisite, ...]
    parts: tuple[Part, ...]
    items: tuple[Item, ...]
    explanations: tuple[Explanation, ...]
    record_guidance: Mapping[str, str]

    def lineage(self, variant: str) -> tuple[str, ...]:
        """The variant and the wider ones it belongs to, nearest first."""
        found: list[str] = []
        step: str | None = variant
        while step is not None and step in self.variants and step not in found:
            found.append(step)
            step = self.variants[step].within
        return tuple(found)

    def variants_of(self, group: str) -> tuple[str, ...]:
        """The variants a sheet of this industry group may name."""
        return tuple(
            name
            for name, variant in self.variants.items()
            if not variant.groups or group in variant.groups
        )

    def select(self, group: str, variant: str) -> Selection:
        """The items of the group, with those excused for the variant.

        Rules: R-NAT-45.
        """
        items = tuple(item for item in self.items if group in item.groups)
        excused = {item.id: reason for item in items if (reason := self._excuse(item, variant))}
        return Selection(group, variant, items, MappingProxyType(excused))

    def criteria(self, item: Item, variant: str) -> tuple[Criterion, ...]:
        """The printed lines that score the item for this variant; one list, never two added."""
        for name in self.lineage(variant):
            if name in item.scoring.by_variant:
                return item.scoring.by_variant[name]
        return item.scoring.criteria

    def demands(self, item: Item, variant: str) -> tuple[tuple[str, str], ...]:
        """(name, text) of the item's printed demands for this variant.

        All of them where the sheet's variant does not decide, because it is of another sort
        (the mining method says nothing about the industry).
        """
        lineage = self.lineage(variant)
        near = [name for name in item.variants if name in lineage or variant in self.lineage(name)]
        return tuple(
            (self.variants[name].name, item.variants[name]) for name in near or item.variants
        )

    def _excuse(self, item: Item, variant: str) -> str:
        reasons = (item.not_applicable_for.get(name) for name in self.lineage(variant))
        return next((reason for reason in reasons if reason), "")
