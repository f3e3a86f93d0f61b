"""Working days counted back from the present, with the time of day as their fraction."""

from __future__ import annotations

import datetime as dt
from datetime import UTC, datetime, timedelta

from engine.tenancy.calendar import WorkCalendar

OPENS = dt.time(9)
DAY_OF_WORK = timedelta(hours=7)


class DaysAgo:
    """The calendar seen from its end: 0 is the end of today's work, 1.5 noon of the day before
    yesterday's morrow; days off are not counted."""

    def __init__(self, calendar: WorkCalendar, end: datetime) -> None:
        self._calendar, self._end = calendar, end
        self._days = [self._working(calendar.local_day(end))]

    def moment(self, ago: float) -> datetime:
        """The moment so many working days ago; never after the end itself.

        What happens last happens today, on a day off as well: whoever opens the product sees it.
        """
        is_off = not self._calendar.is_working_day(self._calendar.local_day(self._end))
        if ago <= 0 and is_off:
            return self._end
        whole = int(ago)
        opened = datetime.combine(self._day(whole), OPENS, self._calendar.zone).astimezone(UTC)
        return min(opened + DAY_OF_WORK * (1 - (ago - whole)), self._end)

    def _day(self, count: int) -> dt.date:
        while len(self._days) <= count:
            self._days.append(self._working(self._days[-1] - timedelta(days=1)))
        return self._days[count]

    def _working(self, day: dt.date) -> dt.date:
        """The day itself, or the last working day before it."""
        while not self._calendar.is_working_day(day):
            day -= timedelta(days=1)
        return day
