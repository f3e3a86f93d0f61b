"""Clock stops: half-open by days, overlaps once, nothing due while the clock stands still."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.tenancy.calendar import Due, Stop, WorkCalendar
from engine.tenancy.durations import CalendarError

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar({}, SHANGHAI)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


def stop(begun: str, ended: str | None) -> Stop:
    return at(begun), None if ended is None else at(ended)


def last_day(due: Due) -> str:
    assert due.due is not None
    return due.due.astimezone(SHANGHAI).strftime("%Y-%m-%d")


START = at("2025-03-03 10:00")  # five working days end on Monday 10 March


def test_without_a_stop_the_due_time_is_the_plain_one() -> None:
    due = CALENDAR.due_with_stops(START, 5, [])

    assert due == Due(CALENDAR.add_working_days(START, 5), 5)


def test_a_stop_takes_off_the_day_it_begins_and_gives_back_the_day_it_ends() -> None:
    due = CALENDAR.due_with_stops(START, 5, [stop("2025-03-05 16:00", "2025-03-10 08:00")])

    assert last_day(due) == "2025-03-13"  # 4, then 10, 11, 12 and 13 March


def test_a_stop_begun_and_ended_on_one_day_changes_nothing() -> None:
    due = CALENDAR.due_with_stops(START, 5, [stop("2025-03-05 09:00", "2025-03-05 16:00")])

    assert last_day(due) == "2025-03-10"


def test_overlapping_stops_take_each_day_off_once() -> None:
    two = [
        stop("2025-03-05 09:00", "2025-03-07 09:00"),
        stop("2025-03-06 09:00", "2025-03-10 09:00"),
    ]
    whole = [stop("2025-03-05 09:00", "2025-03-10 09:00")]

    assert CALENDAR.due_with_stops(START, 5, two) == CALENDAR.due_with_stops(START, 5, whole)


def test_a_stop_within_a_longer_one_changes_nothing() -> None:
    outer = stop("2025-03-05 09:00", "2025-03-12 09:00")
    inner = stop("2025-03-06 09:00", "2025-03-07 09:00")

    both = CALENDAR.due_with_stops(START, 5, [outer, inner])

    assert both == CALENDAR.due_with_stops(START, 5, [outer])


def test_stops_that_touch_are_as_one() -> None:
    one = stop("2025-03-05 09:00", "2025-03-07 09:00")
    other = stop("2025-03-07 09:00", "2025-03-10 09:00")

    due = CALENDAR.due_with_stops(START, 5, [one, other])

    assert last_day(due) == "2025-03-13"


def test_days_off_within_a_stop_are_not_counted_twice() -> None:
    start = at("2025-01-24 10:00")  # a Friday; Sunday 26 January is a make-up day

    due = CALENDAR.due_with_stops(start, 3, [stop("2025-01-27 09:00", "2025-02-05 09:00")])

    assert last_day(due) == "2025-02-06"  # 26 January, 5 and 6 February


def test_a_stop_before_the_period_changes_nothing() -> None:
    due = CALENDAR.due_with_stops(START, 5, [stop("2025-02-05 09:00", "2025-02-20 09:00")])

    assert last_day(due) == "2025-03-10"


def test_while_the_clock_stands_still_nothing_is_due_and_the_used_days_are_told() -> None:
    due = CALENDAR.due_with_stops(START, 5, [stop("2025-03-06 09:00", None)])

    assert due == Due(None, 2)  # 4 and 5 March


def test_used_days_leave_out_the_days_of_earlier_stops() -> None:
    stops = [stop("2025-03-04 09:00", "2025-03-06 09:00"), stop("2025-03-10 09:00", None)]

    assert CALENDAR.due_with_stops(START, 5, stops) == Due(None, 2)  # 6 and 7 March


def test_an_open_stop_swallows_the_stops_after_it_began() -> None:
    stops = [stop("2025-03-06 09:00", None), stop("2025-03-07 09:00", "2025-03-10 09:00")]

    assert CALENDAR.due_with_stops(START, 5, stops) == Due(None, 2)


def test_a_stop_on_the_last_day_still_stops_the_clock() -> None:
    due = CALENDAR.due_with_stops(START, 5, [stop("2025-03-10 16:00", None)])

    assert due == Due(None, 4)


def test_a_stop_after_the_last_day_comes_too_late() -> None:
    due = CALENDAR.due_with_stops(START, 5, [stop("2025-03-11 09:00", None)])

    assert last_day(due) == "2025-03-10"


def test_a_first_day_that_counts_can_be_stopped_too() -> None:
    stops = [stop("2025-03-03 12:00", "2025-03-05 09:00")]

    due = CALENDAR.due_with_stops(START, 2, stops, count_first_day=True)

    assert last_day(due) == "2025-03-06"


def test_the_days_of_a_stop_are_the_tenants_days() -> None:
    begun = dt.datetime(2025, 3, 4, 16, 30, tzinfo=dt.UTC)  # 5 March in the tenant's zone

    due = CALENDAR.due_with_stops(START, 5, [(begun, None)])

    assert due == Due(None, 1)


@pytest.mark.parametrize(
    ("now", "used"),
    [
        ("2025-03-03 18:00", 0),
        ("2025-03-04 08:00", 1),
        ("2025-03-05 08:00", 1),
        ("2025-03-09 08:00", 1),
        ("2025-03-10 08:00", 2),
        ("2025-03-01 08:00", 0),
    ],
)
def test_used_days_count_today_and_not_the_stopped_days(now: str, used: int) -> None:
    stops = [stop("2025-03-05 09:00", "2025-03-10 09:00")]

    assert CALENDAR.used_days(START, at(now), stops) == used


def test_used_days_stand_still_with_the_clock() -> None:
    stops = [stop("2025-03-06 09:00", None)]

    assert CALENDAR.used_days(START, at("2025-06-30 09:00"), stops) == 2


def test_a_stop_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CalendarError) as refusal:
        CALENDAR.due_with_stops(START, 5, [stop("2025-03-07 09:00", "2025-03-06 09:00")])

    assert refusal.value.code == "stop_reversed"


def test_a_stop_without_a_zone_is_refused() -> None:
    with pytest.raises(CalendarError) as refusal:
        CALENDAR.due_with_stops(START, 5, [(dt.datetime(2025, 3, 5), None)])

    assert refusal.value.code == "naive_time"


def _stop_of(begun_hour: int, hours: int) -> Stop:
    begun = START + dt.timedelta(hours=begun_hour)
    return begun, begun + dt.timedelta(hours=hours)


STOPS = st.lists(st.builds(_stop_of, st.integers(-200, 1500), st.integers(0, 600)), max_size=8)
DAYS = st.integers(1, 40)


@given(STOPS, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_stops_does_not_matter(
    stops: list[Stop], n: int, chance: random.Random
) -> None:
    shuffled = chance.sample(stops, len(stops))

    assert CALENDAR.due_with_stops(START, n, stops) == CALENDAR.due_with_stops(START, n, shuffled)


@given(STOPS, DAYS)
def test_a_stop_told_twice_counts_once(stops: list[Stop], n: int) -> None:
    once = CALENDAR.due_with_stops(START, n, stops)

    assert CALENDAR.due_with_stops(START, n, stops + stops) == once


@given(STOPS, DAYS, st.integers(0, 1500))
def test_a_stop_cut_in_two_counts_as_before(stops: list[Stop], n: int, cut: int) -> None:
    moment = START + dt.timedelta(hours=cut)
    pieces: list[Stop] = []
    for begun, ended in stops:
        inside = ended is not None and begun <= moment <= ended
        pieces += [(begun, moment), (moment, ended)] if inside else [(begun, ended)]

    assert CALENDAR.due_with_stops(START, n, pieces) == CALENDAR.due_with_stops(START, n, stops)


@given(STOPS, DAYS, st.builds(_stop_of, st.integers(-200, 1500), st.integers(0, 600)))
def test_one_stop_more_never_brings_the_due_time_forward(
    stops: list[Stop], n: int, more: Stop
) -> None:
    before, after = (
        CALENDAR.due_with_stops(START, n, some).due for some in (stops, [*stops, more])
    )

    assert before is not None
    assert after is not None
    assert before <= after


@given(STOPS, DAYS)
def test_stopped_days_count_like_days_off(stops: list[Stop], n: int) -> None:
    days_off = {
        day: False
        for begun, ended in stops
        if ended is not None
        for day in _days(CALENDAR.local_day(begun), CALENDAR.local_day(ended))
    }

    plain = WorkCalendar(days_off, SHANGHAI).add_working_days(START, n)

    assert CALENDAR.due_with_stops(START, n, stops).due == plain


def _days(first: dt.date, end: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=step) for step in range((end - first).days)]


@given(STOPS, DAYS)
def test_at_the_due_time_exactly_the_given_days_are_used(stops: list[Stop], n: int) -> None:
    due = CALENDAR.due_with_stops(START, n, stops).due

    assert due is not None
    assert CALENDAR.used_days(START, due, stops) == n
