"""Drawing procedures over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import product
from webapp.usecases.definitions import draft_definition, publish_draft

blueprint = ApiBlueprint("api_definitions", __name__, description="流程定义")


@blueprint.route("/definitions")
class Definitions(MethodView):
    """Definitions."""

    @blueprint.arguments(schemas.DefinitionDraft)
    @blueprint.response(201, schemas.DefinitionReport)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, str]) -> dict[str, Any]:
        """Keep a diagram as a draft and get the gate's report."""
        draft, report = draft_definition(
            product(), caller(), given["procedure"], given["bpmn"].encode()
        )
        return {"id": draft, "report": report}


@blueprint.route("/definitions/<uuid:draft_id>/publish")
class Publish(MethodView):
    """Publications."""

    @blueprint.arguments(schemas.Publication)
    @blueprint.response(200, schemas.Published)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
        """Publish a draft, at once or ``from`` a later moment on.

        Cases that begin then or later run it, running cases keep their version. A publication
        with a later moment is ``scheduled`` until then.
        """
        made = publish_draft(product(), caller(), draft_id, given["reason"], given["from_"])
        return {
            "bundle": made.bundle,
            "version": made.version,
            "effective_from": made.begins,
            "status": "scheduled" if made.is_scheduled else "active",
        }
