"""抽取: draws for anybody, with the file to compute them again; and for those who give chance."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import Blueprint, Response, json, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from domain.draws.pools import BY_LEVEL, BY_SCALE
from engine.batches.draws.seeds import COMMITTED, NONCES, NUMBER
from engine.errors import LuchengError
from webapp.http.frame import (
    actor,
    go,
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
from webapp.http.public import public_page
from webapp.http.times import printed_moment
from webapp.usecases.drawing import (
    MINES,
    TypedDraw,
    freeze_by_hand,
    give_chance,
    list_draws,
    read_draw,
    step_back,
)
from webapp.usecases.public import find_authority

blueprint = Blueprint("draws", __name__)
public = Blueprint("public_draws", __name__)


def status_badge(settled: bool, void: Any) -> tuple[str, str]:
    """How a draw stands, with its tone."""
    if void is not None:
        return _("已作废"), "bad"
    return (_("已抽取"), "ok") if settled else (_("已冻结，待抽取"), "now")


def _rows(found: Any, endpoint: str, told: Any, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "purpose": row.content["purpose"],
            "number": row.number,
            "href": url_for(endpoint, draw_id=row.id, **more),
            "frozen": told(row.frozen_at),
            "status": status_badge(row.seed is not None, row.void),
        }
        for row in found
    ]


def _words(told: dict[str, Any]) -> dict[str, Any]:
    """A draw as its pages print it."""
    content, source = told["content"], told["content"]["source"]
    names = _names(told)
    stratum_of = {one["id"]: one["stratum"] for one in content["members"]}
    seats = set(told["seats"])
    gone = {one["member"]: one["reason"] for one in told["refusals"]}
    ranks: dict[str, int] = {}
    ranking = []
    for member in told["ranking"] or ():
        stratum = stratum_of[member]
        ranks[stratum] = ranks.get(stratum, 0) + 1
        ranking.append(
            {
                "id": member,
                "name": names.get(member, ""),
                "stratum": stratum,
                "rank": ranks[stratum],
                "is_drawn": member in seats,
                "refused": gone.get(member),
            }
        )
    return {
        "number": told["number"],
        "purpose": content["purpose"],
        "badge": status_badge(told["seed"] is not None, told["void"]),
        "members": [{"id": m["id"], "name": names.get(m["id"], "")} for m in content["members"]],
        "excluded": [{**one, "name": names.get(one["id"], "")} for one in content["excluded"]],
        "sizes": [(name or _("不分层"), size) for name, size in content["sizes"].items()],
        "source": _source(source),
        "digest": told["digest"],
        "seed": told["seed"],
        "entries": told["entries"],
        "ranking": ranking,
        "defaulters": [one["name"] for one in (told["void"] or {}).get("defaulters", ())],
        "is_nameless": not told["labels"],
    }


def _names(told: dict[str, Any]) -> dict[str, str]:
    """What each member is called: by its place in the frozen pool where names are not shown."""
    members = told["content"]["members"]
    places = {one["id"]: _("第 %(place)s 号", place=n) for n, one in enumerate(members, 1)}
    return {**places, **told["labels"]}


def _source(source: dict[str, Any]) -> str:
    if source["kind"] == NUMBER:
        return str(
            _(
                "%(day)s 产生的公开号码：%(name)s（两人录入一致）",
                day=source["day"],
                name=source["name"],
            )
        )
    if source["kind"] == NONCES:
        parties = "、".join(one["name"] for one in source["parties"])
        return str(_("各方随机数（先承诺、后公布）：%(parties)s", parties=parties))
    return str(_("名单冻结后由系统产生"))


# ---------------------------------------------------------------- the public


@public.get("/public/<slug>/draws")
def list_all(slug: str) -> ResponseReturnValue:
    """The draws of an authority."""
    authority = find_authority(product(), slug)
    found = list_draws(product(), authority.id)
    rows = _rows(found, ".show", lambda at: printed_moment(at, authority.office), slug=slug)
    return public_page(authority, "public/draws.html", rows=rows)


@public.get("/public/<slug>/draws/<draw_id>")
def show(slug: str, draw_id: str) -> ResponseReturnValue:
    """One draw: frozen pool, chance, ranking."""
    authority = find_authority(product(), slug)
    told = read_draw(product(), authority.id, uuid_of(draw_id))
    as_file = url_for(".show_as_json", slug=slug, draw_id=draw_id)
    return public_page(authority, "public/draw.html", draw=_words(told), as_file=as_file)


@public.get("/public/<slug>/draws/<draw_id>.json")
def show_as_json(slug: str, draw_id: str) -> ResponseReturnValue:
    """The same as a file, for `lucheng draw verify`."""
    authority = find_authority(product(), slug)
    told = read_draw(product(), authority.id, uuid_of(draw_id))
    name = f"draw-{told['number']}.json"
    answer = Response(json.dumps(told, ensure_ascii=False, indent=1), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# ---------------------------------------------------------------- those who give chance


@blueprint.get("/draws")
@signed_in
def list_own() -> ResponseReturnValue:
    """The draws of the person's authority, and the form to freeze one."""
    return _list_page()


