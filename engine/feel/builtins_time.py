"""Built-in functions on dates, times and durations."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from engine.feel.arithmetic import months
from engine.feel.builtins_text import whole
from engine.feel.errors import FeelError
from engine.feel.run import BadValue, Run
from engine.feel.signatures import builtin
from engine.feel.temporal import (
    last_day,
    months_between,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
    zone_named,
)
from engine.feel.values import Months, Value

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _required(value: Value, text: str, zh: str, en: str) -> Value:
    if value is None:
        raise BadValue(f"“{text[:40]}”不是{zh}", f"'{text[:40]}' is not a {en}")
    return value


def _moment(run: Run) -> dt.datetime:
    if run.env.now is None:
        raise FeelError(
            "这里不能使用当前时间",
            "the present moment is not available here",
            code="feel_clock",
        )
    return run.env.now


@builtin("now")
def now(run: Run) -> Value:
    return _moment(run)


@builtin("today")
def today(run: Run) -> Value:
    return _moment(run).date()


@builtin("date", "from: string", cost=10)
def date_from(_: Run, text: str) -> Value:
    return _required(parse_date(text), text, "日期", "date")


@builtin("date", "from: moment")
def date_of(_: Run, moment: dt.date) -> Value:
    return moment.date() if isinstance(moment, dt.datetime) else moment


@builtin("date", "year: number", "month: number", "day: number", cost=12)
def date_made(_: Run, year: Decimal, month: Decimal, day: Decimal) -> Value:
    return dt.date(whole(year, "年", "year"), whole(month, "月", "month"), whole(day, "日", "day"))


@builtin("time", "from: string", cost=10)
def time_from(_: Run, text: str) -> Value:
    return _required(parse_time(text), text, "时间", "time")


@builtin("time", "from: time|moment")
def time_of(_: Run, moment: dt.date | dt.time) -> Value:
    """The time of day; a date begins at midnight."""
    if isinstance(moment, dt.datetime):
        offset = moment.utcoffset()
        return moment.time().replace(tzinfo=None if offset is None else dt.timezone(offset))
    return moment if isinstance(moment, dt.time) else dt.time()


@builtin(
    "time",
    "hour: number",
    "minute: number",
    "second: number",
    "offset: days and time duration|null?",
    cost=16,
)
def time_made(
    _: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: dt.timedelta | None = None
) -> Value:
    micro = whole(second.scaleb(6), "秒", "second")
    return dt.time(
        whole(hour, "时", "hour"),
        whole(minute, "分", "minute"),
        micro // 1_000_000,
        micro % 1_000_000,
        None if offset is None else dt.timezone(offset),
    )


@builtin("date and time", "from: string", cost=24)
def moment_from(_: Run, text: str) -> Value:
    return _required(parse_date_time(text), text, "日期时间", "date and time")


@builtin("date and time", "date: moment", "time: time")
def moment_made(_: Run, day: dt.date, clock: dt.time) -> Value:
    return dt.datetime.combine(day, clock)


@builtin("date and time", "date: date and time", "timezone: string", cost=12)
def moment_in_zone(_: Run, moment: dt.datetime, zone_name: str) -> Value:
    """The same moment as the clocks of another zone show it."""
    zone = zone_named(zone_name)
    if zone is None:
        raise BadValue(f"没有名为“{zone_name[:40]}”的时区", f"no time zone '{zone_name[:40]}'")
    if moment.tzinfo is None:
        return moment.replace(tzinfo=zone)
    return moment.astimezone(zone)


@builtin("duration", "from: string", cost=14)
def duration_from(_: Run, text: str) -> Value:
    return _required(parse_duration(text), text, "时长", "duration")


@builtin("duration", "from: duration")
def duration_of(_: Run, length: dt.timedelta | Months) -> Value:
    return length


@builtin("years and months duration", "from: moment", "to: moment", cost=10)
def years_and_months(_: Run, start: dt.date, end: dt.date) -> Value:
    """The whole months between two days; the time of day does not count."""
    return months(months_between(date_only(start), date_only(end)))


def date_only(moment: dt.date) -> dt.date:
    """The day of a date or moment."""
    return moment.date() if isinstance(moment, dt.datetime) else moment


@builtin("day of week", "date: moment")
def day_of_week(_: Run, day: dt.date) -> Value:
    return WEEKDAYS[day.weekday()]


@builtin("month of year", "date: moment")
def month_of_year(_: Run, day: dt.date) -> Value:
    return MONTHS[day.month - 1]


@builtin("day of year", "date: moment")
def day_of_year(_: Run, day: dt.date) -> Value:
    return Decimal(day.timetuple().tm_yday)


@builtin("week of year", "date: moment")
def week_of_year(_: Run, day: dt.date) -> Value:
    return Decimal(day.isocalendar().week)


@builtin("last day of month", "date: moment")
def last_day_of_month(_: Run, day: dt.date) -> Value:
    return date_only(day).replace(day=last_day(day.year, day.month))
