"""我的企业: what is asked of an enterprise, its applications and mines, who acts for it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Forbidden, LuchengError, NotFound
from webapp.http.frame import (
    actor,
    go,
    now,
    office,
    page,
    product,
    signed_in,
    status_of,
    tell,
    uuid_of,
    wording,
    words_of,
)
from webapp.http.list_words import TONES, status_word
from webapp.http.times import due_facts
from webapp.http.words import CASE_STATUS, told
from webapp.usecases.authorisations import (
    Given,
    Grant,
    authorised_people,
    grant_authorisation,
    is_principal_of_enterprise,
    prolong_authorisation,
    revoke_authorisation,
)
from webapp.usecases.enterprise import Application, EnterpriseView, read_enterprise

blueprint = Blueprint("enterprise", __name__)


@blueprint.get("/enterprise")
@signed_in
def show() -> ResponseReturnValue:
    """The enterprise's own page."""
    view = read_enterprise(product(), actor())
    return page(
        "enterprise/show.html",
        view=view,
        asked=[_asked(view, row) for row in view.asked],
        applications=[_application(one) for one in view.applications],
        mines=[_mine(row) for row in view.mines],
        may_authorise=is_principal_of_enterprise(actor()),
    )


def _asked(view: EnterpriseView, row: Any) -> dict[str, Any]:
    return {
        "href": url_for("tasks.show_item", item_id=row.id),
        "title": row.case_title,
        "number": row.case_number,
        "step": row.name,
        "is_supplement": row.case_id in view.supplements,
        "due": due_facts(row, office(), now()),
        "has_draft": row.status == "claimed",
    }


def _application(one: Application) -> dict[str, Any]:
    case = one.case
    return {
        "href": url_for("cases.show_case", case_id=case.id),
        "title": case.title,
        "number": case.number,
        "procedure": one.title,
        "status": told(CASE_STATUS, case.status),
        "stage": case.outcome or case.stage,
        "with": one.with_unit,
        "due": None if one.due is None else due_facts(one.due, office(), now(), one.ground),
        "ground": one.ground,
        "reason": one.reason,
        "started": words_of(case.started_at),
        "ended": words_of(case.ended_at),
        "notices": [
            {"href": url_for("documents.download", document_id=d.id), "title": d.title}
            for d in one.notices
        ],
        "amend": None if one.amend is None else url_for("tasks.show_item", item_id=one.amend),
    }


def _mine(row: Any) -> dict[str, Any]:
    mine = row.entry.mine
    return {
        "name": mine.name or mine.printed_name,
        "mineral": mine.mineral,
        "status": (status_word(row.entry.status), TONES.get(row.entry.status, "mute")),
        "marks": "；".join(sorted(row.entry.marks)),
        "listed": row.entry.listed_on.isoformat() if row.entry.listed_on else "",
    }


# ---------------------------------------------------------------- who acts for it


@blueprint.get("/enterprise/people")
@signed_in
def show_people() -> ResponseReturnValue:
    """Who acts for the enterprise, and until when."""
    return _people_page()


def _people_page(
    status: int = 200, problem: str = "", given: Given | None = None
) -> ResponseReturnValue:
    who = actor()
    if who.enterprise_id is None:
        raise Forbidden("您不是企业用户", "you act for no enterprise")
    with product().db.tenant(who.tenant_id, read_only=True) as tx:
        rows = authorised_people(tx, who)
    return page(
        "enterprise/people.html",
        status,
        rows=[_person(row) for row in rows],
        may_authorise=is_principal_of_enterprise(who),
        problem=problem,
        given=given,
        form=request.form,
    )


def _person(row: Any) -> dict[str, Any]:
    is_over = not row.active or (row.ends_at is not None and row.ends_at <= now())
    if is_over:
        state = (str(_("已终止")), "mute")
    elif row.ends_at is None:
        state = (str(_("授权人")), "note")
    else:
        state = (str(_("有效")), "ok")
    return {
        "id": row.id,
        "name": row.name,
        "title": row.title,
        "username": row.username,
        "state": state,
        "since": words_of(row.created_at),
        "until": words_of(row.ended_at or row.ends_at),
        "until_day": row.ends_at.astimezone(office().calendar.zone).date().isoformat()
        if row.ends_at
        else "",
        "is_running": not is_over and row.ends_at is not None,
        "is_me": row.id == actor().membership_id,
    }


@blueprint.post("/enterprise/people")
@signed_in
def authorise() -> ResponseReturnValue:
    """Authorise somebody; the answer shows his password, once."""
    form = request.form
    try:
        grant = Grant(
            form.get("username", "").strip().lower(),
            form.get("name", ""),
            form.get("title", ""),
            _day(form.get("last_day", "")),
        )
        given = grant_authorisation(product(), actor(), grant)
    except LuchengError as error:
        if isinstance(error, Forbidden):
            raise
        return _people_page(status_of(error), wording(error))
    return _people_page(201, given=given)


@blueprint.post("/enterprise/people/<person_id>/prolong")
@signed_in
def prolong(person_id: str) -> ResponseReturnValue:
    """Give an authorisation another last day."""
    last_day = _day(request.form.get("last_day", ""))
    try:
        prolong_authorisation(product(), actor(), uuid_of(person_id), last_day)
    except (NotFound, Forbidden):
        raise
    except LuchengError as error:
        return _people_page(status_of(error), wording(error))
    tell("success", _("授权期限已更改"))
    return go(".show_people")


@blueprint.post("/enterprise/people/<person_id>/revoke")
@signed_in
def revoke(person_id: str) -> ResponseReturnValue:
    """End an authorisation at once."""
    try:
        revoke_authorisation(product(), actor(), uuid_of(person_id))
    except (NotFound, Forbidden):
        raise
    except LuchengError as error:
        return _people_page(status_of(error), wording(error))
    tell("success", _("授权已终止"))
    return go(".show_people")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
