"""Steps that are completed with a signature: by whom, over what, and what makes it void."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from signing import PASSWORD, PIN, Bureau, build_bureau
from sqlalchemy import select
from town import build_town

from domain.endorsements.keys import KeyClosed, is_signed
from domain.endorsements.model import endorsements, signing_keys, tenant_keys
from domain.endorsements.store import NoSigningKey, endorsements_of
from engine.cases.records import records_of
from engine.cases.submissions import FormInvalid, Submission
from engine.errors import Invalid
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.timing.clock import FrozenClock
from engine.work_items.items import complete_item
from engine.work_items.lists import history_of
from engine.work_items.presigning import presign
from engine.work_items.signing import NotASigner, SignatureNeeded, SignedOtherwise
from webapp.usecases import endorsing
from webapp.usecases.endorsing import (
    PinLocked,
    PinNeeded,
    Renewal,
    revoke_key,
    set_key,
    sign_and_hand_in,
)
from webapp.usecases.sign_in import SignInRefused


@pytest.fixture
def bureau(database: Database, clock: FrozenClock, tmp_path: Path) -> Bureau:
    return build_bureau(database, clock, tmp_path)


def given(bureau: Bureau, case: str) -> list[Any]:
    with bureau.town.db.tenant(bureau.town.tenant_id, read_only=True) as tx:
        return list(endorsements_of(tx, UUID(case)))


def facts(bureau: Bureau, case: str) -> list[Any]:
    with bureau.town.db.tenant(bureau.town.tenant_id, read_only=True) as tx:
        return list(history_of(tx, UUID(case)))


@pytest.mark.rule("R-ORD-17")
def test_the_case_goes_on_when_everybody_who_must_has_signed(bureau: Bureau) -> None:
    case = bureau.begin()
    bureau.sign("officer")
    assert bureau.town.case(case).status == "open"
    bureau.sign("leader")
    assert bureau.town.case(case).status == "completed"
    assert [row.statement["signer"]["as"] for row in given(bureau, case)] == ["初评人", "包联领导"]
    assert bureau.town.breaks(case) == []


@pytest.mark.rule("R-ORD-33")
def test_signed_is_the_very_record_what_it_covers_and_the_history_before(bureau: Bureau) -> None:
    case = bureau.begin()
    before = bureau.town.case(case)
    bureau.sign("officer", decision="agree", opinion="已到现场")
    (row,) = given(bureau, case)
    with bureau.town.db.tenant(bureau.town.tenant_id, read_only=True) as tx:
        assessed, signed = records_of(tx, UUID(case))
        key = tx.one(
            select(signing_keys).where(
                signing_keys.c.tenant_id == TENANT, signing_keys.c.key == row.key
            )
        )
    assert key is not None
    said = row.statement
    assert said["record"] == [str(signed.id), signed.digest]
    assert said["covers"] == [["assess", str(assessed.id), assessed.digest]]
    assert said["after"] == [before.history_seq, before.history_head]
    assert said["signer"]["member"] == str(bureau.town["officer"].membership_id)
    assert said["at"] == signed.at.isoformat()
    assert is_signed(said, row.signature, key.public)
    assert not is_signed({**said, "number": "other"}, row.signature, key.public)
    told = facts(bureau, case)[-1].content["endorsement"]
    assert told == {"statement": said, "signature": row.signature}


def test_without_a_signature_nothing_moves(bureau: Bureau) -> None:
    case, item = bureau.begin(), bureau.item("officer")
    town, values = bureau.town, {"decision": "agree"}
    with pytest.raises(SignatureNeeded):
        complete_item(town.db, town.world, town["officer"], item.id, item.revision, values)
    with pytest.raises(PinNeeded):
        bureau.sign("officer", pin="")
    with pytest.raises(KeyClosed):
        bureau.sign("officer", pin="999999")
    assert given(bureau, case) == []
    assert len(town.items("officer")) == 1


def test_a_wrong_form_is_told_before_a_pin_is_looked_at(bureau: Bureau) -> None:
    bureau.begin()
    for _ in range(7):
        with pytest.raises(FormInvalid):
            bureau.sign("officer", pin="999999", decision="refuse")
    bureau.sign("officer")


def test_wrong_pins_are_counted_and_locked_for_a_while(bureau: Bureau) -> None:
    bureau.begin()
    for _ in range(5):
        with pytest.raises(KeyClosed):
            bureau.sign("officer", pin="999999")
    with pytest.raises(PinLocked):
        bureau.sign("officer")
    bureau.sign("leader")
    bureau.town.clock.advance(timedelta(minutes=16))
    bureau.sign("officer")


def test_a_right_pin_forgives_the_wrong_ones(bureau: Bureau) -> None:
    for _ in range(2):
        bureau.begin()
        for _ in range(4):
            with pytest.raises(KeyClosed):
                bureau.sign("officer", pin="999999")
        bureau.sign("officer")
        bureau.sign("leader")


@pytest.mark.rule("R-ORD-33")
def test_a_refusal_is_signed_too_and_returns_the_record(bureau: Bureau) -> None:
    case = bureau.begin()
    bureau.sign("officer")
    bureau.sign("leader", decision="refuse", reason="与现场不符")
    assert bureau.town.steps("officer") == ["assess"]
    assert len(given(bureau, case)) == 2
    bureau.assess("重新评估")
    bureau.sign("officer")
    bureau.sign("leader")
    assert bureau.town.case(case).status == "completed"
    assert bureau.town.breaks(case) == []
    latest = given(bureau, case)[-1].statement["covers"]
    with bureau.town.db.tenant(bureau.town.tenant_id, read_only=True) as tx:
        assessed = [r for r in records_of(tx, UUID(case)) if r.element == "assess"]
    assert latest == [["assess", str(assessed[-1].id), assessed[-1].digest]]


def test_who_was_not_computed_does_not_sign(bureau: Bureau, monkeypatch: Any) -> None:
    bureau.begin()
    bureau.set_key("colleague")
    town, item = bureau.town, bureau.item("officer")
    clerk = town["colleague"]
    stands_in = replace(clerk, membership_id=town["officer"].membership_id, roles=())
    with town.db.tenant(town.tenant_id) as tx:
        assert presign(tx, town.world, stands_in, Submission(item.id, 1, {"decision": "agree"}))
    named = bureau.town.all_items(item.case_id)
    with town.db.tenant(town.tenant_id) as tx:
        for row in named:
            tx.execute(_offered_to(row.id, [f"person:{clerk.membership_id}"]))
    with pytest.raises(NotASigner):
        sign_and_hand_in(bureau.product, clerk, Submission(item.id, 1, {"decision": "agree"}), PIN)


def _offered_to(item_id: UUID, principals: list[str]) -> Any:
    from sqlalchemy import update  # noqa: PLC0415

    from engine.store.tables import work_items  # noqa: PLC0415

    return (
        update(work_items)
        .where(work_items.c.tenant_id == TENANT, work_items.c.id == item_id)
        .values(candidates=principals)
    )


def test_what_happens_between_signing_and_storing_is_noticed(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = bureau.begin()
    real, town, done = endorsing._sign, bureau.town, []

    def slowly(*arguments: Any) -> Any:
        signed = real(*arguments)
        if not done:
            done.append(1)
            monkeypatch.setattr(endorsing, "_sign", real)
            bureau.sign("leader")
        return signed

    monkeypatch.setattr(endorsing, "_sign", slowly)
    bureau.sign("officer")
    assert [row.statement["signer"]["name"] for row in given(bureau, case)] == ["leader", "officer"]
    assert town.breaks(case) == []
    monkeypatch.setattr(endorsing, "_sign", lambda *a: replace(real(*a), head="0" * 64))
    bureau.begin()
    with pytest.raises(SignedOtherwise):
        bureau.sign("officer")


def test_a_record_that_was_not_signed_is_not_stored(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, real = bureau.begin(), endorsing._sign
    monkeypatch.setattr(endorsing, "_sign", lambda *a: replace(real(*a), digest="0" * 64))
    with pytest.raises(SignedOtherwise):
        bureau.sign("officer")
    assert given(bureau, case) == []


def test_the_same_request_again_gets_the_same_answer_without_a_pin(bureau: Bureau) -> None:
    bureau.begin()
    item = bureau.item("officer")
    handed = Submission(item.id, item.revision, {"decision": "agree"})
    first = bureau.sign("officer", key="once")
    again = sign_and_hand_in(bureau.product, bureau.town["officer"], handed, "", key="once")
    assert again == first


# ---------------------------------------------------------------- keys


def test_a_lost_pin_means_a_new_key_and_old_signatures_stay(bureau: Bureau) -> None:
    case = bureau.begin()
    bureau.sign("officer")
    bureau.town.clock.advance(timedelta(minutes=1))
    revoke_key(bureau.product, bureau.town["officer"], PASSWORD, "127.0.0.1")
    bureau.begin()
    with pytest.raises(NoSigningKey):
        bureau.sign("officer")
    bureau.set_key("officer", "838201")
    bureau.sign("officer", pin="838201")
    (old,) = given(bureau, case)
    with bureau.town.db.tenant(bureau.town.tenant_id, read_only=True) as tx:
        keys = {row.key: row for row in tx.all(select(signing_keys).where(_ours(signing_keys)))}
    assert keys[old.key].revoked_at > old.signed_at
    assert is_signed(old.statement, old.signature, keys[old.key].public)


def test_a_key_ends_with_its_time(bureau: Bureau) -> None:
    bureau.town.clock.advance(timedelta(days=731))
    bureau.begin()
    with pytest.raises(NoSigningKey):
        bureau.sign("officer")


def test_setting_a_key_asks_for_the_password_and_a_pin_nobody_guesses(bureau: Bureau) -> None:
    officer = bureau.town["officer"]
    with pytest.raises(SignInRefused):
        set_key(bureau.product, officer, Renewal("wrong", PIN, PIN), "127.0.0.1")
    for pin, again in (("27491", "27491"), ("222222", "222222"), ("345678", "345678"), (PIN, "1")):
        with pytest.raises(Invalid):
            set_key(bureau.product, officer, Renewal(PASSWORD, pin, again), "127.0.0.1")


def test_neither_pin_nor_secret_nor_private_key_is_in_the_database(bureau: Bureau) -> None:
    bureau.begin()
    bureau.sign("officer")
    with bureau.town.db.tenant(bureau.town.tenant_id, read_only=True) as tx:
        rows = [
            row
            for table in (signing_keys, tenant_keys)
            for row in tx.all(select(table).where(_ours(table)))
        ]
    text = str(rows)
    assert PIN not in text
    assert "of tests" not in text
    pair = endorsing.open_key(bureau.product, bureau.town["officer"], PIN, bureau.town.clock.now())
    assert pair.seed.hex() not in text


def test_endorsements_are_written_once_and_belong_to_one_tenant(
    bureau: Bureau, database: Database, clock: FrozenClock
) -> None:
    bureau.begin()
    bureau.sign("officer")
    other = build_town(database, clock, replace(_walking(), slug="other"))
    with database.tenant(other.tenant_id, read_only=True) as tx:
        assert tx.all(select(endorsements).where(_ours(endorsements))) == []


def _walking() -> Any:
    from town import FlatSources  # noqa: PLC0415

    return FlatSources()


def _ours(table: Any) -> Any:
    return table.c.tenant_id == TENANT
