"""What somebody is about to sign: the very record his submission would make, and what it covers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.bpmn.model import Node
from engine.cases.command import Command
from engine.cases.records import record_facts, records_of
from engine.cases.submissions import Submission
from engine.history import seal_record
from engine.ids import new_id
from engine.spiff.host import Token
from engine.store.database import Unit
from engine.work_items.items import check_handed
from engine.work_items.signature_words import CAPACITY
from engine.work_items.signing import Sealing, check_signer, is_personal, signed_steps
from engine.work_items.turns import open_item
from engine.world import World


@dataclass(frozen=True)
class Presigned:
    """A submission that was checked and waits for its signature.

    ``covers`` are the latest records of the steps that are signed for: (element, id, digest).
    """

    case: Any
    item: Any
    node: Node
    sealing: Sealing
    record_id: UUID
    digest: str
    covers: tuple[tuple[str, str, str], ...]
    capacity: str
    after: tuple[int, str]


def presign(tx: Unit, world: World, actor: Actor, handed: Submission) -> Presigned | None:
    """What the person would sign by handing this in; None where the step asks for no signature.

    The case is locked as for handing it in, and nothing is written.
    """
    command, item = open_item(tx, world, actor, handed.item_id)
    node = command.bundle.node(item.element)
    if node is None or not is_personal(node):
        return None
    token, form, values = check_handed(command, item, actor, handed)
    check_signer(command, token, actor)
    sealing = Sealing(secrets.token_hex(16), command.now)
    facts = record_facts(command, item.element, form, values, item.id, sealing)
    return Presigned(
        case=command.case,
        item=item,
        node=token.node,
        sealing=sealing,
        record_id=new_id(),
        digest=seal_record(facts),
        covers=covered(command, node, records_of(tx, command.case.id)),
        capacity=capacity_of(command, token, actor),
        after=(command.chain.seq, command.chain.head),
    )


def covered(command: Command, node: Node, rows: Sequence[Any]) -> tuple[tuple[str, str, str], ...]:
    """The records that a step signs for and that hold: the last of each step it names.

    Of a step that several do at once it is the last of each who did it.
    """
    steps = signed_steps(node)
    latest: dict[tuple[str, UUID | None], Any] = {}
    for row in rows:
        if row.element in steps:
            signed = command.bundle.node(row.element)
            is_one_of_many = signed is not None and signed.loop is not None
            latest[row.element, row.by if is_one_of_many else None] = row
    found = sorted(latest.values(), key=_in_time)
    return tuple((row.element, str(row.id), row.digest) for row in found)


def _in_time(row: Any) -> tuple[datetime, str]:
    return row.at, str(row.id)


def capacity_of(command: Command, token: Token, actor: Actor) -> str:
    """As what the person signs: as the step says, else by his title."""
    expression = token.node.zeebe.properties.get(CAPACITY, "")
    value = command.value(token, expression) if expression else ""
    return str(value or actor.title or actor.name)[:80]
