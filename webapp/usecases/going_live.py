"""上线: what has to hold before a tenant works in earnest, and the stages it goes through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.actors import Actor
from engine.audit import note_act
from engine.bpmn.model import Node
from engine.canonical import canonical, digest
from engine.definitions.bundles import Bundle, bundles_in_force
from engine.definitions.loading import tenant_id_of
from engine.errors import Refused
from engine.gate.report import Verdict
from engine.ids import new_id
from engine.messaging.outbox import post_message
from engine.office import Office
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import (
    bundles,
    channels,
    membership_principals,
    memberships,
    notifications,
    parameters,
    settings,
    wishes,
)
from engine.tenancy.model import OUTSIDE, Capacity
from engine.tenancy.stage import STAGE, Stage, check_follows
from engine.timing.dispatch import hold_back, let_go
from engine.work_items.telling import person
from webapp.bindings.messages import ESCALATION
from webapp.product import Product
from webapp.usecases.administering import check_changeable, check_platform, check_system
from webapp.usecases.second_factor import with_second_factor

TRIAL = "trial:"
"""How the key of a message begins that only tests whether messages arrive."""
TIMES = ("working-day", "calendar-day", "month", "year", "month-day")
PROCEDURES, ROLES, DEADLINES = "procedures", "roles", "deadlines"
SECOND_FACTOR, NOTIFICATION = "second-factor", "notification"


Words = tuple[str, str]
"""A sentence in Chinese and in English."""


@dataclass(frozen=True)
class Check:
    """One thing that has to hold; ``missing`` says what does not, in Chinese and English."""

    name: str
    missing: tuple[Words, ...]

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return not self.missing


@dataclass(frozen=True)
class Standing:
    """How far a tenant is."""

    stage: Stage
    checks: Sequence[Check]
    practice_of: str

    @property
    def is_ready(self) -> bool:
        """Whether everything holds."""
        return all(check.holds for check in self.checks)


class NotReady(Refused):
    """The tenant cannot go live yet; ``facts['findings']`` says what is missing."""

    code = "not_ready"

    def __init__(self, checks: Sequence[Check]) -> None:
        missing = [word for check in checks for word in check.missing]
        super().__init__(
            f"还不能上线：{'；'.join(word[0] for word in missing)}",
            f"{len(missing)} things are missing before going live",
            findings=[
                {"element": check.name, "message": word[0], "message_en": word[1]}
                for check in checks
                for word in check.missing
            ],
        )


def standing(product: Product, actor: Actor) -> Standing:
    """How far the actor's tenant is and what it still lacks."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
        checks = list(_checks(product, tx, office))
        admins = _administrators(tx)
    with product.db.control(read_only=True) as control:
        protected = with_second_factor(control, admins)
    nobody = ("还没有管理员启用两步验证", "no administrator has a second factor yet")
    lacking = () if protected else (nobody,)
    checks.insert(3, Check(SECOND_FACTOR, lacking))
    return Standing(office.stage, checks, office.practice_of)


def _checks(product: Product, tx: Unit, office: Office) -> Iterator[Check]:
    offered = {one["id"]: one["title"] for one in office.facts["procedures"]}
    in_force = bundles_in_force(tx, product.clock.now())
    found = {
        ref: product.world.bundles.get(tx, in_force[ref]) for ref in offered if ref in in_force
    }
    verdicts = {
        row.id: row.verdict
        for row in tx.all(
            select(bundles.c.id, bundles.c.verdict).where(
                bundles.c.tenant_id == TENANT, bundles.c.id.in_([b.id for b in found.values()])
            )
        )
    }
    unsound = [
        (f"“{title}”没有证明能够办结", f"{ref} is not proved")
        if ref in found
        else (f"“{title}”尚未发布", f"{ref} is not published")
        for ref, title in offered.items()
        if ref not in found or verdicts[found[ref].id] != Verdict.SOUND
    ]
    yield Check(PROCEDURES, tuple(unsound) if offered else (_NOTHING_OFFERED,))
    yield Check(ROLES, tuple(_unstaffed(tx, office)))
    roles = {role["code"]: role["capacity"] for role in office.facts["roles"]}
    yield Check(DEADLINES, (*_unconfirmed(tx, found.values()), *_endless(found, roles)))
    yield Check(NOTIFICATION, () if _is_told(tx) else (_NOT_TESTED,))


_NOTHING_OFFERED = ("还没有选择事项", "no procedure is offered yet")
_NOT_TESTED = (
    "通知还没有测试：发一条测试消息并标为已读",
    "notification is not tested: send a trial message and mark it as read",
)


def _unstaffed(tx: Unit, office: Office) -> Iterator[Words]:
    """Roles of the authority that nobody holds."""
    query = (
        select(membership_principals.c.principal)
        .join(
            memberships,
            (memberships.c.tenant_id == membership_principals.c.tenant_id)
            & (memberships.c.id == membership_principals.c.membership_id),
        )
        .where(membership_principals.c.tenant_id == TENANT, memberships.c.active.is_(True))
        .distinct()
    )
    held = {row.principal for row in tx.all(query)}
    spared = {*map(str, OUTSIDE)}
    if not office.facts.get("separates_duties"):
        spared.add(str(Capacity.SECURITY))  # the administrator looks after people himself
    for role in office.facts["roles"]:
        if role["capacity"] not in spared and role["code"] not in held:
            yield f"角色“{role['name_zh']}”无人担任", f"nobody holds the role {role['code']}"


