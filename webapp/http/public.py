"""Pages without sign-in: the list, the notices and their objections."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar, cast

from flask import Blueprint, Flask, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from domain.notices.public import PAGE as NOTICE_PAGE
from domain.notices.public import PublicNotice
from domain.notices.rules import NoticeKind
from domain.register.listing import PAGE, ListFilter
from domain.register.rules import (
    STATUS_WORDS,
    Level,
    ListStatus,
    Method,
    Scale,
)
from domain.register.store import NoList
from engine.errors import Invalid
from webapp.http.frame import (
    here_with,
    is_chinese,
    limiter,
    now,
    page,
    pager,
    product,
    uuid_of,
)
from webapp.http.list_words import LEVELS, METHODS, SCALES, entry_words
from webapp.http.times import printed_moment
from webapp.http.words import NOTICE_KINDS, NOTICE_LINES, word
from webapp.usecases.public import (
    Authority,
    authorities,
    find_authority,
    list_as_csv,
    read_list,
    read_notice,
    read_notices,
    whole_list,
)

blueprint = Blueprint("public", __name__)
blueprint.record_once(lambda state: limiter.init_app(cast(Flask, state.app)))

_PARTS = {
    "public_entry.show_entry": "public.show_list",
    "public.show_notice": "public.list_notices",
    "objecting.object_to": "public.list_notices",
    "public_tenders.show": "public_tenders.list_all",
    "public_draws.show": "public_draws.list_all",
    "objecting.follow": "objecting.ask_receipt",
}
"""Pages below those of the navigation."""
Choice = TypeVar("Choice", bound=StrEnum)


# ---------------------------------------------------------------- frame


@blueprint.get("/public")
def home() -> ResponseReturnValue:
    """The authorities whose lists and notices can be read."""
    return page("public/home.html", authorities=authorities(product()), account=None)


def public_page(
    authority: Authority, template: str, status: int = 200, **context: Any
) -> ResponseReturnValue:
    """A page for the public of one authority: nobody's account, the public navigation."""
    slug, office = authority.slug, authority.office
    places = [
        (_("绿色矿山名录"), "public.show_list"),
        (_("公示公告"), "public.list_notices"),
        (_("招标公告"), "public_tenders.list_all"),
        (_("随机抽取"), "public_draws.list_all"),
        (_("异议查询"), "objecting.ask_receipt"),
    ]
    frame = {
        "tenant": {"name": office.short},
        "home_url": url_for("public.list_notices", slug=slug),
        "nav": [
            {
                "label": label,
                "href": url_for(endpoint, slug=slug),
                "count": 0,
                "active": _PARTS.get(str(request.endpoint), request.endpoint) == endpoint,
            }
            for label, endpoint in places
        ],
        "account": None,
        "sign_in_url": url_for("auth.sign_in", tenant=slug),
        "calendar_warning": None,
        "authority": office,
        "slug": slug,
        "footer_links": [],
    }
    return page(template, status, **{**frame, **context})


@blueprint.errorhandler(NoList)
def no_list(error: NoList) -> ResponseReturnValue:
    """The tenant keeps no list: 404 with the way to the one that does."""
    authority = find_authority(product(), (request.view_args or {})["slug"])
    keeper: Any = error.facts.get("keeper")
    if request.path.endswith((".json", ".csv")):
        href = url_for(".show_list", slug=keeper[0]) if keeper else None
        return jsonify({"code": error.code, "message": error.zh, "keeper": href}), 404
    return public_page(authority, "public/no_list.html", 404, keeper=keeper)


# ---------------------------------------------------------------- the list


@blueprint.get("/public/<slug>/list")
def show_list(slug: str) -> ResponseReturnValue:
    """名录: what is on the list, filtered and searched."""
    authority = find_authority(product(), slug)
    found = read_list(product(), authority, _wanted(), request.args.get("cursor") or None)
    rows = [
        {
            **entry_words(row.entry),
            "href": url_for("public_entry.show_entry", slug=slug, key=row.id),
        }
        for row in found.page.rows
    ]
    chosen = {name: request.args.get(name, "") for name in _FILTERS}
    return public_page(
        authority,
        "public/list.html",
        rows=rows,
        page={**pager(found.page.next, len(rows), PAGE), "total": found.total},
        chosen=chosen,
        is_filtered=any(chosen.values()),
        choices=_choices(found.minerals),
        csv_url=url_for(".list_csv", slug=slug, **_given()),
        json_url=url_for(".list_json", slug=slug, **_given()),
    )


BYTE_ORDER_MARK = "\ufeff"
"""Tells a spreadsheet program that the file is UTF-8."""
_FILTERS = ("q", "level", "mineral", "method", "scale", "status")


def _wanted() -> ListFilter:
    return ListFilter(
        level=_chosen(Level, "level"),
        mineral=request.args.get("mineral", ""),
        method=_chosen(Method, "method"),
        scale=_chosen(Scale, "scale"),
        status=_chosen(ListStatus, "status"),
        search=request.args.get("q", ""),
    )


def _chosen(kind: type[Choice], name: str) -> Choice | None:
    text = request.args.get(name, "")
    try:
        return kind(text) if text else None
    except ValueError as error:
        raise Invalid(
            f"筛选条件“{text}”无效", f"{text} is none of {list(kind)}", code="filter"
        ) from error


def _given() -> dict[str, Any]:
    return {name: request.args[name] for name in _FILTERS if request.args.get(name)}


