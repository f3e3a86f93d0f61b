"""Batches: gathered, handled by one act, each case with its own result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from desk import Desk
from hall import KIND, Hall
from sqlalchemy import func, select

from engine.batches.acts import (
    BatchAct,
    act_on_batch,
    add_cases,
    batch_of_case,
    create_batch,
    freeze_batch,
    remove_case,
    retry_batch,
)
from engine.batches.lists import (
    Progress,
    batch_progress,
    cases_of_batch,
    list_batches,
    visible_batch,
    waiting_items,
    waiting_kinds,
)
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.ids import new_id
from engine.store.control import dispatch
from engine.store.metadata import TENANT
from engine.store.tables import attachments, batch_acts, batches, memberships, records
from engine.store.tables import cases as cases_table
from engine.work_items.holding import claim_item, release_item

AGREE = {"decision": "agree"}


def number_of(hall: Hall, batch_id: Any) -> str:
    with hall.tx() as tx:
        row = tx.get(batches, batch_id)
    assert row is not None
    return str(row.number)


# ---------------------------------------------------------------- one act for all


def test_one_act_moves_every_case_on(hall: Hall) -> None:
    cases = hall.cases(3)
    batch = hall.gather(cases)
    hall.act(batch)
    hall.work()
    assert hall.results(batch) == dict.fromkeys(cases, ("done", ""))
    assert [hall.waits_at(case) for case in cases] == [["Close"]] * 3
    assert hall.status(batch) == "done"


def test_the_act_itself_only_records_and_queues(hall: Hall) -> None:
    cases = hall.cases(2)
    batch = hall.gather(cases)
    hall.act(batch)
    assert hall.status(batch) == "running"
    assert [hall.waits_at(case) for case in cases] == [["Gather"]] * 2
    with hall.tx() as tx:
        (act,) = tx.all(select(batch_acts).where(batch_acts.c.tenant_id == TENANT))
        queued = tx.scalar(
            select(func.count()).select_from(dispatch).where(dispatch.c.kind == "batch")
        )
    assert (act.act, act.content["common"]) == ("complete", AGREE)
    assert queued == 2


def test_the_person_who_acted_stands_in_the_history_of_every_case(hall: Hall) -> None:
    cases = hall.cases(2)
    batch = hall.gather(cases)
    hall.act(batch, by="colleague")
    hall.work()
    for case in cases:
        item = hall.item(case)
        assert item.closed_by == hall.town["colleague"].membership_id
        assert hall.town.breaks(case) == []


def test_a_case_has_its_own_values_before_the_common_ones(hall: Hall) -> None:
    first, second = hall.cases(2)
    batch = hall.gather([first, second])
    hall.act(batch, common={**AGREE, "remark": "同"}, per_case={second: {"remark": "异"}})
    hall.work()
    with hall.tx() as tx:
        kept = {
            row.case_id: row.content["remark"]
            for row in tx.all(select(records).where(records.c.tenant_id == TENANT))
        }
    assert kept == {first: "同", second: "异"}


def test_a_step_learns_in_which_batch_it_was_handled(hall: Hall) -> None:
    (case,) = hall.cases(1)
    batch = hall.gather([case])
    hall.act(batch)
    hall.work()
    number = number_of(hall, batch)
    assert hall.variables(case)["gatheredIn"] == number
    with hall.tx() as tx:
        assert batch_of_case(tx, case, number) == batch
        assert batch_of_case(tx, case, "2026-9999") is None
        assert batch_of_case(tx, new_id(), number) is None


def test_a_step_handled_alone_is_in_no_batch(hall: Hall) -> None:
    (case,) = hall.cases(1)
    hall.town.complete("officer", "Gather", **AGREE)
    assert hall.variables(case)["gatheredIn"] == ""


def test_one_upload_becomes_a_file_of_every_case(hall: Hall) -> None:
    cases = hall.cases(3)
    with hall.tx() as tx:
        upload = tx.insert(
            attachments,
            case_id=None,
            name="会议纪要.pdf",
            media_type="application/pdf",
            size=3,
            digest="0" * 64,
            uploaded_by=hall.town["officer"].membership_id,
            uploaded_at=hall.town.clock.now(),
        )
    batch = hall.gather(cases)
    hall.act(batch, common={**AGREE, "minutes": [str(upload)]})
    hall.work()
    assert set(hall.results(batch).values()) == {("done", "")}
    with hall.tx() as tx:
        files = tx.all(select(attachments).where(attachments.c.tenant_id == TENANT))
        kept = tx.all(select(records).where(records.c.tenant_id == TENANT))
    assert {row.case_id for row in files} == set(cases)
    assert {row.digest for row in files} == {"0" * 64}
    own = {str(row.id): row.case_id for row in files}
    assert all(own[row.content["minutes"][0]] == row.case_id for row in kept)


# ---------------------------------------------------------------- what fails, fails alone


def test_a_case_that_went_on_meanwhile_fails_with_the_reason_and_the_others_go_on(
    hall: Hall,
) -> None:
    gone, stays = hall.cases(2)
    batch = hall.gather([gone, stays])
    hall.act(batch)
    item = hall.item(gone)
    with hall.tx() as tx:
        claim_item(tx, hall.town.world, hall.town["colleague"], item.id)
    hall.work()
    results = hall.results(batch)
    assert results[stays] == ("done", "")
    assert results[gone] == ("failed", "待办已由colleague认领")
    assert hall.waits_at(gone) == ["Gather"]


def test_what_a_form_refuses_fails_with_the_field_and_changes_nothing(hall: Hall) -> None:
    wrong, good = hall.cases(2)
    batch = hall.gather([wrong, good])
    hall.act(batch, per_case={wrong: {"remark": "字" * 21}})
    hall.work()
    status, message = hall.results(batch)[wrong]
    assert status == "failed"
    assert message.startswith("表单填写有误")
    assert "说明" in message
    assert (hall.waits_at(wrong), hall.waits_at(good)) == (["Gather"], ["Close"])
    with hall.tx() as tx:
        kept = tx.all(select(records.c.case_id).where(records.c.tenant_id == TENANT))
    assert [row.case_id for row in kept] == [good]


def test_a_case_that_cannot_move_on_stays_open_for_people(hall: Hall) -> None:
    (case,) = hall.cases(1)
    batch = hall.gather([case])
    hall.act(batch, common={"decision": "refuse"})  # no exit of the gateway holds
    hall.work()
    status, message = hall.results(batch)[case]
    assert (status, "出口条件都不成立" in message) == ("failed", True)
    assert hall.waits_at(case) == ["Gather"]
    assert hall.town.breaks(case) == []


def test_failed_cases_are_handled_again_with_the_same_values(hall: Hall) -> None:
    held, free = hall.cases(2)
    batch = hall.gather([held, free])
    with hall.tx() as tx:
        claim_item(tx, hall.town.world, hall.town["colleague"], hall.item(held).id)
    hall.act(batch, common={**AGREE, "remark": "同意"})
    assert hall.results(batch)[held] == ("failed", "待办已由他人认领")
    hall.work()
    with hall.tx() as tx:
        release_item(tx, hall.town.world, hall.town["colleague"], hall.item(held).id)
        retry_batch(tx, hall.town.world, hall.town["officer"], batch)
    hall.work()
    assert hall.results(batch) == dict.fromkeys((held, free), ("done", ""))
    assert hall.item(held).closed_by == hall.town["officer"].membership_id
    with hall.tx() as tx:
        remarks = [
            row.content["remark"]
            for row in tx.all(select(records).where(records.c.tenant_id == TENANT))
        ]
    assert remarks == ["同意", "同意"]


def fail_one(hall: Hall, **common: Any) -> tuple[UUID, UUID]:
    """A batch of the officer's whose only case the colleague held, free again; and the case."""
    (case,) = hall.cases(1)
    (other,) = hall.cases(1)
    batch = hall.gather([case, other])
    colleague, item = hall.town["colleague"], hall.item(case).id
    with hall.tx() as tx:
        claim_item(tx, hall.town.world, colleague, item)
    hall.act(batch, common={**AGREE, **common})
    hall.work()
    with hall.tx() as tx:
        release_item(tx, hall.town.world, colleague, item)
    return batch, case


