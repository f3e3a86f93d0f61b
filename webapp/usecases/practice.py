"""练习: a throw-away tenant beside the real one, with synthetic cases, made anew at will.

It has the files of the tenant under another name and the people with their accounts. Nothing of it
leaves it: messages to others are not sent, its public pages do not exist.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from engine.actors import Actor, actor_from_row, add_membership, people_for
from engine.audit import note_act
from engine.canonical import canonical, digest
from engine.cases.lifecycle import start_case
from engine.definitions.loading import Edit, load_tenant
from engine.errors import LuchengError
from engine.ids import new_id
from engine.store.control import accounts, tenants
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import memberships, settings
from engine.tenancy.editing import edited_table
from engine.tenancy.model import COMMISSIONED, Capacity
from engine.tenancy.schema import TENANT_FILE
from engine.tenancy.stage import STAGE, Stage
from engine.work_items.items import complete_item
from engine.work_items.lists import items_of
from webapp.product import Product
from webapp.usecases.administering import check_system
from webapp.usecases.opening_tenants import new_password
from webapp.usecases.people import ensure_enterprise
from webapp.usecases.sampling import sample_answer
from webapp.usecases.sign_in import hash_password
from webapp.usecases.tenant_settings import Files, own_files, path_in, sources_here

CASES = 20
MOST_STEPS = 5
WAITING = ("offered", "claimed")
SUFFIX, MARK = "-practice-", "（练习）"
LONGEST_SLUG, LONGEST_SHORT = 40, 20


@dataclass(frozen=True)
class Practice:
    """A practice that was made: where it is and how many cases wait in it."""

    slug: str
    name: str
    cases: int


def practice_here(product: Product, actor: Actor) -> str:
    """The name of the practice there is; empty when there is none."""
    found = _open_ones(product, _slug_of(product, actor))
    return found[-1].name if found else ""


def reset_practice(product: Product, actor: Actor) -> Practice:
    """Make the practice anew: the one before is closed, and a fresh one has twenty cases."""
    check_system(actor)
    slug, files = own_files(product, actor)
    before = _open_ones(product, slug)
    number = _next_number(product, slug)
    fresh = f"{slug[: LONGEST_SLUG - len(SUFFIX) - len(str(number))]}{SUFFIX}{number}"
    tenant_id, name = _load(product, slug, fresh, files)
    people = _bring_people(product, actor, tenant_id)
    made = _play(product, tenant_id, people)
    _close(product, [row.id for row in before])
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        note_act(tx, actor, "tenant.practice", fresh, now, {"cases": made})
    return Practice(fresh, name, made)


def _slug_of(product: Product, actor: Actor) -> str:
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return product.world.offices.get(tx).slug


def _every(product: Product, slug: str) -> list[Any]:
    """The practices there ever were, the first one first."""
    stem = slug[: LONGEST_SLUG - len(SUFFIX) - 2]
    named = re.compile(rf"{re.escape(stem)}[a-z0-9-]{{0,2}}{SUFFIX}(\d+)")
    with product.db.control(read_only=True) as control:
        rows = control.all(select(tenants).where(tenants.c.slug.like(f"{stem}%{SUFFIX}%")))
    mine = [row for row in rows if named.fullmatch(row.slug)]
    return sorted(mine, key=lambda row: int(row.slug.rpartition("-")[2]))


def _open_ones(product: Product, slug: str) -> list[Any]:
    found = []
    for row in _every(product, slug):
        with product.db.tenant(row.id, read_only=True) as tx:
            if row.closed_at is None and product.world.offices.get(tx).practice_of == slug:
                found.append(row)
    return found


def _next_number(product: Product, slug: str) -> int:
    every = _every(product, slug)
    return int(every[-1].slug.rpartition("-")[2]) + 1 if every else 1


def _load(product: Product, slug: str, fresh: str, files: Mapping[str, bytes]) -> tuple[UUID, str]:
    """The tenant's own files under another name, live at once."""
    renamed: Files = {
        re.sub(rf"^([a-z]+)/{re.escape(slug)}/", rf"\1/{fresh}/", path): body
        for path, body in files.items()
    }
    path = path_in(fresh, TENANT_FILE)
    own = sources_here(product).tenant(slug)
    name = own.names.zh + MARK
    short = own.names.short[: LONGEST_SHORT - len(MARK)] + MARK
    renamed[path] = edited_table(renamed[path], "", {"slug": fresh})
    renamed[path] = edited_table(renamed[path], "name", {"zh": name, "short": short})

    def note(tx: Unit) -> None:
        value = {"stage": Stage.LIVE.value, "practice_of": slug}
        tx.insert(settings, name=STAGE, value=value, digest=digest(canonical(value)))

    edit = Edit({}, note, None, "练习")
    sources = sources_here(product, {fresh: renamed})
    return load_tenant(product.db, product.world, fresh, sources, edit).tenant_id, name


