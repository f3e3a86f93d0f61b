"""The statutory clock around holidays and make-up days: one row a case, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from engine.tenancy.calendar import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
PLAIN = WorkCalendar({}, ZONE)


def at(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), ZONE)


def day_of(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).date().isoformat()


AFTER = [
    # 2025 Spring Festival: off 28 January to 4 February, work on Sunday 26 January, Saturday 8 Feb
    ("2025-01-21", 4, "2025-01-26"),
    ("2025-01-21", 5, "2025-01-27"),
    ("2025-01-24", 1, "2025-01-26"),
    ("2025-01-25", 1, "2025-01-26"),
    ("2025-01-26", 1, "2025-01-27"),
    ("2025-01-27", 1, "2025-02-05"),
    ("2025-01-27", 3, "2025-02-07"),
    ("2025-01-27", 4, "2025-02-08"),
    ("2025-01-27", 5, "2025-02-10"),
    ("2025-01-30", 1, "2025-02-05"),
    ("2025-02-07", 1, "2025-02-08"),
    ("2025-02-08", 1, "2025-02-10"),
    # Qingming, Labour Day (work on Sunday 27 April), Dragon Boat
    ("2025-04-03", 1, "2025-04-07"),
    ("2025-04-25", 1, "2025-04-27"),
    ("2025-04-25", 5, "2025-05-06"),
    ("2025-05-30", 1, "2025-06-03"),
    # National Day 2025: off 1 to 8 October, work on Sunday 28 September and Saturday 11 October
    ("2025-09-26", 1, "2025-09-28"),
    ("2025-09-26", 3, "2025-09-30"),
    ("2025-09-26", 4, "2025-10-09"),
    ("2025-09-26", 6, "2025-10-11"),
    ("2025-09-26", 7, "2025-10-13"),
    ("2025-09-30", 1, "2025-10-09"),
    ("2025-10-03", 1, "2025-10-09"),
    # New Year 2026: off 1 to 3 January, work on Sunday 4 January
    ("2025-12-31", 1, "2026-01-04"),
    ("2025-12-31", 2, "2026-01-05"),
    # 2026 Spring Festival: off 15 to 23 February, work on Saturdays 14 and 28 February
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-02-13", 2, "2026-02-24"),
    ("2026-02-13", 6, "2026-02-28"),
    ("2026-02-13", 7, "2026-03-02"),
    # Mid-Autumn and National Day 2026: work on Sunday 20 September and Saturday 10 October
    ("2026-09-18", 1, "2026-09-20"),
    ("2026-09-18", 6, "2026-09-28"),
    ("2026-09-30", 1, "2026-10-08"),
    ("2026-09-30", 3, "2026-10-10"),
    ("2026-09-30", 4, "2026-10-12"),
    # nothing left to count: the day itself, or the next one that is worked
    ("2025-01-21", 0, "2025-01-21"),
    ("2025-01-29", 0, "2025-02-05"),
]


@pytest.mark.rule("R-GEN-1")
@pytest.mark.parametrize(("begun", "days", "due"), AFTER)
def test_the_day_of_the_event_does_not_count(begun: str, days: int, due: str) -> None:
    assert day_of(PLAIN.add_working_days(at(begun), days)) == due


@pytest.mark.rule("R-IM-32", "R-GEN-1")
@pytest.mark.parametrize(
    ("begun", "days", "due"),
    [
        ("2025-01-21", 5, "2025-01-26"),  # five only because the make-up Sunday counts
        ("2025-01-25", 1, "2025-01-26"),
        ("2025-01-28", 1, "2025-02-05"),
        ("2025-09-30", 2, "2025-10-09"),
        ("2025-10-11", 1, "2025-10-11"),
    ],
)
def test_a_notice_counts_its_first_day(begun: str, days: int, due: str) -> None:
    assert day_of(PLAIN.add_working_days(at(begun), days, count_first_day=True)) == due


def test_the_notice_of_january_2025_is_five_days_only_by_the_make_up_sunday() -> None:
    without = WorkCalendar({date(2025, 1, 26): False}, ZONE)
    due = without.add_working_days(at("2025-01-21"), 5, count_first_day=True)
    assert day_of(due) == "2025-01-27"


@pytest.mark.parametrize(
    ("stops", "due"),
    [
        ([], "2025-01-26"),
        ([("2025-01-21", "2025-01-22")], "2025-01-27"),
        ([("2025-01-21", "2025-01-21")], "2025-01-26"),  # over on the day it began
        ([("2025-01-21", "2025-01-23"), ("2025-01-22", "2025-01-24")], "2025-02-06"),
        ([("2025-01-28", "2025-02-04")], "2025-01-26"),  # after the days were used up
        ([("2025-01-25", "2025-01-26")], "2025-01-26"),  # a Saturday takes nothing off
        ([("2025-01-22", None)], None),
        ([("2025-02-01", None)], "2025-01-26"),
    ],
)
def test_stops_take_off_the_days_they_begin_on_and_overlaps_count_once(
    stops: list[tuple[str, str | None]], due: str | None
) -> None:
    spans = [(at(a), None if b is None else at(b, 17)) for a, b in stops]
    assert day_of(PLAIN.due_with_stops(at("2025-01-20"), 5, spans).due) == due


@pytest.mark.parametrize(
    ("begun", "period", "due"),
    [
        ("2025-09-26", {"days": 5}, "2025-10-09"),
        ("2025-12-30", {"days": 2}, "2026-01-04"),
        ("2024-12-31", {"months": 1}, "2025-02-05"),
        ("2024-10-02", {"years": 1}, "2025-10-09"),
        ("2024-02-29", {"years": 1}, "2025-02-28"),
    ],
)
def test_a_calendar_period_that_ends_on_a_day_off_moves_on(
    begun: str, period: dict[str, int], due: str
) -> None:
    assert day_of(PLAIN.add_calendar(at(begun), **period)) == due


@pytest.mark.parametrize(
    ("exceptions", "days", "due"),
    [
        ({}, 5, "2025-01-27"),
        ({"2025-01-25": True}, 5, "2025-01-26"),
        ({"2025-01-26": False}, 5, "2025-02-05"),
        ({"2025-01-22": False, "2025-01-23": False}, 5, "2025-02-06"),
        ({"2025-01-28": True}, 6, "2025-01-28"),
    ],
)
def test_the_exceptions_of_a_tenant_win_over_the_published_calendar(
    exceptions: dict[str, bool], days: int, due: str
) -> None:
    own = WorkCalendar({date.fromisoformat(d): w for d, w in exceptions.items()}, ZONE)
    assert day_of(own.add_working_days(at("2025-01-21"), days)) == due


def test_an_unknown_year_counts_plain_weekdays_and_says_so() -> None:
    due = PLAIN.add_working_days(at("2090-09-29"), 3)
    assert day_of(due) == "2090-10-04"
    assert [one.year for one in PLAIN.warnings_for(date(2090, 9, 29), date(2090, 10, 4))] == [2090]
    known = WorkCalendar({}, ZONE, complete_years=frozenset({2090}))
    assert known.warnings_for(date(2090, 9, 29), date(2090, 10, 4)) == ()