def words(hall: Hall, case: UUID) -> list[tuple[Any, Any]]:
    """Who submitted what for a case."""
    with hall.tx() as tx:
        kept = tx.all(
            select(records).where(records.c.tenant_id == TENANT, records.c.case_id == case)
        )
    return [(row.by, row.content.get("remark")) for row in kept]


def test_nobody_submits_the_words_of_another_in_his_own_name(hall: Hall) -> None:
    batch, case = fail_one(hall, remark="甲的意见")
    with pytest.raises(Forbidden, match="values of your own"), hall.tx() as tx:
        retry_batch(tx, hall.town.world, hall.town["colleague"], batch)
    hall.work()
    assert words(hall, case) == []


def test_another_person_handles_what_failed_with_words_of_his_own(hall: Hall) -> None:
    batch, case = fail_one(hall, remark="甲的意见")
    own = BatchAct("retry", {**AGREE, "remark": "乙的意见"})
    with hall.tx() as tx:
        retry_batch(tx, hall.town.world, hall.town["colleague"], batch, own)
    hall.work()
    assert words(hall, case) == [(hall.town["colleague"].membership_id, "乙的意见")]


def add_file(hall: Hall, by: str, case: UUID | None = None) -> str:
    with hall.tx() as tx:
        upload = tx.insert(
            attachments,
            case_id=case,
            name="企业商业秘密.pdf",
            media_type="application/pdf",
            size=3,
            digest="0" * 64,
            uploaded_by=hall.town[by].membership_id,
            uploaded_at=hall.town.clock.now(),
        )
    return str(upload)


