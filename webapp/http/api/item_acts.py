"""Operations on work items over HTTP, besides claiming and completing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import Schema, fields, validate

from engine.work_items.adding import MODES, MOST_ADDED
from engine.work_items.returning import DIRECT, STEPS
from engine.work_items.sharing import COPY, KINDS, MOST_COPIES, MOST_TEXT
from webapp.http.api import schemas
from webapp.http.api.blueprint import ApiBlueprint
from webapp.http.api.tokens import authenticated, caller, idempotency_key
from webapp.http.frame import product
from webapp.usecases.item_acts import act_on_item, colleagues_at, ways_back

blueprint = ApiBlueprint("api_item_acts", __name__, description="办理操作")


class Why(schemas.Strict):
    """Why something is done to an item."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=1000))


class Handed(Why):
    """To whom an item is given: the id of a membership, as ``people`` lists them."""

    to = fields.UUID(required=True)


class Added(Why):
    """Who is asked for an opinion, and when."""

    people = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_ADDED)
    )
    mode = fields.String(required=True, validate=validate.OneOf(MODES))


class Returned(Why):
    """To which step an item is returned: its id, ``previous`` or ``applicant``."""

    to = fields.String(required=True, validate=validate.Length(min=1, max=120))
    resubmit = fields.String(load_default=STEPS, validate=validate.OneOf((STEPS, DIRECT)))


class Copied(schemas.Strict):
    """Who reads along, and whether a sign-off is asked for (``circulate``)."""

    people = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_COPIES)
    )
    kind = fields.String(load_default=COPY, validate=validate.OneOf(KINDS))
    note = fields.String(load_default="", validate=validate.Length(max=MOST_TEXT))


class Asked(schemas.Strict):
    """A question to somebody who may see the case."""

    to = fields.UUID(required=True)
    text = fields.String(required=True, validate=validate.Length(min=1, max=MOST_TEXT))


class Answered(schemas.Strict):
    """The answer to a question; without ``question`` to the oldest one of this item."""

    question = fields.UUID(load_default=None, allow_none=True)
    text = fields.String(required=True, validate=validate.Length(min=1, max=MOST_TEXT))


class Acted(Schema):
    """The item's revision; ``result`` is the step returned to, the item opened, the question."""

    revision = fields.Integer()
    result = fields.String(allow_none=True)


class Person(Schema):
    """Somebody work can be given to."""

    id = fields.UUID()
    name = fields.String()
    title = fields.String()


class Way(Schema):
    """A step an item may be returned to now, and what that would withdraw."""

    element = fields.String(attribute="target.element")
    name = fields.String(attribute="target.name")
    previous = fields.Boolean(attribute="target.is_previous")
    applicant = fields.Boolean(attribute="target.is_applicants")
    direct = fields.Boolean(attribute="lost.may_resume")
    withdraws = fields.Function(lambda way: [item.name for item in way.lost.items])
    events = fields.List(fields.String(), attribute="lost.events")
    superseded = fields.List(fields.String(), attribute="lost.records")


@blueprint.route("/work-items/<uuid:item_id>/people")
class People(MethodView):
    """Colleagues."""

    @blueprint.response(200, Person(many=True))
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, item_id: UUID) -> Any:
        """Those an item can be given to; whoever is barred from it is refused when chosen."""
        return colleagues_at(product(), caller(), item_id)


@blueprint.route("/work-items/<uuid:item_id>/returns")
class Returns(MethodView):
    """Ways back."""

    @blueprint.response(200, Way(many=True))
    @blueprint.alt_response(404, schema=schemas.ErrorAnswer)
    @authenticated
    def get(self, item_id: UUID) -> Any:
        """The steps an item may be returned to now, each with what the return would withdraw."""
        return ways_back(product(), caller(), item_id)


_OPERATIONS: dict[str, tuple[type[Schema], str]] = {
    "transfer": (Handed, "Hand an item over for good."),
    "delegate": (Handed, "Let another work on an item; it comes back, and you complete it."),
    "add-signer": (Added, "Ask colleagues for their opinion before, beside or after your own."),
    "remove-signer": (Why, "Take back an added signer, or one of several, before he has acted."),
    "return": (Returned, "Return to an earlier step the diagram allows."),
    "recall": (schemas.Reason, "Take back your completion while nobody after has acted."),
    "copy": (Copied, "Let colleagues read along."),
    "ask": (Asked, "Ask somebody who may see the case; the item stays with you."),
    "answer": (Answered, "Answer a question that was asked of you."),
    "recuse": (Why, "Act on this case no more; what you hold is offered again."),
}


def _register(act: str, schema: type[Schema], said: str) -> None:
    class ItemAct(MethodView):
        @blueprint.arguments(schema)
        @blueprint.response(200, Acted)
        @blueprint.alt_response(403, schema=schemas.ErrorAnswer)
        @blueprint.alt_response(409, schema=schemas.ErrorAnswer)
        @blueprint.alt_response(422, schema=schemas.ErrorAnswer)
        @authenticated
        def post(self, given: dict[str, Any], item_id: UUID) -> dict[str, Any]:
            return act_on_item(product(), caller(), item_id, act, given, idempotency_key())

    ItemAct.post.__doc__ = said
    ItemAct.__doc__ = said
    ItemAct.__name__ = "".join(part.title() for part in act.split("-"))
    blueprint.route(f"/work-items/<uuid:item_id>/{act}")(ItemAct)


for _name, (_schema, _said) in _OPERATIONS.items():
    _register(_name, _schema, _said)
