"""Draws over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.views import MethodView

from webapp.http.api import draw_schemas, schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import product
from webapp.usecases.drawing import (
    TypedDraw,
    freeze_by_hand,
    give_chance,
    list_draws,
    read_draw,
    step_back,
)

blueprint = ApiBlueprint("api_draws", __name__, description="抽取")


@blueprint.route("/draws")
class Draws(MethodView):
    """Draws."""

    @blueprint.response(200, draw_schemas.DrawLine(many=True))
    @authenticated
    def get(self) -> Any:
        """The draws of the tenant, latest first."""
        return list_draws(product(), caller().tenant_id)

    @blueprint.arguments(draw_schemas.DrawStart)
    @blueprint.response(201, draw_schemas.Draw)
    @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any]) -> Any:
        """Freeze a draw from the mines on the list or from people of a role."""
        typed = TypedDraw(
            purpose=given["purpose"],
            pool=given["pool"],
            sizes="\n".join(f"{name} {size}" for name, size in given["sizes"].items())
            or str(given["size"]),
            excluded="\n".join(f"{one['member']} {one['reason']}" for one in given["excluded"]),
            number_name=given["number"],
            number_day="" if given["day"] is None else given["day"].isoformat(),
            strata=given["strata"],
            source=given["source"],
            parties="\n".join(given["parties"]),
            commit_until=given["commit_until"],
            reveal_until=given["reveal_until"],
        )
        draw_id = freeze_by_hand(product(), caller(), typed)
        return read_draw(product(), caller().tenant_id, draw_id)


@blueprint.route("/draws/<uuid:draw_id>")
class OneDraw(MethodView):
    """One draw."""

    @blueprint.response(200, draw_schemas.Draw)
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, draw_id: UUID) -> Any:
        """All that is needed to compute the draw again."""
        return read_draw(product(), caller().tenant_id, draw_id)


@blueprint.route("/draws/<uuid:draw_id>/<any(number,commit,reveal):kind>")
class Chance(MethodView):
    """What people enter for a draw."""

    @blueprint.arguments(draw_schemas.Chance)
    @blueprint.response(200, draw_schemas.Draw)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], draw_id: UUID, kind: str) -> Any:
        """Enter a public number, a commitment or a nonce; the last one needed draws."""
        give_chance(product(), caller(), draw_id, kind, given["value"])
        return read_draw(product(), caller().tenant_id, draw_id)


@blueprint.route("/draws/<uuid:draw_id>/refusals")
class Refusals(MethodView):
    """Who steps back."""

    @blueprint.arguments(draw_schemas.Exclusion)
    @blueprint.response(200, draw_schemas.Draw)
    @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
    @authenticated
    def post(self, given: dict[str, Any], draw_id: UUID) -> Any:
        """Record that somebody drawn steps back; the next rank follows."""
        step_back(product(), caller(), draw_id, given["member"], given["reason"])
        return read_draw(product(), caller().tenant_id, draw_id)
