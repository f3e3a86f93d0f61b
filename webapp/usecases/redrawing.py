"""A draft open in the editor: who has it, what was saved, and why a saving was refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from xml.sax.saxutils import quoteattr

from sqlalchemy import or_, select

from engine.actors import Actor
from engine.errors import Conflict, Invalid
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import definition_drafts, memberships
from webapp.product import Product
from webapp.usecases.definitions import check_administrator, draft_definition, find_draft, judge

HOLD = timedelta(minutes=3)
"""How long a draft stays with an editor that gives no sign of life."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,79}")
LONGEST_TITLE = 120


class DraftTaken(Conflict):
    """Somebody else edits the draft."""

    code = "draft_taken"


class DraftMoved(Conflict):
    """The draft was saved from somewhere else since this drawing was opened."""

    code = "draft_moved"


class DraftPublished(Conflict):
    """A published draft is not drawn on any more."""

    code = "draft_published"


@dataclass(frozen=True)
class Opened:
    """A draft as an editor shows it; ``holder`` has it open since ``since``, "" when nobody has."""

    id: UUID
    procedure: str
    body: bytes
    report: dict[str, Any]
    revision: int
    saved_by: str
    saved_at: datetime
    holder: str
    since: datetime | None
    is_mine: bool


def open_draft(product: Product, actor: Actor, draft_id: UUID) -> Opened:
    """The draft as it is saved, and who has it open."""
    check_administrator(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return _opened(tx, find_draft(tx, draft_id), actor, product.clock.now())


def hold_draft(product: Product, actor: Actor, draft_id: UUID, *, take: bool = False) -> Opened:
    """The draft, now with the caller; with ``take`` also when somebody else has it.

    Without it DraftTaken names who does.
    """
    check_administrator(actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        draft = find_draft(tx, draft_id)
        _check_unpublished(draft)
        mine = draft.editor == actor.membership_id
        conditions = [definition_drafts.c.id == draft_id]
        if not take:
            conditions.append(_is_free(actor, now))
        since = draft.editor_since if mine and _is_held(draft, now) else now
        until = now + HOLD
        who = actor.membership_id
        if not tx.update(
            definition_drafts, *conditions, editor=who, editor_since=since, editor_until=until
        ):
            raise _taken(tx, find_draft(tx, draft_id), product, now)
        return _opened(tx, find_draft(tx, draft_id), actor, now)


def leave_draft(product: Product, actor: Actor, draft_id: UUID) -> None:
    """Nobody has the draft any more, if the caller had it."""
    check_administrator(actor)
    with product.db.tenant(actor.tenant_id) as tx:
        tx.update(
            definition_drafts,
            definition_drafts.c.id == draft_id,
            definition_drafts.c.editor == actor.membership_id,
            editor_until=product.clock.now(),
        )


def save_drawing(
    product: Product, actor: Actor, draft_id: UUID, source: bytes, revision: int
) -> Opened:
    """The draft with the drawing saved and judged, one revision on; it is then with the caller.

    DraftTaken, DraftMoved or DraftPublished say what happened meanwhile; Refused that the drawing
    cannot be read. Whoever had asked to publish what was there has to ask again.
    """
    return save_changed(product, actor, draft_id, revision, lambda draft: (source, draft.beside))


def save_changed(
    product: Product,
    actor: Actor,
    draft_id: UUID,
    revision: int,
    change: Callable[[Any], tuple[bytes, Mapping[str, Any]]],
) -> Opened:
    """The draft as ``change`` gives its drawing and what is beside it; see :func:`save_drawing`."""
    check_administrator(actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        draft = find_draft(tx, draft_id)
        _check_savable(tx, draft, product, actor, revision)
    source, beside = change(draft)
    report, body = judge(product, actor, draft.procedure, source, beside)
    asked = dict.fromkeys(
        ("asked_by", "asked_account", "asked_at", "asked_reason", "asked_from"), None
    )
    with product.db.tenant(actor.tenant_id) as tx:
        count = tx.update(
            definition_drafts,
            definition_drafts.c.id == draft_id,
            definition_drafts.c.revision == revision,
            definition_drafts.c.published_at.is_(None),
            _is_free(actor, now),
            body=body,
            beside=beside,
            report=report,
            revision=revision + 1,
            saved_by=actor.membership_id,
            saved_at=now,
            editor=actor.membership_id,
            editor_since=draft.editor_since if _is_mine(draft, actor, now) else now,
            editor_until=now + HOLD,
            **asked,
        )
        draft = find_draft(tx, draft_id)
        if not count:
            _check_savable(tx, draft, product, actor, revision)
        return _opened(tx, draft, actor, now)


def begin_empty(product: Product, actor: Actor, procedure: str, title: str) -> UUID:
    """A draft of nothing but a beginning and an end; Invalid when the id or title is unusable."""
    check_administrator(actor)
    wrong = []
    if not _NAME.fullmatch(procedure):
        text = "编号须以字母开头，只含字母、数字、点、连字符、下划线"
        wrong.append({"field": "procedure", "message": text})
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        text = f"请填写名称，不超过 {LONGEST_TITLE} 字"
        wrong.append({"field": "title", "message": text})
    if wrong:
        sentence = "；".join(one["message"] for one in wrong)
        raise Invalid(sentence, "the id or the title is not usable", errors=wrong)
    drawing = EMPTY_DRAWING.format(id=procedure, name=quoteattr(title))
    draft, _report = draft_definition(product, actor, procedure, drawing.encode())
    return draft


def _check_savable(tx: Unit, draft: Any, product: Product, actor: Actor, revision: int) -> None:
    now = product.clock.now()
    _check_unpublished(draft)
    if _is_held(draft, now) and draft.editor != actor.membership_id:
        raise _taken(tx, draft, product, now)
    if draft.revision != revision:
        who = _name(tx, draft.saved_by)
        at = _clock(tx, product, draft.saved_at)
        raise DraftMoved(
            f"该草稿已由{who}于 {at} 在别处保存，这里的改动没有写入",
            f"{who} has saved this draft at {at} from elsewhere; nothing was written",
            revision=draft.revision,
        )


def _check_unpublished(draft: Any) -> None:
    if draft.published_at is not None:
        raise DraftPublished(
            "该草稿已发布，不能再改；请另建草稿", "the draft is published; begin another one"
        )


def _taken(tx: Unit, draft: Any, product: Product, now: datetime) -> DraftTaken:
    who = _name(tx, draft.editor)
    at = _clock(tx, product, draft.editor_since or now)
    return DraftTaken(
        f"{who}自 {at} 起正在编辑该草稿，这里的改动没有写入",
        f"{who} edits this draft since {at}; nothing was written",
    )


def _is_free(actor: Actor, now: datetime) -> Any:
    columns = definition_drafts.c
    return or_(
        columns.editor.is_(None),
        columns.editor == actor.membership_id,
        columns.editor_until <= now,
    )


def _is_held(draft: Any, now: datetime) -> bool:
    return draft.editor is not None and draft.editor_until > now


def _is_mine(draft: Any, actor: Actor, now: datetime) -> bool:
    return _is_held(draft, now) and draft.editor == actor.membership_id


def _opened(tx: Unit, draft: Any, actor: Actor, now: datetime) -> Opened:
    held = _is_held(draft, now)
    return Opened(
        id=draft.id,
        procedure=draft.procedure,
        body=draft.body,
        report=draft.report,
        revision=draft.revision,
        saved_by=_name(tx, draft.saved_by or draft.created_by),
        saved_at=draft.saved_at or draft.created_at,
        holder=_name(tx, draft.editor) if held else "",
        since=draft.editor_since if held else None,
        is_mine=_is_mine(draft, actor, now),
    )


def _name(tx: Unit, membership: UUID | None) -> str:
    if membership is None:
        return ""
    query = select(memberships.c.name).where(
        memberships.c.tenant_id == TENANT, memberships.c.id == membership
    )
    return str(tx.scalar(query) or "")


def _clock(tx: Unit, product: Product, moment: datetime) -> str:
    zone = product.world.offices.get(tx).calendar.zone
    return f"{moment.astimezone(zone):%H:%M}"


EMPTY_DRAWING = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  xmlns:modeler="http://camunda.org/schema/modeler/1.0"
  id="Definitions" targetNamespace="http://bpmn.io/schema/bpmn"
  modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.7.0">
  <bpmn:process id="{id}" name={name} isExecutable="true">
    <bpmn:startEvent id="Begin" name="开始">
      <bpmn:outgoing>Begin_to_Finish</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:endEvent id="Finish" name="办结">
      <bpmn:incoming>Begin_to_Finish</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="Begin_to_Finish" sourceRef="Begin" targetRef="Finish" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram">
    <bpmndi:BPMNPlane id="Plane" bpmnElement="{id}">
      <bpmndi:BPMNShape id="Begin_di" bpmnElement="Begin">
        <dc:Bounds x="180" y="182" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="187" y="225" width="22" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Finish_di" bpmnElement="Finish">
        <dc:Bounds x="620" y="182" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="627" y="225" width="22" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="Begin_to_Finish_di" bpmnElement="Begin_to_Finish">
        <di:waypoint x="216" y="200" /><di:waypoint x="620" y="200" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
