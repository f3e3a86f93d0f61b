"""A1, steps 13 to 14: public notice, objections, the list and its announcement."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from .conftest import Arrive
from .drive import Drive, Json
from .test_who_applies import task_page
from .visitor import visitor


def noticed(arrive: Arrive) -> tuple[Drive, str]:
    """A case that is put to public notice today."""
    drive, case = arrive("PrepareNotice")
    drive.complete(case, "PrepareNotice")
    assert drive.open_steps(case) == []
    return drive, case


def departments_verify(drive: Drive, case: str) -> None:
    """The departments that are asked give their opinion on every objection."""
    while "AssistVerification" in drive.open_steps(case):
        drive.complete(case, "AssistVerification")


@pytest.mark.rule("R-GEN-1")
def test_the_departments_verify_an_objection_with_the_region(arrive_once: Arrive) -> None:
    drive, case = noticed(arrive_once)
    public = visitor(drive)
    public.objected(public.notices()[0])
    drive.wait(5)
    assert drive.open_steps(case) == ["AssistVerification"] * 2
    for person in ("hanmei", "luogang"):
        drive.complete(case, "AssistVerification", by=person)
    assert drive.open_steps(case) == ["VerifyObjection"]
    page = task_page(drive, case, "dalai")
    assert "矿区北侧排土场未按方案复垦" in page, "what is objected stands beside the form"
    assert "未发现所反映的问题" in page, "and so does what the departments found"
    form = page.partition('<form id="task-form"')[2].partition("</form>")[0]
    assert not re.search(r">[^<]*[0-9a-f]{8}-[0-9a-f]{4}-", form), "nobody reads raw ids"
    (item,) = drive.items("dalai", case, "VerifyObjection")
    drive.hand_in("dalai", item, drive.data(case, item, {}))
    assert drive.open_steps(case) == ["ApproveListing"]


@pytest.mark.rule("R-IM-32", "R-NAT-26")
def test_the_notice_can_be_read_by_everybody_for_its_whole_period(arrive: Arrive) -> None:
    drive, case = noticed(arrive)
    public = visitor(drive)
    (notice,) = public.notices()
    shown = public.read(notice)
    assert "青峦一号煤矿" in shown
    assert "鄂尔多斯市青峦演示煤业有限公司" in shown
    for _ in range(4):
        drive.wait(1)
        assert drive.open_steps(case) == []
    assert public.notices()[0]["status"] == "open", "five working days, the first one counted"
    drive.wait(1)
    assert drive.open_steps(case) == ["ApproveListing"]
    assert public.notices()[0]["status"] == "closed"
    assert "青峦一号煤矿" in public.read(notice), "it stays readable when it has ended"


@pytest.mark.rule("R-IM-32", "R-NAT-26", "R-GEN-1")
def test_an_objection_that_is_upheld_excludes_the_case(arrive: Arrive) -> None:
    drive, case = noticed(arrive)
    public = visitor(drive)
    code = public.objected(public.notices()[0])
    assert "核实中" in public.follow(code)
    drive.wait(5)
    departments_verify(drive, case)
    assert drive.open_steps(case) == ["VerifyObjection"]
    upheld = {"finding": "upheld", "exclusionReason": "排土场未按方案复垦。"}
    drive.complete(case, "VerifyObjection", reply="经核实情况属实，不予纳入名录。", **upheld)
    assert drive.outcome(case) == ("completed", "异议成立，不予纳入")
    told = public.follow(code)
    assert "异议成立" in told
    assert "经核实情况属实，不予纳入名录。" in told
    assert public.list() == []
    assert drive.breaks(case) == []


@pytest.mark.rule("R-GEN-1", "R-IM-32")
def test_an_objection_that_is_rejected_lets_the_case_go_on(arrive: Arrive) -> None:
    drive, case = noticed(arrive)
    public = visitor(drive)
    code = public.objected(public.notices()[0])
    drive.wait(5)
    departments_verify(drive, case)
    drive.complete(case, "VerifyObjection")
    assert drive.open_steps(case) == ["ApproveListing"]
    assert "异议不成立" in public.follow(code)


@pytest.mark.rule("R-GEN-1")
def test_every_objection_is_verified_and_answered_for_itself(arrive_once: Arrive) -> None:
    drive, case = noticed(arrive_once)
    public = visitor(drive)
    first = public.objected(public.notices()[0])
    second = public.objected(public.notices()[0], name="李秀英", contact="li@example.com")
    drive.wait(5)
    departments_verify(drive, case)
    assert drive.open_steps(case) == ["VerifyObjection"] * 2
    drive.complete(case, "VerifyObjection")
    upheld = {"finding": "upheld", "exclusionReason": "排土场未按方案复垦。"}
    drive.complete(case, "VerifyObjection", reply="情况属实。", **upheld)
    assert drive.outcome(case)[1] == "异议成立，不予纳入", "one upheld objection is enough"
    answers = [public.follow(code) for code in (first, second)]
    assert sum("情况属实。" in answer for answer in answers) == 1


@pytest.mark.rule("R-GEN-1")
@pytest.mark.parametrize(
    ("told", "field"), [({"name": "匿名"}, "name"), ({"contact": "没有"}, "contact")]
)
def test_an_anonymous_objection_is_refused(arrive_once: Arrive, told: Json, field: str) -> None:
    drive, case = noticed(arrive_once)
    public = visitor(drive)
    refused = public.object_to(public.notices()[0], **told)
    assert refused.status_code == 422
    assert f'href="#o-{field}"' in refused.text
    assert told[field] in refused.text, "what was typed is kept"
    drive.wait(5)
    assert drive.open_steps(case) == ["ApproveListing"]


@pytest.mark.rule("R-GEN-1")
def test_an_objection_without_evidence_is_refused(arrive_once: Arrive) -> None:
    drive, _ = noticed(arrive_once)
    public = visitor(drive)
    assert public.object_to(public.notices()[0], evidence=False).status_code == 422


@pytest.mark.rule("R-GEN-1")
def test_the_last_second_is_in_time_and_the_next_is_late(arrive_once: Arrive) -> None:
    drive, case = noticed(arrive_once)
    public = visitor(drive)
    (notice,) = public.notices()
    drive.clock.moment = datetime(2026, 3, 6, 15, 59, 59, tzinfo=UTC)  # Friday, 23:59:59
    public.objected(notice)
    drive.clock.advance(timedelta(seconds=1))
    assert public.object_to(notice).status_code == 409
    drive.sweep()
    assert set(drive.open_steps(case)) == {"AssistVerification"}


@pytest.mark.rule("R-GEN-1")
def test_who_objects_is_shown_to_nobody_on_the_case(arrive_once: Arrive) -> None:
    drive, case = noticed(arrive_once)
    public = visitor(drive)
    public.objected(public.notices()[0])
    drive.wait(5)
    departments_verify(drive, case)
    assert "张建国" not in str(drive.history(case))
    assert "张建国" not in public.read(public.notices()[0])
    (item,) = drive.items("dalai", case, "VerifyObjection")
    assert "张建国" not in str(item["values"])
    assert drive.items("zhaolei", case, "VerifyObjection") == []


@pytest.mark.rule("R-IM-33", "R-NAT-22")
def test_a_case_without_objection_enters_the_list_and_is_announced(arrive: Arrive) -> None:
    drive, case = arrive("ApproveListing")
    public = visitor(drive)
    assert public.list() == []
    assert drive.items("xiaohong", case, "ApproveListing") == [], "the head approves"
    drive.complete(case, "ApproveListing", by="tianye")
    assert drive.outcome(case) == ("completed", "纳入名录并公告")
    (entry,) = public.list("青峦")
    assert entry["holder"] == "鄂尔多斯市青峦演示煤业有限公司"
    assert entry["listed_on"] == drive.today.isoformat()
    (announcement,) = public.notices("announcement")
    assert "青峦一号煤矿" in public.read(announcement)
    assert drive.breaks(case) == []
