"""An indicator catalogue (指标体系) from its file: checked and frozen, or refused by place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError

from domain.scoring.catalogue_checks import problems_of_points, problems_of_references
from domain.scoring.catalogue_schema import CatalogueSchema
from domain.scoring.errors import CatalogueRefused
from domain.scoring.indicators import Catalogue, Item
from domain.scoring.limited_yaml import MAX_BYTES, YamlRefused, read_yaml
from engine.tenancy.fields import problems_of
from engine.tenancy.problems import Problem

_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[]+)")
_TABLES_OF_NAMES = (
    "by_variant",
    "department_condition",
    "departments",
    "groups",
    "item_counts",
    "kinds",
    "methods",
    "not_applicable_for",
    "record_guidance",
    "variants",
)


def load_catalogue(path: Path) -> Catalogue:
    """The catalogue of this file; ``CatalogueRefused`` names the file, the item and the key."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        fault = Problem(path.name, "", "unreadable", "无法读取文件", "the file cannot be read")
        raise CatalogueRefused(path.name, [fault]) from error
    return parse_catalogue(raw, path.name)


@lru_cache(maxsize=16)
def parse_catalogue(raw: bytes, source: str) -> Catalogue:
    """The catalogue of this text; ``source`` is the file's name in messages."""
    data = _read(raw, source)
    try:
        found: dict[str, Any] = CatalogueSchema().load(data)
    except ValidationError as error:
        named = (_named(problem, data) for problem in problems_of(source, error.messages))
        raise CatalogueRefused(source, sorted(set(named))) from error
    catalogue = _build(found, source)
    for check in (problems_of_references, problems_of_points):
        _refuse_if_any(source, check(catalogue))
    return catalogue


def _read(raw: bytes, source: str) -> dict[str, Any]:
    try:
        data = read_yaml(raw)
    except YamlRefused as error:
        key = f"line {error.line}" if error.line else ""
        fault = Problem(source, key, "not_yaml", error.zh, error.en)
        raise CatalogueRefused(source, [fault]) from error
    if not isinstance(data, dict):
        fault = Problem(source, "", "not_yaml", "内容不是一张表", "the file is not a table")
        raise CatalogueRefused(source, [fault])
    return data


def _build(found: dict[str, Any], source: str) -> Catalogue:
    part_of = {section.id: part.id for part in found["parts"] for section in part.sections}
    kinds = found["kinds"]

    def placed(item: Item) -> Item:
        strict = item.kind in kinds and kinds[item.kind].full_points_required
        return replace(item, part=part_of.get(item.section, ""), constraint=strict)

    return Catalogue(
        source=source,
        standard=found["standard"],
        groups=_frozen(found["groups"]),
        variants=_frozen(found["variants"]),
        kinds=_frozen(kinds),
        methods=_frozen(found["methods"]),
        prerequisites=tuple(found["prerequisites"]),
        parts=tuple(found["parts"]),
        items=tuple(placed(item) for item in found["items"]),
        explanations=tuple(found["explanations"]),
        record_guidance=_frozen(found["record_guidance"]),
    )


def _frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))


def _refuse_if_any(source: str, problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise CatalogueRefused(source, found)


def _named(problem: Problem, data: object) -> Problem:
    """The problem with ids for list positions: ``items.M08.points``, not ``items[7].points``."""
    steps: list[str] = []
    here = data
    for position, name in _STEP.findall(problem.key):
        if position:
            members = here if isinstance(here, list) else []
            here = members[int(position)] if int(position) < len(members) else None
            own = here.get("id") if isinstance(here, dict) else None
            steps.append(own if isinstance(own, str) else str(int(position) + 1))
        elif name in ("key", "value") and len(steps) > 1 and steps[-2] in _TABLES_OF_NAMES:
            continue  # marshmallow's own step into a table of names
        else:
            here = here.get(name) if isinstance(here, dict) else None
            steps.append(name)
    return replace(problem, key=".".join(steps))
