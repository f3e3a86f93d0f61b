"""One entry of the list, for anybody: what is printed of it and how its status came about."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.register.import_rows import import_rows
from domain.register.mines import Source
from domain.register.model import list_entries, mines
from domain.register.rules import ListEvent
from domain.register.store import Change, change_entry, import_mines, mark
from engine.definitions.loading import load_tenant
from engine.store.metadata import TENANT
from tests.process.town import FlatSources
from tests.web.a1.drive import DEMO, SLUG
from tests.web.pages.desk import Desk, Shown

LIST = f"/public/{SLUG}/list"
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def listed(desk: Desk) -> Desk:
    """The tenant with the 48 mines of the printed list."""
    entries = import_rows((DEMO / "mines-yijinhuoluo.csv").read_bytes()).accepted()
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id) as tx:
        office = desk.drive.product.world.offices.get(tx)
        import_mines(tx, office, entries, Source("名单"), desk.drive.clock.now())
    return desk


def entry_of(desk: Desk, no: int) -> UUID:
    """The id of the entry of a mine."""
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id, read_only=True) as tx:
        found: UUID = tx.scalar(
            select(list_entries.c.id)
            .join(
                mines,
                (mines.c.tenant_id == list_entries.c.tenant_id)
                & (mines.c.id == list_entries.c.mine_id),
            )
            .where(list_entries.c.tenant_id == TENANT, mines.c.no == no)
        )
    return found


def change(desk: Desk, no: int, event: ListEvent, reason: str, days: int) -> None:
    """Let something happen to an entry, days after the beginning."""
    at = desk.drive.clock.now() + timedelta(days=days)
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id) as tx:
        change_entry(tx, entry_of(desk, no), Change(event, reason), desk.actor("region"), at)


def titles(shown: Shown) -> list[str]:
    """The steps of the history, latest first."""
    return [" ".join(e.text_content().split()) for e in shown.find("//*[@class='timeline-title']")]


def test_every_row_of_the_list_leads_to_its_entry(listed: Desk) -> None:
    browser = listed.anybody()
    rows = browser.get(LIST).find("//td[contains(@class, 'cell-main')]/a")
    assert len(rows) == 48
    shown = browser.get(rows[0].get("href"))
    assert shown.status == 200
    assert shown.one("//h1").text == rows[0].text


def test_an_entry_is_found_by_the_number_of_the_list(listed: Desk) -> None:
    by_id = listed.anybody().get(f"{LIST}/{entry_of(listed, 7)}")
    assert listed.anybody().get(f"{LIST}/7").main == by_id.main


def test_an_entry_tells_what_the_list_prints(listed: Desk) -> None:
    browser = listed.anybody()
    printed = browser.client.get(f"{LIST}.json").get_json()["entries"][0]
    shown = browser.get(f"{LIST}/{printed['no']}")
    for column in ("no", "name", "holder", "mineral", "method", "scale", "level", "status"):
        assert printed[column] in shown.main, column


@pytest.mark.rule("R-IM-34")
def test_an_entry_tells_how_its_status_came_about(listed: Desk) -> None:
    change(listed, 3, ListEvent.ORDER_RECTIFICATION, "排土场未按方案复垦", 1)
    change(listed, 3, ListEvent.REMOVE, "逾期未完成整改", 90)
    shown = listed.anybody().get(f"{LIST}/3")
    assert titles(shown) == ["移出名录 移出", "责令限期整改 限期整改", "纳入名录 在库"]
    assert "排土场未按方案复垦" in shown.main
    begun = listed.drive.clock.now() + timedelta(days=90)
    assert shown.find("//time/@datetime")[0][:10] == begun.date().isoformat()


def test_the_marks_of_an_entry_are_told(listed: Desk) -> None:
    product = listed.drive.product
    with product.db.tenant(listed.drive.prepared.tenant_id) as tx:
        mark(tx, entry_of(listed, 4), ["未按期公示信息"], None, listed.drive.clock.now())
    shown = listed.anybody().get(f"{LIST}/4")
    assert "在库（标注）" in shown.main
    assert "未按期公示信息" in shown.find("//li/text()")


def test_nobodys_personal_data_are_told(listed: Desk) -> None:
    reason = "举报人电话 13812345678，身份证 152701198001011234，邮箱 zhang@example.cn"
    change(listed, 5, ListEvent.ORDER_RECTIFICATION, reason, 1)
    shown = listed.anybody().get(f"{LIST}/5")
    assert "138****5678" in shown.main
    for secret in ("13812345678", "152701198001011234", "zhang@", listed.actor("region").name):
        assert secret not in shown.body


def test_an_entry_is_told_in_english(listed: Desk) -> None:
    browser = listed.anybody()
    browser.get("/language/en")
    shown = browser.get(f"{LIST}/1")
    assert titles(shown) == ["Enter the list listed"]
    labels = [e.text for e in shown.find("//dl[@class='facts']/dt")]
    assert HAN.search("".join(labels)) is None
    for word in ("national", "regional", "underground", "open pit", "large"):
        assert word in browser.get(LIST).main


@pytest.mark.parametrize("key", ["0", "99999", "9" * 40, "nothing", "0" * 32, "-1"])
def test_an_entry_that_does_not_exist_is_not_found(listed: Desk, key: str) -> None:
    assert listed.anybody().get(f"{LIST}/{key}").status == 404


@pytest.mark.rule("R-NAT-4")
def test_a_tenant_without_a_list_has_no_entries(listed: Desk) -> None:
    product = listed.drive.product
    load_tenant(product.db, product.world, "walk", FlatSources())
    shown = listed.anybody().get(f"/public/walk/list/{entry_of(listed, 1)}")
    assert shown.status == 404
    assert "本级不设名录" in shown.main
