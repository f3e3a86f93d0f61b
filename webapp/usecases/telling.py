"""How people are told outside the product: each one's wishes, and the tenant's groups."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.audit import note_act
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.ids import new_id
from engine.messaging.forwarding import FIRST_HOUR, GROUP, MAIL, MODES
from engine.messaging.outbox import post_message
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import channels, wishes
from webapp.product import Product
from webapp.settings import signing_secret_of
from webapp.usecases.outside import checked_address, checked_token, sealed_token

CODE_TIME = timedelta(hours=1)
MOST_TRIES = 5
MOST_GROUPS = 20
LONGEST_NAME = 80


@dataclass(frozen=True)
class Wishes:
    """What a person wishes: where, how each kind, at which hour, and whether he has confirmed."""

    address: str
    is_confirmed: bool
    modes: Mapping[str, str]
    hour: int


def read_wishes(product: Product, actor: Actor) -> Wishes:
    """The person's wishes; without any he is told inside the product only."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        row = _own(tx, actor)
    if row is None:
        return Wishes("", False, {}, FIRST_HOUR)
    return Wishes(row.address, row.confirmed_at is not None, row.modes, row.hour)


def keep_wishes(
    product: Product, actor: Actor, address: str, modes: Mapping[str, str], hour: int
) -> bool:
    """Keep the wishes; True when a code was sent to a new address, which must be confirmed.

    An empty address ends all mail.
    """
    if not 0 <= hour <= 23:
        raise Invalid("时间应为 0 至 23 时", "an hour is 0 to 23", code="hour")
    if any(mode not in MODES for mode in modes.values()):
        raise Invalid("接收方式不对", "there is no such way of being told", code="mode")
    now, code = product.clock.now(), f"{secrets.randbelow(1_000_000):06}"
    with product.db.tenant(actor.tenant_id) as tx:
        row = _own(tx, actor, lock=True)
        if not address:
            tx.delete(wishes, wishes.c.membership_id == actor.membership_id)
            return False
        if not product.settings.mail_url:
            raise Conflict("本系统没有设置邮件服务器", "this installation sends no mail")
        is_same = row is not None and row.address == checked_address(address)
        asks = not is_same or row.confirmed_at is None
        kept = {"address": checked_address(address), "modes": dict(modes), "hour": hour}
        if asks:
            kept |= {
                "confirmed_at": None,
                "code": _digest(product, actor, address, code),
                "code_until": now + CODE_TIME,
                "code_tries": 0,
            }
            sealed = sealed_token(product.settings, actor.tenant_id, code)  # rows are read by more
            told = {"to": address, "subject": "邮件地址确认码", "sealed": sealed}
            post_message(tx, MAIL, f"{MAIL}:code:{new_id()}", told, now)
        if row is None:
            tx.insert(wishes, membership_id=actor.membership_id, gathered_from=None, **kept)
        else:
            tx.update(wishes, wishes.c.id == row.id, **kept)
    return asks


def confirm_address(product: Product, actor: Actor, code: str) -> None:
    """Confirm the address by the code that was sent there; Invalid for any other."""
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        row = _own(tx, actor, lock=True)
        if row is None or row.code is None:
            raise NotFound("没有待确认的邮件地址", "there is no address to confirm")
        is_open = row.code_until > now and row.code_tries < MOST_TRIES
        is_right = hmac.compare_digest(row.code, _digest(product, actor, row.address, code.strip()))
        if is_open and is_right:
            tx.update(wishes, wishes.c.id == row.id, confirmed_at=now, code=None)
            return
        tx.update(wishes, wishes.c.id == row.id, code_tries=row.code_tries + 1)
    if not is_open:
        raise Invalid("确认码已失效，请重新发送", "the code has expired", code="code_over")
    raise Invalid("确认码不对", "the code is wrong", code="code")


