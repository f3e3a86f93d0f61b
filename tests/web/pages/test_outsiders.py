"""What is not one's own is not told; who may look at everything leaves a trace."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from engine.actors import load_actor
from engine.ids import new_id
from engine.store.metadata import TENANT
from engine.store.tables import attachments, incidents, readings, work_items
from tests.web.a1.drive import Drive
from tests.web.pages.conftest import At
from tests.web.pages.desk import Desk, Shown

ACTS = {
    "claim": None,
    "release": None,
    "draft": {"data": {}},
    "complete": {"revision": 1, "data": {}},
}


@pytest.mark.parametrize("status", ["offered", "completed", "withdrawn"])
@pytest.mark.parametrize("act", ACTS)
def test_whether_an_item_of_others_exists_is_not_told(at: At, act: str, status: str) -> None:
    desk, case = at("Accept")
    item = desk.item("clerk", case, "Accept")
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id) as tx:
        tx.update(work_items, status=status)
    answers = [
        desk.drive.call("bayaer", "POST", f"/work-items/{item_id}/{act}", ACTS[act], expect=404)
        for item_id in (item, new_id())
    ]
    assert answers[0] == answers[1]


def noted(drive: Drive, name: str) -> list[str]:
    """What somebody was noted to have read, oldest first."""
    rows = drive.rows(readings, readings.c.by == drive.prepared.members[name])
    return [row.what for row in sorted(rows, key=lambda row: row.id)]


@pytest.fixture
def file(at: At) -> tuple[Desk, str, str]:
    """A case and a file that belongs to it."""
    desk, case = at("Accept")
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id, read_only=True) as tx:
        row = tx.one(
            select(attachments.c.id).where(
                attachments.c.tenant_id == TENANT, attachments.c.case_id.is_not(None)
            )
        )
    assert row is not None
    return desk, case, str(row.id)


def test_an_auditor_who_takes_a_file_is_noted(file: tuple[Desk, str, str]) -> None:
    desk, _case, file_id = file
    assert desk["auditor"].get(f"/files/{file_id}").status == 200
    headers = desk.drive.bearer("jianshen")
    path = f"/api/v1/attachments/{file_id}"
    assert Shown(desk.drive.client.get(path, headers=headers)).status == 200
    first, second = noted(desk.drive, "jianshen")
    assert first == second
    assert first.startswith("file:")
    assert "下载附件" in desk["admin"].get("/admin/readings").main


def test_a_clerk_who_takes_a_file_of_the_work_is_not_noted(file: tuple[Desk, str, str]) -> None:
    desk, _case, file_id = file
    assert desk["clerk"].get(f"/files/{file_id}").status == 200
    assert noted(desk.drive, "wulan") == []


def test_an_auditor_who_looks_at_a_drawing_or_a_list_is_noted(at: At) -> None:
    desk, case = at("Accept")
    headers = desk.drive.bearer("jianshen")
    drawing = f"/cases/{case}/diagram/green-mine-listing"
    assert desk["auditor"].get(f"{drawing}.bpmn").status == 200
    assert desk.drive.client.get(f"/api/v1{drawing}", headers=headers).status_code == 200
    desk["auditor"].get("/cases")
    desk.drive.get("jianshen", "/cases")
    desk["auditor"].get("/admin/incidents")
    assert noted(desk.drive, "jianshen") == [
        "drawing:green-mine-listing",
        "drawing:green-mine-listing",
        "list",
        "list",
        "incidents",
    ]


def test_a_leader_knows_of_incidents_of_his_own_cases_only(at: At) -> None:
    desk, case = at("Accept")
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id) as tx:
        incident = tx.insert(
            incidents,
            case_id=UUID(case),
            element="Accept",
            code="feel",
            message="测试异常",
            attempts=1,
            opened_at=desk.drive.clock.now(),
        )
    member = desk.drive.prepared.members["batu"]
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id, read_only=True) as tx:
        other = load_actor(tx, member)
    assert other is not None
    stranger = desk.browser_of(other)
    assert "测试异常" in desk["admin"].get("/admin/incidents").main
    assert "测试异常" not in stranger.get("/admin/incidents").main
    assert stranger.post(f"/admin/incidents/{incident}/retry").status == 404
