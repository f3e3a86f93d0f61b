"""Service tasks of an open tender; the cases of one batch share one, each comes by on its own.

The first case of the batch that reaches a step does its work, the others are given its result.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.assessors.store import load_body
from domain.tender.evaluation import (
    SEATED,
    assign_case,
    committee_of,
    draw_committee,
    freeze_committee,
    frozen_pool,
    record_contract,
    record_result,
    reopen_evaluation,
    unscored,
)
from domain.tender.openings import check_bids
from domain.tender.rules import (
    FAILURE_WORDS,
    SEALED,
    BidStatus,
    Criterion,
    Failure,
    Plan,
    TenderStatus,
    Terms,
)
from domain.tender.sealing import make_box_key
from domain.tender.store import (
    Publication,
    bids_of,
    close_bids,
    count_received,
    fail_tender,
    join_tender,
    load_tender,
    publish_tender,
    tender_of_case,
)
from engine.actors import people_for
from engine.batches.acts import batch_of_case
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.errors import Conflict
from engine.tenancy.calendar import Until
from webapp.bindings.inputs import Inputs
from webapp.bindings.messages import tell_member

bindings = Bindings()

EXACT_SEED_BYTES = 16
CLOSES: Until = "office_end"
"""Bids come until the office closes: whoever opens them then is there."""
JUDGED = (BidStatus.VALID, BidStatus.INVALID)
FAILED = {"failed": "boolean", "reason": "string", "told": "string"}


@bindings.register(
    "tender.open",
    gives={"tender": "string", "bidsUntil": "string", "opensAt": "string", "round": "number"},
)
def open_for_bids(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Publish the notice of the batch and take bids; later cases of the batch join it.

    Without a ``batch`` the case is tendered for alone. Gives ``tender`` (its number),
    ``bidsUntil``, ``opensAt`` (moments) and ``round``.
    """
    inputs = Inputs(context, given)
    officers = people_for(context.tx, inputs.texts("officers"))
    made = Publication(
        batch_id=_batch(context, inputs),
        plan=_plan(context, inputs),
        terms=_terms(inputs),
        officers=tuple(officer.membership_id for officer in officers),
        opening=make_box_key(),
        case_id=context.case_id,
    )
    row = publish_tender(context.tx, context.office, made, context.actor, context.now)
    join_tender(context.tx, row.id, context.case_id)
    return {
        "tender": row.number,
        "bidsUntil": _moment(context, row.bids_until),
        "opensAt": _moment(context, row.opens_at),
        "round": Decimal(row.round),
    }


