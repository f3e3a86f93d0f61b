"""Tenders over HTTP: bids, the opening by two officers, points; what the pages do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView
from flask_limiter.util import get_remote_address

from domain.tender.scoring import criteria_of
from webapp.http.api import schemas
from webapp.http.api import tender_schemas as told
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import now, product
from webapp.usecases.tenders import (
    Standing,
    TypedBid,
    acts_of,
    give_points,
    list_tenders,
    lose_passphrase,
    open_with,
    own_view,
    place_bid,
    read_document,
    set_passphrase,
    step_back,
    take_back_bid,
)

blueprint = ApiBlueprint("api_tenders", __name__, description="招标")


@blueprint.route("/tenders")
class Tenders(MethodView):
    """Tenders."""

    @blueprint.response(200, told.TenderList)
    @authenticated
    def get(self) -> dict[str, Any]:
        """The tenders of the authority, latest first."""
        return {"items": list_tenders(product(), caller().tenant_id)}


@blueprint.route("/tenders/<uuid:tender_id>")
class OneTender(MethodView):
    """One tender."""

    @blueprint.response(200, told.Tender)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, tender_id: UUID) -> dict[str, Any]:
        """A tender with what you may do there; opened bids for officers and committee only."""
        found = own_view(product(), caller(), tender_id)
        return {**found.tender._mapping, **_concerning(found)}


def _concerning(found: Standing) -> dict[str, Any]:
    tender, offered = found.tender, acts_of(found, caller(), now())
    return {
        "criteria": criteria_of(tender.terms["criteria"]),
        "openings": found.openings,
        "own_bids": found.own_bids,
        "staff": found.staff,
        "bids": found.bids if tender.opened_at else [],
        "scores": {
            str(bid): {code: str(points) for code, points in given.items()}
            for bid, given in found.points.items()
        },
        "result": (tender.result or {}).get("ranking", []),
        "operations": [name for name, may in offered.items() if may],
    }


@blueprint.route("/tenders/<uuid:tender_id>/bid")
class Bids(MethodView):
    """Sealed bids."""

    @blueprint.arguments(told.BidForm, location="form")
    @blueprint.arguments(told.BidFile, location="files")
    @blueprint.response(201, told.BidReceipt)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, form: dict[str, Any], files: dict[str, Any], tender_id: UUID) -> Any:
        """Seal and keep your body's bid, a form with a file; an earlier one is replaced by it.

        It is sealed in memory and readable by nobody before the opening. ``no_fee`` declares that
        the body takes no fee from mines.
        """
        document = files["document"]
        people = [str(one) for one in form["people"]]
        name = getattr(document, "filename", "") or ""
        typed = TypedBid(form["price"], people, form["no_fee"], name, document.read())
        return place_bid(product(), caller(), tender_id, typed)

    @blueprint.response(204)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @authenticated
    def delete(self, tender_id: UUID) -> None:
        """Withdraw your body's bid while bids may come."""
        take_back_bid(product(), caller(), tender_id)


@blueprint.route("/tenders/<uuid:tender_id>/open")
class Openings(MethodView):
    """Openings."""

    @blueprint.arguments(told.Phrase)
    @blueprint.response(200, told.Turn)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], tender_id: UUID) -> dict[str, str]:
        """Open as an officer, with your passphrase; the second of two opens the bids."""
        return {"turn": open_with(product(), caller(), tender_id, given["passphrase"])}


@blueprint.route("/tenders/<uuid:tender_id>/lost")
class LostPassphrases(MethodView):
    """Lost passphrases."""

    @blueprint.response(200, told.Lost)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, tender_id: UUID) -> dict[str, bool]:
        """Say that your passphrase is lost; with two lost the tender fails."""
        return {"failed": lose_passphrase(product(), caller(), tender_id)}


@blueprint.route("/tenders/<uuid:tender_id>/scores")
class ScoresOfBids(MethodView):
    """Points."""

    @blueprint.arguments(told.BidScores)
    @blueprint.response(204)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def put(self, given: dict[str, Any], tender_id: UUID) -> None:
        """Keep your points for every valid bid, as a member of the committee."""
        give_points(product(), caller(), tender_id, given["scores"])


@blueprint.route("/tenders/<uuid:tender_id>/recusal")
class Recusals(MethodView):
    """Recusals."""

    @blueprint.arguments(told.RecusalReason)
    @blueprint.response(204)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], tender_id: UUID) -> None:
        """Step back from the committee; the next rank of the draw takes the seat."""
        step_back(product(), caller(), tender_id, given["reason"])


@blueprint.route("/tenders/bids/<uuid:bid_id>/document")
class BidDocuments(MethodView):
    """Documents of opened bids."""

    @blueprint.response(200, content_type="application/octet-stream")
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, bid_id: UUID) -> Response:
        """The document of an opened bid, for the opening officers and the committee."""
        name, content = read_document(product(), caller(), bid_id)
        answer = Response(content, mimetype="application/octet-stream")
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        return answer


@blueprint.route("/opening-key")
class OpeningKey(MethodView):
    """Opening passphrases."""

    @blueprint.arguments(told.NewPhrase)
    @blueprint.response(204)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def put(self, given: dict[str, Any]) -> None:
        """Set your passphrase for tenders published from now on; it is stored nowhere."""
        phrase, address = given["passphrase"], get_remote_address()
        set_passphrase(product(), caller(), given["password"], (phrase, phrase), address)
