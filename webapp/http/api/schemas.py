"""What goes in and out of the API."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from engine.cursors import MOST_NUMBER
from engine.work_items.lists import ITEM_VIEWS
from webapp.http.api.ends import Ends
from webapp.http.api.signing_schemas import ToSign


class Strict(Schema):
    """Unknown fields are named and refused."""

    class Meta:
        unknown = RAISE


class ErrorItem(Schema):
    """One place that is wrong."""

    field = fields.String()
    message = fields.String()


class ErrorAnswer(Schema):
    """Every error of the API."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    errors = fields.List(fields.Nested(ErrorItem))


class Credentials(Strict):
    """Who asks for a token."""

    tenant = fields.String(required=True, validate=validate.Length(max=40))
    username = fields.String(required=True, validate=validate.Length(max=80))
    password = fields.String(required=True, load_only=True, validate=validate.Length(max=200))
    code = fields.String(load_only=True, load_default="", validate=validate.Length(max=20))


class Token(Schema):
    """A bearer token."""

    token = fields.String(required=True)


class OpenToken(Schema):
    """A token that is valid, by its mark."""

    mark = fields.String()
    created_at = fields.DateTime()
    expires_at = fields.DateTime()
    current = fields.Boolean(attribute="is_current")


class Scheduled(Schema):
    """A bundle that cases get which begin at a later moment."""

    bundle = fields.UUID(attribute="id")
    version = fields.Integer()
    effective_from = fields.DateTime(data_key="from")
    reason = fields.String()


class Procedure(Schema):
    """A procedure the tenant offers."""

    id = fields.String()
    title = fields.String()
    title_en = fields.String()
    may_start = fields.Boolean()
    bundle = fields.UUID(allow_none=True)
    version = fields.Integer(allow_none=True)
    scheduled = fields.List(fields.Nested(Scheduled))


class CaseStart(Strict):
    """Start a case; ``variables`` are the fields of the form on the start event."""

    procedure = fields.String(required=True, validate=validate.Length(max=80))
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class MessageSent(Strict):
    """A message to the one case that waits for it, or to what it starts.

    ``id`` is the sender's own: the same one sent again is taken once.
    """

    name = fields.String(required=True, validate=validate.Length(min=1, max=120))
    correlation = fields.String(load_default="", validate=validate.Length(max=200))
    variables = fields.Dict(keys=fields.String(), load_default=dict)
    id = fields.String(load_default=None, validate=validate.Length(min=1, max=120))


class MessageKept(Schema):
    """The message as it is kept until it is taken."""

    message = fields.UUID()


class SignalSent(Strict):
    """A signal to every case of the tenant that waits for it, and to what it starts."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=120))


class CaseStarted(Schema):
    """The new case."""

    id = fields.UUID()
    number = fields.String()


class Case(Schema):
    """A case in lists."""

    id = fields.UUID()
    number = fields.String()
    procedure = fields.String()
    title = fields.String()
    status = fields.String()
    stage = fields.String()
    outcome = fields.String()
    started_at = fields.DateTime()
    ended_at = fields.DateTime(allow_none=True)


class OpenStep(Ends):
    """An open step of a case."""

    item = fields.UUID()
    element = fields.String()
    name = fields.String()
    status = fields.String()


class HandedOver(Schema):
    """What passed to (`out`) or from (`in`) another tenant, and how far the case is there."""

    direction = fields.String()
    peer = fields.String()
    number = fields.String()
    status = fields.String()
    at = fields.DateTime()
    stage = fields.String()
    peer_status = fields.String()


class CaseDetail(Case):
    """A case with its open steps and what was handed over."""

    open = fields.List(fields.Nested(OpenStep))
    handoffs = fields.List(fields.Nested(HandedOver))
    clock_stopped = fields.Boolean()


class Reason(Strict):
    """Why something is done."""

    reason = fields.String(load_default="", validate=validate.Length(max=1000))


class CaseReason(Reason):
    """Why; ``ground`` is the legal ground on which the clock of a suspended case stops."""

    ground = fields.String(load_default="", validate=validate.Length(max=200))


class Fact(Schema):
    """One fact of a case's history."""

    seq = fields.Integer()
    at = fields.DateTime()
    kind = fields.String()
    element = fields.String()
    actor = fields.String(attribute="actor_name")
    item = fields.UUID(attribute="item_id", allow_none=True)
    content = fields.Dict()
    hash = fields.String()


class Diagram(Schema):
    """Where the tokens of one process stand."""

    process = fields.String()
    name = fields.String()
    href = fields.String()
    state = fields.Dict()


