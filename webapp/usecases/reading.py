"""Reading a case: what a person sees of it, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.bundles import Bundle
from engine.deadlines import Stop
from engine.lists import history_of, items_of, note_reading, visible_case
from engine.office import Office
from engine.records import records_of
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import attachments, clock_stops, incidents, memberships, units
from webapp.product import Product

KIND_WORDS = {
    "case.started": "提交申请",
    "case.withdrawn": "申请人撤回",
    "case.terminated": "终止办理",
    "case.suspended": "挂起",
    "case.resumed": "恢复办理",
    "case.urged": "催办",
    "item.claimed": "签收",
    "item.released": "释放",
    "item.completed": "办理",
    "item.batch": "批量办理",
    "item.stuck": "已提交，流转异常",
    "timer.fired": "期限届满",
    "timer.failed": "定时处理异常",
    "incident.opened": "发生异常",
    "incident.retried": "异常已重试",
    "message.received": "收到消息",
    "signal.received": "收到信号",
    "escalation": "升级提醒",
}


@dataclass(frozen=True)
class RecordView:
    """One submission as the case file shows it."""

    id: UUID
    element: str
    title: str
    form: str
    who: str
    at: datetime
    values: Mapping[str, Any]
    is_visible: bool


@dataclass(frozen=True)
class CaseView:
    """A case as one person may see it."""

    case: Any
    bundle: Bundle
    office: Office
    items: Sequence[Any]
    records: Sequence[RecordView]
    timeline: Sequence[Mapping[str, Any]]
    diagrams: Sequence[Mapping[str, Any]]
    stops: Sequence[Any]
    incidents: Sequence[Any]
    files: Mapping[UUID, Any]
    applicant: str
    names: Mapping[UUID, str] = field(default_factory=dict)


def read_case(product: Product, actor: Actor, case_id: UUID, what: str = "case") -> CaseView:
    """Everything a case page shows; a reading outside one's own work is recorded."""
    with product.db.tenant(actor.tenant_id) as tx:
        case = visible_case(tx, actor, case_id)
        note_reading(tx, actor, case_id, what, product.clock.now())
        return case_view(product, tx, actor, case)


def case_view(product: Product, tx: Unit, actor: Actor, case: Any) -> CaseView:
    """The view of a case within a unit of work."""
    bundle = product.world.bundles.get(tx, case.bundle_id)
    items = items_of(tx, case.id)
    facts = history_of(tx, case.id)
    open_items = [i for i in items if i.status in ("offered", "claimed", "stuck")]
    names = _names(tx, items)
    troubles = tx.all(
        select(incidents).where(
            incidents.c.tenant_id == TENANT,
            incidents.c.case_id == case.id,
            incidents.c.closed_at.is_(None),
        )
    )
    return CaseView(
        case=case,
        bundle=bundle,
        office=product.world.offices.get(tx),
        items=items,
        records=[_record(row, bundle, facts, actor) for row in records_of(tx, case.id)],
        timeline=_timeline(facts, open_items, bundle, names, tx),
        diagrams=_diagrams(bundle, facts, open_items, troubles, names),
        stops=_stops(tx, case.id),
        incidents=troubles,
        files=_files(tx, case.id),
        applicant=_applicant(case, facts),
        names=names,
    )


def _names(tx: Unit, items: Sequence[Any]) -> dict[UUID, str]:
    ids = {i for item in items for i in (item.holder, item.closed_by) if i is not None}
    if not ids:
        return {}
    rows = tx.all(
        select(memberships.c.id, memberships.c.name).where(
            memberships.c.tenant_id == TENANT, memberships.c.id.in_(ids)
        )
    )
    return {row.id: row.name for row in rows}


def _applicant(case: Any, facts: Sequence[Any]) -> str:
    return facts[0].actor_name if facts and case.principal else ""


def _stops(tx: Unit, case_id: UUID) -> Sequence[Any]:
    return tx.all(
        select(clock_stops)
        .where(clock_stops.c.tenant_id == TENANT, clock_stops.c.case_id == case_id)
        .order_by(clock_stops.c.from_at)
    )


def _files(tx: Unit, case_id: UUID) -> dict[UUID, Any]:
    rows = tx.all(
        select(attachments).where(
            attachments.c.tenant_id == TENANT, attachments.c.case_id == case_id
        )
    )
    return {row.id: row for row in rows}


