"""招标: the pages of bodies that bid, of opening officers and of the evaluation committee."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address

from domain.tender.rules import FAILURE_WORDS, STATUS_WORDS, BidStatus, Failure, TenderStatus
from domain.tender.scoring import criteria_of
from engine.errors import Invalid, LuchengError
from webapp.http.frame import (
    actor,
    go,
    is_chinese,
    now,
    page,
    product,
    signed_in,
    status_of,
    tell,
    uuid_of,
    wording,
    words_of,
)
from webapp.usecases.files import MEGABYTE
from webapp.usecases.sign_in import Locked, SignInRefused
from webapp.usecases.tenders import (
    Standing,
    TypedBid,
    acts_of,
    give_points,
    list_tenders,
    lose_passphrase,
    open_with,
    own_opening_key,
    own_view,
    place_bid,
    read_document,
    set_passphrase,
    step_back,
    take_back_bid,
)

blueprint = Blueprint("tenders", __name__)

_TONES = {TenderStatus.BIDDING: "now", TenderStatus.FAILED: "bad", TenderStatus.ASSIGNED: "ok"}


def status_badge(status: str) -> tuple[str, str]:
    """A tender's status in words, with its tone."""
    found = TenderStatus(status)
    zh, en = STATUS_WORDS[found]
    return zh if is_chinese() else en.capitalize(), _TONES.get(found, "mute")


def ranking_of(tender: Any) -> list[dict[str, Any]]:
    """The lines of the result, best first, as they are read."""
    lines = (tender.result or {}).get("ranking", [])
    return [{**line, "price": money(line["price"])} for line in lines]


def money(amount: str | None) -> str:
    """An amount with its thousands told apart; empty for none."""
    return f"{Decimal(amount):,}" if amount else ""


def failure_words(why: str) -> str:
    """Why a tender failed, in words; empty for one that did not."""
    if not why:
        return ""
    zh, en = FAILURE_WORDS[Failure(why)]
    return zh if is_chinese() else en.capitalize()


@blueprint.get("/tenders")
@signed_in
def list_all() -> ResponseReturnValue:
    """The tenders of the person's authority."""
    rows = [tender_line(row) for row in list_tenders(product(), actor().tenant_id)]
    return page("tenders/list.html", rows=rows)


def tender_line(row: Any) -> dict[str, Any]:
    """A tender in a list, as people of the authority read it."""
    return {
        "title": row.title,
        "number": row.number,
        "round": row.round,
        "href": url_for("tenders.show", tender_id=row.id),
        "until": words_of(row.bids_until),
        "status": status_badge(row.status),
    }


@blueprint.get("/tenders/<tender_id>")
@signed_in
def show(tender_id: str) -> ResponseReturnValue:
    """One tender, with what the person may do there."""
    return _page(uuid_of(tender_id))


def _page(
    tender_id: UUID, status: int = 200, error: LuchengError | None = None
) -> ResponseReturnValue:
    found = own_view(product(), actor(), tender_id)
    return page(
        "tenders/tender.html",
        status,
        tender=found.tender,
        badge_words=status_badge(found.tender.status),
        facts=_facts(found),
        panel=acts_of(found, actor(), now()),
        own_bids=[_own(row) for row in found.own_bids],
        staff=found.staff,
        openings=[_opening(found, row) for row in found.openings],
        bids=[_bid(row) for row in found.bids] if found.tender.opened_at else [],
        criteria=criteria_of(found.tender.terms["criteria"]),
        points=found.points,
        result=ranking_of(found.tender),
        failed=failure_words(found.tender.failed_why),
        limit=product().settings.bid_limit_mb * MEGABYTE,
        errors=_errors(error),
        typed=request.form,
    )


def _errors(error: LuchengError | None) -> list[dict[str, Any]]:
    if error is None:
        return []
    told: Any = error.facts.get("errors") or [{"field": None, "message": wording(error)}]
    return [{"field": one.get("field"), "label": "", "message": one["message"]} for one in told]


def _facts(found: Standing) -> list[dict[str, Any]]:
    row = found.tender
    return [
        {"label": _("编号"), "value": row.number},
        {"label": _("轮次"), "value": str(row.round)},
        {"label": _("投标截止"), "value": words_of(row.bids_until)},
        {"label": _("开标时间"), "value": words_of(row.opens_at)},
        {"label": _("开标人"), "value": "、".join(one.name for one in found.officers)},
        {"label": _("评标委员会"), "value": "、".join(found.committee)},
        {"label": _("联系方式"), "value": row.contact},
    ]


def _own(row: Any) -> dict[str, Any]:
    words = {
        BidStatus.RECEIVED: (_("已收到"), "ok"),
        BidStatus.REPLACED: (_("已替换"), "mute"),
        BidStatus.WITHDRAWN: (_("已撤回"), "mute"),
        BidStatus.VALID: (_("有效"), "ok"),
        BidStatus.INVALID: (_("无效"), "bad"),
    }
    return {
        "digest": row.digest,
        "at": words_of(row.received_at),
        "status": words[BidStatus(row.status)],
        "counts": row.status == BidStatus.RECEIVED,
    }


