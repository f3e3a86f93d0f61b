"""Somebody of the public objects to a notice and follows the answer."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.filling import document, press
from tests.browser.states import PUBLIC
from tests.browser.town import Town
from tests.browser.visiting import Visitors

CODE = re.compile(r"^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$")

MINE = re.compile("^青峦.*煤矿$")


def test_an_objection_is_made_and_followed_by_its_receipt(visitors: Visitors, town: Town) -> None:
    page = visitors.look()
    page.goto(f"{PUBLIC}/notices")
    page.get_by_role("link", name="关于拟纳入绿色矿山名录矿山名单的公示").click()
    expect(page.get_by_role("cell", name=MINE).first).to_be_visible()

    page.get_by_label("姓名或单位名称").fill("张建国")
    page.get_by_label("异议内容").fill("排土场未按方案复垦。")
    page.get_by_label("证明材料").set_input_files(document("照片说明.pdf"))
    assert press(page, "提交异议").status == 422
    expect(page.get_by_role("alert")).to_contain_text("有 1 处需要修改")
    expect(page.get_by_label("异议内容")).to_have_value("排土场未按方案复垦。")
    expect(page.get_by_text("照片说明.pdf")).to_be_visible()
    page.get_by_label("联系方式").fill("13800000000")
    assert press(page, "提交异议").status == 303

    expect(page.get_by_role("heading", name="异议已收到")).to_be_visible()
    code = page.get_by_text(CODE).inner_text()
    page.get_by_role("main").get_by_role("link", name="异议查询").click()
    page.get_by_label("回执码").fill(code.lower())
    press(page, "查询")
    found = page.get_by_role("region", name="处理结果")
    expect(found).to_contain_text("关于拟纳入绿色矿山名录矿山名单的公示")
    assert code not in page.url


def test_a_receipt_is_shown_once(visitors: Visitors, town: Town) -> None:
    page = visitors.look()
    page.goto(f"{PUBLIC}/receipt")
    expect(page.get_by_role("heading", name="异议查询")).to_be_visible()
    page.get_by_label("回执码").fill("AAAA-BBBB-CCCC-DDDD")
    assert press(page, "查询").status == 404
    expect(page.get_by_role("alert")).to_be_visible()


def test_the_list_is_searched_and_filtered(visitors: Visitors, town: Town) -> None:
    page = visitors.look()
    page.goto(f"{PUBLIC}/list")
    page.get_by_label("矿山或采矿权人").fill("满来梁")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("开采方式").select_option("露天开采")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 CSV").click()
    assert download.value.suggested_filename == "neimenggu-list.csv"
