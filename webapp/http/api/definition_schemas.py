"""Bodies and answers about definitions."""

from __future__ import annotations

import base64
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from engine.bpmn.xml import decode
from webapp.http.api.schemas import Strict


class Base64(fields.Field):  # type: ignore[type-arg]
    """The bytes of a file, written in Base64."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> str:
        return base64.b64encode(value).decode("ascii")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bytes:
        try:
            return base64.b64decode(value, validate=True)
        except (TypeError, ValueError) as error:
            raise ValidationError("须为 Base64 编码的文件内容") from error


class OneFile(Strict):
    """A diagram of any tool: as text, or the bytes of its file (``file``, Base64)."""

    bpmn = fields.String(validate=validate.Length(max=2_000_000))
    file = Base64()

    @validates_schema
    def one_of_both(self, given: dict[str, Any], **_: Any) -> None:
        """A draft is made of one file."""
        if ("bpmn" in given) == ("file" in given):
            raise ValidationError("填写 bpmn（文本）或 file（Base64）其中之一", "bpmn")


class DefinitionDraft(OneFile):
    """A diagram of a procedure, with what comes beside it."""

    procedure = fields.String(required=True, validate=validate.Length(1, 80))
    decisions = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"[A-Za-z_][A-Za-z0-9._-]{0,99}\Z")),
        values=fields.String(validate=validate.Length(max=2_000_000)),
        metadata={"description": "DMN files the diagram calls, by the id of the decision"},
    )
    scenario = fields.Dict(
        allow_none=True,
        metadata={
            "description": "a scenario kept with the procedure and run at every publication; "
            "null: none any more; left out: the published one stays"
        },
    )


class DefinitionQuery(Strict):
    """Which drafts: those that wait for another administrator, or all that are not published."""

    view = fields.String(
        load_default="awaited", validate=validate.OneOf(("awaited", "unpublished"))
    )


class Fixes(Strict):
    """Proposed fixes to make, as the report offers them."""

    fixes = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String(validate=validate.Length(max=400))),
        required=True,
        validate=validate.Length(1, 100),
    )


class Trial(OneFile):
    """A diagram of any tool and the scenario to play on it."""

    scenario = fields.Dict(required=True)


class Place(Schema):
    """A node of a diagram."""

    id = fields.String()
    name = fields.String()


class Trouble(Schema):
    """Something that stopped at a node."""

    element = fields.String()
    name = fields.String()
    code = fields.String()
    message = fields.String()


class Failed(Schema):
    """Why a step is not as expected."""

    message = fields.String()
    message_en = fields.String()


class TrialState(Schema):
    """What is seen after a step; ``failed`` only where it is not as expected."""

    active = fields.List(fields.Nested(Place))
    completed = fields.Boolean()
    variables = fields.Dict()
    incidents = fields.List(fields.Nested(Trouble))
    waiting = fields.List(fields.Nested(Place))
    failed = fields.List(fields.Nested(Failed))


class TrialAnswer(Schema):
    """Whether everything was as expected, and the state after every step."""

    ok = fields.Boolean()
    steps = fields.List(fields.Nested(TrialState))


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
    """A draft with its diagram: as it is read here, and the file as it came (Base64)."""

    bpmn = fields.Function(lambda draft: decode(draft.body))
    original = Base64()


class ComparisonQuery(Strict):
    """Two sides: ``v3`` (a version), the id of a draft, or ``above`` for the level above."""

    old = fields.String(required=True, validate=validate.Length(1, 60))
    new = fields.String(required=True, validate=validate.Length(1, 60))


class Difference(Schema):
    """One difference; an id is empty where the element is not."""

    what = fields.String()
    element = fields.String()
    was = fields.String()
    name = fields.String()
    facet = fields.String()
    before = fields.String()
    after = fields.String()
    message = fields.String(attribute="zh")
    message_en = fields.String(attribute="en")


class ProcedureVersion(Schema):
    """A published version; ``running`` cases are pinned to it."""

    side = fields.String()
    version = fields.Integer()
    title = fields.String()
    begins = fields.AwareDateTime()
    by = fields.String()
    reason = fields.String()
    verdict = fields.String()
    running = fields.Integer()
    is_in_force = fields.Boolean()
    is_scheduled = fields.Boolean()
    is_own = fields.Boolean()
