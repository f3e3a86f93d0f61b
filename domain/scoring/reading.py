"""A score sheet read against its catalogue: answers where they are right, places where not.

The sheet is what JSON gives: ``{"group", "variant", "prerequisites": {id: bool}, "items": {id:
{"score", "proof"} | {"not_applicable": true, "reason"}}}``. Nothing is guessed: an unknown key, an
item of the other group or a score above its points is a fault. What is merely not filled in yet is
kept apart, so that a sheet in work can be previewed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.scoring.answers import Answer, Gathering, read_answer, short
from domain.scoring.errors import Place
from domain.scoring.indicators import Catalogue, Item, Selection

_SHEET_KEYS = ("group", "variant", "prerequisites", "items")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the sheet says; it can be scored when ``missing`` and ``faults`` are empty."""

    selection: Selection | None
    prerequisites: Mapping[str, bool]
    answers: Mapping[str, Answer]
    missing: tuple[Place, ...]
    faults: tuple[Place, ...]


@dataclass(slots=True)
class _Reader(Gathering):
    """The one pass over a sheet."""

    catalogue: Catalogue = field(kw_only=True)
    prerequisites: dict[str, bool] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)


def read_sheet(catalogue: Catalogue, sheet: object) -> Reading:
    """The sheet's answers with every place where it is wrong or not complete."""
    reader = _Reader(catalogue=catalogue)
    selection = None
    if isinstance(sheet, Mapping):
        _unknown_keys(reader, sheet, _SHEET_KEYS, "")
        selection = _selection(reader, sheet)
        _read_prerequisites(reader, sheet)
        _read_items(reader, sheet, selection)
    else:
        reader.fault(
            "sheet", "not_a_sheet", "评分表须为一个对象", "the score sheet must be an object"
        )
    return Reading(
        selection,
        reader.prerequisites,
        reader.answers,
        tuple(reader.missing),
        tuple(reader.faults),
    )


def _unknown_keys(
    reader: _Reader, found: Mapping[str, object], known: tuple[str, ...], place: str
) -> None:
    for key in found:
        if key not in known:
            where = f"{place}.{short(key)}".lstrip(".")
            reader.fault(where, "unknown_key", "没有这个键", "there is no such key")


def _selection(reader: _Reader, sheet: Mapping[str, object]) -> Selection | None:
    catalogue = reader.catalogue
    group, variant = sheet.get("group"), sheet.get("variant")
    if not isinstance(group, str) or group not in catalogue.groups:
        known = "、".join(catalogue.groups)
        reader.fault(
            "group",
            "unknown_group",
            f"行业组须为 {known} 之一",
            f"the industry group must be one of {known}",
        )
        return None
    if not catalogue.variants and variant in (None, ""):
        return catalogue.select(group, "")
    allowed = catalogue.variants_of(group)
    if not isinstance(variant, str) or variant not in allowed:
        known = "、".join(allowed)
        reader.fault(
            "variant",
            "unknown_variant",
            f"{group} 组的开采方式（行业）须为 {known} 之一",
            f"the variant of {group} must be one of {known}",
        )
        return None
    return catalogue.select(group, variant)


def _read_prerequisites(reader: _Reader, sheet: Mapping[str, object]) -> None:
    given = sheet.get("prerequisites", {})
    if not isinstance(given, Mapping):
        reader.fault("prerequisites", "not_a_table", "须为一个对象", "an object is expected")
        return
    known = {prerequisite.id: prerequisite for prerequisite in reader.catalogue.prerequisites}
    for name in given:
        if name not in known:
            place = f"prerequisites.{short(name)}"
            reader.fault(place, "unknown_item", "没有这个先决条件", "no such prerequisite")
    for name, prerequisite in known.items():
        value = given.get(name)
        place = f"prerequisites.{name}"
        if value is None:
            told = f"先决条件“{prerequisite.name}”未判定"
            reader.gap(place, "missing_prerequisite", told, f"prerequisite {name} is not judged")
        elif isinstance(value, bool):
            reader.prerequisites[name] = value
        else:
            reader.fault(place, "not_a_bool", "须为 true 或 false", "true or false is expected")


def _read_items(reader: _Reader, sheet: Mapping[str, object], selection: Selection | None) -> None:
    given = sheet.get("items", {})
    if not isinstance(given, Mapping):
        reader.fault("items", "not_a_table", "须为一个对象", "an object is expected")
        return
    known = {item.id: item for item in reader.catalogue.items}
    for name in given:
        if name not in known:
            place = f"items.{short(name)}"
            reader.fault(place, "unknown_item", "没有这项指标", "no such item")
    if selection is None:
        return
    selected = {item.id for item in selection.items}
    for name, item in known.items():
        if name in selected:
            _read_row(reader, item, given.get(name), selection)
        elif name in given:
            reader.fault(
                f"items.{name}",
                "not_of_this_group",
                f"{name} {item.name}不属于 {selection.group} 组",
                f"{name} is not an item of group {selection.group}",
            )


def _read_row(reader: _Reader, item: Item, entry: object, selection: Selection) -> None:
    place = f"items.{item.id}"
    excuse = selection.excused.get(item.id, "")
    if entry is None:
        if excuse:
            reader.answers[item.id] = Answer(None, excuse)
        else:
            told = f"{item.id} {item.name}未评分"
            reader.gap(place, "missing_item", told, f"{item.id} is not scored")
        return
    if not isinstance(entry, Mapping):
        reader.fault(place, "not_a_table", "须为一个对象", "an object is expected")
        return
    if excuse and entry.get("not_applicable", False) is not True:
        reader.fault(
            place,
            "not_of_this_variant",
            f"{item.id} {item.name}不适用于该开采方式，按不涉及项折合",
            f"{item.id} does not apply to this variant; it is converted",
        )
        return
    lines = reader.catalogue.criteria(item, selection.variant)
    answer = read_answer(item, lines, entry, reader)
    if answer is not None:
        reader.answers[item.id] = answer
