"""Batches over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import product
from webapp.usecases.batches import act, read_batch, start_batch

blueprint = ApiBlueprint("api_batches", __name__, description="批次")


@blueprint.route("/batches")
class Batches(MethodView):
    """Batches."""

    @blueprint.arguments(schemas.BatchStart)
    @blueprint.response(201, schemas.Batch)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> Any:
        """Gather items of one kind into a batch."""
        batch = start_batch(product(), caller(), given["kind"], given["title"], given["items"])
        return read_batch(product(), caller(), batch)


@blueprint.route("/batches/<uuid:batch_id>")
class OneBatch(MethodView):
    """One batch."""

    @blueprint.response(200, schemas.Batch)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, batch_id: UUID) -> Any:
        """A batch: how far it is, and the result of every case."""
        return read_batch(product(), caller(), batch_id)


@blueprint.route("/batches/<uuid:batch_id>/<any(complete,draw,retry):name>")
class BatchAct(MethodView):
    """Acts on a batch."""

    @blueprint.arguments(schemas.BatchAct)
    @blueprint.response(202, schemas.Batch)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], batch_id: UUID, name: str) -> Any:
        """Act once for all cases; the answer shows the progress, ask again for results."""
        act(product(), caller(), batch_id, name, given["data"], given["cases"])
        return read_batch(product(), caller(), batch_id)
