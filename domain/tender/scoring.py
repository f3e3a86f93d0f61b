"""The scoring table of a tender, pure: exact points, a ranking anybody can compute again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any
from uuid import UUID

from domain.tender.rules import Criterion
from engine.errors import Conflict, Invalid

CENT = Decimal(1) / 100
EXACT_DIGITS = 60

Points = Mapping[UUID, Mapping[UUID, Mapping[str, Decimal]]]
"""Of each bid and each member of the committee: points by criterion."""


@dataclass(frozen=True)
class Compared:
    """A valid bid as the table compares it."""

    id: UUID
    price: Decimal
    received_at: datetime


@dataclass(frozen=True)
class Line:
    """One bid in the ranking: points by criterion, their sum."""

    bid: UUID
    rank: int
    points: Mapping[str, Decimal]
    total: Decimal


def check_points(criteria: Sequence[Criterion], given: Mapping[str, Decimal]) -> None:
    """Raise Invalid unless every criterion but that of the price has points within its bounds."""
    wanted = {c.code: c for c in criteria if not c.by_price}
    errors = [
        {"field": code, "message": f"“{c.title}”须为 0 至 {c.points} 分"}
        for code, c in wanted.items()
        if code not in given or not given[code].is_finite() or not 0 <= given[code] <= c.points
    ]
    errors += [{"field": code, "message": "没有这一项"} for code in given if code not in wanted]
    if errors:
        raise Invalid("评分有误", "the points cannot be accepted", code="points", errors=errors)


def rank_bids(
    criteria: Sequence[Criterion], bids: Sequence[Compared], points: Points, members: Sequence[UUID]
) -> list[Line]:
    """The bids by points: the mean of the committee, the price by the lowest one.

    Of equal points the lower price stands first, then the earlier bid. Conflict when a member has
    not scored a bid.

    Rules: R-ORD-37.
    """
    if not members:
        raise Conflict("没有评标委员", "there is no committee", code="no_committee")
    lowest = min((bid.price for bid in bids), default=Decimal(0))
    totals = []
    for bid in bids:
        of_bid = points.get(bid.id, {})
        found = {
            c.code: _by_price(c, lowest, bid.price) if c.by_price else _mean(c, of_bid, members)
            for c in criteria
        }
        totals.append((bid, found, sum(found.values(), Decimal(0))))
    totals.sort(key=lambda row: (-row[2], row[0].price, row[0].received_at, row[0].id))
    return [Line(b.id, rank, found, total) for rank, (b, found, total) in enumerate(totals, 1)]


def _by_price(criterion: Criterion, lowest: Decimal, price: Decimal) -> Decimal:
    with localcontext() as exact:
        exact.prec = EXACT_DIGITS
        return (criterion.points * lowest / price).quantize(CENT, ROUND_HALF_UP)


def _mean(
    criterion: Criterion, given: Mapping[UUID, Mapping[str, Decimal]], members: Sequence[UUID]
) -> Decimal:
    found = [given[m][criterion.code] for m in members if criterion.code in given.get(m, {})]
    if len(found) != len(members):
        raise Conflict(
            "评标委员尚未全部评分", "the committee has not scored everything", code="unscored"
        )
    with localcontext() as exact:
        exact.prec = EXACT_DIGITS
        return (sum(found, Decimal(0)) / len(found)).quantize(CENT, ROUND_HALF_UP)


def criteria_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Criterion, ...]:
    """The lines of a scoring table as they are kept."""
    return tuple(
        Criterion(r["code"], r["title"], Decimal(r["points"]), bool(r["byPrice"])) for r in rows
    )


def kept_criteria(criteria: Sequence[Criterion]) -> list[dict[str, Any]]:
    """The lines of a scoring table as they are kept: exact numbers as text."""
    return [
        {"code": c.code, "title": c.title, "points": str(c.points), "byPrice": c.by_price}
        for c in criteria
    ]
