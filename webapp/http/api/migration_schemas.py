"""Bodies and answers about migrations."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from engine.migrating.model import BY_CHOICE, Verdict
from engine.migrating.work import MOST_CASES, MOST_MAPPED
from webapp.http.api.schemas import Strict

_ELEMENT = fields.String(validate=validate.Length(1, 120))


class PlanQuery(Strict):
    """To which version of a procedure, and by what mapping of elements (old id to new id)."""

    procedure = fields.String(required=True, validate=validate.Length(1, 80))
    version = fields.Integer(required=True, validate=validate.Range(1, 999_999_999))
    mapping = fields.Dict(
        keys=_ELEMENT, values=_ELEMENT, load_default=dict, validate=validate.Length(max=MOST_MAPPED)
    )
    accept = fields.List(
        fields.String(validate=validate.OneOf(sorted(BY_CHOICE))),
        load_default=list,
        metadata={"description": "verdicts with which a case is moved all the same"},
    )


class MigrationStart(PlanQuery):
    """The same with a reason; without ``cases`` all running cases are meant."""

    reason = fields.String(required=True, validate=validate.Length(1, 400))
    cases = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MOST_CASES))


class Chosen(Strict):
    """Some cases of a migration; without any all of them."""

    cases = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MOST_CASES))


class RedrawReason(Schema):
    """One thing that is said of a case."""

    verdict = fields.String(validate=validate.OneOf([v.value for v in Verdict]))
    code = fields.String()
    element = fields.String()
    message = fields.String()
    message_en = fields.String()


class PlannedCase(Schema):
    """What a running case would meet."""

    id = fields.UUID()
    number = fields.String()
    title = fields.String()
    stage = fields.String()
    version = fields.Integer()
    verdict = fields.String()
    reasons = fields.List(fields.Nested(RedrawReason))


class Plan(Schema):
    """What the running cases of a procedure would meet on a version; at most 300 are listed."""

    procedure = fields.String()
    version = fields.Integer()
    total = fields.Integer()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    cases = fields.List(fields.Nested(PlannedCase))


class MigratedCase(Schema):
    """How a case of a migration stands."""

    case_id = fields.UUID()
    number = fields.String()
    title = fields.String()
    status = fields.String(
        validate=validate.OneOf(("queued", "done", "refused", "failed", "back_queued", "back"))
    )
    verdict = fields.String()
    reasons = fields.List(fields.Nested(RedrawReason))
    message = fields.String()
    has_way_back = fields.Boolean()


class Migration(Schema):
    """A migration: how far it is, and the result of every case."""

    id = fields.UUID()
    procedure = fields.String()
    version = fields.Integer()
    reason = fields.String()
    by = fields.String()
    at = fields.DateTime()
    mapping = fields.Dict(keys=fields.String(), values=fields.String())
    accepted = fields.List(fields.String())
    is_running = fields.Boolean()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    cases = fields.List(fields.Nested(MigratedCase))


class RehearsalStart(Strict):
    """A period in which cases have ended, and what has another id on the draft."""

    from_ = fields.AwareDateTime(data_key="from", required=True)
    to = fields.AwareDateTime(required=True)
    mapping = fields.Dict(
        keys=_ELEMENT, values=_ELEMENT, load_default=dict, validate=validate.Length(max=MOST_MAPPED)
    )


class RehearsedCase(Schema):
    """What a case met."""

    case_id = fields.UUID()
    number = fields.String()
    title = fields.String()
    version = fields.Integer()
    is_running = fields.Boolean()
    verdict = fields.String()
    reasons = fields.List(fields.Nested(RedrawReason))


class Rehearsal(Schema):
    """A rehearsal; of its cases at most 300 are listed, those that met something."""

    id = fields.UUID()
    draft = fields.UUID()
    procedure = fields.String()
    from_at = fields.DateTime(data_key="from")
    to_at = fields.DateTime(data_key="to")
    total = fields.Integer()
    done = fields.Integer()
    is_running = fields.Boolean()
    finished = fields.Dict(keys=fields.String(), values=fields.Integer())
    running = fields.Dict(keys=fields.String(), values=fields.Integer())
    cases = fields.List(fields.Nested(RehearsedCase))
