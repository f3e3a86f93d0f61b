"""Signing: a person's key set and ended, and steps completed with a signature.

Opening a key is slow on purpose and is done between transactions, guesses counted before. The
submission is checked first, then signed, then handed in; what is handed in must be what was signed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.endorsements.keys import (
    Effort,
    KeyPair,
    make_key,
    secret_for,
    unwrap_with_pin,
    wrap_with_pin,
)
from domain.endorsements.rules import Signing, check_pin, statement_of
from domain.endorsements.store import (
    NewKey,
    Safe,
    check_in_force,
    end_key,
    keep_endorsement,
    keep_key,
    key_in_force,
    keys_of,
)
from engine.actors import Actor
from engine.answers import known_answer
from engine.cases.submissions import Submission
from engine.errors import Forbidden, Invalid, LuchengError, NotFound
from engine.store.database import Unit
from engine.work_items.items import Completion, hand_in, request_of
from engine.work_items.presigning import Presigned, presign
from engine.work_items.signing import Signed, SignedOtherwise, Stored
from webapp.product import Product
from webapp.settings import signing_secret_of
from webapp.usecases.sign_in import (
    OF_NAME_AND_PLACE,
    Credentials,
    Locked,
    Origin,
    count_guess,
    guess_key,
    take_back,
    verify_credentials,
)

TRIES = 3
"""Others may act on the case while somebody signs; then what he signs is put together again."""


class PinNeeded(Invalid):
    """The step asks for a signature, and no PIN came."""

    code = "pin_needed"

    def __init__(self) -> None:
        said = "请输入签字 PIN"
        super().__init__(
            said, "the signing PIN is needed", errors=[{"field": "pin", "message": said}]
        )


class PinLocked(Locked):
    """Too many wrong PINs."""

    code = "pin_locked"

    def __init__(self) -> None:
        LuchengError.__init__(
            self,
            "签字 PIN 错误次数过多，请 15 分钟后再试",
            "too many wrong PINs; try again in 15 minutes",
        )


def safe_of(product: Product, tenant_id: UUID) -> Safe:
    """What opens the keys of a tenant here."""
    settings = product.settings
    return Safe(
        secret_for(signing_secret_of(settings), str(tenant_id)),
        timedelta(days=settings.signing_key_days),
        timedelta(days=settings.tenant_key_days),
    )


# ---------------------------------------------------------------- one's own key


@dataclass(frozen=True)
class Renewal:
    """What somebody typed to set his key: the password he signs in with, and the PIN twice."""

    password: str
    pin: str
    again: str


def set_key(product: Product, actor: Actor, typed: Renewal, address: str) -> str:
    """Give the person a new signing key; an earlier one is revoked. Returns the key's name."""
    if not actor.may_act:
        raise Forbidden("您的身份不能签字", "your capacity does not sign")
    ask_password(product, actor, typed.password, address)
    check_pin(typed.pin, typed.again)
    safe, pair = safe_of(product, actor.tenant_id), make_key()
    wrapped = wrap_with_pin(pair, typed.pin, safe.secret, Effort())
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        office = product.world.offices.get(tx)
        return keep_key(tx, office, actor, NewKey(pair, wrapped), safe, now)


def revoke_key(product: Product, actor: Actor, password: str, address: str) -> None:
    """End the person's key; NotFound when none is valid. What it signed stays valid."""
    ask_password(product, actor, password, address)
    with product.db.tenant(actor.tenant_id) as tx:
        if not end_key(tx, actor, product.clock.now(), why="revoked"):
            raise NotFound("没有可停用的签字密钥", "there is no signing key to revoke")


def own_keys(product: Product, actor: Actor) -> list[Any]:
    """Every signing key the person has had here, latest first."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return list(keys_of(tx, actor.membership_id))


def ask_password(product: Product, actor: Actor, password: str, address: str) -> None:
    """Whoever sits at an open browser does not get a key by it."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        slug = product.world.offices.get(tx).slug
    given = Credentials(slug, actor.username, password)
    verify_credentials(product.db, given, Origin(address), product.clock.now())


def open_key(product: Product, actor: Actor, pin: str, now: datetime) -> KeyPair:
    """The person's key, opened by his PIN; KeyClosed, PinLocked or NoSigningKey.

    A guess is counted before it is looked at; a right one forgives the wrong ones.
    """
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        row = key_in_force(tx, actor, now)
    counted = {guess_key("pin", str(actor.membership_id)): OF_NAME_AND_PLACE}
    try:
        with product.db.control() as control:
            count_guess(control, counted, now)
    except Locked as error:
        raise PinLocked from error
    secret = safe_of(product, actor.tenant_id).secret
    pair = unwrap_with_pin(row.public, row.wrapped, pin, secret)
    with product.db.control() as control:
        take_back(control, counted)
    return pair


# ---------------------------------------------------------------- completing with a signature


def sign_and_hand_in(
    product: Product, actor: Actor, handed: Submission, pin: str, *, key: str | None = None
) -> Completion:
    """Complete an item, signed where its step asks for it.

    PinNeeded where it does and no PIN came. The same idempotency key again gives the stored answer
    without a PIN being looked at.
    """
    pair: KeyPair | None = None
    for tried in range(TRIES):
        earlier, presigned = _presign(product, actor, handed, key)
        if earlier is not None:
            return earlier
        if presigned is None:
            return hand_in(product.db, product.world, actor, handed, key=key)
        if not pin:
            raise PinNeeded
        pair = pair or open_key(product, actor, pin, product.clock.now())
        signed = _sign(product, actor, presigned, pair)
        try:
            whole = replace(handed, signed=signed)
            return hand_in(product.db, product.world, actor, whole, key=key)
        except SignedOtherwise:
            if tried + 1 == TRIES:
                raise
    raise AssertionError("the last try answers or raises")


def _presign(
    product: Product, actor: Actor, handed: Submission, key: str | None
) -> tuple[Completion | None, Presigned | None]:
    """The answer that was given before, or what is to be signed now."""
    with product.db.tenant(actor.tenant_id) as tx:
        earlier = known_answer(tx, actor.account_id, key, request_of(handed))
        if earlier is not None:
            return Completion(**earlier), None
        return None, presign(tx, product.world, actor, handed)


def _sign(product: Product, actor: Actor, presigned: Presigned, pair: KeyPair) -> Signed:
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        slug = product.world.offices.get(tx).slug
    statement = statement_of(_signing(slug, actor, presigned), pair.id)
    told = {"statement": statement, "signature": pair.sign(statement)}

    def keep(tx: Unit, stored: Stored) -> None:
        check_in_force(tx, pair.id, presigned.sealing.at)
        keep_endorsement(tx, **vars(stored), key=pair.id, signed_at=presigned.sealing.at, **told)

    return Signed(
        sealing=presigned.sealing,
        record_id=presigned.record_id,
        digest=presigned.digest,
        head=presigned.after[1],
        told=told,
        keep=keep,
    )


def _signing(slug: str, actor: Actor, presigned: Presigned) -> Signing:
    item = presigned.item
    return Signing(
        tenant=slug,
        case_id=item.case_id,
        number=presigned.case.number,
        element=item.element,
        step=item.name,
        item_id=item.id,
        record=(str(presigned.record_id), presigned.digest),
        covers=presigned.covers,
        signer=actor.membership_id,
        name=actor.name,
        capacity=presigned.capacity,
        at=presigned.sealing.at,
        after=presigned.after,
        is_one_of_many=presigned.node.loop is not None,
    )
