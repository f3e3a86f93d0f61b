"""Telling colleagues of acts on items, through the outbox, once an act."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from engine.cases.facts import CaseFacts
from engine.messaging.outbox import post_message

TOLD_OF = (
    *("transferred", "delegated", "handed-back", "added", "removed", "returned", "recalled"),
    *("decided", "urged", "copied", "asked", "answered"),
)
"""Kinds of message about work."""


def person(membership_id: UUID) -> str:
    """The principal of one person."""
    return f"person:{membership_id}"


def tell(
    command: CaseFacts, kind: str, subject: str, to: Iterable[str], lines: Iterable[str] = ()
) -> None:
    """Tell principals of an act of this command; who acts is told nothing of it."""
    own = "" if command.actor is None else person(command.actor.membership_id)
    told = [principal for principal in dict.fromkeys(to) if principal != own]
    if not told:
        return
    payload = {
        "to": told,
        "subject": subject[:200],
        "message": [command.case.title, *(line for line in lines if line)],
        "case": str(command.case.id),
        "number": command.case.number,
    }
    # a case takes one act after another: its next sequence number names this act
    key = f"{kind}:{command.case.id}:{command.chain.seq}:{subject[:40]}:{told[0]}"
    post_message(command.tx, kind, key[:200], payload, command.now)
