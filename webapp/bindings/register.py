"""Service tasks about the mine register and the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.register.applying import apply_for
from domain.register.listing import list_row
from domain.register.mines import MineFacts
from domain.register.rules import (
    METHOD_WORDS,
    ON_THE_LIST,
    SCALE_WORDS,
    ListEvent,
    ListStatus,
    Method,
    Scale,
    kind_of,
)
from domain.register.store import Change, Entering, enter_list, own_level, raise_level, reassess
from domain.rounds.store import listed_mines
from domain.supervision.store import find_known
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.office import local_date
from webapp.bindings.inputs import Inputs
from webapp.bindings.supervision import removed_too_often

bindings = Bindings()


@bindings.register("register.enter-list", gives=("entry", "number", "listedOn"))
def enter(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Enter the mine of the case in the tenant's list.

    Gives ``entry`` (its id), ``number`` (the mine's number in the register) and ``listedOn``.
    """
    inputs = Inputs(context, given)
    level = own_level(context.office)
    if inputs.text("level", level) != level:
        raise inputs.wrong("level", "本级名录", "the level of the tenant's own list")
    today = local_date(context.office, context.now)
    total, notice = inputs.number("total"), inputs.text("notice", "")
    entering = Entering(
        mine=_mine(inputs),
        listed_on=today,
        reason=f"公示无异议（{notice}），纳入名录" if notice else "纳入名录",
        case_id=context.case_id,
        catalogue=inputs.text("catalogue", ""),
        score="" if total is None else f"{total:f}",
    )
    entry = enter_list(context.tx, context.office, entering, context.actor, context.now)
    row = list_row(context.tx, entry)
    return {
        "entry": str(entry),
        "number": row.entry.mine.no,
        "listedOn": (row.entry.listed_on or today).isoformat(),
    }


@bindings.register("register.check-mine", gives={"obstacle": "", "differences": "list"})
def check(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """What the register, and other applications under way, say to an application.

    Gives ``obstacle`` (why the mine may not apply, empty when it may) and ``differences``: rows
    ``{fact, registered, applied}`` that a clerk has to decide on.
    """
    mine = _mine(Inputs(context, given))
    checked = apply_for(context.tx, context.case_id, mine)
    barred = removed_too_often(context, mine.holder)
    if not checked.obstacle and barred:
        return {"obstacle": barred, "differences": []}
    rows = [
        {"fact": d.fact, "registered": d.registered, "applied": d.applied}
        for d in checked.differences
    ]
    return {"obstacle": checked.obstacle, "differences": rows}


@bindings.register("register.raise-level", gives={"raised": "boolean"})
def raise_(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """The mine with this ``number`` in the register is national now, for a ``reason``.

    ``raised`` is false when it has left the list meanwhile.
    """
    inputs = Inputs(context, given)
    number = inputs.number("number")
    row = listed_mines(context.tx, {int(number)}).get(int(number)) if number is not None else None
    if row is None or ListStatus(row.status) not in ON_THE_LIST:
        return {"raised": False}
    reason = inputs.text("reason")
    raise_level(context.tx, row.entry_id, reason, context.case_id, context.actor, context.now)
    return {"raised": True}


@bindings.register("register.reassess", gives={"kept": "boolean"})
def reassess_(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """``mine`` meets the indicators of ``catalogue`` with ``total`` points, for a ``reason``.

    ``kept`` is false when it has left the list meanwhile.

    Rules: R-IM-3, R-NAT-28.
    """
    inputs = Inputs(context, given)
    mine, total = (
        find_known(context.tx, context.office, inputs.text("mine")),
        inputs.number("total"),
    )
    if mine.entry_id is None or mine.status not in ON_THE_LIST:
        return {"kept": False}
    standard = inputs.text("catalogue"), "" if total is None else f"{total:f}"
    change = Change(ListEvent.REASSESS, inputs.text("reason"), context.case_id)
    reassess(context.tx, mine.entry_id, standard, change, context.actor, context.now)
    return {"kept": True}


def _mine(inputs: Inputs) -> MineFacts:
    return MineFacts(
        name=inputs.text("name"),
        holder=inputs.text("holder"),
        mineral=inputs.text("mineral"),
        method=_method(inputs),
        scale=_scale(inputs),
        division=inputs.text("banner", "") or inputs.text("city", ""),
        credit_code=inputs.text("creditCode", "") or None,
        licence_no=inputs.text("licenceNumber", "") or None,
        updates_register=inputs.flag("updatesRegister"),
    )


def _method(inputs: Inputs) -> Method:
    """The method by its code or by its printed word."""
    text = inputs.text("method")
    found: Method = kind_of(METHOD_WORDS, text) or inputs.parsed(
        "method", lambda: Method(text), "开采方式", "a method of mining"
    )
    return found


def _scale(inputs: Inputs) -> Scale:
    text = inputs.text("scale")
    found: Scale = kind_of(SCALE_WORDS, text) or inputs.parsed(
        "scale", lambda: Scale(text), "开采规模", "a scale of production"
    )
    return found
