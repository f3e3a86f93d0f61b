"""Dates, times and durations: read from text, written as text, taken apart."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from engine.feel.limits import NUMBERS
from engine.feel.values import Months, Range, Value

_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_TIME = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
_OFFSET = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_ZONE = r"(?:@([A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,32}){0,2}))?"

DATE = re.compile(_DATE)
TIME = re.compile(_TIME + _OFFSET)
DATE_TIME = re.compile(_DATE + "T" + _TIME + _OFFSET + _ZONE)
DAYS = re.compile(
    r"(-?)P(?=[0-9]|T[0-9])(?:([0-9]{1,6})W)?(?:([0-9]{1,8})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,8})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,10})(?:\.([0-9]{1,6}))?S)?)?"
)
MONTHS = re.compile(r"(-?)P(?=[0-9])(?:([0-9]{1,6})Y)?(?:([0-9]{1,7})M)?")
MAX_MONTHS = 9_999 * 12
LONGEST = dt.timedelta(days=10**8)
"""Longer durations do not exist, so that every one has its opposite."""

_CLOCKS = (dt.datetime, dt.time)
MICROSECOND = dt.timedelta(microseconds=1)


def parse_date(text: str) -> dt.date | None:
    """The day a text like 2026-10-01 names."""
    match = DATE.fullmatch(text)
    if match is None:
        moment = parse_date_time(text)
        return moment.date() if moment else None
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_time(text: str) -> dt.time | None:
    """The time of day a text like 09:00:00 or 09:00+08:00 names."""
    match = TIME.fullmatch(text)
    return _time(match.groups(), match[5], None) if match else None


def parse_date_time(text: str) -> dt.datetime | None:
    """The moment a text like 2026-10-01T09:00:00+08:00 or …@Asia/Shanghai names."""
    if DATE.fullmatch(text):
        day = parse_date(text)
        return dt.datetime(day.year, day.month, day.day) if day else None
    match = DATE_TIME.fullmatch(text)
    if match is None or (match[8] and match[9]):
        return None
    day, clock = parse_date(text[:10]), _time(match.groups()[3:], match[8], match[9])
    return dt.datetime.combine(day, clock) if day and clock else None


def _time(
    parts: tuple[str | None, ...], offset: str | None, zone_name: str | None
) -> dt.time | None:
    hour, minute, second, fraction = parts[:4]
    micro = int((fraction or "").ljust(6, "0"))
    try:
        zone = _zone(offset, zone_name)
        return dt.time(int(hour or 0), int(minute or 0), int(second or 0), micro, zone)
    except ValueError:
        return None


def _zone(offset: str | None, name: str | None) -> dt.tzinfo | None:
    """The zone written after a time; ValueError when there is no such zone."""
    if name:
        zone = zone_named(name)
        if zone is None:
            raise ValueError(name)
        return zone
    if not offset:
        return None
    if offset == "Z":
        return dt.UTC
    delta = dt.timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return dt.timezone(-delta if offset[0] == "-" else delta)


def zone_named(name: str) -> dt.tzinfo | None:
    """The time zone of a name such as Asia/Shanghai."""
    return ZoneInfo(name) if name in zone_names() else None


@cache
def zone_names() -> frozenset[str]:
    """The names of the time zones of the world, the same on every machine."""
    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


def parse_duration(text: str) -> dt.timedelta | Months | None:
    """The duration a text like P5D, PT2H30M, P1Y6M or -P1D names."""
    match = MONTHS.fullmatch(text)
    if match:
        total = int(match[2] or 0) * 12 + int(match[3] or 0)
        return Months(-total if match[1] else total) if total <= MAX_MONTHS else None
    match = DAYS.fullmatch(text)
    if match is None:
        return None
    sign, weeks, days, hours, minutes, seconds, fraction = match.groups()
    length = dt.timedelta(
        weeks=int(weeks or 0),
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=int(seconds or 0),
        microseconds=int((fraction or "").ljust(6, "0")),
    )
    if length > LONGEST:
        return None
    return -length if sign else length


def parse_at(text: str) -> Value:
    """The value of an @"…" literal, or None when the text is neither date, time nor duration."""
    for read in (parse_date_or_moment, parse_time, parse_duration):
        value = read(text)
        if value is not None:
            return value
    return None


def parse_date_or_moment(text: str) -> dt.date | None:
    """A day or a moment, whichever the text spells."""
    return parse_date_time(text) if "T" in text else parse_date(text)


def temporal_text(value: dt.date | dt.time | dt.timedelta | Months) -> str:
    """How FEEL writes a date, time or duration."""
    if isinstance(value, dt.timedelta):
        return _days_text(value)
    if isinstance(value, Months):
        return _months_text(value)
    if not isinstance(value, _CLOCKS):
        return value.isoformat()
    text = value.replace(tzinfo=None).isoformat()
    if value.microsecond:
        text = text.rstrip("0")
    return text + _zone_text(value)


def _zone_text(value: dt.datetime | dt.time) -> str:
    if value.tzinfo is None:
        return ""
    if isinstance(value.tzinfo, ZoneInfo):
        return f"@{value.tzinfo.key}"
    if value.tzinfo is dt.UTC:
        return "Z"
    return value.isoformat()[len(value.replace(tzinfo=None).isoformat()) :]


def _days_text(value: dt.timedelta) -> str:
    sign, length = ("-", -value) if value < dt.timedelta(0) else ("", value)
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{length.microseconds:06d}".rstrip("0") if length.microseconds else ""
    clock = "".join(
        f"{number}{unit}"
        for number, unit in ((hours, "H"), (minutes, "M"), (f"{seconds}{fraction}", "S"))
        if number not in (0, "0")
    )
    days = f"{length.days}D" if length.days else ""
    return f"{sign}P{days}{'T' + clock if clock else ''}" if days or clock else "PT0S"


def _months_text(value: Months) -> str:
    years, months = divmod(abs(value.total), 12)
    body = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{'-' if value.total < 0 else ''}P{body or '0M'}"


def instant(moment: dt.datetime) -> dt.datetime:
    """The moment in universal time, so that neither zones nor summer time disturb comparing."""
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        edge = dt.datetime.min if moment.year == 1 else dt.datetime.max
        return edge.replace(tzinfo=dt.UTC)


def is_zoned(value: Value) -> bool:
    """Whether a moment or time of day says which zone it belongs to."""
    return isinstance(value, _CLOCKS) and value.tzinfo is not None


def shift_months(day: dt.date, months: int) -> dt.date:
    """The same day of another month, or its last day; OverflowError outside years 1 to 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return day.replace(year=year, month=month + 1, day=min(day.day, last_day(year, month + 1)))