def _choices(known: list[str]) -> list[dict[str, Any]]:
    """The selects above the list: name, label, options."""
    nth = 0 if is_chinese() else 1
    return [
        {"name": "level", "label": _("级别"), "options": _options(LEVELS)},
        {"name": "mineral", "label": _("开采矿种"), "options": [(m, m) for m in known]},
        {"name": "method", "label": _("开采方式"), "options": _options(METHODS)},
        {"name": "scale", "label": _("开采规模"), "options": _options(SCALES)},
        {
            "name": "status",
            "label": _("状态"),
            "options": [(status.value, words[nth]) for status, words in STATUS_WORDS.items()],
        },
    ]


def _options(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(kind.value, str(_(text))) for kind, text in words.items()]


@blueprint.get("/public/<slug>/list.csv")
def list_csv(slug: str) -> Response:
    """The list as CSV; no cell of it makes a spreadsheet do anything."""
    body = list_as_csv(product(), find_authority(product(), slug), _wanted())
    return Response(
        BYTE_ORDER_MARK + body,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{slug}-list.csv"'},
    )


@blueprint.get("/public/<slug>/list.json")
def list_json(slug: str) -> Response:
    """The list as JSON."""
    entries = whole_list(product(), find_authority(product(), slug), _wanted())
    return jsonify({"tenant": slug, "total": len(entries), "entries": entries})


# ---------------------------------------------------------------- notices


@blueprint.get("/public/<slug>/notices")
def list_notices(slug: str) -> ResponseReturnValue:
    """公示公告: running and ended, latest first."""
    authority = find_authority(product(), slug)
    kind = _chosen(NoticeKind, "kind")
    found = read_notices(product(), authority, kind, request.args.get("cursor") or None)
    rows = [_notice_row(authority, row) for row in found.rows]
    tabs = [("", _("全部")), *((k.value, word(NOTICE_KINDS, k)) for k in NoticeKind)]
    return public_page(
        authority,
        "public/notices.html",
        rows=rows,
        page=pager(found.next, len(rows), NOTICE_PAGE),
        tabs_of=[
            {
                "label": label,
                "href": url_for(".list_notices", slug=slug, kind=name or None),
                "active": name == (kind or ""),
            }
            for name, label in tabs
        ],
    )


def _notice_row(authority: Authority, row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "kind": word(NOTICE_KINDS, row.kind),
        "from": printed_moment(row.starts_at, authority.office),
        "to": printed_moment(row.ends_at, authority.office),
        "status": notice_status(row.kind, row.status == "open", row.ends_at),
    }


def notice_status(kind: str, is_open: bool, ends_at: Any) -> tuple[str, str]:
    """How a notice stands, in words, and the tone of it."""
    if kind == NoticeKind.ANNOUNCEMENT:
        return str(_("已公告")), "note"
    if is_open and ends_at is not None and now() <= ends_at:
        return str(_("公示中")), "now"
    return str(_("公示期满")), "mute"


@blueprint.get("/public/<slug>/notices.json")
def notices_json(slug: str) -> Response:
    """The notices as JSON, a page at a time."""
    authority = find_authority(product(), slug)
    found = read_notices(
        product(), authority, _chosen(NoticeKind, "kind"), request.args.get("cursor") or None
    )
    return jsonify(
        {
            "tenant": slug,
            "notices": [
                {
                    "id": str(row.id),
                    "number": row.number,
                    "kind": row.kind,
                    "title": row.title,
                    "status": row.status,
                    "starts_at": row.starts_at.isoformat(),
                    "ends_at": row.ends_at.isoformat() if row.ends_at else None,
                    "href": url_for(".show_notice", slug=slug, notice_id=row.id),
                }
                for row in found.rows
            ],
            "next": here_with({**request.args, "cursor": found.next}) if found.next else None,
        }
    )


@blueprint.get("/public/<slug>/notices/<notice_id>")
def show_notice(slug: str, notice_id: str) -> ResponseReturnValue:
    """One notice with its objection form while it takes objections; it stays readable for ever."""
    authority = find_authority(product(), slug)
    notice = read_notice(product(), authority, uuid_of(notice_id))
    return notice_page(authority, notice, {})


def notice_page(
    authority: Authority, notice: PublicNotice, values: Mapping[str, Any], status: int = 200
) -> ResponseReturnValue:
    """The page of a notice; ``values`` is what was typed into its objection form, with errors."""
    office = authority.office
    columns = list(dict.fromkeys(key for s in notice.subjects for line in s.lines for key in line))
    return public_page(
        authority,
        "public/notice.html",
        status,
        notice=notice,
        kind_name=word(NOTICE_KINDS, notice.kind),
        status_words=notice_status(notice.kind, notice.is_open, notice.period.ends_at),
        starts=printed_moment(notice.period.starts_at, office),
        ends=printed_moment(notice.period.ends_at, office),
        columns=[(key, word(NOTICE_LINES, key)) for key in columns],
        subjects=[(str(s.id), _subject_name(s.lines)) for s in notice.subjects if not s.is_stopped],
        values=values,
        errors=values.get("errors", ()),
        limit=product().settings.upload_limit_mb * 1_048_576,
    )


def _subject_name(lines: Any) -> str:
    first = lines[0] if lines else {}
    return "，".join(str(first[key]) for key in ("name", "holder") if first.get(key))
