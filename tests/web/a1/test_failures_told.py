"""Whatever ends without the list is delivered to the enterprise, with the reason."""

from __future__ import annotations

import pytest

from engine.store.tables import deliveries, outbox

from .conftest import Arrive
from .drive import Drive
from .visitor import visitor


def told(drive: Drive) -> tuple[str, str]:
    """The last document delivered, and what it said."""
    last = max(drive.rows(deliveries), key=lambda row: (row.delivered_at, row.id))
    sent = drive.rows(outbox, outbox.c.kind == "delivery")
    message = max(sent, key=lambda row: row.id)
    assert last.recipient == "鄂尔多斯市青峦演示煤业有限公司"
    assert message.payload["subject"] == last.document
    return last.document, message.payload["message"]


def reason_seen(drive: Drive, case: str) -> str:
    """The reason as the enterprise finds it among its messages."""
    drive.sweep()
    shown = drive.get("zhaolei", "/notifications?unread=true")["items"]
    return str(next(item for item in shown if item["case"] == case))


@pytest.mark.rule("R-IM-14")
def test_a_lapsed_application(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Accept")
    drive.complete(case, "Accept", c2="missing", decision="supplement")
    drive.complete(case, "TellMissing")
    drive.wait(11)
    assert drive.outcome(case)[1] == "逾期未补正，申报失效"
    assert told(drive) == ("申报失效告知书", "未在补正期限内补正申报材料。")
    assert "申报失效告知书" in reason_seen(drive, case)


@pytest.mark.rule("R-IM-30")
def test_documents_that_do_not_pass_in_the_region(arrive_once: Arrive) -> None:
    drive, case = arrive_once("CheckDocuments")
    drive.complete(
        case, "CheckDocuments", by="hanmei", result="fail", opinion="环评批复已过有效期。"
    )
    drive.walk(case)
    assert drive.outcome(case)[1] == "资料核查未通过"
    document, reason = told(drive)
    assert document == "自治区资料核查结果告知书"
    assert reason == "内蒙古自治区生态环境厅：环评批复已过有效期。"


@pytest.mark.rule("R-IM-31")
@pytest.mark.parametrize("who", ["region", "department"])
def test_a_spot_check_that_does_not_pass(arrive_once: Arrive, who: str) -> None:
    drive, case = arrive_once("SpotCheck")
    if who == "region":
        drive.complete(case, "SpotCheck", result="fail", reason="矿井水处理站长期停运。")
        expected = "内蒙古自治区自然资源厅：矿井水处理站长期停运。"
    else:
        drive.complete(case, "SpotCheck")
        found = {"result": "fail", "opinion": "排污口未规范设置。"}
        drive.complete(case, "GiveSpotCheckOpinion", by="hanmei", **found)
        expected = "内蒙古自治区生态环境厅：排污口未规范设置。"
    drive.walk(case)
    assert drive.outcome(case)[1] == "实地抽查未通过"
    assert told(drive) == ("实地抽查结果告知书", expected)


@pytest.mark.rule("R-IM-51")
def test_a_case_that_is_not_agreed(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Deliberate")
    drive.complete(case, "Deliberate", decision="excluded", reason="存在重大信访事项。")
    assert drive.outcome(case)[1] == "审议未通过"
    assert told(drive) == ("审议结果告知书", "存在重大信访事项。")


@pytest.mark.rule("R-GEN-1", "R-IM-32")
def test_an_objection_that_is_upheld(arrive_once: Arrive) -> None:
    drive, case = arrive_once("PrepareNotice")
    drive.complete(case, "PrepareNotice")
    public = visitor(drive)
    public.objected(public.notices()[0])
    drive.wait(5)
    upheld = {"finding": "upheld", "exclusionReason": "北侧排土场未按方案复垦。"}
    drive.walk(case, changes={"VerifyObjection": {**upheld, "reply": "情况属实，感谢监督。"}})
    assert drive.outcome(case)[1] == "异议成立，不予纳入"
    assert told(drive) == ("异议核实结果告知书", "北侧排土场未按方案复垦。")
