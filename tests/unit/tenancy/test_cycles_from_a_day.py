"""A cycle that is counted from a day of the calendar: quarters, years, whenever it is published."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.errors import Invalid
from engine.feel import Months
from engine.tenancy.calendar import WorkCalendar
from engine.timing.cycles import first_round, next_round

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE: Any = SimpleNamespace(calendar=WorkCalendar({}, ZONE))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def local(deadline: dict[str, Any] | None) -> str:
    assert deadline is not None
    return datetime.fromisoformat(deadline["at"]).astimezone(ZONE).isoformat()[:16]


@pytest.mark.rule("R-ORD-25", "R-YJ-18")
@pytest.mark.parametrize(
    ("published", "first", "second"),
    [
        ("2025-01-01T00:00:00", "2025-01-06T09:00", "2025-04-06T09:00"),  # the day itself counts
        ("2025-01-06T08:59:59", "2025-01-06T09:00", "2025-04-06T09:00"),
        ("2025-01-06T09:00:00", "2025-04-06T09:00", "2025-07-06T09:00"),
        ("2026-08-15T12:00:00", "2026-10-06T09:00", "2027-01-06T09:00"),
        ("2026-12-31T23:59:59", "2027-01-06T09:00", "2027-04-06T09:00"),
    ],
)
def test_rounds_keep_to_the_calendar_whenever_the_cycle_begins(
    published: str, first: str, second: str
) -> None:
    value = {"from": "2025-01-06T09:00:00", "every": Months(3)}
    deadline = first_round(value, at(published), (), OFFICE)
    assert (local(deadline), local(next_round(deadline, OFFICE))) == (first, second)


@pytest.mark.rule("R-YJ-17")
def test_a_year_from_the_last_of_february_stays_in_february() -> None:
    value = {"from": "2024-02-29T09:00:00", "every": "P1Y"}
    deadline = first_round(value, at("2025-01-01T00:00:00"), (), OFFICE)
    assert local(deadline) == "2025-02-28T09:00"
    assert local(next_round(next_round(deadline, OFFICE) or {}, OFFICE)) == "2027-02-28T09:00"


@pytest.mark.parametrize(
    "value",
    [
        {"from": "someday", "every": "P1Y"},
        {"from": "2025-01-01", "every": {"workingDays": 5}},
        {"from": "2025-01-01", "every": "P1Y", "repeat": 3},
        {"from": "1990-01-01", "every": timedelta(minutes=1)},
    ],
)
def test_what_gives_no_round_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        first_round(value, at("2026-01-01T00:00:00"), (), OFFICE)
