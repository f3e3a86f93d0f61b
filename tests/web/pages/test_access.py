"""Who may open which page: generated from the routes, so that none can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from engine.actors import load_actor
from engine.ids import new_id
from tests.web.a1.drive import SLUG
from tests.web.pages.desk import CAST, Browser
from tests.web.pages.full_town import Town
from webapp.http.pages import blueprints

OPEN = {
    *("auth", "sign_in_steps", "health", "metrics", "signs", "proof"),
    *("public", "public_entry", "public_tenders", "public_draws", "objecting"),
    *("federation.set_out", "federation.come_back"),
}
"""Blueprints whose pages need no sign-in, and such pages of others."""

PLATFORM = "platform"
"""Who looks after the installation; he has no part in cases."""

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
    "previews.show": "clerk",
    "scores.compare": "clerk",
    "scores.as_spreadsheet": "clerk",
    "scores.as_pdf": "clerk",
    "enterprise.show": "applicant",
    "enterprise.show_people": "applicant",
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
    "migrating.prepare": "admin",
    "migrating.show": "admin",
    "rehearsing.show": "admin",
    "modeller.draw": "admin",
    "modeller.read_drawing": "admin",
    "modeller.read_templates": "admin",
    "modeller.suggest": "admin",
    "modeller.pack": "admin",
    "modeller.edit_part": "admin",
    "modeller.show_part": "admin",
    "telling.show": "clerk",
    "telling.list_all": "admin",
    "access.list_own": "clerk",
    "protection.ask_password": "clerk",
    "protection.show_factor": "clerk",
    "federation.ask_link": "clerk",
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
    "auditing.show": "auditor",
    "onboarding.show": "admin",
    "onboarding.download_workbook": "admin",
    "onboarding.edit_identity": "admin",
    "onboarding.edit_table": "admin",
    "onboarding.download_table": "admin",
    "staffing.list_people": "admin",
    "staffing.download_people": "admin",
    "onboarding.choose_procedures": "admin",
    "platform.list_tenants": PLATFORM,
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
GUARDED = [rule for rule in ROUTES if not OPEN & {rule.endpoint, rule.endpoint.partition(".")[0]}]


def _methods(method: str, routes: list[Rule]) -> list[object]:
    chosen = [rule for rule in routes if method in (rule.methods or ())]
    return [pytest.param(rule, id=f"{method} {rule.rule}") for rule in chosen]


def _address(rule: Rule, ids: Mapping[str, str]) -> str:
    evidence = rule.endpoint == "objections.evidence"

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return ids["evidence" if evidence and name == "file_id" else name]

    return re.sub(r"<(?:[^:>]*:)?([a-z_]+)>", value, rule.rule)


def _browser(town: Town, who: str) -> Browser:
    if who != PLATFORM:
        return town.desk[who]
    product, tenant_id = town.desk.drive.product, town.desk.drive.prepared.tenant_id
    with product.db.tenant(tenant_id, read_only=True) as tx:
        actor = load_actor(tx, UUID(town.ids[PLATFORM]))
    assert actor is not None
    return town.desk.browser_of(actor)


ELSEWHERE = ("platform", "access", "federation", "notifications", "protection", "telling")


@pytest.mark.parametrize("rule", _methods("GET", GUARDED))
def test_who_looks_after_the_installation_sees_nothing_of_a_tenant(town: Town, rule: Rule) -> None:
    if rule.endpoint.partition(".")[0] not in ELSEWHERE:
        assert _browser(town, PLATFORM).get(_address(rule, town.ids)).status == 404


@pytest.mark.parametrize("rule", _methods("GET", GUARDED))
def test_the_right_person_reads_the_page(town: Town, rule: Rule) -> None:
    expected = 404 if rule.endpoint in NOTHING_THERE else 200
    shown = _browser(town, CAN_READ[rule.endpoint]).get(_address(rule, town.ids))
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
