"""A1, steps 1 and 2: self-assessment and application."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Arrive
from .drive import Drive, wrong_fields

GROUPS = {
    "businessLicence": 1,
    "miningLicence": 1,
    "safetyLicence": 1,
    "grantContract": 2,
    "paymentBills": 2,
    "salesReport": 2,
    "impactAssessment": 2,
    "impactAcceptance": 2,
    "reserveReport": 4,
    "selfReport": 5,
    "applicationForm": 5,
    "commitment": 6,
    "film": 7,
    "remoteSensing": 7,
    "photos": 7,
}
"""The files of the application and the group of 附2一 each belongs to; group 3 is conditional."""


def constraints(drive: Drive, case: str) -> tuple[set[str], set[str]]:
    """The constraint items of the mine's sheet and the others."""
    (item,) = drive.items("zhaolei", case, "AssessSelf")
    rows = next(f for f in item["fields"] if f["sheet"])["sheet"]["items"]
    strict = {row["id"] for row in rows if row["constraint"]}
    return strict, {row["id"] for row in rows} - strict


def assess(drive: Drive, case: str, **sheet: Any) -> None:
    drive.complete(case, "AssessSelf", selfSheet={"sheet": sheet})


@pytest.mark.rule("R-IM-12", "R-NAT-11")
def test_a_self_assessment_below_the_line_stays_in_construction(arrive: Arrive) -> None:
    drive, case = arrive("AssessSelf")
    _, improvements = constraints(drive, case)
    assess(drive, case, scores=dict.fromkeys(improvements, "0"))
    assert drive.open_steps(case) == ["AssessSelf"]
    (again,) = drive.items("zhaolei", case, "AssessSelf")
    assert "SubmitApplication" not in drive.passed(case)
    assert again["operations"]


@pytest.mark.rule("R-IM-12", "R-NAT-35")
def test_a_prerequisite_that_is_not_met_vetoes_full_points(arrive: Arrive) -> None:
    drive, case = arrive("AssessSelf")
    assess(drive, case, prerequisites={"MP1": False})
    assert drive.open_steps(case) == ["AssessSelf"]


@pytest.mark.rule("R-IM-12", "R-NAT-37", "R-IM-53")
def test_a_constraint_item_short_of_full_points_fails_whatever_the_total(
    arrive_once: Arrive,
) -> None:
    drive, case = arrive_once("AssessSelf")
    strict, _ = constraints(drive, case)
    assert len(strict) == 20
    assess(drive, case, scores={min(strict): "0"})
    assert drive.open_steps(case) == ["AssessSelf"]


@pytest.mark.rule("R-NAT-41", "R-IM-12")
def test_points_without_stored_proof_are_no_points(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessSelf")
    strict, _ = constraints(drive, case)
    assess(drive, case, without_proof=[min(strict)])
    assert drive.open_steps(case) == ["AssessSelf"]


@pytest.mark.rule("R-IM-12")
def test_after_better_work_the_same_case_goes_on(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessSelf")
    assess(drive, case, prerequisites={"MP1": False})
    drive.complete(case, "AssessSelf")
    assert drive.open_steps(case) == ["SubmitApplication"]


@pytest.mark.rule("R-NAT-38")
def test_an_item_that_does_not_apply_needs_a_written_reason(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessSelf")
    _, improvements = constraints(drive, case)
    item = min(improvements)
    refused = drive.complete(
        case, "AssessSelf", expect=422, selfSheet={"sheet": {"not_applicable": {item: ""}}}
    )
    assert f"selfSheet.items.{item}.reason" in wrong_fields(refused)
    reason = "该矿不设选矿厂，不涉及此项。"
    drive.complete(case, "AssessSelf", selfSheet={"sheet": {"not_applicable": {item: reason}}})
    assert drive.open_steps(case) == ["SubmitApplication"]


def test_a_score_above_its_points_is_refused_by_place(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessSelf")
    _, improvements = constraints(drive, case)
    item = min(improvements)
    refused = drive.complete(
        case, "AssessSelf", expect=422, selfSheet={"sheet": {"scores": {item: "99"}}}
    )
    assert f"selfSheet.items.{item}.score" in wrong_fields(refused)
    assert drive.passed(case).count("AssessSelf") == 0


@pytest.mark.rule("R-IM-13")
@pytest.mark.parametrize(
    ("city", "banner", "clerk", "other"),
    [("150600", "150627", "wulan", "sarina"), ("150700", "150725", "sarina", "wulan")],
)
def test_the_application_goes_to_the_city_where_the_mine_lies(
    arrive_once: Arrive, city: str, banner: str, clerk: str, other: str
) -> None:
    drive, _ = arrive_once("SubmitApplication")
    case = drive.begin()
    drive.complete(case, "FillMineFacts", city=city, banner=banner)
    drive.walk(case, "Accept")
    assert drive.items(clerk, case, "Accept")
    assert not drive.items(other, case, "Accept")


@pytest.mark.rule("R-IM-14")
@pytest.mark.parametrize("file", GROUPS)
def test_an_application_without_one_of_its_files_is_not_taken(
    arrive_once: Arrive, file: str
) -> None:
    drive, case = arrive_once("SubmitApplication")
    refused = drive.complete(case, "SubmitApplication", expect=422, material={file: None})
    assert wrong_fields(refused) == {f"material.{file}"}
    assert drive.open_steps(case) == ["SubmitApplication"]


@pytest.mark.rule("R-IM-14", "R-NAT-11")
def test_the_enterprise_answers_for_the_truth_of_its_material(arrive_once: Arrive) -> None:
    drive, case = arrive_once("SubmitApplication")
    refused = drive.complete(case, "SubmitApplication", expect=422, truthful=False)
    assert wrong_fields(refused) == {"truthful"}


@pytest.mark.rule("R-IM-15", "R-IM-14")
def test_proof_of_execution_is_asked_only_after_a_penalty(arrive_once: Arrive) -> None:
    drive, case = arrive_once("SubmitApplication")
    refused = drive.complete(case, "SubmitApplication", expect=422, hasPenalty="yes")
    assert wrong_fields(refused) == {"material.penaltyDepartments", "material.penaltyProof"}
    drive.complete(
        case,
        "SubmitApplication",
        hasPenalty="yes",
        material={"penaltyDepartments": ["ecology"], "penaltyProof": "$document"},
    )
    refused = drive.complete(case, "Accept", expect=422)
    assert "c3" in wrong_fields(refused)
    drive.complete(case, "Accept", c3="complete")
    assert "ReviewDocuments" in drive.open_steps(case)


def test_without_a_penalty_group_three_is_not_checked_either(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Accept")
    drive.complete(case, "Accept")
    assert "ReviewDocuments" in drive.open_steps(case)


def test_a_file_of_a_wrong_type_is_named(arrive_once: Arrive) -> None:
    drive, case = arrive_once("SubmitApplication")
    refused = drive.complete(case, "SubmitApplication", expect=422, material={"film": "$document"})
    assert wrong_fields(refused) == {"material.film"}


def test_only_the_enterprise_sees_and_fills_its_application(arrive_once: Arrive) -> None:
    drive, case = arrive_once("SubmitApplication")
    assert drive.items("sunjing", case, "SubmitApplication"), "a colleague of the enterprise may"
    (step,) = drive.case(case)["open"]
    drive.get("wulan", f"/work-items/{step['item']}", expect=404)
    drive.get("wulan", f"/cases/{case}", expect=404)
