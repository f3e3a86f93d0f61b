"""Loading a tenant: what its files say becomes rows; nothing is half-loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from engine.canonical import canonical, digest
from engine.definitions.binding import Bindings
from engine.definitions.kept_files import (
    Origin,
    digests_of,
    drop_file,
    keep_files,
    kept_files,
    take_folder,
)
from engine.definitions.publishing import Parts, check_parts, collect, gate_context, publish
from engine.definitions.receivers import with_receivers
from engine.dry_run.kept import check_scenarios
from engine.dry_run.trial import Surroundings
from engine.errors import Conflict, NotFound, Refused
from engine.feel import to_json
from engine.ids import new_id
from engine.messaging.facts import follow
from engine.store.control import tenants
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import parameters, settings, units
from engine.tenancy.chain import Sources, lineage, resolve_parameters
from engine.tenancy.lineage import calendar_file_of, check_tenants
from engine.tenancy.model import TenantFile
from engine.tenancy.parameters import Parameter
from engine.tenancy.problems import refuse_if_any
from engine.timing import redating
from engine.world import World


@dataclass(frozen=True)
class Loaded:
    """What loading a tenant did: its id and the bundle of each procedure it offers."""

    tenant_id: UUID
    slug: str
    bundles: Mapping[str, UUID]


@dataclass(frozen=True)
class Edit:
    """A change of a tenant's files made in the product.

    ``before`` are the digests of the files it was made in, by path; ``note`` is called in the same
    transaction, to write down what was done.
    """

    before: Mapping[str, str]
    note: Callable[[Unit], None]
    by: UUID | None = None
    reason: str = ""


def tenant_id_of(db: Database, slug: str) -> UUID:
    """The id of a tenant; NotFound when it has not been loaded."""
    with db.control(read_only=True) as control:
        row = control.one(select(tenants.c.id).where(tenants.c.slug == slug))
    if row is None:
        raise NotFound(f"没有租户 {slug}", f"there is no tenant {slug}", tenant=slug)
    found: UUID = row.id
    return found


def load_with_those_above(db: Database, world: World, slug: str, sources: Sources) -> Loaded:
    """Like :func:`load_tenant`, after those of the tenants above it that are not here yet."""
    for tenant in lineage(slug, sources)[:-1]:
        if not _is_loaded(db, tenant.slug):
            load_tenant(db, world, tenant.slug, sources)
    return load_tenant(db, world, slug, sources)


def _is_loaded(db: Database, slug: str) -> bool:
    with db.control(read_only=True) as control:
        return control.one(select(tenants.c.id).where(tenants.c.slug == slug)) is not None


def load_tenant(
    db: Database, world: World, slug: str, sources: Sources, edit: Edit | None = None
) -> Loaded:
    """Read a tenant's files, check everything, then write it in one transaction.

    Parents must be loaded first. Loading again changes what the files changed; a procedure whose
    parts did not change keeps its bundle. FileConflict when that would overwrite what was published
    in the product, unless it is an ``edit`` of what stands there.
    """
    refuse_if_any(check_tenants(lineage(slug, sources)))
    tenant = with_days_of_those_above(slug, sources)
    values = resolve_parameters(slug, sources)
    known = {key: value.as_feel for key, value in values.items()}
    parts = {p.id: collect(p.id, slug, sources, known) for p in tenant.procedures}
    context = gate_context(slug, sources, tenant, frozenset(values), _known_bindings(world))
    context = with_receivers(context, slug, sources, known)
    now = world.clock.now()
    reports = {ref: check_parts(part, context) for ref, part in parts.items()}
    _run_scenarios(parts.values(), surroundings_of(tenant, values), now)
    tenant_id = _ensure_tenant(db, world, tenant)
    with db.tenant(tenant_id) as tx:
        _take_files(tx, sources.files(slug), edit, now)
        if _write_settings(tx, tenant):
            redating.begin(tx, now)
        write_parameters(tx, values)
        _write_units(tx, tenant)
        if tenant.parent:
            follow(tx, now)
        by, reason = (edit.by, edit.reason) if edit else (None, "随租户文件装载")
        made = {
            ref: publish(tx, part, reports[ref], now, by=by, reason=reason)
            for ref, part in parts.items()
        }
        if edit is not None:
            edit.note(tx)
    return Loaded(tenant_id, slug, made)


def _take_files(tx: Unit, files: Mapping[str, bytes], edit: Edit | None, now: datetime) -> None:
    if edit is None:
        if files:
            take_folder(tx, files, now)
        return
    if digests_of(kept_files(tx)) != edit.before:
        raise Conflict(
            "其他人刚刚修改了本单位的设置，请重新打开再改",
            "somebody else has just changed the settings; open them again",
        )
    for path in edit.before.keys() - files.keys():
        drop_file(tx, path)
    keep_files(tx, files, Origin.PRODUCT, now)


def with_days_of_those_above(slug: str, sources: Sources) -> TenantFile:
    """A tenant whose calendar says what it declares itself and, else, what those above declare."""
    line = lineage(slug, sources)
    return replace(line[-1], calendar=calendar_file_of(line))


def _run_scenarios(parts: Iterable[Parts], surroundings: Surroundings, now: datetime) -> None:
    """Refuse a tenant of whose procedures a kept scenario does not hold."""
    findings = [f for part in parts for f in check_scenarios(part.files, surroundings, now)]
    if findings:
        raise Refused("试运行方案不符，不能装载", "a scenario does not hold", findings=findings)


def _known_bindings(world: World) -> Bindings | None:
    """The bindings the gate checks against; a world without any checks none."""
    return world.bindings if world.bindings.types else None


def _ensure_tenant(db: Database, world: World, tenant: TenantFile) -> UUID:
    with db.control() as control:
        row = control.one(select(tenants).where(tenants.c.slug == tenant.slug))
        parent = None
        if tenant.parent:
            above = control.one(select(tenants.c.id).where(tenants.c.slug == tenant.parent))
            if above is None:
                raise NotFound(f"请先装载上级租户 {tenant.parent}", f"load {tenant.parent} first")
            parent = above.id
        if row is not None:
            facts = {"parent_id": parent, "name": tenant.names.zh, "level": tenant.level}
            if any(getattr(row, name) != value for name, value in facts.items()):
                # it was renamed, or an authority was put above it or taken away
                control.execute(update(tenants).where(tenants.c.id == row.id).values(**facts))
            found: UUID = row.id
            return found
        tenant_id = new_id()
        control.insert(
            tenants,
            id=tenant_id,
            slug=tenant.slug,
            name=tenant.names.zh,
            level=tenant.level,
            parent_id=parent,
            created_at=world.clock.now(),
        )
    return tenant_id


def settings_of(tenant: TenantFile) -> dict[str, Any]:
    """What a tenant's files say about it and its calendar, as its rows keep it."""
    hours = tenant.calendar.office_hours
    return {
        "tenant": {
            "slug": tenant.slug,
            "name": tenant.names.zh,
            "name_en": tenant.names.en,
            "short": tenant.names.short,
            "level": tenant.level,
            "zone": tenant.zone,
            "separates_duties": tenant.separates_duties,
            "validity": {
                "from": tenant.validity.valid_from.isoformat(),
                "years": tenant.validity.years,
                "document": tenant.validity.document,
            },
            "branding": {
                "title": tenant.branding.title_zh,
                "title_en": tenant.branding.title_en,
                "colour": tenant.branding.colour,
                "footer": tenant.branding.footer,
            },
            "roles": [
                {"code": r.code, "name_zh": r.name_zh, "name_en": r.name_en, "capacity": r.capacity}
                for r in tenant.roles
            ],
            "procedures": [
                {
                    "id": p.id,
                    "title": p.title_zh,
                    "title_en": p.title_en,
                    "starters": list(p.starters),
                    "number": p.number,
                }
                for p in tenant.procedures
            ],
        },
        "calendar": {
            "days": {d.day.isoformat(): d.working for d in tenant.calendar.exceptions},
            "complete_years": sorted(tenant.calendar.complete_years),
            "office_hours": None
            if hours is None
            else [hours.opens.isoformat(), hours.closes.isoformat()],
        },
    }


