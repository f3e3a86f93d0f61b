"""Working days: make-up days, holidays, counting rules, months, and years not known yet."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.tenancy.calendar import Remaining, WorkCalendar
from engine.tenancy.durations import CalendarError
from engine.tenancy.model import OfficeHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar({}, SHANGHAI)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


def local(moment: dt.datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def after(period: dict[str, int], start: dt.datetime) -> dt.datetime:
    days, months, years = (period.get(name, 0) for name in ("days", "months", "years"))
    return CALENDAR.add_calendar(start, days=days, months=months, years=years)


FIRST_DAY_NOT_COUNTED = [
    # an ordinary week
    ("2025-03-03", 1, "2025-03-04"),
    ("2025-03-03", 5, "2025-03-10"),
    ("2025-03-03", 10, "2025-03-17"),
    ("2025-03-03", 20, "2025-03-31"),
    ("2025-03-07", 1, "2025-03-10"),
    ("2025-03-01", 1, "2025-03-03"),
    # Spring Festival 2024: off 10–17 February, work on Sundays 4 and 18 February
    ("2024-02-02", 1, "2024-02-04"),
    ("2024-02-09", 1, "2024-02-18"),
    ("2024-02-08", 5, "2024-02-21"),
    ("2024-02-28", 1, "2024-02-29"),
    # National Day 2024: work on Saturday 12 October
    ("2024-09-30", 1, "2024-10-08"),
    ("2024-10-11", 1, "2024-10-12"),
    # New Year 2025
    ("2024-12-31", 1, "2025-01-02"),
    # Spring Festival 2025: off 28 January – 4 February, work on Sunday 26 January, Saturday 8 Feb.
    ("2025-01-21", 5, "2025-01-27"),
    ("2025-01-24", 1, "2025-01-26"),
    ("2025-01-27", 1, "2025-02-05"),
    ("2025-01-27", 5, "2025-02-10"),
    ("2025-01-28", 1, "2025-02-05"),
    ("2025-02-04", 1, "2025-02-05"),
    ("2025-02-07", 1, "2025-02-08"),
    ("2025-02-08", 1, "2025-02-10"),
    # Qingming, Labour Day (work on Sunday 27 April), Dragon Boat 2025
    ("2025-04-03", 1, "2025-04-07"),
    ("2025-04-25", 1, "2025-04-27"),
    ("2025-04-25", 5, "2025-05-06"),
    ("2025-04-30", 1, "2025-05-06"),
    ("2025-05-30", 1, "2025-06-03"),
    # National Day and Mid-Autumn 2025: off 1–8 October, work on Sunday 28 Sept., Saturday 11 Oct.
    ("2025-09-25", 5, "2025-10-09"),
    ("2025-09-26", 1, "2025-09-28"),
    ("2025-09-30", 1, "2025-10-09"),
    ("2025-09-30", 3, "2025-10-11"),
    ("2025-09-30", 5, "2025-10-14"),
    ("2025-10-11", 1, "2025-10-13"),
    # New Year 2026: off 1–3 January, work on Sunday 4 January
    ("2025-12-31", 1, "2026-01-04"),
    ("2026-01-04", 1, "2026-01-05"),
    # Spring Festival 2026: off 15–23 February, work on Saturdays 14 and 28 February
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-02-14", 1, "2026-02-24"),
    ("2026-02-12", 5, "2026-02-26"),
    ("2026-02-27", 1, "2026-02-28"),
    ("2026-02-28", 1, "2026-03-02"),
    # Labour Day 2026: work on Saturday 9 May
    ("2026-04-30", 1, "2026-05-06"),
    ("2026-05-08", 1, "2026-05-09"),
    # Mid-Autumn and National Day 2026: work on Sunday 20 September, Saturday 10 October
    ("2026-09-18", 1, "2026-09-20"),
    ("2026-09-24", 1, "2026-09-28"),
    ("2026-09-30", 1, "2026-10-08"),
    ("2026-10-09", 1, "2026-10-10"),
]


@pytest.mark.parametrize(("start", "n", "last_day"), FIRST_DAY_NOT_COUNTED)
def test_the_event_day_is_not_counted_and_make_up_days_are(
    start: str, n: int, last_day: str
) -> None:
    due = CALENDAR.add_working_days(at(f"{start} 10:30"), n)

    assert local(due) == f"{last_day} 23:59:59"


@pytest.mark.rule("R-GEN-1", "R-IM-32")
def test_a_notice_of_five_days_from_21_january_2025_ends_on_the_make_up_sunday() -> None:
    due = CALENDAR.add_working_days(at("2025-01-21 09:00"), 5, count_first_day=True)

    assert local(due) == "2025-01-26 23:59:59"


@pytest.mark.parametrize(
    ("start", "n", "last_day"),
    [
        ("2025-03-03", 1, "2025-03-03"),
        ("2025-03-03", 5, "2025-03-07"),
        ("2025-01-26", 1, "2025-01-26"),
        ("2025-01-28", 1, "2025-02-05"),
        ("2025-09-28", 3, "2025-09-30"),
        ("2025-10-01", 2, "2025-10-10"),
    ],
)
def test_a_first_day_that_counts_must_be_a_working_day(start: str, n: int, last_day: str) -> None:
    due = CALENDAR.add_working_days(at(f"{start} 00:00"), n, count_first_day=True)

    assert local(due) == f"{last_day} 23:59:59"


@pytest.mark.parametrize(
    ("start", "last_day"), [("2025-01-24", "2025-01-24"), ("2025-01-28", "2025-02-05")]
)
def test_no_days_at_all_end_on_the_day_itself_or_the_next_working_day(
    start: str, last_day: str
) -> None:
    assert local(CALENDAR.add_working_days(at(f"{start} 10:00"), 0)) == f"{last_day} 23:59:59"


@pytest.mark.parametrize(
    ("moment", "last_day"),
    [("2025-03-03T15:59:59", "2025-03-04"), ("2025-03-03T16:00:00", "2025-03-05")],
)
def test_the_event_day_is_the_tenants_and_not_that_of_utc(moment: str, last_day: str) -> None:
    start = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)

    assert local(CALENDAR.add_working_days(start, 1)) == f"{last_day} 23:59:59"


def test_a_due_time_is_given_in_utc() -> None:
    due = CALENDAR.add_working_days(at("2025-03-03 10:00"), 1)

    assert due == dt.datetime(2025, 3, 4, 15, 59, 59, tzinfo=dt.UTC)
    assert due.tzinfo is dt.UTC


def test_a_period_may_end_at_the_stated_office_hour() -> None:
    calendar = WorkCalendar({}, SHANGHAI, OfficeHours(dt.time(9), dt.time(17, 0)))

    due = calendar.add_working_days(at("2025-03-03 10:00"), 1, until="office_end")

    assert local(due) == "2025-03-04 17:00:00"


def test_what_the_tenant_declares_wins_over_the_national_calendar() -> None:
    declared = {dt.date(2025, 3, 4): False, dt.date(2025, 3, 8): True}
    calendar = WorkCalendar(declared, SHANGHAI)

    assert not calendar.is_working_day(dt.date(2025, 3, 4))
    assert calendar.is_working_day(dt.date(2025, 3, 8))
    assert local(calendar.add_working_days(at("2025-03-03 10:00"), 4)) == "2025-03-08 23:59:59"


def test_a_calendar_does_not_change_when_the_given_exceptions_do() -> None:
    declared = {dt.date(2025, 3, 4): False}
    calendar = WorkCalendar(declared, SHANGHAI)
    declared.clear()

    assert not calendar.is_working_day(dt.date(2025, 3, 4))


def test_a_year_without_published_holidays_counts_plain_weekdays_and_says_so() -> None:
    due = CALENDAR.add_working_days(at("2050-12-29 10:00"), 3)
    warnings = CALENDAR.warnings_for(at("2050-12-29 10:00"), due)

    assert local(due) == "2051-01-03 23:59:59"
    assert [warning.year for warning in warnings] == [2050, 2051]
    assert "2051 年的放假和调休安排尚未录入" in warnings[1].zh
    assert "2051" in warnings[1].en


def test_a_known_year_needs_no_warning() -> None:
    assert CALENDAR.warnings_for(dt.date(2025, 1, 1), dt.date(2026, 12, 31)) == ()


def test_only_the_years_between_the_two_days_are_warned_of_in_either_order() -> None:
    inside = CALENDAR.warnings_for(dt.date(2026, 6, 1), dt.date(2026, 12, 31))
    across = CALENDAR.warnings_for(dt.date(2050, 1, 2), dt.date(2049, 12, 31))

    assert inside == ()
    assert [warning.year for warning in across] == [2049, 2050]


def test_a_year_the_tenant_describes_in_full_is_counted_so_and_not_warned_of() -> None:
    calendar = WorkCalendar(
        {dt.date(2051, 1, 2): False}, SHANGHAI, complete_years=frozenset({2050, 2051})
    )

    due = calendar.add_working_days(at("2050-12-29 10:00"), 3)

    assert local(due) == "2051-01-04 23:59:59"
    assert calendar.warnings_for(at("2050-12-29 10:00"), due) == ()


@pytest.mark.parametrize(
    ("start", "period", "last_day"),
    [
        ("2025-01-31", {"months": 1}, "2025-02-28"),
        ("2024-01-31", {"months": 1}, "2024-02-29"),
        ("2025-03-31", {"months": 1}, "2025-04-30"),
        ("2025-08-31", {"months": 6}, "2026-02-28"),  # a Saturday, made up: a working day
        ("2025-12-31", {"months": 2}, "2026-02-28"),
        ("2024-02-29", {"years": 1}, "2025-02-28"),
        ("2025-01-31", {"years": 1}, "2026-02-02"),  # a Saturday
        ("2025-09-01", {"months": 1}, "2025-10-09"),  # 1 October
        ("2025-08-05", {"days": 60}, "2025-10-09"),  # 4 October
        ("2025-01-23", {"days": 5}, "2025-02-05"),  # 28 January
        ("2025-01-21", {"days": 5}, "2025-01-26"),  # the make-up Sunday
        ("2025-03-03", {"days": 0}, "2025-03-03"),
        ("2024-11-30", {"years": 1, "months": 1, "days": 1}, "2025-12-31"),
    ],
)
def test_a_period_in_days_months_or_years_ends_on_its_day_or_the_next_working_day(
    start: str, period: dict[str, int], last_day: str
) -> None:
    assert local(after(period, at(f"{start} 10:00"))) == f"{last_day} 23:59:59"


def test_a_period_that_does_not_roll_may_end_on_a_day_off() -> None:
    due = CALENDAR.add_calendar(at("2025-09-01 10:00"), months=1, roll=False)

    assert local(due) == "2025-10-01 23:59:59"


@pytest.mark.parametrize(
    ("start", "duration", "fires"),
    [
        ("2025-01-31 10:15:20", "P1M", "2025-02-28 10:15:20"),
        ("2025-01-31 10:15:20", "P1D", "2025-02-01 10:15:20"),
        ("2025-01-31 23:30:00", "PT2H", "2025-02-01 01:30:00"),
        ("2024-02-29 08:00:00", "P1Y", "2025-02-28 08:00:00"),
        ("2025-03-03 08:00:00", "P2W", "2025-03-17 08:00:00"),
        ("2025-03-03 08:00:00", "P1DT1H30M5S", "2025-03-04 09:30:05"),
        ("2025-03-03 08:00:00", "P0D", "2025-03-03 08:00:00"),
    ],
)
def test_an_iso_duration_keeps_the_local_time_of_day(start: str, duration: str, fires: str) -> None:
    assert local(CALENDAR.add_duration(at(start), duration)) == fires


def test_a_day_is_a_calendar_day_and_a_day_of_hours_is_24_hours_where_clocks_change() -> None:
    zone = ZoneInfo("America/New_York")
    calendar = WorkCalendar({}, zone)
    start = dt.datetime(2025, 3, 8, 12, 0, tzinfo=zone)  # the clocks go forward that night

    assert calendar.add_duration(start, "P1D").astimezone(zone).hour == 12
    assert calendar.add_duration(start, "PT24H").astimezone(zone).hour == 13


@pytest.mark.parametrize(
    ("earlier", "later", "days"),
    [
        ("2025-03-03 23:00", "2025-03-03 23:59", 0),
        ("2025-03-03 23:00", "2025-03-04 00:01", 1),
        ("2025-01-24 10:00", "2025-01-26 10:00", 1),
        ("2025-01-27 10:00", "2025-02-05 10:00", 1),
        ("2025-09-30 10:00", "2025-10-08 10:00", 0),
        ("2025-02-05 10:00", "2025-01-27 10:00", -1),
    ],
)
def test_days_between_leave_out_the_first_and_take_in_the_last(
    earlier: str, later: str, days: int
) -> None:
    assert CALENDAR.working_days_between(at(earlier), at(later)) == days


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2025-01-24 10:00", Remaining(2, False)),
        ("2025-01-27 10:00", Remaining(0, False)),
        ("2025-01-27 23:59:59", Remaining(0, False)),
        ("2025-01-28 00:00", Remaining(0, True)),
        ("2025-02-05 09:00", Remaining(-1, True)),
    ],
)
def test_what_remains_counts_working_days_and_says_when_it_is_too_late(
    now: str, left: Remaining
) -> None:
    due = CALENDAR.add_working_days(at("2025-01-21 10:00"), 5)

    assert CALENDAR.remaining(at(now), due) == left


def test_the_last_second_of_a_day_is_in_time_to_its_end() -> None:
    due = CALENDAR.add_working_days(at("2025-03-03 10:00"), 1)

    assert not CALENDAR.remaining(due + dt.timedelta(milliseconds=999), due).overdue
    assert CALENDAR.remaining(due + dt.timedelta(seconds=1), due).overdue


@pytest.mark.parametrize("n", [-1, 10_001])
def test_a_number_of_days_nobody_means_is_refused(n: int) -> None:
    with pytest.raises(CalendarError) as refusal:
        CALENDAR.add_working_days(at("2025-03-03 10:00"), n)

    assert refusal.value.code == "bad_count"


def test_a_negative_calendar_period_is_refused() -> None:
    with pytest.raises(CalendarError) as refusal:
        CALENDAR.add_calendar(at("2025-03-03 10:00"), days=1, months=-1)

    assert refusal.value.code == "bad_count"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(CalendarError) as refusal:
        CALENDAR.add_working_days(dt.datetime(2025, 3, 3), 1)

    assert refusal.value.code == "naive_time"


@pytest.mark.parametrize("period", [{"years": 400}, {"months": 99_999}, {"days": 9_999_999_999}])
def test_a_period_that_leaves_the_calendar_is_refused(period: dict[str, int]) -> None:
    with pytest.raises(CalendarError) as refusal:
        after(period, at("2025-03-03 10:00"))

    assert refusal.value.code == "out_of_range"


def test_a_moment_outside_the_calendar_is_refused() -> None:
    with pytest.raises(CalendarError) as refusal:
        CALENDAR.local_day(dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC))

    assert refusal.value.code == "out_of_range"


MOMENTS = st.datetimes(dt.datetime(2010, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))


@given(MOMENTS, st.integers(1, 80))
def test_the_days_until_a_due_time_are_the_days_that_were_given(start: dt.datetime, n: int) -> None:
    due = CALENDAR.add_working_days(start, n)

    assert CALENDAR.working_days_between(start, due) == n
    assert CALENDAR.is_working_day(CALENDAR.local_day(due))


@given(MOMENTS, st.integers(0, 80))
def test_counting_the_first_day_never_ends_later(start: dt.datetime, n: int) -> None:
    counted = CALENDAR.add_working_days(start, n, count_first_day=True)

    assert counted <= CALENDAR.add_working_days(start, n)


@given(MOMENTS, MOMENTS)
def test_days_between_turn_their_sign_when_turned_round(
    one: dt.datetime, other: dt.datetime
) -> None:
    between = CALENDAR.working_days_between(one, other)

    assert between == -CALENDAR.working_days_between(other, one)
