"""The front door and the signs of life."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from engine.dispatch import next_due
from webapp.http.frame import go, product
from webapp.notices import third_party_notices

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 once the database answers."""
    with product().db.control(read_only=True) as control:
        next_due(control)
    return jsonify({"status": "ok"})


@blueprint.get("/third-party")
def third_party() -> Response:
    """The licences of everything the product uses."""
    return Response(third_party_notices(), mimetype="text/plain")


@blueprint.get("/")
def home() -> Response:
    """Where people begin: their work list."""
    return go("work.list_items")