def _bring_people(product: Product, actor: Actor, tenant_id: UUID) -> list[Actor]:
    """Everybody of the authority with his account, and an enterprise that applies."""
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        rows = tx.all(
            select(memberships).where(
                memberships.c.tenant_id == TENANT, memberships.c.active.is_(True)
            )
        )
        roles = product.world.offices.get(tx).facts["roles"]
    spared = (*map(str, COMMISSIONED), str(Capacity.APPLICANT), str(Capacity.PLATFORM))
    own = [row for row in rows if row.capacity not in spared]
    applying = [role["code"] for role in roles if role["capacity"] == Capacity.APPLICANT]
    enterprise = ensure_enterprise(
        product.db, f"PRACTICE{secrets.token_hex(5).upper()}", "练习企业", now
    )
    with product.db.tenant(tenant_id) as tx:
        for row in own:
            _add(tx, row.account_id, row.username, row.name, row, now)
        if applying:
            username = f"practice-{secrets.token_hex(5)}"
            account = _account(tx, username, now)
            facts = {
                "capacity": Capacity.APPLICANT.value,
                "unit_code": None,
                "title": "",
                "roles": [[code, ""] for code in applying],
                "enterprise_id": enterprise,
            }
            _add(tx, account, username, "练习企业经办人", facts, now)
        return [actor_from_row(row) for row in _members(tx)]


def _account(tx: Unit, username: str, now: datetime) -> UUID:
    """An account nobody knows the password of."""
    account_id = new_id()
    tx.insert(
        accounts,
        id=account_id,
        username=username,
        password_hash=hash_password(new_password()),
        name="练习企业经办人",
        active=True,
        created_at=now,
    )
    return account_id


def _add(tx: Unit, account_id: UUID, username: str, name: str, given: Any, now: datetime) -> None:
    facts = given if isinstance(given, Mapping) else given._mapping
    add_membership(
        tx,
        account_id=account_id,
        username=username,
        name=name,
        title=facts["title"],
        capacity=facts["capacity"],
        unit_code=facts["unit_code"],
        enterprise_id=facts["enterprise_id"],
        body_id=None,
        roles=facts["roles"],
        active=True,
        created_at=now,
    )


def _members(tx: Unit) -> Sequence[Any]:
    return tx.all(select(memberships).where(memberships.c.tenant_id == TENANT))


# ---------------------------------------------------------------- synthetic cases


def _play(product: Product, tenant_id: UUID, people: Sequence[Actor]) -> int:
    """Twenty cases of the procedures in turn, each some steps further; how many there are."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        offered = product.world.offices.get(tx).facts["procedures"]
    ways = [(one["id"], who) for one in offered for who in _starters(one, people)[:1]]
    made = 0
    for number in range(CASES if ways else 0):
        procedure, who = ways[number % len(ways)]
        try:
            case = start_case(product.db, product.world, who, procedure, {})["id"]
        except LuchengError:
            continue  # it begins with a form, or by an event: somebody has to do it himself
        made += 1
        for _ in range(number // len(ways) % (MOST_STEPS + 1)):
            if not _step(product, tenant_id, UUID(case), number):
                break
    return made


def _starters(procedure: Mapping[str, Any], people: Sequence[Actor]) -> list[Actor]:
    return [who for who in people if any(who.has_role(role) for role in procedure["starters"])]


def _step(product: Product, tenant_id: UUID, case_id: UUID, number: int) -> bool:
    """Do one step with made-up answers; False where it takes a person, or nothing waits."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        waiting = [item for item in items_of(tx, case_id) if item.status in WAITING]
        able = people_for(tx, waiting[0].candidates) if waiting else []
    able = [who for who in able if who.may_act]
    if not able:
        return False
    item, who = waiting[0], able[number % len(able)]
    try:
        answer = sample_answer(product, who, item, number)
        complete_item(product.db, product.world, who, item.id, item.revision, answer)
    except LuchengError:
        return False
    return True


def _close(product: Product, ids: Sequence[UUID]) -> None:
    """Nobody signs in there any more; what is in it stays until an operator removes it."""
    now = product.clock.now()
    with product.db.control() as control:
        control.execute(update(tenants).where(tenants.c.id.in_(list(ids))).values(closed_at=now))
