"""A page of a case that went round many times is no longer than one that did not."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from engine.store.metadata import TENANT
from engine.store.tables import history, records
from tests.web.pages.conftest import At
from tests.web.pages.desk import Desk, Shown
from webapp.http.case_parts import FACTS_SHOWN, RECORDS_SHOWN

RECORD = "//details[starts-with(@id, 'record-')]"
FACT = "//section[@aria-labelledby='h-log']//li"


def go_round(desk: Desk, case: str, rounds: int) -> None:
    """What so many rounds over the steps of the case leave behind."""
    product, tenant = desk.drive.product, desk.drive.prepared.tenant_id
    case_id = uuid.UUID(case)
    with product.db.tenant(tenant) as tx:
        of_case = (records.c.tenant_id == TENANT, records.c.case_id == case_id)
        kept = [dict(row._mapping) for row in tx.all(select(records).where(*of_case))]
        of_case = (history.c.tenant_id == TENANT, history.c.case_id == case_id)
        facts = [dict(row._mapping) for row in tx.all(select(history).where(*of_case))]
        seq = max(fact["seq"] for fact in facts)
        for _ in range(rounds):
            tx.insert_many(records, [{**row, "id": uuid.uuid4()} for row in kept])
            for fact in facts:
                seq += 1
                tx.insert(history, **{**fact, "seq": seq})


def sizes(shown: Shown) -> tuple[int, int]:
    return len(shown.find(RECORD)), len(shown.find(FACT))


def test_the_task_page_stays_as_it_is_however_often_the_case_goes_round(at: At) -> None:
    desk, case = at("Accept")
    address = f"/work/{desk.item('clerk', case, 'Accept')}"
    go_round(desk, case, 20)
    after_20 = desk["clerk"].get(address)
    go_round(desk, case, 20)
    after_60 = desk["clerk"].get(address)
    assert sizes(after_20) == sizes(after_60)
    assert sizes(after_60)[0] <= RECORDS_SHOWN
    assert sizes(after_60)[1] == FACTS_SHOWN
    assert abs(len(after_60.text) - len(after_20.text)) < 100


def test_what_is_left_out_is_one_click_away(at: At) -> None:
    desk, case = at("Accept")
    go_round(desk, case, 20)
    page = desk["clerk"].get(f"/cases/{case}")
    links = [link.get("href") for link in page.find("//a[contains(text(), '显示较早的')]")]
    assert [link.partition("#")[0] for link in links] == ["?records=all", "?history=all"]
    everything = desk["clerk"].get(f"/cases/{case}?records=all&history=all")
    assert sizes(everything)[0] > 20
    assert sizes(everything)[1] > FACTS_SHOWN
    assert not everything.find("//a[contains(text(), '显示较早的')]")
