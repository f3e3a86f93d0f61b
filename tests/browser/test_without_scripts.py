"""Scripts switched off: every form works all the same."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.filling import choose, photo, press, sign_in_by_hand
from tests.browser.serving import Running
from tests.browser.visiting import Visitors


def test_a_visit_is_delegated_and_reported_without_scripts(
    visitors: Visitors, running: Running
) -> None:
    case = running.drive.at("ChooseSiteMode")
    today = running.drive.today.isoformat()
    clerk = visitors.come(scripts=False)
    clerk.goto(f"/work/{running.item('wulan', case, 'ChooseSiteMode')}")
    sign_in_by_hand(clerk, "wulan")
    delegate(clerk, today)
    assert running.drive.open_steps(case) == ["VerifySiteByBanner"]

    inspector = visitors.come(scripts=False)
    inspector.goto(f"/work/{running.item('buhe', case, 'VerifySiteByBanner')}")
    sign_in_by_hand(inspector, "buhe")
    report_the_visit(inspector, today)
    assert set(running.drive.open_steps(case)) == {"GiveBannerSiteOpinion"}


def delegate(page: Page, today: str) -> None:
    """Choose to delegate; only then a reason is asked for."""
    choose(page, "实地核查方式", "委托旗县级自然资源局会同有关部门核查")
    expect(page.get_by_label("委托理由和要求")).to_have_count(0)
    press(page, "按已填内容更新表单")
    page.get_by_label("委托理由和要求").fill("路途较远，由旗里就近核查。")
    page.get_by_label("初审责任仍由").check()
    page.get_by_label("计划核查日期").fill(today)
    assert press(page, "提交").status == 303
    expect(page.get_by_text("已办理：确定实地核查方式")).to_be_visible()


def report_the_visit(page: Page, today: str) -> None:
    """Two people, one taken away again, the constraint items, a picture."""
    page.get_by_label("到了什么现场").fill("查看工业广场、排矸场和复垦区。")
    people = page.get_by_role("group", name="参加人员")
    if people.get_by_label("姓名").count() == 0:
        press(page, "增加一人")
    people.get_by_label("姓名").first.fill("不在场的人")
    press(page, "增加一人")
    people.get_by_label("姓名").nth(1).fill("布和")
    people.get_by_label("单位").nth(1).fill("伊金霍洛旗自然资源局")
    press(page, "删除参加人员第 1 行")
    expect(people.get_by_label("姓名")).to_have_value("布和")
    expect(page.get_by_label("到了什么现场")).to_have_value("查看工业广场、排矸场和复垦区。")

    items = page.get_by_role("group", name="约束性指标达标情况").locator(".list-row")
    for number in range(items.count()):
        choose(items.nth(number), "是否达标", "达标")
        items.nth(number).get_by_label("检查记录").fill("现场核查与资料一致。")
    page.get_by_label("现场照片").set_input_files(photo("排矸场.png"))
    page.get_by_label("实地核查意见").fill("约束性指标均已达标。")
    assert press(page, "提交").status == 422, "the day is missing"
    expect(page.get_by_role("alert")).to_contain_text("到场日期")
    expect(page.get_by_text("排矸场.png")).to_be_visible()
    page.get_by_label("到场日期").fill(today)
    choose(page, "实地核查结论", "符合")
    press(page, "提交")
    expect(page.get_by_text("已办理：受委托实地核查")).to_be_visible()
