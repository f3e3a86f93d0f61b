"""A case that is ended early leaves nothing running behind: notice, objections, commission."""

from __future__ import annotations

import pytest

from domain.assessors.model import assignments
from domain.notices.model import notice_subjects
from engine.store.tables import deliveries

from .conftest import Arrive
from .drive import EVERYONE_SEES, Drive
from .visitor import visitor

REASON = {"reason": "采矿许可证被依法注销，终止办理。"}


def terminate(drive: Drive, case: str) -> None:
    """An authority ends the case."""
    drive.call(EVERYONE_SEES, "POST", f"/cases/{case}/terminate", REASON)
    assert drive.case(case)["status"] == "terminated"


@pytest.mark.rule("R-GEN-1", "R-IM-32")
def test_the_notice_of_a_terminated_case_stops_and_objections_are_answered(arrive: Arrive) -> None:
    drive, case = arrive("PrepareNotice")
    drive.complete(case, "PrepareNotice")
    public = visitor(drive)
    (notice,) = public.notices()
    code = public.objected(notice)
    terminate(drive, case)
    assert public.notices()[0]["status"] == "closed"
    assert "终止公示" in public.read(notice)
    assert public.object_to(notice).status_code == 409
    followed = public.follow(code)
    assert "公示已终止" in followed
    assert "不再纳入名录" in followed
    (subject,) = drive.rows(notice_subjects)
    assert subject.stopped_at == subject.closed_at == drive.clock.now()
    assert drive.breaks(case) == []


@pytest.mark.rule("R-GEN-1")
def test_the_other_case_of_a_shared_notice_stays_on_it(arrive_once: Arrive) -> None:
    drive, case = arrive_once("PrepareNotice")
    facts = {"mineName": "青峦二号煤矿", "licenceNumber": "C1500002010011110000002"}
    other = drive.begin()
    drive.walk(other, "PrepareNotice", changes={"FillMineFacts": facts})
    drive.handle("xiaohong", "notice", "PrepareNotice", [case, other])
    public = visitor(drive)
    (notice,) = public.notices()
    terminate(drive, case)
    assert public.notices()[0]["status"] == "open"
    assert public.read(notice).count("终止公示") == 1
    drive.wait(5)
    assert drive.open_steps(other) == ["ApproveListing"]


@pytest.mark.rule("R-IM-22")
def test_the_commission_of_a_terminated_case_is_revoked(arrive: Arrive) -> None:
    drive, case = arrive("AssessOnSite")
    terminate(drive, case)
    (row,) = drive.rows(assignments)
    assert (row.status, row.ended_at) == ("revoked", drive.clock.now())
    assert REASON["reason"] in row.reason


def test_a_termination_is_delivered_with_its_reason(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessOnSite")
    terminate(drive, case)
    drive.sweep()
    assert "终止办理告知书" in [row.document for row in drive.rows(deliveries)]
    shown = drive.get("zhaolei", "/notifications?unread=true")["items"]
    assert any(REASON["reason"] in str(item) for item in shown)


def test_who_is_asked_for_an_opinion_does_not_end_the_case(arrive_once: Arrive) -> None:
    drive, case = arrive_once("GiveMemberOpinion")
    drive.call("shenliang", "POST", f"/cases/{case}/terminate", REASON, expect=403)
    assert drive.case(case)["status"] == "open"
