"""Verifying a case file, pure: without database and network, with nothing but a trust file.

Whether it is *intact* follows from the file: digests, the chain, signatures. Whether it is
*complete* follows from the manifest for what is in the file, and for what may have happened since
from a checkpoint, or from the case being over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import IO, Any

from domain.endorsements.archive import Altered, Cut, Member, Reader, has_end
from domain.endorsements.case_file import (
    ATTACHMENTS,
    CERTIFICATES,
    ENDORSEMENTS,
    FACTS,
    FORMAT,
    HISTORY,
    MANIFEST,
    PARTS,
    RECORDS,
    SIGNATURE,
    STANDS,
)
from domain.endorsements.checkpoints import are_chained, newest_of, seal_of_head
from domain.endorsements.signatures import Signatures
from domain.endorsements.trust import Trust
from domain.endorsements.verdict import Found, SignedBy, Verdict
from engine.canonical import canonical, digest
from engine.cases.command import OPEN, SUSPENDED
from engine.history import GENESIS, RECORD_FACTS, first_version, link, origin, seal_record

RUNNING = (OPEN, SUSPENDED)
LINKED = tuple(name for name in FACTS if name not in ("content", "hash"))
_WRONG = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)


@dataclass
class Opened:
    """What a case file holds, as far as it could be read."""

    parts: dict[str, Any] = field(default_factory=dict)
    attachments: dict[str, int] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    is_cut: bool = False


def verify_case_file(
    stream: IO[bytes], trust: Trust, checkpoints: Sequence[Mapping[str, Any]] = ()
) -> Verdict:
    """The verdict on a file; whatever is in it, an answer and never an error."""
    opened = open_file(stream)
    found = [*opened.found]
    if MANIFEST not in opened.parts or (found and not opened.is_cut):
        return Verdict(tuple(found) or (Found("part_missing", MANIFEST),))
    signatures: list[SignedBy] = []
    try:
        found += _check(opened, trust, checkpoints, signatures)
        facts = _facts(opened.parts[MANIFEST])
    except _WRONG:
        return Verdict((Found("form"),))
    return Verdict(tuple(dict.fromkeys(found)), facts, tuple(signatures))


def tenant_named_in(stream: IO[bytes]) -> str:
    """Whose case a file says it is; empty when that cannot be read."""
    reader = Reader(stream)
    try:
        member = reader.next()
        if member is None or member.name != MANIFEST:
            return ""
        return str(_parsed(reader.whole(member))["tenant"])
    except (Altered, Cut, *_WRONG):
        return ""


def _facts(manifest: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: manifest["case"][name] for name in ("number", "title", "status", "outcome")}
    places = ("tenant", "name", "length", "head", "exported_at")
    return {**told, **{name: manifest[name] for name in places}}


# ---------------------------------------------------------------- reading


def open_file(stream: IO[bytes]) -> Opened:
    """Read the archive strictly; what is cut off its end is told apart from what is changed."""
    opened, reader = Opened(), Reader(stream)
    member, last = None, ""
    try:
        while (member := reader.next()) is not None:
            last = _take(opened, reader, member, last)
    except Altered as error:
        opened.found.append(Found("layout", str(error)))
    except _WRONG:
        opened.found.append(Found("form", member.name if member else ""))
    except Cut:
        opened.is_cut = not has_end(stream)
        opened.found.append(Found("cut" if opened.is_cut else "layout"))
    return opened


def _take(opened: Opened, reader: Reader, member: Member, last: str) -> str:
    """Read a member into its place; parts may be missing, nothing may stand elsewhere."""
    name = member.name
    if name in PARTS and not last.startswith(ATTACHMENTS) and name not in opened.parts:
        if last and PARTS.index(name) < PARTS.index(last):
            raise Altered("the order of the members")
        opened.parts[name] = _parsed(reader.whole(member))
        return name
    if not name.startswith(ATTACHMENTS) or (last.startswith(ATTACHMENTS) and name <= last):
        raise Altered("a member that does not belong")
    sha = hashlib.sha256()
    for chunk in reader.chunks(member):
        sha.update(chunk)
    if sha.hexdigest() != name.removeprefix(ATTACHMENTS):
        raise Altered(name)
    opened.attachments[sha.hexdigest()] = member.size
    return name


def _parsed(content: bytes) -> Any:
    """The value behind canonical bytes; ValueError when they are written in another way."""
    value = json.loads(content)
    if canonical(value) != content:
        raise ValueError("not canonical")
    return value


# ---------------------------------------------------------------- checking


def _check(
    opened: Opened,
    trust: Trust,
    checkpoints: Sequence[Mapping[str, Any]],
    signatures: list[SignedBy],
) -> Iterator[Found]:
    manifest, parts = opened.parts[MANIFEST], opened.parts
    yield from (Found("part_missing", name) for name in PARTS if name not in parts)
    yield from _manifest(manifest, parts.get(SIGNATURE), trust)
    facts = parts.get(HISTORY, [])
    is_short = len(facts) < manifest["length"]
    yield from _chain(manifest, facts)
    if RECORDS in parts:
        yield from _records(facts, parts[RECORDS], opened.attachments, is_short=is_short)
    if ENDORSEMENTS in parts and CERTIFICATES in parts:
        checked = Signatures(manifest, trust, parts[CERTIFICATES])
        yield from checked.check(facts, parts[ENDORSEMENTS], is_short=is_short)
        signatures.extend(checked.good)
    yield from _completeness(manifest, facts, trust, checkpoints, is_short=is_short)


def _manifest(manifest: Any, signed: Any, trust: Trust) -> Iterator[Found]:
    if manifest["format"] != FORMAT or set(manifest["case"]) != set(STANDS):
        yield Found("form", MANIFEST)
    if signed is None:
        return
    if set(signed) != {"key", "signature"}:
        yield Found("form", SIGNATURE)
    at = datetime.fromisoformat(manifest["exported_at"])
    fault = trust.fault_of(manifest, signed["key"], signed["signature"], at)
    if fault:
        yield Found(fault, MANIFEST)


def _chain(manifest: Any, facts: Sequence[Any]) -> Iterator[Found]:
    """The chain from its beginning to the head that the manifest names."""
    case_id, head = manifest["case"]["id"], GENESIS
    for number, fact in enumerate(facts, start=1):
        where = f"#{number}"
        if set(fact) != set(FACTS):
            yield Found("form", where)
            return
        head = link(case_id, head, {name: fact[name] for name in LINKED})
        if fact["seq"] != number or fact["hash"] != head:
            yield Found("chain", where)
            return
        content = fact["content"]
        if content is not None and digest(canonical(content)) != fact["content_digest"]:
            yield Found("content", where)
    if len(facts) < manifest["length"]:
        yield Found("tail_missing", f"{len(facts)} / {manifest['length']}")
    elif (len(facts), head) != (manifest["length"], manifest["head"]):
        yield Found("head")
    began = facts[0]["content"] if facts else None
    case = SimpleNamespace(**manifest["case"])
    version = first_version(case.bundle_id, [fact["content"] for fact in facts])
    if began is not None and (version is None or began.get("origin") != origin(case, version)):
        yield Found("origin")


def _records(
    facts: Sequence[Any], records: Sequence[Any], attachments: Mapping[str, int], *, is_short: bool
) -> Iterator[Found]:
    """Every record that history names, sealed as it says, with its files; and no other."""
    kept = {row["id"]: row for row in records}
    known: set[str] = set()
    for fact in facts:
        for record_id, sealed in (fact["content"] or {}).get("records", ()):
            row = kept.pop(record_id, None)
            if row is None:
                yield Found("record_missing", record_id)
                continue
            if set(row) != {"id", *RECORD_FACTS} or _sealed(row) != sealed:
                yield Found("record", record_id)
            yield from _files(row, attachments, known)
    if not is_short and (kept or len(records) != len({row["id"] for row in records})):
        yield Found("record_stray", next(iter(kept), ""))
    if not is_short and attachments.keys() - known:
        yield Found("attachment_stray", min(attachments.keys() - known))


def _sealed(row: Mapping[str, Any]) -> str:
    return seal_record({**row, "at": datetime.fromisoformat(row["at"])})


def _files(row: Any, attachments: Mapping[str, int], known: set[str]) -> Iterator[Found]:
    for _file_id, name, size, file_digest in row["files"]:
        known.add(file_digest)
        if file_digest not in attachments:
            yield Found("attachment_missing", name)
        elif attachments[file_digest] != size:
            yield Found("attachment", name)


def _completeness(
    manifest: Any,
    facts: Sequence[Any],
    trust: Trust,
    checkpoints: Sequence[Mapping[str, Any]],
    *,
    is_short: bool,
) -> Iterator[Found]:
    """Whether anything may have happened that is not in the file."""
    if any(_is_foreign(one, trust) for one in checkpoints) or not are_chained(checkpoints):
        yield Found("checkpoint_bad")
        return
    named = newest_of(checkpoints, manifest["salt"])
    if named is None:
        if manifest["case"]["status"] in RUNNING and not is_short:
            yield Found("unproved")
    elif named.seq > len(facts):
        yield Found("later", f"{len(facts)} / {named.seq}")
    else:
        head = facts[named.seq - 1]["hash"] if named.seq else GENESIS
        if seal_of_head(manifest["salt"], named.seq, head) != named.seal:
            yield Found("rewritten", f"#{named.seq}")


def _is_foreign(one: Mapping[str, Any], trust: Trust) -> bool:
    body = one["body"]
    at = datetime.fromisoformat(body["at"])
    if body["kind"] != "checkpoint":
        return True
    return bool(trust.fault_of(body, one["key"], one["signature"], at))
