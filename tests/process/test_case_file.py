"""The signed case file: whole, and whatever is changed in it is found."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from signing import Bureau, build_bureau

from domain.endorsements.archive import Reader, Writer
from domain.endorsements.case_file import PARTS
from domain.endorsements.keys import make_key
from domain.endorsements.verdict import Outcome
from engine.canonical import canonical
from engine.store.database import Database
from engine.timing.clock import FrozenClock
from webapp.usecases.endorsing import revoke_key
from webapp.usecases.outside_proof import (
    checkpoint_tenant,
    published_keys,
    read_checkpoints,
    write_case,
)
from webapp.usecases.proving import verify_with_files

ATTACHMENT = b"%PDF-1.4 evidence"
Members = dict[str, bytes]


@pytest.fixture
def bureau(mostly_sqlite: Database, clock: FrozenClock, tmp_path: Path) -> Bureau:
    return build_bureau(mostly_sqlite, clock, tmp_path)


def exported(bureau: Bureau, case: str) -> bytes:
    _name, stream = write_case(bureau.product, bureau.town.tenant_id, UUID(case))
    with stream:
        return stream.read()


def trusted(bureau: Bureau) -> bytes:
    return json.dumps(published_keys(bureau.product, "walk")).encode()


def checkpoint(bureau: Bureau) -> bytes:
    bureau.town.clock.advance(timedelta(hours=1))
    checkpoint_tenant(bureau.product, bureau.town.tenant_id)
    return published(bureau)


def published(bureau: Bureau) -> bytes:
    return json.dumps(read_checkpoints(bureau.product, "walk", "", None)[0]).encode()


def verdict(content: bytes, trust: bytes, said: bytes | None = None) -> Any:
    return verify_with_files(io.BytesIO(content), trust, said)


def outcome(content: bytes, trust: bytes, said: bytes | None = None) -> Outcome:
    found: Outcome = verdict(content, trust, said).outcome
    return found


def signed_case(bureau: Bureau, *, ends: bool = False) -> str:
    case = bureau.begin(file=ATTACHMENT)
    bureau.sign("officer")
    if ends:
        bureau.sign("leader", decision="agree", opinion="属实")
    return case


def unpacked(content: bytes) -> Members:
    reader, found = Reader(io.BytesIO(content)), {}
    while (member := reader.next()) is not None:
        found[member.name] = reader.whole(member)
    return found


def packed(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    writer = Writer(stream)
    for name, content in members.items():
        writer.add_whole(name, content)
    writer.close()
    return stream.getvalue()


def changed(content: bytes, part: str, change: Callable[[Any], Any]) -> bytes:
    """The archive with one part changed, and written as if nothing had happened."""
    members = unpacked(content)
    value = json.loads(members[part])
    given = change(value)
    members[part] = canonical(value if given is None else given)
    return packed(members)


# ---------------------------------------------------------------- whole


def test_a_case_that_is_over_is_intact_and_complete(bureau: Bureau) -> None:
    case = signed_case(bureau, ends=True)
    found = verdict(exported(bureau, case), trusted(bureau))
    assert (found.outcome, found.found) == (Outcome.INTACT, ())
    assert [s.capacity for s in found.signatures] == ["初评人", "包联领导"]


def test_a_void_signature_is_told_as_such(bureau: Bureau) -> None:
    case = bureau.begin()
    bureau.sign("officer")
    bureau.sign("leader", decision="refuse", reason="与现场不符")
    bureau.assess("重新评估")
    bureau.sign("officer")
    found = verdict(exported(bureau, case), trusted(bureau))
    assert [s.is_void for s in found.signatures] == [True, True, False]


def test_the_same_case_at_the_same_moment_gives_the_same_bytes(bureau: Bureau) -> None:
    case = signed_case(bureau)
    assert exported(bureau, case) == exported(bureau, case)


def test_any_unpacker_opens_the_archive(bureau: Bureau) -> None:
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(exported(bureau, signed_case(bureau)))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[: len(PARTS)] == list(PARTS)
        assert archive.read(archive.namelist()[-1]) == ATTACHMENT


def test_of_a_running_case_only_a_checkpoint_proves_that_it_is_complete(bureau: Bureau) -> None:
    case, trust = signed_case(bureau), trusted(bureau)
    assert outcome(exported(bureau, case), trust) == Outcome.UNPROVED
    said = checkpoint(bureau)
    assert outcome(exported(bureau, case), trust, said) == Outcome.INTACT


def test_a_checkpoint_that_knows_more_makes_a_file_incomplete(bureau: Bureau) -> None:
    case, trust = signed_case(bureau), trusted(bureau)
    early = exported(bureau, case)
    bureau.sign("leader")
    said = checkpoint(bureau)
    assert outcome(early, trust, said) == Outcome.INCOMPLETE
    assert outcome(exported(bureau, case), trust, said) == Outcome.INTACT


def test_an_early_checkpoint_does_not_hurt_what_came_later(bureau: Bureau) -> None:
    case, trust = signed_case(bureau), trusted(bureau)
    said = checkpoint(bureau)
    bureau.sign("leader")
    assert outcome(exported(bureau, case), trust, said) == Outcome.INTACT


def test_a_signature_outlives_the_key_it_was_made_with(bureau: Bureau) -> None:
    case = signed_case(bureau, ends=True)
    bureau.town.clock.advance(timedelta(minutes=1))
    revoke_key(bureau.product, bureau.town["officer"], "a password of tests", "127.0.0.1")
    assert outcome(exported(bureau, case), trusted(bureau)) == Outcome.INTACT


# ---------------------------------------------------------------- changed


def test_any_changed_byte_is_found(bureau: Bureau) -> None:
    content, trust = exported(bureau, signed_case(bureau, ends=True)), trusted(bureau)
    chance = random.Random(20260302)
    places = [*range(64), *range(len(content) - 64, len(content))]
    places += [chance.randrange(len(content)) for _ in range(400)]
    missed = []
    for place in places:
        forged = bytearray(content)
        forged[place] ^= 1 << chance.randrange(8)
        if outcome(bytes(forged), trust) != Outcome.ALTERED:
            missed.append(place)
    assert missed == []


def test_bytes_put_in_or_taken_out_are_found(bureau: Bureau) -> None:
    content, trust = exported(bureau, signed_case(bureau, ends=True)), trusted(bureau)
    chance = random.Random(7)
    for _ in range(60):
        place = chance.randrange(len(content) - 30)
        more = content[:place] + b"\0" + content[place:]
        less = content[:place] + content[place + 1 :]
        assert (outcome(more, trust), outcome(less, trust)) == (Outcome.ALTERED,) * 2
    assert outcome(content + b"\0", trust) == Outcome.ALTERED


def _first(name: str, value: Any) -> Callable[[Any], None]:
    def change(rows: Any) -> None:
        rows[0][name] = value

    return change


CHANGES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "a record": ("records.json", lambda rows: rows[0]["content"].update(note="改")),
    "an opinion": ("records.json", lambda rows: rows[-1]["content"].update(opinion="不实")),
    "who submitted": ("records.json", _first("by", None)),
    "the name of a file": ("records.json", lambda rows: rows[0]["files"][0].__setitem__(1, "x")),
    "a record more": ("records.json", lambda rows: [*rows, {**rows[0], "id": "x"}]),
    "a record twice": ("records.json", lambda rows: [*rows, rows[0]]),
    "an actor": ("history.json", lambda rows: rows[1].update(actor_name="别人")),
    "a time": ("history.json", _first("at", "2026-01-01T00:00:00+00:00")),
    "a content": ("history.json", lambda rows: rows[1]["content"].update(reason="x")),
    "the order": ("history.json", lambda rows: [rows[1], rows[0], *rows[2:]]),
    "a fact taken out": ("history.json", lambda rows: [rows[0], *rows[2:]]),
    "a fact more": ("history.json", lambda rows: [*rows, rows[-1]]),
    "a hash": ("history.json", _first("hash", "0" * 64)),
    "a signature": ("endorsements.json", _first("signature", "0" * 128)),
    "a statement": ("endorsements.json", lambda rows: rows[0]["statement"].update(step="x")),
    "no signatures": ("endorsements.json", lambda rows: []),
    "a certificate": ("certificates.json", lambda r: r[0]["statement"].update(name="x")),
    "no certificates": ("certificates.json", lambda rows: []),
    "the manifest": ("manifest.json", lambda m: m["case"].update(title="别的")),
    "the outcome": ("manifest.json", lambda m: m["case"].update(outcome="否决")),
    "the length": ("manifest.json", lambda m: m.update(length=m["length"] - 1)),
    "a revocation": ("manifest.json", lambda m: m.update(revoked={})),
    "the signature of all": ("signature.json", lambda s: s.update(signature="0" * 128)),
    "capital letters": ("signature.json", lambda s: s.update(signature=s["signature"].upper())),
    "another form": ("history.json", lambda rows: {"facts": rows}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_changed_and_packed_again_is_found(bureau: Bureau, what: str) -> None:
    case, trust = signed_case(bureau, ends=True), trusted(bureau)
    bureau.town.clock.advance(timedelta(minutes=1))
    revoke_key(bureau.product, bureau.town["officer"], "a password of tests", "127.0.0.1")
    content = exported(bureau, case)
    part, change = CHANGES[what]
    assert outcome(content, trust) == Outcome.INTACT
    assert outcome(changed(content, part, change), trust) == Outcome.ALTERED


def test_a_changed_attachment_is_found_and_a_missing_one_too(bureau: Bureau) -> None:
    content, trust = exported(bureau, signed_case(bureau, ends=True)), trusted(bureau)
    members = unpacked(content)
    (name,) = (n for n in members if n.startswith("attachments/"))
    assert outcome(packed({**members, name: ATTACHMENT + b"!"}), trust) == Outcome.ALTERED
    kept = {n: c for n, c in members.items() if n != name}
    assert outcome(packed(kept), trust) == Outcome.INCOMPLETE
    stray = {**members, "attachments/" + "f" * 64: b"x"}
    assert outcome(packed(stray), trust) == Outcome.ALTERED


# ---------------------------------------------------------------- cut


def test_a_file_cut_at_its_end_is_incomplete_wherever_it_is_cut(bureau: Bureau) -> None:
    content, trust = exported(bureau, signed_case(bureau, ends=True)), trusted(bureau)
    chance = random.Random(3)
    for length in [
        0,
        1,
        29,
        len(content) - 1,
        *(chance.randrange(len(content)) for _ in range(80)),
    ]:
        assert outcome(content[:length], trust) == Outcome.INCOMPLETE, length


def test_a_history_without_its_tail_is_incomplete(bureau: Bureau) -> None:
    content, trust = exported(bureau, signed_case(bureau, ends=True)), trusted(bureau)
    for kept in range(1, len(json.loads(unpacked(content)["history.json"]))):
        short = changed(content, "history.json", lambda rows, n=kept: rows[:n])
        assert outcome(short, trust) == Outcome.INCOMPLETE, kept
    members = unpacked(content)
    del members["history.json"]
    assert outcome(packed(members), trust) == Outcome.INCOMPLETE


# ---------------------------------------------------------------- forged


def test_a_case_signed_anew_with_foreign_keys_is_refused(bureau: Bureau) -> None:
    content, trust = exported(bureau, signed_case(bureau, ends=True)), trusted(bureau)
    pair, members = make_key(), unpacked(content)
    manifest = json.loads(members["manifest.json"])
    manifest["case"]["title"] = "改写"
    members["manifest.json"] = canonical(manifest)
    members["signature.json"] = canonical({"key": pair.id, "signature": pair.sign(manifest)})
    assert [f.code for f in verdict(packed(members), trust).found] == ["foreign"]
    named = json.loads(trust)["keys"][0]["key"]
    members["signature.json"] = canonical({"key": named, "signature": pair.sign(manifest)})
    assert outcome(packed(members), trust) == Outcome.ALTERED


def test_a_history_rewritten_by_the_keeper_himself_is_found_by_a_checkpoint(
    bureau: Bureau,
) -> None:
    case, trust = signed_case(bureau), trusted(bureau)
    said = json.loads(checkpoint(bureau))
    assert outcome(exported(bureau, case), trust, json.dumps(said).encode()) == Outcome.INTACT
    other = signed_case(bureau)
    salts = [
        json.loads(unpacked(exported(bureau, c))["manifest.json"])["salt"] for c in (case, other)
    ]
    assert salts[0] != salts[1]
    body = said["checkpoints"][0]["body"]
    (entry,) = body["heads"]
    entry[2] = "0" * 64
    assert outcome(exported(bureau, case), trust, json.dumps(said).encode()) == Outcome.ALTERED


def test_a_checkpoint_of_somebody_else_proves_nothing(bureau: Bureau) -> None:
    case, trust = signed_case(bureau), trusted(bureau)
    said = json.loads(checkpoint(bureau))
    for one in said["checkpoints"]:
        pair = make_key()
        one["key"], one["signature"] = pair.id, pair.sign(one["body"])
    found = verdict(exported(bureau, case), trust, json.dumps(said).encode())
    assert [f.code for f in found.found] == ["checkpoint_bad"]


def test_a_checkpoint_taken_out_of_the_row_is_noticed(bureau: Bureau) -> None:
    signed_case(bureau)
    trust = trusted(bureau)
    for _ in range(3):
        checkpoint(bureau)
    case = signed_case(bureau)
    said = json.loads(checkpoint(bureau))
    content = exported(bureau, case)
    assert outcome(content, trust, json.dumps(said).encode()) == Outcome.INTACT
    said["checkpoints"][1]["body"]["number"] = said["checkpoints"][2]["body"]["number"]
    assert outcome(content, trust, json.dumps(said).encode()) == Outcome.ALTERED


def test_checkpoints_name_nobody_and_only_what_moved(bureau: Bureau) -> None:
    case = signed_case(bureau)
    first = json.loads(checkpoint(bureau))
    second = json.loads(checkpoint(bureau))
    assert case not in json.dumps(second)
    assert bureau.town.case(case).number not in json.dumps(second)
    assert [len(one["body"]["heads"]) for one in second["checkpoints"]] == [0, 1]
    assert second["checkpoints"][1] == first["checkpoints"][0]
