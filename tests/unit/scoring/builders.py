"""Sheets and catalogues for tests: defaults are valid and full, a test names what matters."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from domain.scoring.catalogue import load_catalogue
from domain.scoring.indicators import Catalogue

INDICATORS = Path(__file__).parents[3] / "forms" / "shared" / "indicators"
REGION = load_catalogue(INDICATORS / "neimenggu-2025.yaml")
NATION = load_catalogue(INDICATORS / "national-2024.yaml")

Sheet = dict[str, Any]


def full_sheet(
    catalogue: Catalogue = REGION, group: str = "g1", variant: str = "underground"
) -> Sheet:
    """A sheet with full points and proof for every item, all prerequisites met."""
    selection = catalogue.select(group, variant)
    return {
        "group": group,
        "variant": variant,
        "prerequisites": {found.id: True for found in catalogue.prerequisites},
        "items": {
            item.id: {"score": str(item.points), "proof": True}
            for item in selection.items
            if item.id not in selection.excused
        },
    }


def with_items(sheet: Sheet, changes: Mapping[str, object]) -> Sheet:
    """The sheet with these rows: a text is a proven score, None leaves the row out."""
    changed = deepcopy(sheet)
    for name, entry in changes.items():
        if entry is None:
            del changed["items"][name]
        elif isinstance(entry, str):
            changed["items"][name] = {"score": entry, "proof": True}
        else:
            changed["items"][name] = entry
    return changed


def does_not_apply(reason: str = "矿山无此环节") -> dict[str, object]:
    """A row judged not applicable."""
    return {"not_applicable": True, "reason": reason}


THOUSAND = """
format: 1
standard:
  {id: thousand, title: 千分制标准, total: 1000, pass_line: 800, part_floor: 75}
kinds:
  综合: {full_points_required: false}
groups: {all: 全部行业}
parts:
  - {id: A, name: 甲, points: 220, sections: [{id: A.1, name: 甲一, points: 220}]}
  - {id: B, name: 乙, points: 780, sections: [{id: B.1, name: 乙一, points: 780}]}
items:
  - {id: A1, number: 1, name: 甲类得分, section: A.1, points: 220, kind: 综合, groups: [all],
     criterion: 按大类评分, scoring: {type: points}}
  - {id: B1, number: 2, name: 乙类得分, section: B.1, points: 780, kind: 综合, groups: [all],
     criterion: 按大类评分, scoring: {type: points}}
"""
