"""Service tasks about listed mines: findings, rectification, removal, disclosure, sanctions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from domain.register.rules import ON_THE_LIST
from domain.supervision.rules import FindingStatus, Outcome, is_barred
from domain.supervision.store import (
    Found,
    Removal,
    close_finding,
    find_known,
    find_licensed,
    findings_of_case,
    listed_mines,
    open_finding,
    record_sanction,
    removals_of,
    remove_mine,
)
from engine.actors import anyone_is
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.messaging.messages import publish_message
from engine.office import local_date
from engine.store.control import enterprises
from webapp.bindings.inputs import Inputs

bindings = Bindings()

MOST_REMOVALS = "removals.max"
FOLLOWED_BY: Mapping[Outcome, str] = {
    Outcome.RECTIFY: "rectification-ordered",
    Outcome.REMOVE: "removal-proposed",
}
"""The message that a finding begins a procedure with, by what its condition asks for."""


@bindings.register(
    "mine.find",
    gives={
        "name": "string",
        "holder": "string",
        "principal": "string",
        "status": "string",
        "listed": "boolean",
        "kept": "boolean",
        "removals": "number",
    },
)
def find(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """A mine of the list, by level and number: how it stands, and whether the list is kept here."""
    mine = find_known(context.tx, context.office, Inputs(context, given).text("mine"))
    removals = removals_of(context.tx, context.office, mine.holder) if mine.holder else 0
    return {
        "name": mine.name,
        "holder": mine.holder,
        "principal": _principal(context, mine.holder),
        "status": str(mine.status),
        "listed": mine.status in ON_THE_LIST,
        "kept": mine.entry_id is not None,
        "removals": Decimal(removals),
    }


@bindings.register("mine.by-licence", gives={"listed": "boolean", "mine": "string"})
def by_licence(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Whether the mine with this mining ``licence`` stands on the own list, and its number there.

    Rules: R-IM-11, R-NAT-10.
    """
    mine = find_licensed(context.tx, context.office, Inputs(context, given).text("licence"))
    listed = mine is not None and mine.status in ON_THE_LIST
    return {"listed": listed, "mine": mine.mine if mine is not None and listed else ""}


def _principal(context: BindingContext, holder: str) -> str:
    """The enterprise that the holder is here by its name; "" where it has no people."""
    row = context.tx.one(select(enterprises.c.id).where(enterprises.c.name == holder).limit(1))
    who = "" if row is None else f"enterprise:{row.id}"
    return who if who and anyone_is(context.tx, [who]) else ""


@bindings.register("finding.open", gives={"finding": "string", "followed": "string"})
def open_one(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Keep a finding about ``mine`` by its ``fact`` and what the table of conditions says of it.

    With ``follows`` the procedure for it begins by itself: rectification or removal.
    """
    inputs = Inputs(context, given)
    outcome = inputs.parsed(
        "outcome", lambda: Outcome(inputs.text("outcome")), "处理", "an outcome"
    )
    found = Found(
        mine=inputs.text("mine"),
        fact=inputs.text("fact"),
        rule=inputs.text("rule", ""),
        outcome=outcome,
        words=inputs.text("words", ""),
        description=inputs.text("description", ""),
        due_on=inputs.day("dueOn"),
        case_id=context.case_id,
    )
    finding = open_finding(context.tx, context.office, found, context.actor, context.now)
    name = FOLLOWED_BY.get(outcome) if inputs.flag("follows") else None
    if name is not None:
        mine = find_known(context.tx, context.office, found.mine)
        payload = {
            "mine": mine.mine,
            "mineName": mine.name,
            "finding": str(finding),
            "words": found.words,
            "description": found.description,
            "dueOn": None if found.due_on is None else found.due_on.isoformat(),
        }
        publish_message(context.tx, name, str(finding), payload, context.now)
    return {"finding": str(finding), "followed": name or ""}


@bindings.register("finding.close", gives={"left": "number"})
def close_one(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Accept or fail a finding; ``left`` are the mine's findings that are still open."""
    inputs = Inputs(context, given)
    status = FindingStatus.ACCEPTED if inputs.flag("accepted") else FindingStatus.FAILED
    finding = inputs.identity("finding")
    left = close_finding(context.tx, context.office, finding, status, context.actor, context.now)
    return {"left": Decimal(left)}


@bindings.register("finding.of-case", gives={"findings": "list"})
def of_case(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """What this case has found: rows ``{mine, words, status}``."""
    return {
        "findings": [
            {"mine": row.mine_name, "words": row.words, "status": row.status}
            for row in findings_of_case(context.tx, context.case_id)
        ]
    }


@bindings.register(
    "list.remove", gives={"removals": "number", "barred": "boolean", "removedOn": "string"}
)
def remove(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Remove ``mine`` from the list; ``removals`` of its holder so far, and if it is ``barred``."""
    inputs = Inputs(context, given)
    removal = Removal(inputs.text("mine"), inputs.text("reason"), context.case_id)
    count = remove_mine(context.tx, context.office, removal, context.actor, context.now)
    return {
        "removals": Decimal(count),
        "barred": is_barred(count, most_removals(context)),
        "removedOn": local_date(context.office, context.now).isoformat(),
    }


def most_removals(context: BindingContext) -> int | None:
    """After how many removals a holder is not accepted any more; None where nothing is said."""
    if MOST_REMOVALS not in context.office.parameters:
        return None
    return int(context.parameter(MOST_REMOVALS))


def removed_too_often(context: BindingContext, holder: str) -> str:
    """Why a holder is in principle not accepted any more; "" when nothing stands against it.

    Rules: R-YJ-16.
    """
    removals = removals_of(context.tx, context.office, holder)
    if not is_barred(removals, most_removals(context)):
        return ""
    return f"采矿权人已有 {removals} 次移出名录，原则上不再受理其申报。"


@bindings.register("sanction.record", gives={"recorded": "number"})
def sanction(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Keep the measures ``kinds`` against ``mine`` with their ``reason``."""
    inputs = Inputs(context, given)
    mine = find_known(context.tx, context.office, inputs.text("mine"))
    kinds = inputs.texts("kinds")
    facts = {
        "reason": inputs.text("reason"),
        "decided_on": local_date(context.office, context.now),
        "case_id": context.case_id,
        "by": None if context.actor is None else context.actor.membership_id,
    }
    record_sanction(context.tx, mine, kinds, facts)
    return {"recorded": Decimal(len(kinds))}


@bindings.register("mine.open-each", gives={"opened": "number"})
def open_each(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Begin a procedure by its ``message`` for every mine on the list, once for a ``year``.

    With ``catalogue`` only for those whose entry was assessed by other indicators than these.

    Rules: R-YJ-17, R-IM-3, R-NAT-28.
    """
    inputs = Inputs(context, given)
    year, name, present = inputs.text("year"), inputs.text("message"), inputs.text("catalogue", "")
    found = listed_mines(context.tx, context.office)
    wanted = [one for one in found if not present or one.catalogue != present]
    for one in wanted:
        told = {"mine": one.mine, "mineName": one.name, "holder": one.holder, "year": year}
        once = f"{name}:{year}:{one.mine}"
        publish_message(context.tx, name, once, told, context.now, message_id=once)
    return {"opened": Decimal(len(wanted))}
