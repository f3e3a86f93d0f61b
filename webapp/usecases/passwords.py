"""Passwords: what a new one must be, and how one is changed; a change ends everything open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from engine.actors import Actor
from engine.errors import Invalid, NotFound
from engine.office import Office
from engine.store.control import accounts, sessions, tokens
from engine.store.database import ControlUnit
from webapp.product import Product
from webapp.usecases.sign_in import Credentials, Origin, hash_password, verify_credentials

MIN_PASSWORD = 8
LONGEST = 200
"""Longer ones only cost time to hash."""
LENGTH, KINDS, DAYS = "account.password.length", "account.password.kinds", "account.password.days"


@dataclass(frozen=True)
class Policy:
    """Least length, least kinds of character, and after how many days it is changed (0: never)."""

    length: int = MIN_PASSWORD
    kinds: int = 1
    days: int = 0


@dataclass(frozen=True)
class Typed:
    """The password there was, the new one, and the new one once more."""

    old: str
    new: str
    again: str


class PasswordRefused(Invalid):
    """A new password that is too easily guessed."""

    code = "password"


def policy_of(office: Office) -> Policy:
    """What the tenant asks of passwords."""

    def number(key: str, default: int) -> int:
        return int(office.parameters.get(key, default))

    return Policy(
        max(number(LENGTH, MIN_PASSWORD), MIN_PASSWORD), number(KINDS, 1), number(DAYS, 0)
    )


def check_password(policy: Policy, username: str, password: str) -> None:
    """Raise PasswordRefused unless the password is what the policy asks for."""
    if len(password) < policy.length:
        raise PasswordRefused(
            f"密码至少 {policy.length} 位", f"a password has at least {policy.length} characters"
        )
    if len(password) > LONGEST:
        raise PasswordRefused("密码太长", f"a password has at most {LONGEST} characters")
    if _kinds(password) < policy.kinds:
        raise PasswordRefused(
            f"密码应含大写字母、小写字母、数字、其他字符中的至少 {policy.kinds} 种",
            f"a password has at least {policy.kinds} of: upper case, lower case, digits, others",
        )
    if password.casefold() == username.casefold() or len(set(password)) < policy.length // 2:
        raise PasswordRefused(
            "密码不能与用户名相同，也不能只由几个字符重复而成",
            "a password is neither the user name nor a few characters repeated",
        )


def _kinds(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit, lambda char: not char.isalnum())
    return sum(any(test(char) for char in password) for test in tests)


def change_password(product: Product, actor: Actor, typed: Typed, origin: Origin) -> None:
    """Change one's own password, known by the old one; everything open in his name ends."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
    if typed.new != typed.again:
        raise PasswordRefused("两次输入的新密码不同", "the two new passwords differ", code="again")
    if typed.new == typed.old:
        raise PasswordRefused("新密码与原密码相同", "the new password is the old one")
    name = account_of(product, actor.account_id).username
    check_password(policy_of(office), name, typed.new)
    check_own_password(product, actor, typed.old, origin)
    set_password(product, actor.account_id, typed.new)


def check_own_password(product: Product, actor: Actor, password: str, origin: Origin) -> None:
    """Raise SignInRefused unless it is the person's password; wrong ones are counted."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        slug = product.world.offices.get(tx).slug
    given = Credentials(slug, account_of(product, actor.account_id).username, password)
    verify_credentials(product.db, given, origin, product.clock.now())


def set_password(product: Product, account_id: UUID, password: str) -> None:
    """Store a password that was checked; all that is open in its name ends."""
    hashed, now = hash_password(password), product.clock.now()
    with product.db.control() as control:
        kept = {"password_hash": hashed, "password_set_at": now}
        control.execute(update(accounts).where(accounts.c.id == account_id).values(**kept))
        end_everything(control, account_id)


def end_everything(control: ControlUnit, account_id: UUID) -> None:
    """End every session and token of an account, in every tenant."""
    for table in (sessions, tokens):
        control.execute(delete(table).where(table.c.account_id == account_id))


def account_of(product: Product, account_id: UUID) -> Any:
    """The row of an account."""
    with product.db.control(read_only=True) as control:
        row = control.one(select(accounts).where(accounts.c.id == account_id))
    if row is None:
        raise NotFound("没有这个账号", "there is no such account")
    return row


def account_named(product: Product, username: str) -> UUID:
    """The id of the account with a user name; NotFound when there is none."""
    with product.db.control(read_only=True) as control:
        row = control.one(select(accounts.c.id).where(accounts.c.username == username))
    if row is None:
        raise NotFound(f"没有用户 {username}", f"there is no user {username}", username=username)
    found: UUID = row.id
    return found


def is_too_old(row: Any, policy: Policy, now: datetime) -> bool:
    """Whether the password of an account has to be changed before anything else."""
    since = row.password_set_at or row.created_at
    return bool(policy.days) and now - since > timedelta(days=policy.days)
