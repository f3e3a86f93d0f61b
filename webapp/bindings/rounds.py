"""Service tasks about rounds: opened by the nation, recommended to by a province, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import String

from domain.register.rules import Method, Scale
from domain.rounds.model import round_entries
from domain.rounds.rules import EntryStatus, Recommended, Terms, list_faults, notice_faults
from domain.rounds.store import (
    Coming,
    Opening,
    close_round,
    finish_round,
    listed_mines,
    open_round,
    record_result,
    standing_of,
    take_recommendation,
)
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.messaging.messages import publish_message
from engine.office import local_date
from webapp.bindings.inputs import Inputs

bindings = Bindings()

MINE_RECOMMENDED = "mine-recommended"
"""The message that begins the case of one recommended mine at the province."""
TENANTS = "round.province_tenants"
MOST_FAULTS = 8
LONGEST_REASON = cast(String, round_entries.c.reason.type).length


@bindings.register("round.check-notice", gives={"faults": "list"})
def check_notice(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Why the selection notice cannot be issued, as ``faults`` in words; empty when it can."""
    inputs = Inputs(context, given)
    provinces = [str(row.get("province")) for row in _rows(inputs, "quotas")]
    notice_on, closes_on = inputs.required_day("noticeOn"), inputs.required_day("closesOn")
    today = local_date(context.office, context.now)
    return {"faults": notice_faults(notice_on, closes_on, provinces, today)}


