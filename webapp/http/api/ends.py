"""Until when a step is to be done, as the API tells it."""

from __future__ import annotations

from marshmallow import Schema, fields


class Ends(Schema):
    """The promised deadline, and the legal one where a step has it besides."""

    due_at = fields.DateTime(allow_none=True)
    legal_due_at = fields.DateTime(allow_none=True)
