"""The rules of a round, pure: whom a province may recommend, and what a panel has found."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from domain.register.rules import Level, ListStatus, status_words
from engine.errors import Conflict, Invalid


class RoundStatus(StrEnum):
    """Where a round stands."""

    OPEN = "open"
    CLOSED = "closed"
    DONE = "done"


TRANSITIONS: Mapping[RoundStatus, frozenset[RoundStatus]] = MappingProxyType(
    {
        RoundStatus.OPEN: frozenset({RoundStatus.CLOSED}),
        RoundStatus.CLOSED: frozenset({RoundStatus.DONE}),
        RoundStatus.DONE: frozenset(),
    }
)


class RoundStands(Conflict):
    """The round is not where it would have to be."""

    code = "round_stands"


def check_move(status: RoundStatus, following: RoundStatus) -> None:
    """:class:`RoundStands` unless a round may go from one status to the other."""
    if following not in TRANSITIONS[status]:
        raise RoundStands(
            "遴选批次的状态不允许这样办理", "the round does not stand there", status=status
        )


class EntryStatus(StrEnum):
    """What became of a mine that was recommended to a round."""

    RECOMMENDED = "recommended"
    LISTED = "listed"
    NOT_SELECTED = "not_selected"


class RoundInvalid(Invalid):
    """A selection notice cannot be issued like this; ``facts['errors']`` says why."""

    code = "round_invalid"


def notice_faults(
    notice_on: dt.date, closes_on: dt.date, provinces: Sequence[str], today: dt.date
) -> list[str]:
    """Why a selection notice cannot be issued, in words.

    Rules: R-NAT-24.
    """
    faults = []
    if notice_on > today:
        faults.append("遴选通知的日期不能晚于今天：它是三年期间的起算日")
    if closes_on <= notice_on:
        faults.append("推荐截止日期须晚于遴选通知日期")
    if closes_on < today:
        faults.append("推荐截止日期已过")
    twice = [code for code, count in Counter(provinces).items() if count > 1]
    if twice:
        faults.append("同一省份只能写一行名额")
    return faults


# ---------------------------------------------------------------- what a province recommends


@dataclass(frozen=True)
class Terms:
    """What a round and the province's parameters ask of a recommended mine."""

    notice_on: dt.date
    closes_on: dt.date
    quota: int
    score_line: Decimal
    penalty_years: int
    operation_years: int
    reserve_years: int


@dataclass(frozen=True)
class Standing:
    """How a mine stands on the province's own list; ``known`` false when it is on none."""

    known: bool
    name: str = ""
    level: Level = Level.REGIONAL
    status: ListStatus = ListStatus.REMOVED
    marks: frozenset[str] = frozenset()
    is_confirmed: bool = True


@dataclass(frozen=True)
class Recommended:
    """One line of the recommended list, in the order of the ranks."""

    number: int
    score: Decimal
    produced_on: dt.date
    reserve_years: Decimal
    penalty_on: dt.date | None = None
    penalty_settled: bool = False
    had_accident: bool = False
    is_abnormal: bool = False
    in_red_line: bool = False


def years_before(day: dt.date, years: int) -> dt.date:
    """The day a number of years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return (day - dt.timedelta(days=1)).replace(year=day.year - years)


def list_faults(
    lines: Sequence[Recommended], standings: Mapping[int, Standing], terms: Terms, today: dt.date
) -> list[str]:
    """Why a recommended list is refused, in words; empty when it may go up.

    Rules: R-NAT-2, R-NAT-3, R-NAT-23, R-IM-36.
    """
    faults = []
    if today > terms.closes_on:
        faults.append(f"推荐已于 {terms.closes_on.isoformat()} 截止")
    if len(lines) > terms.quota:
        faults.append(f"推荐 {len(lines)} 个，超过本次名额 {terms.quota} 个")
    twice = [number for number, count in Counter(x.number for x in lines).items() if count > 1]
    faults += [f"登记编号 {number} 重复" for number in sorted(twice)]
    for rank, line in enumerate(lines, start=1):
        standing = standings.get(line.number, Standing(known=False))
        name = standing.name or f"登记编号 {line.number}"
        found = [*_not_on_list(standing), *_not_eligible(line, terms)]
        faults += [f"第 {rank} 位 {name}：{fault}" for fault in found]
    return faults


def _not_on_list(standing: Standing) -> Iterator[str]:
    """Only a mine of the province's own list, in good standing, can be recommended."""
    if not standing.known:
        yield "不在本省级名录中"
        return
    if standing.level is Level.NATIONAL:
        yield "已是国家级绿色矿山"
    if standing.status is not ListStatus.LISTED or standing.marks:
        yield f"名录状态为“{status_words(standing.status, standing.marks)}”，不能推荐"
    if not standing.is_confirmed:
        yield "矿山名称或采矿权人尚待确认，请先确认登记"


