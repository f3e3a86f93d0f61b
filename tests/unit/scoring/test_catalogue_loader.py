"""A catalogue file is read whole or refused with file, item and key."""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from domain.scoring.catalogue import load_catalogue, parse_catalogue
from domain.scoring.errors import CatalogueRefused
from domain.scoring.indicators import (
    Criterion,
    Explanation,
    Item,
    Part,
    Prerequisite,
    Standard,
    Variant,
)

from .builders import INDICATORS, THOUSAND

TEXT = (INDICATORS / "neimenggu-2025.yaml").read_text("utf-8")


def refused(text: str) -> list[tuple[str, str]]:
    with pytest.raises(CatalogueRefused) as caught:
        parse_catalogue(text.encode(), "mine.yaml")
    assert all(problem.file == "mine.yaml" for problem in caught.value.problems)
    assert all(problem.zh and problem.en for problem in caught.value.problems)
    return [(problem.key, problem.en) for problem in caught.value.problems]


def keys(text: str) -> list[str]:
    return [key for key, _ in refused(text)]


def changed(old: str, new: str, text: str = TEXT) -> str:
    assert old in text
    return text.replace(old, new, 1)


def item(name: str, old: str, new: str) -> str:
    start = TEXT.index(f"  - id: {name}\n")
    return TEXT[:start] + changed(old, new, TEXT[start:])


@pytest.mark.rule("R-ORD-41")
def test_a_thousand_point_standard_is_a_file_like_any_other() -> None:
    standard = parse_catalogue(THOUSAND.encode(), "thousand.yaml").standard

    assert [standard.total, standard.pass_line, standard.part_floor] == [1000, 800, 75]


def test_points_are_read_as_decimals_not_as_floats() -> None:
    signs = parse_catalogue(TEXT.encode(), "x.yaml").items[2]

    assert signs.scoring.per_finding == Decimal("0.2")
    assert isinstance(signs.scoring.per_finding, Decimal)


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("M02", "per_finding: 0.5", "per_finding: '0.5'", "items.M02.scoring.per_finding"),
        ("M02", "per_finding: 0.5", "per_finding: 3", "items.M02.scoring.per_finding"),
        ("M02", "per_finding: 0.5", "cap: 2", "items.M02.scoring.per_finding"),
        ("M02", "type: deduct", "type: deducts", "items.M02.scoring.type"),
        ("M02", "type: deduct", "type: all_or_nothing", "items.M02.scoring.per_finding"),
        ("M08", "type: all_or_nothing", "type: additive", "items.M08.scoring.items"),
        ("M09", "cap: 8", "cap: 9", "items.M09.scoring.cap"),
        ("M09", "points: 3", "points: 1", "items.M09.scoring.by_variant.underground"),
        ("M01", "points: 1.5", "points: 1.75", "items.M01.scoring.items"),
        ("M20", "points: 2\n    basis", "points: 3\n    basis", "items.M20.scoring.items"),
        ("M17", "- id: b", "- id: a", "items.M17.scoring.items"),
        ("M02", "points: 2", "points: -2", "items.M02.points"),
        ("M02", "points: 2", "points: 0", "items.M02.points"),
        ("M02", "points: 2", "points: true", "items.M02.points"),
        ("M02", "points: 2", "points: 2.00001", "items.M02.points"),
        ("M02", "points: 2", "weight: 2", "items.M02.weight"),
        ("M02", "number: 2", "number: 5", "items.M02.number"),
        ("M02", "id: M02", "id: M01", "items.M01"),
        ("M02", "id: M02", "id: 'M:2'", "items.M:2.id"),
        ("M02", "section: P1.1", "section: P9.1", "items.M02.section"),
        ("M02", "kind: 提升性", "kind: 其他", "items.M02.kind"),
        ("M02", "groups: [g1, g2]", "groups: [g1, g3]", "items.M02.groups"),
        ("M02", "groups: [g1, g2]", "groups: []", "items.M02.groups"),
        ("M02", "methods: [查资料, 查现场]", "methods: [猜]", "items.M02.methods"),
        ("M08", "fluid: ", "gas: ", "items.M08.not_applicable_for"),
        ("M08", "underground: ", "deep: ", "items.M08.variants"),
        ("M09", "fluid:", "gas:", "items.M09.scoring.by_variant"),
        ("M02", "name: 配套设施", "name: ''", "items.M02.name"),
        ("M02", "name: 配套设施", "name: [x]", "items.M02.name"),
        ("M02", "name: 配套设施\n", "\n", "items.M02.name"),
        ("M19", "value: 100", "value: []", "items.M19.scoring.items.b.thresholds.1.value"),
    ],
)
def test_a_fault_in_an_item_names_the_item_and_the_key(
    name: str, old: str, new: str, key: str
) -> None:
    assert key in keys(item(name, old, new))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("format: 1", "format: 2", "format"),
        ("format: 1\n", "", "format"),
        ("  total: 100", "  total: 99", "standard.total"),
        ("pass_line: 60", "pass_line: 101", "standard.pass_line"),
        ("pass_line: 60", "pass_line: 60.00001", "standard.pass_line"),
        ("pass_line: 60", "pass_line: 60\n  part_floor: 101", "standard.part_floor"),
        (
            "pass_line_alternative: 80",
            "pass_line_alternative: 180",
            "standard.pass_line_alternative",
        ),
        ("issued: '2025-06-11'", "issued: '2025-13-11'", "standard.issued"),
        ("items: 50, c", "items: 51, c", "standard.counts.items"),
        ("constraint: 20, i", "constraint: 19, i", "standard.counts.constraint"),
        ("item_counts: {all: 7", "item_counts: {all: 8", "parts.P1.item_counts.all"),
        ("item_counts: {all: 7", "item_counts: {g7: 7", "parts.P1.item_counts.g7"),
        ("name_en: Mine environment\n    points: 12", "points: 13", "parts.P1.points"),
        ("矿容矿貌, points: 9", "矿容矿貌, points: 8", "parts.P1.sections.P1.1.points"),
        ("{id: P1.2", "{id: P1.1", "parts.sections.P1.1"),
        ("  - id: P2", "  - id: P1", "parts.P1"),
        ("  - id: MP2", "  - id: MP1", "prerequisites.MP1"),
        ("within: fluid", "within: gas", "variants.oil_gas.within"),
        ("within: fluid", "within: oil_gas", "variants.oil_gas.within"),
        ("groups: [g2]}", "groups: [g3]}", "variants.aggregate_stone.groups"),
        ("by: method}", "by: 3}", "variants.open_pit.by"),
        ("  查资料: documents", "  查资料: 3", "methods.查资料"),
        ("  '*': 所有得分", "  电话: 所有得分", "record_guidance"),
        (
            "full_points_required: true",
            "full_points_required: 1",
            "kinds.约束性.full_points_required",
        ),
    ],
)
def test_a_fault_around_the_items_names_the_key(old: str, new: str, key: str) -> None:
    assert key in keys(changed(old, new))


