"""A tenant is opened: by the platform administrator, who names its first administrator; the rest
is that administrator's work."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from engine.actors import Actor
from engine.audit import note_act
from engine.canonical import canonical, digest
from engine.definitions.loading import Edit, load_tenant
from engine.errors import NotFound
from engine.store.control import accounts, tenants
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import memberships, settings
from engine.tenancy.beginning import LEVEL_FILE, Newcomer, first_files, newcomer_problems
from engine.tenancy.demo import USERNAME
from engine.tenancy.model import LEVELS, Capacity
from engine.tenancy.problems import Problem, refuse_if_any
from engine.tenancy.stage import STAGE, Stage
from webapp.places import data_root
from webapp.product import Product
from webapp.usecases.administering import check_platform
from webapp.usecases.identity import add_account
from webapp.usecases.people import add_person
from webapp.usecases.sign_in import hash_password
from webapp.usecases.tenant_settings import sources_here

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody takes for one another."""
GROUPS, PER_GROUP = 4, 4
FIRST_ROLE = "admin"


@dataclass(frozen=True)
class FirstAdministrator:
    """Who is to look after a new tenant."""

    username: str
    name: str


@dataclass(frozen=True)
class Opened:
    """A new tenant; the password of its first administrator is told this once."""

    tenant_id: UUID
    slug: str
    username: str
    password: str


@dataclass(frozen=True)
class Overseen:
    """A tenant as the platform sees it: what it is, and nothing of what is in it."""

    slug: str
    name: str
    level: str
    parent: str
    stage: Stage
    people: int
    practice_of: str


def new_password() -> str:
    """A password that nobody guesses and everybody can type."""
    parts = ("".join(secrets.choice(_LETTERS) for _ in range(PER_GROUP)) for _ in range(GROUPS))
    return "-".join(parts)


def open_tenant(
    product: Product, actor: Actor | None, new: Newcomer, first: FirstAdministrator
) -> Opened:
    """Make a tenant of the template of its level, in preparation, with its first administrator.

    TenantRefused names every fault by key and nothing is made. Without an ``actor`` the operator
    of the installation does it.
    """
    if actor is not None:
        check_platform(actor)
    refuse_if_any([*newcomer_problems(new), *_problems(product, new, first)])
    now = product.clock.now()
    template = level_template(new.level)
    files = first_files(new, template.read_bytes(), now.date())
    sources = sources_here(product, {new.slug: files})

    def note(tx: Unit) -> None:
        value = {"stage": Stage.PREPARING.value}
        tx.insert(settings, name=STAGE, value=value, digest=digest(canonical(value)))
        told = {"level": new.level, "parent": new.parent, "administrator": first.username}
        by = actor if actor is not None and actor.tenant_id == tx.tenant_id else None
        label = "" if actor is None else actor.label
        note_act(tx, by, "tenant.new", new.slug, now, {**told, "by": label})

    edit = Edit({}, note, None, "开户")
    loaded = load_tenant(product.db, product.world, new.slug, sources, edit)
    password = new_password()
    add_account(product.db, first.username, first.name, hash_password(password), now)
    facts = {"name": first.name, "capacity": Capacity.ADMIN.value, "roles": [FIRST_ROLE]}
    add_person(product, new.slug, first.username, password, facts)
    return Opened(loaded.tenant_id, new.slug, first.username, password)


def level_template(level: str) -> Path:
    """The file a tenant of this level begins with."""
    return data_root() / LEVEL_FILE.format(level=level)


def _problems(product: Product, new: Newcomer, first: FirstAdministrator) -> list[Problem]:
    """What only the installation can tell to be wrong."""
    found: list[Problem] = []

    def tell(key: str, code: str, zh: str, en: str) -> None:
        found.append(Problem("", key, code, zh, en))

    if new.level and new.level not in LEVELS:
        tell("level", "unknown_level", f"没有级别 {new.level}", f"there is no level {new.level!r}")
    with product.db.control(read_only=True) as control:
        rows = {row.slug: row for row in control.all(select(tenants))}
        taken = control.one(select(accounts.c.id).where(accounts.c.username == first.username))
    if new.slug in rows:
        tell("slug", "duplicate_slug", f"已有租户 {new.slug}", f"{new.slug} exists already")
    if new.parent and new.parent not in rows:
        tell("parent", "unknown_parent", f"没有租户 {new.parent}", f"no tenant {new.parent!r}")
    elif new.level in LEVELS and new.parent:
        above = rows[new.parent].level
        if LEVELS.index(above) >= LEVELS.index(new.level):
            tell("parent", "level_order", "上级租户的级别须高于本级", "it does not stand above")
    if not USERNAME.fullmatch(first.username):
        zh, en = "用户名须为小写字母、数字、连字符", "lower-case letters, digits and hyphens"
        tell("username", "bad_username", zh, en)
    elif taken is not None:
        tell("username", "username_taken", f"用户名 {first.username} 已被占用", "it is taken")
    if not first.name.strip() or not first.name.isprintable():
        tell("name", "missing", "请填写首位管理员的姓名", "the administrator's name is required")
    return found


def oversee(product: Product, actor: Actor | None) -> Sequence[Overseen]:
    """Every tenant, the upper before the lower, with its stage; no word of its cases."""
    if actor is not None:
        check_platform(actor)
    with product.db.control(read_only=True) as control:
        open_ones = select(tenants).where(tenants.c.closed_at.is_(None))
        rows = control.all(open_ones.order_by(tenants.c.created_at))
    slugs = {row.id: row.slug for row in rows}
    found = []
    for row in sorted(rows, key=lambda one: LEVELS.index(one.level)):
        with product.db.tenant(row.id, read_only=True) as tx:
            count = tx.scalar(
                select(func.count())
                .select_from(memberships)
                .where(memberships.c.tenant_id == TENANT, memberships.c.active.is_(True))
            )
            try:
                office = product.world.offices.get(tx)
            except NotFound:
                continue  # it is being made at this moment
        found.append(
            Overseen(
                slug=row.slug,
                name=office.name,
                level=row.level,
                parent=slugs.get(row.parent_id, ""),
                stage=office.stage,
                people=int(count or 0),
                practice_of=office.practice_of,
            )
        )
    return found
