"""Drawing procedures over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.views import MethodView

from engine.comparing.model import Change
from engine.importing.source import bytes_of_text
from webapp.http.api import definition_schemas, schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import product
from webapp.usecases.definitions import draft_definition, fix_draft
from webapp.usecases.procedures import Version, compare_sides, read_history
from webapp.usecases.publication import Awaited, Draft, list_drafts, publish_draft, read_draft
from webapp.usecases.trying_published import try_definition

blueprint = ApiBlueprint("api_definitions", __name__, description="流程定义")


def _bytes_of(given: dict[str, Any]) -> bytes:
    """The file that was given, as its bytes or as text."""
    found: bytes = given["file"] if "file" in given else bytes_of_text(given["bpmn"])
    return found


@blueprint.route("/definitions")
class Definitions(MethodView):
    """Definitions."""

    @blueprint.arguments(definition_schemas.DefinitionQuery, location="query")
    @blueprint.response(200, definition_schemas.Definition(many=True))
    @authenticated
    def get(self, query: dict[str, str]) -> list[Draft]:
        """The drafts that wait for another administrator, because nothing is proved of them.

        With ``view=unpublished`` every draft that is not published, latest first.
        """
        return list_drafts(product(), caller(), awaited=query["view"] == "awaited")

    @blueprint.arguments(definition_schemas.DefinitionDraft)
    @blueprint.response(201, definition_schemas.DefinitionReport)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Keep a diagram of any tool as a draft and get the report of import and gate.

        What is certain is rewritten, which the report tells; findings may offer a ``fix``.
        Decisions it calls and a scenario may come with it; a kept scenario that does not hold is
        a finding and keeps the draft from publication.
        """
        draft, report = draft_definition(
            product(), caller(), given["procedure"], _bytes_of(given), given
        )
        return {"id": draft, "report": report}


@blueprint.route("/definitions/try")
class Try(MethodView):
    """Dry runs."""

    @blueprint.arguments(definition_schemas.Trial)
    @blueprint.response(200, definition_schemas.TrialAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Play a scenario on a diagram where nothing outside can happen, and see what it does.

        It is played in a throw-away tenant with the rules of the caller's; 422 lists the findings
        of a diagram that cannot be executed.
        """
        return try_definition(product(), caller(), _bytes_of(given), given["scenario"])


@blueprint.route("/definitions/<uuid:draft_id>")
class OneDefinition(MethodView):
    """One draft."""

    @blueprint.response(200, definition_schemas.DefinitionBody)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, draft_id: UUID) -> Draft:
        """A draft with its report, and who asked to publish it."""
        return read_draft(product(), caller(), draft_id)


@blueprint.route("/procedures/<string:procedure>/versions")
class Versions(MethodView):
    """Versions of a procedure."""

    @blueprint.response(200, definition_schemas.ProcedureVersion(many=True))
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, procedure: str) -> Sequence[Version]:
        """The versions of a procedure, latest first, and how many cases run on each."""
        return read_history(product(), caller(), procedure).versions


@blueprint.route("/procedures/<string:procedure>/comparison")
class Differences(MethodView):
    """Comparisons."""

    @blueprint.arguments(definition_schemas.ComparisonQuery, location="query")
    @blueprint.response(200, definition_schemas.Difference(many=True))
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, query: dict[str, str], procedure: str) -> list[Change]:
        """What differs between two drawings of a procedure, by element and in words."""
        return list(compare_sides(product(), caller(), procedure, **query).found.changes)


@blueprint.route("/definitions/<uuid:draft_id>/fixes")
class DefinitionFixes(MethodView):
    """Fixes of a draft."""

    @blueprint.arguments(definition_schemas.Fixes)
    @blueprint.response(201, definition_schemas.DefinitionReport)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
        """Make fixes that the report of a draft offers; the answer is a new draft."""
        draft, report = fix_draft(product(), caller(), draft_id, given["fixes"])
        return {"id": draft, "report": report}


@blueprint.route("/definitions/<uuid:draft_id>/publish")
class Publish(MethodView):
    """Publications."""

    @blueprint.arguments(definition_schemas.Publication)
    @blueprint.response(200, definition_schemas.Published)
    @blueprint.alt_response(202, schema=definition_schemas.Published)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], draft_id: UUID) -> Any:
        """Publish a draft, at once or ``from`` a later moment on.

        Cases that begin then or later run it, running cases keep their version. A publication
        with a later moment is ``scheduled`` until then. What the gate cannot prove is ``awaited``
        (202) until another administrator publishes the draft too, with a reason.
        """
        made = publish_draft(product(), caller(), draft_id, given["reason"], given["from_"])
        if isinstance(made, Awaited):
            return {"status": "awaited", "effective_from": made.begins}, 202
        return {
            "bundle": made.bundle,
            "version": made.version,
            "effective_from": made.begins,
            "status": "scheduled" if made.is_scheduled else "active",
        }
