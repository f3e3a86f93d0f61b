"""两步验证: a code from a device (TOTP, RFC 6238) beside the password, once each.

The secret is kept encrypted by the installation's secret. A code is taken once: the step of the
last one is kept, and neither it nor an earlier one is taken again. Recovery codes are kept as
digests and work once each.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, select, update

from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound
from engine.store.control import second_factors
from engine.store.database import ControlUnit
from webapp.product import Product
from webapp.usecases.sealing import opened, sealed
from webapp.usecases.sign_in import Limit, count_guess, forget_guesses, guess_key

STEP_SECONDS, DIGITS, DRIFT = 30, 6, 1
"""As the devices of everybody do it; a clock may be one step off."""
SECRET_BYTES = 20
RECOVERY_CODES, RECOVERY_BYTES = 10, 10
GUESSES = Limit(5, timedelta(minutes=15))
_PURPOSE = b"lucheng second factor "


class CodeRefused(Invalid):
    """A code that is wrong, over, or was used before."""

    code = "second_factor_code"

    def __init__(self) -> None:
        super().__init__("验证码不对或已经用过", "the code is wrong or was used before")


@dataclass(frozen=True)
class Enrolment:
    """What a device is told: the secret as it is typed, and the address its camera reads."""

    secret: str
    address: str


def begin_enrolment(product: Product, actor: Actor, label: str) -> Enrolment:
    """A new secret that waits to be confirmed; Conflict when the account has a second factor."""
    raw = secrets.token_bytes(SECRET_BYTES)
    kept: dict[str, Any] = {
        "sealed": sealed(product.settings, _PURPOSE + actor.account_id.bytes, raw.hex()),
        "confirmed_at": None,
        "last_step": 0,
        "recovery": [],
    }
    with product.db.control() as control:
        if with_second_factor(control, [actor.account_id]):
            raise Conflict("已经设置了两步验证", "there is a second factor already")
        mine = second_factors.c.account_id == actor.account_id
        control.execute(delete(second_factors).where(mine))
        control.insert(second_factors, account_id=actor.account_id, **kept)
    return _enrolment(raw, label)


def waiting_enrolment(product: Product, actor: Actor, label: str) -> Enrolment:
    """The secret that waits to be confirmed, made when there is none."""
    row = _row(product, actor.account_id)
    if row is None or row.confirmed_at is not None:
        return begin_enrolment(product, actor, label)
    return _enrolment(_secret(product, row), label)


def _enrolment(raw: bytes, label: str) -> Enrolment:
    secret = base64.b32encode(raw).decode()
    name = quote(f"绿程:{label}")
    return Enrolment(secret, f"otpauth://totp/{name}?secret={secret}&issuer={quote('绿程')}")


def confirm_enrolment(product: Product, actor: Actor, code: str) -> list[str]:
    """The device knows the secret: the factor counts from now on; gives the recovery codes."""
    now = product.clock.now()
    row = _row(product, actor.account_id)
    if row is None or row.confirmed_at is not None:
        raise NotFound("没有待确认的两步验证", "there is no second factor to confirm")
    _count(product, actor.account_id, now)
    step = _step_of(_secret(product, row), code, now)
    if step is None or not _use_step(product, actor.account_id, step):
        raise CodeRefused
    return renew_recovery(product, actor, confirmed_at=now)


def renew_recovery(product: Product, actor: Actor, **more: Any) -> list[str]:
    """New recovery codes in place of those there were; they are told once."""
    codes = [secrets.token_hex(RECOVERY_BYTES // 2) for _ in range(RECOVERY_CODES)]
    kept = {"recovery": [_digest(actor.account_id, code) for code in codes], **more}
    with product.db.control() as control:
        mine = second_factors.c.account_id == actor.account_id
        control.execute(update(second_factors).where(mine).values(**kept))
    return codes


def check_code(product: Product, account_id: UUID, code: str) -> None:
    """Raise unless the code is the device's of now, or a recovery code, and was not used before.

    Wrong ones are counted; Locked when they are too many.
    """
    now = product.clock.now()
    row = _row(product, account_id)
    if row is None or row.confirmed_at is None:
        raise CodeRefused
    _count(product, account_id, now)
    typed = "".join(code.split()).lower()
    step = _step_of(_secret(product, row), typed, now)
    is_good = step is not None and _use_step(product, account_id, step)
    if not is_good and not _use_recovery(product, account_id, typed):
        raise CodeRefused
    with product.db.control() as control:
        forget_guesses(control, _key(account_id))


def remove_factor(product: Product, account_id: UUID) -> bool:
    """Take the second factor away; False when there was none."""
    with product.db.control() as control:
        mine = second_factors.c.account_id == account_id
        return bool(control.execute(delete(second_factors).where(mine)).rowcount)


def with_second_factor(control: ControlUnit, account_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the accounts that have one."""
    rows = control.all(
        select(second_factors.c.account_id).where(
            second_factors.c.account_id.in_(list(account_ids)),
            second_factors.c.confirmed_at.is_not(None),
        )
    )
    return {row.account_id for row in rows}


def has_second_factor(product: Product, account_id: UUID) -> bool:
    """Whether an account has one."""
    with product.db.control(read_only=True) as control:
        return bool(with_second_factor(control, [account_id]))


def _row(product: Product, account_id: UUID) -> Any:
    with product.db.control(read_only=True) as control:
        return control.one(select(second_factors).where(second_factors.c.account_id == account_id))


def _secret(product: Product, row: Any) -> bytes:
    return bytes.fromhex(opened(product.settings, _PURPOSE + row.account_id.bytes, row.sealed))


def _step_of(raw: bytes, code: str, now: datetime) -> int | None:
    """The time step whose code this is, the latest one first."""
    # SHA-1 is what every authenticator can; RFC 6238 uses it as a keyed hash, where it holds
    device = TOTP(raw, DIGITS, SHA1(), STEP_SECONDS, enforce_key_length=False)  # noqa: S303
    step = int(now.timestamp()) // STEP_SECONDS
    for one in range(step + DRIFT, step - DRIFT - 1, -1):
        if bytes_eq(device.generate(one * STEP_SECONDS), code.encode()):
            return one
    return None


def _use_step(product: Product, account_id: UUID, step: int) -> bool:
    """Whether no code of this step or a later one was taken; of two at once one is."""
    with product.db.control() as control:
        later = update(second_factors).where(
            second_factors.c.account_id == account_id, second_factors.c.last_step < step
        )
        return bool(control.execute(later.values(last_step=step)).rowcount)


def _use_recovery(product: Product, account_id: UUID, code: str) -> bool:
    """Whether it is a recovery code that is left; from now on it is not."""
    mine = second_factors.c.account_id == account_id
    used = _digest(account_id, code)
    with product.db.control() as control:
        row = control.one(select(second_factors.c.recovery).where(mine).with_for_update())
        left = [] if row is None else [one for one in row.recovery if one != used]
        if row is None or len(left) == len(row.recovery):
            return False
        control.execute(update(second_factors).where(mine).values(recovery=left))
    return True


def _digest(account_id: UUID, code: str) -> str:
    return hashlib.sha256(account_id.bytes + code.encode()).hexdigest()


def _count(product: Product, account_id: UUID, now: datetime) -> None:
    with product.db.control() as control:
        count_guess(control, {_key(account_id): GUESSES}, now)


def _key(account_id: UUID) -> str:
    return guess_key("second factor", str(account_id))
