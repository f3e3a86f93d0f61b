"""The rules of public notices, pure: period, who may object and how, receipts, answers."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from engine.errors import Conflict, Invalid
from engine.tenancy.calendar import Until, WorkCalendar


class NoticeKind(StrEnum):
    """A notice asks for objections during its period; an announcement only tells."""

    NOTICE = "notice"
    ANNOUNCEMENT = "announcement"


class NoticeStatus(StrEnum):
    """Where a notice stands; it stays readable when it is closed."""

    OPEN = "open"
    CLOSED = "closed"


class ObjectionStatus(StrEnum):
    """Where an objection stands."""

    RECEIVED = "received"
    UPHELD = "upheld"
    REJECTED = "rejected"
    MOOT = "moot"


OBJECTION_WORDS: Mapping[ObjectionStatus, tuple[str, str]] = MappingProxyType(
    {
        ObjectionStatus.RECEIVED: ("核实中", "being verified"),
        ObjectionStatus.UPHELD: ("异议成立", "upheld"),
        ObjectionStatus.REJECTED: ("异议不成立", "not upheld"),
        ObjectionStatus.MOOT: ("公示已终止", "notice stopped"),
    }
)
ANSWERS: Mapping[ObjectionStatus, frozenset[ObjectionStatus]] = MappingProxyType(
    {
        ObjectionStatus.RECEIVED: frozenset(
            {ObjectionStatus.UPHELD, ObjectionStatus.REJECTED, ObjectionStatus.MOOT}
        ),
        ObjectionStatus.UPHELD: frozenset(),
        ObjectionStatus.REJECTED: frozenset(),
        ObjectionStatus.MOOT: frozenset(),
    }
)
"""What an objection may become; an answer is given once."""


# ---------------------------------------------------------------- the period


@dataclass(frozen=True)
class Period:
    """From when to when a notice asks for objections; an announcement has no end."""

    starts_at: datetime
    ends_at: datetime | None


def notice_period(
    calendar: WorkCalendar,
    start: datetime,
    days: int | None,
    *,
    count_first_day: bool,
    until: Until = "day_end",
) -> Period:
    """The period of a notice published now: it ends with its last working day.

    Rules: R-GEN-1, R-IM-32.
    """
    if days is None:
        return Period(start, None)
    end = calendar.add_working_days(start, days, count_first_day=count_first_day, until=until)
    return Period(start, end)


def takes_objections(period: Period, status: NoticeStatus, now: datetime) -> bool:
    """Whether an objection made now is in time; the last second of the last day still counts."""
    if period.ends_at is None or status is not NoticeStatus.OPEN:
        return False
    return period.starts_at <= now and now.replace(microsecond=0) <= period.ends_at


def may_join(calendar: WorkCalendar, period: Period, status: NoticeStatus, now: datetime) -> bool:
    """Whether a further case may go on a notice: only on its first day.

    A case that came later would be shown for less than the whole period.
    """
    same_day = calendar.local_day(period.starts_at) == calendar.local_day(now)
    return same_day and status is NoticeStatus.OPEN


# ---------------------------------------------------------------- what an objection needs


REAL_NAME = "real-name"
EVIDENCE = "evidence"
CONTACT = "contact"
"""What a tenant may demand of an objection (parameter ``notice.objection``)."""

LONGEST_NAME = 60
LONGEST_CONTACT = 100
LONGEST_CONTENT = 4_000
MOST_EVIDENCE = 20

_NO_NAMES = ("匿名", "无名", "佚名", "不详", "保密", "知情人", "群众", "村民", "市民", "网友")
_BODIES = ("公司", "委员会", "合作社", "协会", "中心", "集团", "厂", "局", "院", "嘎查", "村委会")
_HAN_NAME = re.compile(r"^[\u3400-\u9fff]{2,15}(?:·[\u3400-\u9fff]{1,15}){0,3}$")
_LATIN_NAME = re.compile(r"^[A-Za-z][A-Za-z'.-]*(?: [A-Za-z][A-Za-z'.-]*){1,5}$")
_TITLE = re.compile(r"^[\u3400-\u9fff](?:先生|女士|同志)$")
_PHONE = re.compile(r"^(?:\+?86[- ]?)?(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8})$")
_MAIL = re.compile(r"^[^@\s]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}$")


@dataclass(frozen=True)
class Objecting:
    """An objection as a person makes it; ``evidence`` are ids of uploaded files."""

    name: str
    contact: str
    content: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObjectionFault:
    """One thing that keeps an objection from being taken."""

    field: str
    code: str
    zh: str
    en: str


class ObjectionRefused(Invalid):
    """An objection lacks what the tenant demands; ``facts['errors']`` lists {field, message}."""

    code = "objection_refused"


class TooLate(Conflict):
    """The notice takes no objections now."""

    code = "notice_over"


def objection_faults(objecting: Objecting, demanded: Collection[str]) -> Iterator[ObjectionFault]:
    """Everything the objection lacks of what the tenant demands.

    Rules: R-GEN-1.
    """
    if REAL_NAME in demanded and not is_real_name(objecting.name):
        yield ObjectionFault(
            "name",
            "anonymous",
            "请填写真实姓名，匿名异议不予受理",
            "give your real name; anonymous objections are not taken",
        )
    if CONTACT in demanded and not is_contact(objecting.contact):
        yield ObjectionFault(
            "contact",
            "no_contact",
            "请填写手机号码、固定电话（含区号）或电子邮箱",
            "give a phone number with area code, or a mail address",
        )
    if EVIDENCE in demanded and not objecting.evidence:
        yield ObjectionFault(
            "evidence", "no_evidence", "请上传证明材料", "upload what proves the objection"
        )
    if not objecting.content.strip():
        yield ObjectionFault("content", "empty", "请填写异议内容", "say what you object to")
    yield from _too_much(objecting)


def _too_much(objecting: Objecting) -> Iterator[ObjectionFault]:
    for field, text, most in (
        ("name", objecting.name, LONGEST_NAME),
        ("contact", objecting.contact, LONGEST_CONTACT),
        ("content", objecting.content, LONGEST_CONTENT),
    ):
        if len(text) > most:
            zh, en = f"不能超过 {most} 个字", f"at most {most} characters"
            yield ObjectionFault(field, "too_long", zh, en)
    if len(objecting.evidence) > MOST_EVIDENCE:
        zh, en = f"证明材料不能超过 {MOST_EVIDENCE} 个", f"at most {MOST_EVIDENCE} files"
        yield ObjectionFault("evidence", "too_many", zh, en)


def is_real_name(name: str) -> bool:
    """Whether the text can be a person's or a body's name and is no mask of one."""
    text = " ".join(name.split())
    if text.startswith(_NO_NAMES) or "某" in text or _TITLE.match(text):
        return False
    is_body = len(text) >= 4 and text.endswith(_BODIES)
    return bool(is_body or _HAN_NAME.match(text) or _LATIN_NAME.match(text))


def is_contact(contact: str) -> bool:
    """Whether the text is a Chinese phone number or a mail address."""
    text = contact.strip()
    return bool(_PHONE.match(text) or _MAIL.match(text))


# ---------------------------------------------------------------- receipts

RECEIPT_BYTES = 10
_GROUP = 4


def receipt_code(chance: bytes) -> str:
    """The code an objector follows the answer with, such as ``K7QD-M2XN-…``: 80 bits of chance."""
    if len(chance) != RECEIPT_BYTES:
        raise ValueError(f"a receipt takes {RECEIPT_BYTES} random bytes")
    text = base64.b32encode(chance).decode()
    return "-".join(text[i : i + _GROUP] for i in range(0, len(text), _GROUP))


def receipt_digest(code: str) -> str:
    """What is stored of a receipt code; blanks, dashes and case do not matter."""
    plain = "".join(char for char in code.upper() if char.isascii() and char.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


# ---------------------------------------------------------------- answers


def answered(status: ObjectionStatus, *, upheld: bool) -> ObjectionStatus:
    """The status after the answer; Conflict when it was answered before."""
    following = ObjectionStatus.UPHELD if upheld else ObjectionStatus.REJECTED
    if following not in ANSWERS[status]:
        raise Conflict(
            f"异议已答复：{OBJECTION_WORDS[status][0]}",
            f"the objection was answered: {OBJECTION_WORDS[status][1]}",
            code="objection_answered",
        )
    return following


def moot(status: ObjectionStatus) -> ObjectionStatus:
    """The status of an objection whose notice was stopped; an answered one stays as it is."""
    return ObjectionStatus.MOOT if ObjectionStatus.MOOT in ANSWERS[status] else status


def last_day(period: Period, calendar: WorkCalendar) -> dt.date | None:
    """The last day on which objections are taken, as it is printed."""
    return None if period.ends_at is None else calendar.local_day(period.ends_at)
