"""Service tasks of a random inspection: the draw is frozen, given its number, and handed on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.draws.pools import mines_pool, people_pool
from domain.supervision.rules import Coverage, round_size
from domain.supervision.store import coverage_of, fix_base, inspected_in, record_inspection
from domain.targets.store import coverage as drawn_coverage
from engine.batches.draws.rules import ONE_STRATUM, Excluded, Member
from engine.batches.draws.seeds import number_source
from engine.batches.draws.store import Freezing, enter_number, freeze, load_draw, seated
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.errors import Conflict
from engine.ids import new_id
from engine.office import local_date
from webapp.bindings.inputs import Inputs

bindings = Bindings()

MONTHS = 12
INSPECTED = "本年度已抽查"


@bindings.register(
    "inspection.freeze",
    gives={
        "mineDraw": "string",
        "peopleDraw": "string",
        "size": "number",
        "base": "number",
        "target": "number",
        "done": "number",
        "numberDay": "string",
        "roundEnd": "string",
        "round": "number",
        "year": "number",
    },
)
def freeze_round(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Freeze who may be inspected in this part of the year, and by whom, before there is a number.

    ``ratio`` per cent of the year's base in ``rounds`` parts, at least ``least`` mines each time;
    ``inspectors`` are the roles and ``people`` how many; ``numberName`` comes ``numberDays`` later.
    """
    inputs = Inputs(context, given)
    today, rounds = local_date(context.office, context.now), _whole(inputs, "rounds")
    part = _round_of(today, rounds)
    fix_base(context.tx, context.office, today.year, context.now)
    ratio = inputs.number("ratio")
    coverage = coverage_of(context.tx, context.office, today.year, Decimal(ratio or 0))
    source = number_source(
        inputs.text("numberName"), today + timedelta(days=_whole(inputs, "numberDays"))
    )
    members, excluded = _mines(context, today.year)
    free = len(members) - len(excluded)
    size = round_size(coverage, rounds - part + 1, _whole(inputs, "least"), free)
    purpose = f"{today.year}年第{part}次双随机抽查"
    mines = Freezing("inspection", purpose, members, {ONE_STRATUM: size}, excluded, source)
    people = people_pool(context.tx, inputs.texts("inspectors"))
    count = min(len(people), _whole(inputs, "people"))
    staff = Freezing("inspectors", f"{purpose}检查人员", people, {ONE_STRATUM: count}, (), source)
    return {
        "mineDraw": str(_freeze(context, mines)),
        "peopleDraw": str(_freeze(context, staff)),
        "size": Decimal(size),
        "numberDay": source["day"],
        "roundEnd": _end_of(today.year, part * MONTHS // rounds).isoformat(),
        "round": Decimal(part),
        "year": Decimal(today.year),
        **_told(coverage),
    }


def _mines(context: BindingContext, year: int) -> tuple[list[Member], list[Excluded]]:
    members, seen = mines_pool(context.tx, context.office), inspected_in(context.tx, year)
    return members, [Excluded(m.id, INSPECTED, m.label) for m in members if m.id in seen]


def _freeze(context: BindingContext, made: Freezing) -> UUID:
    by = new_id() if context.actor is None else context.actor.membership_id
    own = Freezing(**{**vars(made), "case_id": context.case_id})
    return freeze(context.tx, context.office, own, by, context.now)


def _end_of(year: int, month: int) -> date:
    following = date(year + month // MONTHS, month % MONTHS + 1, 1)
    return following - timedelta(days=1)


@bindings.register(
    "draw.enter", gives={"agreed": "boolean", "problem": "string", "entered": "number"}
)
def enter(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Enter the public ``number`` one person read for ``draws``; ``agreed`` once two read the same.

    ``problem`` says why a number does not count, for the person to enter it again.
    """
    inputs = Inputs(context, given)
    if context.actor is None:
        raise Conflict("公开号码须由经办人录入", "somebody must enter the number")
    if load_draw(context.tx, _draws(inputs)[0]).seed is not None:
        return {"agreed": True, "problem": "", "entered": Decimal(0)}  # on the page of the draw
    agreed = True
    for draw_id in _draws(inputs):
        number = inputs.text("number")
        made = enter_number(context.tx, context.office, draw_id, number, context.actor, context.now)
        agreed = agreed and made is not None
    problem = "" if agreed else "须由两人分别录入，且一致"
    return {"agreed": agreed, "problem": problem, "entered": Decimal(len(_draws(inputs)))}


@bindings.register("draw.result", gives={"drawn": "list", "number": "string", "digest": "string"})
def result(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Who is drawn by ``draw``: rows ``{value, label}``, with the draw's number and digest."""
    row = load_draw(context.tx, Inputs(context, given).identity("draw"))
    names = row.labels or {}
    return {
        "drawn": [{"value": one, "label": names.get(one, one)} for one in seated(context.tx, row)],
        "number": row.number,
        "digest": row.frozen_digest,
    }


@bindings.register("inspection.record", gives={"recorded": "boolean"})
def record(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Keep that ``mine`` was inspected in a ``round`` of the ``year`` with ``result``."""
    inputs = Inputs(context, given)
    draw = inputs.text("draw", "")
    record_inspection(
        context.tx,
        mine=inputs.text("mine"),
        mine_name=inputs.text("mineName"),
        year=_whole(inputs, "year"),
        quarter=_whole(inputs, "round"),
        draw_id=UUID(draw) if draw else None,
        case_id=context.case_id,
        result=inputs.text("result"),
        inspected_on=local_date(context.office, context.now),
    )
    return {"recorded": True}


@bindings.register(
    "inspection.coverage",
    gives={"base": "number", "target": "number", "done": "number", "shortfall": "number"},
)
def coverage(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """How far the inspections of the ``year`` are at the end of a ``round`` of ``rounds``."""
    inputs = Inputs(context, given)
    year, ratio = _whole(inputs, "year"), inputs.number("ratio")
    found = coverage_of(context.tx, context.office, year, Decimal(ratio or 0))
    part = Decimal(_whole(inputs, "round")) / _whole(inputs, "rounds")
    return {**_told(found), "shortfall": Decimal(found.shortfall(part))}


@bindings.register(
    "inspection.progress",
    gives={
        "year": "number",
        "base": "number",
        "needed": "number",
        "due": "number",
        "drawn": "number",
        "shortfall": "number",
    },
)
def progress(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """How many mines were drawn this year, and how many are due by the end of this round.

    ``rounds`` is how many a year has.
    """
    found = drawn_coverage(context.tx, context.office, context.now)
    if found is None:
        raise Conflict("没有规定抽查比例", "no share of inspections is set")
    today, rounds = (
        local_date(context.office, context.now),
        _whole(Inputs(context, given), "rounds"),
    )
    part = Decimal(_round_of(today, rounds)) / rounds
    return {
        "year": Decimal(found.year),
        "base": Decimal(found.base),
        "needed": Decimal(found.needed),
        "due": Decimal(found.due_by(part)),
        "drawn": Decimal(found.drawn),
        "shortfall": Decimal(found.shortfall(part)),
    }


def _round_of(day: date, rounds: int) -> int:
    """Which of the rounds of a year a day lies in, from 1."""
    return (day.month - 1) * rounds // MONTHS + 1


def _told(found: Coverage) -> dict[str, Decimal]:
    return {
        "base": Decimal(found.base),
        "target": Decimal(found.target),
        "done": Decimal(found.done),
    }


def _draws(inputs: Inputs) -> list[UUID]:
    return [UUID(one) for one in inputs.texts("draws")]


def _whole(inputs: Inputs, name: str) -> int:
    found = inputs.number(name)
    if found is None or found != int(found):
        raise inputs.wrong(name, "整数", "a whole number")
    return int(found)