def _list_page(status: int = 200, problem: str = "") -> ResponseReturnValue:
    rows = _rows(list_draws(product(), actor().tenant_id), ".show_own", words_of)
    roles = [
        (one["code"], one["name_zh"])
        for one in office().facts.get("roles", ())
        if one.get("capacity") in ("officer", "leader", "expert", "assessor")
    ]
    return page(
        "draws/list.html",
        status,
        rows=rows,
        roles=roles,
        mines=MINES,
        strata=[("", _("不分层")), (BY_SCALE, _("按开采规模")), (BY_LEVEL, _("按名录级别"))],
        sources=[(NUMBER, _("公开号码")), (NONCES, _("各方随机数（先承诺、后公布）"))],
        may_freeze=actor().capacity in ("officer", "leader"),
        typed=request.form,
        problem=problem,
    )


@blueprint.post("/draws")
@signed_in
def freeze_one() -> ResponseReturnValue:
    """Freeze a draw by hand."""
    given = {one.name: request.form.get(one.name, "") for one in fields(TypedDraw)}
    typed = TypedDraw(**{**given, "source": given["source"] or NUMBER})
    try:
        draw_id = freeze_by_hand(product(), actor(), typed)
    except LuchengError as error:
        return _list_page(status_of(error), wording(error))
    if typed.source == NUMBER:
        tell("success", _("名单已冻结并公开，到期由两人录入公开号码"))
    else:
        tell("success", _("名单已冻结并公开，请各方承诺"))
    return go(".show_own", draw_id=draw_id)


@blueprint.get("/draws/<draw_id>")
@signed_in
def show_own(draw_id: str) -> ResponseReturnValue:
    """One draw, with what the person may enter."""
    return _page(draw_id)


def _page(draw_id: str, status: int = 200, problem: str = "") -> ResponseReturnValue:
    told = read_draw(product(), actor().tenant_id, uuid_of(draw_id))
    return page(
        "draws/draw.html",
        status,
        draw=_words(told),
        draw_id=draw_id,
        asks=_asks(told) if actor().capacity in ("officer", "leader") else "",
        me=str(actor().membership_id),
        slug=office().slug,
        problem=problem,
        typed=request.form,
    )


def _asks(told: dict[str, Any]) -> str:
    """What the person may enter now: a number, a commitment, a nonce, a refusal; "" for nothing."""
    source, me = told["content"]["source"], str(actor().membership_id)
    if told["void"] is not None:
        return ""
    if told["seed"] is not None:
        return "refusal"
    if source["kind"] == NUMBER:
        return "number"
    if source["kind"] != NONCES or me not in {one["id"] for one in source["parties"]}:
        return ""
    committed = {one["party"] for one in told["entries"] if one["kind"] == COMMITTED}
    return "reveal" if me in committed else "commit"


@blueprint.post("/draws/<draw_id>/<any(number,commit,reveal):kind>")
@signed_in
def enter(draw_id: str, kind: str) -> ResponseReturnValue:
    """Enter a number, a commitment or a nonce."""
    value = request.form.get("value", "")
    try:
        is_drawn = give_chance(product(), actor(), uuid_of(draw_id), kind, value)
    except LuchengError as error:
        if status_of(error) == 404:
            raise
        return _page(draw_id, status_of(error), wording(error))
    tell("success", _("已抽取") if is_drawn else _("已录入，等待其他人"))
    return go(".show_own", draw_id=draw_id)


@blueprint.post("/draws/<draw_id>/refusals")
@signed_in
def refuse_one(draw_id: str) -> ResponseReturnValue:
    """Record that somebody drawn steps back."""
    form = request.form
    try:
        member, reason = form.get("member", ""), form.get("reason", "")
        step_back(product(), actor(), uuid_of(draw_id), member, reason)
    except LuchengError as error:
        if status_of(error) == 404:
            raise
        return _page(draw_id, status_of(error), wording(error))
    tell("success", _("已登记回避，由下一位次递补"))
    return go(".show_own", draw_id=draw_id)
