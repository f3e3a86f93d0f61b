"""Reading a case: what a person sees of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.tender.rounds import tenders_of_case
from engine.actors import Actor
from engine.bpmn.model import Kind, Node
from engine.cases.command import Command
from engine.cases.parts import OPEN_ITEM
from engine.cases.records import records_of
from engine.cases.submissions import form_context
from engine.definitions.bundles import Bundle
from engine.errors import NotFound
from engine.forms.context import FormContext
from engine.messaging.handoffs import handoffs_of
from engine.office import Office
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import (
    attachments,
    clock_stops,
    deliveries,
    incidents,
    subscriptions,
    timers,
)
from engine.work_items.lists import history_of, items_of, note_reading, visible_case
from engine.work_items.sharing import copies_of, has_unread_copy, note_receipt, thread_of
from engine.work_items.sight import Sight, case_seen, facts_seen, items_seen, sight_of, stage_of
from webapp.product import Product
from webapp.usecases.diagrams import diagram_states
from webapp.usecases.documents import CaseDocuments, case_documents
from webapp.usecases.endorsements import EndorsementView, endorsements_seen
from webapp.usecases.names import in_words, people_names, principal_names
from webapp.usecases.noted import reading
from webapp.usecases.objections import CaseNotice, case_notices

MOST_FACTS = 500
_DECIDES = (Kind.EXCLUSIVE, Kind.INCLUSIVE)


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
    is_superseded: bool = False


@dataclass(frozen=True)
class CaseView:
    """A case as one person may see it; forms can be shown while its unit of work is open."""

    case: Any
    bundle: Bundle
    office: Office
    items: Sequence[Any]
    records: Sequence[RecordView]
    timeline: Sequence[Mapping[str, Any]]
    diagrams: Sequence[Mapping[str, Any]]
    stops: Sequence[Any]
    incidents: Sequence[Any]
    deliveries: Sequence[Any]
    files: Mapping[UUID, Any]
    applicant: str
    notices: Sequence[CaseNotice] = ()
    handoffs: Sequence[Any] = ()
    tenders: Sequence[Any] = ()
    endorsements: Sequence[EndorsementView] = ()
    may_export: bool = False
    thread: Sequence[Mapping[str, Any]] = ()
    copies: Sequence[Any] = ()
    names: Mapping[UUID, str] = field(default_factory=dict)
    withs: Mapping[UUID, str] = field(default_factory=dict)
    command: Command | None = None
    documents: CaseDocuments = field(default_factory=CaseDocuments)

    def with_whom(self, item: Any) -> str:
        """The holder of an item, else those it is offered to."""
        return self.withs.get(item.id, "")

    def context(self, element: str) -> FormContext:
        """What a form of a step is shown against; only while the unit of work is open."""
        node = self.bundle.node(element)
        assert self.command is not None
        assert node is not None
        return form_context(self.command, node, ())


def read_case(product: Product, actor: Actor, case_id: UUID, what: str = "case") -> CaseView:
    """Everything a case page shows; a reading outside one's own work is recorded."""
    with open_view(product, actor, case_id, what) as view:
        return view


@contextmanager
def open_view(
    product: Product, actor: Actor, case_id: UUID, what: str = "case"
) -> Iterator[CaseView]:
    """The view of a case with its unit of work open, so that its forms can be shown."""
    with reading(product, actor) as tx:
        case = visible_case(tx, actor, case_id, product.clock.now())
        note_reading(tx, actor, case_id, what, product.clock.now())
        is_copy_new = has_unread_copy(tx, actor, case_id)
        yield case_view(product, tx, actor, case)
    if is_copy_new:
        with product.db.tenant(actor.tenant_id) as tx:
            note_receipt(tx, actor, case_id, product.clock.now())


def read_drawing(product: Product, actor: Actor, case_id: UUID, process: str) -> bytes:
    """The BPMN of a process as a case runs it; NotFound when the case does not run it."""
    with reading(product, actor) as tx:
        case = visible_case(tx, actor, case_id, product.clock.now())
        bundle = product.world.bundles.get(tx, case.bundle_id)
        if process not in bundle.diagrams:
            raise NotFound("流程图不存在", "there is no such diagram")
        note_reading(tx, actor, case_id, f"drawing:{process}"[:120], product.clock.now())
    return bundle.diagrams[process].source


