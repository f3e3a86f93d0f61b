"""What surrounds every page: navigation by capacity, warnings, pages that tell of errors."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.web.pages.desk import Desk


@pytest.mark.parametrize(
    ("who", "labels"),
    [
        ("applicant", ["我的企业", "待办", "已办", "我的申请"]),
        ("clerk", ["待办", "已办", "我发起的", "办件", "批次"]),
        ("leader", ["待办", "已办", "我发起的", "办件", "批次", "总览", "异常"]),
        ("auditor", ["办件", "批次", "总览", "异常", "流程", "规则对照"]),
        ("admin", ["待办", "已办", "我发起的", "办件", "批次", "总览", "异常", "流程", "规则对照"]),
    ],
)
def test_the_navigation_holds_what_a_person_may_open(
    desk: Desk, who: str, labels: list[str]
) -> None:
    links = desk[who].get("/cases").find("//nav[@id='site-nav']//a")
    assert [(link.text or "").strip() for link in links] == labels
    assert all(desk[who].get(link.get("href")).status in (200, 303) for link in links)


def test_the_frame_names_the_tenant_and_the_person(desk: Desk) -> None:
    shown = desk["clerk"].get("/work")
    assert shown.one("//span[@class='brand-tenant']").text == "内蒙古"
    assert "乌兰" in shown.one("//header").text_content()


def test_a_year_without_known_holidays_is_warned_of(desk: Desk) -> None:
    desk.drive.clock.moment = datetime(2031, 3, 3, 2, tzinfo=UTC)
    browser = desk.browser_of(desk.actor("clerk"))
    assert "2031 年的放假和调休安排尚未录入" in browser.get("/work").main


def test_a_page_that_does_not_exist_is_told_inside_the_frame(desk: Desk) -> None:
    shown = desk["clerk"].get("/nowhere")
    assert shown.status == 404
    assert "页面不存在" in shown.main
    assert shown.find("//*[@id='account']")


def test_a_database_that_does_not_answer_is_told_by_a_page_that_needs_none(desk: Desk) -> None:
    browser, settings = desk["clerk"], desk.drive.product.settings
    desk.drive.product.db.dispose()
    for file in settings.data_dir.glob("lucheng.db*"):
        file.unlink()
    shown = browser.get("/work")
    assert shown.status == 503
    assert "系统暂时不可用" in shown.main


def test_a_page_holds_nothing_its_content_policy_forbids(desk: Desk) -> None:
    for who, place in (
        ("clerk", "/work"),
        ("applicant", "/cases/mine"),
        ("auditor", "/admin/rules"),
    ):
        shown = desk[who].get(place)
        assert not shown.find("//script[not(@src)] | //style | //@style")
        assert not shown.find("//@*[starts-with(name(), 'on')]")
        assert "script-src 'self'" in shown.answer.headers["Content-Security-Policy"]
