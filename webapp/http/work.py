"""待办 and 已办: the lists of work."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import LuchengError
from engine.office import local_date
from engine.work_items.lists import COUNT_LIMIT, PAGE, done_items
from engine.work_items.sharing import CIRCULATE, copied_cases
from webapp.http.frame import (
    actor,
    go,
    here_with,
    now,
    office,
    page,
    page_language,
    pager,
    product,
    signed_in,
    tell,
    unchanged_since,
    uuid_of,
    wording,
    words_of,
)
from webapp.http.navigation import capped
from webapp.http.times import day_words, due_facts
from webapp.http.words import BATCH_KINDS, CASE_STATUS, told, word
from webapp.usecases.item_acts import Colleague, act_on_items, colleagues
from webapp.usecases.starting import may_start
from webapp.usecases.work_list import OVERDUE, PAUSED, TODAY, WorkList, read_work_list

blueprint = Blueprint("work", __name__)


@blueprint.get("/work")
@signed_in
def list_items() -> ResponseReturnValue:
    """待办: what is with me and with my groups, by due date; its rows refresh themselves."""
    if not actor().may_act:
        return go("cases.list_all")
    view, search = request.args.get("view", "all"), request.args.get("q", "")
    due = request.args.get("due", "")
    cursor = request.args.get("cursor") or None
    found = read_work_list(product(), actor(), view=view, search=search, cursor=cursor, due=due)
    rows = [_row(row, found) for row in found.rows]
    same, mark = unchanged_since(
        request.args.get("seen", ""), json.dumps([rows, found.counts, page_language()], default=str)
    )
    if same:
        return Response(status=204)
    context: dict[str, Any] = {
        "rows": rows,
        "page": _total(pager(found.next, len(rows), PAGE), found, view, search or due),
        "tabs_of": _tabs(found, view, search),
        "again": here_with({**request.args, "seen": mark}),
        "is_search": bool(search or due),
        "view": view,
        "due": due,
        "dues": _dues(found, view, search, due),
    }
    if request.headers.get("HX-Request"):
        return render_template("work/rows.html", is_part=True, **context)
    return page(
        "work/list.html",
        q=search,
        people=_people(),
        counts=found.counts,
        today=day_words(local_date(office(), now()), page_language()),
        may_urge=actor().capacity in ("leader", "admin"),
        may_start=any(may_start(actor(), offered) for offered in office().facts["procedures"]),
        **context,
    )


def _row(row: Any, found: WorkList) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "title": row.case_title,
        "number": row.case_number,
        "step": row.name,
        "is_offered": row.status == "offered",
        "is_unread": row.id not in found.opened,
        "urged": row.urged,
        "is_suspended": row.case_status == "suspended",
        "is_urged": row.case_id in found.urged,
        "with": found.withs.get(row.id, ""),
        "applicant": found.applicants.get(row.case_id, ""),
        "opened": words_of(row.opened_at),
        "opened_iso": row.opened_at.isoformat(),
        "batch": _batch(row, found),
        "due": due_facts(row, office(), now(), found.grounds.get(row.case_id, "")),
    }


def _batch(row: Any, found: WorkList) -> dict[str, str] | None:
    """That an item can be handled together with others, or already waits in a batch."""
    if not row.batch:
        return None
    gathered = found.gathered.get(row.id)
    if gathered is not None:
        return {"label": _("已在批次中"), "href": url_for("batches.show", batch_id=gathered)}
    kind = word(BATCH_KINDS, row.batch)
    return {
        "label": _("可批量办理"),
        "href": url_for("batches.gather", kind=row.batch),
        "kind": kind,
    }


def _tabs(found: WorkList, view: str, search: str) -> list[dict[str, Any]]:
    names = {"all": _("全部"), "mine": _("我的"), "group": _("本组")}
    if found.acts_for:
        names["substituted"] = _("代%(names)s办", names="、".join(found.acts_for))
    return [
        {
            "label": label,
            "href": url_for(".list_items", view=name, q=search or None),
            "count": capped(found.counts[name]),
            "active": name == view,
        }
        for name, label in names.items()
    ]


def _dues(found: WorkList, view: str, search: str, due: str) -> list[dict[str, Any]]:
    """The filters by due date, kept in the address."""
    if view == "substituted":
        return []
    names = {
        "": _("不限期限"),
        OVERDUE: _("超期"),
        TODAY: _("今日到期"),
        PAUSED: _("停表"),
    }
    return [
        {
            "label": label,
            "count": found.counts.get(name, 0) if view == "all" else 0,
            "href": url_for(".list_items", view=view, q=search or None, due=name or None),
            "active": name == due,
        }
        for name, label in names.items()
    ]


def _people() -> list[Colleague]:
    with product().db.tenant(actor().tenant_id, read_only=True) as tx:
        return colleagues(tx, actor())


@blueprint.post("/work/bulk")
@signed_in
def act_on_many() -> ResponseReturnValue:
    """Claim, transfer or urge several items; each for itself, and what was refused is told."""
    act, form = request.form.get("act", ""), request.form
    ids = [uuid_of(text) for text in form.getlist("item")]
    try:
        to = uuid_of(form["to"]) if act == "transfer" and form.get("to") else None
        done, refused = act_on_items(product(), actor(), ids, act, to, form.get("reason", ""))
    except LuchengError as error:
        tell("danger", wording(error))
        return go(".list_items")
    if done:
        tell("success", _("已处理 %(count)s 件", count=done))
    for name, why in refused:
        tell("danger", f"{name}：{wording(why)}")
    return go(".list_items")


def _total(facts: dict[str, Any], found: WorkList, view: str, search: str) -> dict[str, Any]:
    if search:
        return facts
    total = found.counts[view]
    return {**facts, "total": total, "is_capped": total >= COUNT_LIMIT}


@blueprint.get("/work/done")
@signed_in
def list_done() -> ResponseReturnValue:
    """已办: what I completed, latest first."""
    who, search = actor(), request.args.get("q", "")
    with product().db.tenant(who.tenant_id, read_only=True) as tx:
        found = done_items(tx, who, search=search, cursor=request.args.get("cursor") or None)
    rows = [
        {
            "case_id": row.case_id,
            "title": row.case_title,
            "number": row.case_number,
            "step": row.name,
            "closed": words_of(row.closed_at),
            "closed_iso": row.closed_at.isoformat(),
            "status": told(CASE_STATUS, row.case_status),
        }
        for row in found.rows
    ]
    return page("work/done.html", rows=rows, page=pager(found.next, len(rows), PAGE), q=search)


@blueprint.get("/work/copied")
@signed_in
def list_copied() -> ResponseReturnValue:
    """抄送: what I was sent to read, latest first; what is circulated asks for a sign-off."""
    who, search = actor(), request.args.get("q", "")
    with product().db.tenant(who.tenant_id, read_only=True) as tx:
        cursor = request.args.get("cursor") or None
        found = copied_cases(tx, who, search=search, cursor=cursor)
    rows = [
        {
            "id": row.id,
            "case_id": row.case_id,
            "title": row.case_title,
            "number": row.case_number,
            "sender": row.sender_name,
            "note": row.note,
            "at": words_of(row.at),
            "at_iso": row.at.isoformat(),
            "is_unread": row.read_at is None,
            "to_sign": row.kind == CIRCULATE and row.signed_at is None,
        }
        for row in found.rows
    ]
    return page("work/copied.html", rows=rows, page=pager(found.next, len(rows), PAGE), q=search)
