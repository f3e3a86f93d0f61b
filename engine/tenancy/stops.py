"""Clock stops as half-open spans of days: the day of stopping does not count, the day of going on
does; spans that overlap or touch become one, so no day is taken off twice."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class DaySpan:
    """The days from ``first`` up to, but not including, ``end``; no ``end``: still going on."""

    first: dt.date
    end: dt.date | None


class StoppedDays:
    """Which days a clock stands still, from any number of spans in any order."""

    def __init__(self, spans: Iterable[DaySpan]) -> None:
        self._spans = merge_spans(spans)
        self._firsts = [span.first for span in self._spans]

    def span_of(self, day: dt.date) -> DaySpan | None:
        """The stop this day lies in, or None while the clock runs."""
        place = bisect_right(self._firsts, day) - 1
        if place < 0:
            return None
        span = self._spans[place]
        return span if span.end is None or day < span.end else None


def merge_spans(spans: Iterable[DaySpan]) -> tuple[DaySpan, ...]:
    """The same days as spans that neither overlap nor touch, the earliest first."""
    merged: list[DaySpan] = []
    for span in sorted(spans, key=lambda item: item.first):
        if span.end is not None and span.end <= span.first:
            continue  # begun and ended on one day: no day was lost
        if merged and (merged[-1].end is None or span.first <= merged[-1].end):
            merged[-1] = DaySpan(merged[-1].first, _later(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def _later(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return None if one is None or other is None else max(one, other)