def _not_eligible(line: Recommended, terms: Terms) -> Iterator[str]:
    """The prerequisites; windows of years end on the day of the selection notice."""
    if line.score < terms.score_line:
        yield f"得分 {line.score:f} 低于国家级推荐分数线 {terms.score_line:f}"
    if line.produced_on > years_before(terms.notice_on, terms.operation_years):
        yield f"正式投产不满 {terms.operation_years} 年（以遴选通知之日为准）"
    if line.reserve_years < terms.reserve_years:
        yield f"剩余储量可采年限不足 {terms.reserve_years} 年"
    since = years_before(terms.notice_on, terms.penalty_years)
    is_recent = line.penalty_on is not None and line.penalty_on >= since
    if is_recent and not line.penalty_settled:
        yield f"遴选通知前 {terms.penalty_years} 年内受过行政处罚且未执行到位"
    if line.had_accident:
        yield "发生过较大及以上安全生产事故或环境事件"
    if line.is_abnormal:
        yield "矿业权人列入异常名录"
    if line.in_red_line:
        yield "矿区范围涉及生态保护红线"


# ---------------------------------------------------------------- what the nation takes


@dataclass(frozen=True)
class Taking:
    """What the nation looks at before it takes a recommendation in."""

    status: RoundStatus
    closes_on: dt.date
    quota: int | None
    """None: the sender has no quota in this round."""
    taken: Collection[int]
    """The ranks of the province that were taken in."""
    score_line: Decimal
    is_listed: bool
    is_known: bool


def taking_fault(taking: Taking, rank: int, score: Decimal, today: dt.date) -> str:
    """Why a recommendation is not taken in; empty when it is.

    Rules: R-NAT-23.
    """
    if taking.quota is None:
        return "推荐单位在本次遴选中没有名额"
    if taking.status is not RoundStatus.OPEN or today > taking.closes_on:
        return f"推荐已于 {taking.closes_on.isoformat()} 截止"
    if taking.is_known:
        return "该矿山在本次遴选中已经推荐"
    if not 1 <= rank <= taking.quota or len(taking.taken) >= taking.quota:
        return f"超过本次名额 {taking.quota} 个"
    if rank in taking.taken:
        return f"第 {rank} 位已经推荐了其他矿山"
    if taking.is_listed:
        return "该矿山已在国家级名录中"
    if score < taking.score_line:
        return f"得分 {score:f} 低于推荐分数线 {taking.score_line:f}"
    return ""


# ---------------------------------------------------------------- what a panel finds


class Finding(StrEnum):
    """What an expert, and in the end the panel, thinks of a recommendation."""

    PASSED = "passed"
    DOUBTFUL = "doubtful"
    FAILED = "failed"


def panel_finding(findings: Sequence[Finding], pass_share: Decimal, fail_share: Decimal) -> Finding:
    """What the panel has found: passed by enough, failed by more than the share, else doubtful.

    Rules: R-NAT-24.
    """
    if not findings:
        raise ValueError("a panel without opinions finds nothing")
    count = Counter(findings)
    if Decimal(100 * count[Finding.PASSED]) >= pass_share * len(findings):
        return Finding.PASSED
    if Decimal(100 * count[Finding.FAILED]) > fail_share * len(findings):
        return Finding.FAILED
    return Finding.DOUBTFUL


@dataclass(frozen=True)
class Expert:
    """An expert of the pool and the province he belongs to."""

    id: str
    province: str


def pool_of(experts: Sequence[Expert], province: str) -> tuple[list[str], list[str]]:
    """Who may argue about a mine of a province, and who is recused (回避) for belonging to it.

    Rules: R-NAT-24.
    """
    own = [e.id for e in experts if e.province == province]
    return sorted(e.id for e in experts if e.id not in own), sorted(own)
