"""登录与令牌: what is open in one's own name, and how to end it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from webapp.http.frame import actor, go, now, page, product, signed_in, tell, words_of
from webapp.usecases.access import SESSION, Access, end_access, end_others, list_access

blueprint = Blueprint("access", __name__)


@blueprint.get("/access")
@signed_in
def list_own() -> ResponseReturnValue:
    """The sessions and tokens of the person."""
    found = list_access(product().db, actor(), now(), current_user.get_id())
    return page(
        "access/list.html",
        rows=[_row(one) for one in found],
        has_others=any(not one.is_current for one in found),
    )


def _row(one: Access) -> dict[str, Any]:
    return {
        "mark": one.mark,
        "kind": _("网页登录") if one.kind == SESSION else _("接口令牌"),
        "created": words_of(one.created_at),
        "created_iso": one.created_at.isoformat(),
        "seen": words_of(one.seen_at),
        "expires": words_of(one.expires_at),
        "is_current": one.is_current,
    }


@blueprint.post("/access/<access_id>/end")
@signed_in
def end_one(access_id: str) -> ResponseReturnValue:
    """End one of them."""
    end_access(product().db, actor(), access_id)
    tell("success", _("已停用"))
    return go(".list_own")


@blueprint.post("/access/end-others")
@signed_in
def end_all_others() -> ResponseReturnValue:
    """End everything but the session of this browser."""
    count = end_others(product().db, actor(), current_user.get_id())
    tell("success", _("已停用其他登录和令牌，共 %(count)s 个", count=count))
    return go(".list_own")
