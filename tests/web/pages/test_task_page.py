"""The task page: the form, its errors, drafts, conflicts, and what surrounds it."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from tests.web.a1.drive import Json
from tests.web.pages.conftest import At
from tests.web.pages.desk import Browser, Desk, Shown, upload

FORM = "//form[@id='task-form']"


def opened(browser: Browser, item: str) -> tuple[Shown, MultiDict[str, str]]:
    """The task page and the controls of its form."""
    shown = browser.get(f"/work/{item}")
    return shown, shown.fields(FORM)


def filled(desk: Desk, who: str, case: str, element: str, **changes: Any) -> tuple[str, Json]:
    """An item and its form filled in as usual, with the marks of the page it was opened on."""
    item = desk.item(who, case, element)
    _shown, fields = opened(desk[who], item)
    marks = {name: fields[name] for name in ("_revision", "_draft_revision", "_key")}
    return f"/work/{item}", {**desk.answers(who, case, element, **changes), **marks}


# ---------------------------------------------------------------- the form


def test_the_page_shows_the_form_of_the_step_and_what_is_known_of_the_case(at: At) -> None:
    desk, case = at("Accept")
    shown, _fields = opened(desk["clerk"], desk.item("clerk", case, "Accept"))
    assert "矿山：青峦一号煤矿" in shown.main
    assert shown.find("//input[@name='f.decision']")


def test_a_good_submission_completes_the_step_and_leads_back_to_the_list(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    answer = desk["clerk"].post(address, data)
    assert (answer.status, answer.location) == (303, "/work")
    assert "已办理：受理审查" in desk["clerk"].get("/work").main
    assert "ReviewDocuments" in desk.drive.open_steps(case)


def test_an_applicant_is_led_on_to_his_next_step(at: At) -> None:
    desk, case = at("SubmitApplication")
    address, data = filled(desk, "applicant", case, "SubmitApplication")
    assert desk["applicant"].post(address, data).location == "/work"
    second = desk.drive.begin()
    address, data = filled(desk, "applicant", second, "FillMineFacts")
    answer = desk["applicant"].post(address, data)
    assert answer.location == f"/work/{desk.item('applicant', second, 'AssessSelf')}"


def test_wrong_input_is_answered_by_422_with_a_summary_that_leads_to_each_field(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    del data["f.c1"], data["f.decision"]
    shown = desk["clerk"].post(address, data)
    assert shown.status == 422
    links = shown.find("//error-summary//a/@href")
    assert len(links) == 2
    assert all(shown.find(f"//*[@id='{link[1:]}']") for link in links)


def test_wrong_input_keeps_everything_that_was_typed(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept", note="已电话核对")
    del data["f.c1"]
    shown = desk["clerk"].post(address, data)
    assert shown.typed("f.note") == "已电话核对"
    assert shown.find("//input[@name='f.c2'][@value='complete'][@checked]")


def test_wrong_input_changes_nothing(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    del data["f.c1"]
    desk["clerk"].post(address, data)
    assert desk.drive.open_steps(case) == ["Accept"]


def test_a_field_the_form_does_not_have_is_named_and_refused(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    shown = desk["clerk"].post(address, {**data, "f.bribe": "100"})
    assert shown.status == 422
    assert any("bribe" in error for error in shown.errors())


def test_a_file_stays_attached_when_something_else_is_wrong(at: At) -> None:
    desk, case = at("SubmitApplication")
    address, data = filled(desk, "applicant", case, "SubmitApplication")
    name = "f.material.businessLicence"
    del data[name], data["f.hasPenalty"]
    shown = desk["applicant"].post(address, {**data, f"{name}.~upload": upload("执照.pdf")})
    assert shown.status == 422
    kept = [value for value in shown.find(f"//input[@name='{name}']/@value") if value]
    assert len(kept) == 1
    assert "执照.pdf" in shown.main


def test_a_refused_file_is_named_at_its_field_and_nothing_is_handed_in(at: At) -> None:
    desk, case = at("SubmitApplication")
    address, data = filled(desk, "applicant", case, "SubmitApplication")
    wrong = upload("程序.exe", b"MZ")
    shown = desk["applicant"].post(address, {**data, "f.material.safetyLicence.~upload": wrong})
    assert shown.status == 422
    assert "程序.exe：不接受这种文件类型" in shown.main
    assert desk.drive.open_steps(case) == ["SubmitApplication"]


def test_a_button_that_changes_the_form_hands_nothing_in(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    shown = desk["clerk"].post(address, {**data, "f.~do": "refresh"})
    assert shown.status == 200
    assert not shown.errors()
    assert desk.drive.open_steps(case) == ["Accept"]


def test_the_form_alone_comes_back_when_it_refreshes_itself(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    before = desk["clerk"].get(address)
    assert not before.find("//input[@name='f.decision'][@value='accept']")
    part = desk["clerk"].post(address, {**data, "f.~do": "refresh"}, part=True)
    assert not part.find("//header")
    assert part.find("//input[@name='f.decision'][@value='accept']")


def test_the_score_sheet_is_counted_by_the_server_while_it_is_filled_in(at: At) -> None:
    desk, case = at("AssessSelf")
    item = desk.item("applicant", case, "AssessSelf")
    shown, fields = opened(desk["applicant"], item)
    assert shown.one("//score-sheet/@action") == f"/work/{item}/score"
    counted = desk["applicant"].post(f"/work/{item}/score", fields)
    assert counted.status == 200
    assert "当前得分 0.00" in counted.text


# ---------------------------------------------------------------- conflicts


def test_completing_twice_is_a_409_that_says_who_did_it_and_keeps_what_was_typed(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept", note="第二份意见")
    _same, other = filled(desk, "colleague", case, "Accept")
    desk["colleague"].post(address, other)
    shown = desk["clerk"].post(address, data)
    assert shown.status == 409
    assert "李强" in shown.problem()
    assert shown.typed("f.note") == "第二份意见"
    assert not shown.find("//button[@name='_submit']")


def test_an_item_claimed_by_a_colleague_meanwhile_is_a_409_with_his_name(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    desk["colleague"].post(f"{address}/claim")
    shown = desk["clerk"].post(address, data)
    assert shown.status == 409
    assert "李强" in shown.problem()


def test_a_page_opened_before_the_item_changed_is_a_409_and_can_be_sent_again(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    desk["clerk"].post(f"{address}/claim")
    shown = desk["clerk"].post(address, data)
    assert shown.status == 409
    again = {**data, **{n: shown.fields(FORM)[n] for n in ("_revision", "_key")}}
    assert desk["clerk"].post(address, again).status == 303


def test_sending_the_same_page_twice_acts_once_and_is_answered_alike(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    first, second = desk["clerk"].post(address, data), desk["clerk"].post(address, data)
    assert (first.status, second.status) == (303, 303)
    kinds = [fact["kind"] for fact in desk.drive.history(case) if fact["element"] == "Accept"]
    assert kinds == ["item.completed"]


def test_a_page_changed_after_it_was_handed_in_is_a_409(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    desk["clerk"].post(address, data)
    shown = desk["clerk"].post(address, {**data, "f.note": "改一句"})
    assert shown.status == 409
    assert "改一句" in shown.body


def test_two_who_claim_at_once_one_gets_the_item_the_other_his_name(at: At) -> None:
    desk, case = at("Accept")
    item = desk.item("clerk", case, "Accept")
    desk["colleague"].post(f"/work/{item}/claim")
    shown = desk["clerk"].post(f"/work/{item}/claim")
    assert shown.status == 409
    assert "李强" in shown.problem()


def test_a_released_item_is_offered_again(at: At) -> None:
    desk, case = at("Accept")
    item = desk.item("clerk", case, "Accept")
    desk["clerk"].post(f"/work/{item}/claim")
    assert desk["clerk"].post(f"/work/{item}/release").location == "/work"
    assert desk.item("colleague", case, "Accept") == item


# ---------------------------------------------------------------- drafts


def test_a_draft_is_there_again_when_the_page_is_opened_anew(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept", note="先记一笔")
    assert desk["clerk"].post(address, {**data, "_draft": "1"}).location == address
    shown = desk["clerk"].get(address)
    assert shown.typed("f.note") == "先记一笔"
    assert "草稿已保存 今天" in shown.one("//auto-save").text


def test_a_draft_is_seen_by_its_writer_alone(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept", note="先记一笔")
    desk["clerk"].post(address, {**data, "_draft": "1"})
    assert "先记一笔" not in desk["colleague"].get(address).body


def test_a_draft_may_be_incomplete_and_wrong(at: At) -> None:
    desk, case = at("Accept")
    item = desk.item("clerk", case, "Accept")
    answer = desk["clerk"].post(f"/work/{item}", {"_draft": "1", "f.note": "只有备注"})
    assert answer.status == 303


def test_typing_is_saved_by_itself_and_answered_in_words(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept", note="自动保存")
    for _ in range(2):
        saved = desk["clerk"].post(f"{address}/draft", data)
        assert (saved.status, saved.body[:5]) == (200, "草稿已保存")
    assert desk["clerk"].get(address).typed("f.note") == "自动保存"


def test_a_second_window_does_not_write_over_what_the_first_saved(at: At) -> None:
    desk, case = at("Accept")
    address, first = filled(desk, "clerk", case, "Accept", note="第一个窗口")
    _same, second = filled(desk, "clerk", case, "Accept", note="第二个窗口")
    desk["clerk"].post(f"{address}/draft", first)
    saved = desk["clerk"].post(f"{address}/draft", second)
    assert (saved.status, saved.body) == (409, "草稿已在另一窗口更新")
    assert desk["clerk"].get(address).typed("f.note") == "第一个窗口"


def test_a_draft_refused_for_another_window_keeps_what_was_typed_and_can_be_saved(at: At) -> None:
    desk, case = at("Accept")
    address, first = filled(desk, "clerk", case, "Accept", note="第一个窗口")
    _same, second = filled(desk, "clerk", case, "Accept", note="第二个窗口")
    desk["clerk"].post(f"{address}/draft", first)
    shown = desk["clerk"].post(address, {**second, "_draft": "1"})
    assert (shown.status, shown.typed("f.note")) == (409, "第二个窗口")
    marks = {name: shown.fields(FORM)[name] for name in ("_draft_revision", "_key")}
    assert desk["clerk"].post(address, {**second, **marks, "_draft": "1"}).status == 303
    assert desk["clerk"].get(address).typed("f.note") == "第二个窗口"


def test_saving_by_itself_ends_with_409_once_the_item_is_over(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    desk["clerk"].post(address, data)
    saved = desk["clerk"].post(f"{address}/draft", data)
    assert (saved.status, saved.body) == (409, "此待办已不能暂存")


# ---------------------------------------------------------------- what surrounds the form


def test_the_facts_say_with_whom_since_when_until_when_and_on_what_ground(at: At) -> None:
    desk, case = at("Accept")
    shown, _fields = opened(desk["clerk"], desk.item("clerk", case, "Accept"))
    facts = " ".join(shown.one("//section[@aria-labelledby='h-facts']").text_content().split())
    for said in ("鄂尔多斯市自然资源局", "盟市自然资源局", "内政办发〔2025〕24号", "第 1 版"):
        assert said in facts
    assert "已用 0 / 5 个工作日" in shown.main


def test_the_records_so_far_can_be_unfolded_and_read(at: At) -> None:
    desk, case = at("Accept")
    shown, _fields = opened(desk["clerk"], desk.item("clerk", case, "Accept"))
    titles = [e.text_content() for e in shown.find("//details[starts-with(@id, 'record-')]//span")]
    assert "提交申报材料" in titles
    assert shown.find("//details//a[starts-with(@href, '/files/')]")


def test_the_diagram_marks_the_step_and_says_it_in_words(at: At) -> None:
    desk, case = at("Accept")
    shown, _fields = opened(desk["clerk"], desk.item("clerk", case, "Accept"))
    viewer = shown.one("//bpmn-viewer")
    assert '"Accept"' in viewer.get("state")
    assert "当前环节 受理审查" in viewer.get("aria-label")
    assert desk["clerk"].get(viewer.get("src")).answer.mimetype == "application/xml"


def test_an_inner_step_does_not_exist_for_the_applicant(at: At) -> None:
    desk, case = at("Accept")
    item = desk.item("clerk", case, "Accept")
    shown = desk["applicant"].get(f"/work/{item}")
    assert shown.status == 404
    assert not shown.find(FORM)


def test_somebody_it_was_never_offered_to_cannot_hand_in(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    assert desk["applicant"].post(address, data).status == 404
    assert desk.drive.open_steps(case) == ["Accept"]


def test_a_completed_item_says_who_completed_it(at: At) -> None:
    desk, case = at("Accept")
    address, data = filled(desk, "clerk", case, "Accept")
    desk["clerk"].post(address, data)
    assert "此待办已由乌兰办理" in desk["colleague"].get(address).main


def test_an_item_of_a_suspended_case_waits(at: At) -> None:
    desk, case = at("Accept")
    item = desk.item("clerk", case, "Accept")
    desk["admin"].post(f"/cases/{case}/suspend", reason="核对主体")
    shown = desk["clerk"].get(f"/work/{item}")
    assert "办件已挂起" in shown.main
    assert not shown.find(FORM)


def test_a_stopped_clock_is_told_with_its_ground(at: At) -> None:
    desk, case = at("Accept")
    desk.drive.complete(case, "Accept", c2="missing", decision="supplement")
    assert "停表中" not in desk["clerk"].get(f"/cases/{case}").main, "nobody was asked yet"
    desk.drive.walk(case, "AnswerSupplement")
    shown = desk["clerk"].get(f"/cases/{case}")
    assert "停表中" in shown.main
    assert "申报材料补正期间" in shown.main


def test_an_official_who_sees_the_case_sees_the_step_of_another_office_without_its_form(
    at: At,
) -> None:
    desk, case = at("ReviewDocuments")
    own = {item["id"] for item in desk.drive.items("wulan", case, "ReviewDocuments")}
    steps = desk.drive.case(case)["open"]
    others = next(step["item"] for step in steps if step["item"] not in own)
    shown = desk["clerk"].get(f"/work/{others}")
    assert shown.status == 200
    assert "青峦一号煤矿" in shown.main
    assert not shown.tree.xpath(FORM)
