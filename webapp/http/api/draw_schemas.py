"""What goes in and out of the API about draws."""

from __future__ import annotations

from marshmallow import fields, validate

from webapp.http.api.schemas import Strict


class Exclusion(Strict):
    """A member of the pool that is left out or steps back, and why."""

    member = fields.String(required=True, validate=validate.Length(1, 120))
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class DrawStart(Strict):
    """A draw to be frozen; ``pool`` is ``mines`` or the code of a role."""

    purpose = fields.String(required=True, validate=validate.Length(1, 80))
    pool = fields.String(required=True, validate=validate.Length(1, 60))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(0, 20_000))
    excluded = fields.List(fields.Nested(Exclusion), load_default=list)
    number = fields.String(required=True, validate=validate.Length(1, 80))
    day = fields.Date(required=True)


class Chance(Strict):
    """A public number, a commitment or a nonce."""

    value = fields.String(required=True, validate=validate.Length(1, 128))


class DrawLine(Strict):
    """A draw in the list."""

    id = fields.UUID()
    number = fields.String()
    kind = fields.String()
    frozen_at = fields.DateTime()
    settled_at = fields.DateTime()


class Draw(Strict):
    """A draw as its file has it (`lucheng draw verify`)."""

    format = fields.String()
    authority = fields.String()
    id = fields.String()
    number = fields.String()
    kind = fields.String()
    content = fields.Dict()
    digest = fields.String()
    frozenAt = fields.String()
    frozenOn = fields.String()
    entries = fields.List(fields.Dict())
    settledAt = fields.String()
    seed = fields.String()
    ranking = fields.List(fields.String())
    refusals = fields.List(fields.Dict())
    seats = fields.List(fields.String())
    void = fields.Dict()
    labels = fields.Dict()
