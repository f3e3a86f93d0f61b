"""What the register has to say to an application: whether the mine may apply, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from domain.register.mines import MineFacts, find_mine, holder_of, is_held_by
from domain.register.model import applications, list_entries, mines
from domain.register.rules import (
    METHOD_WORDS,
    ON_THE_LIST,
    SCALE_WORDS,
    ListStatus,
    Method,
    Scale,
    name_key,
    printed,
)
from engine.cases.command import OPEN, SUSPENDED
from engine.cases.lifecycle import next_number
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, units

CHECKS = "applications-checked"
MOST_CONTESTED = 20


@dataclass(frozen=True)
class Difference:
    """A fact that the register tells otherwise than the application; a clerk says which holds."""

    fact: str
    registered: str
    applied: str


@dataclass(frozen=True)
class Checked:
    """Why the mine may not apply (empty: it may), and what a clerk has to look at."""

    obstacle: str
    differences: tuple[Difference, ...]


def apply_for(tx: Unit, case_id: UUID, facts: MineFacts) -> Checked:
    """What stands in the way of this case's application; what it applies for is kept.

    While one application of somebody for a mine is under way, no second one of his goes on. That
    another enterprise types the same number stops neither, or whoever types it first would keep
    the owner out: it is shown to those who accept, and the holder in the register decides.
    """
    keys = {
        "licence_no": facts.licence_no,
        "mine_key": f"{name_key(facts.holder)} {name_key(facts.name)}",
    }
    next_number(tx, CHECKS)  # locks: two at once would not see each other
    tx.upsert(applications, ("case_id",), {"case_id": case_id, **keys}, keys)
    own = tx.scalar(
        select(cases.c.principal).where(cases.c.tenant_id == TENANT, cases.c.id == case_id)
    )
    others = _other_applications(tx, case_id, keys, own)
    under_way = next((row for row in others if row.principal == own), None)
    if under_way is not None:
        return Checked(
            f"该矿山已有一件申报正在办理（{under_way.number}），办结后方可再次申报。", ()
        )
    checked = check_mine(tx, facts)
    contested = tuple(_contested(row, facts) for row in others)
    return checked if checked.obstacle else Checked("", contested + checked.differences)


def _contested(other: Any, facts: MineFacts) -> Difference:
    return Difference(
        "另一企业的同一矿山申报",
        f"办件 {other.number}（证号 {other.licence_no or '未填'}），采矿权人须核实",
        f"{facts.holder} {facts.name}（证号 {facts.licence_no or '未填'}）",
    )


def _other_applications(
    tx: Unit, case_id: UUID, keys: Mapping[str, Any], own: Any
) -> Sequence[Any]:
    """The applications under way for the same mine, those of the same applicant first."""
    same = [applications.c.mine_key == keys["mine_key"]]
    if keys["licence_no"]:
        same.append(applications.c.licence_no == keys["licence_no"])
    return tx.all(
        select(cases.c.number, cases.c.principal, applications.c.licence_no)
        .join(
            applications,
            (applications.c.tenant_id == cases.c.tenant_id)
            & (applications.c.case_id == cases.c.id),
        )
        .where(
            cases.c.tenant_id == TENANT,
            cases.c.id != case_id,
            cases.c.status.in_((OPEN, SUSPENDED)),
            or_(*same),
        )
        .order_by((cases.c.principal == own).desc(), cases.c.started_at, cases.c.id)
        .limit(MOST_CONTESTED)
    )


def check_mine(tx: Unit, facts: MineFacts) -> Checked:
    """Whether a mine may apply for the list, and where the register tells something else.

    Rules: R-IM-33, R-IM-34.
    """
    known = find_mine(tx, facts)
    if known is None:
        return Checked("", tuple(_namesakes(tx, facts)))
    if not is_held_by(holder_of(tx, known), facts):
        return Checked(
            f"采矿许可证证号 {facts.licence_no} 登记在其他采矿权人名下，请核对证号；"
            "采矿权已经转让的，请先办理矿山登记变更。",
            (),
        )
    if _is_listed(tx, known.id):
        return Checked(
            f"该矿山（登记编号 {known.no}）已在绿色矿山名录中，实行动态管理，不需要再次申报。", ()
        )
    return Checked("", tuple(_differences(tx, known, facts)))


def _is_listed(tx: Unit, mine_id: Any) -> bool:
    rows = tx.all(
        select(list_entries.c.status).where(
            list_entries.c.tenant_id == TENANT, list_entries.c.mine_id == mine_id
        )
    )
    return any(ListStatus(row.status) in ON_THE_LIST for row in rows)


def _differences(tx: Unit, known: Any, facts: MineFacts) -> Iterator[Difference]:
    pairs = (
        ("矿山名称", known.name or "", facts.name),
        ("主要矿种", known.mineral, facts.mineral),
        (
            "开采方式",
            printed(METHOD_WORDS, Method(known.method)),
            printed(METHOD_WORDS, facts.method),
        ),
        ("开采规模", printed(SCALE_WORDS, Scale(known.scale)), printed(SCALE_WORDS, facts.scale)),
        ("所在地", _place(tx, known.division), _place(tx, facts.division)),
    )
    for fact, registered, applied in pairs:
        if registered and name_key(registered) != name_key(applied):
            yield Difference(fact, registered, applied)


def _namesakes(tx: Unit, facts: MineFacts) -> Iterator[Difference]:
    """Mines of the register without a licence number that bear the name of this one."""
    names = {name_key(facts.name), name_key(facts.holder + facts.name)}
    rows = tx.all(
        select(mines.c.no, mines.c.name, mines.c.printed_name)
        .where(mines.c.tenant_id == TENANT, mines.c.licence_no.is_(None))
        .order_by(mines.c.no)
    )
    for row in rows:
        if names & {name_key(row.name or ""), name_key(row.printed_name)}:
            yield Difference(
                "登记中的同名矿山",
                f"登记编号 {row.no}：{row.printed_name}（未登记证号）",
                f"{facts.name}（证号 {facts.licence_no}）",
            )


def _place(tx: Unit, division: str) -> str:
    name = tx.scalar(
        select(units.c.name).where(units.c.tenant_id == TENANT, units.c.code == division)
    )
    return str(name or division)
