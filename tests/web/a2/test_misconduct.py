"""P6: misconduct of an assessor: verified, heard, criticised, barred, its work re-assigned."""

from __future__ import annotations

import pytest

from domain.assessors.model import assignments, bans
from engine.store.tables import incidents
from tests.web.a1.changing import change
from tests.web.chain.drive import Drive

from .chain import A2, GREEN, LOCAL
from .conftest import Arrive
from .test_assessment import at_work, begun, go_on

PROCEDURE = "assessor-misconduct"
NAMESAKE = "999999200001010018"
"""Somebody else of the same name as the person who is barred."""


def reported(drive: Drive) -> str:
    """A clue that a clerk wrote down."""
    clue = drive.begin("ord-songjia", PROCEDURE)
    drive.complete(clue, "ReportClue")
    return clue


@pytest.mark.rule("R-ORD-19")
def test_a_confirmed_clue_bars_the_body_and_the_persons_without_a_term(arrive: Arrive) -> None:
    drive, _ = arrive("AssessOnSite")
    clue = reported(drive)
    drive.walk(clue)
    assert drive.outcome(clue) == ("completed", "已通报并列入黑名单")
    found = {row.kind: row for row in drive.rows(bans)}
    assert (found["body"].subject_name, found["person"].subject_name) == (GREEN, "谭博")
    assert {row.until_on for row in found.values()} == {None}, "until it is lifted"
    assert {row.from_on for row in found.values()} == {drive.today}
    assert drive.breaks(clue) == []


@pytest.mark.rule("R-ORD-19", "R-IM-27", "R-NAT-19", "R-NAT-20")
def test_with_a_term_the_ban_ends_after_the_years_of_the_parameter(arrive: Arrive) -> None:
    drive, _ = arrive("AssessOnSite")
    change(drive, {"ban.open_ended": False}, A2.slug)
    prohibited = {"kinds": ["transfer", "leak", "collude", "false"]}
    drive.walk(reported(drive), changes={"VerifyClue": prohibited})
    assert {row.kind for row in drive.rows(bans)} == {"body", "person"}
    ends = {row.until_on for row in drive.rows(bans)}
    assert ends == {drive.today.replace(year=drive.today.year + 3)}


@pytest.mark.rule("R-ORD-19")
def test_work_in_hand_goes_to_another_body_and_the_tracking_goes_on(arrive: Arrive) -> None:
    drive, case = at_work(arrive)
    drive.complete(case, "Track")
    drive.walk(reported(drive))
    drive.sweep()
    assert drive.items("ord-tanbo", case, "AssessOnSite") == []
    assert sorted(drive.open_steps(case)) == ["Commission", "Track", "Track"]
    drive.complete(case, "Commission", body=f"$option {LOCAL}")
    drive.complete(
        case,
        "AcceptAssignment",
        assessors=[{"name": "谭博", "idNumber": NAMESAKE, "disciplines": ["geology", "mining"]}],
    )
    drive.walk(case, "DecideAssessment")
    states = {row.body_name: row.status for row in drive.rows(assignments)}
    assert states == {GREEN: "revoked", LOCAL: "reported"}
    assert drive.rows(incidents) == []


@pytest.mark.rule("R-ORD-19", "R-NAT-20")
def test_a_barred_person_cannot_come_back_with_another_body(arrive: Arrive) -> None:
    drive, case = arrive("AssessOnSite")
    drive.walk(reported(drive))
    drive.sweep()
    drive.complete(case, "Commission", body=f"$option {LOCAL}")
    drive.complete(case, "AcceptAssignment")
    assert "Commission" in drive.open_steps(case), "谭博 is named among the assessors"
    (declined,) = drive.rows(assignments, assignments.c.status == "declined")
    assert declined.reason.startswith("评估人员谭博")


@pytest.mark.rule("R-ORD-19")
def test_a_body_barred_before_it_answered_does_not_get_the_work(arrive: Arrive) -> None:
    drive, case = arrive("AcceptAssignment")
    drive.walk(reported(drive))
    drive.complete(case, "AcceptAssignment")
    assert "Commission" in drive.open_steps(case)


@pytest.mark.rule("R-ORD-19")
def test_a_clue_that_is_not_true_bars_nobody(arrive: Arrive) -> None:
    drive, _ = arrive("AssessOnSite")
    clue = reported(drive)
    drive.walk(clue, "ConfirmMisconduct")
    drive.complete(clue, "ConfirmMisconduct", decision="none", reason="影像资料归档有误。")
    assert drive.outcome(clue) == ("completed", "线索不属实")
    assert drive.rows(bans) == []


@pytest.mark.rule("R-ORD-19")
def test_a_body_that_stays_silent_is_decided_on_after_its_days(arrive: Arrive) -> None:
    drive, _ = arrive("AssessOnSite")
    clue = reported(drive)
    drive.walk(clue, "HearBody")
    drive.wait(6)
    assert drive.open_steps(clue) == ["ConfirmMisconduct"]


@pytest.mark.rule("R-ORD-39", "R-ORD-19")
def test_what_the_tracking_finds_is_handed_on_by_itself(arrive: Arrive) -> None:
    drive, case = at_work(arrive)
    found = {"misconduct": "yes", "misconductClue": "评估人员未到复垦区即评分。"}
    drive.complete(case, "Track", **found)
    go_on(drive, case, "Track", "SignByTrackers", "SignByTrackingHeads")
    drive.walk(case, "DecideAssessment")
    drive.sweep()
    (clue,) = begun(drive, PROCEDURE, "ord-songjia")
    assert drive.open_steps(clue) == ["VerifyClue"]
    drive.walk(clue)
    assert drive.outcome(clue) == ("completed", "已通报并列入黑名单")