@pytest.mark.parametrize("by", ["applicant", "officer"])
def test_a_file_of_one_case_of_a_batch_does_not_get_into_another(hall: Hall, by: str) -> None:
    first, second = hall.cases(2)
    file = add_file(hall, by, first)
    batch = hall.gather([first, second])
    hall.act(batch, common={**AGREE, "minutes": [file]})
    hall.work()
    assert hall.results(batch)[second] == ("failed", "附件属于其他办件")
    with hall.tx() as tx:
        files = tx.all(select(attachments).where(attachments.c.tenant_id == TENANT))
    assert [row.case_id for row in files] == [first]


def test_a_file_of_a_batch_is_there_for_the_cases_that_are_handled_again(hall: Hall) -> None:
    batch, case = fail_one(hall, minutes=[add_file(hall, "officer")])
    with hall.tx() as tx:
        retry_batch(tx, hall.town.world, hall.town["officer"], batch)
    hall.work()
    assert hall.results(batch)[case] == ("done", "")


def test_a_batch_without_failures_cannot_be_retried(hall: Hall) -> None:
    batch = hall.gather(hall.cases(1))
    hall.act(batch)
    hall.work()
    with pytest.raises(Conflict, match="no case of the batch"), hall.tx() as tx:
        retry_batch(tx, hall.town.world, hall.town["officer"], batch)


def test_the_act_of_somebody_who_left_meanwhile_is_not_done(hall: Hall) -> None:
    (case,) = hall.cases(1)
    batch = hall.gather([case])
    hall.act(batch)
    officer = hall.town["officer"].membership_id
    with hall.tx() as tx:
        tx.update(memberships, memberships.c.id == officer, active=False)
    hall.work()
    assert hall.results(batch)[case] == ("failed", "办理人已停用")


def test_work_that_is_done_twice_is_done_once(hall: Hall) -> None:
    cases = hall.cases(2)
    batch = hall.gather(cases)
    hall.act(batch)
    with hall.town.db.control() as control:
        queued = control.all(select(dispatch).where(dispatch.c.kind == "batch"))
    hall.work()
    before = [hall.town.case(case).history_seq for case in cases]
    with hall.town.db.control() as control:  # a node that died before it could say it was done
        for row in queued:
            control.insert(dispatch, **{**row._mapping, "lease_until": None})
    hall.work()
    assert [hall.town.case(case).history_seq for case in cases] == before
    with hall.town.db.control() as control:
        assert control.all(select(dispatch).where(dispatch.c.kind == "batch")) == []


def test_a_case_that_is_suspended_fails_with_the_reason(hall: Hall) -> None:
    (case,) = hall.cases(1)
    batch = hall.gather([case])
    hall.act(batch)
    with hall.tx() as tx:
        tx.update(cases_table, cases_table.c.id == case, status="suspended")
    hall.work()
    assert hall.results(batch)[case] == ("failed", "办件已挂起")


# ---------------------------------------------------------------- joining and leaving


