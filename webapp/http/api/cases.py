"""Procedures and cases over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask.views import MethodView

from engine.answers import earlier_answer, keep_answer, request_digest
from engine.cases.lifecycle import start_case
from engine.cases.parts import OPEN_ITEM
from engine.definitions.bundles import scheduled_bundles
from engine.work_items.lists import list_cases, note_reading, visible_case
from engine.work_items.sight import cases_seen
from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller, idempotency_key
from webapp.http.frame import now, product
from webapp.usecases.case_acts import do_act
from webapp.usecases.noted import reading
from webapp.usecases.reading import CaseView, read_case, read_drawing, read_history
from webapp.usecases.starting import may_start

blueprint = ApiBlueprint("api_cases", __name__, description="事项与办件")


@blueprint.route("/procedures")
class Procedures(MethodView):
    """Procedures."""

    @blueprint.response(200, schemas.Procedure(many=True))
    @authenticated
    def get(self) -> list[dict[str, Any]]:
        """The procedures the tenant offers, whether you may start them, and what is scheduled."""
        who = caller()
        with product().db.tenant(who.tenant_id, read_only=True) as tx:
            office = product().world.offices.get(tx)
            later = scheduled_bundles(tx, now())
            found = []
            for offered in office.facts["procedures"]:
                bundle = product().world.bundles.active(tx, offered["id"], now())
                found.append(
                    {
                        "id": offered["id"],
                        "title": offered["title"],
                        "title_en": offered["title_en"],
                        "may_start": may_start(who, offered)
                        and bundle.process.plain_start is not None,
                        "bundle": bundle.id,
                        "version": bundle.version,
                        "scheduled": [row for row in later if row.procedure == offered["id"]],
                    }
                )
        return found


@blueprint.route("/cases")
class Cases(MethodView):
    """Cases."""

    @blueprint.arguments(schemas.CaseQuery, location="query")
    @blueprint.response(200, schemas.CasePage)
    @authenticated
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The cases you may see, latest first; in the view ``started`` those you began."""
        who = caller()
        with reading(product(), who) as tx:
            if query["view"] != "started":
                note_reading(tx, who, None, "list", now())
            page = list_cases(
                tx,
                who,
                started=query["view"] == "started",
                status=query["status"],
                procedure=query["procedure"],
                search=query["q"],
                cursor=query["cursor"],
                limit=query["limit"],
            )
            rows = cases_seen(tx, product().world, who, page.rows)
        return {"items": rows, "next": page.next}

    @blueprint.arguments(schemas.CaseStart)
    @blueprint.response(201, schemas.CaseStarted)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Start a case."""
        return start_case(
            product().db,
            product().world,
            caller(),
            given["procedure"],
            given["variables"],
            key=idempotency_key(),
        )


@blueprint.route("/cases/<uuid:case_id>")
class OneCase(MethodView):
    """One case."""

    @blueprint.response(200, schemas.CaseDetail)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, case_id: UUID) -> dict[str, Any]:
        """A case with its open steps."""
        view = read_case(product(), caller(), case_id, "api")
        return {
            **view.case._mapping,
            "open": _open(view),
            "handoffs": view.handoffs,
            "clock_stopped": _stopped(view),
        }


def _open(view: CaseView) -> list[dict[str, Any]]:
    return [
        {
            "item": item.id,
            "element": item.element,
            "name": item.name,
            "status": item.status,
            "due_at": item.due_at,
            "legal_due_at": item.legal_due_at,
        }
        for item in view.items
        if item.status in OPEN_ITEM
    ]


def _stopped(view: CaseView) -> bool:
    return any(stop.to_at is None for stop in view.stops)


@blueprint.route("/cases/<uuid:case_id>/history")
class History(MethodView):
    """History."""

    @blueprint.arguments(schemas.HistoryQuery, location="query")
    @blueprint.response(200, schemas.Fact(many=True))
    @authenticated
    def get(self, query: dict[str, int], case_id: UUID) -> Any:
        """The facts of a case in order, 500 at most; to those outside what concerns them."""
        with product().db.tenant(caller().tenant_id) as tx:
            case = visible_case(tx, caller(), case_id)
            note_reading(tx, caller(), case_id, "history", now())
            return read_history(product(), tx, caller(), case, after=query["after"])


@blueprint.route("/cases/<uuid:case_id>/diagram")
class Diagrams(MethodView):
    """Diagrams."""

    @blueprint.response(200, schemas.Diagram(many=True))
    @authenticated
    def get(self, case_id: UUID) -> list[dict[str, Any]]:
        """Where the tokens stand, one entry a process; ``href`` gives the drawing."""
        view = read_case(product(), caller(), case_id, "diagram")
        return [
            {
                **entry,
                "href": url_for("api_cases.Drawing", case_id=case_id, process=entry["process"]),
            }
            for entry in view.diagrams
        ]


@blueprint.route("/cases/<uuid:case_id>/diagram/<process>")
class Drawing(MethodView):
    """Drawings."""

    @blueprint.response(200, content_type="application/xml")
    @authenticated
    def get(self, case_id: UUID, process: str) -> Response:
        """The BPMN of a process as this case runs it."""
        drawing = read_drawing(product(), caller(), case_id, process)
        return Response(drawing, mimetype="application/xml")


@blueprint.route("/cases/<uuid:case_id>/<any(withdraw,terminate,suspend,resume,urge):act>")
class CaseAct(MethodView):
    """Acts on a case."""

    @blueprint.arguments(schemas.CaseReason)
    @blueprint.response(200, schemas.Case)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, str], case_id: UUID, act: str) -> Any:
        """Withdraw, terminate, suspend, resume or urge a case."""
        who, key = caller(), idempotency_key()
        request = request_digest(f"{act} {case_id}", given)
        with product().db.tenant(who.tenant_id) as tx:
            visible_case(tx, who, case_id)
            if earlier_answer(tx, who.account_id, key, request) is None:
                do_act(tx, product().world, who, case_id, act, given)
                keep_answer(tx, who.account_id, key, request, {"done": True}, now())
            return visible_case(tx, who, case_id)