@bindings.register("tender.close-bids", gives={"bids": "number", **FAILED})
def close(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """End bidding; gives how many ``bids`` there are and whether the tender ``failed``."""
    tender = tender_of_case(context.tx, context.case_id)
    if tender.status == TenderStatus.BIDDING:
        close_bids(context.tx, tender, context.now)
    return {"bids": Decimal(count_received(context.tx, tender.id)), **_failure(context, tender)}


@bindings.register("tender.check-opening", gives={"opened": "boolean", "bids": "list", **FAILED})
def check_opening(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Judge the opened bids and freeze the ``pool`` from which the committee is drawn.

    ``opened`` is false while the officers have not opened; then nothing was judged.
    """
    tender = tender_of_case(context.tx, context.case_id)
    is_opened = TenderStatus(tender.status) not in SEALED and tender.opened_at is not None
    if tender.status == TenderStatus.OPENED and tender.draw_id is None:
        _found, failure = check_bids(context.tx, context.office, tender, context.now)
        if failure is None:
            if context.actor is None:
                raise Conflict("冻结专家名单须由经办人办理", "somebody must freeze the pool")
            pool = people_for(context.tx, Inputs(context, given).texts("pool"))
            freeze_committee(context.tx, context.office, tender, pool, context.actor, context.now)
    rows = [row for row in bids_of(context.tx, tender.id) if row.status in JUDGED]
    told = [
        {
            "body": row.body_name,
            "valid": row.status == BidStatus.VALID,
            "reasons": [fault["zh"] for fault in row.faults or []],
        }
        for row in rows
    ]
    return {"opened": is_opened, "bids": told, **_failure(context, tender)}


@bindings.register(
    "tender.draw-committee",
    gives={"drawn": "boolean", "members": "list", "seed": "string", "told": "string"},
)
def draw(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """Draw the committee from the pool that an earlier step froze: ``members``, with the seed.

    ``drawn`` is false, and ``told`` says why, while the public number is missing.
    """
    tender = tender_of_case(context.tx, context.case_id)
    frozen = frozen_pool(context.tx, tender)
    if tender.status == TenderStatus.OPENED:
        chance = secrets.token_hex(EXACT_SEED_BYTES)
        if not draw_committee(context.tx, tender, chance, context.now):
            day = frozen.content["source"].get("day", "")
            told = (
                f"{day} 产生的公开号码由两人在抽取 {frozen.number} 的页面录入后，再组成评标委员会"
            )
            return {"drawn": False, "members": [], "seed": "", "told": told}
        _tell_committee(context, tender)
    drawn = frozen_pool(context.tx, tender)
    return {
        "drawn": True,
        "told": "",
        "members": [
            {"value": f"person:{row.membership_id}", "label": row.name}
            for row in committee_of(context.tx, tender.id)
            if row.status == SEATED
        ],
        "seed": drawn.seed,
    }


@bindings.register(
    "tender.record-result",
    gives={"waiting": "list", "winner": "string", "winnerName": "string", "ranking": "list"},
)
def record(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """Rank the bids by the scoring table: ``winner`` (principal), ``winnerName``, ``ranking``.

    While members have not scored nothing is ranked; ``waiting`` are their names.
    """
    tender = tender_of_case(context.tx, context.case_id)
    if tender.status == TenderStatus.EVALUATION:
        waiting = unscored(context.tx, tender.id)
        if waiting:
            return {"waiting": waiting, "winner": "", "winnerName": "", "ranking": []}
        record_result(context.tx, tender, context.now)
        tender = load_tender(context.tx, tender.id)
    if tender.winner_id is None:
        raise Conflict("评标尚未完成", "there is no result yet", code="tender_status")
    return {
        "waiting": [],
        "winner": f"body:{tender.winner_id}",
        "winnerName": load_body(context.tx, tender.winner_id).name,
        "ranking": [
            {**line, "rank": Decimal(line["rank"]), "points": dict(line["points"])}
            for line in tender.result["ranking"]
        ],
    }


@bindings.register("tender.reopen-evaluation", gives={"reopened": "boolean"})
def reopen(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """An objection to the result was upheld: the committee evaluates once more."""
    tender = tender_of_case(context.tx, context.case_id)
    if tender.status == TenderStatus.RESULT:
        reopen_evaluation(context.tx, tender)
    return {"reopened": load_tender(context.tx, tender.id).status == TenderStatus.EVALUATION}


@bindings.register("tender.void-result", gives=FAILED)
def void(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """An objection was upheld and the result cannot stand: the tender fails and is repeated."""
    tender = tender_of_case(context.tx, context.case_id)
    if tender.status == TenderStatus.RESULT:
        fail_tender(context.tx, tender, Failure.RESULT_VOID)
    return _failure(context, tender)


@bindings.register("tender.record-contract", gives={"contracted": "boolean"})
def contract(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Keep the ``number`` of the contract with the winner and the day it was ``signedOn``."""
    tender, inputs = tender_of_case(context.tx, context.case_id), Inputs(context, given)
    if not tender.contract:
        number, day = inputs.text("number"), inputs.required_day("signedOn")
        record_contract(context.tx, tender, number, day)
    return {"contracted": True}


@bindings.register(
    "tender.assign", gives={"assigned": "boolean", "body": "string", "reasons": "list"}
)
def assign(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """Commission the winner for this case; a case it may not assess is told why."""
    tender = tender_of_case(context.tx, context.case_id)
    obstacles = assign_case(
        context.tx, context.office, tender, context.case_id, context.actor, context.now
    )
    return {
        "assigned": not obstacles,
        "body": f"body:{tender.winner_id}",
        "reasons": [obstacle.zh for obstacle in obstacles],
    }


def _tell_committee(context: BindingContext, tender: Any) -> None:
    for row in committee_of(context.tx, tender.id):
        if row.status == SEATED:
            tell_member(context.tx, tender, row.membership_id, context.now)


def _batch(context: BindingContext, inputs: Inputs) -> UUID | None:
    number = inputs.text("batch", "")
    found = batch_of_case(context.tx, context.case_id, number) if number else None
    if number and found is None:
        raise inputs.wrong("batch", "此办件所在批次的编号", "the number of a batch of this case")
    return found


def _moment(context: BindingContext, moment: datetime) -> str:
    return moment.astimezone(context.office.calendar.zone).isoformat(timespec="seconds")


def _plan(context: BindingContext, inputs: Inputs) -> Plan:
    days = inputs.number("days")
    if days is None:
        raise inputs.wrong("days", "投标的天数", "the number of days for bids")
    until = context.office.calendar.add_calendar(context.now, days=int(days), until=CLOSES)
    opens_at = inputs.value("opensAt")
    return Plan(
        title=inputs.text("title"),
        body=inputs.text("body"),
        contact=inputs.text("contact", ""),
        bids_from=context.now,
        bids_until=until,
        opens_at=opens_at if isinstance(opens_at, datetime) else until,
        criteria=_criteria(inputs),
    )


def _terms(inputs: Inputs) -> Terms:
    return Terms(
        least_days=_whole(inputs, "leastDays"),
        least_bids=_whole(inputs, "leastBids"),
        committee=_whole(inputs, "committee"),
        total=Decimal(_whole(inputs, "total")),
        disciplines=tuple(inputs.texts("disciplines")),
    )


def _whole(inputs: Inputs, name: str) -> int:
    found = inputs.number(name)
    if found is None or found != int(found):
        raise inputs.wrong(name, "整数", "a whole number")
    return int(found)


def _criteria(inputs: Inputs) -> tuple[Criterion, ...]:
    """The lines ``{code, title, points, byPrice}`` of the scoring table."""
    rows = inputs.value("criteria")
    if not isinstance(rows, list) or not rows:
        raise inputs.wrong("criteria", "评分标准的列表", "a list of criteria")

    def read() -> tuple[Criterion, ...]:
        return tuple(_criterion(row, place) for place, row in enumerate(rows, 1))

    return inputs.parsed("criteria", read, "评分标准", "criteria with title and points")


def _criterion(row: Any, place: int) -> Criterion:
    if not isinstance(row, Mapping) or not {"title", "points"} <= set(row):
        raise TypeError("a criterion is a line with title and points")
    points = row["points"]
    if not isinstance(points, Decimal):
        raise TypeError("points are a number")
    code = str(row.get("code") or f"c{place}")
    return Criterion(code, str(row["title"]), points, row.get("byPrice") in (True, "yes"))


def _failure(context: BindingContext, tender: Any) -> dict[str, Any]:
    now = load_tender(context.tx, tender.id)
    failed = now.status == TenderStatus.FAILED
    told = FAILURE_WORDS[Failure(now.failed_why)][0] if failed else ""
    return {"failed": failed, "reason": now.failed_why, "told": told}
