"""Times as people read them: moments, due dates, clocks that stand still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _

from engine.office import Office, local_date

_END_OF_DAY = time(23, 59, 59)
SOON_DAYS = 3
WEEKDAYS = "一二三四五六日"


def moment_words(moment: datetime | None, office: Office, now: datetime) -> str:
    """A time as people write it in the tenant's zone; the end of a day is just that day."""
    if moment is None:
        return ""
    local = moment.astimezone(office.calendar.zone)
    today = local_date(office, now)
    clock = "" if local.time().replace(microsecond=0) == _END_OF_DAY else f" {local:%H:%M}"
    if local.date() == today:
        return str(_("今天")) + clock
    if local.year == today.year:
        return f"{local:%m-%d}{clock}"
    return f"{local:%Y-%m-%d}{clock}"


def printed_moment(moment: datetime | None, office: Office) -> str:
    """A time as it is printed for the public: the full date; the end of a day is just that day."""
    if moment is None:
        return ""
    local = moment.astimezone(office.calendar.zone)
    at_end = local.time().replace(microsecond=0) == _END_OF_DAY
    return f"{local:%Y-%m-%d}" if at_end else f"{local:%Y-%m-%d %H:%M}"


def day_words(day: date, language: str) -> str:
    """A day with its weekday."""
    if language.startswith("zh"):
        return f"{day.month} 月 {day.day} 日 星期{WEEKDAYS[day.weekday()]}"
    return f"{day:%A}, {day.day} {day:%B}"


def due_facts(item: Any, office: Office, now: datetime, ground: str = "") -> dict[str, Any] | None:
    """The facts ``due_badge`` shows for an item: late, today, soon, ok, paused, or None."""
    if item.deadline is None:
        return None
    if item.due_at is None:
        return {"kind": "paused", "days": 0, "ground": ground}
    legal = moment_words(item.legal_due_at, office, now)
    rest = office.calendar.remaining(now, item.due_at)
    days = abs(rest.days)
    if rest.overdue:
        kind, days = "late", max(1, days)
    elif rest.days == 0:
        kind = "today"
    else:
        kind = "soon" if rest.days <= SOON_DAYS else "ok"
    return {
        "kind": kind,
        "days": days,
        "at": moment_words(item.due_at, office, now),
        "iso": item.due_at.isoformat(),
        "legal": legal,
        "legal_iso": item.legal_due_at.isoformat() if item.legal_due_at else None,
    }


def due_words(due: Mapping[str, Any]) -> tuple[str, str]:
    """A limit as a badge of a page's head: its text and tone."""
    kind, days = due["kind"], due["days"]
    if kind == "late":
        return _("超期 %(days)s 个工作日", days=days), "bad"
    if kind == "today":
        return _("今天到期"), "now"
    if kind == "paused":
        return _("停表"), "mute"
    return _("剩 %(days)s 个工作日", days=days), kind


def used_days(item: Any, stops: Sequence[Any], office: Office, now: datetime) -> str:
    """How much of a limit in working days is used, in words; empty for other limits."""
    deadline = item.deadline or {}
    if "workingDays" not in deadline:
        return ""
    inside = set(deadline["inside"])
    used = office.calendar.used_days(
        datetime.fromisoformat(deadline["from"]),
        item.closed_at or now,
        [(s.from_at, s.to_at) for s in stops if str(s.token_id) not in inside],
        count_first_day=bool(deadline.get("countFirstDay")),
    )
    return str(_("已用 %(used)s / %(days)s 个工作日", used=used, days=deadline["workingDays"]))