def _opening(found: Standing, row: Any) -> dict[str, str]:
    names = {one.membership_id: one.name for one in found.officers}
    return {"name": names.get(row.officer, ""), "at": words_of(row.at)}


def _bid(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "body": row.body_name,
        "price": money(row.price),
        "valid": row.status == BidStatus.VALID,
        "digest": row.digest,
        "faults": [fault["zh" if is_chinese() else "en"] for fault in row.faults or []],
        "href": url_for(".document", bid_id=row.id) if row.offer else None,
    }


@blueprint.post("/tenders/<tender_id>/bid")
@signed_in
def bid(tender_id: str) -> ResponseReturnValue:
    """Seal and keep a bid; the receipt stands on the page."""
    key, file = uuid_of(tender_id), request.files.get("document")
    form = request.form
    try:
        typed = TypedBid(
            form.get("price", ""),
            [str(uuid_of(one)) for one in form.getlist("people")],
            form.get("no_fee") == "yes",
            file.filename or "" if file else "",
            file.read() if file else b"",
        )
        receipt = place_bid(product(), actor(), key, typed)
    except LuchengError as error:
        return _refused(key, error)
    tell("success", _("投标已密封收存，回执：%(digest)s", digest=receipt.digest))
    return go(".show", tender_id=key)


def _refused(key: UUID, error: LuchengError) -> ResponseReturnValue:
    return _page(key, status_of(error), error)


@blueprint.post("/tenders/<tender_id>/withdraw")
@signed_in
def withdraw(tender_id: str) -> ResponseReturnValue:
    """Take the bid back."""
    take_back_bid(product(), actor(), uuid_of(tender_id))
    tell("success", _("投标已撤回"))
    return go(".show", tender_id=tender_id)


@blueprint.post("/tenders/<tender_id>/open")
@signed_in
def open_bids(tender_id: str) -> ResponseReturnValue:
    """An officer opens with his passphrase."""
    key = uuid_of(tender_id)
    try:
        turn = open_with(product(), actor(), key, request.form.get("passphrase", ""))
    except LuchengError as error:
        return _refused(key, error)
    done = _("已开标") if turn == "second" else _("您已解封；请另一名开标人继续")
    tell("success", done)
    return go(".show", tender_id=key)


@blueprint.post("/tenders/<tender_id>/lost")
@signed_in
def lost(tender_id: str) -> ResponseReturnValue:
    """An officer reports that his passphrase is lost."""
    failed = lose_passphrase(product(), actor(), uuid_of(tender_id))
    tell("warning", _("两名开标人遗失口令，此次招标废标") if failed else _("已登记口令遗失"))
    return go(".show", tender_id=tender_id)


@blueprint.post("/tenders/<tender_id>/scores")
@signed_in
def scores(tender_id: str) -> ResponseReturnValue:
    """Keep the points of a member."""
    key, typed = uuid_of(tender_id), dict[UUID, dict[str, str]]()
    for name, value in request.form.items():
        head, _dot, criterion = name.partition(".")
        if criterion:
            typed.setdefault(uuid_of(head), {})[criterion] = value
    try:
        give_points(product(), actor(), key, typed)
    except Invalid as error:
        return _refused(key, error)
    tell("success", _("评分已保存"))
    return go(".show", tender_id=key)


@blueprint.post("/tenders/<tender_id>/recuse")
@signed_in
def recuse_oneself(tender_id: str) -> ResponseReturnValue:
    """A member of the committee steps back."""
    key = uuid_of(tender_id)
    try:
        step_back(product(), actor(), key, request.form.get("reason", ""))
    except LuchengError as error:
        return _refused(key, error)
    tell("success", _("已登记回避，由候补专家接替"))
    return go(".show", tender_id=key)


@blueprint.get("/tenders/bids/<bid_id>/document")
@signed_in
def document(bid_id: str) -> ResponseReturnValue:
    """The document of an opened bid, as a download."""
    name, content = read_document(product(), actor(), uuid_of(bid_id))
    answer = Response(content, mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.get("/access/opening-key")
@signed_in
def show_key() -> ResponseReturnValue:
    """The person's opening passphrase: whether it is set."""
    return _key_page()


def _key_page(status: int = 200, **errors: str) -> ResponseReturnValue:
    row = own_opening_key(product(), actor())
    return page(
        "tenders/key.html", status, since=words_of(row.made_at) if row else "", errors=errors
    )


@blueprint.post("/access/opening-key")
@signed_in
def renew_key() -> ResponseReturnValue:
    """Set a new opening passphrase."""
    form = request.form
    phrases = form.get("passphrase", ""), form.get("again", "")
    try:
        set_passphrase(product(), actor(), form.get("password", ""), phrases, get_remote_address())
    except Invalid as error:
        return _key_page(422, passphrase=wording(error))
    except (SignInRefused, Locked):
        return _key_page(422, password=str(_("登录密码不正确")))
    tell("success", _("开标口令已设置"))
    return go(".show_key")
