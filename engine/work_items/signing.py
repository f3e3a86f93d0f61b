"""Steps that ask for a signature: what they demand, and what a signed submission must agree with.

How a signature is made and checked is no business of the engine. It sees to it that such a step is
completed with one and not without, by somebody who may sign, for the very record that is stored and
on the very end of the history that was signed. A step that asks for a signature is personal: it
joins no batch, and whoever builds an act that lets another person do it asks :func:`is_personal`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.bpmn.model import Node
from engine.cases.facts import CaseFacts
from engine.errors import Conflict, Forbidden, Invalid
from engine.spiff.host import Token
from engine.work_items.signature_words import SIGNATURE, SIGNERS, SIGNS


class SignatureNeeded(Forbidden):
    """The step is completed with a signature or not at all."""

    code = "signature_needed"

    def __init__(self) -> None:
        super().__init__("此环节须签字后才能提交", "this step is completed with a signature only")


class NotASigner(Forbidden):
    """Who must sign was computed, and this person is not among them."""

    code = "not_a_signer"

    def __init__(self) -> None:
        super().__init__("您不在应签字人员之列", "you are not among those who must sign")


class SignedOtherwise(Conflict):
    """What would be stored is not what was signed, or something happened in between."""

    code = "signed_otherwise"

    def __init__(self) -> None:
        super().__init__(
            "签字期间办件有新的变化，请核对后重新签字",
            "the case changed while it was being signed; look again and sign anew",
        )


@dataclass(frozen=True)
class Sealing:
    """What a record that is signed is sealed with: its salt and its moment."""

    salt: str
    at: datetime


@dataclass(frozen=True)
class Stored:
    """What a signature was given for, once it is stored."""

    case_id: UUID
    item_id: UUID
    record_id: UUID
    element: str
    is_one_of_many: bool
    signer: UUID


@dataclass(frozen=True)
class Signed:
    """A signature on its way into the transaction that completes the step.

    ``digest`` is that of the record that was signed, ``head`` the end of the history it was signed
    on, ``told`` what history tells of it. ``keep`` writes it in the same transaction.
    """

    sealing: Sealing
    record_id: UUID
    digest: str
    head: str
    told: Mapping[str, Any]
    keep: Callable[[Any, Stored], None]


def stored(item: Any, record_id: UUID, node: Node, actor: Actor) -> Stored:
    """What a signature was given for."""
    return Stored(
        case_id=item.case_id,
        item_id=item.id,
        record_id=record_id,
        element=item.element,
        is_one_of_many=node.loop is not None,
        signer=actor.membership_id,
    )


def is_personal(node: Node) -> bool:
    """Whether the step asks for a signature, so that nobody else and no batch does it."""
    return bool(node.zeebe.properties.get(SIGNATURE))


def check_signed(command: CaseFacts, token: Token, actor: Actor, signed: Signed | None) -> None:
    """Raise unless the step gets the signature it asks for, from somebody who is to give it."""
    if not is_personal(token.node):
        return
    if signed is None:
        raise SignatureNeeded
    check_signer(command, token, actor)
    if command.chain.head != signed.head:
        raise SignedOtherwise


def check_signer(command: CaseFacts, token: Token, actor: Actor) -> None:
    """Raise :class:`NotASigner` unless ``signers`` names the person; without it anybody may."""
    expression = token.node.zeebe.properties.get(SIGNERS, "")
    if expression and not set(signers_of(command.value(token, expression))) & set(actor.principals):
        raise NotASigner


def signers_of(value: Any) -> list[str]:
    """The principals in what ``signers`` gives: texts, or contexts that name a ``principal``."""
    rows = value if isinstance(value, list) else [value]
    found = [row.get("principal") if isinstance(row, Mapping) else row for row in rows]
    if not found or not all(isinstance(one, str) and one for one in found):
        raise Invalid(
            "应签字人员的表达式未得出人员或角色", "signers gives no principals", code="assignment"
        )
    return [str(one) for one in found]


def signed_steps(node: Node) -> tuple[str, ...]:
    """The steps whose records are signed for, as ``signs`` lists them."""
    listed = node.zeebe.properties.get(SIGNS, "")
    return tuple(part.strip() for part in listed.split(",") if part.strip())
