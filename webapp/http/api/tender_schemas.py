"""What the API tells and takes of tenders."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from webapp.http.api.schemas import Strict

MOST_TEXT = 200


class TenderLine(Schema):
    """A tender in a list."""

    id = fields.UUID()
    number = fields.String()
    title = fields.String()
    round = fields.Integer()
    status = fields.String()
    bids_until = fields.DateTime()
    opens_at = fields.DateTime()


class TenderList(Schema):
    """The tenders of the authority, latest first."""

    items = fields.List(fields.Nested(TenderLine))


class ScoringLine(Schema):
    """A line of the scoring table; that of the price is computed."""

    code = fields.String()
    title = fields.String()
    points = fields.String()
    by_price = fields.Boolean()


class BidKept(Schema):
    """A bid of one's own body, by its receipt."""

    digest = fields.String()
    status = fields.String()
    size = fields.Integer()
    received_at = fields.DateTime()


class OpenedBid(Schema):
    """An opened bid, for the opening officers and the committee."""

    id = fields.UUID()
    body = fields.String(attribute="body_name")
    price = fields.String(allow_none=True)
    status = fields.String()
    digest = fields.String()
    faults = fields.List(fields.Dict())


class TenderOpening(Schema):
    """An act of opening: who was the first or the second, and when."""

    officer = fields.UUID()
    turn = fields.String()
    at = fields.DateTime()


class StaffMember(Schema):
    """A person of one's own body that a bid may name."""

    id = fields.UUID()
    name = fields.String()
    disciplines = fields.List(fields.String())


class RankedBid(Schema):
    """A line of the result."""

    rank = fields.Integer()
    body = fields.String()
    price = fields.String()
    points = fields.Dict()
    total = fields.String()


class Tender(TenderLine):
    """A tender with what concerns the caller; opened bids for officers and committee only."""

    body = fields.String()
    contact = fields.String()
    criteria = fields.List(fields.Nested(ScoringLine))
    openings = fields.List(fields.Nested(TenderOpening))
    own_bids = fields.List(fields.Nested(BidKept))
    staff = fields.List(fields.Nested(StaffMember))
    bids = fields.List(fields.Nested(OpenedBid))
    scores = fields.Dict()
    result = fields.List(fields.Nested(RankedBid))
    operations = fields.List(fields.String())


class BidForm(Schema):
    """The typed part of a bid."""

    price = fields.String(required=True, validate=validate.Length(max=20))
    people = fields.List(fields.UUID(), load_default=[])
    no_fee = fields.Boolean(load_default=False)


class BidFile(Schema):
    """The document of a bid."""

    document = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class BidReceipt(Schema):
    """What a body gets for its bid: the digest of the sealed bytes."""

    digest = fields.String()
    size = fields.Integer()
    received_at = fields.DateTime()


class Phrase(Strict):
    """An officer's passphrase."""

    passphrase = fields.String(required=True, validate=validate.Length(max=MOST_TEXT))


class NewPhrase(Phrase):
    """A new passphrase, with the password that says who sets it."""

    password = fields.String(required=True, validate=validate.Length(max=MOST_TEXT))


class Turn(Schema):
    """Whether the officer was the ``first`` or the ``second``."""

    turn = fields.String()


class Lost(Schema):
    """Whether the tender failed by it."""

    failed = fields.Boolean()


class BidScores(Strict):
    """Points by bid and criterion, for every valid bid at once."""

    scores = fields.Dict(
        keys=fields.UUID(),
        values=fields.Dict(keys=fields.String(), values=fields.String()),
        required=True,
    )


class RecusalReason(Strict):
    """Why a member steps back."""

    reason = fields.String(required=True, validate=validate.Length(max=MOST_TEXT))
