"""Publication of drafts: at once or later; what could not be proved needs a second person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.audit import note_act
from engine.definitions.kept_files import Origin, keep_files
from engine.definitions.publishing import (
    Asked,
    Parts,
    Unconfirmed,
    check_parts,
    process_in,
    publish,
)
from engine.errors import Conflict, Invalid, Refused
from engine.gate.check import check_diagram
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import bundles, definition_drafts, memberships
from engine.tenancy.chain import Resolved
from webapp.product import Product
from webapp.usecases.beside import failing_scenarios, with_beside
from webapp.usecases.definitions import (
    check_administrator,
    file_above,
    find_draft,
    gate_context,
    parts_of,
    published_files,
    refusal,
    with_peers,
)
from webapp.usecases.inheriting import Source, let_follow
from webapp.usecases.reachable import reachable_files

MOST_SHOWN = 100
SECOND_PERSON = "publish.second_person"
"""The parameter of a tenant where every publication needs two people."""


class SecondPersonNeeded(Conflict):
    """Whoever asked to publish what is not proved cannot also be the one who confirms it."""

    code = "second_person"


@dataclass(frozen=True)
class Publication:
    """A new bundle and from when on new cases run it."""

    bundle: UUID
    version: int
    begins: datetime
    is_scheduled: bool


@dataclass(frozen=True)
class Awaited:
    """Asked for but not proved: it waits for another administrator; ``begins`` as asked."""

    begins: datetime | None


def publish_draft(
    product: Product,
    actor: Actor,
    draft_id: UUID,
    reason: str,
    begins: datetime | None,
    revision: int | None = None,
) -> Publication | Awaited:
    """Make a draft the bundle of its procedure from a moment on; Refused when the gate says no,
    Conflict when it is no longer at the ``revision`` that was read.

    Without ``begins`` it holds at once; a moment that has passed is Invalid. What could not be
    proved is kept as asked for, until somebody else publishes it, with a reason of his own.
    """
    check_administrator(actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        draft = find_draft(tx, draft_id)
    if revision is not None and draft.revision != revision:
        raise _redrawn()
    asked = _asked_by_another(draft, actor)
    moment = _beginning(_as_asked(draft, begins, now) if asked else begins, now)
    try:
        return _publish(product, actor, draft, reason, moment, asked)
    except Unconfirmed:
        if draft.asked_account == actor.account_id:
            raise _second_person() from None
        _ask(product, actor, draft_id, reason, moment if moment > now else None)
        return Awaited(moment if moment > now else None)


def _publish(
    product: Product, actor: Actor, draft: Any, reason: str, moment: datetime, asked: Asked | None
) -> Publication:
    now = product.clock.now()
    reachable = reachable_files(product, actor.tenant_id)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        owner = product.world.offices.get(tx).slug
        published = {**reachable, **published_files(tx, moment)}
        known = with_beside(published, owner, draft.procedure, draft.beside)
        context = gate_context(product, tx, known)
    context = with_peers(product, actor, context)
    base = file_above(product, actor.tenant_id, draft.procedure, known, moment)
    above = None if base is None else process_in(base.body, draft.procedure)
    checked = check_diagram(draft.body, replace(context, rigid_parent=above))
    if not checked.publishable:
        # before its parts are gathered: what it names may be missing, which the findings tell
        raise refusal(
            draft.procedure, checked, "流程图不能发布", "the diagram may not be published"
        )
    parts = parts_of(draft.procedure, draft.body, known, owner)
    if above is not None:
        parts = replace(parts, above={draft.procedure: above}, base=base)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        failing = failing_scenarios(tx, parts, now)
    if failing:
        raise Refused("试运行方案不符，不能发布", "a scenario does not hold", findings=failing)
    reports = check_parts(parts, context)
    if asked is None and context.values.get(SECOND_PERSON) is True:
        raise Unconfirmed(
            "本单位规定流程由两人发布，须由另一名流程管理员确认",
            "here every publication needs a second administrator",
        )
    later = moment if moment > now else None
    by = actor.membership_id
    with product.db.tenant(actor.tenant_id) as tx:
        bundle = publish(tx, parts, reports, now, by=by, reason=reason, begins=later, asked=asked)
        keep_files(tx, {f.path: f.body for f in _own(parts, owner)}, Origin.PRODUCT, now)
        same = definition_drafts.c.revision == draft.revision
        if not tx.update(
            definition_drafts, definition_drafts.c.id == draft.id, same, published_at=now
        ):
            raise _redrawn()
        about = {"version_reason": reason, "begins": moment.isoformat()}
        note_act(tx, actor, "procedure.publish", draft.procedure, now, about)
        row = tx.get(bundles, bundle)
        assert row is not None
    let_follow(product, actor.tenant_id, Source(parts.files, row.title, row.version, later))
    since = max(row.effective_from, min(row.published_at, now))
    return Publication(bundle, row.version, since, since > now)


def _own(parts: Parts, owner: str) -> Iterator[Resolved]:
    """The tenant's own files among the parts: from here on they are what it has."""
    return (part for part in parts.files.values() if part.slug == owner)