def _own(tx: Unit, actor: Actor, *, lock: bool = False) -> Any:
    statement = select(wishes).where(
        wishes.c.tenant_id == TENANT, wishes.c.membership_id == actor.membership_id
    )
    return tx.one(statement.with_for_update() if lock else statement)


def _digest(product: Product, actor: Actor, address: str, code: str) -> str:
    """What is kept of a code; without the installation's secret nobody finds it by trying."""
    secret = signing_secret_of(product.settings).encode()
    return hmac.new(secret, f"{actor.membership_id}:{address}:{code}".encode(), sha256).hexdigest()


# ---------------------------------------------------------------- the groups of a tenant


@dataclass(frozen=True)
class Group:
    """A group bot as its administrator describes it."""

    name: str
    scheme: str
    token: str
    kinds: Sequence[str]


def list_groups(product: Product, actor: Actor) -> Sequence[Any]:
    """The tenant's groups, without their tokens."""
    _check_admin(actor)
    shown = (channels.c.id, channels.c.name, channels.c.scheme, channels.c.kinds, channels.c.is_on)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return tx.all(
            select(*shown).where(channels.c.tenant_id == TENANT).order_by(channels.c.name)
        )


def add_group(product: Product, actor: Actor, group: Group, known: Sequence[str]) -> UUID:
    """Add a group; ``known`` are the kinds of message there are."""
    _check_admin(actor)
    name = group.name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid("请填写名称", "a name is needed", code="name")
    token = checked_token(product.settings, group.scheme, group.token.strip())
    if not group.kinds or not set(group.kinds) <= set(known):
        raise Invalid("请选择要发送的消息", "choose what is told there", code="kinds")
    sealed = sealed_token(product.settings, actor.tenant_id, token)
    with product.db.tenant(actor.tenant_id) as tx:
        names = [
            row.name
            for row in tx.all(select(channels.c.name).where(channels.c.tenant_id == TENANT))
        ]
        if name in names:
            raise Conflict("已有同名的群", "there is a group of this name", code="name")
        if len(names) >= MOST_GROUPS:
            raise Conflict(f"最多 {MOST_GROUPS} 个群", f"at most {MOST_GROUPS} groups")
        note_act(tx, actor, "group.add", name, product.clock.now(), {"scheme": group.scheme})
        return tx.insert(
            channels,
            name=name,
            scheme=group.scheme,
            sealed=sealed,
            kinds=list(group.kinds),
            is_on=True,
            created_by=actor.membership_id,
            created_at=product.clock.now(),
        )


def switch_group(product: Product, actor: Actor, group_id: UUID, *, is_on: bool) -> None:
    """Switch a group on or off."""
    _check_admin(actor)
    with product.db.tenant(actor.tenant_id) as tx:
        if not tx.update(channels, channels.c.id == group_id, is_on=is_on):
            raise NotFound("没有这个群", "there is no such group")
        note_act(tx, actor, "group.switch", str(group_id), product.clock.now(), {"is_on": is_on})


def remove_group(product: Product, actor: Actor, group_id: UUID) -> None:
    """Remove a group and its token."""
    _check_admin(actor)
    with product.db.tenant(actor.tenant_id) as tx:
        if not tx.delete(channels, channels.c.id == group_id):
            raise NotFound("没有这个群", "there is no such group")
        note_act(tx, actor, "group.remove", str(group_id), product.clock.now())


def try_group(product: Product, actor: Actor, group_id: UUID) -> None:
    """Send a trial message to a group; whether it arrived shows there, a failure in the outbox."""
    _check_admin(actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        row = tx.get(channels, group_id)
        if row is None:
            raise NotFound("没有这个群", "there is no such group")
        told = {"channel": str(group_id), "subject": "测试消息", "lines": [row.name]}
        post_message(tx, GROUP, f"{GROUP}:{group_id}:trial:{new_id()}", told, now)


def _check_admin(actor: Actor) -> None:
    if actor.capacity != "admin":
        raise Forbidden("只有管理员可以设置", "only an administrator may set this")
