"""The schema of an indicator catalogue file: parsed tables in, our frozen values out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from marshmallow import post_load

from domain.scoring import indicators
from domain.scoring.catalogue_fields import (
    Values,
    date_if_any,
    figure,
    format_number,
    frozen,
    line,
    line_if_any,
    lines,
    lines_if_any,
    listed,
    name_id,
    named,
    named_if_any,
    number_if_any,
    points,
    points_if_any,
)
from engine.tenancy.fields import FileSchema, flag, several, table, text, whole

FORMAT = 1
SCORING_TYPES = ("all_or_nothing", "deduct", "deduct_items", "additive", "tiered", "points")

_NOTES = ("variant_rule", "note", "basis_note", "differs_from_base", "ocr_note")


class _BilingualSchema(Values):
    made = indicators.Bilingual
    zh = line()
    en = line()


class _CountsSchema(Values):
    made = indicators.Counts
    items = whole(low=1, high=1000)
    constraint = whole(low=0, high=1000)
    improvement = whole(low=0, high=1000)


class _StandardSchema(Values):
    made = indicators.Standard
    id = name_id()
    title = line()
    total = points()
    pass_line = points()
    document = line_if_any()
    issued = date_if_any()
    valid_years = number_if_any()
    based_on = text(longest=40, default="")
    part_floor = points_if_any()
    pass_line_printed = line_if_any()
    pass_line_note = table(_BilingualSchema, default=None)
    pass_line_to_confirm = flag(default=False)
    pass_line_alternative = points_if_any()
    counts = table(_CountsSchema, default=None)
    adjusted_by = line_if_any()
    department_rule = line_if_any()
    prerequisites_extendable = line_if_any()
    rules = lines_if_any()


class _KindSchema(Values):
    made = indicators.Kind
    name_en = line_if_any()
    full_points_required = flag()


class _VariantSchema(Values):
    made = indicators.Variant
    name = line()
    by = name_id()
    within = text(longest=40, default=None)
    groups = lines_if_any()


class _ExplanationSchema(Values):
    made = indicators.Explanation
    place = line()
    text = line()
    rules = lines_if_any()


class _WindowSchema(Values):
    made = indicators.Window
    years = whole(low=1, high=100)
    anchor = line()
    anchor_conflict = line_if_any()


class _PrerequisiteSchema(Values):
    made = indicators.Prerequisite
    id = name_id()
    name = line()
    checks = lines()
    departments = named_if_any(lines())
    thresholds = named_if_any(whole(low=0, high=1000))
    window = table(_WindowSchema, default=None)
    departments_note = line_if_any()
    differs_from_base = line_if_any()
    rules = lines_if_any()


class _SectionSchema(Values):
    made = indicators.Section
    id = name_id()
    name = line()
    points = points()


class _PartSchema(Values):
    made = indicators.Part
    id = name_id()
    name = line()
    name_en = line_if_any()
    points = points()
    item_counts = named_if_any(whole(low=0, high=1000))
    sections = listed(_SectionSchema, most=100)
    rules = lines_if_any()


class _ThresholdSchema(Values):
    made = indicators.Threshold
    metric = line()
    op = text(longest=10)
    value = figure()
    unit = line_if_any()
    industry = line_if_any()


class _CriterionSchema(Values):
    made = indicators.Criterion
    id = text(longest=20)
    text = line()
    points = points()
    per_unit = line_if_any()
    max = points_if_any()
    auto_award_if = line_if_any()
    else_points = points_if_any(default=Decimal(0), zero=True)
    thresholds = several(table(_ThresholdSchema), most=20, default=list)


class _OptionSchema(FileSchema):
    id = text(longest=20)
    items = listed(_CriterionSchema, most=20)


class _ScoringSchema(FileSchema):
    type = text(longest=20, one_of=SCORING_TYPES)
    per_finding = points_if_any()
    finding_unit = line_if_any()
    items = several(table(_CriterionSchema), most=50, default=list)
    by_variant = named_if_any(listed(_CriterionSchema, most=50))
    options = several(table(_OptionSchema), most=10, default=list)
    rule = text(longest=20, one_of=("best_option",), default="best_option")
    cap = points_if_any()
    auto_full_if = line_if_any()

    @post_load
    def _make(self, found: dict[str, Any], **_: object) -> indicators.Scoring:
        ways = [_of_option(option) for option in found.pop("options")]
        printed = [*found.pop("items"), *(line for way in ways for line in way)]
        del found["rule"]
        return indicators.Scoring(
            criteria=tuple(printed), **{key: frozen(value) for key, value in found.items()}
        )


class _ItemSchema(FileSchema):
    id = name_id()
    number = whole(low=1, high=1000)
    name = line()
    name_en = line_if_any()
    printed_name = line_if_any()
    base_number = number_if_any()
    section = name_id()
    points = points()
    kind = line()
    groups = lines()
    methods = lines_if_any()
    departments = lines_if_any()
    departments_inferred = lines_if_any()
    department_condition = named_if_any(line())
    criterion = line()
    variants = named_if_any(line())
    not_applicable_for = named_if_any(line())
    scoring = table(_ScoringSchema)
    thresholds = several(table(_ThresholdSchema), most=20, default=list)
    basis = lines_if_any()
    rules = lines_if_any()
    variant_rule = line_if_any()
    note = line_if_any()
    basis_note = line_if_any()
    differs_from_base = line_if_any()
    ocr_note = line_if_any()

    @post_load
    def _make(self, found: dict[str, Any], **_: object) -> indicators.Item:
        notes = {key: found.pop(key) for key in _NOTES}
        told = MappingProxyType({key: note for key, note in notes.items() if note})
        return indicators.Item(notes=told, **{key: frozen(value) for key, value in found.items()})


class CatalogueSchema(FileSchema):
    """The whole file; references and sums are checked afterwards (``catalogue_checks``)."""

    format = format_number(FORMAT)
    standard = table(_StandardSchema)
    explanations = several(table(_ExplanationSchema), most=100, default=list)
    record_guidance = named_if_any(line())
    kinds = named(table(_KindSchema))
    methods = named_if_any(line())
    groups = named(line())
    variants = named_if_any(table(_VariantSchema))
    prerequisites = several(table(_PrerequisiteSchema), most=50, default=list)
    parts = listed(_PartSchema, most=50)
    items = listed(_ItemSchema, most=500)


def _of_option(option: dict[str, Any]) -> list[indicators.Criterion]:
    """The lines of one alternative path, each with an id that is unique in the item."""
    way = option["id"]
    return [replace(line, id=f"{way}.{line.id}", option=way) for line in option["items"]]
