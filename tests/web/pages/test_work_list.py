"""待办 and 已办."""

from __future__ import annotations

from engine.cases.lifecycle import start_case
from engine.work_items.lists import PAGE
from tests.web.a1.drive import PROCEDURE, Drive
from tests.web.pages.conftest import At
from tests.web.pages.desk import CAST, Desk


def begin_many(drive: Drive, count: int) -> None:
    """Cases whose first step waits for the enterprise."""
    desk = Desk(drive)
    for _ in range(count):
        start_case(drive.product.db, drive.product.world, desk.actor("applicant"), PROCEDURE, {})


def steps(shown: object) -> list[str]:
    found = shown.find("//table//tbody/tr/td[2]")  # type: ignore[attr-defined]
    return [cell.text_content().strip() for cell in found]


def test_an_offered_item_is_listed_with_case_step_applicant_and_deadline(at: At) -> None:
    desk, _case = at("Accept")
    (row,) = desk["clerk"].get("/work").find("//table//tbody/tr")
    words = " ".join(row.text_content().split())
    for said in ("青峦一号煤矿", "受理审查", "鄂尔多斯市青峦演示煤业有限公司", "剩 5 个工作日"):
        assert said in words


def test_an_item_of_other_people_is_not_listed(at: At) -> None:
    desk, _case = at("Accept")
    assert "没有待办" in desk["leader"].get("/work").main


def test_the_views_count_what_is_mine_and_what_is_offered_to_my_group(at: At) -> None:
    desk, case = at("Accept")
    counts = [e.text for e in desk["clerk"].get("/work").find("//*[@id='work-views']//span")]
    assert counts == ["1", "0", "1"]
    desk["clerk"].post(f"/work/{desk.item('clerk', case, 'Accept')}/claim")
    counts = [e.text for e in desk["clerk"].get("/work").find("//*[@id='work-views']//span")]
    assert counts == ["1", "1", "0"]


def test_a_claimed_item_stands_in_my_view_and_not_in_the_groups(at: At) -> None:
    desk, case = at("Accept")
    desk["clerk"].post(f"/work/{desk.item('clerk', case, 'Accept')}/claim")
    assert steps(desk["clerk"].get("/work?view=mine")) == ["受理审查"]
    assert steps(desk["clerk"].get("/work?view=group")) == []
    assert steps(desk["colleague"].get("/work")) == []


def test_an_item_past_its_limit_says_how_late_it_is(at: At) -> None:
    desk, _case = at("Accept")
    desk.drive.wait(7)
    shown = desk["clerk"].get("/work")
    assert "超期 2 个工作日" in shown.main
    assert "超期 1 件" in shown.main


def test_an_item_due_today_is_counted_in_the_heading(at: At) -> None:
    desk, _case = at("Accept")
    desk.drive.wait(5)
    shown = desk["clerk"].get("/work")
    assert "今日到期 1 件" in shown.main
    assert "今天到期" in shown.main


def test_a_search_finds_by_name_and_by_number_and_nothing_else(at: At) -> None:
    desk, _case = at("Accept")
    assert len(steps(desk["clerk"].get("/work?q=青峦"))) == 1
    assert len(steps(desk["clerk"].get("/work?q=0001号"))) == 1
    assert "没有找到待办" in desk["clerk"].get("/work?q=百分之百%").main


def test_the_pages_of_a_long_list_lead_forth_and_back(desk: Desk) -> None:
    begin_many(desk.drive, 2 * PAGE + 1)
    browser = desk["applicant"]
    seen, address, sizes = set(), "/work", []
    while address:
        shown = browser.get(address)
        links = shown.find("//tbody//td[contains(@class, 'cell-main')]//a/@href")
        sizes.append(len(links))
        seen |= set(links)
        address = "".join(shown.find("//a[@rel='next']/@href"))
    assert (sizes, len(seen)) == ([PAGE, PAGE, 1], 2 * PAGE + 1)
    assert "第 101–101 件，共 100 件以上" in shown.main
    before = browser.get(shown.one("//a[@rel='prev']/@href"))
    assert "第 51–100 件" in before.main
    first = browser.get(before.one("//a[@rel='prev']/@href"))
    assert not first.find("//a[@rel='prev']")


def test_the_rows_refresh_with_204_while_nothing_changed(at: At) -> None:
    desk, _case = at("Accept")
    again = desk["clerk"].get("/work").one("//*[@id='work-rows']/@hx-get")
    assert desk["clerk"].part(again).status == 204


def test_the_rows_refresh_with_new_rows_once_something_changed(at: At) -> None:
    desk, case = at("Accept")
    again = desk["clerk"].get("/work").one("//*[@id='work-rows']/@hx-get")
    desk["colleague"].post(f"/work/{desk.item('colleague', case, 'Accept')}/claim")
    part = desk["clerk"].part(again)
    assert part.status == 200
    assert not part.find("//header")
    assert "没有待办" in part.text


