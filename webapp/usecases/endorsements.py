"""The signatures on a case as its pages show them, and what somebody is about to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.endorsements.rules import Given, Submitted, Void, holds_at, void_of
from domain.endorsements.store import certified_keys, endorsements_of, keys_of
from engine.actors import Actor
from engine.cases.command import OPEN, Command
from engine.cases.records import records_of
from engine.definitions.bundles import Bundle
from engine.spiff.machine import Machine
from engine.store.database import Unit
from engine.work_items.presigning import capacity_of, covered
from engine.work_items.signing import is_personal


@dataclass(frozen=True)
class EndorsementView:
    """One signature: who gave it as what, for which step, and how it stands.

    ``void`` says why it holds no more; ``key_ended`` is when the signer's key was revoked, which
    leaves what it signed before as it is.
    """

    id: UUID
    step: str
    name: str
    capacity: str
    at: datetime
    key: str
    record_id: UUID
    answer: str
    void: Void | None
    void_step: str
    key_ended: datetime | None


def endorsements_seen(tx: Unit, bundle: Bundle, case_id: UUID) -> list[EndorsementView]:
    """Every signature on a case, oldest first; the void ones stay and say why."""
    rows = endorsements_of(tx, case_id)
    if not rows:
        return []
    submitted = records_of(tx, case_id)
    content = {row.id: row.content for row in submitted}
    later = [Submitted(row.id, row.element, row.by, row.at) for row in submitted]
    ended = {row.key: row.revoked_at for row in certified_keys(tx, [r.key for r in rows])}
    return [_seen(row, bundle, later, content[row.record_id], ended[row.key]) for row in rows]


def _seen(
    row: Any, bundle: Bundle, later: Sequence[Submitted], content: Any, key_ended: datetime | None
) -> EndorsementView:
    covers = [(element, UUID(record)) for element, record, _digest in row.statement["covers"]]
    given = Given(row.record_id, row.element, row.is_one_of_many, row.signer, covers, row.signed_at)
    void = void_of(given, later)
    node = bundle.node(void.element) if void is not None else None
    signer = row.statement["signer"]
    return EndorsementView(
        id=row.id,
        step=row.statement["step"],
        name=signer["name"],
        capacity=signer["as"],
        at=row.signed_at,
        key=row.key,
        record_id=row.record_id,
        answer=str((content or {}).get("decision", "")),
        void=void,
        void_step="" if node is None else node.name,
        key_ended=key_ended,
    )


# ---------------------------------------------------------------- about to sign


@dataclass(frozen=True)
class ToSign:
    """What a signature at a step is for: ``covers`` are rows of records, ``key`` the person's key
    with ``until``; no key: he has to set one first."""

    capacity: str
    covers: Sequence[Any]
    key: str
    until: datetime | None


def to_sign(tx: Unit, command: Command, item: Any, actor: Actor) -> ToSign | None:
    """What the person would sign at an item; None where nothing is signed."""
    node = command.bundle.node(item.element)
    if node is None or not is_personal(node) or command.case.status != OPEN:
        return None
    machine = Machine.load(command.bundle.program, command.case.state, command)
    token = machine.token(item.token_id)
    if token is None:
        return None
    rows = records_of(tx, command.case.id)
    named = {record for _element, record, _digest in covered(command, node, rows)}
    now = command.now
    key = next(
        (
            row
            for row in keys_of(tx, actor.membership_id)
            if holds_at(row.valid_from, row.valid_to, row.revoked_at, now)
        ),
        None,
    )
    return ToSign(
        capacity=capacity_of(command, token, actor),
        covers=[row for row in rows if str(row.id) in named],
        key="" if key is None else key.key,
        until=None if key is None else key.valid_to,
    )