@bindings.register("round.open", gives={"round": "string", "inSystem": "list"})
def open_(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Open the round of the case: ``round``, and ``inSystem``, who is told of it in this system.

    Rows of ``inSystem`` are {peer, province, quota}; other provinces are told outside.
    """
    inputs = Inputs(context, given)
    peers = dict(entry.split(":", 1) for entry in context.parameter(TENANTS))
    quotas = [
        (str(row["province"]), peers.get(str(row["province"]), ""), int(row["quota"]))
        for row in _rows(inputs, "quotas")
    ]
    opening = Opening(
        case_id=context.case_id,
        title=inputs.text("title"),
        document=inputs.text("document"),
        notice_on=inputs.required_day("noticeOn"),
        closes_on=inputs.required_day("closesOn"),
        quotas=quotas,
    )
    made = open_round(context.tx, opening, context.now)
    told = [{"peer": peer, "province": p, "quota": quota} for p, peer, quota in quotas if peer]
    return {"round": str(made), "inSystem": told}


@bindings.register("round.close", gives={"recommended": "number", "open": "number"})
def close(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Take no more recommendations to ``round``: how many came and how many are undecided."""
    return close_round(context.tx, Inputs(context, given).identity("round"), context.now)


@bindings.register("round.finish", gives={"listed": "number", "notSelected": "number"})
def finish(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """The ``round`` is over: how many mines were ``listed`` and how many ``notSelected``."""
    counts = finish_round(context.tx, Inputs(context, given).identity("round"))
    listed, not_selected = counts[EntryStatus.LISTED], counts[EntryStatus.NOT_SELECTED]
    return {"listed": listed, "notSelected": not_selected}


# ---------------------------------------------------------------- at the province


@bindings.register("round.check-list", gives={"faults": "list"})
def check_list(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Why the recommended list cannot go up, as ``faults`` in words; empty when it can.

    ``mines`` are the lines of the form, in the order of their ranks.

    Rules: R-NAT-23, R-IM-36.
    """
    inputs = Inputs(context, given)
    lines = [_line(row) for row in _rows(inputs, "mines")]
    rows = listed_mines(context.tx, {line.number for line in lines})
    standings = {number: standing_of(row) for number, row in rows.items()}
    today = local_date(context.office, context.now)
    faults = list_faults(lines, standings, _terms(context, inputs), today)
    return {"faults": faults[:MOST_FAULTS]}


@bindings.register("round.recommend", gives={"recommended": "number"})
def recommend(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Begin a case of its own for each of the ``mines``, by rank; gives how many.

    What the register knows of a mine goes along with what the province said of it.
    """
    inputs = Inputs(context, given)
    lines = _rows(inputs, "mines")
    known = listed_mines(context.tx, {int(row["number"]) for row in lines})
    shared = {
        "round": inputs.text("round"),
        "roundTitle": inputs.text("title"),
        "document": inputs.text("document"),
        "nation": inputs.text("nation"),
    }
    for rank, row in enumerate(lines, start=1):
        mine = known[int(row["number"])]
        facts = {
            **shared,
            "number": int(row["number"]),
            "rank": rank,
            "score": Decimal(row["score"]),
            "grounds": list(row.get("grounds") or []),
            "reason": str(row.get("reason") or ""),
            "mineName": mine.name,
            "holder": mine.holder,
            "creditCode": mine.credit_code or "",
            "licenceNumber": mine.licence_no or "",
            "division": mine.division,
            "mineral": mine.mineral,
            "method": Method(mine.method).value,
            "scale": Scale(mine.scale).value,
        }
        publish_message(context.tx, MINE_RECOMMENDED, "", facts, context.now)
    return {"recommended": len(lines)}


def _terms(context: BindingContext, inputs: Inputs) -> Terms:
    return Terms(
        notice_on=inputs.required_day("noticeOn"),
        closes_on=inputs.required_day("closesOn"),
        quota=_whole(inputs, "quota"),
        score_line=Decimal(context.parameter("round.score_line")),
        penalty_years=int(context.parameter("penalty.years")),
        operation_years=int(context.parameter("operation.years")),
        reserve_years=int(context.parameter("reserves.years")),
    )


def _line(row: Mapping[str, Any]) -> Recommended:
    return Recommended(
        number=int(row["number"]),
        score=Decimal(row["score"]),
        produced_on=_day(row["producedOn"]),
        reserve_years=Decimal(row["reserveYears"]),
        penalty_on=_day(row["penaltyOn"]) if row.get("penaltyOn") else None,
        penalty_settled=row.get("penaltySettled") == "yes",
        had_accident=row["hadAccident"] == "yes",
        is_abnormal=row["isAbnormal"] == "yes",
        in_red_line=row["inRedLine"] == "yes",
    )


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


# ---------------------------------------------------------------- at the nation


@bindings.register("round.take", gives={"fault": "string", "province": "string"})
def take(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Take a recommendation in to ``round``; ``fault`` says why not, empty when it was taken.

    ``from`` is the tenant that hands it over; ``province`` the one it has its quota as.

    Rules: R-NAT-23.
    """
    inputs = Inputs(context, given)
    score = inputs.number("score")
    coming = Coming(
        round_id=inputs.identity("round"),
        case_id=context.case_id,
        peer=inputs.text("from"),
        rank=_whole(inputs, "rank"),
        score=Decimal(0) if score is None else score,
        mine_name=inputs.text("mineName"),
        holder=inputs.text("holder"),
        licence_no=inputs.text("licenceNumber", ""),
    )
    line = Decimal(context.parameter("round.score_line"))
    taken = take_recommendation(context.tx, coming, line, local_date(context.office, context.now))
    return {"fault": taken.fault, "province": taken.province}


@bindings.register("round.record-result", gives={"recorded": "boolean"})
def record(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Say in the round what became of the mine of the case: ``status`` and ``reason``."""
    inputs = Inputs(context, given)
    status = inputs.parsed(
        "status", lambda: EntryStatus(inputs.text("status")), "遴选结果", "a result of a selection"
    )
    reason = inputs.text("reason", "")[:LONGEST_REASON]
    record_result(context.tx, context.case_id, status, reason, context.now)
    return {"recorded": True}


def _rows(inputs: Inputs, name: str) -> Sequence[Mapping[str, Any]]:
    rows = inputs.value(name)
    if not isinstance(rows, list) or not rows or not all(isinstance(r, Mapping) for r in rows):
        raise inputs.wrong(name, "列表", "a list of lines")
    return rows


def _whole(inputs: Inputs, name: str) -> int:
    found = inputs.number(name)
    if found is None or found != int(found):
        raise inputs.wrong(name, "整数", "a whole number")
    return int(found)
