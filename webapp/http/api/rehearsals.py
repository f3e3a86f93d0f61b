"""Rehearsals of a draft over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.http.api import migration_schemas, schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import product
from webapp.usecases.rehearsing import Rehearsal, read_rehearsal, rehearse_draft

blueprint = ApiBlueprint("api_rehearsals", __name__, description="预演")


@blueprint.route("/definitions/<uuid:draft_id>/rehearsals")
class Rehearsals(MethodView):
    """Rehearsals of one draft."""

    @blueprint.arguments(migration_schemas.RehearsalStart)
    @blueprint.response(202, migration_schemas.Rehearsal)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], draft_id: UUID) -> Rehearsal:
        """Do the cases that ended in a period again on a draft, and place the running ones.

        Nothing of any case is changed; the answer shows the progress, ask again for results.
        """
        period = (given["from_"], given["to"])
        made = rehearse_draft(product(), caller(), draft_id, period, given["mapping"])
        return read_rehearsal(product(), caller(), made)


@blueprint.route("/rehearsals/<uuid:rehearsal_id>")
class OneRehearsal(MethodView):
    """One rehearsal."""

    @blueprint.response(200, migration_schemas.Rehearsal)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, rehearsal_id: UUID) -> Rehearsal:
        """How far a rehearsal is, how many cases met what, and which."""
        return read_rehearsal(product(), caller(), rehearsal_id)
