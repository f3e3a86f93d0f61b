"""Dates, times of day and moments, stored as the ISO text form-js stores."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from engine.forms import wording
from engine.forms.component_type import ComponentType, Fault, Node, Role
from engine.forms.context import FormBroken, Scope
from engine.forms.model import Component, Json
from engine.forms.problems import Problem, Rejected
from engine.forms.types import common

YEARS = range(1900, 2201)
MAX_WRITTEN = 40

_DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_TIME = r"(\d{1,2}):(\d{2})(?::00(?:\.0+)?)?(Z|[+-]\d{2}:?\d{2})?"
_FORMS = {
    "date": re.compile(f"^{_DATE}$"),
    "time": re.compile(f"^{_TIME}$"),
    "datetime": re.compile(f"^{_DATE}[T ]+{_TIME}$"),
}


def subtype(component: Component) -> str:
    """date, time or datetime."""
    return str(component.attributes.get("subtype", "date"))


def read_moment(component: Component, raw: Json) -> str | None:
    """The value as ISO text with the offset it was given, None where nothing was given."""
    if isinstance(raw, date | time):
        raw = raw.isoformat()
    if raw is None or raw == "":
        return None
    if not isinstance(raw, str):
        raise Rejected(wording.wrong_shape(component.name))
    sort = subtype(component)
    text = unicodedata.normalize("NFKC", raw).strip() if len(raw) <= MAX_WRITTEN else ""
    match = _FORMS[sort].match(text)
    if match is None:
        raise Rejected(wording.not_a_moment(component.name, sort))
    try:
        return _iso(sort, list(match.groups()))
    except ValueError as error:
        raise Rejected(wording.not_a_moment(component.name, sort)) from error


def _iso(sort: str, parts: list[str | None]) -> str:
    if sort == "time":
        return _clock(*parts)
    day = date(*(int(part or 0) for part in parts[:3]))
    if day.year not in YEARS:
        raise ValueError("year out of range")
    return day.isoformat() if sort == "date" else f"{day.isoformat()}T{_clock(*parts[3:])}"


def _clock(hour: str | None, minute: str | None, offset: str | None) -> str:
    text = time(int(hour or 0), int(minute or 0)).isoformat("minutes")
    if not offset:
        return text
    return text + time.fromisoformat(f"00:00{offset}").isoformat("minutes")[5:]


def settle_moment(component: Component, value: Json, scope: Scope) -> Json:
    """The value in the form the component serialises: with offset, in UTC, or bare."""
    sort = subtype(component)
    if not isinstance(value, str) or sort == "date":
        return value
    style = component.attributes.get("timeSerializingFormat") or "utc_offset"
    now = scope.now
    zone = now.tzinfo or UTC
    if sort == "time":
        return _serialised_time(value, style, now)
    moment = datetime.fromisoformat(value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return _serialised(moment, style, zone)


def _serialised(moment: datetime, style: str, zone: tzinfo) -> str:
    if style == "utc_normalized":
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    local = moment.astimezone(zone)
    text = local.strftime("%Y-%m-%dT%H:%M")
    return text if style == "no_timezone" else text + _offset(local)


def _serialised_time(value: str, style: str, now: datetime) -> str:
    given = time.fromisoformat(value)
    zone = now.tzinfo or UTC
    today = now.astimezone(zone).date()
    moment = datetime.combine(today, given, given.tzinfo or zone)
    return _serialised(moment, style, zone).partition("T")[2]


def _offset(moment: datetime) -> str:
    shift = moment.utcoffset() or timedelta()
    return time(tzinfo=timezone(shift)).isoformat("minutes")[5:]


def accept_moment(node: Node, value: Json) -> Json:
    """The value, within its limits."""
    if value is None:
        if node.component.required:
            raise Rejected(wording.required(node.label))
        return None
    problems = list(_problems(node, str(value)))
    if problems:
        raise Rejected(*problems)
    return value


def _problems(node: Node, value: str) -> Iterator[Problem]:
    label, sort = node.label, subtype(node.component)
    interval = node.component.attributes.get("timeInterval")
    if sort != "date" and interval and local_time(value, node).minute % int(interval):
        yield wording.off_interval(label, int(interval))
    if sort == "time":
        return
    if node.component.attributes.get("disallowPassedDates") and _day(value, node) < _today(node):
        yield wording.passed(label)
    least, most = limit(node, "minDate"), limit(node, "maxDate")
    if least is not None and _compared(value, least, node) < 0:
        yield wording.too_early(label, _shown(least))
    if most is not None and _compared(value, most, node) > 0:
        yield wording.too_late(label, _shown(most))


def limit(node: Node, name: str) -> date | None:
    """A limit (custom property ``minDate`` or ``maxDate``): a date, a datetime, or its text."""
    raw = node.property(name)
    if raw is None or raw == "" or isinstance(raw, date):
        return raw or None
    try:
        return datetime.fromisoformat(raw) if "T" in raw else date.fromisoformat(raw)
    except (TypeError, ValueError) as error:
        raise FormBroken(
            f"“{node.label}”的限制 {name} 不是日期",
            f"the limit {name} of {node.label} is not a date",
            component=node.component.id,
        ) from error


def _today(node: Node) -> date:
    return node.context.now.date()


def _zone(node: Node) -> tzinfo:
    return node.context.now.tzinfo or UTC


def local_moment(value: str, node: Node) -> datetime:
    """A stored date and time in the zone of the reader."""
    moment = datetime.fromisoformat(value)
    return moment.astimezone(_zone(node)) if moment.tzinfo else moment


def local_time(value: str, node: Node) -> time:
    """The time of day of a stored time or moment in the zone of the reader."""
    if "T" in value:
        return local_moment(value, node).time()
    given = time.fromisoformat(value)
    if given.tzinfo is None:
        return given
    return datetime.combine(_today(node), given).astimezone(_zone(node)).time()


def _day(value: str, node: Node) -> date:
    return local_moment(value, node).date() if "T" in value else date.fromisoformat(value)


def _compared(value: str, bound: date, node: Node) -> int:
    if isinstance(bound, datetime) and "T" in value:
        zone = _zone(node)
        left = local_moment(value, node)
        left, right = (m if m.tzinfo else m.replace(tzinfo=zone) for m in (left, bound))
        return (left > right) - (left < right)
    day = bound.date() if isinstance(bound, datetime) else bound
    given = _day(value, node)
    return (given > day) - (given < day)


def _shown(bound: date) -> str:
    if isinstance(bound, datetime):
        return f"{bound:%Y} 年 {bound.month} 月 {bound.day} 日 {bound:%H:%M}"
    return f"{bound.year} 年 {bound.month} 月 {bound.day} 日"


def check_moment(component: Component) -> Iterator[Fault]:
    """Words and numbers that form-js knows."""
    yield from common.check_choice(component, "subtype", ("date", "time", "datetime"))
    yield from common.check_choice(
        component, "timeSerializingFormat", ("utc_offset", "utc_normalized", "no_timezone")
    )
    yield from common.check_flags(component, "disallowPassedDates", "use24h")
    yield from common.check_default(component, str)
    interval = component.attributes.get("timeInterval", 1)
    if not isinstance(interval, int) or interval not in range(1, 61):
        yield common.bad_attribute("timeInterval", "应为 1 到 60", "must be 1 to 60")
    for name in ("minDate", "maxDate"):
        value = component.properties.get(name, "=")
        if not value.startswith("=") and not _FORMS["date"].match(value):
            yield common.bad_attribute(name, "应为日期或表达式", "must be a date or an expression")


def _string(_component: Component) -> str:
    return "string"


DATETIME = ComponentType(
    role=Role.INPUT,
    attributes=frozenset(
        {
            "defaultValue",
            "subtype",
            "dateLabel",
            "timeLabel",
            "use24h",
            "timeInterval",
            "timeSerializingFormat",
            "disallowPassedDates",
        }
    ),
    limits=common.REQUIRED,
    properties=frozenset({"minDate", "maxDate"}),
    texts=frozenset({"dateLabel", "timeLabel"}),
    read=read_moment,
    settle=settle_moment,
    accept=accept_moment,
    check=check_moment,
    feel_type=_string,
)
