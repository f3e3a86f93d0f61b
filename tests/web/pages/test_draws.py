"""抽取: frozen in public, given chance by two people, computed again by anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.register.import_rows import import_rows
from domain.register.mines import Source
from domain.register.store import import_mines
from engine.batches.draws.seeds import commitment_of
from engine.batches.draws.verify import verify_document
from engine.office import local_date
from tests.browser.draws import NUMBER, open_draw
from tests.web.a1.drive import SLUG

from .desk import Desk

NONCED = {
    "source": "commit-reveal",
    "parties": "wulan xiaohong",
    "commit_until": "2026-03-05T17:00",
    "reveal_until": "2026-03-06T17:00",
}
LIST = """no,name,mineral,method,scale,level
1,乌兰煤炭有限公司北山煤矿,煤,露天开采,大型,自治区级
2,乌兰煤炭有限公司南山煤矿,煤,露天开采,大型,自治区级
3,乌兰煤炭有限公司西山煤矿,煤,露天开采,中型,自治区级
"""


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
        ({"strata": "scale"}, "只有名录中的矿山"),
        ({"pool": "mines", "strata": "scale"}, "每行一层"),
        ({"source": "dice"}, "种子来源"),
        ({"source": "commit-reveal", "commit_until": "明天"}, "日期和时间"),
        ({"source": "commit-reveal", "commit_until": "2020-01-01T09:00"}, "须在以后"),
        ({**NONCED, "parties": "wulan nobody"}, "“nobody”不是可以参与的"),
        ({**NONCED, "parties": "wulan"}, "至少须有两方"),
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


def test_a_draw_by_nonces_is_made_when_the_last_party_reveals(desk: Desk) -> None:
    people = {"clerk": "ab" * 32, "region": "cd" * 32}
    place = desk["clerk"].post("/draws", freezing(desk, **NONCED)).location
    draw_id = place.rpartition("/")[2]
    told = desk["clerk"].get(place).main
    assert "先承诺、后公布" in told
    digest = desk.anybody().client.get(f"/public/{SLUG}{place}.json").get_json()["digest"]
    for who, nonce in people.items():
        me = str(desk.actor(who).membership_id)
        made = commitment_of(digest, me, nonce)
        assert desk[who].post(f"/draws/{draw_id}/commit", value=made).status == 303
    wrong = desk["clerk"].post(f"/draws/{draw_id}/reveal", value="ef" * 32)
    assert (wrong.status, "与您提交的承诺不符" in wrong.main) == (422, True)
    for who, nonce in people.items():
        assert desk[who].post(f"/draws/{draw_id}/reveal", value=nonce).status == 303
    told = desk.anybody().client.get(f"/public/{SLUG}{place}.json").get_json()
    assert (verify_document(told), len(told["seats"])) == ([], 2)


def test_a_stratified_draw_takes_its_number_of_every_stratum(desk: Desk) -> None:
    drive = desk.drive
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        office = drive.product.world.offices.get(tx)
        entries = import_rows(LIST.encode()).accepted()
        import_mines(tx, office, entries, Source("名录"), drive.clock.now())
    body = {
        "purpose": "分层抽查",
        "pool": "mines",
        "strata": "scale",
        "sizes": {"大型": 1, "中型": 1},
        "number": "双色球",
        "day": freezing(desk)["number_day"],
    }
    draw = drive.call("wulan", "POST", "/draws", body, expect=201)
    drive.clock.advance(timedelta(days=1))
    for who in ("wulan", "xiaohong"):
        path = f"/draws/{draw['id']}/number"
        made = drive.call(who, "POST", path, {"value": NUMBER}, expect=200)
    assert verify_document(made) == []
    assert len(made["seats"]) == 2
    assert "regional:3" in made["seats"], "the only one of its stratum"
    body["sizes"] = {"大型": 3, "中型": 1}
    drive.call("wulan", "POST", "/draws", body, expect=422)
