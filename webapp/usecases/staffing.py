"""The people of a tenant: a table is taken whole or not at all, with a word about every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy import select

from engine.actors import Actor, add_membership, change_membership
from engine.audit import note_act
from engine.errors import Conflict, Invalid, NotFound
from engine.ids import new_id
from engine.office import Office
from engine.store.control import accounts
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import memberships, units
from engine.tenancy.demo import USERNAME
from engine.tenancy.model import OUTSIDE
from engine.tenancy.problems import Problem, refuse_if_any
from engine.tenancy.rows import Row
from webapp.product import Product
from webapp.usecases.access import close_access
from webapp.usecases.administering import check_staffing
from webapp.usecases.opening_tenants import new_password
from webapp.usecases.sheets import Column, TableShape, told_by

SEPARATORS = str.maketrans("；;，,", "、、、、")
MOST_NEW = 3_000

_cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""For passwords drawn here: nobody guesses them, however cheap a guess; the first sign-in keeps
the password like everybody's."""


@dataclass(frozen=True)
class Told:
    """What became of one row: ``added``, ``changed`` or ``same``; a new password is told once."""

    line: int
    username: str
    name: str
    what: str
    password: str = ""


@dataclass(frozen=True)
class Placed:
    """One row, understood."""

    line: int
    username: str
    name: str
    title: str
    unit: str
    roles: tuple[str, ...]
    capacity: str

    @property
    def facts(self) -> dict[str, Any]:
        """The row as a membership keeps it."""
        return {
            "name": self.name,
            "title": self.title,
            "unit_code": self.unit or None,
            "capacity": self.capacity,
            "roles": [[role, self.unit] for role in self.roles],
        }


@dataclass(frozen=True)
class Frame:
    """What the table of people is checked against: the roles as settings keep them, and the units
    by code and name."""

    roles: Sequence[Mapping[str, Any]]
    units: Sequence[tuple[str, str]]


def people_shape(frame: Frame) -> TableShape:
    """The table of people."""
    return TableShape(
        "people",
        "人员",
        (
            Column("username", "用户名", required=True, hint="小写字母、数字、连字符"),
            Column("name", "姓名", required=True),
            Column("title", "职务"),
            Column("unit", "单位", choices=tuple(frame.units)),
            Column("roles", "角色", required=True, hint="多个角色用顿号隔开"),
        ),
    )


def own_units(tx: Unit) -> list[tuple[str, str]]:
    """The units of the tenant by code and name."""
    query = select(units.c.code, units.c.name).where(units.c.tenant_id == TENANT)
    return [(row.code, row.name) for row in tx.all(query.order_by(units.c.code))]


def people_here(product: Product, actor: Actor) -> tuple[TableShape, list[Any]]:
    """The table of people and everybody of the authority, those who left included."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
        check_staffing(actor, office)
        rows = _own_rows(tx)
        return people_shape(frame_of(office, tx)), rows


def frame_of(office: Office, tx: Unit) -> Frame:
    """What the tenant has now."""
    return Frame(office.facts["roles"], own_units(tx))


def _own_rows(tx: Unit) -> list[Any]:
    query = select(memberships).where(
        memberships.c.tenant_id == TENANT,
        memberships.c.capacity.not_in([*map(str, OUTSIDE), "platform"]),
    )
    return list(tx.all(query.order_by(memberships.c.username)))


def as_row(office: Office, row: Any) -> dict[str, str]:
    """A membership as a row of the table."""
    names = {role["code"]: role["name_zh"] for role in office.facts["roles"]}
    held = dict.fromkeys(str(names.get(role, role)) for role, _ in row.roles)
    return {
        "username": row.username,
        "name": row.name,
        "title": row.title,
        "unit": row.unit_code or "",
        "roles": "、".join(held),
    }


def take_people(product: Product, actor: Actor, rows: Sequence[Row]) -> list[Told]:
    """Add and change people as the rows say; TenantRefused names every fault by row.

    Who is not in the table stays as he is. New people get a password that is told once.
    """
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
        check_staffing(actor, office)
        known = {row.username: row for row in _every(tx)}
        frame = frame_of(office, tx)
    placed = check_people(product, actor, rows, frame)
    fresh = {p.username: new_password() for p in placed if p.username not in known}
    if len(fresh) > MOST_NEW:
        raise Invalid(f"一次最多新增 {MOST_NEW} 人", f"at most {MOST_NEW} new people at once")
    hashes = {name: _cheap.hash(password) for name, password in fresh.items()}
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        told = [_take(tx, one, known.get(one.username), hashes, now) for one in placed]
        counts = {w: sum(t.what == w for t in told) for w in ("added", "changed")}
        if any(counts.values()):
            names = [t.username for t in told if t.what != "same"]
            note_act(tx, actor, "people.take", office.slug, now, {**counts, "names": names})
    return [replace(one, password=fresh.get(one.username, "")) for one in told]


def check_people(product: Product, actor: Actor, rows: Sequence[Row], frame: Frame) -> list[Placed]:
    """The rows understood; TenantRefused names every fault by row and column."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        check_staffing(actor, product.world.offices.get(tx))
        known = {row.username: row for row in _every(tx)}
    placed, problems = _understood(frame, rows)
    problems += _standing(product, actor, placed, known, rows)
    shape = people_shape(frame)
    refuse_if_any(told_by(shape, one) for one in problems)
    return placed