def test_a_mining_method_without_text_or_excuse_is_a_fault() -> None:
    silent = re.sub(r"    not_applicable_for:\n      fluid: .*\n", "", TEXT, count=1)

    assert "items.M08.variants.fluid" in keys(silent)


def test_every_fault_is_told_at_once() -> None:
    text = changed("per_finding: 0.5", "per_finding: x", changed("format: 1", "format: x"))

    assert keys(text) == ["format", "items.M02.scoring.per_finding"]


def test_the_error_reports_file_and_place_like_every_other() -> None:
    with pytest.raises(CatalogueRefused) as caught:
        parse_catalogue(changed("format: 1", "format: 2").encode(), "mine.yaml")

    assert caught.value.code == "catalogue_refused"
    assert caught.value.facts["errors"] == [
        {
            "field": "mine.yaml#format",
            "code": "invalid_key",
            "message": "只支持格式 1",
            "message_en": "only format 1 is read",
        }
    ]


@pytest.mark.parametrize("text", ["", "3", "[]", "text", "null"])
def test_a_file_that_is_no_table_is_refused(text: str) -> None:
    assert keys(text) == [""]


def test_a_fault_of_the_yaml_names_the_line() -> None:
    assert keys("format: 1\nstandard: *x") == ["line 2"]


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogueRefused, match="cannot be read"):
        load_catalogue(tmp_path / name)


def test_every_key_of_a_catalogue_file_is_documented() -> None:
    told = (INDICATORS.parents[2] / "docs" / "scoring.md").read_text("utf-8")
    keys = {"items", "by_variant", "options", "cap", "per_finding", "finding_unit"}
    for value in (Standard, Item, Part, Prerequisite, Variant, Explanation, Criterion):
        keys |= {field.name for field in fields(value)}
    computed = {"part", "constraint", "notes", "option"}

    assert [key for key in keys - computed if f"`{key}`" not in told] == []


def test_what_is_loaded_cannot_be_changed() -> None:
    catalogue = load_catalogue(INDICATORS / "neimenggu-2025.yaml")

    with pytest.raises(TypeError):
        catalogue.groups["g1"] = "x"  # type: ignore[index]
    with pytest.raises(AttributeError):
        catalogue.items[0].points = Decimal(9)  # type: ignore[misc]