def _unconfirmed(tx: Unit, found: Iterable[Bundle]) -> Iterator[Words]:
    """Periods and days that the procedures read and somebody still has to confirm."""
    drawn = [diagram.source for bundle in found for diagram in bundle.diagrams.values()]
    rows = tx.all(select(parameters).where(parameters.c.tenant_id == TENANT))
    for row in rows:
        is_read = any(row.key.encode() in source for source in drawn)
        if is_read and row.facts["unit"] in TIMES and row.facts["to_be_confirmed"]:
            yield f"期限“{row.facts['title']}”待确认", f"{row.key} has to be confirmed"


def _endless(found: Mapping[str, Bundle], roles: Mapping[str, str]) -> Iterator[Words]:
    """Steps of the authority without a deadline."""
    told: set[str] = set()
    for bundle in found.values():
        for process in bundle.processes.values():
            for node in process.body.walk():
                if node.id not in told and _is_endless(node, roles):
                    told.add(node.id)
                    yield f"环节“{node.name or node.id}”没有期限", f"step {node.id} has no deadline"


def _is_endless(node: Node, roles: Mapping[str, str]) -> bool:
    """Whether a step of people of the authority has no deadline."""
    groups = node.zeebe.candidate_groups
    if not node.zeebe.form_id or node.zeebe.due_date or not groups or groups.startswith("="):
        return False
    named = [one.strip().partition("@")[0] for one in groups.split(",")]
    return any(roles.get(one) not in (None, *map(str, OUTSIDE)) for one in named)


def _is_told(tx: Unit) -> bool:
    """Whether a message has come to somebody: read here, confirmed by mail, taken by a group."""
    own = notifications.c
    arrived = (
        select(own.id).where(
            own.tenant_id == TENANT, own.key.like(f"{TRIAL}%"), own.read_at.is_not(None)
        ),
        select(wishes.c.id).where(wishes.c.tenant_id == TENANT, wishes.c.confirmed_at.is_not(None)),
        select(channels.c.id).where(
            channels.c.tenant_id == TENANT, channels.c.answered_at.is_not(None)
        ),
    )
    return any(tx.one(query.limit(1)) is not None for query in arrived)


def _administrators(tx: Unit) -> list[Any]:
    query = select(memberships.c.account_id).where(
        memberships.c.tenant_id == TENANT,
        memberships.c.active.is_(True),
        memberships.c.capacity == Capacity.ADMIN.value,
    )
    return [row.account_id for row in tx.all(query)]


def try_notification(product: Product, actor: Actor) -> None:
    """Send the actor a message that says nothing but that messages arrive."""
    check_system(actor)
    told = {
        "to": [person(actor.membership_id)],
        "subject": "通知测试",
        "message": ["收到后请标为已读，上线检查即认为通知可用。"],
    }
    with product.db.tenant(actor.tenant_id) as tx:
        check_changeable(product, tx)
        post_message(tx, ESCALATION, f"{TRIAL}{new_id()}", told, product.clock.now())


# ---------------------------------------------------------------- stages


def go_live(product: Product, actor: Actor) -> None:
    """Let the tenant work in earnest; NotReady says everything that is missing."""
    check_system(actor)
    found = standing(product, actor)
    check_follows(found.stage, Stage.LIVE)
    if not found.is_ready:
        raise NotReady(found.checks)
    with product.db.tenant(actor.tenant_id) as tx:
        set_stage(product, tx, Stage.LIVE)
        slug = product.world.offices.get(tx).slug
        note_act(tx, actor, "tenant.live", slug, product.clock.now())


def set_stage(product: Product, tx: Unit, then: Stage, **more: str) -> None:
    """Write the stage of the unit's tenant; WrongStage when it does not follow the present one."""
    office = product.world.offices.get(tx)
    check_follows(office.stage, then)
    value = {"stage": then.value, **more}
    if office.practice_of:
        value["practice_of"] = office.practice_of
    tx.delete(settings, settings.c.name == STAGE)
    tx.insert(settings, name=STAGE, value=value, digest=digest(canonical(value)))


def freeze(product: Product, actor: Actor | None, slug: str, reason: str) -> None:
    """Let nothing change in a tenant any more: people look, clocks wait, nobody applies."""
    _switch(product, actor, slug, Stage.FROZEN, reason)


def thaw(product: Product, actor: Actor | None, slug: str, reason: str) -> None:
    """Let a frozen tenant work again; what fell due meanwhile happens now."""
    _switch(product, actor, slug, Stage.LIVE, reason)


def _switch(product: Product, actor: Actor | None, slug: str, then: Stage, reason: str) -> None:
    if actor is not None:
        check_platform(actor)
    now = product.clock.now()
    with product.db.tenant(tenant_id_of(product.db, slug)) as tx:
        set_stage(product, tx, then)
        if then is Stage.FROZEN:
            hold_back(tx)
        else:
            let_go(tx, now)
        by = "" if actor is None else actor.label
        act = "tenant.freeze" if then is Stage.FROZEN else "tenant.thaw"
        note_act(tx, None, act, slug, now, {"reason": reason[:500], "by": by})