def last_day(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def months_between(start: dt.date, end: dt.date) -> int:
    """The whole months from one day to another, negative when it lies before."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if months and end.day < start.day else months


def _second(value: dt.datetime | dt.time) -> Decimal:
    return Decimal(value.second) + Decimal(value.microsecond).scaleb(-6, NUMBERS)


def _offset_of(value: dt.datetime | dt.time) -> dt.timedelta | None:
    return value.utcoffset()


def _zone_name(value: dt.datetime | dt.time) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _component(unit: int, size: int | None) -> Callable[[dt.timedelta], Decimal]:
    """Reads whole units of a duration, keeping its sign; ``size`` units make the next larger."""

    def read(value: dt.timedelta) -> Decimal:
        count = abs(value) // dt.timedelta(seconds=unit)
        number = Decimal(count if size is None else count % size)
        return -number if value < dt.timedelta(0) and number else number

    return read


def _months_part(value: Months, *, years: bool) -> Decimal:
    parts = divmod(abs(value.total), 12)
    number = parts[0] if years else parts[1]
    return Decimal(-number if value.total < 0 else number)


_DAY: Mapping[str, Callable[..., Value]] = {
    "year": lambda v: Decimal(v.year),
    "month": lambda v: Decimal(v.month),
    "day": lambda v: Decimal(v.day),
    "weekday": lambda v: Decimal(v.isoweekday()),
}
_CLOCK: Mapping[str, Callable[..., Value]] = {
    "hour": lambda v: Decimal(v.hour),
    "minute": lambda v: Decimal(v.minute),
    "second": _second,
    "time offset": _offset_of,
    "timezone": _zone_name,
}

PROPERTIES: Mapping[type, Mapping[str, Callable[..., Value]]] = {
    dt.date: _DAY,
    dt.time: _CLOCK,
    dt.datetime: {**_DAY, **_CLOCK},
    dt.timedelta: {
        "days": _component(86_400, None),
        "hours": _component(3_600, 24),
        "minutes": _component(60, 60),
        "seconds": _component(1, 60),
    },
    Months: {
        "years": lambda v: _months_part(v, years=True),
        "months": lambda v: _months_part(v, years=False),
    },
    Range: {
        "start": lambda v: v.start,
        "end": lambda v: v.end,
        "start included": lambda v: v.start_included,
        "end included": lambda v: v.end_included,
    },
}
"""What may be read from a value after a dot; contexts have their own keys instead."""
