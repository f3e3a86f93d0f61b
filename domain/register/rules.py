"""The register's rules, pure: mines and holders, their printed names, and the list's status."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from engine.errors import Conflict

# ---------------------------------------------------------------- what a list says of a mine


class Level(StrEnum):
    """Whose list an entry stands on: the nation's or the region's, no city or county has one.

    Rules: R-NAT-4.
    """

    NATIONAL = "national"
    REGIONAL = "regional"


class Method(StrEnum):
    """How the mine is worked (开采方式)."""

    OPEN_PIT = "open_pit"
    UNDERGROUND = "underground"
    MIXED = "mixed"
    WELL = "well"


class Scale(StrEnum):
    """The mine's scale of production (开采规模)."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"


# The first word of each is the printed one; the others are read as well.
LEVEL_WORDS: Mapping[Level, tuple[str, ...]] = MappingProxyType(
    {Level.NATIONAL: ("国家级",), Level.REGIONAL: ("自治区级", "省级")}
)
METHOD_WORDS: Mapping[Method, tuple[str, ...]] = MappingProxyType(
    {
        Method.OPEN_PIT: ("露天开采", "露天"),
        Method.UNDERGROUND: ("地下开采", "井工开采", "地下", "井工"),
        Method.MIXED: ("混合开采", "露天/地下开采", "联合开采", "混合"),
        Method.WELL: ("钻井开采", "井采"),
    }
)
SCALE_WORDS: Mapping[Scale, tuple[str, ...]] = MappingProxyType(
    {Scale.LARGE: ("大型",), Scale.MEDIUM: ("中型",), Scale.SMALL: ("小型",)}
)

_Kind = TypeVar("_Kind", Level, Method, Scale)


def kind_of(words: Mapping[_Kind, tuple[str, ...]], printed: str) -> _Kind | None:
    """The kind a printed word means, or None when it means none of them."""
    return next((kind for kind, known in words.items() if printed in known), None)


def printed(words: Mapping[_Kind, tuple[str, ...]], kind: _Kind) -> str:
    """The official word of the kind."""
    return words[kind][0]


# ---------------------------------------------------------------- printed names


class SplitReason(StrEnum):
    """Why a printed name was split as it was."""

    CLEAR = "clear"
    NO_COMPANY = "no_company"
    SEVERAL_COMPANIES = "several_companies"
    NO_MINE = "no_mine"
    UNNAMED_MINE = "unnamed_mine"


SPLIT_REASONS: Mapping[SplitReason, tuple[str, str]] = MappingProxyType(
    {
        SplitReason.CLEAR: ("公司全称之后为矿山名称", "a full company name, then a mine's name"),
        SplitReason.NO_COMPANY: ("未见公司全称，采矿权人待确认", "no full company name is printed"),
        SplitReason.SEVERAL_COMPANIES: (
            "出现多个公司，采矿权人待确认",
            "more than one company is printed",
        ),
        SplitReason.NO_MINE: ("只有公司全称，矿山名称待确认", "only a company is printed, no mine"),
        SplitReason.UNNAMED_MINE: (
            "公司全称之后没有矿山专名，矿山名称待确认",
            "what follows the company is no mine's own name",
        ),
    }
)
"""The reason in Chinese and in English, as a clerk reads it."""


@dataclass(frozen=True)
class SplitName:
    """A printed name with what of it is certain; the printed name itself always stays."""

    printed: str
    holder: str | None
    mine: str | None
    reason: SplitReason

    @property
    def to_be_confirmed(self) -> bool:
        """Whether a person must still say who holds the mining right or what the mine is called."""
        return self.reason is not SplitReason.CLEAR


_COMPANY = re.compile(r"^(?P<holder>.{2,}?(?:有限责任公司|有限公司|集团公司|总公司))(?P<rest>.*)$")
_MINE_KIND = r"(?:矿区|矿山|矿井|矿|采石场|采砂场|砂石场|石料场|采区|井田)"
_MINE = re.compile(rf"^.+{_MINE_KIND}$")
# 煤矿, 露天煤矿, 一号矿, 第二煤矿: what the mine is, or which one of several, but not its name.
_NO_NAME = re.compile(
    r"^(?:第?[一二三四五六七八九十0-9]+号?)?(?:露天|地下|井工)?[煤铁铜金铅锌铝钼]?"
    + _MINE_KIND
    + "$"
)


