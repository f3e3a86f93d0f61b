"""What a person still has to do after the right password, before he is let in."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from engine.actors import Actor, load_actor
from engine.errors import LuchengError
from engine.tenancy.model import Capacity
from webapp.product import Product
from webapp.usecases.identity import open_token
from webapp.usecases.passwords import (
    PasswordRefused,
    account_of,
    check_password,
    is_too_old,
    policy_of,
    set_password,
)
from webapp.usecases.second_factor import check_code, has_second_factor
from webapp.usecases.sign_in import Credentials, Origin, is_password_of, verify_credentials

FOR_ADMINISTRATORS = "account.admin.second_factor"


class Step(StrEnum):
    """What is asked for next."""

    CODE = "code"
    ENROL = "second-factor"
    PASSWORD = "password"  # noqa: S105 - the name of a step


class StepNeeded(LuchengError):
    """The password is right and not enough; ``facts['step']`` says what is missing."""

    code = "second_factor"

    def __init__(self, step: Step) -> None:
        super().__init__(
            "还需要完成两步验证或者更换密码，请在网页上登录",
            "a second factor or a new password is needed first; sign in on the pages",
            step=str(step),
        )


def steps_after(product: Product, actor: Actor) -> list[Step]:
    """What is asked of a person whose password was right, in this order."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
    asked = []
    if has_second_factor(product, actor.account_id):
        asked.append(Step.CODE)
    elif actor.capacity == Capacity.ADMIN and office.parameters.get(FOR_ADMINISTRATORS, False):
        asked.append(Step.ENROL)
    row = account_of(product, actor.account_id)
    if is_too_old(row, policy_of(office), product.clock.now()):
        asked.append(Step.PASSWORD)
    return asked


def waiting_person(product: Product, tenant_id: UUID, membership_id: UUID) -> Actor | None:
    """Who gave the right password and is not let in yet; None when he no longer works here."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return load_actor(tx, membership_id)


def renew_password(product: Product, actor: Actor, new: str, again: str) -> None:
    """A new password for somebody whose old one was just checked and is too old."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
    row = account_of(product, actor.account_id)
    if new != again:
        raise PasswordRefused("两次输入的新密码不同", "the two new passwords differ", code="again")
    check_password(policy_of(office), row.username, new)
    if is_password_of(row, new):
        raise PasswordRefused("新密码与原密码相同", "the new password is the old one")
    set_password(product, actor.account_id, new)


def issue_token(product: Product, given: Credentials, origin: Origin, code: str = "") -> str:
    """A bearer token for the API; StepNeeded when the pages would ask for more than is given."""
    now, days = product.clock.now(), product.settings.token_days
    who = verify_credentials(product.db, given, origin, now)
    for step in steps_after(product, who):
        if step is not Step.CODE or not code:
            raise StepNeeded(step)
        check_code(product, who.account_id, code)
    return open_token(product.db, who, now=now, days=days)
