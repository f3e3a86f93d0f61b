"""An item's score from what was found: printed deductions or additions, or points of one's own.

Deductions stop at zero and additions at the item's points. A finding is a number of points,
``{"points": …, "note": …}``, or a printed line named by ``{"id": …, "count": …}``; for items that
deduct the same amount for each finding, ``{"count": …}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.scoring.errors import Place
from domain.scoring.indicators import Criterion, Item
from domain.scoring.points import NotPoints, less, read_points, times, total

MOST_FINDINGS = 200
MOST_COUNT = 1000

_SIDES = {
    "deduct": "deductions",
    "deduct_items": "deductions",
    "additive": "additions",
    "tiered": "additions",
}
_KEYS = frozenset({"id", "count", "points", "note"})


class _Fault(ValueError):
    """A finding is wrong at this key (empty: the finding itself)."""

    def __init__(self, key: str, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.key, self.code, self.zh, self.en = key, code, zh, en


@dataclass(frozen=True, slots=True)
class _Amount:
    points: Decimal
    option: str = ""


def read_findings(
    item: Item, lines: Sequence[Criterion], entry: Mapping[str, object], place: str
) -> Decimal | tuple[Place, ...]:
    """The item's points by its findings, or every place where they are wrong.

    ``lines`` are the printed lines for the sheet's variant.

    Rules: R-NAT-40.
    """
    side = _SIDES.get(item.scoring.type, "")
    faults = list(_wrong_sides(item, entry, side, place))
    amounts: list[_Amount] = []
    named: set[str] = set()
    for where, finding in _listed(entry.get(side, []), f"{place}.{side}", faults):
        try:
            amounts.append(_amount(item, lines, finding, named))
        except _Fault as fault:
            field = f"{where}.{fault.key}" if fault.key else where
            faults.append(Place(field, fault.code, fault.zh, fault.en))
    return tuple(faults) if faults else _scored(item, side, amounts)


def _wrong_sides(item: Item, entry: Mapping[str, object], side: str, place: str) -> Iterator[Place]:
    for key in ("deductions", "additions"):
        if key != side and key in entry and (entry[key] != [] or not side):
            yield Place(
                f"{place}.{key}",
                "wrong_findings",
                f"{item.id} {item.name}的评分说明不按此方式计分",
                f"{item.id} is not scored this way",
            )


def _listed(value: object, place: str, faults: list[Place]) -> Iterator[tuple[str, object]]:
    if not isinstance(value, list):
        faults.append(Place(place, "not_a_list", "须为列表", "a list is expected"))
        return
    if len(value) > MOST_FINDINGS:
        faults.append(
            Place(
                place,
                "too_many",
                f"至多 {MOST_FINDINGS} 条",
                f"at most {MOST_FINDINGS} findings are allowed",
            )
        )
        return
    for position, finding in enumerate(value):
        yield f"{place}.{position}", finding


def _amount(item: Item, lines: Sequence[Criterion], finding: object, named: set[str]) -> _Amount:
    if not isinstance(finding, dict):
        return _own(item, finding, "")
    unknown = sorted(str(key) for key in finding if key not in _KEYS)
    if unknown:
        raise _Fault(unknown[0][:40], "unknown_key", "没有这个键", "there is no such key")
    if not isinstance(finding.get("note", ""), str):
        raise _Fault("note", "not_text", "须为文字", "text is expected")
    if "id" in finding and "points" not in finding:
        return _printed(lines, finding, named)
    if item.scoring.per_finding is not None and "count" in finding and "points" not in finding:
        return _Amount(times(item.scoring.per_finding, _count(finding)))
    if "points" in finding and not {"id", "count"} & finding.keys():
        return _own(item, finding["points"], "points")
    raise _Fault("", "unclear", "须给出 id 或 points 之一", "either id or points is expected")


def _own(item: Item, value: object, key: str) -> _Amount:
    """Points of the assessor's own; alternative paths cannot be told from a bare number."""
    if item.scoring.type == "tiered":
        raise _Fault(key, "unclear", "须指明所列小项", "one of the printed lines must be named")
    try:
        points = read_points(value)
    except NotPoints as error:
        raise _Fault(key, error.code, error.zh, error.en) from error
    return _Amount(points)


def _printed(lines: Sequence[Criterion], finding: Mapping[str, object], named: set[str]) -> _Amount:
    name = finding["id"]
    line = next((line for line in lines if line.id == name), None)
    if line is None:
        raise _Fault("id", "unknown_line", "评分说明没有这一小项", "no such printed line")
    if line.id in named:
        raise _Fault("id", "double_line", "这一小项已列出", "this line is already named")
    named.add(line.id)
    count = _count(finding) if "count" in finding else 1
    if count > 1 and not line.per_unit:
        raise _Fault("count", "not_countable", "这一小项不按数量计分", "this line is not counted")
    points = times(line.points, count)
    return _Amount(points if line.max is None else min(points, line.max), line.option)


def _count(finding: Mapping[str, object]) -> int:
    """The count, also when a reader of numbers made it a decimal: 2.0 is 2."""
    count = finding["count"]
    if isinstance(count, Decimal) and count.is_finite() and 0 <= count <= MOST_COUNT:
        count = int(count) if count == int(count) else count
    if type(count) is int and 0 <= count <= MOST_COUNT:
        return count
    raise _Fault(
        "count",
        "not_a_count",
        f"须为 0 至 {MOST_COUNT} 的整数",
        f"a whole number from 0 to {MOST_COUNT}",
    )


def _scored(item: Item, side: str, amounts: Sequence[_Amount]) -> Decimal:
    if side == "deductions":
        return less(item.points, total(amount.points for amount in amounts))
    ways = {amount.option for amount in amounts}
    sums = (total(a.points for a in amounts if a.option == way) for way in ways)
    return min(item.points, max(sums, default=Decimal(0)))
