"""The procedures of a tenant as their administrator sees them: versions, drafts, differences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from engine.actors import Actor
from engine.comparing.compare import compare
from engine.comparing.model import Comparison
from engine.comparing.read import drawn_process
from engine.definitions.bundles import bundles_in_force
from engine.errors import Forbidden, NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import bundles, cases, contents, definition_drafts, memberships
from webapp.product import Product
from webapp.usecases.definitions import (
    check_administrator,
    draft_definition,
    file_above,
    find_draft,
    published_files,
)

MOSTVERSIONS = 200
VERSION = re.compile(r"v([1-9][0-9]{0,8})")
ABOVE = "above"
BASE = "base"
"""The drawing above that the tenant's own one in force was made beside."""


@dataclass(frozen=True)
class Offered:
    """A procedure in force: its version, since when, and how much runs on it."""

    procedure: str
    title: str
    version: int
    since: datetime
    is_inherited: bool
    running: int
    drafts: int
    scheduled: int


@dataclass(frozen=True)
class Version:
    """One published version; ``side`` names it where two are compared."""

    side: str
    version: int
    title: str
    begins: datetime
    published_at: datetime
    by: str
    reason: str
    verdict: str
    confirmed: str
    running: int
    is_in_force: bool
    is_scheduled: bool
    is_own: bool


@dataclass(frozen=True)
class History:
    """A procedure with its versions, latest first, and the drafts that are not published."""

    procedure: str
    title: str
    versions: Sequence[Version]
    drafts: Sequence[Any]
    has_above: bool
    is_behind: bool = False
    """Whether the level above has published another drawing since the own one was made."""


@dataclass(frozen=True)
class Sides:
    """Two drawings of a procedure and what differs."""

    procedure: str
    process: str
    found: Comparison


def may_look(actor: Actor) -> None:
    """Forbidden for everybody but administrators and auditors."""
    if actor.capacity not in ("admin", "auditor"):
        raise Forbidden(
            "只有流程管理员和审计员可以查看", "only administrators and auditors may look"
        )


