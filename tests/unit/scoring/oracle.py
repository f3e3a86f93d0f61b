"""A second implementation of the scoring rules, on the raw sheet and fractions alone.

It shares no code with the product and takes the other way round: sums first over the items that
count, then over the parts; the constraint check by the sum of what constraint items lack.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import yaml

from .builders import INDICATORS, Sheet


def raw_catalogue(name: str) -> dict[str, Any]:
    """The catalogue file as an ordinary YAML reader sees it."""
    found: dict[str, Any] = yaml.safe_load((INDICATORS / f"{name}.yaml").read_text("utf-8"))
    return found


def oracle_total(catalogue: dict[str, Any], sheet: Sheet) -> Fraction:
    """The exact total."""
    whole = Fraction(0)
    for part in catalogue["parts"]:
        sections = [section["id"] for section in part["sections"]]
        weight = reached = Fraction(0)
        for item in catalogue["items"]:
            if item["section"] not in sections or not _counts(item, sheet):
                continue
            weight += item["points"]
            reached += _reached(sheet["items"][item["id"]])
        whole += part["points"] * (reached / weight)
    return whole


def oracle_reasons(catalogue: dict[str, Any], sheet: Sheet, line: Fraction) -> set[str]:
    """Why the sheet fails, as a set."""
    reasons = {f"prerequisite:{k}" for k, is_met in sheet["prerequisites"].items() if not is_met}
    for item in catalogue["items"]:
        if item["kind"] == "约束性" and _counts(item, sheet):
            lack = item["points"] - _reached(sheet["items"][item["id"]])
            if lack:
                reasons.add(f"constraint:{item['id']}")
    if oracle_total(catalogue, sheet) - line < 0:
        reasons.add("below_line")
    return reasons


def oracle_short_parts(catalogue: dict[str, Any], sheet: Sheet, floor: Fraction) -> list[str]:
    """The parts in which more is lost than the floor allows: counted by what is missing."""
    found = []
    for part in catalogue["parts"]:
        sections = {section["id"] for section in part["sections"]}
        mine = [i for i in catalogue["items"] if i["section"] in sections and _counts(i, sheet)]
        weight = sum((Fraction(item["points"]) for item in mine), Fraction(0))
        lost = weight - sum((_reached(sheet["items"][item["id"]]) for item in mine), Fraction(0))
        if lost / weight > 1 - floor / 100:
            found.append(part["id"])
    return found


def _counts(item: dict[str, Any], sheet: Sheet) -> bool:
    if sheet["group"] not in item["groups"]:
        return False
    entry = sheet["items"].get(item["id"])
    return entry is not None and not entry.get("not_applicable", False)


def _reached(entry: dict[str, Any]) -> Fraction:
    return Fraction(entry["score"]) if entry.get("proof") else Fraction(0)
