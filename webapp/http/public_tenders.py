"""Tenders for anybody: the notices, how many bids came, the result."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue

from domain.tender.rules import TenderStatus
from domain.tender.scoring import criteria_of
from webapp.http.frame import product, uuid_of
from webapp.http.public import public_page
from webapp.http.tenders import failure_words, ranking_of, status_badge
from webapp.http.times import printed_moment
from webapp.usecases.public import find_authority
from webapp.usecases.tenders import list_tenders, read_tender

blueprint = Blueprint("public_tenders", __name__)


@blueprint.get("/public/<slug>/tenders")
def list_all(slug: str) -> ResponseReturnValue:
    """The tenders of an authority."""
    authority = find_authority(product(), slug)
    rows = [
        {
            "title": row.title,
            "number": row.number,
            "href": url_for(".show", slug=slug, tender_id=row.id),
            "until": printed_moment(row.bids_until, authority.office),
            "status": status_badge(row.status),
        }
        for row in list_tenders(product(), authority.id)
    ]
    return public_page(authority, "public/tenders.html", rows=rows)


@blueprint.get("/public/<slug>/tenders.json")
def list_as_json(slug: str) -> ResponseReturnValue:
    """The same for programs."""
    authority = find_authority(product(), slug)
    return jsonify(tenders=[_told(row) for row in list_tenders(product(), authority.id)])


@blueprint.get("/public/<slug>/tenders/<tender_id>")
def show(slug: str, tender_id: str) -> ResponseReturnValue:
    """One tender: the notice, its times, the scoring table, the result."""
    authority = find_authority(product(), slug)
    row = read_tender(product(), authority.id, uuid_of(tender_id))
    return public_page(
        authority,
        "public/tender.html",
        tender=row,
        badge_words=status_badge(row.status),
        criteria=criteria_of(row.terms["criteria"]),
        result=ranking_of(row),
        is_open=row.status == TenderStatus.BIDDING,
        failed=failure_words(row.failed_why),
        times=[
            printed_moment(moment, authority.office)
            for moment in (row.bids_from, row.bids_until, row.opens_at)
        ],
    )


@blueprint.get("/public/<slug>/tenders/<tender_id>.json")
def show_as_json(slug: str, tender_id: str) -> ResponseReturnValue:
    """The same for programs."""
    authority = find_authority(product(), slug)
    row = read_tender(product(), authority.id, uuid_of(tender_id))
    return jsonify(_told(row) | {"body": row.body, "criteria": row.terms["criteria"]})


def _told(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "number": row.number,
        "title": row.title,
        "round": row.round,
        "status": row.status,
        "bidsFrom": row.bids_from.isoformat(),
        "bidsUntil": row.bids_until.isoformat(),
        "opensAt": row.opens_at.isoformat(),
        "openingKey": row.opening_public,
        "result": (row.result or {}).get("ranking", []),
    }
