"""Finished cases of the shipped procedure done again on it: everything goes as it went."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.actors import Actor, load_actor
from engine.ids import new_id
from engine.store.metadata import TENANT
from engine.store.tables import cases, history, memberships, records, scopes
from webapp.usecases.procedures import restore_version
from webapp.usecases.rehearsing import Rehearsal, read_rehearsal, rehearse_draft

from .drive import EVERYONE_SEES, PROCEDURE, Drive

SECONDS, MANY = 60, 1_000


def administrator(drive: Drive) -> Actor:
    with drive.product.db.tenant(drive.prepared.tenant_id, read_only=True) as tx:
        own = memberships.c.tenant_id == TENANT
        row = tx.one(select(memberships).where(own, memberships.c.username == EVERYONE_SEES))
        actor = load_actor(tx, row.id) if row is not None else None
    assert actor is not None
    return actor


def rehearsed(drive: Drive) -> Rehearsal:
    """The version in force as a draft, rehearsed with the cases of the last two years."""
    product, admin = drive.product, administrator(drive)
    draft = restore_version(product, admin, PROCEDURE, "v1")
    until = drive.clock.now() + timedelta(days=1)
    period = (until - timedelta(days=800), until)
    made = rehearse_draft(product, admin, draft, period, {})
    while read_rehearsal(product, admin, made).is_running:
        drive.sweep()
    return read_rehearsal(product, admin, made)


def copied(drive: Drive, case: str, times: int) -> None:
    """The rows of a finished case so many times more, each under an id of its own."""
    key = UUID(case)
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        of = {
            table: tx.all(select(table).where(table.c.tenant_id == TENANT, table.c.case_id == key))
            for table in (history, records, scopes)
        }
        first = tx.get(cases, key)
        assert first is not None
        for number in range(times):
            _copy(tx, of, first, f"副本{number:05}")


def _copy(tx: Any, of: Any, first: Any, number: str) -> None:
    made = new_id()
    plain = {k: v for k, v in first._mapping.items() if k != "tenant_id"}
    tx.insert(cases, **{**plain, "id": made, "number": number})
    renamed: dict[str, str] = {}
    for row in of[records]:
        renamed[str(row.id)] = str(new_id())
        kept = {k: v for k, v in row._mapping.items() if k != "tenant_id"}
        tx.insert(records, **{**kept, "id": UUID(renamed[str(row.id)]), "case_id": made})
    for row in of[scopes]:
        kept = {k: v for k, v in row._mapping.items() if k != "tenant_id"}
        own = made if row.id == first.id else new_id()
        tx.insert(scopes, **{**kept, "id": own, "case_id": made})
    for row in of[history]:
        kept = {k: v for k, v in row._mapping.items() if k != "tenant_id"}
        content = dict(row.content)
        if "records" in content:
            content["records"] = [[renamed[r], digest] for r, digest in content["records"]]
        tx.insert(history, **{**kept, "case_id": made, "content": content})


def test_a_case_of_the_shipped_procedure_goes_again_as_it_went(arrive_once: Any) -> None:
    drive, case = arrive_once("ApproveListing")
    drive.walk(case)
    found = rehearsed(drive)
    told = [reason["message"] for row in found.cases for reason in row.reasons]
    assert (found.finished, told) == ({"as_is": 1}, [])


@pytest.mark.full
def test_a_thousand_finished_cases_are_rehearsed_within_a_minute(arrive_once: Any) -> None:
    drive, case = arrive_once("ApproveListing")
    drive.walk(case)
    copied(drive, case, MANY - 1)
    begun = perf_counter()
    found = rehearsed(drive)
    seconds = perf_counter() - begun
    print(f"{MANY} cases in {seconds:.1f} s")
    assert found.finished == {"as_is": MANY}
    assert seconds < SECONDS
