"""批次: gather, join and leave, act once, draw, see every result."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.store.tables import batch_cases, batches, draws, records
from tests.web.a1.drive import Drive
from tests.web.pages.conftest import At
from tests.web.pages.desk import Desk, Shown

ACT = "//form[contains(@action, '/act')]"
Waiting = Callable[[str, int], tuple[Desk, list[str]]]


@pytest.fixture
def waiting(at: At) -> Waiting:
    """Cases that wait at a step that can be done in a batch."""

    def come(milestone: str, count: int) -> tuple[Desk, list[str]]:
        desk, case = at(milestone)
        return desk, [case, *(desk.drive.at(milestone) for _ in range(count - 1))]

    return come


def gathered(desk: Desk, kind: str, *, title: str = "第一批") -> str:
    """A batch of everything that waits; its address."""
    items = desk["region"].get(f"/batches/new?kind={kind}").find("//input[@name='item']/@value")
    answer = desk["region"].post("/batches", {"kind": kind, "title": title, "item": items})
    assert answer.status == 303
    return answer.location


def commission(shown: Shown) -> dict[str, str]:
    """The form of the commission, filled in."""
    body = shown.find("//select[@name='f.body']/option/@value")[1]
    return {"f.body": body, "f.noFee": "true"}


def results(drive: Drive) -> list[str]:
    return sorted(row.status for row in drive.rows(batch_cases))


def test_items_that_can_be_gathered_are_counted_by_kind(waiting: Waiting) -> None:
    desk, _cases = waiting("Commission", 2)
    shown = desk["region"].get("/batches")
    assert "委托第三方评估 2 件" in shown.main
    assert shown.find("//a[@href='/batches/new?kind=commission']")


def test_items_of_others_cannot_be_gathered(waiting: Waiting) -> None:
    desk, _cases = waiting("Commission", 1)
    assert "没有可以加入批次的待办" in desk["clerk"].get("/batches/new?kind=commission").main


def test_a_batch_is_made_of_the_chosen_items(waiting: Waiting) -> None:
    desk, cases = waiting("Commission", 2)
    place = gathered(desk, "commission", title="三月委托")
    shown = desk["region"].get(place)
    assert shown.one("//h1").text == "三月委托"
    assert {f"/cases/{case}" for case in cases} <= set(shown.find("//tbody//a/@href"))


def test_a_batch_without_title_keeps_what_was_chosen(waiting: Waiting) -> None:
    desk, _cases = waiting("Commission", 1)
    items = desk["region"].get("/batches/new?kind=commission").find("//input[@name='item']/@value")
    shown = desk["region"].post("/batches", {"kind": "commission", "title": " ", "item": items})
    assert shown.status == 422
    assert len(shown.find("//input[@name='item'][@checked]")) == 1
    assert shown.errors()


def test_a_batch_of_nothing_keeps_its_title(waiting: Waiting) -> None:
    desk, _cases = waiting("Commission", 1)
    shown = desk["region"].post("/batches", kind="commission", title="三月委托")
    assert shown.status == 422
    assert shown.one("//input[@name='title']/@value") == "三月委托"


def test_an_item_in_a_batch_is_not_offered_for_another(waiting: Waiting) -> None:
    desk, _cases = waiting("Commission", 1)
    gathered(desk, "commission")
    assert "没有可以加入批次的待办" in desk["region"].get("/batches/new?kind=commission").main


def test_a_case_leaves_and_joins_again(waiting: Waiting) -> None:
    desk, cases = waiting("Commission", 2)
    place = gathered(desk, "commission")
    assert desk["region"].post(f"{place}/leave/{cases[0]}").status == 303
    assert len(desk.drive.rows(batch_cases)) == 1
    item = desk["region"].get(place).one("//details//input[@name='item']/@value")
    assert desk["region"].post(f"{place}/join", item=item).status == 303
    assert len(desk.drive.rows(batch_cases)) == 2


def test_one_act_handles_every_case_and_each_has_its_result(waiting: Waiting) -> None:
    desk, cases = waiting("Commission", 2)
    place = gathered(desk, "commission")
    answer = desk["region"].post(f"{place}/act", commission(desk["region"].get(place)))
    assert answer.status == 303
    assert results(desk.drive) == ["queued", "queued"]
    desk.drive.sweep()
    shown = desk["region"].get(place)
    assert "2 / 2" in shown.main
    assert all(desk.drive.open_steps(case) == ["AcceptAssignment"] for case in cases)


def test_a_running_batch_refreshes_itself_until_it_is_done(waiting: Waiting) -> None:
    desk, _cases = waiting("Commission", 1)
    place = gathered(desk, "commission")
    desk["region"].post(f"{place}/act", commission(desk["region"].get(place)))
    again = desk["region"].get(place).one("//*[@id='batch-cases']/@hx-get")
    assert desk["region"].part(again).status == 200
    desk.drive.sweep()
    answer = desk["region"].part(again).answer
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")


def test_wrong_input_is_told_before_anything_is_queued_and_keeps_what_was_typed(
    waiting: Waiting,
) -> None:
    desk, _cases = waiting("Commission", 1)
    place = gathered(desk, "commission")
    shown = desk["region"].post(f"{place}/act", {"f.demands": "请十日内进场"})
    assert shown.status == 422
    assert len(shown.errors()) == 2
    assert shown.typed("f.demands") == "请十日内进场"
    assert results(desk.drive) == ["joined"]


def test_a_single_case_can_be_given_values_of_its_own(waiting: Waiting) -> None:
    desk, cases = waiting("Commission", 2)
    place = gathered(desk, "commission")
    shown = desk["region"].get(place)
    (own,) = shown.find(f"//select[@name='case.{cases[1]}.body']")
    other = own.xpath("option/@value")[2]
    assert other != commission(shown)["f.body"]
    desk["region"].post(f"{place}/act", {**commission(shown), own.get("name"): other})
    desk.drive.sweep()
    chosen = {str(r.case_id): r.content["values"]["body"] for r in desk.drive.rows(batch_cases)}
    assert chosen[cases[1]] == other
    assert chosen[cases[0]] == commission(shown)["f.body"]


def test_what_is_wrong_for_a_single_case_names_the_case(waiting: Waiting) -> None:
    desk, cases = waiting("Commission", 2)
    place = gathered(desk, "commission")
    data = {**commission(desk["region"].get(place)), f"case.{cases[1]}.body": "nobody"}
    shown = desk["region"].post(f"{place}/act", data)
    assert shown.status == 422
    assert desk.drive.case(cases[1])["number"] in shown.problem()


def test_a_case_that_was_handled_meanwhile_fails_alone_and_says_why(waiting: Waiting) -> None:
    desk, cases = waiting("Commission", 2)
    place = gathered(desk, "commission")
    data = commission(desk["region"].get(place))
    desk.drive.complete(cases[0], "Commission")
    desk["region"].post(f"{place}/act", data)
    desk.drive.sweep()
    assert results(desk.drive) == ["done", "failed"]
    assert "待办已经办理或流转" in desk["region"].get(place).main


def test_the_draw_tells_beforehand_how_many_will_be_drawn_and_by_which_rule(
    waiting: Waiting,
) -> None:
    desk, _cases = waiting("DrawSample", 2)
    words = desk["region"].get(gathered(desk, "spot-check")).main
    assert "按参数抽取 20%，每批不少于 1 件；本批 2 件，将抽取 1 件。" in words
    assert "内政办发〔2025〕24号 附件2 三" in words


@pytest.mark.rule("R-IM-31")
def test_the_draw_shows_pool_seed_and_ranking_afterwards(waiting: Waiting) -> None:
    desk, _cases = waiting("DrawSample", 2)
    place = gathered(desk, "spot-check")
    assert desk["region"].post(f"{place}/act", {"f.isFinal": "true"}).status == 303
    frozen = desk["region"].get(place)
    assert "由两人分别录入" in frozen.main
    assert frozen.find("//a[text()='录入公开号码']")
    assert not frozen.find("//form[contains(@action, '/act')]"), "there is nothing to do yet"
    desk.drive.draw_by_number()
    assert desk["region"].post(f"{place}/act", {"f.isFinal": "true"}).status == 303
    desk.drive.sweep()
    (draw,) = desk.drive.rows(draws)
    words = desk["region"].get(place).main
    for said in (draw.frozen_digest, draw.seed, *draw.ranking, "抽中"):
        assert said in words


def test_a_batch_is_drawn_once(waiting: Waiting) -> None:
    desk, _cases = waiting("DrawSample", 1)
    place = gathered(desk, "spot-check")
    desk["region"].post(f"{place}/act", {"f.isFinal": "true"})
    assert desk["region"].post(f"{place}/act", {"f.isFinal": "true"}).status == 409
    assert len(desk.drive.rows(draws)) == 1


def test_the_cases_of_a_draw_cannot_be_handled_without_it(waiting: Waiting) -> None:
    desk, _cases = waiting("DrawSample", 1)
    batch = gathered(desk, "spot-check").rpartition("/")[2]
    body = {"data": {"isFinal": True}, "cases": {}}
    desk.drive.call("xiaohong", "POST", f"/batches/{batch}/complete", body, expect=422)


def test_those_a_batch_does_not_concern_do_not_see_it(waiting: Waiting) -> None:
    desk, _cases = waiting("Commission", 1)
    gathered(desk, "commission")
    assert "没有批次" in desk["applicant"].get("/batches").main


def test_the_list_shows_batches_of_one_kind(waiting: Waiting) -> None:
    desk, _cases = waiting("Commission", 1)
    gathered(desk, "commission", title="三月委托")
    assert "三月委托" in desk["region"].get("/batches?kind=commission").main
    assert "没有批次" in desk["region"].get("/batches?kind=notice").main
    assert len(desk.drive.rows(batches)) == 1


@pytest.mark.parametrize("way", ["leave", "join", "act", "retry"])
def test_those_a_batch_does_not_concern_change_nothing_in_it(waiting: Waiting, way: str) -> None:
    desk, (case,) = waiting("Commission", 1)
    place = gathered(desk, "commission")
    desk.drive.complete(case, "Commission")
    address = f"{place}/leave/{case}" if way == "leave" else f"{place}/{way}"
    answer = desk["applicant"].post(address, {"item": case})
    assert answer.status == 404
    assert results(desk.drive) == ["joined"]


def test_another_person_fills_in_the_form_again_for_what_failed(waiting: Waiting) -> None:
    desk, (held, _other) = waiting("Commission", 2)
    place = gathered(desk, "commission")
    item = desk.item("region", held, "Commission")
    desk.drive.call("xiaohong", "POST", f"/work-items/{item}/claim")
    words = {**commission(desk["regional colleague"].get(place)), "f.demands": "达来的要求"}
    desk["regional colleague"].post(f"{place}/act", words)
    desk.drive.sweep()
    assert results(desk.drive) == ["done", "failed"]
    shown = desk["region"].get(place)
    assert "达来的要求" not in shown.body
    assert desk["region"].post(f"{place}/retry").status == 403
    own = {**commission(shown), "f.demands": "肖红的要求"}
    assert desk["region"].post(f"{place}/act", own).status == 303
    desk.drive.sweep()
    assert results(desk.drive) == ["done", "done"]
    (record,) = [
        row
        for row in desk.drive.rows(records)
        if str(row.case_id) == held and row.element == "Commission"
    ]
    assert (record.by, record.content["demands"]) == (
        desk.actor("region").membership_id,
        "肖红的要求",
    )