def test_cases_join_and_leave_until_the_batch_is_acted_on(hall: Hall) -> None:
    first, second, third = hall.cases(3)
    batch = hall.gather([first])
    officer = hall.town["officer"]
    more = [hall.item(case).id for case in (second, third)]
    with hall.tx() as tx:
        add_cases(tx, officer, batch, more)
        remove_case(tx, officer, batch, first)
    assert set(hall.results(batch)) == {second, third}
    hall.act(batch)
    with pytest.raises(Conflict, match="the batch is running"), hall.tx() as tx:
        remove_case(tx, officer, batch, second)
    first_item = hall.item(first).id
    with pytest.raises(Conflict, match="the batch is running"), hall.tx() as tx:
        add_cases(tx, officer, batch, [first_item])


@pytest.mark.parametrize("is_over", [False, True])
def test_only_those_it_concerns_take_a_case_out(hall: Hall, is_over: bool) -> None:
    (case,) = hall.cases(1)
    batch = hall.gather([case])
    if is_over:
        hall.town.complete("officer", "Gather", **AGREE)
    for who in ("applicant", "other"):
        with pytest.raises(Forbidden, match="not offered"), hall.tx() as tx:
            remove_case(tx, hall.town[who], batch, case)
    with hall.tx() as tx:
        remove_case(tx, hall.town["colleague"], batch, case)
    assert hall.results(batch) == {}


def test_a_case_that_left_can_join_another_batch(hall: Hall) -> None:
    (case,) = hall.cases(1)
    batch = hall.gather([case])
    with hall.tx() as tx:
        remove_case(tx, hall.town["officer"], batch, case)
    assert set(hall.results(hall.gather([case]))) == {case}


def test_a_case_waits_in_one_batch_at_a_time(hall: Hall) -> None:
    (case,) = hall.cases(1)
    hall.gather([case])
    with pytest.raises(Conflict, match="in a batch already"):
        hall.gather([case], by="colleague")


def test_adding_a_case_twice_adds_it_once(hall: Hall) -> None:
    (case,) = hall.cases(1)
    batch = hall.gather([case])
    item = hall.item(case).id
    with hall.tx() as tx:
        add_cases(tx, hall.town["officer"], batch, [item, item])
    assert len(hall.results(batch)) == 1


def test_nobody_gathers_items_that_are_not_offered_to_him(hall: Hall) -> None:
    cases = hall.cases(1)
    with pytest.raises(Forbidden, match="not offered"):
        hall.gather(cases, by="other")
    with hall.tx() as tx:
        assert tx.all(select(batches).where(batches.c.tenant_id == TENANT)) == []


def test_an_item_of_another_kind_does_not_join(hall: Hall) -> None:
    (case,) = hall.cases(1)
    hall.town.complete("officer", "Gather", **AGREE)
    closing = hall.item(case, "Close").id
    with pytest.raises(Invalid, match="another kind"), hall.tx() as tx:
        create_batch(tx, hall.town.world, hall.town["leader"], KIND, "一批", items=[closing])


def test_an_item_that_is_over_does_not_join(hall: Hall) -> None:
    (case,) = hall.cases(1)
    item = hall.item(case).id
    hall.town.complete("officer", "Gather", **AGREE)
    with pytest.raises(Conflict, match="over"), hall.tx() as tx:
        create_batch(tx, hall.town.world, hall.town["officer"], KIND, "一批", items=[item])


@pytest.mark.parametrize("title", ["", "  ", "字" * 201])
def test_a_batch_needs_a_title(hall: Hall, title: str) -> None:
    with pytest.raises(Invalid, match="title"), hall.tx() as tx:
        create_batch(tx, hall.town.world, hall.town["officer"], KIND, title)


# ---------------------------------------------------------------- who may act


def test_nobody_acts_on_cases_that_are_not_his(hall: Hall) -> None:
    cases = hall.cases(2)
    batch = hall.gather(cases)
    with pytest.raises(Conflict, match="yours to handle"):
        hall.act(batch, by="other")
    assert hall.status(batch) == "open"
    assert hall.results(batch) == dict.fromkeys(cases, ("joined", ""))


def test_a_batch_is_acted_on_once(hall: Hall) -> None:
    batch = hall.gather(hall.cases(1))
    hall.act(batch)
    with pytest.raises(Conflict, match="the batch is running"):
        hall.act(batch)


