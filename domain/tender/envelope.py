"""What is inside a sealed bid: what the body states, and its document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from domain.tender.rules import Offer
from domain.tender.sealing import SealBroken
from engine.canonical import canonical
from engine.errors import Invalid

EXACT_LENGTH_BYTES = 4
LONGEST_NAME = 120
MOST_PEOPLE = 200
MOST_DIGITS = 12


def pack_offer(offer: Offer, document: bytes) -> bytes:
    """The content of a bid in one piece."""
    head = canonical(kept_offer(offer))
    return len(head).to_bytes(EXACT_LENGTH_BYTES, "big") + head + document


def unpack_offer(content: bytes) -> tuple[Offer, bytes]:
    """What :func:`pack_offer` made one piece of."""
    size = int.from_bytes(content[:EXACT_LENGTH_BYTES], "big")
    head, document = content[EXACT_LENGTH_BYTES:][:size], content[EXACT_LENGTH_BYTES + size :]
    try:
        return offer_of(json.loads(head)), document
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise SealBroken from error


def kept_offer(offer: Offer) -> dict[str, Any]:
    """An offer as it is kept: exact numbers as text."""
    return {
        "price": str(offer.price),
        "people": [str(person) for person in offer.people],
        "takesNoFee": offer.takes_no_fee,
        "fileName": offer.file_name,
    }


def offer_of(kept: Mapping[str, Any]) -> Offer:
    """An offer from what was kept."""
    people = tuple(UUID(person) for person in kept["people"])
    return Offer(Decimal(kept["price"]), people, bool(kept["takesNoFee"]), str(kept["fileName"]))


def read_price(typed: str) -> Decimal:
    """The price somebody typed: above zero, at most two places after the point."""
    try:
        price = Decimal(typed.strip().replace(",", "").replace("，", ""))
        is_amount = 0 < price == round(price, 2) and price.adjusted() < MOST_DIGITS
    except InvalidOperation:  # no number, or one that is not finite
        is_amount = False
    if not is_amount:
        said = "报价须为大于零的金额，最多两位小数"
        raise Invalid(said, "the price is no amount", errors=[{"field": "price", "message": said}])
    return price
