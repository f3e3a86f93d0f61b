"""Sealed bids: fixed vectors, every flipped byte, any two of three officers and never one."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.tender.sealing import (
    BoxKey,
    Effort,
    PassphraseWrong,
    SealBroken,
    address_of,
    box_key_of,
    box_with,
    check_passphrase,
    make_box,
    make_box_key,
    open_bid,
    open_box,
    open_inner,
    open_outer,
    seal_bid,
    share_key,
    unwrap_key,
    wrap_key,
)
from engine.errors import Invalid

LIGHT = Effort(1, 64)
OFFICERS = {name: make_box_key() for name in ("a", "b", "c")}
PUBLIC = {name: key.public for name, key in OFFICERS.items()}
TENDER = "0190-tender"

VECTOR = (
    "4c434231"
    "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f"
    "4adcbf2ad9558a1449db0e8cc0997a65aa9c3ecaaec966b784fa17da37eb58bfab"
)


def test_a_box_of_known_keys_has_known_bytes() -> None:
    fresh, to = box_key_of(bytes(range(32))), box_key_of(bytes(range(32, 64)))
    box = box_with(fresh, to.public, "报价 1200000.00".encode(), {"tender": "t", "body": "b"})
    assert box.hex() == VECTOR
    assert open_box(to, box, {"body": "b", "tender": "t"}).decode() == "报价 1200000.00"


def test_a_public_half_is_that_of_the_standard() -> None:
    """RFC 7748, 6.1: the public half of Bob."""
    bob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
    assert box_key_of(bytes.fromhex(bob)).public == (
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    )


def test_any_flipped_byte_breaks_the_seal() -> None:
    opening = make_box_key()
    sealed = seal_bid(opening.public, b"price 1", TENDER, "body")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealBroken):
            open_bid(opening, bytes(altered), TENDER, "body")
    altered = bytearray(sealed)
    altered[4 + 31] ^= 0x80  # the bit that the curve itself ignores
    with pytest.raises(SealBroken):
        open_bid(opening, bytes(altered), TENDER, "body")


def test_any_cut_breaks_the_seal() -> None:
    opening = make_box_key()
    sealed = seal_bid(opening.public, b"price 1", TENDER, "body")
    for size in range(len(sealed)):
        with pytest.raises(SealBroken):
            open_bid(opening, sealed[:size], TENDER, "body")


@pytest.mark.parametrize(("tender", "body"), [("other", "body"), (TENDER, "other")])
def test_a_bid_opens_for_its_own_tender_and_body_only(tender: str, body: str) -> None:
    opening = make_box_key()
    sealed = seal_bid(opening.public, b"price 1", TENDER, "body")
    with pytest.raises(SealBroken):
        open_bid(opening, sealed, tender, body)


def test_a_point_that_gives_a_known_secret_is_refused() -> None:
    with pytest.raises(SealBroken):
        make_box("00" * 32, b"x", {})
    forged = b"LCB1" + bytes(32) + bytes(40)
    with pytest.raises(SealBroken):
        open_box(make_box_key(), forged, {})


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=2_000), st.text(max_size=40), st.text(max_size=40))
def test_what_was_sealed_comes_back_and_is_never_kept_alike(
    content: bytes, tender: str, body: str
) -> None:
    opening = make_box_key()
    one, two = (seal_bid(opening.public, content, tender, body) for _ in range(2))
    assert open_bid(opening, one, tender, body) == content
    assert address_of(one) != address_of(two)
    assert len(one) == len(content) + 52
    if len(content) > 8:  # a shorter one may be the mark every box begins with
        assert content not in one


@pytest.mark.parametrize(("first", "second"), list(permutations(OFFICERS, 2)))
def test_any_two_officers_open_one_after_the_other(first: str, second: str) -> None:
    opening = make_box_key()
    shares = share_key(opening, PUBLIC, TENDER)
    left = open_outer(OFFICERS[first], shares[first, second], TENDER, first, second)
    assert open_inner(OFFICERS[second], left, TENDER, first, second) == opening


@pytest.mark.parametrize("alone", list(OFFICERS))
def test_one_officer_alone_never_opens(alone: str) -> None:
    opening = make_box_key()
    shares = share_key(opening, PUBLIC, TENDER)
    within = dict(shares)
    for (first, second), share in shares.items():
        if first == alone:
            within[first, second] = open_outer(OFFICERS[alone], share, TENDER, first, second)
    for (first, second), box in within.items():
        assert opening.private not in box
        for one, two in permutations(OFFICERS, 2):
            with pytest.raises(SealBroken):
                open_inner(OFFICERS[alone], box, TENDER, one, two)
        if first != alone:
            with pytest.raises(SealBroken):
                open_outer(OFFICERS[alone], box, TENDER, first, second)


def test_what_was_left_for_one_officer_opens_to_no_other() -> None:
    shares = share_key(make_box_key(), PUBLIC, TENDER)
    left = open_outer(OFFICERS["a"], shares["a", "b"], TENDER, "a", "b")
    with pytest.raises(SealBroken):
        open_inner(OFFICERS["c"], left, TENDER, "a", "b")


def test_a_share_of_another_tender_does_not_open() -> None:
    shares = share_key(make_box_key(), PUBLIC, "another")
    with pytest.raises(SealBroken):
        open_outer(OFFICERS["a"], shares["a", "b"], TENDER, "a", "b")


@pytest.mark.parametrize("names", [*combinations(OFFICERS, 2), ()])
def test_fewer_than_three_officers_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match="officers"):
        share_key(make_box_key(), {name: PUBLIC[name] for name in names}, TENDER)


def test_three_names_of_one_key_are_refused() -> None:
    with pytest.raises(Invalid, match="officers"):
        share_key(make_box_key(), dict.fromkeys(("a", "b", "c"), PUBLIC["a"]), TENDER)


def test_an_officers_key_opens_with_his_passphrase_only() -> None:
    key = make_box_key()
    wrapped = wrap_key(key, "草原深处三号井口", LIGHT)
    assert unwrap_key(key.public, wrapped, "草原深处三号井口") == key
    assert key.private.hex() not in str(wrapped)
    with pytest.raises(PassphraseWrong):
        unwrap_key(key.public, wrapped, "草原深处三号井")
    with pytest.raises(PassphraseWrong):
        unwrap_key(make_box_key().public, wrapped, "草原深处三号井口")


def test_the_same_passphrase_wraps_differently_each_time() -> None:
    key = make_box_key()
    one, two = (wrap_key(key, "grass and stone", LIGHT) for _ in range(2))
    assert (one["salt"] != two["salt"], one["sealed"] != two["sealed"]) == (True, True)


@pytest.mark.parametrize(
    ("typed", "again"),
    [("short", "short"), ("ababababababab", "ababababababab"), ("long enough it is", "another")],
)
def test_a_weak_or_mistyped_passphrase_is_refused(typed: str, again: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_passphrase(typed, again)
    assert refused.value.facts["errors"][0]["field"] == "passphrase"  # type: ignore[index]


def test_a_key_is_made_of_its_private_half() -> None:
    key = make_box_key()
    assert box_key_of(key.private) == BoxKey(key.public, key.private)