def test_values_for_a_case_that_is_not_in_the_batch_are_refused(hall: Hall) -> None:
    batch = hall.gather(hall.cases(1))
    with pytest.raises(Invalid, match="not in this batch"):
        hall.act(batch, per_case={new_id(): AGREE})


def test_an_empty_batch_cannot_be_acted_on(hall: Hall) -> None:
    with pytest.raises(Conflict, match="yours to handle"):
        hall.act(hall.gather([]))


def test_a_frozen_batch_neither_grows_nor_shrinks(hall: Hall) -> None:
    first, second = hall.cases(2)
    batch, officer = hall.gather([first]), hall.town["officer"]
    more = hall.item(second).id
    with hall.tx() as tx:
        assert freeze_batch(tx, officer, batch) == [first]
    with pytest.raises(Conflict, match="the batch is frozen"), hall.tx() as tx:
        add_cases(tx, officer, batch, [more])
    with pytest.raises(Conflict, match="the batch is frozen"), hall.tx() as tx:
        remove_case(tx, officer, batch, first)


def test_another_tenant_cannot_touch_a_batch(hall: Hall, desk: Desk) -> None:
    batch, stranger = hall.gather(hall.cases(1)), desk.person("stranger")
    with pytest.raises(NotFound, match="no such batch"), desk.tx() as tx:
        act_on_batch(tx, hall.town.world, stranger, batch, BatchAct("complete", AGREE))
    with pytest.raises(NotFound, match="no such batch"), desk.tx() as tx:
        visible_batch(tx, stranger, batch)


# ---------------------------------------------------------------- what people see


def test_items_that_wait_for_a_batch_are_listed_until_they_are_gathered(hall: Hall) -> None:
    first, second = hall.cases(2)
    officer = hall.town["officer"]
    with hall.tx() as tx:
        assert {row.case_id for row in waiting_items(tx, officer, KIND)} == {first, second}
        assert waiting_kinds(tx, officer) == {KIND: 2}
    hall.gather([first])
    with hall.tx() as tx:
        assert [row.case_id for row in waiting_items(tx, officer, KIND)] == [second]
        assert waiting_kinds(tx, hall.town["other"]) == {}


def test_a_failed_case_waits_again(hall: Hall) -> None:
    (case,) = hall.cases(1)
    batch = hall.gather([case])
    hall.act(batch, common={"decision": "refuse"})
    hall.work()
    with hall.tx() as tx:
        assert [r.case_id for r in waiting_items(tx, hall.town["officer"], KIND)] == [case]


def test_the_progress_counts_what_waits_is_done_and_failed(hall: Hall) -> None:
    cases = hall.cases(3)
    batch = hall.gather(cases)
    seen = []
    with hall.tx() as tx:
        seen.append(batch_progress(tx, batch))
    hall.act(batch, per_case={cases[0]: {"decision": "refuse"}})
    hall.work()
    with hall.tx() as tx:
        seen.append(batch_progress(tx, batch))
        told = cases_of_batch(tx, batch)
    assert seen == [Progress(3, 3, 0, 0), Progress(3, 0, 2, 1)]
    assert [progress.is_over for progress in seen] == [False, True]
    assert [row.case_number for row in told] == [f"试〔2026〕{n:04}号" for n in (1, 2, 3)]


def test_batches_are_seen_by_staff_with_their_cases_and_by_nobody_else(hall: Hall) -> None:
    batch = hall.gather(hall.cases(1))
    seen = {}
    for name in ("officer", "colleague", "other", "leader", "applicant"):
        with hall.tx() as tx:
            seen[name] = [row.id for row in list_batches(tx, hall.town[name]).rows]
    assert seen == {
        "officer": [batch],
        "colleague": [batch],
        "other": [],
        "leader": [],
        "applicant": [],
    }


def test_batches_are_listed_latest_first_page_by_page(hall: Hall) -> None:
    made = []
    for _ in range(5):
        made.append(hall.gather(hall.cases(1)))
        hall.town.clock.advance(timedelta(minutes=1))
    listed, cursor = [], None
    for _ in range(3):
        with hall.tx() as tx:
            page = list_batches(tx, hall.town["officer"], cursor=cursor, limit=2)
        listed += [row.id for row in page.rows]
        cursor = page.next
    assert cursor is None
    assert listed == made[::-1]