def _asked_by_another(draft: Any, actor: Actor) -> Asked | None:
    if draft.asked_account is None or draft.asked_account == actor.account_id:
        return None
    return Asked(draft.asked_by, draft.asked_reason)


def _as_asked(draft: Any, begins: datetime | None, now: datetime) -> datetime | None:
    """The moment that was asked for; confirmed is that one and no other."""
    if begins is not None and begins != draft.asked_from:
        raise _wrong_beginning("与申请发布时写明的生效时间不同")
    asked: datetime | None = draft.asked_from
    return None if asked is None or asked <= now else asked


def _ask(
    product: Product, actor: Actor, draft_id: UUID, reason: str, begins: datetime | None
) -> None:
    with product.db.tenant(actor.tenant_id) as tx:
        count = tx.update(
            definition_drafts,
            definition_drafts.c.id == draft_id,
            definition_drafts.c.asked_by.is_(None),
            asked_by=actor.membership_id,
            asked_account=actor.account_id,
            asked_at=product.clock.now(),
            asked_reason=reason,
            asked_from=begins,
        )
    if not count:
        raise Conflict("另一名流程管理员刚刚申请发布该草稿", "somebody else has just asked for it")


def _redrawn() -> Conflict:
    return Conflict(
        "草稿刚刚被改动，请看过新的检查结果再发布", "the draft was drawn on meanwhile; look again"
    )


def _second_person() -> SecondPersonNeeded:
    return SecondPersonNeeded(
        "您已申请发布该草稿，须由另一名流程管理员确认",
        "you have asked for this publication; another administrator has to confirm it",
    )


def _beginning(begins: datetime | None, now: datetime) -> datetime:
    """From when on a publication holds; Invalid names the place when that cannot be."""
    if begins is None:
        return now
    if begins.tzinfo is None:
        raise _wrong_beginning("请写明时区，例如 2026-03-10T00:00:00+08:00")
    if begins < now:
        raise _wrong_beginning("生效时间不能早于现在")
    return begins.astimezone(UTC)


def _wrong_beginning(wrong: str) -> Invalid:
    return Invalid(
        f"生效时间有误：{wrong}",
        "the publication must begin now or later, at a moment with its zone, and as asked for",
        code="publish_from",
        errors=[{"field": "from", "message": wrong}],
    )


@dataclass(frozen=True)
class Draft:
    """A draft as another administrator reads it before confirming; ``asked`` is who wants it."""

    id: UUID
    procedure: str
    original: bytes
    body: bytes
    report: dict[str, Any]
    created_at: datetime
    asked: dict[str, Any] | None
    revision: int


def read_draft(product: Product, actor: Actor, draft_id: UUID) -> Draft:
    """One draft with the gate's report, and who asked to publish it and why."""
    check_administrator(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        row = find_draft(tx, draft_id)
        return _shown(row, _names(tx))


def list_drafts(product: Product, actor: Actor, *, awaited: bool) -> list[Draft]:
    """The drafts that are not published, latest first; with ``awaited`` those that were asked
    for and wait for another administrator."""
    check_administrator(actor)
    order = definition_drafts.c.asked_at if awaited else definition_drafts.c.created_at
    query = select(definition_drafts).where(
        definition_drafts.c.tenant_id == TENANT, definition_drafts.c.published_at.is_(None)
    )
    if awaited:
        query = query.where(definition_drafts.c.asked_by.is_not(None))
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        rows = tx.all(query.order_by(order.desc()).limit(MOST_SHOWN))
        names = _names(tx) if rows else {}
    return [_shown(row, names) for row in rows]


def _names(tx: Unit) -> dict[UUID, str]:
    rows = tx.all(
        select(memberships.c.id, memberships.c.name).where(memberships.c.tenant_id == TENANT)
    )
    return {row.id: row.name for row in rows}


def _shown(row: Any, names: dict[UUID, str]) -> Draft:
    asked = None
    if row.asked_by is not None:
        asked = {
            "by": names.get(row.asked_by, ""),
            "at": row.asked_at,
            "reason": row.asked_reason,
            "begins": row.asked_from,
        }
    return Draft(
        row.id,
        row.procedure,
        row.original,
        row.body,
        row.report,
        row.created_at,
        asked,
        row.revision,
    )
