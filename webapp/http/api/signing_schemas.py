"""What a signature is given for, as the API tells it."""

from __future__ import annotations

from marshmallow import Schema, fields


class Covered(Schema):
    """A record that a signature is given for."""

    record = fields.UUID(attribute="id")
    element = fields.String()
    digest = fields.String()


class ToSign(Schema):
    """What the step's signature is given for; null where it asks for none."""

    capacity = fields.String()
    covers = fields.List(fields.Nested(Covered))
    key = fields.String()
    key_until = fields.DateTime(attribute="until", allow_none=True)