def _every(tx: Unit) -> Sequence[Any]:
    return tx.all(select(memberships).where(memberships.c.tenant_id == TENANT))


def _understood(frame: Frame, rows: Sequence[Row]) -> tuple[list[Placed], list[Problem]]:
    roles = {role["code"]: role for role in frame.roles}
    by_name = {role["name_zh"]: role for role in frame.roles}
    placed: list[Placed] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row in rows:
        cells = row.cells
        username = cells["username"]
        said = [one for one in cells["roles"].translate(SEPARATORS).split("、") if one.strip()]
        held = [roles.get(one.strip()) or by_name.get(one.strip()) for one in said]
        problems += _row_problems(row, said, held, seen)
        seen.setdefault(username, row.line)
        found = [one for one in held if one is not None]
        placed.append(
            Placed(
                line=row.line,
                username=username,
                name=cells["name"],
                title=cells["title"],
                unit=cells["unit"],
                roles=tuple(one["code"] for one in found),
                capacity=found[0]["capacity"] if found else "",
            )
        )
    return placed, problems


def _row_problems(
    row: Row, said: Sequence[str], held: Sequence[Mapping[str, Any] | None], seen: dict[str, int]
) -> list[Problem]:
    found = []
    username = row.cells["username"]
    if username and not USERNAME.fullmatch(username):
        zh, en = "须为小写字母、数字、连字符", "lower-case letters, digits and hyphens"
        found.append(row.problem("username", "bad_username", zh, en))
    if username in seen:
        zh, en = f"{username} 与第 {seen[username]} 行重复", f"{username} is given twice"
        found.append(row.problem("username", "duplicate_code", zh, en))
    for name, role in zip(said, held, strict=True):
        if role is None:
            zh, en = f"没有角色 {name}", f"there is no role {name!r}"
            found.append(row.problem("roles", "unknown_role", zh, en))
        elif role["capacity"] in OUTSIDE:
            zh = f"角色 {name} 不属于本单位人员，由企业或机构的账号担任"
            found.append(row.problem("roles", "outside_role", zh, "this role is held by outsiders"))
    if len({role["capacity"] for role in held if role is not None}) > 1:
        zh = "一人只能以一种身份任职：这些角色的身份不同"
        en = "these roles are of different capacities; a person has one"
        found.append(row.problem("roles", "capacity_differs", zh, en))
    return found


def _standing(
    product: Product,
    actor: Actor,
    placed: Sequence[Placed],
    known: Mapping[str, Any],
    rows: Sequence[Row],
) -> list[Problem]:
    """What stands in the way here: names that others have, and one's own standing."""
    names = [one.username for one in placed if one.username not in known]
    with product.db.control(read_only=True) as control:
        query = select(accounts.c.username).where(accounts.c.username.in_(names))
        taken = {row.username for row in control.all(query)}
    found = []
    for one, row in zip(placed, rows, strict=True):
        here = known.get(one.username)
        if one.username in taken:
            zh, en = f"用户名 {one.username} 已被占用，请换一个", "this user name is taken"
            found.append(row.problem("username", "username_taken", zh, en))
        elif here is not None and here.capacity in (*OUTSIDE, "platform"):
            zh, en = f"{one.username} 不是本单位人员", f"{one.username} is not of the authority"
            found.append(row.problem("username", "outsider", zh, en))
        elif one.username == actor.username and one.capacity != actor.capacity:
            zh, en = "不能改变自己的身份", "nobody changes his own capacity"
            found.append(row.problem("roles", "own_capacity", zh, en))
    return found


def _take(tx: Unit, one: Placed, here: Any, hashes: Mapping[str, str], now: Any) -> Told:
    if here is not None:
        facts = one.facts
        same = all(_same(getattr(here, name), value) for name, value in facts.items())
        if not same:
            change_membership(tx, here, **facts)
        return Told(one.line, one.username, one.name, "same" if same else "changed")
    account_id = new_id()
    tx.insert(
        accounts,
        id=account_id,
        username=one.username,
        password_hash=hashes[one.username],
        name=one.name,
        active=True,
        created_at=now,
    )
    add_membership(
        tx,
        account_id=account_id,
        username=one.username,
        enterprise_id=None,
        body_id=None,
        active=True,
        created_at=now,
        **one.facts,
    )
    return Told(one.line, one.username, one.name, "added")


def _same(before: Any, after: Any) -> bool:
    if isinstance(after, list):
        return [list(one) for one in before] == after
    return bool(before == after)


def switch_person(product: Product, actor: Actor, membership_id: UUID, *, active: bool) -> None:
    """Let somebody leave, or come back; who leaves is signed out everywhere here.

    Conflict for oneself. What is with him stays until it is handed over.
    """
    with product.db.tenant(actor.tenant_id) as tx:
        check_staffing(actor, product.world.offices.get(tx))
        row = tx.get(memberships, membership_id)
        if row is None or row.capacity in (*OUTSIDE, "platform"):
            raise NotFound("没有这个人", "there is no such person")
        if membership_id == actor.membership_id:
            raise Conflict("不能停用自己", "nobody switches himself off")
        tx.update(memberships, memberships.c.id == membership_id, active=active)
        act = "people.return" if active else "people.retire"
        note_act(tx, actor, act, row.username, product.clock.now(), {"name": row.name})
    if not active:
        close_access(product.db, actor.tenant_id, [membership_id])
