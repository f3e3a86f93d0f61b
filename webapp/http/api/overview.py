"""The overview over HTTP."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from marshmallow import Schema, fields

from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller
from webapp.http.frame import product
from webapp.http.overview import facts_of
from webapp.usecases.overview import read_overview

blueprint = ApiBlueprint("api_overview", __name__, description="总览")


class TargetFigures(Schema):
    """A target: the share of the mines of a scale that is to be on the list by a day."""

    scale = fields.String()
    share = fields.Decimal(as_string=True)
    by = fields.Date()
    base = fields.Integer()
    base_told = fields.Boolean()
    listed = fields.Integer()
    reached = fields.Decimal(as_string=True, allow_none=True)
    missing = fields.Integer()


class PlannedFigures(Schema):
    """A year of a plan."""

    year = fields.Integer()
    planned = fields.Integer()
    listed = fields.Integer()
    is_past = fields.Boolean()


class CoverageFigures(Schema):
    """How many mines were drawn for inspection in a year."""

    year = fields.Integer()
    base = fields.Integer()
    drawn = fields.Integer()
    needed = fields.Integer()


class FiguresOfStep(Schema):
    """A step: open work by age, what was done in a year, how long it took."""

    procedure = fields.String()
    element = fields.String()
    name = fields.String()
    open = fields.Integer()
    ages = fields.List(fields.Integer())
    overdue = fields.Integer()
    done = fields.Integer()
    mean_seconds = fields.Integer(allow_none=True)
    in_time = fields.Integer()
    late = fields.Integer()
    returned = fields.Integer()


class OverviewFigures(Schema):
    """The overview; ``as_of`` is when the work was counted, at most a quarter of an hour ago."""

    as_of = fields.AwareDateTime(allow_none=True)
    targets = fields.List(fields.Nested(TargetFigures))
    plan = fields.List(fields.Nested(PlannedFigures))
    coverage = fields.Nested(CoverageFigures, allow_none=True)
    steps = fields.List(fields.Nested(FiguresOfStep))


@blueprint.route("/overview")
class OverviewOfTenant(MethodView):
    """The overview."""

    @blueprint.response(200, OverviewFigures)
    @blueprint.alt_response(403, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self) -> dict[str, Any]:
        """Targets, plan, inspection coverage and the figures of every step, for leaders."""
        return facts_of(read_overview(product(), caller()))
