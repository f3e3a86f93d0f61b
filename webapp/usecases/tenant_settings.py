"""A tenant's own settings changed in the product: its files, checked as a folder would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine.actors import Actor
from engine.audit import note_act
from engine.comparing.files import compare_files
from engine.definitions.kept_files import StoredSources, digests_of, kept_files
from engine.definitions.loading import Edit, load_tenant
from engine.errors import NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import memberships
from engine.tenancy.chain import OWN_FOLDER, lineage, resolve_parameters
from engine.tenancy.editing import edited_list, edited_parameter, edited_table
from engine.tenancy.model import TenantFile
from engine.tenancy.organisation import ORGANISATION_FILE
from engine.tenancy.parameters import Parameter, merge_parameter
from engine.tenancy.problems import Problem, TenantRefused
from engine.tenancy.schema import CALENDAR_FILE, TENANT_FILE
from webapp.product import Product, shipped_sources
from webapp.usecases.administering import check_changeable, check_system

Files = dict[str, bytes]
MOST_TOLD = 200


def sources_here(product: Product, changed: Mapping[str, Files] | None = None) -> StoredSources:
    """The tenants as they are here, some of them as they are to become."""
    return StoredSources(product.db, shipped_sources(), changed)


def own_files(product: Product, actor: Actor) -> tuple[str, Files]:
    """The slug of the actor's tenant and its files by path; WrongStage when it is frozen."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        slug, files = check_changeable(product, tx).slug, kept_files(tx)
    if path_in(slug, TENANT_FILE) not in files:
        raise NotFound("本租户没有文件，不能在系统中修改", "the tenant has no files to be changed")
    return slug, files


def path_in(slug: str, name: str) -> str:
    """The path of one of the files that describe a tenant."""
    return f"{OWN_FOLDER.format(owner=slug)}/{name}"


def change_files(
    product: Product, actor: Actor, act: str, change: Callable[[str, Files], Files]
) -> list[str]:
    """Let the tenant's files be what ``change`` makes of them; what differs, in words.

    Everything is checked first as on loading a folder: TenantRefused names every fault by file and
    key, Refused what the gate says, and nothing is written. ``act`` is how the audit log calls it.
    """
    slug, files = own_files(product, actor)
    changed = change(slug, dict(files))
    told = [str(one) for one in compare_files(files, changed)]
    if not told:
        return []
    now = product.clock.now()

    def note(tx: Unit) -> None:
        note_act(tx, actor, act, slug, now, {"changes": told[:MOST_TOLD]})

    edit = Edit(digests_of(files), note, actor.membership_id, "在系统中修改")
    load_tenant(product.db, product.world, slug, sources_here(product, {slug: changed}), edit)
    return told


def read_own_tenant(product: Product, actor: Actor) -> TenantFile:
    """What the files of the actor's tenant say about it."""
    slug, _files = own_files(product, actor)
    return sources_here(product).tenant(slug)


# ---------------------------------------------------------------- one setting after the other


def change_identity(
    product: Product, actor: Actor, tables: Mapping[str, Mapping[str, Any]]
) -> None:
    """Other names, validity, branding, or whether duties are separated (under "")."""
    check_system(actor)
    if tables.get("", {}).get("separate_duties"):
        _check_separable(product, actor)

    def change(slug: str, files: Files) -> Files:
        path = path_in(slug, TENANT_FILE)
        for name, values in tables.items():
            files[path] = edited_table(files[path], name, values)
        return files

    change_files(product, actor, "tenant.identity", change)


def _check_separable(product: Product, actor: Actor) -> None:
    """Refuse to separate duties while nobody could look after people or read the log."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        held = {
            row.capacity
            for row in tx.all(
                select(memberships.c.capacity).where(
                    memberships.c.tenant_id == TENANT, memberships.c.active.is_(True)
                )
            )
        }
    words = {
        "security": ("安全管理员", "a security administrator"),
        "auditor": ("审计员", "an auditor"),
    }
    missing = [words[name] for name in words if name not in held]
    if missing:
        zh = "、".join(one[0] for one in missing)
        raise TenantRefused(
            [
                Problem(
                    TENANT_FILE,
                    "separate_duties",
                    "unstaffed",
                    f"分立之前须先有{zh}",
                    f"first appoint {', '.join(one[1] for one in missing)}",
                )
            ]
        )


def change_list(
    product: Product, actor: Actor, name: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Other roles, procedures or seals."""
    check_system(actor)

    def change(slug: str, files: Files) -> Files:
        path = path_in(slug, TENANT_FILE)
        files[path] = edited_list(files[path], name, rows)
        return files

    change_files(product, actor, f"tenant.{name}", change)


def change_units(product: Product, actor: Actor, body: bytes) -> None:
    """Other organisation units: the whole of ``organisation.csv``."""
    check_system(actor)

    def change(slug: str, files: Files) -> Files:
        return {**files, path_in(slug, ORGANISATION_FILE): body}

    change_files(product, actor, "tenant.units", change)


def change_calendar(product: Product, actor: Actor, tables: Mapping[str, Any]) -> None:
    """Other exceptions, complete years and office hours."""
    check_system(actor)

    def change(slug: str, files: Files) -> Files:
        path = path_in(slug, CALENDAR_FILE)
        body = files.get(path, b"")
        plain = {key: tables[key] for key in ("complete_years",) if key in tables}
        body = edited_table(body, "", plain)
        if tables.get("office_hours"):
            body = edited_table(body, "office_hours", tables["office_hours"])
        body = edited_list(body, "exceptions", tables.get("exceptions", ()))
        return {**files, path: body}

    change_files(product, actor, "tenant.calendar", change)


def change_parameters(
    product: Product, actor: Actor, values: Mapping[str, Mapping[str, Any] | None]
) -> None:
    """Own values of parameters by key; None lets the value from above hold again."""
    check_system(actor)

    def change(slug: str, files: Files) -> Files:
        path = path_in(slug, TENANT_FILE)
        for key, value in values.items():
            files[path] = edited_parameter(files[path], key, value)
        return files

    change_files(product, actor, "tenant.parameters", change)


def parameters_beside(
    product: Product, actor: Actor
) -> dict[str, tuple[Parameter, Parameter | None]]:
    """Every parameter of the tenant by key, beside what would hold without its own value."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        slug = product.world.offices.get(tx).slug
    sources = sources_here(product)
    above = lineage(slug, sources)[:-1]
    return {
        key: (own, merge_parameter(key, above)[0] if above else None)
        for key, own in resolve_parameters(slug, sources).items()
    }
