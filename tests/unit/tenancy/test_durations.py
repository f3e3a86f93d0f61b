"""ISO durations: what is read, what is refused, and months that have no such day."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.tenancy.durations import CalendarError, Duration, add_months, parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P1D", Duration(days=1)),
        ("P1M", Duration(months=1)),
        ("PT2H", Duration(seconds=7200)),
        ("P1Y2M3W4DT5H6M7S", Duration(months=14, days=25, seconds=18_367)),
        ("PT1M", Duration(seconds=60)),
        (" P10D ", Duration(days=10)),
        ("P0D", Duration()),
    ],
)
def test_a_duration_is_read_as_months_days_and_seconds(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "1D",
        "P-1D",
        "-P1D",
        "P1.5D",
        "PT0.5S",
        "p1d",
        "P1H",
        "P1D2M",
        "R3/P1D",
    ],
)
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CalendarError) as refusal:
        parse_duration(text)

    assert refusal.value.code == "bad_duration"
    assert "P5D" in refusal.value.zh


@pytest.mark.parametrize("text", ["P101Y", "P99999W", "PT999999H59M", "P1201M"])
def test_more_than_a_hundred_years_are_refused(text: str) -> None:
    with pytest.raises(CalendarError) as refusal:
        parse_duration(text)

    assert refusal.value.code == "duration_too_long"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (dt.date(2025, 1, 31), 1, dt.date(2025, 2, 28)),
        (dt.date(2024, 1, 31), 1, dt.date(2024, 2, 29)),
        (dt.date(2025, 11, 30), 3, dt.date(2026, 2, 28)),
        (dt.date(2025, 12, 15), 1, dt.date(2026, 1, 15)),
        (dt.date(2025, 5, 31), 12, dt.date(2026, 5, 31)),
        (dt.date(2025, 5, 31), 0, dt.date(2025, 5, 31)),
    ],
)
def test_a_month_without_such_a_day_gives_its_last_day(
    day: dt.date, months: int, expected: dt.date
) -> None:
    assert add_months(day, months) == expected
