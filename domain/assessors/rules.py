"""The rules about assessors, pure: who may be commissioned, for how long a ban holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from uuid import NAMESPACE_OID, UUID, uuid5

from engine.errors import Conflict


class BanKind(StrEnum):
    """Bans hit bodies and persons alike."""

    BODY = "body"
    PERSON = "person"


class AssignmentStatus(StrEnum):
    """Where a commission stands."""

    COMMISSIONED = "commissioned"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    REPORTED = "reported"


TRANSITIONS: Mapping[AssignmentStatus, frozenset[AssignmentStatus]] = MappingProxyType(
    {
        AssignmentStatus.COMMISSIONED: frozenset(
            {AssignmentStatus.ACCEPTED, AssignmentStatus.DECLINED, AssignmentStatus.REVOKED}
        ),
        AssignmentStatus.ACCEPTED: frozenset({AssignmentStatus.REPORTED, AssignmentStatus.REVOKED}),
        # a report that is not complete goes back to the body
        AssignmentStatus.REPORTED: frozenset({AssignmentStatus.ACCEPTED, AssignmentStatus.REVOKED}),
        AssignmentStatus.DECLINED: frozenset(),
        AssignmentStatus.REVOKED: frozenset(),
    }
)
AT_WORK = frozenset(
    {AssignmentStatus.COMMISSIONED, AssignmentStatus.ACCEPTED, AssignmentStatus.REPORTED}
)
IN_HAND = frozenset({AssignmentStatus.COMMISSIONED, AssignmentStatus.ACCEPTED})
"""What is taken from a body that is barred; a report that came in is not undone."""
BANNED = "banned"
LEGAL_PERSONS = frozenset({"enterprise", "public-institution", "trade-association"})
"""What may assess: enterprise, public institution, trade association (R-NAT-15)."""


@dataclass(frozen=True)
class Body:
    """An assessor body with what decides whether it may be commissioned."""

    id: UUID
    name: str
    kind: str
    credit_code: str


@dataclass(frozen=True)
class Ban:
    """From when to when a body or person is not accepted; without an end until it is lifted."""

    from_on: dt.date
    until_on: dt.date | None
    reason: str
    lifted_on: dt.date | None = None

    def holds(self, day: dt.date) -> bool:
        """Whether the ban is in force on this day.

        Rules: R-IM-27.
        """
        ends = [end for end in (self.until_on, self.lifted_on) if end is not None]
        return self.from_on <= day and all(day < end for end in ends)


@dataclass(frozen=True)
class Tie:
    """Why a body is not independent of an enterprise."""

    ground: str


@dataclass(frozen=True)
class Obstacle:
    """One reason why a body may not be commissioned."""

    code: str
    zh: str
    en: str


def obstacles(
    body: Body, bans: Iterable[Ban], ties: Iterable[Tie], applicant_code: str | None, day: dt.date
) -> Iterator[Obstacle]:
    """Every reason why the body may not assess the applicant's mine; none means it may.

    Rules: R-IM-22, R-IM-27, R-NAT-15.
    """
    if body.kind not in LEGAL_PERSONS:
        yield Obstacle(
            "no_legal_person",
            f"{body.name}不是独立法人的企业、事业单位或行业协会",
            f"{body.name} is no independent legal person able to assess",
        )
    for ban in bans:
        if ban.holds(day):
            until = "解除前" if ban.until_on is None else f"{ban.until_on.isoformat()} 前"
            yield Obstacle(
                BANNED,
                f"{body.name}在{until}不予采信：{ban.reason}",
                f"{body.name} is not accepted: {ban.reason}",
            )
    if applicant_code is not None and applicant_code == body.credit_code:
        yield Obstacle(
            "same_body",
            f"{body.name}就是申报企业，不能评估自己的矿山",
            f"{body.name} is the applicant itself",
        )
    for tie in ties:
        yield Obstacle(
            "tied",
            f"{body.name}与申报企业有利害关系：{tie.ground}",
            f"{body.name} is tied to the applicant: {tie.ground}",
        )


def ban_end(from_on: dt.date, years: int | None) -> dt.date | None:
    """The first day on which a ban no longer holds; None for one that stands until it is lifted.

    Rules: R-IM-27.
    """
    if years is None:
        return None
    try:
        return from_on.replace(year=from_on.year + years)
    except ValueError:  # criticised on 29 February
        return dt.date(from_on.year + years, 3, 1)


@dataclass(frozen=True)
class Named:
    """A person by name and identity number, as a body or a finding names him."""

    name: str
    id_number: str

    @property
    def identity(self) -> UUID:
        """What stands for the person wherever the number is given, and does not tell it.

        A namesake has another one; who changes body or spelling keeps his.
        """
        number = "".join(self.id_number.split()).upper().encode()
        return uuid5(NAMESPACE_OID, sha256(b"person:" + number).hexdigest())


def next_assignment(status: AssignmentStatus, following: AssignmentStatus) -> AssignmentStatus:
    """The status a commission takes; Conflict when it cannot."""
    if following not in TRANSITIONS[status]:
        raise Conflict(
            "委托状态已变化，请刷新后查看",
            f"an assignment that is {status} cannot become {following}",
            code="assignment_status",
        )
    return following
