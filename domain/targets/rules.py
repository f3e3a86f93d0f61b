"""The rules of targets, pure: shares reached and still missing, plans by year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Target:
    """A share of the mines of a scale that is to be on the list by a day.

    ``base`` is the number of licensed producing mines; where nobody has told it, the mines of the
    register stand for it and ``is_told`` is false.
    """

    scale: str
    share: Decimal
    by: dt.date
    base: int
    listed: int
    is_told: bool

    @property
    def reached(self) -> Decimal | None:
        """The share on the list, cut to a tenth of a per cent; None without any mine."""
        if not self.base:
            return None
        return min(HUNDRED, (HUNDRED * self.listed / self.base)).quantize(TENTH, ROUND_DOWN)

    @property
    def missing(self) -> int:
        """How many mines more have to come on the list; nobody is counted twice."""
        needed = (self.share * self.base / HUNDRED).to_integral_value(ROUND_CEILING)
        return max(0, int(needed) - self.listed)

    @property
    def not_yet(self) -> int:
        """How many mines of the scale are not on the list: they are to be urged to begin."""
        return max(0, self.base - self.listed)

    @property
    def is_met(self) -> bool:
        """Whether the target is reached."""
        return self.base > 0 and self.missing == 0


def target_of(
    scale: str, share: Decimal, by: dt.date, told: int, counts: tuple[int, int]
) -> Target:
    """The target of a scale; ``counts`` are the mines of the register and those on the list.

    Rules: R-NAT-12, R-NAT-32, R-IM-6, R-IM-7.
    """
    registered, listed = counts
    base = told or registered
    return Target(scale, share, by, base, listed, told > 0)


@dataclass(frozen=True)
class Planned:
    """How many mines a plan wants on the list by the end of a year, and how many there were."""

    year: int
    planned: int
    listed: int
    is_past: bool

    @property
    def is_met(self) -> bool:
        """Whether the number was reached."""
        return self.listed >= self.planned


def read_plan(lines: Iterable[str]) -> list[tuple[int, int]]:
    """Year and number of each line of a plan, written ``2025:56``."""
    pairs = (line.split(":", 1) for line in lines)
    return sorted((int(year), int(number)) for year, number in pairs)


def plan_of(
    lines: Iterable[str], listed_by: Sequence[tuple[int, int]], today: dt.date
) -> list[Planned]:
    """Each year of a plan with what was on the list by its end; of years to come, what is now.

    ``listed_by`` are year and number of the mines listed by its end, in the order of the years;
    mines without a date count from the beginning.

    Rules: R-YJ-6.
    """
    found = []
    for year, planned in read_plan(lines):
        known = [number for known_year, number in listed_by if known_year <= year]
        found.append(Planned(year, planned, known[-1] if known else 0, year < today.year))
    return found


@dataclass(frozen=True)
class Coverage:
    """How many mines of the list were drawn for inspection in a year, against the share asked."""

    year: int
    base: int
    drawn: int
    share: Decimal

    @property
    def needed(self) -> int:
        """How many must be drawn, rounded up."""
        return int((self.share * self.base / HUNDRED).to_integral_value(ROUND_CEILING))

    @property
    def reached(self) -> Decimal | None:
        """The share drawn, cut to a tenth of a per cent; None without a list."""
        if not self.base:
            return None
        return (HUNDRED * self.drawn / self.base).quantize(TENTH, ROUND_DOWN)

    @property
    def is_met(self) -> bool:
        """Whether enough were drawn."""
        return self.drawn >= self.needed

    def due_by(self, part: Decimal) -> int:
        """How many must be drawn when this part of the year is over, for it to come out even."""
        return int((self.needed * part).to_integral_value(ROUND_CEILING))

    def shortfall(self, part: Decimal) -> int:
        """How many are missing then; 0 when enough were drawn.

        Rules: R-ORD-25, R-YJ-18, R-NAT-31, R-IM-46.
        """
        return max(0, self.due_by(part) - self.drawn)
