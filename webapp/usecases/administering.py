"""Who administers what: the system, its people, the installation; and who may look at the log."""

from __future__ import annotations

from engine.actors import Actor
from engine.errors import Forbidden
from engine.office import Office
from engine.store.database import Unit
from engine.tenancy.model import Capacity
from engine.tenancy.stage import check_not_frozen
from webapp.product import Product


def office_of(product: Product, actor: Actor) -> Office:
    """The settings of the actor's tenant."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return product.world.offices.get(tx)


def check_system(actor: Actor) -> None:
    """Forbidden for everybody but who administers procedures, parameters and calendar."""
    if actor.capacity != Capacity.ADMIN:
        raise Forbidden("只有流程管理员可以修改", "only an administrator may change this")


def may_staff(actor: Actor, office: Office) -> bool:
    """Whether somebody looks after people and their roles: the security administrator, and where
    duties are not separated the administrator too."""
    separates = bool(office.facts.get("separates_duties"))
    return actor.capacity == Capacity.SECURITY or (
        actor.capacity == Capacity.ADMIN and not separates
    )


def check_staffing(actor: Actor, office: Office) -> None:
    """Forbidden for those who do not look after people."""
    if not may_staff(actor, office):
        raise Forbidden(
            "只有安全管理员可以维护人员和角色"
            if office.facts.get("separates_duties")
            else "只有管理员可以维护人员和角色",
            "only the administrator of people may change this",
        )
    check_not_frozen(office.stage)


def may_audit(actor: Actor, office: Office) -> bool:
    """Whether somebody reads the audit log: the auditor, and where duties are not separated the
    administrator too. Nobody writes in it."""
    separates = bool(office.facts.get("separates_duties"))
    return actor.capacity == Capacity.AUDITOR or (
        actor.capacity == Capacity.ADMIN and not separates
    )


def check_platform(actor: Actor) -> None:
    """Forbidden for everybody but who looks after the installation."""
    if actor.capacity != Capacity.PLATFORM:
        raise Forbidden("只有平台管理员可以操作", "only a platform administrator may do this")


def check_changeable(product: Product, tx: Unit) -> Office:
    """The settings of a tenant that may be changed; WrongStage when it is frozen."""
    office = product.world.offices.get(tx)
    check_not_frozen(office.stage)
    return office
