"""抽取: frozen in public, given chance by two people, computed again by anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.batches.draws.verify import verify_document
from engine.office import local_date
from tests.browser.draws import NUMBER, open_draw
from tests.web.a1.drive import SLUG

from .desk import Desk


def freezing(desk: Desk, **changes: str) -> dict[str, str]:
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id, read_only=True) as tx:
        office = desk.drive.product.world.offices.get(tx)
    tomorrow = local_date(office, desk.drive.clock.now()) + timedelta(days=1)
    return {
        "purpose": "年度检查人员",
        "pool": "city-reviewer",
        "sizes": "2",
        "excluded": "",
        "number_name": "双色球",
        "number_day": tomorrow.isoformat(),
        **changes,
    }


def test_a_draw_goes_from_the_frozen_pool_to_a_record_anybody_computes_again(desk: Desk) -> None:
    clerk, region = desk["clerk"], desk["region"]
    placed = clerk.post("/draws", freezing(desk, excluded="王芳（生态修复科科长） 利害关系"))
    assert placed.status == 303, placed.main
    place = placed.location
    public = f"/public/{SLUG}{place}"
    assert "已冻结，待抽取" in desk.anybody().get(public).main
    assert clerk.post(f"{place}/number", value=NUMBER).status == 409, "the number is not out yet"
    desk.drive.clock.advance(timedelta(days=1))
    assert clerk.post(f"{place}/number", value="123").status == 422
    assert clerk.post(f"{place}/number", value=NUMBER).status == 303
    assert clerk.post(f"{place}/number", value=NUMBER).status == 303
    assert "尚未产生" in desk.anybody().get(public).main, "one person twice is one person"
    assert region.post(f"{place}/number", value=NUMBER).status == 303
    told = desk.anybody().client.get(f"{public}.json").get_json()
    assert verify_document(told) == []
    assert len(told["seats"]) == 2
    assert "王芳" not in {told["labels"][one].partition("（")[0] for one in told["seats"]}
    gone = told["seats"][0]
    assert clerk.post(f"{place}/refusals", member=gone, reason="").status == 422
    assert clerk.post(f"{place}/refusals", member=gone, reason="曾在该矿任职").status == 303
    after = desk.anybody().client.get(f"{public}.json").get_json()
    assert (gone in after["seats"], len(after["seats"]), verify_document(after)) == (False, 2, [])
    assert "曾在该矿任职" in desk.anybody().get(public).main
    assert "年度检查人员" in desk.anybody().get(f"/public/{SLUG}/draws").main


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"purpose": " "}, "请填写"),
        ({"sizes": "很多"}, "请填写抽取数量"),
        ({"sizes": "999"}, "不能抽取 999 个"),
        ({"number_day": "2020-01-01"}, "冻结之后"),
        ({"number_day": "明天"}, "日期"),
        ({"excluded": "查无此人 理由"}, "名单中一个对象"),
        ({"excluded": "王芳"}, "名单中一个对象"),
        ({"pool": "nobody"}, "没有可供抽取的对象"),
    ],
)
def test_what_fits_no_draw_is_refused_and_what_was_typed_stays(
    desk: Desk, changes: dict[str, str], said: str
) -> None:
    shown = desk["clerk"].post("/draws", freezing(desk, **changes))
    assert (shown.status, said in shown.main) == (422, True), shown.main
    assert shown.one("//input[@name='number_name']/@value") == "双色球"


def test_programs_do_the_same(desk: Desk) -> None:
    drive, wanted = desk.drive, freezing(desk)
    body: dict[str, Any] = {
        "purpose": "检查人员",
        "pool": "city-reviewer",
        "size": 2,
        "number": "双色球",
        "day": wanted["number_day"],
    }
    draw = drive.call("wulan", "POST", "/draws", body, expect=201)
    drive.clock.advance(timedelta(days=1))
    place = f"/draws/{draw['id']}"
    for who in ("wulan", "xiaohong"):
        made = drive.call(who, "POST", f"{place}/number", {"value": NUMBER}, expect=200)
    assert verify_document(made) == []
    line = drive.call("wulan", "GET", "/draws", expect=200)[0]
    assert (line["id"], bool(line["settled_at"])) == (draw["id"], True)
    drive.call("zhaolei", "POST", f"{place}/number", {"value": NUMBER}, expect=403)
    refused = {"member": made["seats"][0], "reason": "回避"}
    after = drive.call("wulan", "POST", f"{place}/refusals", refused, expect=200)
    assert made["seats"][0] not in after["seats"]


def test_only_who_may_act_freezes_and_enters(desk: Desk) -> None:
    place = f"/draws/{open_draw(desk.drive)}"
    for who in ("auditor", "admin", "applicant"):
        assert desk[who].post("/draws", freezing(desk)).status == 403, who
        assert desk[who].post(f"{place}/number", value=NUMBER).status == 403, who
        assert not desk[who].get(place).find("//form[contains(@action, 'number')]"), who
