"""The signed case file: what is in it, in which order, and how it is written.

One archive: the manifest, its signature, the history, the records, the signatures on them, the
certificates of the signers, and every attachment under its digest. All of it is text in the one
canonical form, so that the same case at the same moment gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from domain.endorsements.archive import Member, Writer, sum_of
from domain.endorsements.keys import KeyPair
from engine.canonical import canonical
from engine.history import ORIGIN, RECORD_FACTS

FORMAT = "lucheng-case-1"
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
HISTORY, RECORDS = "history.json", "records.json"
ENDORSEMENTS, CERTIFICATES = "endorsements.json", "certificates.json"
PARTS = (MANIFEST, SIGNATURE, HISTORY, RECORDS, ENDORSEMENTS, CERTIFICATES)
ATTACHMENTS = "attachments/"
FACTS = (
    *("seq", "at", "kind", "element", "actor", "actor_name", "item_id"),
    *("content", "content_digest", "hash"),
)
STANDS = ("id", *ORIGIN, "title", "status", "outcome", "ended_at")
"""What the manifest says of the case."""

Chunks = Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class CaseFile:
    """Everything of one case, from its rows; ``attachments`` are read when they are written."""

    tenant: str
    name: str
    case: Any
    salt: str
    history: Sequence[Any]
    records: Sequence[Any]
    certificates: Sequence[Mapping[str, Any]]
    revoked: Mapping[str, datetime]
    attachments: Mapping[str, Chunks]


def write_case_file(stream: IO[bytes], found: CaseFile, pair: KeyPair, at: datetime) -> None:
    """Write the archive; the manifest is signed with the tenant's key."""
    manifest = manifest_of(found, at)
    writer = Writer(stream)
    contents: dict[str, Any] = {
        MANIFEST: manifest,
        SIGNATURE: {"key": pair.id, "signature": pair.sign(manifest)},
        HISTORY: [_plain({name: getattr(row, name) for name in FACTS}) for row in found.history],
        RECORDS: [_plain(_record(row)) for row in found.records],
        ENDORSEMENTS: list(endorsements_in(found.history)),
        CERTIFICATES: list(found.certificates),
    }
    for name in PARTS:
        writer.add_whole(name, canonical(contents[name]))
    for digest in sorted(found.attachments):
        size, total = sum_of(found.attachments[digest]())
        writer.add(Member(ATTACHMENTS + digest, size, total), found.attachments[digest]())
    writer.close()


def manifest_of(found: CaseFile, at: datetime) -> dict[str, Any]:
    """What the tenant signs: the case, the end and length of its history, revoked keys."""
    return {
        "format": FORMAT,
        "tenant": found.tenant,
        "name": found.name,
        "case": _plain({name: getattr(found.case, name) for name in STANDS}),
        "length": found.case.history_seq,
        "head": found.case.history_head,
        "salt": found.salt,
        "revoked": {key: moment.isoformat() for key, moment in found.revoked.items()},
        "exported_at": at.isoformat(),
    }


def endorsements_in(facts: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The signatures as history tells of them, in its order."""
    for fact in facts:
        told = (fact.content or {}).get("endorsement")
        if told is not None:
            yield {"seq": fact.seq, **told}


def _record(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", *RECORD_FACTS)}


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in facts.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
