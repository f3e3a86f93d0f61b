"""A2, steps 11 and 12: the city's notice and its objections, the report and the region's answer."""

from __future__ import annotations

import pytest

from engine.store.tables import deliveries, outbox
from tests.web.a1.visitor import Visitor
from tests.web.chain.drive import Drive, wrong_fields

from .chain import A2
from .conftest import Arrive


def visitor(drive: Drive) -> Visitor:
    """Somebody of the public at the pages of the city."""
    return Visitor(drive.client.application.test_client(), A2.slug)


@pytest.mark.rule("R-ORD-20", "R-ORD-23", "R-YJ-10")
def test_the_city_bureau_gives_notice_for_five_working_days(arrive: Arrive) -> None:
    drive, case = arrive("PrepareNotice")
    assert drive.items("ord-arong", case, "PrepareNotice") == []
    drive.complete(case, "PrepareNotice")
    (notice,) = visitor(drive).notices()
    assert "北山一号煤矿" in visitor(drive).read(notice)
    drive.wait(4)
    assert drive.open_steps(case) == []
    drive.wait(1)
    assert drive.open_steps(case) == ["ReportRegion"]


@pytest.mark.rule("R-ORD-20")
@pytest.mark.parametrize(
    ("finding", "outcome"),
    [("upheld", ("completed", "异议成立，不予上报")), ("rejected", ("open", ""))],
)
def test_an_objection_is_verified_and_decides(
    arrive: Arrive, finding: str, outcome: tuple[str, str]
) -> None:
    drive, case = arrive("PrepareNotice")
    drive.complete(case, "PrepareNotice")
    (notice,) = visitor(drive).notices()
    visitor(drive).objected(notice)
    drive.wait(5)
    drive.walk(case, "VerifyObjection")
    more = {"exclusionReason": "排土场未按方案复垦。"} if finding == "upheld" else {}
    drive.complete(case, "VerifyObjection", finding=finding, **more)
    assert drive.outcome(case) == outcome
    delivered = {row.document for row in drive.rows(deliveries)}
    assert ("异议核实结果告知书" in delivered) == (finding == "upheld")


@pytest.mark.rule("R-ORD-21")
def test_the_report_to_the_region_bears_a_number_and_a_file(arrive: Arrive) -> None:
    drive, case = arrive("ReportRegion")
    refused = drive.complete(case, "ReportRegion", expect=422, reportFile=None, reportNumber=None)
    assert wrong_fields(refused) == {"reportFile", "reportNumber"}


@pytest.mark.rule("R-ORD-21")
def test_after_sixty_working_days_without_an_answer_the_city_is_reminded(arrive: Arrive) -> None:
    drive, case = arrive("RecordRegionResult")
    before = len(drive.rows(outbox, outbox.c.kind == "escalate"))
    drive.wait(61)
    told = [row.payload["subject"] for row in drive.rows(outbox, outbox.c.kind == "escalate")]
    assert [text for text in told[before:] if "自治区尚未答复" in text]
    assert drive.open_steps(case) == ["RecordRegionResult"]


@pytest.mark.rule("R-ORD-21")
def test_what_the_region_returns_is_reported_again(arrive: Arrive) -> None:
    drive, case = arrive("RecordRegionResult")
    drive.complete(case, "RecordRegionResult", result="returned", reason="补充影像资料。")
    assert drive.open_steps(case) == ["ReportRegion"]


@pytest.mark.rule("R-ORD-21")
def test_what_the_region_refuses_goes_back_to_the_enterprise(arrive: Arrive) -> None:
    drive, case = arrive("RecordRegionResult")
    drive.complete(case, "RecordRegionResult", result="refused", reason="抽查不合格。")
    assert drive.open_steps(case) == ["ChooseNext"]
    drive.complete(case, "ChooseNext", next="stop", plan=None)
    assert drive.outcome(case) == ("completed", "企业结束申请")
