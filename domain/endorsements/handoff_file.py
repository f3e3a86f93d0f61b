"""The hand-off as a file: what is handed over, signed, with the signed case file behind it.

For a tenant that is not on this installation: one writes it, the other reads it and checks every
byte before anything of it counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from domain.endorsements.archive import MOST_CHUNK, Altered, Cut, Member, Reader, Writer, sum_of
from domain.endorsements.case_file import SIGNATURE
from domain.endorsements.keys import KeyPair
from domain.endorsements.trust import Trust
from domain.endorsements.verdict import WORDS, Outcome
from domain.endorsements.verify import verify_case_file
from engine.canonical import canonical
from engine.errors import Refused

FORMAT = "lucheng-handoff-1"
STATEMENT, CASE = "handoff.json", "case.lucheng.zip"
SAID = ("to", "message", "name", "correlation", "values", "number", "title")
"""What a hand-off says, besides from whom and when it was written."""
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)


class HandOffRefused(Refused):
    """The file is not what its tenant wrote, or not from somebody who is trusted."""

    code = "handoff_refused"

    def __init__(self, place: str, code: str) -> None:
        _outcome, zh, en = WORDS[code]
        super().__init__(
            f"移交文件不能采信：{zh}（{place}）",
            f"the hand-off file is not accepted: {en} ({place})",
            place=place,
            fault=code,
        )


@dataclass(frozen=True)
class Read:
    """A hand-off that was read and is good: who says what, and where the case file lies."""

    source: str
    source_name: str
    said: Mapping[str, Any]
    case_name: str
    case_file: IO[bytes]


def write_handoff(
    stream: IO[bytes],
    source: tuple[str, str],
    said: Mapping[str, Any],
    case_file: tuple[str, IO[bytes]],
    pair: KeyPair,
    at: datetime,
) -> None:
    """Write the file; ``source`` is slug and name of the tenant, whose key signs."""
    name, content = case_file
    size, total = sum_of(_chunks(content))
    statement = {
        "format": FORMAT,
        "tenant": source[0],
        "tenant_name": source[1],
        **{key: said[key] for key in SAID},
        "case": {"name": name, "size": size, "digest": _digest(content)},
        "written_at": at.isoformat(),
    }
    writer = Writer(stream)
    writer.add_whole(STATEMENT, canonical(statement))
    signed = {"key": pair.id, "signature": pair.sign(statement)}
    writer.add_whole(SIGNATURE, canonical(signed))
    writer.add(Member(CASE, size, total), _chunks(content))
    writer.close()


def tenant_of_handoff(stream: IO[bytes]) -> str:
    """Which tenant a file says it comes from; nothing of it is checked."""
    try:
        return str(json.loads(_part(Reader(stream), STATEMENT))["tenant"])
    except _UNREADABLE as error:
        raise HandOffRefused(STATEMENT, "form") from error


def read_handoff(stream: IO[bytes], trust: Trust, to: str, kept: IO[bytes]) -> Read:
    """What a file says, when every byte is as it was written by somebody trusted, for ``to``.

    The case file is copied into ``kept``. :class:`HandOffRefused` names the place at fault.
    """
    reader = Reader(stream)
    statement = _statement(_part(reader, STATEMENT), _part(reader, SIGNATURE), trust)
    if statement["to"] != to:
        raise Refused(
            f"此案卷是移交给 {statement['to']} 的",
            f"the file is addressed to {statement['to']}",
            code="handoff_for_another",
        )
    _copy_case(reader, statement["case"], kept)
    verdict = verify_case_file(kept, trust)
    if verdict.outcome in (Outcome.ALTERED, Outcome.INCOMPLETE):
        worst = next(f for f in verdict.found if f.outcome is verdict.outcome)
        raise HandOffRefused(worst.where or CASE, worst.code)
    kept.seek(0)
    said = {key: statement[key] for key in SAID}
    name = str(statement["case"]["name"])
    return Read(trust.tenant, str(statement["tenant_name"]), said, name, kept)


def _statement(written: bytes, signature: bytes, trust: Trust) -> Mapping[str, Any]:
    try:
        statement, signed = json.loads(written), json.loads(signature)
        at = datetime.fromisoformat(statement["written_at"])
        if statement["format"] != FORMAT or canonical(statement) != written:
            raise HandOffRefused(STATEMENT, "form")
        if canonical(signed) != signature:
            raise HandOffRefused(SIGNATURE, "form")
        fault = trust.fault_of(statement, signed["key"], signed["signature"], at)
        complete = {key: statement[key] for key in (*SAID, "case", "tenant_name")}
    except _UNREADABLE as error:
        raise HandOffRefused(STATEMENT, "form") from error
    if fault:
        raise HandOffRefused(STATEMENT, fault)
    return complete


def _part(reader: Reader, name: str) -> bytes:
    try:
        member = reader.next()
        if member is None or member.name != name:
            raise HandOffRefused(name, "part_missing")
        return reader.whole(member)
    except Altered as error:
        raise HandOffRefused(name, "layout") from error
    except Cut as error:
        raise HandOffRefused(name, "cut") from error


def _copy_case(reader: Reader, said: Mapping[str, Any], kept: IO[bytes]) -> None:
    try:
        member = reader.next()
        if member is None or (member.name, member.size) != (CASE, said["size"]):
            raise HandOffRefused(CASE, "part_missing")
        for chunk in reader.chunks(member):
            kept.write(chunk)
        if reader.next() is not None:
            raise HandOffRefused(CASE, "layout")
    except Altered as error:
        raise HandOffRefused(str(error), "layout") from error
    except Cut as error:
        raise HandOffRefused(CASE, "cut") from error
    if _digest(kept) != said["digest"]:
        raise HandOffRefused(CASE, "attachment")
    kept.seek(0)


def _chunks(stream: IO[bytes]) -> Any:
    stream.seek(0)
    while chunk := stream.read(MOST_CHUNK):
        yield chunk


def _digest(stream: IO[bytes]) -> str:
    total = hashlib.sha256()
    for chunk in _chunks(stream):
        total.update(chunk)
    return total.hexdigest()
