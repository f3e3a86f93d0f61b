"""通知方式: how one is told by mail, and for administrators the groups of the tenant."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from engine.errors import LuchengError
from engine.messaging.forwarding import AT_ONCE, GATHERED, NEVER
from webapp.http.frame import actor, go, page, product, signed_in, status_of, tell, uuid_of, wording
from webapp.http.words import MESSAGE_KINDS, word
from webapp.usecases.outside import allowed_schemes
from webapp.usecases.telling import (
    Group,
    Wishes,
    add_group,
    confirm_address,
    keep_wishes,
    list_groups,
    read_wishes,
    remove_group,
    switch_group,
    try_group,
)

blueprint = Blueprint("telling", __name__)

MODES = {AT_ONCE: N_("立即"), GATHERED: N_("每日汇总"), NEVER: N_("不发邮件")}
SCHEMES = {
    "wecombot": N_("企业微信群机器人"),
    "dingtalk": N_("钉钉群机器人"),
    "feishu": N_("飞书群机器人"),
}


@blueprint.get("/notifications/settings")
@signed_in
def show() -> ResponseReturnValue:
    """What I wish."""
    return _show(read_wishes(product(), actor()))


def _show(wishes: Wishes, status: int = 200, **errors: str) -> ResponseReturnValue:
    return page(
        "notifications/settings.html",
        status,
        wishes=wishes,
        has_mail=bool(product().settings.mail_url),
        rows=[
            {
                "kind": kind,
                "label": word(MESSAGE_KINDS, kind),
                "mode": wishes.modes.get(kind, AT_ONCE),
            }
            for kind in MESSAGE_KINDS
        ],
        modes=MODES,
        errors=errors,
    )


@blueprint.post("/notifications/settings")
@signed_in
def keep() -> ResponseReturnValue:
    """Keep what I wish; a new address is asked to confirm."""
    form = request.form
    modes = {kind: form.get(f"mode-{kind}", AT_ONCE) for kind in MESSAGE_KINDS}
    hour = int(form["hour"]) if form.get("hour", "").isdecimal() else -1
    typed = Wishes(form.get("mail", "").strip(), False, modes, hour)
    try:
        asks = keep_wishes(product(), actor(), typed.address, modes, hour)
    except LuchengError as error:
        field = error.code if error.code in ("hour", "mode") else "mail"
        return _show(typed, status_of(error), **{field: wording(error)})
    tell("success", _("已保存；确认码已发往该地址，请填写确认码") if asks else _("已保存"))
    return go(".show")


@blueprint.post("/notifications/settings/confirm")
@signed_in
def confirm() -> ResponseReturnValue:
    """Confirm the address by the code."""
    try:
        confirm_address(product(), actor(), request.form.get("code", ""))
    except LuchengError as error:
        return _show(read_wishes(product(), actor()), status_of(error), code=wording(error))
    tell("success", _("邮件地址已确认"))
    return go(".show")


@blueprint.get("/admin/groups")
@signed_in
def list_all() -> ResponseReturnValue:
    """通知群: the groups of the tenant."""
    return _list({})


def _list(typed: dict[str, Any], status: int = 200, **errors: str) -> ResponseReturnValue:
    rows = [
        {
            "id": row.id,
            "name": row.name,
            "scheme": SCHEMES[row.scheme],
            "kinds": [word(MESSAGE_KINDS, kind) for kind in row.kinds],
            "is_on": row.is_on,
        }
        for row in list_groups(product(), actor())
    ]
    return page(
        "admin/groups.html",
        status,
        rows=rows,
        schemes={s: SCHEMES[s] for s in allowed_schemes(product().settings)},
        kinds={kind: word(MESSAGE_KINDS, kind) for kind in MESSAGE_KINDS},
        typed=typed,
        errors=errors,
    )


@blueprint.post("/admin/groups")
@signed_in
def add() -> ResponseReturnValue:
    """Add a group; the token typed is never shown again."""
    form = request.form
    kinds = form.getlist("kinds")
    group = Group(form.get("name", ""), form.get("scheme", ""), form.get("token", ""), kinds)
    try:
        add_group(product(), actor(), group, tuple(MESSAGE_KINDS))
    except LuchengError as error:
        if error.code not in ("name", "scheme", "token", "kinds", "conflict"):
            raise
        typed = {"name": group.name, "scheme": group.scheme, "kinds": kinds}
        field = error.code if error.code != "conflict" else "name"
        return _list(typed, status_of(error), **{field: wording(error)})
    tell("success", _("已添加；可以发一条测试消息"))
    return go(".list_all")


@blueprint.post("/admin/groups/<group_id>/switch")
@signed_in
def switch(group_id: str) -> ResponseReturnValue:
    """Switch a group on or off."""
    switch_group(product(), actor(), uuid_of(group_id), is_on=request.form.get("on") == "1")
    return _done(_("已保存"))


@blueprint.post("/admin/groups/<group_id>/try")
@signed_in
def send_trial(group_id: str) -> ResponseReturnValue:
    """Send a trial message to a group."""
    try_group(product(), actor(), uuid_of(group_id))
    return _done(_("测试消息已安排发送"))


@blueprint.post("/admin/groups/<group_id>/remove")
@signed_in
def remove(group_id: str) -> ResponseReturnValue:
    """Remove a group and its token."""
    remove_group(product(), actor(), uuid_of(group_id))
    return _done(_("已删除"))


def _done(said: str) -> ResponseReturnValue:
    tell("success", said)
    return go(".list_all")
