"""What administrators and auditors look after: incidents, readings, parameters, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, tuple_

from engine.actors import Actor
from engine.audit import note_act
from engine.cases.incidents import retry_incident
from engine.cursors import decode_cursor, encode_cursor
from engine.definitions.bundles import Bundle, bundles_in_force
from engine.errors import Conflict, Forbidden, LuchengError, NotFound
from engine.office import Office
from engine.store.metadata import TENANT
from engine.store.tables import cases, incidents, memberships, readings, units
from engine.work_items.lists import PAGE, SEES_ALL, Page, note_reading, open_incidents, visible_case
from webapp.product import Product
from webapp.usecases.noted import reading


@dataclass(frozen=True)
class Incidents:
    """Open incidents with the name of the step each stands at."""

    rows: Sequence[Any]
    steps: Mapping[UUID, str]


def read_incidents(product: Product, actor: Actor) -> Incidents:
    """The incidents that wait for repair; Forbidden for those who may not know of them."""
    with reading(product, actor) as tx:
        note_reading(tx, actor, None, "incidents", product.clock.now())
        rows = open_incidents(tx, actor)
        pinned = {
            row.id: row.bundle_id
            for row in tx.all(
                select(cases.c.id, cases.c.bundle_id).where(
                    cases.c.tenant_id == TENANT, cases.c.id.in_({r.case_id for r in rows})
                )
            )
        }
        steps = {}
        for row in rows:
            node = product.world.bundles.get(tx, pinned[row.case_id]).node(row.element)
            steps[row.id] = node.name if node is not None and node.name else row.element
    return Incidents(rows, steps)


def try_again(product: Product, actor: Actor, incident_id: UUID) -> bool:
    """Try again what failed; whether the incident is closed now.

    A failure of the second try leaves the case as it was; it comes out as Conflict, whatever it is.
    """
    try:
        with product.db.tenant(actor.tenant_id) as tx:
            known = tx.get(incidents, incident_id)
            if known is not None:
                visible_case(tx, actor, known.case_id)
            is_closed = retry_incident(tx, product.world, actor, incident_id)
            note_act(tx, actor, "incident.retry", str(incident_id), product.clock.now())
            return is_closed
    except LuchengError:
        raise
    except Exception as error:
        raise Conflict(
            f"重试没有成功：系统内部错误（{type(error).__name__}）",
            f"the retry failed: {type(error).__name__}",
        ) from error


def list_readings(product: Product, actor: Actor, cursor: str | None) -> Page:
    """Who read which case outside his own work, latest first; for auditors and administrators."""
    _check_sees_all(actor)
    joined = readings.outerjoin(
        cases, and_(cases.c.tenant_id == readings.c.tenant_id, cases.c.id == readings.c.case_id)
    ).outerjoin(
        memberships,
        and_(memberships.c.tenant_id == readings.c.tenant_id, memberships.c.id == readings.c.by),
    )
    statement = (
        select(
            readings,
            cases.c.number.label("case_number"),
            cases.c.title.label("case_title"),
            memberships.c.name.label("reader"),
            memberships.c.title.label("reader_title"),
        )
        .select_from(joined)
        .where(readings.c.tenant_id == TENANT)
    )
    if cursor:
        statement = statement.where(tuple_(readings.c.at, readings.c.id) < decode_cursor(cursor))
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        rows = tx.all(
            statement.order_by(readings.c.at.desc(), readings.c.id.desc()).limit(PAGE + 1)
        )
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], None if last is None else encode_cursor(last.at, last.id))


def _check_sees_all(actor: Actor) -> None:
    if actor.capacity not in SEES_ALL:
        raise Forbidden("只有审计员和管理员可以查看", "only auditors and administrators may look")


def read_parameters(product: Product, actor: Actor) -> tuple[Office, dict[str, str]]:
    """The tenant with its parameters, and what the departments they name are called.

    Forbidden for those outside the authority. With them goes until when the rule set is in force.

    Rules: R-NAT-8, R-IM-1.
    """
    if actor.capacity in ("applicant", "assessor", "expert"):
        raise Forbidden("只有本单位人员可以查看", "only members of the authority may look")
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        rows = tx.all(
            select(units.c.code, units.c.short)
            .where(units.c.tenant_id == TENANT, units.c.code.contains("."))
            .order_by(units.c.code)
        )
        office = product.world.offices.get(tx)
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        found.setdefault(row.code.rpartition(".")[2], {})[row.short] = None
    return office, {code: "/".join(shorts) for code, shorts in found.items()}


def published_bundle(product: Product, actor: Actor, process: str) -> Bundle:
    """The active bundle that holds a process; NotFound when none does."""
    _check_sees_all(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        for bundle_id in bundles_in_force(tx, product.clock.now()).values():
            bundle = product.world.bundles.get(tx, bundle_id)
            if process in bundle.processes:
                return bundle
    raise NotFound("流程图不存在", "there is no such diagram")


def published_processes(product: Product, actor: Actor) -> dict[str, Bundle]:
    """Every process of the tenant's active bundles with a bundle that holds it."""
    _check_sees_all(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        in_force = bundles_in_force(tx, product.clock.now()).values()
        found = [product.world.bundles.get(tx, bundle_id) for bundle_id in in_force]
    return {ref: bundle for bundle in found for ref in bundle.processes}
