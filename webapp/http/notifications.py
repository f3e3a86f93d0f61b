"""消息: what a person was told, and for administrators what could not be sent."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Conflict
from engine.work_items.lists import PAGE
from webapp.http.frame import (
    actor,
    go,
    page,
    pager,
    product,
    signed_in,
    tell,
    uuid_of,
    wording,
    words_of,
)
from webapp.http.words import MESSAGE_KINDS, MESSAGE_STATUS, SENT_KINDS, told, word
from webapp.usecases.notifications import (
    Told,
    read_all,
    read_notifications,
    read_one,
    read_unsent,
    send_unsent,
)

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/notifications")
@signed_in
def list_own() -> ResponseReturnValue:
    """消息: what I was told, latest first."""
    unread = request.args.get("view") == "unread"
    found = read_notifications(
        product(), actor(), unread=unread, cursor=request.args.get("cursor") or None
    )
    rows = [_row(row, found) for row in found.rows]
    return page(
        "notifications/list.html",
        rows=rows,
        is_unread=unread,
        tabs_of=[
            {
                "label": label,
                "href": url_for(".list_own", view=view),
                "active": unread == bool(view),
            }
            for label, view in ((_("全部"), None), (_("未读"), "unread"))
        ],
        page=pager(found.next, len(rows), PAGE),
    )


def _row(row: Any, found: Told) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": word(MESSAGE_KINDS, row.kind),
        "title": row.title,
        "body": row.body.splitlines(),
        "number": row.case_number,
        "case": row.case_title if row.case_id in found.linked else "",
        "at": words_of(row.created_at),
        "at_iso": row.created_at.isoformat(),
        "is_new": row.read_at is None,
    }


@blueprint.post("/notifications/<notification_id>/read")
@signed_in
def read(notification_id: str) -> ResponseReturnValue:
    """Mark one as read; ``open`` leads on to its case."""
    case = read_one(product(), actor(), uuid_of(notification_id))
    if case is not None and request.form.get("open"):
        return go("cases.show_case", case_id=case)
    return go(".list_own", view=request.form.get("view") or None)


@blueprint.post("/notifications/read")
@signed_in
def read_everything() -> ResponseReturnValue:
    """Mark all as read."""
    read_all(product(), actor())
    return go(".list_own")


@blueprint.get("/admin/outbox")
@signed_in
def list_unsent() -> ResponseReturnValue:
    """未送出的消息: what failed, why, and how often it was tried."""
    rows = [
        {
            "id": row.id,
            "kind": word(SENT_KINDS, row.kind),
            "subject": row.payload.get("subject", ""),
            "case_id": row.payload.get("case"),
            "number": row.payload.get("number", ""),
            "status": told(MESSAGE_STATUS, row.status),
            "error": row.error,
            "attempts": row.attempts,
            "at": words_of(row.created_at),
            "at_iso": row.created_at.isoformat(),
        }
        for row in read_unsent(product(), actor())
    ]
    return page("admin/outbox.html", rows=rows, may_send=actor().capacity == "admin")


@blueprint.post("/admin/outbox/<message_id>/send")
@signed_in
def send(message_id: str) -> ResponseReturnValue:
    """Send a message again."""
    try:
        send_unsent(product(), actor(), uuid_of(message_id))
    except Conflict as error:
        tell("danger", wording(error))
    else:
        tell("success", _("已安排重新发送，稍后请刷新查看结果"))
    return go(".list_unsent")