def read_history(
    product: Product, tx: Unit, actor: Actor, case: Any, *, after: int = 0
) -> Sequence[Any]:
    """The facts of a case from a number on as the person may know them, oldest first."""
    bundle = product.world.bundles.get(tx, case.bundle_id)
    sight = sight_of(tx, actor, case, bundle)
    if not sight.is_outside:
        return history_of(tx, case.id, after=after, limit=MOST_FACTS)
    facts = facts_seen(sight, history_of(tx, case.id, limit=case.history_seq), bundle)
    return facts[after : after + MOST_FACTS]


def case_view(product: Product, tx: Unit, actor: Actor, case: Any) -> CaseView:
    """The view of a case within a unit of work."""
    bundle = product.world.bundles.get(tx, case.bundle_id)
    office = product.world.offices.get(tx)
    sight = sight_of(tx, actor, case, bundle)
    items = items_seen(sight, items_of(tx, case.id), bundle)
    facts = history_of(tx, case.id, limit=MOST_FACTS)
    open_items = [i for i in items if i.status in OPEN_ITEM]
    names = people_names(tx, [i.holder for i in open_items] + [i.closed_by for i in items])
    offered = {p for i in open_items if i.holder is None for p in i.candidates}
    principals = principal_names(tx, office, {case.principal, *offered})
    withs = {
        i.id: names.get(i.holder, "") if i.holder else in_words(i.candidates, principals)
        for i in open_items
    }
    waits = [] if sight.until else _waits(tx, case.id, bundle)
    troubles = _of_case(tx, incidents, case.id, incidents.c.opened_at, open_only=True)
    troubles = _troubles_seen(sight, troubles, bundle)
    return CaseView(
        case=case_seen(sight, case, items),
        bundle=bundle,
        office=office,
        items=items,
        records=[_record(row, bundle, facts, sight) for row in records_of(tx, case.id)],
        timeline=[
            *_pending(open_items, withs, _named(sight, waits, bundle)),
            *(_entry(fact, bundle) for fact in reversed(facts_seen(sight, facts, bundle))),
        ],
        diagrams=diagram_states(
            bundle,
            [fact for fact in facts if sight.reaches(fact.at)],
            open_items,
            troubles,
            names,
            [wait.element for wait in waits],
            seen=sight.elements if sight.is_applicant else None,
        ),
        stops=[
            stop
            for stop in _of_case(tx, clock_stops, case.id, clock_stops.c.from_at)
            if sight.reaches(stop.from_at)
        ],
        incidents=troubles,
        deliveries=[
            row
            for row in _of_case(tx, deliveries, case.id, deliveries.c.delivered_at)
            if sight.reaches(row.delivered_at)
        ],
        files={row.id: row for row in _of_case(tx, attachments, case.id, attachments.c.id)},
        applicant=principals.get(case.principal, ""),
        notices=[n for n in case_notices(tx, actor, case.id) if sight.reaches(n.published_at)],
        handoffs=[row for row in handoffs_of(tx, case.id) if sight.reaches(row.at)],
        tenders=() if sight.is_outside else tenders_of_case(tx, case.id),
        endorsements=() if sight.is_outside else endorsements_seen(tx, bundle, case.id),
        may_export=not sight.is_outside,
        thread=thread_of(tx, actor, case.id),
        copies=() if sight.is_outside else copies_of(tx, case.id),
        names=names,
        withs=withs,
        command=Command(tx, product.world, case, actor, bundle),
        documents=case_documents(tx, actor, case, bundle, sight),
    )


def _of_case(
    tx: Unit, table: Any, case_id: UUID, order: Any, *, open_only: bool = False
) -> Sequence[Any]:
    statement = select(table).where(table.c.tenant_id == TENANT, table.c.case_id == case_id)
    if open_only:
        statement = statement.where(table.c.closed_at.is_(None))
    return tx.all(statement.order_by(order))