def split_printed_name(name: str) -> SplitName:
    """The holder and the mine a printed name tells, where it is unmistakable, else what is open.

    A list prints both in one string. Only a full company name followed by a mine's own name is
    split; a company alone is still certain as holder, and everything else is for a person to say.
    """
    text = name.strip()
    company = _COMPANY.match(text)
    if company is None:
        return SplitName(name, None, None, SplitReason.NO_COMPANY)

    holder, rest = company["holder"], company["rest"].strip()
    if "公司" in rest:
        return SplitName(name, None, None, SplitReason.SEVERAL_COMPANIES)
    if not rest:
        return SplitName(name, holder, None, SplitReason.NO_MINE)
    if _NO_NAME.match(rest) or not _MINE.match(rest):
        return SplitName(name, holder, None, SplitReason.UNNAMED_MINE)
    return SplitName(name, holder, rest, SplitReason.CLEAR)


def name_key(name: str) -> str:
    """The name as it is compared: brackets and widths made equal, blanks left out.

    It groups the mines of one holder. It never makes two mines one: several mines bear the same
    name, and only their number in the register tells them apart.
    """
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


# ---------------------------------------------------------------- list status


class ListStatus(StrEnum):
    """Where an entry stands; a mark (标注) lies over it and is kept apart."""

    LISTED = "listed"
    RECTIFYING = "rectifying"
    REMOVED = "removed"
    REAPPLYING = "reapplying"


class ListEvent(StrEnum):
    """What happens to an entry."""

    ENTER = "enter"
    RAISE = "raise"
    MARK = "mark"
    CLEAR_MARK = "clear_mark"
    ORDER_RECTIFICATION = "order_rectification"
    ACCEPT_RECTIFICATION = "accept_rectification"
    REMOVE = "remove"
    REAPPLY = "reapply"
    END_REAPPLICATION = "end_reapplication"
    REASSESS = "reassess"


STATUS_WORDS: Mapping[ListStatus, tuple[str, str]] = MappingProxyType(
    {
        ListStatus.LISTED: ("在库", "listed"),
        ListStatus.RECTIFYING: ("限期整改", "rectifying"),
        ListStatus.REMOVED: ("移出", "removed"),
        ListStatus.REAPPLYING: ("重新申报", "re-applying"),
    }
)
EVENT_WORDS: Mapping[ListEvent, tuple[str, str]] = MappingProxyType(
    {
        ListEvent.ENTER: ("纳入名录", "enter the list"),
        ListEvent.RAISE: ("确定为国家级", "be raised to the national level"),
        ListEvent.MARK: ("标注", "mark"),
        ListEvent.CLEAR_MARK: ("取消标注", "clear the mark"),
        ListEvent.ORDER_RECTIFICATION: ("责令限期整改", "order rectification"),
        ListEvent.ACCEPT_RECTIFICATION: ("整改验收合格", "accept the rectification"),
        ListEvent.REMOVE: ("移出名录", "remove"),
        ListEvent.REAPPLY: ("重新申报", "re-apply"),
        ListEvent.END_REAPPLICATION: ("重新申报未通过", "end the re-application"),
        ListEvent.REASSESS: ("对照现行指标巩固达标", "meet the present indicators"),
    }
)

