"""ISO 8601 durations as months, days and seconds, which never turn into one another."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from engine.errors import Invalid

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?"
)
_CYCLE = re.compile(r"R(\d{0,9})/(P.+)")
SHORTEST_PERIOD = 60
"""Seconds between two rounds of a cycle, at least."""
_MOST_DAYS = 36_600
"""A hundred years: a longer period is a slip of the pen, and would leave the calendar."""


class CalendarError(Invalid):
    """A period or a moment that cannot be counted with."""

    code = "calendar"


@dataclass(frozen=True)
class Duration:
    """A period: months and days are counted on the tenant's calendar, seconds on the clock."""

    months: int = 0
    days: int = 0
    seconds: int = 0


def parse_duration(text: str) -> Duration:
    """The duration such a text as P1D, P1M, P2W or PT2H names; fractions and signs are refused."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise CalendarError(
            f"“{text[:40]}”不是时长，应写作 P5D、P1M 或 PT2H 的形式",
            f"{text[:40]!r} is no duration; write it like P5D, P1M or PT2H",
            code="bad_duration",
        )
    years, months, weeks, days, hours, minutes, seconds = (
        int(part or 0) for part in match.groups()
    )
    duration = Duration(
        months=years * 12 + months,
        days=weeks * 7 + days,
        seconds=(hours * 60 + minutes) * 60 + seconds,
    )
    if duration.months * 31 + duration.days + duration.seconds // 86_400 > _MOST_DAYS:
        raise CalendarError(
            f"时长“{text[:40]}”超过一百年",
            f"the duration {text[:40]!r} is longer than a hundred years",
            code="duration_too_long",
        )
    return duration


@dataclass(frozen=True)
class Cycle:
    """A period that comes again: ``rounds`` times, or without end."""

    rounds: int | None
    period: Duration


def parse_cycle(text: str) -> Cycle:
    """The cycle such a text as R3/PT1H or R/P1D names."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        raise CalendarError(
            f"“{text[:40]}”不是循环，应写作 R3/PT1H 或 R/P1D 的形式",
            f"{text[:40]!r} is no cycle; write it like R3/PT1H or R/P1D",
            code="bad_cycle",
        )
    return Cycle(int(match[1]) if match[1] else None, parse_duration(match[2]))


def is_period(duration: Duration) -> bool:
    """Whether the duration is long enough to come again and again."""
    if min(duration.months, duration.days, duration.seconds) < 0:
        return False
    return bool(duration.months or duration.days) or duration.seconds >= SHORTEST_PERIOD


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last day when it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
