"""History: every act is an appended fact, chained by hashes within its case."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.canonical import canonical, digest
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, history, records

GENESIS = "0" * 64


@dataclass(frozen=True)
class Act:
    """One fact to append. ``content`` must be plain JSON; it is salted before it is digested."""

    kind: str
    element: str = ""
    item_id: UUID | None = None
    content: Mapping[str, Any] | None = None


@dataclass
class Chain:
    """The end of a case's chain while a command extends it."""

    case_id: UUID
    seq: int = 0
    head: str = GENESIS

    def append(self, tx: Unit, act: Act, actor: tuple[UUID | None, str], at: datetime) -> None:
        """Store the act as the next fact of the case."""
        self.seq += 1
        content = {**_exact(act.content or {}), "salt": secrets.token_hex(16)}
        content_digest = digest(canonical(content))
        facts = {
            "seq": self.seq,
            "at": at,
            "kind": act.kind,
            "element": act.element,
            "actor": actor[0],
            "actor_name": actor[1],
            "item_id": act.item_id,
            "content_digest": content_digest,
        }
        self.head = link(self.case_id, self.head, facts)
        tx.insert(history, case_id=self.case_id, content=content, hash=self.head, **facts)


def _exact(value: Any) -> Any:
    """The value with whole numbers written as such: a database may give back 10 for 1e1."""
    if isinstance(value, float) and Decimal(repr(value)) == Decimal(repr(value)).to_integral():
        return int(Decimal(repr(value)))
    if isinstance(value, Mapping):
        return {name: _exact(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(inner) for inner in value]
    return value


def link(case_id: UUID, previous: str, facts: Mapping[str, Any]) -> str:
    """The hash that ties a fact to all facts before it."""
    plain = {
        key: value.isoformat() if isinstance(value, datetime) else _text(value)
        for key, value in facts.items()
    }
    return digest(canonical({"case": str(case_id), "previous": previous, **plain}))


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


@dataclass(frozen=True)
class Break:
    """A place where a chain does not hold."""

    case_id: UUID
    seq: int
    why: str


def verify_case(tx: Unit, case_id: UUID) -> list[Break]:
    """Every break in one case's chain: altered, missing, swapped facts or records, a wrong head."""
    rows = tx.all(
        select(history)
        .where(history.c.tenant_id == TENANT, history.c.case_id == case_id)
        .order_by(history.c.seq)
    )
    case = tx.get(cases, case_id)
    kept = _records(tx, case_id)
    breaks: list[Break] = []
    head, seq = GENESIS, 0
    for row in rows:
        seq += 1
        if row.seq != seq:
            breaks.append(Break(case_id, row.seq, "missing"))
            seq = row.seq
        if row.content is not None and digest(canonical(row.content)) != row.content_digest:
            breaks.append(Break(case_id, row.seq, "content altered"))
        for record, sealed in (row.content or {}).get("records", ()):
            if kept.pop(record, None) != sealed:
                breaks.append(Break(case_id, row.seq, "record altered"))
        head = link(case_id, head, {name: getattr(row, name) for name in _LINKED})
        if head != row.hash:
            breaks.append(Break(case_id, row.seq, "chain broken"))
            head = row.hash
    if kept:
        breaks.append(Break(case_id, seq, "record without history"))
    if case is None or (case.history_seq, case.history_head) != (seq, head):
        breaks.append(Break(case_id, seq, "end of chain missing"))
    return breaks


def _records(tx: Unit, case_id: UUID) -> dict[str, str]:
    """The digest of what each record of a case holds now, by its id."""
    rows = tx.all(
        select(records).where(records.c.tenant_id == TENANT, records.c.case_id == case_id)
    )
    return {str(r.id): digest(r.salt.encode() + canonical(r.content)) for r in rows}


_LINKED = ("seq", "at", "kind", "element", "actor", "actor_name", "item_id", "content_digest")


def verify_all(tx: Unit) -> Iterator[Break]:
    """Every break in every case of the tenant."""
    for row in tx.all(select(cases.c.id).where(cases.c.tenant_id == TENANT)):
        yield from verify_case(tx, row.id)
