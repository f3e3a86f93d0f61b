"""What goes in and out of the API about draws."""

from __future__ import annotations

from marshmallow import fields, validate

from domain.draws.pools import STRATA
from engine.batches.draws.seeds import NONCES, NUMBER
from webapp.http.api.schemas import Strict


class Exclusion(Strict):
    """A member of the pool that is left out or steps back, and why."""

    member = fields.String(required=True, validate=validate.Length(1, 120))
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class DrawStart(Strict):
    """A draw to be frozen; ``pool`` is ``mines`` or the code of a role.

    Either ``size``, or ``strata`` (``scale`` or ``level`` of mines) with ``sizes`` by stratum. By
    ``commit-reveal`` ``parties`` (user names) give nonces until two local moments, and ``number``
    is the public number of a repeat.
    """

    purpose = fields.String(required=True, validate=validate.Length(1, 80))
    pool = fields.String(required=True, validate=validate.Length(1, 60))
    size = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 20_000))
    strata = fields.String(load_default="", validate=validate.OneOf(("", *STRATA)))
    sizes = fields.Dict(
        fields.String(validate=validate.Length(1, 20)),
        fields.Integer(strict=True, validate=validate.Range(0, 20_000)),
        load_default=dict,
    )
    source = fields.String(load_default=NUMBER, validate=validate.OneOf((NUMBER, NONCES)))
    parties = fields.List(
        fields.String(validate=validate.Length(1, 60)),
        load_default=list,
        validate=validate.Length(0, 20),
    )
    commit_until = fields.String(load_default="", validate=validate.Length(0, 40))
    reveal_until = fields.String(load_default="", validate=validate.Length(0, 40))
    excluded = fields.List(fields.Nested(Exclusion), load_default=list)
    number = fields.String(required=True, validate=validate.Length(1, 80))
    day = fields.Date(load_default=None, allow_none=True)


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
