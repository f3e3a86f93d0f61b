"""A procedure that begins with a form."""

from __future__ import annotations

import pytest

from engine.actors import load_actor
from engine.definitions.loading import load_tenant
from tests.process.town import FlatSources
from tests.web.pages.desk import Browser, Desk, upload
from webapp.usecases.people import add_person

BEGIN = b'<bpmn:startEvent id="Begin" name="\xe5\xbc\x80\xe5\xa7\x8b\xe5\xa1\xab\xe6\x8a\xa5">'
FORM = (
    b'<bpmn:extensionElements><zeebe:formDefinition formId="walking-fill" />'
    b"</bpmn:extensionElements>"
)
FILLED = {"f.subject": "采购铁锹", "f.amount": "12", "f.plannedOn": "2026-03-20"}
PLACE = "/cases/new/walking"


@pytest.fixture
def applicant(desk: Desk) -> Browser:
    """Somebody who may start the small procedure, which begins with a form."""
    product, sources = desk.drive.product, FlatSources()
    drawn = (sources.folder / "walking.bpmn").read_bytes()
    assert BEGIN in drawn
    sources.replaced["walking.bpmn"] = drawn.replace(BEGIN, BEGIN + FORM)
    loaded = load_tenant(product.db, product.world, "walk", sources)
    facts = {"name": "申请人", "capacity": "applicant", "roles": ["applicant"]}
    member = add_person(product, "walk", "starter", "a long password", facts)
    with product.db.tenant(loaded.tenant_id, read_only=True) as tx:
        actor = load_actor(tx, member)
    assert actor is not None
    return desk.browser_of(actor)


def test_the_list_leads_to_the_form(applicant: Browser) -> None:
    assert applicant.get("/cases/mine").find(f"//a[@href='{PLACE}']")
    assert applicant.get(PLACE).find("//input[@name='f.subject']")


def test_what_was_filled_in_begins_the_case_and_stands_in_its_file(applicant: Browser) -> None:
    answer = applicant.post(PLACE, FILLED)
    assert answer.status == 303
    assert "采购铁锹" in applicant.get(answer.location).body


def test_wrong_input_starts_nothing_and_keeps_what_was_typed(applicant: Browser) -> None:
    shown = applicant.post(PLACE, {**FILLED, "f.amount": "很多"})
    assert shown.status == 422
    assert shown.errors()
    assert shown.one("//input[@name='f.amount']/@value") == "很多"
    assert "还没有发起过办件" in applicant.get("/cases/mine").main


def test_a_refused_file_starts_nothing(applicant: Browser) -> None:
    shown = applicant.post(PLACE, {**FILLED, "f.subject.~upload": upload("程序.exe", b"MZ")})
    assert shown.status == 422
    assert "还没有发起过办件" in applicant.get("/cases/mine").main


def test_sending_the_form_twice_makes_one_case(applicant: Browser) -> None:
    key = applicant.get(PLACE).one("//input[@name='_key']/@value")
    places = {applicant.post(PLACE, {**FILLED, "_key": key}).location for _ in range(2)}
    assert len(places) == 1


def test_a_procedure_that_begins_with_a_form_does_not_start_without_it(
    applicant: Browser,
) -> None:
    assert applicant.post("/cases", procedure="walking").status == 422


def test_somebody_who_may_not_start_it_does_not_see_the_form(desk: Desk) -> None:
    assert desk["clerk"].get("/cases/new/green-mine-listing").status == 403
