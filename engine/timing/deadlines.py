"""Deadlines of items and timers: working days with stops, dates, durations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from engine.errors import Invalid
from engine.feel import Months
from engine.office import Office
from engine.tenancy.durations import Duration

FAR = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for "no due date" where rows are ordered by due date."""

MAX_WORKING_DAYS = 2_500
OFFICE_END: Literal["office_end"] = "office_end"
"""How a period says that its last day ends with the office hours."""


@dataclass(frozen=True)
class Stop:
    """A stretch in which the clock of a case stands; open while ``to_at`` is None."""

    token_id: UUID | None
    from_at: datetime
    to_at: datetime | None


def deadline_of(
    value: Any, now: datetime, inside: Sequence[UUID], office: Office
) -> dict[str, Any]:
    """A stored deadline from the value of a due date or timer expression.

    ``value`` is working days (as ``working days(n)`` gives them), a date, a date and time, a
    duration, or ISO 8601 text of one of these. ``inside`` are the tokens around the place:
    a stop of the clock that one of them causes does not stop this deadline. Working days may
    run ``since`` an earlier day than now.
    """
    frame = {"from": now.isoformat(), "inside": [str(i) for i in inside]}
    if isinstance(value, Mapping) and "workingDays" in value:
        if value.get("since") is not None:
            frame["from"] = min(now, _moment(value["since"], now, office)).isoformat()
        return {**frame, "workingDays": _days(value["workingDays"]), **_flags(value)}
    return {**frame, "at": _moment(value, now, office).isoformat()}


def due_at(deadline: Mapping[str, Any], stops: Sequence[Stop], office: Office) -> datetime | None:
    """When the deadline ends; None while a stop that binds it is open."""
    if "at" in deadline:
        return datetime.fromisoformat(deadline["at"])
    inside = set(deadline["inside"])
    binding = [(s.from_at, s.to_at) for s in stops if str(s.token_id) not in inside]
    started = datetime.fromisoformat(deadline["from"])
    return office.calendar.due_with_stops(
        started,
        deadline["workingDays"],
        binding,
        count_first_day=bool(deadline.get("countFirstDay")),
        until=OFFICE_END if deadline.get("until") == OFFICE_END else "day_end",
    ).due


def promised(due: datetime | None, legal: datetime | None) -> datetime | None:
    """The promised deadline (承诺期限) as it counts: it never lies beyond the legal one."""
    return due if due is None or legal is None else min(due, legal)


def _days(value: Any) -> int:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise _unusable(value)
    days = int(value)
    if days != value or not 0 <= days <= MAX_WORKING_DAYS:
        raise _unusable(value)
    return days


def _flags(value: Mapping[str, Any]) -> dict[str, Any]:
    first = {"countFirstDay": True} if value.get("countFirstDay") is True else {}
    return {**first, "until": OFFICE_END} if value.get("until") == OFFICE_END else first


def _moment(value: Any, now: datetime, office: Office) -> datetime:
    if isinstance(value, str):
        return _written(value, now, office)
    if isinstance(value, datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=office.calendar.zone)
        return zoned.astimezone(UTC)
    if isinstance(value, date):
        end = datetime.combine(value, time(23, 59, 59), tzinfo=office.calendar.zone)
        return end.astimezone(UTC)
    if isinstance(value, timedelta):
        return now + value
    if isinstance(value, Months):
        return office.calendar.add_duration(now, Duration(months=value.total))
    raise _unusable(value)


def _written(text: str, now: datetime, office: Office) -> datetime:
    """ISO 8601 text: a duration from now, or a date and time in the tenant's zone."""
    try:
        if text.lstrip("-").startswith("P"):
            return office.calendar.add_duration(now, text)
        return _moment(datetime.fromisoformat(text), now, office)
    except ValueError as error:
        raise _unusable(text) from error


def _unusable(value: Any) -> Invalid:
    return Invalid(
        f"期限的取值无法使用：{value!r}", f"this is no deadline: {value!r}", code="deadline_value"
    )
