"""An enterprise applies for itself, for a mine it holds, and not for one that is on the list."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from domain.register.model import list_entries, mines
from domain.register.rules import ListEvent
from domain.register.store import Change, change_entry
from engine.store.metadata import TENANT

from .conftest import Arrive
from .drive import PEOPLE, SLUG, Drive, wrong_fields
from .visitor import TOKEN

LICENCE = "C1500002010011110000001"


def registered(drive: Drive, licence: str) -> Any:
    """A mine as the register has it."""
    with drive.product.db.tenant(drive.prepared.tenant_id, read_only=True) as tx:
        return tx.one(
            select(mines).where(mines.c.tenant_id == TENANT, mines.c.licence_no == licence)
        )


def task_page(drive: Drive, case: str, who: str = "zhaolei") -> str:
    """The page of the step that waits, as its person sees it."""
    (step,) = drive.case(case)["open"]
    client = drive.client.application.test_client()
    shown = client.get("/sign-in").text
    form = {
        "tenant": SLUG,
        "username": who,
        "password": PEOPLE.password(who),
        "csrf_token": TOKEN.search(shown)[1],  # type: ignore[index]
    }
    assert client.post("/sign-in", data=form).status_code in (302, 303)
    return client.get(f"/work/{step['item']}").text


@pytest.mark.rule("R-IM-13", "R-NAT-1")
@pytest.mark.parametrize(
    "told", [{"holder": "中国神华能源股份有限公司"}, {"creditCode": "91110000710926094P"}]
)
def test_an_enterprise_applies_for_itself_only(arrive_once: Arrive, told: dict[str, str]) -> None:
    drive, _ = arrive_once("AssessSelf")
    case = drive.begin()
    (item,) = drive.items("zhaolei", case, "FillMineFacts")
    assert item["values"]["holder"] == "鄂尔多斯市青峦演示煤业有限公司"
    assert item["values"]["creditCode"] == "91150627MA0DEM0135"
    refused = drive.complete(case, "FillMineFacts", expect=422, **told)
    assert wrong_fields(refused) == set(told)


@pytest.mark.rule("R-IM-33", "R-IM-34")
def test_a_mine_on_the_list_does_not_apply_again(arrive_once: Arrive) -> None:
    drive, case = arrive_once("ApproveListing")
    drive.complete(case, "ApproveListing")
    assert [row.entry.mine.no for row in drive.listed("青峦一号")] == [1]
    again = drive.begin()
    drive.complete(again, "FillMineFacts", licenceNumber=LICENCE)
    assert drive.open_steps(again) == ["FillMineFacts"], "it is told at this very step"
    page = task_page(drive, again)
    assert "已在绿色矿山名录中" in page
    drive.complete(
        again, "FillMineFacts", mineName="青峦二号煤矿", licenceNumber=LICENCE[:-1] + "2"
    )
    assert drive.open_steps(again) == ["AssessSelf"]


@pytest.mark.rule("R-IM-33")
def test_the_mine_of_another_holder_is_refused_and_stays_as_it_is(arrive_once: Arrive) -> None:
    drive, case = arrive_once("ApproveListing")
    drive.complete(case, "ApproveListing")
    before = registered(drive, LICENCE)
    other = drive.begin("bayaer")
    facts = {"mineName": "他人煤矿", "licenceNumber": LICENCE, "city": "150700", "banner": "150725"}
    drive.complete(other, "FillMineFacts", by="bayaer", **facts)
    assert drive.open_steps(other) == ["FillMineFacts"]
    assert "登记在其他采矿权人名下" in task_page(drive, other, "bayaer")
    assert registered(drive, LICENCE) == before


def removed_from_the_list(drive: Drive) -> None:
    """The mine left the list and may apply anew; the register still knows it."""
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        entry = tx.one(select(list_entries).where(list_entries.c.tenant_id == TENANT))
        assert entry is not None
        for event in (ListEvent.REMOVE, ListEvent.REAPPLY):
            change_entry(tx, entry.id, Change(event, "核查不合格"), None, drive.clock.now())


@pytest.mark.rule("R-IM-34")
@pytest.mark.parametrize(
    ("chosen", "name"), [("register", "青峦一号煤矿"), ("application", "青峦一号新煤矿")]
)
def test_what_differs_from_the_register_is_put_to_the_clerk(
    arrive_once: Arrive, chosen: str, name: str
) -> None:
    drive, case = arrive_once("ApproveListing")
    drive.complete(case, "ApproveListing")
    removed_from_the_list(drive)
    again = drive.begin()
    applied = {"mineName": "青峦一号新煤矿", "licenceNumber": LICENCE}
    drive.walk(again, "Accept", changes={"FillMineFacts": applied})
    shown = task_page(drive, again, "wulan")
    assert "青峦一号煤矿" in shown
    assert "青峦一号新煤矿" in shown
    refused = drive.complete(again, "Accept", expect=422)
    assert wrong_fields(refused) == {"mineFactsFrom"}
    drive.complete(again, "Accept", mineFactsFrom=chosen)
    drive.walk(again)
    assert drive.outcome(again)[1] == "纳入名录并公告"
    assert registered(drive, LICENCE).name == name
