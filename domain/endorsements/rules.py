"""The rules of endorsements, pure: what is signed, by whom, and what makes a signature void."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from engine.errors import Invalid

LEAST_PIN = 6
MOST_PIN = 64
MOST_SIGNERS = 100


class PinInvalid(Invalid):
    """A PIN that everybody would guess; ``facts['errors']`` names the field."""

    code = "pin_invalid"


def check_pin(pin: str, again: str) -> None:
    """Raise :class:`PinInvalid` unless the PIN is long enough, not plain, and typed twice alike."""
    message = next(_pin_faults(pin, again), "")
    if message:
        raise PinInvalid(
            message, "the PIN cannot be used", errors=[{"field": "pin", "message": message}]
        )


def _pin_faults(pin: str, again: str) -> Iterator[str]:
    if not LEAST_PIN <= len(pin) <= MOST_PIN:
        yield f"PIN 须为 {LEAST_PIN} 至 {MOST_PIN} 位"
    steps = {ord(second) - ord(first) for first, second in pairwise(pin)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        yield "PIN 不能是相同或连续的数字"
    if pin != again:
        yield "两次输入的 PIN 不一致"


@dataclass(frozen=True)
class Signing:
    """What one person signs in one step: everything that the statement names.

    ``record`` is what he submits with the signature, ``covers`` the records he stands for, each as
    (element, id, digest); ``after`` is the end of the case's history he signed on.
    """

    tenant: str
    case_id: UUID
    number: str
    element: str
    step: str
    item_id: UUID
    record: tuple[str, str]
    covers: tuple[tuple[str, str, str], ...]
    signer: UUID
    name: str
    capacity: str
    at: datetime
    after: tuple[int, str]
    is_one_of_many: bool = False


def statement_of(signing: Signing, key: str) -> dict[str, Any]:
    """What is signed, as plain JSON: digests, names, time; no content of the case.

    Rules: R-ORD-33.
    """
    return {
        "kind": "endorsement",
        "tenant": signing.tenant,
        "case": str(signing.case_id),
        "number": signing.number,
        "element": signing.element,
        "step": signing.step,
        "item": str(signing.item_id),
        "record": list(signing.record),
        "covers": [list(one) for one in signing.covers],
        "signer": {"member": str(signing.signer), "name": signing.name, "as": signing.capacity},
        "key": key,
        "at": signing.at.isoformat(),
        "after": list(signing.after),
        "many": signing.is_one_of_many,
    }


# ---------------------------------------------------------------- who must sign


@dataclass(frozen=True)
class MustSign:
    """Somebody who must sign, and as what."""

    principal: str
    capacity: str


def must_sign(
    submitters: Iterable[tuple[UUID | None, str]], others: Iterable[Mapping[str, Any]]
) -> list[MustSign]:
    """Who must sign: whoever submitted what is endorsed, then those who answer for them.

    ``submitters`` are (membership, as what) of the records, ``others`` rows {principal, capacity}.
    Each principal signs once, as what it was named first; a list without anybody is refused, for
    then nobody would answer.

    Rules: R-ORD-17, R-ORD-32.
    """
    found: dict[str, MustSign] = {}
    for member, capacity in submitters:
        if member is not None:
            found.setdefault(f"person:{member}", MustSign(f"person:{member}", capacity))
    for row in others:
        principal = str(row.get("principal", "")).strip()
        if principal:
            found.setdefault(principal, MustSign(principal, str(row.get("capacity", ""))))
    if not found:
        raise Invalid("没有应当签字的人员", "nobody would have to sign", code="no_signers")
    if len(found) > MOST_SIGNERS:
        raise Invalid(
            f"应签字人员超过 {MOST_SIGNERS} 人", "too many would have to sign", limit=MOST_SIGNERS
        )
    return list(found.values())


# ---------------------------------------------------------------- how a signature stands


class Standing(StrEnum):
    """How an endorsement stands today."""

    VALID = "valid"
    VOIDED = "voided"


@dataclass(frozen=True)
class Given:
    """An endorsement as it was given."""

    record: UUID
    element: str
    is_one_of_many: bool
    signer: UUID
    covers: Sequence[tuple[str, UUID]]
    at: datetime


@dataclass(frozen=True)
class Submitted:
    """A record of the case, as far as it can void a signature."""

    id: UUID
    element: str
    by: UUID | None
    at: datetime


@dataclass(frozen=True)
class Void:
    """Why an endorsement holds no more: ``changed`` (what was signed was submitted anew) or
    ``renewed`` (the step was signed again), at which step and when."""

    why: str
    element: str
    at: datetime


def void_of(given: Given, later: Iterable[Submitted]) -> Void | None:
    """What voided an endorsement first; None while it is valid.

    Rules: R-ORD-33.
    """
    known = {given.record, *(record for _element, record in given.covers)}
    covered = {element for element, _record in given.covers}
    for one in sorted(later, key=lambda r: (r.at, str(r.id))):
        if one.id in known or one.at < given.at:
            continue
        if one.element in covered:
            return Void("changed", one.element, one.at)
        same_signer = one.by == given.signer or not given.is_one_of_many
        if one.element == given.element and same_signer:
            return Void("renewed", one.element, one.at)
    return None


def holds_at(
    valid_from: datetime, valid_to: datetime, revoked: datetime | None, at: datetime
) -> bool:
    """Whether a key may sign at a moment; what it signed before its revocation stays valid."""
    return valid_from <= at < valid_to and (revoked is None or at < revoked)
