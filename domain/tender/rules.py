"""The rules of a tender, pure: its dates, what may follow what, why it fails, who may win."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from domain.assessors.rules import Ban, Obstacle
from engine.errors import Conflict, Invalid

LEAST_OPENERS = 2
"""Two officers open together; with fewer left nobody can."""
MOST_TEXT = 8_000
MOST_TITLE = 200


class TenderStatus(StrEnum):
    """Where a tender stands."""

    BIDDING = "bidding"
    CLOSED = "closed"
    OPENING = "opening"
    OPENED = "opened"
    EVALUATION = "evaluation"
    RESULT = "result"
    CONTRACTED = "contracted"
    ASSIGNED = "assigned"
    FAILED = "failed"


_S = TenderStatus
TRANSITIONS: Mapping[TenderStatus, frozenset[TenderStatus]] = MappingProxyType(
    {
        _S.BIDDING: frozenset({_S.CLOSED, _S.FAILED}),
        _S.CLOSED: frozenset({_S.OPENING, _S.FAILED}),
        _S.OPENING: frozenset({_S.OPENED, _S.FAILED}),
        _S.OPENED: frozenset({_S.EVALUATION, _S.FAILED}),
        _S.EVALUATION: frozenset({_S.RESULT, _S.FAILED}),
        # an objection that was upheld takes the result back
        _S.RESULT: frozenset({_S.CONTRACTED, _S.EVALUATION, _S.FAILED}),
        _S.CONTRACTED: frozenset({_S.ASSIGNED}),
        _S.ASSIGNED: frozenset(),
        _S.FAILED: frozenset(),
    }
)
SEALED = frozenset({_S.BIDDING, _S.CLOSED, _S.OPENING})
"""While nobody has read a bid."""

STATUS_WORDS: Mapping[TenderStatus, tuple[str, str]] = MappingProxyType(
    {
        _S.BIDDING: ("正在接收投标", "taking bids"),
        _S.CLOSED: ("投标截止", "bids closed"),
        _S.OPENING: ("正在开标", "being opened"),
        _S.OPENED: ("已开标", "opened"),
        _S.EVALUATION: ("正在评标", "being evaluated"),
        _S.RESULT: ("已公布结果", "result published"),
        _S.CONTRACTED: ("已签合同", "contract signed"),
        _S.ASSIGNED: ("已委托", "assigned"),
        _S.FAILED: ("废标", "failed"),
    }
)


class BidStatus(StrEnum):
    """Where a bid stands; at most one of a body is received."""

    RECEIVED = "received"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    VALID = "valid"
    INVALID = "invalid"


class Failure(StrEnum):
    """Why a tender fails and has to be repeated."""

    FEW_BIDS = "few_bids"
    LOST_PASSPHRASES = "lost_passphrases"
    NO_VALID_BID = "no_valid_bid"
    RESULT_VOID = "result_void"


FAILURE_WORDS: Mapping[Failure, tuple[str, str]] = MappingProxyType(
    {
        Failure.FEW_BIDS: ("投标不足规定家数", "too few bids came"),
        Failure.LOST_PASSPHRASES: (
            "两名开标人遗失口令，投标无法打开",
            "two officers lost their passphrases; the bids cannot be opened",
        ),
        Failure.NO_VALID_BID: ("没有合格的投标", "no bid counts"),
        Failure.RESULT_VOID: ("质疑成立，中标结果无效", "an upheld objection voided the result"),
    }
)


@dataclass(frozen=True)
class Criterion:
    """One line of the scoring table; ``by_price`` is computed, the others the committee scores."""

    code: str
    title: str
    points: Decimal
    by_price: bool = False


@dataclass(frozen=True)
class Terms:
    """What the authority's parameters say of a tender when its notice is published."""

    least_days: int
    least_bids: int
    committee: int
    total: Decimal
    disciplines: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A tender as it is planned."""

    title: str
    body: str
    contact: str
    bids_from: dt.datetime
    bids_until: dt.datetime
    opens_at: dt.datetime
    criteria: tuple[Criterion, ...]


class TenderInvalid(Invalid):
    """A tender is not planned as it must be; ``facts['errors']`` lists {field, message}."""

    code = "tender_invalid"


class TenderStands(Conflict):
    """The tender does not stand where this could be done."""

    code = "tender_status"

    def __init__(self, status: TenderStatus) -> None:
        zh, en = STATUS_WORDS[status]
        super().__init__(
            f"此招标现在的状态是“{zh}”，不能这样办理",
            f"this cannot be done to a tender that is {en}",
            status=str(status),
        )


class NotYet(Conflict):
    """It is not time yet: bids are read at the set time and no moment sooner."""

    code = "tender_early"


class BidRefused(Conflict):
    """A bid comes before its time or after it."""

    code = "bid_refused"


def check_plan(plan: Plan, terms: Terms, zone: dt.tzinfo) -> None:
    """Raise :class:`TenderInvalid` with every fault at once.

    Rules: R-ORD-37.
    """
    errors = [{"field": f, "message": m} for f, m in _faults(plan, terms, zone)]
    if errors:
        raise TenderInvalid("招标方案不完整", "the tender cannot be published", errors=errors)


def _faults(plan: Plan, terms: Terms, zone: dt.tzinfo) -> Iterator[tuple[str, str]]:
    if not 0 < len(plan.title.strip()) <= MOST_TITLE:
        yield "title", f"请填写招标名称，不超过 {MOST_TITLE} 个字"
    if not 0 < len(plan.body.strip()) <= MOST_TEXT:
        yield "body", f"请填写公告正文，不超过 {MOST_TEXT} 个字"
    if bidding_days(plan.bids_from, plan.bids_until, zone) < terms.least_days:
        yield "bidsUntil", f"从公告发出到投标截止不得少于 {terms.least_days} 日"
    if plan.opens_at < plan.bids_until:
        yield "opensAt", "开标时间不得早于投标截止时间"
    codes = [criterion.code for criterion in plan.criteria]
    if not codes or len(set(codes)) != len(codes):
        yield "criteria", "评分标准不能为空，也不能重复"
    if any(not c.points.is_finite() or c.points <= 0 for c in plan.criteria):
        yield "criteria", "每项分值须大于零"
    elif sum((c.points for c in plan.criteria), Decimal(0)) != terms.total:
        yield "criteria", f"各项分值合计须为 {terms.total}"


def bidding_days(begun: dt.datetime, until: dt.datetime, zone: dt.tzinfo) -> int:
    """Whole calendar days between the notice and the end of bidding; the first does not count."""
    return (until.astimezone(zone).date() - begun.astimezone(zone).date()).days


def next_status(status: TenderStatus, following: TenderStatus) -> TenderStatus:
    """The status a tender takes; TenderStands when it cannot."""
    if following not in TRANSITIONS[status]:
        raise TenderStands(status)
    return following


def check_taking(
    status: TenderStatus, begun: dt.datetime, until: dt.datetime, now: dt.datetime
) -> None:
    """Raise :class:`BidRefused` unless a bid may come, be replaced or be withdrawn now.

    What was closed stays closed, whatever a clock says later.
    """
    if now < begun:
        raise BidRefused("投标尚未开始", "bids are not taken yet")
    if status is not _S.BIDDING or now >= until:
        raise BidRefused("投标已经截止，不再接收、替换或撤回", "bidding is over")


def check_opening(
    status: TenderStatus, closed: dt.datetime | None, opens_at: dt.datetime, now: dt.datetime
) -> None:
    """Raise unless an officer may open now: bids are closed and the set time has come."""
    if now < opens_at or (closed is not None and now < closed):
        raise NotYet("未到开标时间", "it is not yet time to open")
    if status not in (_S.CLOSED, _S.OPENING):
        raise TenderStands(status)


def failure_of_officers(officers: int, lost: int) -> Failure | None:
    """Why nobody can open any more, or None."""
    return Failure.LOST_PASSPHRASES if officers - lost < LEAST_OPENERS else None


def failure_of_bids(received: int, least: int) -> Failure | None:
    """Why too few bid, or None."""
    return Failure.FEW_BIDS if received < least else None


# ---------------------------------------------------------------- qualification


@dataclass(frozen=True)
class Person:
    """Somebody a body names in its bid."""

    id: UUID
    name: str
    body_id: UUID
    disciplines: frozenset[str]
    bans: tuple[Ban, ...] = ()


@dataclass(frozen=True)
class Offer:
    """What a bid says, once it is open."""

    price: Decimal
    people: tuple[UUID, ...]
    takes_no_fee: bool
    file_name: str = ""


def team_obstacles(
    body_id: UUID, people: Sequence[Person], demanded: Iterable[str], day: dt.date
) -> Iterator[Obstacle]:
    """Every reason why the people of a bid may not assess.

    Rules: R-ORD-34, R-ORD-35.
    """
    for person in people:
        if person.body_id != body_id:
            yield Obstacle(
                "foreign_person",
                f"{person.name}不是投标机构的人员",
                f"{person.name} does not belong to the body",
            )
        if any(ban.holds(day) for ban in person.bans):
            yield Obstacle(
                "banned_person", f"{person.name}不予采信", f"{person.name} is not accepted"
            )
    covered = frozenset[str]().union(*(person.disciplines for person in people))
    for discipline in demanded:
        if discipline not in covered:
            yield Obstacle(
                "discipline",
                f"缺少{discipline}专业人员",
                f"nobody of the discipline {discipline}",
            )


def offer_obstacles(offer: Offer) -> Iterator[Obstacle]:
    """Every reason in the bid itself why it cannot count."""
    if not offer.price.is_finite() or offer.price <= 0:
        yield Obstacle("price", "报价须大于零", "the price must be above zero")
    if not offer.takes_no_fee:
        yield Obstacle(
            "fee",
            "未声明不向申报企业收取费用",
            "the body does not declare that it takes no fee from mines",
        )


def distinct(obstacles: Iterable[Obstacle]) -> tuple[Obstacle, ...]:
    """Each reason once, in the order they were found."""
    return tuple(dict.fromkeys(obstacles))
