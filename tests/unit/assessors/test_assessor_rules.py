"""Assessors: who may be commissioned, how long a ban holds, how a commission goes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest

from domain.assessors.rules import (
    AT_WORK,
    TRANSITIONS,
    AssignmentStatus,
    Ban,
    Body,
    Named,
    Tie,
    ban_end,
    next_assignment,
    obstacles,
)
from engine.errors import Conflict
from engine.ids import new_id

TODAY = dt.date(2026, 3, 2)
BODY = Body(new_id(), "绿衡评估", "enterprise", "91150102MA0DEM048N")
APPLICANT = "91150627MA0DEM0135"


def codes(
    body: Body = BODY, *, bans: tuple[Ban, ...] = (), ties: tuple[Tie, ...] = ()
) -> list[str]:
    return [found.code for found in obstacles(body, bans, ties, APPLICANT, TODAY)]


@pytest.mark.rule("R-IM-22", "R-NAT-15")
def test_an_independent_legal_person_that_is_not_barred_may_be_commissioned() -> None:
    assert codes() == []


@pytest.mark.rule("R-NAT-15")
@pytest.mark.parametrize(
    ("kind", "may"),
    [
        ("enterprise", True),
        ("public-institution", True),
        ("trade-association", True),
        ("department", False),
        ("", False),
    ],
)
def test_only_independent_legal_persons_assess(kind: str, may: bool) -> None:
    assert (codes(replace(BODY, kind=kind)) == []) is may


@pytest.mark.rule("R-IM-27", "R-NAT-20")
@pytest.mark.parametrize(
    ("from_on", "until_on", "lifted_on", "barred"),
    [
        ("2024-01-01", "2027-01-01", None, True),
        ("2026-03-02", "2029-03-02", None, True),  # from the day of the notice of criticism
        ("2026-03-03", "2029-03-03", None, False),
        ("2023-03-02", "2026-03-02", None, False),  # three years are over today
        ("2023-03-03", "2026-03-03", None, True),  # and tomorrow
        ("2020-01-01", None, None, True),
        ("2020-01-01", None, "2026-03-02", False),
        ("2020-01-01", None, "2026-03-03", True),
    ],
)
def test_a_ban_holds_from_its_first_day_to_the_day_before_its_end(
    from_on: str, until_on: str | None, lifted_on: str | None, barred: bool
) -> None:
    days = [None if day is None else dt.date.fromisoformat(day) for day in (until_on, lifted_on)]
    ban = Ban(dt.date.fromisoformat(from_on), days[0], "串通弄虚作假", days[1])
    assert (codes(bans=(ban,)) == ["banned"]) is barred


@pytest.mark.rule("R-IM-22")
def test_a_body_tied_to_the_applicant_may_not_be_commissioned() -> None:
    assert codes(ties=(Tie("同一股东"),)) == ["tied"]
    assert codes(replace(BODY, credit_code=APPLICANT)) == ["same_body"]


def test_every_obstacle_is_told_at_once() -> None:
    ban = Ban(dt.date(2026, 1, 1), None, "泄露企业秘密")
    found = codes(replace(BODY, kind="department"), bans=(ban,), ties=(Tie("参股"),))
    assert found == ["no_legal_person", "banned", "tied"]


@pytest.mark.rule("R-IM-27")
@pytest.mark.parametrize(
    ("from_on", "years", "expected"),
    [
        ("2026-03-02", 3, "2029-03-02"),
        ("2024-02-29", 3, "2027-03-01"),
        ("2024-02-29", 4, "2028-02-29"),
    ],
)
def test_a_ban_ends_after_its_years(from_on: str, years: int, expected: str) -> None:
    end = ban_end(dt.date.fromisoformat(from_on), years)
    assert end is not None
    assert end.isoformat() == expected


def test_a_ban_without_years_stands_until_it_is_lifted() -> None:
    assert ban_end(TODAY, None) is None


@pytest.mark.parametrize(("status", "following"), list(product(AssignmentStatus, AssignmentStatus)))
def test_a_commission_takes_only_the_steps_of_the_table(
    status: AssignmentStatus, following: AssignmentStatus
) -> None:
    if following in TRANSITIONS[status]:
        assert next_assignment(status, following) is following
    else:
        with pytest.raises(Conflict, match="cannot become"):
            next_assignment(status, following)


def test_a_commission_at_work_is_one_that_can_still_be_revoked() -> None:
    revocable = {s for s, after in TRANSITIONS.items() if AssignmentStatus.REVOKED in after}
    assert revocable == AT_WORK


@pytest.mark.rule("R-ORD-19", "R-NAT-20")
def test_one_number_stands_for_one_person_however_it_and_the_name_are_written() -> None:
    man = Named("谭博", "99999919750506003X")
    assert Named("谭 博", " 99999919750506003x").identity == man.identity
    assert Named("谭博", "999999198807070011").identity != man.identity, "a namesake"
