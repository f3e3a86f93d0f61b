"""Bodies and answers about definitions."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from webapp.http.api.schemas import Strict


class DefinitionDraft(Strict):
    """A diagram as text."""

    procedure = fields.String(required=True, validate=validate.Length(max=80))
    bpmn = fields.String(required=True, validate=validate.Length(max=2_000_000))


class DefinitionReport(Schema):
    """A draft and what the gate says of it."""

    id = fields.UUID()
    report = fields.Dict()


class Publication(Strict):
    """Publish a draft, with a reason."""

    reason = fields.String(required=True, validate=validate.Length(1, 400))
    from_ = fields.DateTime(data_key="from", load_default=None, allow_none=True)


class Published(Schema):
    """The new bundle: ``active`` now, ``scheduled`` for a later moment, or none yet: ``awaited``.

    What could not be proved is awaited until another administrator publishes the draft too.
    """

    bundle = fields.UUID(allow_none=True)
    version = fields.Integer(allow_none=True)
    effective_from = fields.DateTime(data_key="from", allow_none=True)
    status = fields.String(validate=validate.OneOf(("active", "scheduled", "awaited")))


class PublicationAsked(Schema):
    """Who asked to publish what could not be proved, when and why."""

    by = fields.String()
    at = fields.DateTime()
    reason = fields.String()
    begins = fields.DateTime(data_key="from", allow_none=True)


class Definition(Schema):
    """A draft with the report made of it; ``asked`` when it waits for another administrator."""

    id = fields.UUID()
    procedure = fields.String()
    created_at = fields.DateTime()
    report = fields.Dict()
    asked = fields.Nested(PublicationAsked, allow_none=True)


class DefinitionBody(Definition):
    """A draft with its diagram."""

    bpmn = fields.Function(lambda draft: draft.body.decode("utf-8", "replace"))