TRANSITIONS: Mapping[tuple[ListStatus | None, ListEvent], ListStatus] = MappingProxyType(
    {
        (None, ListEvent.ENTER): ListStatus.LISTED,
        (ListStatus.LISTED, ListEvent.RAISE): ListStatus.LISTED,
        (ListStatus.LISTED, ListEvent.MARK): ListStatus.LISTED,
        (ListStatus.LISTED, ListEvent.CLEAR_MARK): ListStatus.LISTED,
        (ListStatus.LISTED, ListEvent.ORDER_RECTIFICATION): ListStatus.RECTIFYING,
        (ListStatus.LISTED, ListEvent.REASSESS): ListStatus.LISTED,
        (ListStatus.LISTED, ListEvent.REMOVE): ListStatus.REMOVED,
        (ListStatus.RECTIFYING, ListEvent.RAISE): ListStatus.RECTIFYING,
        (ListStatus.RECTIFYING, ListEvent.MARK): ListStatus.RECTIFYING,
        (ListStatus.RECTIFYING, ListEvent.CLEAR_MARK): ListStatus.RECTIFYING,
        # a further finding: the entry leaves the state only when all are accepted
        (ListStatus.RECTIFYING, ListEvent.ORDER_RECTIFICATION): ListStatus.RECTIFYING,
        (ListStatus.RECTIFYING, ListEvent.ACCEPT_RECTIFICATION): ListStatus.LISTED,
        (ListStatus.RECTIFYING, ListEvent.REASSESS): ListStatus.RECTIFYING,
        (ListStatus.RECTIFYING, ListEvent.REMOVE): ListStatus.REMOVED,
        (ListStatus.REMOVED, ListEvent.REAPPLY): ListStatus.REAPPLYING,
        (ListStatus.REAPPLYING, ListEvent.ENTER): ListStatus.LISTED,
        (ListStatus.REAPPLYING, ListEvent.END_REAPPLICATION): ListStatus.REMOVED,
    }
)
"""Every allowed transition; None stands for a mine that was never listed."""

ON_THE_LIST = frozenset({ListStatus.LISTED, ListStatus.RECTIFYING})


class WrongStatus(Conflict):
    """The entry's status does not allow this event."""

    code = "wrong_list_status"


def next_status(status: ListStatus | None, event: ListEvent) -> ListStatus:
    """The entry's status after the event, or :class:`WrongStatus` when the table has no such step.

    Rules: R-IM-33, R-IM-34, R-NAT-22.
    """
    following = TRANSITIONS.get((status, event))
    if following is None:
        zh, en = STATUS_WORDS[status] if status else ("未纳入名录", "not listed")
        event_zh, event_en = EVENT_WORDS[event]
        raise WrongStatus(
            f"名录状态为“{zh}”时不能{event_zh}。",
            f"An entry that is {en} cannot undergo: {event_en}.",
            status=status,
            event=event,
        )
    return following


def allowed_events(status: ListStatus | None) -> frozenset[ListEvent]:
    """What may happen to an entry in this status."""
    return frozenset(event for source, event in TRANSITIONS if source == status)


def is_marked(status: ListStatus, marks: Iterable[str]) -> bool:
    """Whether the entry bears a mark: a reason of its own, or a rectification that implies one."""
    return status is ListStatus.RECTIFYING or (status in ON_THE_LIST and any(marks))


def status_words(status: ListStatus, marks: Iterable[str] = ()) -> str:
    """The status as the public list prints it, with the mark where there is one."""
    zh = STATUS_WORDS[status][0]
    return f"{zh}（标注）" if is_marked(status, marks) and status is ListStatus.LISTED else zh


# ---------------------------------------------------------------- mines, holders, entries


@dataclass(frozen=True)
class Holder:
    """A mining-right holder (采矿权人); one holder may have many mines."""

    name: str

    @property
    def key(self) -> str:
        """What makes two printed names the same holder."""
        return name_key(self.name)


@dataclass(frozen=True)
class Mine:
    """A mine; ``no`` is its number in the printed list; names identify none, mines share them."""

    no: int
    printed_name: str
    name: str | None
    holder: Holder | None
    to_be_confirmed: bool
    mineral: str
    method: Method
    scale: Scale


@dataclass(frozen=True)
class ListEntry:
    """A mine on the list; ``listed_on`` is None where the source prints no date."""

    mine: Mine
    level: Level
    status: ListStatus
    marks: frozenset[str] = frozenset()
    listed_on: dt.date | None = None
