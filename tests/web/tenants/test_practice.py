"""A practice beside the real tenant: twenty synthetic cases, made anew at will, seen by nobody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.audit import verify_audit
from engine.definitions.loading import tenant_id_of
from engine.messaging.outbox import post_message
from engine.store.metadata import TENANT
from engine.store.tables import cases, outbox
from tests.places.opening import Place
from tests.web.served import served
from tests.web.tenants.test_setting_up import person
from webapp.operations.sweeping import find_everything_broken
from webapp.product import Product
from webapp.usecases.identity import tenants_to_sign_in
from webapp.usecases.offering import Choice, choose
from webapp.usecases.opening_tenants import FirstAdministrator, Newcomer, open_tenant
from webapp.usecases.practice import CASES, practice_here, reset_practice
from webapp.usecases.workbook import take_workbook
from webapp.worker import sweep


def rows_of(product: Product, slug: str, table: Any) -> list[Any]:
    with product.db.tenant(tenant_id_of(product.db, slug), read_only=True) as tx:
        return list(tx.all(select(table).where(table.c.tenant_id == TENANT)))


def ended(played: list[Any]) -> int:
    return sum(case.status != "open" for case in played)


def test_a_practice_has_twenty_cases_of_its_own_and_is_made_anew(installation: Product) -> None:
    place = Place("hulunbuir")
    told = dict(place.opening)
    first = FirstAdministrator(told.pop("username"), told.pop("name"))
    open_tenant(installation, None, Newcomer(**told), first)
    admin = person(installation, "hulunbuir", first.username)
    take_workbook(installation, admin, place.workbook, file="x.xlsx")
    uploads = dict(place.drawings)
    choose(installation, admin, [Choice("mine-appraisal"), Choice("rectification")], uploads)

    made = reset_practice(installation, admin)
    assert (made.slug, made.cases) == ("hulunbuir-practice-1", CASES)
    assert rows_of(installation, "hulunbuir", cases) == []
    played = rows_of(installation, made.slug, cases)
    assert len(played) == CASES
    # of two procedures only one has somebody who may begin it
    assert {case.procedure for case in played} == {"mine-appraisal"}
    assert len({(case.stage, case.status) for case in played}) > 2
    assert find_everything_broken(installation)[made.slug] == (CASES - ended(played), [])

    # nothing of it leaves it
    practice = tenant_id_of(installation.db, made.slug)
    with installation.db.tenant(practice) as tx:
        post_message(tx, "mail", "k", {"to": "a@example.org"}, installation.clock.now())
    sweep(installation)
    (sent,) = [r for r in rows_of(installation, made.slug, outbox) if r.kind == "mail"]
    assert (sent.status, sent.error) == ("sent", "")
    client = served(installation).test_client()
    assert client.get(f"/public/{made.slug}/notices").status_code == 404

    again = reset_practice(installation, admin)
    offered = [slug for _level, found in tenants_to_sign_in(installation.db) for slug, _ in found]
    assert [slug for slug in offered if "practice" in slug] == [again.slug]
    assert practice_here(installation, admin) == "呼伦贝尔市绿色矿山管理（练习）"
    with installation.db.tenant(admin.tenant_id, read_only=True) as tx:
        assert verify_audit(tx) is None
