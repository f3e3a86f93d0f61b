"""For platform administrators: tenants are opened, frozen, let go again; no case is in sight."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import LuchengError
from engine.tenancy.beginning import Newcomer
from engine.tenancy.model import LEVELS
from engine.tenancy.problems import TenantRefused
from webapp.http.auth import LEVEL_WORDS
from webapp.http.frame import actor, go, is_chinese, page, product, signed_in, tell, wording
from webapp.http.words import STAGES, told, word
from webapp.usecases.going_live import freeze, thaw
from webapp.usecases.opening_tenants import (
    FirstAdministrator,
    Opened,
    open_tenant,
    oversee,
)

blueprint = Blueprint("platform", __name__)
TOLD = ("slug", "level", "parent", "place", "short", "en", "division")


@blueprint.get("/platform/tenants")
@signed_in
def list_tenants() -> ResponseReturnValue:
    """租户: every tenant with its stage, and a form to open another."""
    return _show({}, {})


def _show(
    typed: dict[str, str], errors: dict[str, str], status: int = 200, opened: Opened | None = None
) -> ResponseReturnValue:
    rows = [
        {
            "slug": row.slug,
            "name": row.name,
            "level": word(LEVEL_WORDS, row.level),
            "parent": row.parent,
            "stage": told(STAGES, row.stage.value),
            "is_live": row.stage == "live",
            "is_frozen": row.stage == "frozen",
            "people": row.people,
            "practice_of": row.practice_of,
        }
        for row in oversee(product(), actor())
    ]
    return page(
        "platform/tenants.html",
        status,
        rows=rows,
        levels={level: word(LEVEL_WORDS, level) for level in LEVELS},
        parents=[row for row in rows if not row["practice_of"]],
        typed=typed,
        errors=errors,
        opened=opened,
    )


@blueprint.post("/platform/tenants")
@signed_in
def open_new() -> ResponseReturnValue:
    """Open a tenant in preparation; the page tells its first administrator's password once."""
    form = request.form
    typed = {name: form.get(name, "").strip() for name in (*TOLD, "username", "name")}
    first = FirstAdministrator(typed["username"], typed["name"])
    try:
        new = Newcomer(**{name: typed[name] for name in TOLD})
        opened = open_tenant(product(), actor(), new, first)
    except TenantRefused as refused:
        errors = {
            problem.key: problem.zh if is_chinese() else problem.en for problem in refused.problems
        }
        return _show(typed, errors, 422)
    return _show({}, {}, 201, opened)


@blueprint.post("/platform/tenants/stage")
@signed_in
def switch() -> ResponseReturnValue:
    """Freeze a tenant, or let it go again, with a reason."""
    form = request.form
    slug, act = form.get("slug", ""), form.get("act", "")
    try:
        switching = freeze if act == "freeze" else thaw
        switching(product(), actor(), slug, form.get("reason", "").strip())
    except LuchengError as error:
        if error.code in ("forbidden", "not_found"):
            raise
        tell("danger", wording(error))
    else:
        tell("success", _("已冻结") if act == "freeze" else _("已解冻"))
    return go(".list_tenants")