class Item(Ends):
    """A work item in lists."""

    id = fields.UUID()
    case = fields.UUID(attribute="case_id")
    case_number = fields.String()
    case_title = fields.String()
    procedure = fields.String()
    element = fields.String()
    name = fields.String()
    status = fields.String()
    batch = fields.String()
    revision = fields.Integer()
    opened_at = fields.DateTime()


class Option(Schema):
    """One value a field offers."""

    value = fields.Raw()
    label = fields.String()


class Field(Schema):
    """A field of the form for the data at hand; ``sheet`` lists the rows of a score sheet."""

    field = fields.String()
    type = fields.String()
    label = fields.String()
    required = fields.Boolean()
    editable = fields.Boolean()
    options = fields.List(fields.Nested(Option), allow_none=True)
    sheet = fields.Dict(allow_none=True)


class ItemDetail(Ends):
    """A work item with its form and what may be done."""

    id = fields.UUID()
    case = fields.UUID()
    element = fields.String()
    name = fields.String()
    status = fields.String()
    revision = fields.Integer()
    form = fields.Dict(allow_none=True)
    values = fields.Dict()
    fields_ = fields.List(fields.Nested(Field), attribute="fields", data_key="fields")
    operations = fields.List(fields.String())
    signature = fields.Nested(ToSign, allow_none=True)


class Completion(Strict):
    """Complete an item as it was seen."""

    revision = fields.Integer(required=True, strict=True)
    data = fields.Dict(keys=fields.String(), required=True)
    pin = fields.String(load_default="", load_only=True, validate=validate.Length(max=64))


class Completed(Schema):
    """What a completion did; ``incident`` is set when the case could not move on."""

    item = fields.UUID()
    case = fields.UUID()
    record = fields.UUID()
    case_status = fields.String()
    incident = fields.UUID(allow_none=True)


class Draft(Strict):
    """What was typed so far."""

    data = fields.Dict(keys=fields.String(), required=True)
    revision = fields.Integer(strict=True, allow_none=True, load_default=None)


class Revision(Schema):
    """The new revision."""

    revision = fields.Integer()


class Attachment(Schema):
    """A stored file."""

    id = fields.UUID()
    name = fields.String()
    size = fields.Integer()
    media_type = fields.String()
    digest = fields.String()


class PageQuery(Strict):
    """How a list is asked for."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=300))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    q = fields.String(load_default="", validate=validate.Length(max=100))


class ItemQuery(PageQuery):
    """Which items."""

    view = fields.String(load_default="all", validate=validate.OneOf((*ITEM_VIEWS, "all")))


class CaseQuery(PageQuery):
    """Which cases."""

    view = fields.String(load_default="all", validate=validate.OneOf(("all", "started")))
    status = fields.String(load_default="", validate=validate.Length(max=20))
    procedure = fields.String(load_default="", validate=validate.Length(max=80))


class HistoryQuery(Strict):
    """From which fact on."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, MOST_NUMBER))


class ItemPage(Schema):
    """A page of items."""

    items = fields.List(fields.Nested(Item))
    next = fields.String(allow_none=True)


class CasePage(Schema):
    """A page of cases."""

    items = fields.List(fields.Nested(Case))
    next = fields.String(allow_none=True)


class Upload(Schema):
    """A file to store."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class BatchStart(Strict):
    """Gather items of one kind."""

    kind = fields.String(required=True)
    title = fields.String(required=True, validate=validate.Length(1, 200))
    items = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 500))


class BatchAct(Strict):
    """Act once for all cases of a batch; ``cases`` holds what differs, by case id."""

    data = fields.Dict(keys=fields.String(), load_default=dict)
    cases = fields.Dict(keys=fields.UUID(), values=fields.Dict(), load_default=dict)


class BatchCase(Schema):
    """One case of a batch."""

    case = fields.UUID(attribute="case_id")
    number = fields.String(attribute="case_number")
    status = fields.String()
    message = fields.String()


class Batch(Schema):
    """A batch and how far it is."""

    id = fields.UUID()
    kind = fields.String()
    number = fields.String()
    title = fields.String()
    status = fields.String()
    done = fields.Integer()
    failed = fields.Integer()
    total = fields.Integer()
    cases = fields.List(fields.Nested(BatchCase))


class NotificationQuery(Strict):
    """Which notifications."""

    unread = fields.Boolean(load_default=False)
    cursor = fields.String(load_default=None, validate=validate.Length(max=300))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class Notification(Schema):
    """Something you were told; ``link`` is the page of its case."""

    id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    body = fields.String()
    case = fields.UUID(allow_none=True)
    link = fields.String(allow_none=True)
    created_at = fields.DateTime()
    read_at = fields.DateTime(allow_none=True)


class NotificationPage(Schema):
    """A page of notifications."""

    items = fields.List(fields.Nested(Notification))
    next = fields.String(allow_none=True)
