"""Where chance comes from: agreed public numbers and nonces, and what is refused."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.batches.draws.seeds import (
    agreed_number,
    commitment_of,
    defaulters,
    faults_of_source,
    nonce_source,
    number_source,
    read_hex,
    read_number,
    seed_from,
    seed_of_number,
)
from engine.errors import Invalid

DIGEST = "d" * 64
TODAY = date(2026, 1, 15)
UNTIL = datetime(2026, 1, 16, tzinfo=UTC), datetime(2026, 1, 17, tzinfo=UTC)
PARTIES = nonce_source({"a": "甲", "b": "乙"}, *UNTIL, ("双色球", 1))


def entry(kind: str, party: str, value: str) -> dict[str, Any]:
    return {"kind": kind, "party": party, "by": party, "value": value}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (("a", "1 2 3"), None),
        (("a", "1", "a", "1"), None),  # one person twice is one person
        (("a", "1", "b", "2"), None),
        (("a", "1", "b", "1"), "1"),
        (("a", "1", "b", "2", "a", "2"), "2"),  # the last entry of each counts
        (("a", "1", "b", "1", "a", "2"), None),
        (("a", "1", "b", "2", "c", "2"), "2"),
    ],
)
def test_a_number_counts_when_two_people_read_the_same(
    typed: tuple[str, ...], number: str | None
) -> None:
    pairs = zip(typed[::2], typed[1::2], strict=True)
    assert agreed_number([entry("number", who, value) for who, value in pairs]) == number


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("03 07 12 19 24 31 + 08", "03 07 12 19 24 31 08"),
        ("０３,０７,１２,１９,２４", "03 07 12 19 24"),
        (" 1234567890 ", "1234567890"),
    ],
)
def test_a_number_is_read_by_its_digits(typed: str, read: str) -> None:
    assert read_number(typed) == read


@pytest.mark.parametrize("typed", ["", "123", "123456789", "一二三四五六七八九十一"])
def test_a_number_that_could_be_tried_out_beforehand_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read_number(typed)


@pytest.mark.parametrize("typed", ["", "ab", "g" * 64, "a" * 63, "a" * 65])
def test_a_nonce_is_32_bytes(typed: str) -> None:
    with pytest.raises(Invalid):
        read_hex(typed)


def test_the_number_must_be_of_a_later_day_and_named() -> None:
    assert faults_of_source(number_source("双色球", date(2026, 1, 16)), TODAY) == []
    assert len(faults_of_source(number_source(" ", TODAY), TODAY)) == 2
    assert faults_of_source({"kind": "dice"}, TODAY)


def test_nonces_need_two_parties_two_limits_and_what_follows_a_default() -> None:
    assert faults_of_source(PARTIES, TODAY) == []
    alone = nonce_source({"a": "甲"}, UNTIL[1], UNTIL[0], ("", 0))
    assert len(faults_of_source(alone, TODAY)) == 3


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_the_seed_follows_from_every_nonce_and_a_commitment_from_its_own(
    one: bytes, two: bytes
) -> None:
    a, b = one.hex(), two.hex()
    rows = [entry("reveal", "a", a), entry("reveal", "b", b)]
    seed = seed_from(PARTIES, DIGEST, rows)
    assert seed == seed_from(PARTIES, DIGEST, rows[::-1])
    assert seed_from(PARTIES, DIGEST, rows[:1]) is None
    assert commitment_of(DIGEST, "a", a) == hashlib.sha256(f"{DIGEST}:a:{a}".encode()).hexdigest()
    assert commitment_of(DIGEST, "a", a) != commitment_of("e" * 64, "a", a)
    if a != b:
        assert seed != seed_from(PARTIES, DIGEST, [entry("reveal", "a", b), rows[1]])


def test_the_same_number_gives_each_draw_its_own_seed() -> None:
    assert seed_of_number(DIGEST, "1 2") != seed_of_number("e" * 64, "1 2")


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ([], ["a", "b"]),
        ([("commit", "b")], ["a"]),
        ([("commit", "a"), ("commit", "b"), ("reveal", "b")], ["a"]),
        ([("commit", "a"), ("commit", "b"), ("reveal", "b"), ("reveal", "a")], []),
    ],
)
def test_who_kept_the_others_waiting_is_known(
    said: list[tuple[str, str]], missing: list[str]
) -> None:
    rows = [entry(kind, party, "x") for kind, party in said]
    assert defaulters(PARTIES, rows) == missing
