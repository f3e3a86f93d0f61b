"""Who may open which page: generated from the routes, so that none can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from domain.documents.store import Draft, begin_document, finish_document
from domain.notices.model import objections
from engine.actors import Actor, load_actor
from engine.cases.records import records_of
from engine.definitions.loading import load_tenant
from engine.errors import Unavailable
from engine.ids import new_id
from engine.messaging.outbox import post_message
from engine.store.tables import attachments, incidents, notifications, outbox
from tests.browser.draws import open_draw
from tests.browser.tenders import open_tender
from tests.process.town import FlatSources
from tests.web.a1.drive import SLUG, Drive
from tests.web.chain.shelf import Shelf
from tests.web.pages.desk import CAST, Browser, Desk, upload
from webapp.http.pages import blueprints
from webapp.product import Product
from webapp.usecases.people import add_person
from webapp.usecases.procedures import restore_version
from webapp.usecases.telling import Group, add_group

OPEN = {
    *("auth", "health", "metrics", "signs", "proof"),
    *("public", "public_entry", "public_tenders", "public_draws", "objecting"),
}
"""Blueprints whose pages need no sign-in."""

CAN_READ: Mapping[str, str] = {
    "work.list_items": "clerk",
    "work.list_done": "clerk",
    "tasks.show_item": "clerk",
    "cases.list_all": "clerk",
    "cases.list_own": "applicant",
    "cases.show_case": "clerk",
    "cases.diagram": "clerk",
    "cases.download": "clerk",
    "exports.export": "clerk",
    "exports.sheet": "clerk",
    "documents.download": "clerk",
    "documents.volume": "clerk",
    "starting.fill": "applicant",
    "objections.show": "region",
    "objections.evidence": "region",
    "batches.list_all": "region",
    "batches.gather": "region",
    "batches.show": "region",
    "admin.list_incidents": "admin",
    "admin.show_rules": "auditor",
    "admin.show_step": "auditor",
    "admin.diagram": "auditor",
    "admin.show_parameters": "clerk",
    "admin.list_readings": "auditor",
    "handoffs.show": "admin",
    "handoffs.export": "clerk",
    "notifications.list_own": "clerk",
    "notifications.list_unsent": "admin",
    "procedures.list_all": "admin",
    "procedures.show": "admin",
    "procedures.download": "admin",
    "procedures.show_draft": "admin",
    "procedures.compare": "admin",
    "modeller.draw": "admin",
    "modeller.read_drawing": "admin",
    "modeller.read_templates": "admin",
    "telling.show": "clerk",
    "telling.list_all": "admin",
    "access.list_own": "clerk",
    "signing_keys.show": "clerk",
    "territory.show": "clerk",
    "territory.show_zone": "clerk",
    "tenders.list_all": "clerk",
    "tenders.show": "clerk",
    "tenders.show_key": "clerk",
    "tenders.document": "clerk",
    "draws.list_own": "clerk",
    "overview.show": "leader",
    "overview.show_bottlenecks": "leader",
    "overview.steps_file": "auditor",
    "overview.targets_file": "auditor",
    "draws.show_own": "clerk",
    "office.choose_return": "clerk",
    "office.list_absences": "clerk",
    "office.show_leaving": "admin",
    "work.list_copied": "clerk",
}
"""The right person for every page; a page without one fails its test."""

NOTHING_SIGNED = {"exports.sheet"}
"""Nothing is signed in the procedure of the tenant; this says so with 404."""

STILL_SEALED = {"tenders.document"}
"""No bid of the tenant is open; this says so with 404."""

NOTHING_HANDED_OVER = {"handoffs.export"}
"""The tenant hands nothing over; this says so with 404."""

NO_ZONE = {"territory.show_zone"}
"""The tenant has no demonstration zone; this says so with 404."""

NO_START_FORM = {"starting.fill", "starting.start_with_form"}
"""No procedure of the tenant has a form to begin with; these say so with 404."""

NOTHING_THERE = NO_START_FORM | NOTHING_SIGNED | STILL_SEALED | NO_ZONE | NOTHING_HANDED_OVER


BOT_GROUP = Group("群", "feishu", "0" * 20, ["escalate"])


@dataclass(frozen=True)
class Town:
    """The tenant with something behind every id, and somebody of another tenant."""

    desk: Desk
    stranger: Browser
    ids: Mapping[str, str]


@pytest.fixture(scope="module")
def town(page_shelf: Shelf) -> Town:
    """A case at its acceptance, one put to notice with an objection, a batch, an incident."""
    drive, case = page_shelf.arrive("PrepareNotice")
    desk = Desk(drive)
    drive.complete(case, "PrepareNotice")
    notice = desk.anybody().get(f"/public/{SLUG}/notices").one("//tbody//a/@href")
    told = {"name": "张建国", "contact": "13800000000", "content": "排土场未复垦"}
    desk.anybody().post(f"{notice}/objections", {**told, "evidence": upload()})
    early = drive.at("Accept")
    waiting = drive.at("Commission")
    batch = drive.gather("xiaohong", "commission", "Commission", [waiting])
    _tell(desk)
    _fail_somewhere(drive)
    (objection,) = drive.rows(objections)
    ids = {
        "case_id": early,
        "item_id": desk.item("clerk", early, "Accept"),
        "batch_id": str(batch["id"]),
        "incident_id": str(drive.rows(incidents)[0].id),
        "objection_id": str(objection.id),
        "document_id": _document(drive, desk, early),
        "message_id": str(drive.rows(outbox)[0].id),
        "notification_id": str(drive.rows(notifications)[0].id),
        "file_id": "",
        "process_id": "green-mine-listing",
        "process": "green-mine-listing",
        "procedure": "green-mine-listing",
        "act": "urge",
        "access_id": "0" * 16,
        "tender_id": open_tender(drive),
        "bid_id": str(new_id()),
        "draw_id": open_draw(drive),
        "absence_id": str(new_id()),
        "copy_id": str(new_id()),
        "kind": "number",
        "handoff_id": str(new_id()),
        "side": "v1",
        "draft_id": draft_again(drive.product, desk.actor("admin")),
        "group_id": str(add_group(drive.product, desk.actor("admin"), BOT_GROUP, ["escalate"])),
    }
    return Town(desk, _stranger(desk), {**ids, **_files(drive, early, objection)})


def _document(drive: Drive, desk: Desk, case: str) -> str:
    """A document on a case, as if it had been rendered from what was handed in last."""
    key, clerk = UUID(case), desk.actor("clerk")
    with drive.product.db.tenant(clerk.tenant_id) as tx:
        record = records_of(tx, key)[-1]
        told = ("Accept", "opinion", "0" * 64, "template", "意见书", "", False, {})
        draft = Draft(key, record.id, *told)
        office = drive.product.world.offices.get(tx)
        row = begin_document(tx, office, draft, clerk.membership_id, drive.clock.now())
        file = next(r for r in drive.rows(attachments) if r.case_id == key)
        finish_document(tx, row.id, file.id, file.digest, 1)
    return str(row.id)


def draft_again(product: Product, admin: Actor) -> str:
    """A draft of the procedure as it is."""
    return str(restore_version(product, admin, "green-mine-listing", "v1"))


def _tell(desk: Desk) -> None:
    payload = {
        "to": [f"person:{desk.actor('clerk').membership_id}"],
        "subject": "督促",
        "message": "",
    }
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id) as tx:
        post_message(tx, "escalate", "told", payload, desk.drive.clock.now())
    desk.drive.sweep()


def _fail_somewhere(drive: Drive) -> None:
    known = drive.product.world.bindings._known
    working = known["delivery.record"]

    def fail(*_given: object) -> None:
        raise Unavailable("送达暂不可用", "no deliveries now")

    known["delivery.record"] = fail
    drive.complete(drive.at("Accept"), "Accept")
    known["delivery.record"] = working


def _files(drive: Drive, case: str, objection: object) -> dict[str, str]:
    of_case = next(r for r in drive.rows(attachments) if str(r.case_id) == case)
    return {"file_id": str(of_case.id), "evidence": objection.evidence[0]}  # type: ignore[attr-defined]


def _stranger(desk: Desk) -> Browser:
    """An officer of another tenant."""
    product = desk.drive.product
    loaded = load_tenant(product.db, product.world, "walk", FlatSources())
    facts = {"name": "外人", "capacity": "admin", "roles": ["leader"]}
    member = add_person(product, "walk", "stranger", "a long password", facts)
    with product.db.tenant(loaded.tenant_id, read_only=True) as tx:
        actor = load_actor(tx, member)
    assert actor is not None
    return desk.browser_of(actor)


# ---------------------------------------------------------------- the routes


def _routes() -> list[Rule]:
    """Every route of the pages, read off the blueprints without an application."""
    app = Flask("routes")
    for blueprint in blueprints():
        for register in blueprint.deferred_functions:
            state = blueprint.make_setup_state(app, {}, first_registration=False)
            register(state)
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


ROUTES = _routes()
GUARDED = [rule for rule in ROUTES if rule.endpoint.partition(".")[0] not in OPEN]


def _methods(method: str, routes: list[Rule]) -> list[object]:
    chosen = [rule for rule in routes if method in (rule.methods or ())]
    return [pytest.param(rule, id=f"{method} {rule.rule}") for rule in chosen]


def _address(rule: Rule, ids: Mapping[str, str]) -> str:
    evidence = rule.endpoint == "objections.evidence"

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return ids["evidence" if evidence and name == "file_id" else name]

    return re.sub(r"<(?:[^:>]*:)?([a-z_]+)>", value, rule.rule)


@pytest.mark.parametrize("rule", _methods("GET", GUARDED))
def test_the_right_person_reads_the_page(town: Town, rule: Rule) -> None:
    expected = 404 if rule.endpoint in NOTHING_THERE else 200
    shown = town.desk[CAN_READ[rule.endpoint]].get(_address(rule, town.ids))
    assert shown.status == expected


@pytest.mark.parametrize("rule", _methods("GET", GUARDED))
def test_nobody_is_led_to_the_sign_in(town: Town, rule: Rule) -> None:
    answer = town.desk.anybody().get(_address(rule, town.ids))
    assert answer.status == 302
    assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("rule", _methods("POST", GUARDED))
def test_nobody_changes_anything_without_signing_in(town: Town, rule: Rule) -> None:
    answer = town.desk.anybody().post(_address(rule, town.ids))
    assert answer.status == 302
    assert answer.location.startswith("/sign-in")


HAS_IDS = [rule for rule in GUARDED if rule.arguments and rule.endpoint not in NO_START_FORM]


@pytest.mark.parametrize("rule", _methods("GET", HAS_IDS))
def test_somebody_of_another_tenant_finds_nothing(town: Town, rule: Rule) -> None:
    assert town.stranger.get(_address(rule, town.ids)).status == 404


@pytest.mark.parametrize("rule", _methods("POST", HAS_IDS))
def test_somebody_of_another_tenant_finds_nothing_to_change(town: Town, rule: Rule) -> None:
    assert town.stranger.post(_address(rule, town.ids), reason="外租户").status == 404


@pytest.mark.parametrize("rule", _methods("GET", HAS_IDS))
def test_an_id_that_does_not_exist_is_not_found(town: Town, rule: Rule) -> None:
    nothing = dict.fromkeys(town.ids, str(new_id()))
    who = CAN_READ[rule.endpoint]
    assert town.desk[who].get(_address(rule, nothing)).status == 404


WRITES = [rule for rule in ROUTES if "POST" in (rule.methods or ())]


@pytest.mark.parametrize("rule", _methods("POST", WRITES))
def test_a_post_without_its_token_is_refused(town: Town, rule: Rule) -> None:
    ids = {**town.ids, "slug": SLUG, "notice_id": str(new_id())}
    answer = town.desk["admin"].client.post(_address(rule, ids), data={"reason": "伪造"})
    assert answer.status_code == 400
    assert "页面已过期" in answer.text


def test_every_word_of_the_cast_is_a_person(town: Town) -> None:
    assert {town.desk.actor(who).username for who in CAST} == set(CAST.values())


def test_the_templates_know_no_page_that_does_not_exist() -> None:
    known = {rule.endpoint for rule in ROUTES} | {"static"}
    folder = Path(__file__).parents[3] / "webapp" / "templates"
    asked = {
        name
        for file in folder.rglob("*.html")
        for name in re.findall(r"url_for\('([a-z_.]+)'", file.read_text(encoding="utf-8"))
    }
    assert asked <= known
