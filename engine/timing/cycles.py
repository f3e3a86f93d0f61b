"""Repeating timers: every round is counted from the beginning of the cycle, never from the last.

So a cycle does not drift, whatever day of the month or hour of the day it began on: a month after
31 January is the last of February, two months after it 31 March. The rounds of working days stop
with the clock of the case like any deadline (:mod:`engine.timing.deadlines`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from engine.errors import Invalid
from engine.feel import Months
from engine.office import Office
from engine.tenancy.durations import CalendarError, Duration, is_period, parse_cycle
from engine.timing.deadlines import deadline_of

MOST_ROUNDS = 100
MOST_SKIPPED = 10_000
"""Rounds that may lie between the day a cycle is counted from and now."""


def first_round(
    value: Any, now: datetime, inside: Sequence[UUID], office: Office
) -> dict[str, Any]:
    """The stored deadline of the first round of a cycle.

    ``value`` is ISO 8601 text such as ``R3/PT1H`` or ``R/P1D``, a duration or working days (both
    without end), or ``{repeat: 3, every: …}`` with one of these. ``{from: …, every: …}`` counts the
    rounds from a day of the calendar; the first one after now is next.
    """
    if isinstance(value, Mapping) and value.get("from") is not None:
        return _since(value, now, inside, office)
    rounds, every = _taken_apart(value)
    if rounds is not None and not 1 <= rounds <= MOST_ROUNDS:
        raise _unusable(value)
    if isinstance(every, Mapping) and "workingDays" in every:
        start = deadline_of(every, now, inside, office)
        if not start["workingDays"]:
            raise _unusable(value)
        cycle = {"workingDays": start["workingDays"]}
    else:
        start = {"from": now.isoformat(), "inside": [str(i) for i in inside]}
        cycle = asdict(_period(every))
    return _in_round({**start, "every": cycle, "rounds": rounds}, 1, office)


def _since(
    value: Mapping[str, Any], now: datetime, inside: Sequence[UUID], office: Office
) -> dict[str, Any]:
    """The first round after now of a cycle that is counted from a moment, itself the round 0."""
    rounds, every = _taken_apart(value)
    begun = deadline_of(value["from"], now, inside, office)
    if rounds is not None or "at" not in begun or isinstance(every, Mapping):
        raise _unusable(value)
    frame = {**begun, "from": begun["at"], "every": asdict(_period(every)), "rounds": None}
    number = 0
    while datetime.fromisoformat(_in_round(frame, number, office)["at"]) <= now:
        number += 1
        if number > MOST_SKIPPED:
            raise _unusable(value)
    return _in_round(frame, number, office)


def next_round(deadline: Mapping[str, Any], office: Office) -> dict[str, Any] | None:
    """The deadline of the round after this one; None after the last."""
    number = deadline["round"] + 1
    if deadline["rounds"] is not None and number > deadline["rounds"]:
        return None
    return _in_round(deadline, number, office)


def _in_round(deadline: Mapping[str, Any], number: int, office: Office) -> dict[str, Any]:
    every = deadline["every"]
    if "workingDays" in every:
        return {**deadline, "round": number, "workingDays": every["workingDays"] * number}
    period = Duration(**{unit: count * number for unit, count in every.items()})
    begun = datetime.fromisoformat(deadline["from"])
    due = office.calendar.add_duration(begun, period)
    return {**deadline, "round": number, "at": due.isoformat()}


def _taken_apart(value: Any) -> tuple[int | None, Any]:
    """How many rounds there are, and what lies between them."""
    if isinstance(value, str):
        return _written(value)
    if isinstance(value, Mapping) and "every" in value:
        repeat = value.get("repeat")
        if repeat is not None and (not isinstance(repeat, int | Decimal) or repeat != int(repeat)):
            raise _unusable(value)
        every = value["every"]
        inner = _written(f"R/{every}")[1] if isinstance(every, str) else every
        return None if repeat is None else int(repeat), inner
    return None, value


def _written(text: str) -> tuple[int | None, Duration]:
    try:
        cycle = parse_cycle(text)
    except CalendarError as error:
        raise _unusable(text) from error
    return cycle.rounds, cycle.period


def _period(every: Any) -> Duration:
    period = every
    if isinstance(every, timedelta):
        period = Duration(seconds=int(every.total_seconds()))
    elif isinstance(every, Months):
        period = Duration(months=every.total)
    if not isinstance(period, Duration) or not is_period(period):
        raise _unusable(every)
    return period


def _unusable(value: Any) -> Invalid:
    return Invalid(
        f"循环定时的取值无法使用：{value!r}",
        f"this is no cycle: {value!r}",
        code="cycle_value",
    )
