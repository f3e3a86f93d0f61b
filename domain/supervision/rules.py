"""Rules of supervision, pure: how many are inspected, what a finding may become, who is barred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from types import MappingProxyType

from domain.draws.rules import UP, sample_size
from engine.errors import Conflict


class Outcome(StrEnum):
    """What a numbered condition of a list asks for."""

    MARK = "mark"
    RECTIFY = "rectify"
    REMOVE = "remove"
    REFER = "refer"
    NONE = "none"


class FindingStatus(StrEnum):
    """How far a finding is."""

    OPEN = "open"
    ACCEPTED = "accepted"
    FAILED = "failed"


STATUS_WORDS: Mapping[FindingStatus, tuple[str, str]] = MappingProxyType(
    {
        FindingStatus.OPEN: ("整改中", "open"),
        FindingStatus.ACCEPTED: ("验收合格", "accepted"),
        FindingStatus.FAILED: ("未按期整改", "failed"),
    }
)

_MOVES = {
    (FindingStatus.OPEN, FindingStatus.ACCEPTED),
    (FindingStatus.OPEN, FindingStatus.FAILED),
    (FindingStatus.FAILED, FindingStatus.ACCEPTED),
}
"""A mine that was removed still rectifies; the result is accepted afterwards (R-IM-42)."""


class FindingStands(Conflict):
    """The finding is not where this could happen to it."""

    code = "finding_status"


def next_finding(status: FindingStatus, wanted: FindingStatus) -> FindingStatus:
    """The finding's status afterwards, or :class:`FindingStands`."""
    if (status, wanted) not in _MOVES:
        zh, en = STATUS_WORDS[status]
        raise FindingStands(f"问题已经{zh}", f"the finding is {en}", status=status)
    return wanted


@dataclass(frozen=True)
class Coverage:
    """How far the inspections of a year are: base at its beginning, target, done so far."""

    year: int
    base: int
    target: int
    done: int

    def wanted_by(self, part: Decimal) -> int:
        """How many should be done when this part of the year is over, for it to come out even."""
        return int((self.target * part).to_integral_value(ROUND_CEILING))

    def shortfall(self, part: Decimal) -> int:
        """How many are missing then; 0 when enough is done."""
        return max(0, self.wanted_by(part) - self.done)


def year_target(base: int, percent: Decimal, rounding: str = UP) -> int:
    """How many mines a year are inspected: the share of the base, rounded as the tenant says.

    Rules: R-ORD-25, R-YJ-18, R-NAT-31, R-IM-46.
    """
    return sample_size(base, percent, 0, rounding)


def round_size(coverage: Coverage, rounds_left: int, least: int, available: int) -> int:
    """How many are drawn this time: what is missing of the year, spread over the rounds left.

    At least ``least`` each time, and never more than there are that were not inspected this year.

    Rules: R-ORD-25, R-YJ-18.
    """
    missing = max(0, coverage.target - coverage.done)
    spread = -(-missing // max(1, rounds_left))
    return min(available, max(spread, least))


def is_barred(removals: int, most: int | None) -> bool:
    """Whether a holder who was removed so often is not accepted again.

    Rules: R-YJ-16, R-YJ-5.
    """
    return most is not None and removals >= most