def _troubles_seen(sight: Sight, rows: Sequence[Any], bundle: Bundle) -> Sequence[Any]:
    """What failed; where an applicant may not know the step, its stage stands for it."""
    if sight.until is not None:
        return ()
    return [
        row
        if sight.names(row.element)
        else SimpleNamespace(**{**row._mapping, "element": stage_of(bundle, row.element)})
        for row in rows
    ]


def _named(sight: Sight, waits: Sequence[Any], bundle: Bundle) -> list[Any]:
    """What the case waits for, under the name the person may know."""
    found = []
    for wait in waits:
        node = bundle.node(wait.element)
        name = node.name if node is not None and node.name else wait.element
        name = name if sight.names(wait.element) else stage_of(bundle, wait.element)
        if name:
            found.append(SimpleNamespace(name=name, due_at=getattr(wait, "due_at", None)))
    return found


def _record(row: Any, bundle: Bundle, facts: Sequence[Any], sight: Sight) -> RecordView:
    node = bundle.node(row.element)
    who = next((f.actor_name for f in facts if (f.content or {}).get("record") == str(row.id)), "")
    if not who and facts and node is not None and row.item_id is None:
        who = facts[0].actor_name
    shown = sight.has_record(row)
    title = node.name if node is not None and node.name else row.element
    old = any(str(row.id) in (f.content or {}).get("superseded", ()) for f in facts)
    return RecordView(row.id, row.element, title, row.form, who, row.at, row.content, shown, old)


def _waits(tx: Unit, case_id: UUID, bundle: Bundle) -> list[Any]:
    """The timers and messages the case itself waits for, not those that may happen beside it."""
    found = [
        *_of_case(tx, timers, case_id, timers.c.started_at),
        *_of_case(tx, subscriptions, case_id, subscriptions.c.id),
    ]
    nodes = {row.element: bundle.node(row.element) for row in found}
    return [row for row in found if (node := nodes[row.element]) and not _is_beside(node)]


def _is_beside(node: Node) -> bool:
    return bool(node.attached_to) or node.kind is Kind.START


def _pending(
    open_items: Sequence[Any], withs: Mapping[UUID, str], waits: Sequence[Any]
) -> list[Mapping[str, Any]]:
    """The head of the timeline: what is open and with whom, and what is waited for."""
    waiting: list[Mapping[str, Any]] = [
        {
            "kind": "item.stuck" if item.status == "stuck" else "item.open",
            "step": item.name,
            "answer": "",
            "who": withs[item.id],
            "moment": None,
            "reason": "",
            "record": None,
        }
        for item in reversed(open_items)
    ]
    waiting += [
        {
            "kind": "event.open",
            "step": wait.name,
            "answer": "",
            "who": "",
            "moment": None,
            "until": wait.due_at,
            "reason": "",
            "record": None,
        }
        for wait in waits
    ]
    return waiting


def _entry(fact: Any, bundle: Bundle) -> dict[str, Any]:
    node = bundle.node(fact.element) if fact.element else None
    content = fact.content or {}
    return {
        "kind": fact.kind,
        "step": node.name if node is not None else content.get("stage", ""),
        "answer": _answer(content.get("passed", ()), bundle),
        "who": fact.actor_name,
        "moment": fact.at,
        "reason": content.get("reason") or content.get("message") or "",
        "record": content.get("record"),
        "decisions": content.get("decisions", ()),
        "moved": content.get("moved", ()),
    }


def _answer(passed: Sequence[Sequence[str]], bundle: Bundle) -> str:
    """The exit that the first question after a step was left by: what was decided."""
    for element, *flows in passed:
        node = bundle.node(element)
        if node is None or node.kind not in _DECIDES or not flows:
            continue
        names = (flow.name for flow in _flows(bundle, flows[0]))
        return next(names, "")
    return ""


def _flows(bundle: Bundle, flow_id: str) -> Iterator[Any]:
    for process in bundle.processes.values():
        bodies = [process.body, *(n.body for n in process.body.walk() if n.body is not None)]
        for body in bodies:
            if flow_id in body.flows:
                yield body.flows[flow_id]
