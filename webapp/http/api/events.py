"""Messages and signals from other systems over HTTP."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller, idempotency_key
from webapp.http.frame import product
from webapp.usecases.events import send_message, send_signal

blueprint = ApiBlueprint("api_events", __name__, description="外部事件")


@blueprint.route("/messages")
class Messages(MethodView):
    """Messages."""

    @blueprint.arguments(schemas.MessageSent)
    @blueprint.response(202, schemas.MessageKept)
    @blueprint.alt_response(403, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Send a message to the one case that waits for it, or to what it starts."""
        return send_message(product(), caller(), given, idempotency_key())


@blueprint.route("/signals")
class Signals(MethodView):
    """Signals."""

    @blueprint.arguments(schemas.SignalSent)
    @blueprint.response(202, schemas.SignalSent)
    @blueprint.alt_response(403, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Send a signal to every case that waits for it, and to what it starts."""
        send_signal(product(), caller(), given["name"], idempotency_key())
        return given
