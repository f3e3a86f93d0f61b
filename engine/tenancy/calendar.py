"""The tenant's working days: due times counted in them, stopped on legal grounds, and honest
about years whose holidays are not published yet.

Moments come in and go out as aware datetimes, UTC on the way out; days are the tenant's. A period
that ends with its last day (24:00) is due at 23:59:59 of that day in the tenant's zone, so that
the date printed is the date meant; whatever happens within that second is still in time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import chinese_calendar

from engine.tenancy.durations import CalendarError, Duration, add_months, parse_duration
from engine.tenancy.model import OfficeHours
from engine.tenancy.stops import DaySpan, StoppedDays

Until = Literal["day_end", "office_end"]
Stop = tuple[dt.datetime, dt.datetime | None]
"""From when to when a clock stood still; None: it stands still."""

_DAY = dt.timedelta(days=1)
_LAST_SECOND = dt.time(23, 59, 59)
_YEARS = range(1900, 2201)
_MOST_WORKING_DAYS = 10_000
_NO_STOPS = StoppedDays(())


@dataclass(frozen=True)
class CalendarWarning:
    """A year counted by plain weekdays because its holidays are not known."""

    year: int
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Due:
    """When a period with stops ends; no ``due`` while the clock stands still.

    ``used`` is the number of working days that count so far when it stands still, else all.
    """

    due: dt.datetime | None
    used: int


@dataclass(frozen=True)
class Remaining:
    """Working days left, today not counted: 0 is due today, below 0 is days too late."""

    days: int
    overdue: bool


@lru_cache(maxsize=16_384)
def _statutory(day: dt.date) -> bool | None:
    """Whether the State Council's calendar makes this a working day; None when it is silent."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