def _record(row: Any, bundle: Bundle, facts: Sequence[Any], actor: Actor) -> RecordView:
    node = bundle.node(row.element)
    who = next((f.actor_name for f in facts if (f.content or {}).get("record") == str(row.id)), "")
    if not who and facts and node is not None and row.item_id is None:
        who = facts[0].actor_name
    shown = actor.capacity != "applicant" or row.by == actor.membership_id
    if node is not None and node.zeebe.properties.get("shownToApplicant") == "true":
        shown = True
    title = node.name if node is not None and node.name else row.element
    return RecordView(row.id, row.element, title, row.form, who, row.at, row.content, shown)


def _timeline(
    facts: Sequence[Any],
    open_items: Sequence[Any],
    bundle: Bundle,
    names: Mapping[UUID, str],
    tx: Unit,
) -> list[Mapping[str, Any]]:
    """Newest first: what is open and with whom, then every act."""
    now_rows = [
        {
            "title": item.name,
            "state": "bad" if item.status == "stuck" else "now",
            "outcome": "流转异常" if item.status == "stuck" else "办理中",
            "who": names.get(item.holder) or describe_candidates(tx, item.candidates),
            "at": None,
        }
        for item in reversed(open_items)
    ]
    return now_rows + [_entry(fact, bundle) for fact in reversed(facts)]


def _entry(fact: Any, bundle: Bundle) -> dict[str, Any]:
    node = bundle.node(fact.element) if fact.element else None
    word = KIND_WORDS.get(fact.kind, fact.kind)
    content = fact.content or {}
    failed = fact.kind in ("item.stuck", "incident.opened", "timer.failed")
    quiet = fact.kind in ("item.claimed", "item.released", "case.urged")
    return {
        "title": node.name if node is not None and node.name else word,
        "outcome": word if node is not None else "",
        "state": "bad" if failed else "note" if quiet else "done",
        "who": fact.actor_name,
        "moment": fact.at,
        "text": content.get("reason") or content.get("message") or "",
    }


def describe_candidates(tx: Unit, candidates: Sequence[str]) -> str:
    """Candidates in words: the unit and role they name."""
    words = []
    for principal in candidates[:3]:
        role, _, unit = principal.partition("@")
        if ":" in role:
            words.append(
                {"enterprise": "申请企业", "body": "第三方评估机构"}.get(role.split(":")[0], "")
            )
        elif unit:
            name = tx.scalar(
                select(units.c.short).where(units.c.tenant_id == TENANT, units.c.code == unit)
            )
            words.append(name or unit)
    return "、".join(w for w in dict.fromkeys(words) if w)


def _diagrams(
    bundle: Bundle,
    facts: Sequence[Any],
    open_items: Sequence[Any],
    troubles: Sequence[Any],
    names: Mapping[UUID, str],
) -> list[dict[str, Any]]:
    """One entry a process the case has been in: what is done, taken, active, stuck."""
    passed = [step for fact in facts for step in (fact.content or {}).get("passed", ())]
    nodes = {step[0] for step in passed}
    flows = {flow for step in passed for flow in step[1:]}
    active = {item.element: names.get(item.holder) or "待办" for item in open_items}
    stuck = {row.element: "异常" for row in troubles}
    found = []
    for ref, process in bundle.processes.items():
        own = {node.id for node in process.body.walk()}
        here = own & (nodes | active.keys() | stuck.keys())
        if ref != bundle.procedure and not here:
            continue
        inside = _calls_with_work(bundle, ref, active)
        found.append(
            {
                "process": ref,
                "name": process.name,
                "state": {
                    "done": sorted(own & nodes),
                    "taken": sorted(flows & _flow_ids(process.body)),
                    "active": {**inside, **{k: v for k, v in active.items() if k in own}},
                    "stuck": {k: v for k, v in stuck.items() if k in own},
                },
            }
        )
    found.sort(key=lambda entry: entry["process"] != bundle.procedure)
    return found


def _calls_with_work(bundle: Bundle, ref: str, active: Mapping[str, str]) -> dict[str, str]:
    """Call activities of a process whose called process has open work."""
    marked = {}
    for node in bundle.processes[ref].body.walk():
        called = bundle.processes.get(node.zeebe.called_process)
        if called is not None and any(n.id in active for n in called.body.walk()):
            marked[node.id] = "办理中"
    return marked


def _flow_ids(body: Any) -> set[str]:
    ids = set(body.flows)
    for node in body.nodes.values():
        if node.body is not None:
            ids |= _flow_ids(node.body)
    return ids


def stop_now(stops: Sequence[Stop]) -> bool:
    """True while the clock of the case stands."""
    return any(stop.to_at is None for stop in stops)
