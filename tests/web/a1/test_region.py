"""A1, steps 10 to 12: document check, spot check by draw, deliberation."""

from __future__ import annotations

import pytest

from engine.batches.draws.rules import ranking_of
from engine.store.tables import draws

from .conftest import Arrive
from .drive import Drive, wrong_fields

DEPARTMENTS = ("hanmei", "luogang", "xieyun", "songbo", "tangli")


# ---------------------------------------------------------------- document check


@pytest.mark.rule("R-IM-30")
def test_a_department_that_disagrees_excludes_the_case(arrive: Arrive) -> None:
    drive, case = arrive("CheckDocuments")
    for person in DEPARTMENTS[:4]:
        drive.complete(case, "CheckDocuments", by=person)
    assert drive.open_steps(case) == ["CheckDocuments"]
    drive.complete(case, "CheckDocuments", by="tangli", result="fail", opinion="取水许可已过期。")
    assert drive.outcome(case) == ("completed", "资料核查未通过")


@pytest.mark.rule("R-IM-30")
def test_all_departments_check_the_documents_of_a_passed_case(arrive_once: Arrive) -> None:
    drive, case = arrive_once("CheckDocuments")
    for person in DEPARTMENTS:
        assert len(drive.items(person, case, "CheckDocuments")) == 1
        drive.complete(case, "CheckDocuments", by=person)
    assert drive.open_steps(case) == ["DrawSample"]


# ---------------------------------------------------------------- spot check


def three_at_the_draw(drive: Drive, case: str) -> list[str]:
    return [case, drive.at("DrawSample"), drive.at("DrawSample")]


def draw(drive: Drive, cases: list[str]) -> tuple[str, list[str]]:
    """Draw from a batch of three; the one drawn and the others."""
    batch = drive.gather("xiaohong", "spot-check", "DrawSample", cases)
    done = drive.act("xiaohong", batch, "draw", "DrawSample", cases)
    assert (done["status"], done["done"], done["failed"]) == ("done", 3, 0)
    drawn = [case for case in cases if drive.open_steps(case) == ["SpotCheck"]]
    assert len(drawn) == 1, "20 per cent of three, rounded up"
    return drawn[0], [case for case in cases if case not in drawn]


@pytest.mark.rule("R-IM-31")
def test_a_draw_takes_its_share_and_the_others_go_on_unchecked(arrive_once: Arrive) -> None:
    drive, case = arrive_once("DrawSample")
    drawn, spared = draw(drive, three_at_the_draw(drive, case))
    for other in spared:
        assert set(drive.open_steps(other)) == {"GiveMemberOpinion"}
        assert "SpotCheck" not in drive.passed(other)
    (recorded,) = drive.rows(draws)
    assert [one.id for one in ranking_of(recorded.content, recorded.seed)] == recorded.ranking
    assert recorded.ranking[0] == drawn
    assert recorded.settled_at >= recorded.frozen_at


@pytest.mark.rule("R-IM-31", "R-NAT-21")
def test_a_drawn_case_found_good_goes_on(arrive: Arrive) -> None:
    drive, case = arrive("SpotCheck")
    drive.complete(case, "SpotCheck")
    assert drive.open_steps(case) == ["GiveSpotCheckOpinion"] * 2
    for person in ("hanmei", "luogang"):
        assert len(drive.items(person, case, "GiveSpotCheckOpinion")) == 1, "the departments act"
        drive.complete(case, "GiveSpotCheckOpinion", by=person)
    assert set(drive.open_steps(case)) == {"GiveMemberOpinion"}


@pytest.mark.rule("R-IM-31")
def test_a_drawn_case_found_not_good_is_excluded(arrive: Arrive) -> None:
    drive, case = arrive("SpotCheck")
    refused = drive.complete(case, "SpotCheck", expect=422, result="fail")
    assert wrong_fields(refused) == {"reason"}
    drive.complete(case, "SpotCheck", result="fail", reason="矿井水处理站长期停运。")
    drive.walk(case)  # the departments that went along give their opinions too
    assert drive.outcome(case) == ("completed", "实地抽查未通过")


@pytest.mark.rule("R-IM-27")
def test_a_spot_check_asks_after_misconduct_of_the_third_party(arrive_once: Arrive) -> None:
    drive, case = arrive_once("SpotCheck")
    refused = drive.complete(case, "SpotCheck", expect=422, misconduct="yes")
    assert wrong_fields(refused) == {"misconductKinds", "misconductClue"}


def test_a_batch_of_the_draw_is_not_completed_by_hand(arrive_once: Arrive) -> None:
    drive, case = arrive_once("DrawSample")
    batch = drive.gather("xiaohong", "spot-check", "DrawSample", [case])
    body = {"data": {"isFinal": True}, "cases": {}}
    path = f"/batches/{batch['id']}/complete"
    drive.call("xiaohong", "POST", path, body, expect=422)
    assert drive.open_steps(case) == ["DrawSample"]


# ---------------------------------------------------------------- deliberation


@pytest.mark.rule("R-IM-51")
def test_a_deferred_case_is_deliberated_again(arrive: Arrive) -> None:
    drive, case = arrive("Deliberate")
    refused = drive.complete(case, "Deliberate", expect=422, decision="deferred")
    assert wrong_fields(refused) == {"reason"}
    drive.complete(case, "Deliberate", decision="deferred", reason="待补充用水指标说明。")
    assert drive.open_steps(case) == ["GiveMemberOpinion"] * 14, "the members deliberate again"
    drive.wait(10)
    drive.walk(case, "PrepareNotice")
    assert drive.open_steps(case) == ["PrepareNotice"]


@pytest.mark.rule("R-IM-51")
def test_a_case_that_is_not_agreed_ends(arrive: Arrive) -> None:
    drive, case = arrive("Deliberate")
    drive.complete(case, "Deliberate", decision="excluded", reason="存在重大信访事项。")
    assert drive.outcome(case) == ("completed", "审议未通过")


@pytest.mark.rule("R-IM-51")
def test_the_deliberation_is_the_matter_of_the_coordination_office(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Deliberate")
    assert drive.items("xiaohong", case, "Deliberate") == []
    refused = drive.complete(case, "Deliberate", expect=422, minutes=None)
    assert wrong_fields(refused) == {"minutes"}
    drive.complete(case, "Deliberate", by="alatan")


def test_one_act_decides_for_the_whole_batch_with_its_exceptions(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Deliberate")
    second = drive.at("Deliberate")
    batch = drive.gather("alatan", "deliberation", "Deliberate", [case, second])
    item = drive.items("alatan", case, "Deliberate")[0]
    own = {second: {"decision": "deferred", "reason": "待补充用水指标说明。"}}
    # one upload serves every case of the batch
    minutes = [drive.upload("alatan", "会议纪要.pdf", b"%PDF-1.4\n%%EOF\n")]
    body = {"data": drive.data(case, item, {"minutes": minutes}), "cases": own}
    drive.call("alatan", "POST", f"/batches/{batch['id']}/complete", body, expect=202)
    drive.sweep()
    assert drive.open_steps(case) == ["PrepareNotice"]
    assert set(drive.open_steps(second)) == {"GiveMemberOpinion"}


def test_a_case_joins_one_batch_only(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Deliberate")
    drive.gather("alatan", "deliberation", "Deliberate", [case])
    items = [step["item"] for step in drive.case(case)["open"]]
    body = {"kind": "deliberation", "title": "第二批", "items": items}
    drive.call("alatan", "POST", "/batches", body, expect=409)