@dataclass(frozen=True)
class WorkCalendar:
    """Working days of one tenant: its exceptions first, then the State Council's calendar, then
    plain weekdays. ``complete_years`` are years that the exceptions describe in full."""

    exceptions: Mapping[dt.date, bool]
    zone: ZoneInfo
    office_hours: OfficeHours = field(default_factory=OfficeHours)
    complete_years: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        object.__setattr__(self, "exceptions", MappingProxyType(dict(self.exceptions)))

    def is_working_day(self, day: dt.date) -> bool:
        """Whether people work on this day, make-up days (调休) included."""
        declared = self.exceptions.get(day)
        if declared is None:
            declared = _statutory(day)
        return day.weekday() < 5 if declared is None else declared

    def warnings_for(self, start: dt.date, end: dt.date) -> tuple[CalendarWarning, ...]:
        """One warning for each year between these days whose holidays are not known.

        A moment may be given for a day; it stands for its day here.
        """
        first, last = sorted((self._day(start), self._day(end)))
        years = range(first.year, last.year + 1)
        return tuple(_warning(year) for year in years if not self._knows(year))

    def local_day(self, moment: dt.datetime) -> dt.date:
        """The tenant's date at this moment."""
        return self._local(moment).date()

    def end_of(self, day: dt.date, until: Until = "day_end") -> dt.datetime:
        """The moment a period ends whose last day is this."""
        time = _LAST_SECOND if until == "day_end" else self.office_hours.closes
        return dt.datetime.combine(day, time, self.zone).astimezone(dt.UTC)

    def add_working_days(
        self,
        start: dt.datetime,
        n: int,
        *,
        count_first_day: bool = False,
        until: Until = "day_end",
    ) -> dt.datetime:
        """The end of the n-th working day after ``start``, whose own day counts only on demand.

        With n = 0 it is the end of the day itself, or of the next working day if that is off.
        """
        days = self._counted_days(start, count_first_day or n == 0, _NO_STOPS)
        return self.end_of(_nth(days, _checked_count(n)), until)

    def due_with_stops(
        self,
        start: dt.datetime,
        n: int,
        stops: Iterable[Stop],
        *,
        count_first_day: bool = False,
        until: Until = "day_end",
    ) -> Due:
        """When n working days are over if the clock stood still during ``stops``.

        A stop takes off the day it begins on and gives back the day it ends on; overlaps count
        once. While a stop has no end, and began before the days were used up, nothing is due.
        """
        needed = max(1, _checked_count(n))
        days = self._counted_days(start, count_first_day or n == 0, self._stopped(stops))
        for used, day in enumerate(days):
            if day is None:
                return Due(None, used)
            if used + 1 == needed:
                return Due(self.end_of(day, until), n)
        raise AssertionError("the days of a calendar do not end")

    def used_days(
        self,
        start: dt.datetime,
        now: dt.datetime,
        stops: Iterable[Stop] = (),
        *,
        count_first_day: bool = False,
    ) -> int:
        """How many working days of a period are used by now, today included, stops left out."""
        today = self.local_day(now)
        days = self._counted_days(start, count_first_day, self._stopped(stops))
        return sum(1 for _ in takewhile(lambda day: day is not None and day <= today, days))

    def add_calendar(
        self,
        start: dt.datetime,
        *,
        days: int = 0,
        months: int = 0,
        years: int = 0,
        roll: bool = True,
        until: Until = "day_end",
    ) -> dt.datetime:
        """The end of a period of calendar days, months or years; the day of ``start`` is not in it.

        A month without such a day ends it on its last day. With ``roll`` a period that would end
        on a day off ends on the next working day.
        """
        if min(days, months, years) < 0:
            raise _bad_count(min(days, months, years))
        last = self._shift(self.local_day(start), Duration(years * 12 + months, days))
        return self.end_of(self._roll(last) if roll else last, until)

    def add_duration(self, start: dt.datetime, duration: Duration | str) -> dt.datetime:
        """The moment a timer of this ISO duration fires: months and days keep the local time of
        day, hours and below run on the clock. Days off do not matter here."""
        period = parse_duration(duration) if isinstance(duration, str) else duration
        local = self._local(start)
        day = self._shift(local.date(), period)
        moved = dt.datetime.combine(day, local.timetz().replace(tzinfo=None), self.zone)
        return moved.astimezone(dt.UTC) + dt.timedelta(seconds=period.seconds)

    def working_days_between(self, earlier: dt.datetime, later: dt.datetime) -> int:
        """Working days after the day of the one moment, up to the day of the other; negative when
        they are given the other way round."""
        first, last = self.local_day(earlier), self.local_day(later)
        if last < first:
            return -self.working_days_between(later, earlier)
        days = (first + _DAY * step for step in range(1, (last - first).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def remaining(self, now: dt.datetime, due: dt.datetime) -> Remaining:
        """How many working days are left until ``due``, or how late it is."""
        overdue = self._local(now).replace(microsecond=0) > self._local(due)
        return Remaining(self.working_days_between(now, due), overdue)

    def _counted_days(
        self, start: dt.datetime, count_first_day: bool, stopped: StoppedDays
    ) -> Iterator[dt.date | None]:
        """The days that count, one after the other; None when a stop without end is met."""
        day = self.local_day(start) + (dt.timedelta() if count_first_day else _DAY)
        while day.year in _YEARS:
            stop = stopped.span_of(day)
            if stop is not None and stop.end is None:
                yield None
                return
            if stop is not None and stop.end is not None:
                day = stop.end
                continue
            if self.is_working_day(day):
                yield day
            day += _DAY
        raise _out_of_range(day.year)

    def _stopped(self, stops: Iterable[Stop]) -> StoppedDays:
        return StoppedDays(self._span(begun, ended) for begun, ended in stops)

    def _span(self, begun: dt.datetime, ended: dt.datetime | None) -> DaySpan:
        if ended is not None and self._local(ended) < self._local(begun):
            raise CalendarError(
                "停表的结束时间早于开始时间",
                "a clock stop ends before it begins",
                code="stop_reversed",
            )
        return DaySpan(self.local_day(begun), None if ended is None else self.local_day(ended))

    def _shift(self, day: dt.date, period: Duration) -> dt.date:
        try:
            moved = add_months(day, period.months) + _DAY * period.days
        except (ValueError, OverflowError) as error:
            raise _out_of_range(day.year) from error
        if moved.year not in _YEARS:
            raise _out_of_range(moved.year)
        return moved

    def _roll(self, day: dt.date) -> dt.date:
        while not self.is_working_day(day):
            day += _DAY
        return day

    def _local(self, moment: dt.datetime) -> dt.datetime:
        if moment.tzinfo is None:
            raise CalendarError(
                "时间没有时区，不能计算期限",
                "a moment without a time zone cannot be counted with",
                code="naive_time",
            )
        if moment.year not in _YEARS:
            raise _out_of_range(moment.year)
        return moment.astimezone(self.zone)

    def _day(self, day: dt.date) -> dt.date:
        return self.local_day(day) if isinstance(day, dt.datetime) else day

    def _knows(self, year: int) -> bool:
        return year in self.complete_years or _statutory(dt.date(year, 7, 1)) is not None


def _nth(days: Iterator[dt.date | None], n: int) -> dt.date:
    last: dt.date | None = None
    for _ in range(max(1, n)):
        last = next(days)
    if last is None:
        raise AssertionError("without stops every day is known")
    return last


def _checked_count(n: int) -> int:
    if not 0 <= n <= _MOST_WORKING_DAYS:
        raise _bad_count(n)
    return n


def _bad_count(n: int) -> CalendarError:
    return CalendarError(
        f"期限天数须在 0 到 {_MOST_WORKING_DAYS} 之间，不能是 {n}",
        f"a period has 0 to {_MOST_WORKING_DAYS} days, not {n}",
        code="bad_count",
    )


def _out_of_range(year: int) -> CalendarError:
    first, last = _YEARS[0], _YEARS[-1]
    return CalendarError(
        f"日历只计算 {first} 年至 {last} 年，不含 {year} 年",
        f"the calendar counts from {first} to {last}, not in {year}",
        code="out_of_range",
    )


def _warning(year: int) -> CalendarWarning:
    return CalendarWarning(
        year,
        "holidays_unknown",
        f"{year} 年的放假和调休安排尚未录入，暂按周一至周五计算，公布后期限可能变化",
        f"the holidays of {year} are not known yet; Monday to Friday are counted for now",
    )