def test_a_refresh_after_the_session_ended_asks_to_load_the_page_again(at: At) -> None:
    desk, _case = at("Accept")
    answer = desk.anybody().part("/work").answer
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (401, "true")


def test_an_item_that_can_be_handled_with_others_says_so_and_leads_there(at: At) -> None:
    desk, _case = at("Commission")
    hint = desk["region"].get("/work").one("//a[contains(., '可批量办理')]")
    gathering = desk["region"].get(hint.get("href"))
    (item,) = gathering.find("//input[@name='item']/@value")
    assert f"/work/{item}" in desk["region"].get("/work").find("//td/a/@href")


def test_an_item_in_a_batch_leads_to_the_batch(at: At) -> None:
    desk, _case = at("Commission")
    item = desk["region"].get("/batches/new?kind=commission").find("//input[@name='item']/@value")
    made = desk["region"].post("/batches", {"kind": "commission", "title": "一", "item": item})
    assert desk["region"].get("/work").find("//a[contains(., '已在批次中')]/@href") == [
        made.location
    ]


def test_an_item_of_a_step_without_batches_says_nothing_of_them(at: At) -> None:
    desk, _case = at("Accept")
    assert "批" not in desk["clerk"].get("/work").one("//tbody").text_content()


def test_claiming_from_the_list_leads_to_the_task(at: At) -> None:
    desk, case = at("Accept")
    item = desk.item("clerk", case, "Accept")
    answer = desk["clerk"].post(f"/work/{item}/claim")
    assert (answer.status, answer.location) == (303, f"/work/{item}")


def test_an_urged_case_is_marked_for_those_it_is_with(at: At) -> None:
    desk, case = at("Accept")
    assert "催办" not in desk["clerk"].get("/work").main
    desk["applicant"].post(f"/cases/{case}/urge")
    assert "催办" in desk["clerk"].get("/work").main


def test_an_unknown_view_is_refused(desk: Desk) -> None:
    assert desk["clerk"].get("/work?view=nonsense").status == 422


def test_a_cursor_that_is_not_ours_is_refused(desk: Desk) -> None:
    assert desk["clerk"].get("/work?cursor=nonsense").status == 422


def test_what_i_completed_is_listed_latest_first_with_where_the_case_stands(at: At) -> None:
    desk, _case = at("Accept")
    assert steps(desk["applicant"].get("/work/done")) == [
        "提交申报材料",
        "绿色矿山建设自评估",
        "填写矿山基本情况",
    ]
    assert "办理中" in desk["applicant"].get("/work/done").main


def test_what_others_completed_is_not_mine(at: At) -> None:
    desk, _case = at("Accept")
    assert "还没有办理过" in desk["partner"].get("/work/done").main


def test_an_auditor_has_no_work_and_is_led_to_the_cases(desk: Desk) -> None:
    assert desk["auditor"].get("/work").location == "/cases"


def test_the_navigation_counts_open_items(at: At) -> None:
    desk, _case = at("Accept")
    shown = desk["clerk"].get("/cases")
    assert shown.one("//nav[@id='site-nav']//span[@class='count']").text == "1"


def test_everybody_of_the_enterprise_sees_its_items(at: At) -> None:
    desk, _case = at("AssessSelf")
    assert steps(desk["partner"].get("/work")) == ["绿色矿山建设自评估"]
    assert steps(desk["rival"].get("/work")) == []
    assert CAST["partner"] != CAST["applicant"]


def test_items_whose_clock_stands_still_are_found_by_their_own_filter(at: At) -> None:
    desk, case = at("Accept")
    assert "没有找到待办" in desk["clerk"].get("/work?due=paused").main
    desk["admin"].post(f"/cases/{case}/suspend", reason="等待法院裁定", ground="行政诉讼期间")
    page = desk["clerk"].get("/work?due=paused").main
    assert "停表" in page
    assert desk.drive.case(case)["number"] in page


def test_a_leader_urges_several_at_once_and_nobody_else_does(at: At) -> None:
    desk, case = at("DecidePreliminary")
    item = desk.item("leader", case, "DecidePreliminary")
    assert "催办勾选的" in desk["leader"].get("/work").main
    assert "催办勾选的" not in desk["clerk"].get("/work").main
    desk["leader"].post("/work/bulk", {"item": item, "act": "urge"})
    assert "已处理 1 件" in desk["leader"].get("/work").text
    desk["leader"].post("/work/bulk", {"item": item, "act": "urge"})
    assert "一小时内只能催办一次" in desk["leader"].get("/work").text
