"""What outsiders get: keys, checkpoints, the page that verifies; and who may export."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.endorsements.store import endorsements_of
from engine.store.metadata import TENANT
from engine.store.tables import readings
from tests.web.endorsing.office import Office
from tests.web.pages.desk import Browser, Shown
from webapp.usecases.outside_proof import checkpoint_tenant
from webapp.usecases.proving import verify_with_files


def anybody(office: Office) -> Browser:
    return Browser(office.app.test_client())


def export(office: Office, who: str, case: str) -> Any:
    answer = office.browser(who).client.get(f"/cases/{case}/export")
    answer.get_data()
    answer.close()
    return answer


def verified(office: Office, content: bytes, **more: bytes) -> Shown:
    browser = anybody(office)
    page = browser.get("/public/verify")
    data = {
        "csrf_token": page.find("//input[@name='csrf_token']/@value")[0],
        "file": (io.BytesIO(content), "case.zip"),
        **{name: (io.BytesIO(given), f"{name}.json") for name, given in more.items()},
    }
    return Shown(browser.client.post("/public/verify", data=data))


def test_what_is_published_verifies_what_is_exported(office: Office) -> None:
    case, client = office.bureau.begin(), anybody(office).client
    office.bureau.sign("officer")
    office.bureau.town.clock.advance(timedelta(hours=1))
    checkpoint_tenant(office.bureau.product, office.bureau.town.tenant_id)
    keys = client.get("/public/walk/keys.json").data
    said = client.get("/public/walk/checkpoints.json").data
    content = export(office, "officer", case).data
    assert verify_with_files(io.BytesIO(content), keys, said).outcome == 0
    assert client.get("/public/nowhere/keys.json").status_code == 404
    assert b"wrapped" not in keys
    assert json.loads(said)["next"] is None


@pytest.mark.parametrize("who", ["officer", "leader"])
def test_an_export_is_a_recorded_reading(office: Office, who: str) -> None:
    case = office.bureau.begin()
    assert export(office, who, case).headers["Content-Disposition"].startswith("attachment")
    with office.bureau.town.db.tenant(office.bureau.town.tenant_id, read_only=True) as tx:
        (row,) = tx.all(readings.select().where(readings.c.tenant_id == TENANT))
    assert (row.what, row.by) == ("export", office.bureau.town[who].membership_id)


def test_who_sees_a_part_of_a_case_exports_nothing(office: Office) -> None:
    case = office.bureau.begin()
    assert export(office, "applicant", case).status_code == 403
    assert export(office, "other", case).status_code == 404
    assert "导出签名档案" not in office.browser("applicant").get(f"/cases/{case}").main


def test_the_page_tells_the_verdict_on_an_upload(office: Office) -> None:
    case = office.bureau.begin()
    office.bureau.sign("officer")
    content = export(office, "officer", case).data
    assert "完整性无法证明" in verified(office, content).main
    keys = anybody(office).client.get("/public/walk/keys.json").data
    assert "完整性无法证明" in verified(office, content, trust=keys).main
    office.bureau.sign("leader")
    whole = verified(office, export(office, "officer", case).data)
    assert "完好且完整" in whole.main
    assert "包联领导" in whole.main
    assert "已失效" not in whole.main
    forged = content.replace("一切属实".encode(), "一切不实".encode())
    answer = verified(office, forged)
    assert "已被改动" in answer.main
    assert "officer" not in answer.main


def test_what_is_no_case_file_gets_an_answer(office: Office) -> None:
    assert verified(office, b"PK nothing").status == 404
    assert verified(office, b"", trust=b"{}").status == 422
    page = anybody(office).get("/public/verify")
    nothing = Shown(
        anybody(office).client.post(
            "/public/verify",
            data={"csrf_token": page.find("//input[@name='csrf_token']/@value")[0]},
        )
    )
    assert nothing.status in (400, 403, 422)


def test_the_code_of_a_sheet_leads_to_its_signature(office: Office) -> None:
    case, bureau = office.bureau.begin(), office.bureau
    bureau.sign("officer")
    with bureau.town.db.tenant(bureau.town.tenant_id, read_only=True) as tx:
        (row,) = endorsements_of(tx, UUID(case))
    address = f"/public/verify?tenant=walk&code={row.code}"
    assert "有效 查到这项签字" in anybody(office).get(address).main
    bureau.sign("leader", decision="refuse", reason="与现场不符")
    bureau.assess("重新评估")
    assert "已失效 查到这项签字" in anybody(office).get(address).main
    assert "没有查到" in anybody(office).get("/public/verify?tenant=walk&code=x").main
