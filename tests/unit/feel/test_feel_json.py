"""Values as JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import FeelError, Months, Range, from_json, to_json

NUMBERS = st.decimals(
    min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=3
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
DATA = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(DATA)
@settings(deadline=None, max_examples=150, derandomize=True, database=None)
def test_data_written_as_json_comes_back_the_same(value: object) -> None:
    assert from_json(json.loads(json.dumps(to_json(value)))) == value


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
@settings(deadline=None, max_examples=150, derandomize=True, database=None)
def test_a_number_of_json_comes_back_digit_for_digit(number: float) -> None:
    assert to_json(from_json(number)) == number


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1.0"), 1),
        (Decimal("1E+3"), 1000),
        (Decimal("-0"), 0),
        (Decimal("0.1"), 0.1),
        (Decimal("2.50"), 2.5),
        (Decimal(2**53), 2**53),
        (date(2026, 1, 1), "2026-01-01"),
        (time(9, 30), "09:30:00"),
        (datetime(2026, 1, 1, 9, 30), "2026-01-01T09:30:00"),
        (datetime(2026, 1, 1, 9, 30, tzinfo=UTC), "2026-01-01T09:30:00+00:00"),
        (
            datetime(2026, 1, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
            "2026-01-01T09:30:00+08:00",
        ),
        (timedelta(days=1, hours=2), "P1DT2H"),
        (Months(14), "P1Y2M"),
        (5, 5),
        (1.5, 1.5),
        ((1, 2), [1, 2]),
        ({"a": [Decimal("1.5"), None]}, {"a": [1.5, None]}),
    ],
)
def test_a_value_is_written_so(value: object, written: object) -> None:
    result = to_json(value)
    assert result == written
    assert type(result) is type(written)


@pytest.mark.parametrize(
    "number",
    [Decimal(1) / 3, Decimal("0.1234567890123456789"), Decimal(2**53 + 1), Decimal("1E+300")],
)
def test_a_number_that_json_cannot_hold_exactly_is_refused(number: Decimal) -> None:
    with pytest.raises(FeelError) as caught:
        to_json(number)
    assert caught.value.code in {"feel_inexact", "feel_refused"}


def test_an_interval_is_no_data() -> None:
    with pytest.raises(FeelError) as caught:
        to_json([Range(Decimal(1), Decimal(2), True, True)])
    assert caught.value.code == "feel_json"


def test_texts_that_look_like_dates_stay_texts() -> None:
    assert from_json({"d": "2026-01-01"}) == {"d": "2026-01-01"}


@pytest.mark.parametrize("thing", [object(), {1: 2}, b"x", float("nan"), "\ud800"])
def test_what_is_no_json_is_refused(thing: object) -> None:
    with pytest.raises(FeelError) as caught:
        from_json(thing)
    assert caught.value.code == "feel_refused"
