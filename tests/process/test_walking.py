"""A three-step procedure with a return loop walks from start to end on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from town import Town

from engine.answers import KeyReused
from engine.cases.lifecycle import start_case
from engine.cases.submissions import FormInvalid
from engine.errors import Conflict, Forbidden, NotFound
from engine.work_items.holding import claim_item, release_item, save_draft
from engine.work_items.items import complete_item

FILLED = {"subject": "采购铁锹", "amount": "12", "plannedOn": "2026-03-20"}


def begin(town: Town) -> str:
    return str(start_case(town.db, town.world, town["applicant"], "walking", {})["id"])


def test_a_case_walks_through_a_return_to_its_end(town: Town) -> None:
    case = begin(town)
    for decision in ("again", "agree"):
        assert town.steps("applicant") == ["Fill"]
        town.complete("applicant", "Fill", **FILLED)
        assert town.steps("officer") == ["OpinionA"]
        assert town.steps("other") == ["OpinionB"]
        town.complete("officer", "OpinionA", opinion="agree")
        assert town.steps("leader") == []
        town.complete("other", "OpinionB", opinion="disagree", remark="数量过多")
        reason = {"reason": "请减少数量"} if decision == "again" else {}
        town.complete("leader", "Decide", decision=decision, **reason)
    assert town.case(case).status == "completed"
    assert town.breaks(case) == []


def test_a_case_gets_the_number_of_its_tenant(town: Town) -> None:
    begin(town)
    assert town.case(begin(town)).number == "试〔2026〕0002号"


def test_due_dates_count_working_days(town: Town) -> None:
    begin(town)
    due = town.items("applicant")[0].due_at
    # 2026-03-02 is a Monday; five working days later is Monday the 9th, 24:00 in China.
    assert due.isoformat() == "2026-03-09T15:59:59+00:00"


def test_completing_twice_is_a_conflict_that_names_who_did_it(town: Town) -> None:
    begin(town)
    item = town.items("applicant")[0]
    town.complete("applicant", "Fill", **FILLED)
    with pytest.raises(Conflict, match="completed by applicant"):
        complete_item(town.db, town.world, town["applicant"], item.id, item.revision, FILLED)


def test_the_same_key_gives_the_same_answer_and_acts_once(town: Town) -> None:
    case = begin(town)
    item = town.items("applicant")[0]
    arguments: tuple[Any, ...] = (
        town.db,
        town.world,
        town["applicant"],
        item.id,
        item.revision,
        FILLED,
    )
    first = complete_item(*arguments, key="k1")
    assert complete_item(*arguments, key="k1") == first
    assert len(town.all_items(case)) == 3


def test_a_key_with_another_content_is_refused(town: Town) -> None:
    begin(town)
    item = town.items("applicant")[0]
    who = town["applicant"]
    complete_item(town.db, town.world, who, item.id, item.revision, FILLED, key="k1")
    with pytest.raises(KeyReused):
        complete_item(
            town.db, town.world, who, item.id, item.revision, {**FILLED, "amount": "3"}, key="k1"
        )


def test_two_people_claim_at_once_and_exactly_one_wins(town: Town) -> None:
    begin(town)
    town.complete("applicant", "Fill", **FILLED)
    item = town.items("officer")[0]
    gate = Barrier(2)

    def claim(name: str) -> str:
        gate.wait()
        try:
            with town.db.tenant(town.tenant_id) as tx:
                claim_item(tx, town.world, town[name], item.id)
        except Conflict as error:
            return error.code
        return name

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(claim, ["officer", "colleague"]))
    assert answers.count("conflict") == 1
    winner = next(a for a in answers if a != "conflict")
    loser = "colleague" if winner == "officer" else "officer"
    assert town.steps(winner) == ["OpinionA"]
    assert town.steps(loser) == []


def test_many_complete_one_item_and_exactly_one_succeeds(town: Town) -> None:
    case = begin(town)
    town.complete("applicant", "Fill", **FILLED)
    item = town.items("officer")[0]
    gate = Barrier(8)

    def complete(number: int) -> str:
        gate.wait()
        who = town["officer" if number % 2 else "colleague"]
        try:
            complete_item(town.db, town.world, who, item.id, item.revision, {"opinion": "agree"})
        except Conflict:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(complete, range(8)))
    assert sorted(answers) == ["conflict"] * 7 + ["done"]
    assert town.breaks(case) == []


def test_a_released_item_is_offered_to_the_group_again(town: Town) -> None:
    begin(town)
    town.complete("applicant", "Fill", **FILLED)
    item = town.items("officer")[0]
    with town.db.tenant(town.tenant_id) as tx:
        claim_item(tx, town.world, town["officer"], item.id)
    assert town.steps("colleague") == []
    with town.db.tenant(town.tenant_id) as tx:
        release_item(tx, town.world, town["officer"], item.id)
    assert town.steps("colleague") == ["OpinionA"]


def test_a_stranger_may_not_complete(town: Town) -> None:
    begin(town)
    item = town.items("applicant")[0]
    with pytest.raises(NotFound):
        complete_item(town.db, town.world, town["leader"], item.id, item.revision, FILLED)


def test_a_wrong_form_writes_nothing_and_names_every_field(town: Town) -> None:
    case = begin(town)
    item = town.items("applicant")[0]
    before = town.case(case).history_seq
    with pytest.raises(FormInvalid) as caught:
        complete_item(
            town.db,
            town.world,
            town["applicant"],
            item.id,
            item.revision,
            {"subject": "x", "amount": "many", "plannedOn": "2020-01-01", "approved": "yes"},
        )
    fields = {error["field"] for error in caught.value.facts["errors"]}
    assert fields == {"subject", "amount", "plannedOn", "approved"}
    assert town.case(case).history_seq == before
    assert town.steps("applicant") == ["Fill"]


def test_a_start_without_form_takes_no_variables(town: Town) -> None:
    with pytest.raises(Exception, match="takes no data"):
        start_case(town.db, town.world, town["applicant"], "walking", {"approved": True})


def test_only_starters_may_start(town: Town) -> None:
    with pytest.raises(Forbidden):
        start_case(town.db, town.world, town["leader"], "walking", {})


def test_an_unknown_procedure_is_not_found(town: Town) -> None:
    with pytest.raises(NotFound):
        start_case(town.db, town.world, town["applicant"], "nothing", {})


def test_a_draft_is_private_and_knows_of_other_windows(town: Town) -> None:
    begin(town)
    item = town.items("applicant")[0]
    who = town["applicant"]
    with town.db.tenant(town.tenant_id) as tx:
        assert save_draft(tx, town.world, who, item.id, {"subject": "草稿"}) == 1
        assert save_draft(tx, town.world, who, item.id, {"subject": "草稿二"}, 1) == 2
        with pytest.raises(Conflict):
            save_draft(tx, town.world, who, item.id, {"subject": "旧窗口"}, 1)


def test_a_changed_fact_breaks_the_chain(town: Town) -> None:
    if town.db.engine.dialect.name == "postgresql":
        pytest.skip("the runtime role cannot change history at all")
    case = begin(town)
    town.complete("applicant", "Fill", **FILLED)
    with town.db.engine.begin() as connection:
        connection.exec_driver_sql("update history set actor_name = 'nobody' where seq = 1")
    assert town.breaks(case)
