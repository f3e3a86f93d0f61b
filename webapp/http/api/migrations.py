"""Moving running cases to another version over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.http.api import migration_schemas, schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import product
from webapp.usecases.migrating import (
    Migration,
    Moving,
    Preview,
    migrate_cases,
    preview_migration,
    read_migration,
    retry_migration,
    undo_migration,
)

blueprint = ApiBlueprint("api_migrations", __name__, description="办件迁移")


def _wanted(given: Mapping[str, Any]) -> Moving:
    return Moving(
        given["procedure"],
        given["version"],
        given["mapping"],
        tuple(given["accept"]),
        tuple(given.get("cases", ())),
    )


@blueprint.route("/migrations/plan")
class Plans(MethodView):
    """Plans."""

    @blueprint.arguments(migration_schemas.PlanQuery)
    @blueprint.response(200, migration_schemas.Plan)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> Preview:
        """What every running case would meet on a version of its procedure; changes nothing."""
        return preview_migration(product(), caller(), _wanted(given))


@blueprint.route("/migrations")
class Migrations(MethodView):
    """Migrations."""

    @blueprint.arguments(migration_schemas.MigrationStart)
    @blueprint.response(202, migration_schemas.Migration)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> Migration:
        """Begin to move running cases; the answer shows the progress, ask again for results.

        A case whose plan says more than is accepted stays on its version, with the reasons.
        """
        made = migrate_cases(product(), caller(), _wanted(given), given["reason"])
        return read_migration(product(), caller(), made)


@blueprint.route("/migrations/<uuid:migration_id>")
class OneMigration(MethodView):
    """One migration."""

    @blueprint.response(200, migration_schemas.Migration)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, migration_id: UUID) -> Migration:
        """How far a migration is, and the result of every case."""
        return read_migration(product(), caller(), migration_id)


@blueprint.route("/migrations/<uuid:migration_id>/<any(back,retry):step>")
class MigrationActs(MethodView):
    """Acts on a migration."""

    @blueprint.arguments(migration_schemas.Chosen)
    @blueprint.response(202, migration_schemas.Migration)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], migration_id: UUID, step: str) -> Migration:
        """``back``: cases return to their version, while no step was taken on the new one.

        ``retry``: cases that stayed are tried once more. Without ``cases`` all of them are meant.
        """
        doer = undo_migration if step == "back" else retry_migration
        doer(product(), caller(), migration_id, given["cases"])
        return read_migration(product(), caller(), migration_id)
