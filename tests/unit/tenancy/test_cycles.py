"""The rounds of repeating timers: counted from the beginning, on the tenant's calendar and zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.errors import Invalid
from engine.feel import Months
from engine.ids import new_id
from engine.office import Office
from engine.tenancy.calendar import WorkCalendar
from engine.timing.cycles import first_round, next_round
from engine.timing.deadlines import Stop, due_at


def office(zone: str = "Asia/Shanghai") -> Office:
    return Office("t", "t", "t", "city", {}, WorkCalendar({}, ZoneInfo(zone)), {}, {})


def rounds(value: Any, begun: datetime, zone: str = "Asia/Shanghai", most: int = 5) -> list[str]:
    """When the first rounds are due, in the time of the place."""
    found, where = [], office(zone)
    deadline: Any = first_round(value, begun, [], where)
    while deadline is not None and len(found) < most:
        due = due_at(deadline, [], where)
        assert due is not None
        found.append(due.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M"))
        deadline = next_round(deadline, where)
    return found


NINE = datetime(2027, 1, 31, 1, 0, tzinfo=UTC)


def test_a_counted_cycle_ends_after_its_last_round() -> None:
    assert rounds("R3/PT1H", NINE) == ["01-31 10:00", "01-31 11:00", "01-31 12:00"]


def test_a_cycle_without_number_goes_on() -> None:
    assert rounds("R/P1D", NINE, most=4) == [f"02-0{day} 09:00" for day in (1, 2, 3, 4)]


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert rounds("R/P1M", NINE, most=3) == ["02-28 09:00", "03-31 09:00", "04-30 09:00"]
    leap = datetime(2028, 1, 31, 1, 0, tzinfo=UTC)
    assert rounds("R/P1M", leap, most=2) == ["02-29 09:00", "03-31 09:00"]


def test_days_keep_the_hour_when_the_clocks_change_and_hours_do_not() -> None:
    begun = datetime(2027, 3, 27, 8, 0, tzinfo=UTC)  # 9:00 in Berlin, summer time a day later
    assert rounds("R2/P1D", begun, "Europe/Berlin") == ["03-28 09:00", "03-29 09:00"]
    assert rounds("R2/PT24H", begun, "Europe/Berlin") == ["03-28 10:00", "03-29 10:00"]


@pytest.mark.parametrize(
    "value",
    [
        {"repeat": Decimal(2), "every": "P1D"},
        {"repeat": Decimal(2), "every": {"workingDays": Decimal(1)}},
    ],
)
def test_a_value_may_say_how_often_and_how_far_apart(value: Any) -> None:
    assert len(rounds(value, NINE)) == 2


def test_durations_and_months_are_cycles_without_end() -> None:
    assert rounds(timedelta(hours=2), NINE, most=2) == ["01-31 11:00", "01-31 13:00"]
    assert rounds(Months(1), NINE, most=2) == ["02-28 09:00", "03-31 09:00"]


def test_working_days_come_again_on_working_days() -> None:
    friday = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
    assert rounds({"workingDays": Decimal(2)}, friday, most=3) == [
        "03-10 23:59",
        "03-12 23:59",
        "03-16 23:59",
    ]


def test_working_days_stand_still_with_the_clock_of_the_case() -> None:
    where, monday = office(), datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    first = first_round({"workingDays": Decimal(1)}, monday, [], where)
    second = next_round(first, where)
    assert second is not None
    stop = Stop(new_id(), monday + timedelta(days=1), monday + timedelta(days=3))
    assert due_at(second, [], where) == datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)
    assert due_at(second, [stop], where) == datetime(2026, 3, 6, 15, 59, 59, tzinfo=UTC)
    assert due_at(second, [Stop(new_id(), monday + timedelta(days=1), None)], where) is None


@pytest.mark.parametrize(
    "value",
    [
        "P1D",
        "R0/P1D",
        "R101/P1D",
        "R/PT59S",
        "R/-P1D",
        timedelta(seconds=1),
        timedelta(days=-1),
        Months(0),
        {"workingDays": Decimal(0)},
        {"repeat": Decimal("1.5"), "every": "P1D"},
        {"repeat": "2", "every": "P1D"},
        {"repeat": Decimal(2)},
        None,
        True,
        Decimal(3),
    ],
)
def test_what_is_no_cycle_is_refused(value: Any) -> None:
    with pytest.raises(Invalid):
        first_round(value, NINE, [], office())
