"""History: every act is an appended fact, chained by hashes within its case."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.canonical import canonical, digest
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import attachments, cases, history, records, scopes

GENESIS = "0" * 64
SEALED = ("status", "title", "outcome")
"""The columns of a case that its last act answers for, beside its tokens and variables."""
RECORD_FACTS = (
    *("case_id", "item_id", "element", "form", "form_digest"),
    *("content", "files", "salt", "by", "at"),
)
ORIGIN = ("number", "bundle_id", "procedure", "starter", "principal", "parameters", "started_at")
"""The columns of a case that its first act answers for."""


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


def seal(
    named: Mapping[str, Any], state: bytes, variables: Mapping[UUID, Mapping[str, Any]]
) -> str:
    """The digest of what a case is after an act; who edits the case's rows later breaks it."""
    kept = {str(scope): _exact(values) for scope, values in variables.items() if values}
    tokens = digest(bytes(state))
    return digest(canonical({**named, "state": tokens, "variables": kept}))


MOVED = "bundle"
"""Under this an act names the version a case ran on and the one it runs on from then on."""


def first_version(current: Any, contents: Sequence[Any]) -> Any:
    """The version a case began on, by its one of now and all it was moved; None when they differ.

    The versions are ids or their texts; ``contents`` are those of its history, in order.
    """
    for content in reversed(contents):
        if content and MOVED in content:
            before, after = content[MOVED]
            if str(current) != after:
                return None
            current = before
    return current


def origin(case: Any, bundle_id: Any = None) -> str:
    """The digest of what a case began as, on the version it began on."""
    facts = {name: getattr(case, name) for name in ORIGIN}
    facts["bundle_id"] = bundle_id or facts["bundle_id"]
    plain = {name: v.isoformat() if isinstance(v, datetime) else v for name, v in facts.items()}
    return digest(canonical({name: _exact(_text(value)) for name, value in plain.items()}))


def seal_record(facts: Mapping[str, Any]) -> str:
    """The digest of a record: content and files, who submitted it, when, where and on what form."""
    plain = {
        name: facts[name].isoformat() if name == "at" else _exact(_text(facts[name]))
        for name in RECORD_FACTS
    }
    return digest(canonical(plain))


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
    """Every break in one case's chain: altered, missing, swapped facts or records, a wrong head.

    The case itself counts too: what it began as, what it is now, and the files it holds.
    """
    rows = tx.all(
        select(history)
        .where(history.c.tenant_id == TENANT, history.c.case_id == case_id)
        .order_by(history.c.seq)
    )
    case = tx.get(cases, case_id)
    kept = {str(row.id): row for row in _records(tx, case_id)}
    began = None if case is None else first_version(case.bundle_id, [r.content for r in rows])
    found: list[tuple[int, str]] = []
    head, seq, sealed = GENESIS, 0, ""
    for row in rows:
        seq += 1
        if row.seq != seq:
            found.append((row.seq, "missing"))
            seq = row.seq
        found += [(seq, why) for why in _wrong_in(tx, row, (case, began), kept)]
        head = link(case_id, head, {name: getattr(row, name) for name in _LINKED})
        if head != row.hash:
            found.append((seq, "chain broken"))
            head = row.hash
        sealed = (row.content or {}).get("seal", sealed)
    if kept:
        found.append((seq, "record without history"))
    if case is None or (case.history_seq, case.history_head) != (seq, head):
        found.append((seq, "end of chain missing"))
    elif sealed != _seal_now(tx, case):
        found.append((seq, "case altered"))
    return [Break(case_id, at, why) for at, why in found]


def _wrong_in(tx: Unit, row: Any, began: tuple[Any, Any], kept: dict[str, Any]) -> Iterator[str]:
    """What one fact says that is not so any more; its records are taken out of ``kept``.

    ``began`` is the case and the version it began on.
    """
    case, version = began
    content = row.content or {}
    if row.content is not None and digest(canonical(row.content)) != row.content_digest:
        yield "content altered"
    for record_id, record_digest in content.get("records", ()):
        record = kept.pop(record_id, None)
        if record is None or seal_record(record._mapping) != record_digest:
            yield "record altered"
        elif not _has_files(tx, record.files):
            yield "file altered"
    if "origin" in content and (
        case is None or version is None or content["origin"] != origin(case, version)
    ):
        yield "case altered"


def _records(tx: Unit, case_id: UUID) -> list[Any]:
    return list(
        tx.all(select(records).where(records.c.tenant_id == TENANT, records.c.case_id == case_id))
    )


def _has_files(tx: Unit, files: Sequence[Sequence[Any]]) -> bool:
    """True when every file is still what it was: name, size and SHA-256."""
    for file_id, name, size, file_digest in files:
        row = tx.get(attachments, UUID(file_id))
        if row is None or (row.name, row.size, row.digest) != (name, size, file_digest):
            return False
    return True


def _seal_now(tx: Unit, case: Any) -> str:
    rows = tx.all(
        select(scopes.c.id, scopes.c.variables).where(
            scopes.c.tenant_id == TENANT, scopes.c.case_id == case.id
        )
    )
    named = {name: getattr(case, name) for name in SEALED}
    return seal(named, case.state, {row.id: row.variables for row in rows})


_LINKED = ("seq", "at", "kind", "element", "actor", "actor_name", "item_id", "content_digest")


def verify_all(tx: Unit) -> Iterator[Break]:
    """Every break in every case of the tenant."""
    for row in tx.all(select(cases.c.id).where(cases.c.tenant_id == TENANT)):
        yield from verify_case(tx, row.id)
