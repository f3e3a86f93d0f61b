"""Notifications over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for
from flask.views import MethodView

from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import product
from webapp.usecases.notifications import read_notifications, read_one

blueprint = ApiBlueprint("api_notifications", __name__, description="消息")


@blueprint.route("/notifications")
class Notifications(MethodView):
    """Notifications."""

    @blueprint.arguments(schemas.NotificationQuery, location="query")
    @blueprint.response(200, schemas.NotificationPage)
    @authenticated
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What you were told, latest first; ``case`` is empty when you may not open it."""
        found = read_notifications(product(), caller(), **query)
        return {"items": [_told(row, found.linked) for row in found.rows], "next": found.next}


def _told(row: Any, linked: frozenset[UUID]) -> dict[str, Any]:
    case = row.case_id if row.case_id in linked else None
    link = None if case is None else url_for("cases.show_case", case_id=case)
    return {**row._mapping, "case": case, "link": link}


@blueprint.route("/notifications/<uuid:notification_id>/read")
class Reading(MethodView):
    """Readings."""

    @blueprint.response(204)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, notification_id: UUID) -> None:
        """Mark a notification as read; doing it again changes nothing."""
        read_one(product(), caller(), notification_id)
