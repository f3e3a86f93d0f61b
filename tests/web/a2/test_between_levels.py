"""The report to the region is a hand-off: receipt, return and result travel back to the city."""

from __future__ import annotations

from uuid import UUID

import pytest

from engine.messaging.handoffs import handoffs_of, untaken
from engine.messaging.outbox import unsent_messages
from engine.store.tables import deliveries, incidents, outbox
from tests.web.a1.changing import change
from tests.web.a1.drive import A1
from tests.web.chain.drive import Drive

from .conftest import Arrive
from .region import came_in, pass_over, region_above

MINE = "北山一号煤矿"


def reported(arrive: Arrive) -> tuple[Drive, str, Drive]:
    """The city with a case it has just reported, and the region that has it."""
    drive, case = arrive("ReportRegion")
    drive.complete(case, "ReportRegion")
    region = region_above(drive)
    pass_over(drive)
    return drive, case, region


@pytest.mark.rule("R-ORD-21", "R-NAT-4")
def test_a_reported_mine_is_checked_by_the_region_and_listed_and_the_city_learns_it(
    arrive: Arrive,
) -> None:
    city, case, region = reported(arrive)
    above = came_in(region)
    assert region.open_steps(above) == ["TakeInReport"]
    region.complete(above, "TakeInReport")
    pass_over(city)
    assert city.open_steps(case) == ["RecordRegionResult"], "a receipt moves nothing"
    region.walk(above, "DrawSample")
    assert "AssessSelf" not in region.passed(above), "step 10 and no step before it"
    region.walk(above)
    assert region.outcome(above) == ("completed", "纳入名录并公告")
    pass_over(city)
    assert city.outcome(case) == ("completed", "纳入自治区绿色矿山名录")
    (row,) = region.listed(MINE)
    assert row.catalogue == "national-2020"
    for drive, one in ((city, case), (region, above)):
        assert drive.breaks(one) == []
        assert drive.rows(incidents) == []
        with drive.product.db.tenant(drive.prepared.tenant_id, read_only=True) as tx:
            assert (unsent_messages(tx), untaken(tx)) == ([], [])


@pytest.mark.rule("R-ORD-21")
def test_what_is_returned_is_supplemented_and_joins_the_same_case(arrive: Arrive) -> None:
    city, case, region = reported(arrive)
    above = came_in(region)
    region.complete(above, "TakeInReport", decision="return", reason="补充影像资料。")
    pass_over(city)
    assert city.open_steps(case) == ["ReportRegion"]
    city.complete(case, "ReportRegion", reportNumber="鄂自然资报〔演示〕2号")
    pass_over(city)
    assert came_in(region) == above
    assert region.open_steps(above) == ["TakeInReport"]
    region.complete(above, "TakeInReport")
    pass_over(city)
    with city.product.db.tenant(city.prepared.tenant_id, read_only=True) as tx:
        names = [(row.direction, row.name) for row in handoffs_of(tx, UUID(case))]
    assert names == [
        ("out", "mine-reported"),
        ("in", "region-result"),
        ("out", "mine-reported"),
        ("in", "region-receipt"),
    ]


@pytest.mark.rule("R-ORD-21")
def test_a_returned_report_that_is_not_supplemented_is_refused(arrive: Arrive) -> None:
    city, case, region = reported(arrive)
    above = came_in(region)
    region.complete(above, "TakeInReport", decision="return", reason="补充影像资料。")
    region.wait(11)
    pass_over(city)
    assert region.outcome(above) == ("completed", "逾期未补充，不予受理")
    city.wait(1)
    assert city.open_steps(case) == ["ReportRegion"], "what was returned is still to be reported"


@pytest.mark.rule("R-ORD-21", "R-IM-31")
def test_what_the_region_refuses_comes_back_with_its_reason(arrive: Arrive) -> None:
    city, case, region = reported(arrive)
    above = came_in(region)
    region.complete(above, "TakeInReport")
    region.walk(above, "SpotCheck")
    region.complete(above, "SpotCheck", result="fail", reason="矿井水处理站长期停运。")
    region.walk(above)
    pass_over(city)
    assert region.outcome(above) == ("completed", "实地抽查未通过")
    assert city.open_steps(case) == ["ChooseNext"]
    (told,) = [
        row
        for row in city.rows(deliveries, deliveries.c.case_id == UUID(case))
        if row.document == "自治区办理结果告知书"
    ]
    (sent,) = [r for r in city.rows(outbox) if r.payload.get("subject") == told.document]
    assert "矿井水处理站长期停运" in sent.payload["message"]
    (kept,) = region.rows(deliveries)
    assert kept.recipient == "鄂尔多斯市绿色矿山管理", "the region tells the city, not the mine"


@pytest.mark.rule("R-IM-21")
def test_a_region_that_only_records_lists_the_mine_without_checking_it_again(
    arrive: Arrive,
) -> None:
    city, case, region = reported(arrive)
    change(region, {"reported.entry": "record"}, A1.slug)
    above = came_in(region)
    region.complete(above, "TakeInReport", contact="刘红 0471-0000000")
    assert region.open_steps(above) == ["ApproveListing"]
    region.walk(above)
    pass_over(city)
    assert city.outcome(case) == ("completed", "纳入自治区绿色矿山名录")
    assert [row.entry.mine.name for row in region.listed(MINE)] == [MINE]