def _write_settings(tx: Unit, tenant: TenantFile) -> bool:
    """Write them; True when the days of open deadlines are counted otherwise than before."""
    said = settings_of(tenant)
    query = select(settings.c.name, settings.c.value).where(settings.c.tenant_id == TENANT)
    before = {row.name: row.value for row in tx.all(query)}
    tx.delete(settings, settings.c.name.in_(said))
    tx.insert_many(
        settings,
        (
            {"name": name, "value": value, "digest": digest(canonical(value))}
            for name, value in said.items()
        ),
    )
    return "calendar" in before and _days_of(before) != _days_of(said)


def _days_of(said: Mapping[str, Any]) -> tuple[Any, Any]:
    """What working days and their ends follow from."""
    return said["calendar"], said["tenant"]["zone"]


def surroundings_of(tenant: TenantFile, values: Mapping[str, Parameter]) -> Surroundings:
    """The tenant as a dry run is played in it."""
    facts = settings_of(tenant)
    parameters = {key: to_json(p.as_feel) for key, p in values.items()}
    return Surroundings(facts["tenant"], facts["calendar"], parameters, tuple(units_of(tenant)))


def write_parameters(tx: Unit, values: Mapping[str, Parameter]) -> None:
    """Replace the parameters of the tenant by these; whoever has read them notices it."""
    tx.delete(parameters)
    tx.delete(settings, settings.c.name == "parameters")
    rows = [
        {"key": key, "value": to_json(p.as_feel), "facts": _facts(p), "origin": p.origin}
        for key, p in values.items()
    ]
    tx.insert_many(parameters, rows)
    state = {"digest": digest(canonical([[r["key"], r["value"], r["facts"]] for r in rows]))}
    tx.insert(settings, name="parameters", value=state, digest=state["digest"])


def _facts(p: Parameter) -> dict[str, Any]:
    return {
        "title": p.title_zh,
        "title_en": p.title_en,
        "unit": p.unit,
        "kind": p.kind.value,
        "legal_basis": p.legal_basis,
        "note": p.note,
        "to_be_confirmed": p.to_be_confirmed,
        "at_step": p.at_step,
        "rules": list(p.rules),
    }


def units_of(tenant: TenantFile) -> list[dict[str, Any]]:
    """The administrative units of a tenant, as its rows keep them."""
    return [
        {
            "code": u.code,
            "name": u.name,
            "short": u.short,
            "kind": u.kind,
            "parent_code": u.parent or None,
        }
        for u in tenant.units
    ]


def _write_units(tx: Unit, tenant: TenantFile) -> None:
    known = {row.code: row for row in tx.all(select(units).where(units.c.tenant_id == TENANT))}
    written = {row.pop("code"): row for row in units_of(tenant)}
    tx.insert_many(
        units, ({"code": code, **facts} for code, facts in written.items() if code not in known)
    )
    for code, row in known.items():
        if code not in written:
            tx.delete(units, units.c.code == code)
        elif any(getattr(row, name) != value for name, value in written[code].items()):
            tx.update(units, units.c.code == code, **written[code])