def list_offered(product: Product, actor: Actor) -> list[Offered]:
    """Every procedure that is published, by title."""
    may_look(actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        owner = product.world.offices.get(tx).slug
        in_force = set(bundles_in_force(tx, now).values())
        rows = tx.all(select(bundles).where(bundles.c.tenant_id == TENANT))
        running, waiting = _running(tx), _drafts(tx)
    scheduled = [row.procedure for row in rows if row.effective_from > now]
    ids = {row.id: row.procedure for row in rows}
    by_procedure: dict[str, int] = {}
    for bundle, count in running.items():
        by_procedure[ids[bundle]] = by_procedure.get(ids[bundle], 0) + count
    found = [
        Offered(
            procedure=row.procedure,
            title=row.title,
            version=row.version,
            since=max(row.effective_from, row.published_at),
            is_inherited=_owner(row) != owner,
            running=by_procedure.get(row.procedure, 0),
            drafts=waiting.get(row.procedure, 0),
            scheduled=scheduled.count(row.procedure),
        )
        for row in rows
        if row.id in in_force
    ]
    return sorted(found, key=lambda one: (one.title, one.procedure))


def read_history(product: Product, actor: Actor, procedure: str) -> History:
    """The versions and drafts of one procedure; NotFound when there is neither."""
    may_look(actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
        rows = tx.all(
            select(bundles)
            .where(bundles.c.tenant_id == TENANT, bundles.c.procedure == procedure)
            .order_by(bundles.c.version.desc())
            .limit(MOSTVERSIONS)
        )
        drafts = tx.all(
            select(definition_drafts)
            .where(
                definition_drafts.c.tenant_id == TENANT,
                definition_drafts.c.procedure == procedure,
                definition_drafts.c.published_at.is_(None),
            )
            .order_by(definition_drafts.c.created_at.desc())
            .limit(MOSTVERSIONS)
        )
        if not rows and not drafts:
            raise NotFound("没有这个流程", "there is no such procedure")
        names, running = _names(tx), _running(tx)
        holding = bundles_in_force(tx, now).get(procedure)
        known = published_files(tx, now)
    versions = [
        Version(
            side=f"v{row.version}",
            version=row.version,
            title=row.title,
            begins=max(row.effective_from, row.published_at),
            published_at=row.published_at,
            by=names.get(row.published_by, ""),
            reason=row.reason,
            verdict=row.verdict,
            confirmed=names.get(row.asked_by, ""),
            running=running.get(row.id, 0),
            is_in_force=row.id == holding,
            is_scheduled=row.effective_from > now,
            is_own=_owner(row) == office.slug,
        )
        for row in rows
    ]
    above = file_above(product, actor.tenant_id, procedure, known, now)
    title = rows[0].title if rows else procedure
    told = [{**draft._mapping, "by": names.get(draft.created_by, "")} for draft in drafts]
    base = next((row.base_digest for row in rows if row.id == holding), None)
    is_behind = base is not None and above is not None and above.digest != base
    return History(procedure, title, versions, told, above is not None, is_behind)


def drawing(product: Product, actor: Actor, procedure: str, side: str) -> bytes:
    """The file of one side: ``v3``, the id of a draft, or ``above`` for the level above."""
    may_look(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        if side == ABOVE:
            return _above(product, actor, tx, procedure)
        if side == BASE:
            return _base(product, tx, procedure)
        version = VERSION.fullmatch(side)
        if version is None:
            draft = find_draft(tx, _draft_id(side))
            if draft.procedure != procedure:
                raise NotFound("草稿不存在", "there is no such draft")
            body: bytes = draft.body
            return body
        row = tx.one(
            select(bundles).where(
                bundles.c.tenant_id == TENANT,
                bundles.c.procedure == procedure,
                bundles.c.version == int(version[1]),
            )
        )
        if row is None:
            raise NotFound("没有这个版本", "there is no such version")
        return _body(tx, _entry(row)["digest"])


def compare_sides(product: Product, actor: Actor, procedure: str, old: str, new: str) -> Sides:
    """What differs between two sides of a procedure, with the tenant's parameters in words."""
    left = drawn_process(drawing(product, actor, procedure, old), procedure)
    right = drawn_process(drawing(product, actor, procedure, new), procedure)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        parameters = product.world.offices.get(tx).parameters
    return Sides(procedure, right.process.id, compare(left, right, parameters.get))


def restore_version(product: Product, actor: Actor, procedure: str, side: str) -> UUID:
    """A draft with the drawing of an earlier version; publishing it is an act of its own."""
    check_administrator(actor)
    body = drawing(product, actor, procedure, side)
    draft, _report = draft_definition(product, actor, procedure, body)
    return draft


def _above(product: Product, actor: Actor, tx: Unit, procedure: str) -> bytes:
    now = product.clock.now()
    above = file_above(product, actor.tenant_id, procedure, published_files(tx, now), now)
    if above is None:
        raise NotFound("上级没有这个流程", "the level above has no such procedure")
    return above.body


def _base(product: Product, tx: Unit, procedure: str) -> bytes:
    holding = bundles_in_force(tx, product.clock.now()).get(procedure)
    row = None if holding is None else tx.get(bundles, holding)
    if row is None or row.base_digest is None:
        raise NotFound("本级的流程不是变体", "the procedure in force is no variant")
    return _body(tx, row.base_digest)


def _draft_id(side: str) -> UUID:
    try:
        return UUID(side)
    except ValueError as error:
        raise NotFound("没有这个版本", "there is no such version") from error


def _entry(row: Any) -> dict[str, str]:
    """The entry of the procedure's own drawing in a bundle."""
    found: dict[str, str] = next(
        e for e in row.manifest if e["kind"] == "process" and e["ref"] == row.procedure
    )
    return found


def _owner(row: Any) -> str:
    return _entry(row)["owner"]


def _body(tx: Unit, digest: str) -> bytes:
    row = tx.one(
        select(contents.c.body).where(contents.c.tenant_id == TENANT, contents.c.digest == digest)
    )
    assert row is not None
    body: bytes = row.body
    return body


def _running(tx: Unit) -> dict[UUID, int]:
    rows = tx.all(
        select(cases.c.bundle_id, func.count().label("number"))
        .where(cases.c.tenant_id == TENANT, cases.c.status.in_(("open", "suspended")))
        .group_by(cases.c.bundle_id)
    )
    return {row.bundle_id: row.number for row in rows}


def _drafts(tx: Unit) -> dict[str, int]:
    rows = tx.all(
        select(definition_drafts.c.procedure, func.count().label("number"))
        .where(definition_drafts.c.tenant_id == TENANT, definition_drafts.c.published_at.is_(None))
        .group_by(definition_drafts.c.procedure)
    )
    return {row.procedure: row.number for row in rows}


def _names(tx: Unit) -> dict[UUID | None, str]:
    rows = tx.all(
        select(memberships.c.id, memberships.c.name).where(memberships.c.tenant_id == TENANT)
    )
    return {row.id: row.name for row in rows}
