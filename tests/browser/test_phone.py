"""At the mine, with a phone in the hand."""

from __future__ import annotations

from playwright.sync_api import FloatRect, Locator, expect

from tests.browser.town import Town
from tests.browser.visiting import PHONE, Visitors, is_wider_than_the_screen

FINGER = 40
"""Points a button must be high to be hit."""


def box(found: Locator) -> FloatRect:
    """Where something stands."""
    place = found.bounding_box()
    assert place is not None
    return place


def test_the_work_list_is_a_pile_of_cards(visitors: Visitors, town: Town) -> None:
    page = visitors.look("xiaohong", PHONE)
    page.goto("/work")
    expect(page.get_by_role("columnheader", name="办理期限")).to_be_hidden()
    cards = page.locator("#work-rows tbody tr")
    expect(cards.nth(1)).to_be_visible()
    upper, lower = box(cards.first), box(cards.nth(1))
    assert upper["y"] + upper["height"] <= lower["y"]
    assert upper["width"] > PHONE["width"] * 0.8
    assert box(cards.first.get_by_role("button", name="认领"))["height"] >= FINGER


def test_a_long_name_in_english_wraps_in_its_button(visitors: Visitors, town: Town) -> None:
    page = visitors.come("zhaolei", PHONE)
    page.goto("/language/en?next=/cases/mine")
    button = page.get_by_text("Application for the regional list of green mines").first
    assert box(button)["width"] <= PHONE["width"]
    assert not is_wider_than_the_screen(page)


def test_the_score_sheet_is_filled_in_one_row_after_another(visitors: Visitors, town: Town) -> None:
    page = visitors.look("zhaolei", PHONE)
    page.goto(town.item("zhaolei", town.assessing, "AssessSelf"))
    rows = page.locator(".score-row")
    expect(rows.filter(visible=True)).to_have_count(1)
    expect(page.get_by_text(f"1 / {rows.count()}")).to_be_visible()
    assert box(rows.first)["x"] + box(rows.first)["width"] <= PHONE["width"]
    page.get_by_role("button", name="下一项").click()

    row = rows.filter(has_text="配套设施")
    expect(rows.filter(visible=True)).to_have_count(1)
    value, record = row.get_by_label("发现问题（处）"), row.get_by_label("检查记录")
    assert box(value)["y"] + box(value)["height"] <= box(record)["y"], "one below the other"
    record.fill("宿舍区设施齐全。")
    value.fill("0")
    expect(page.get_by_text("已评 1 /")).to_be_visible()
    expect(page.locator(".score-total")).to_be_in_viewport()


def test_a_row_that_does_not_apply_asks_for_the_reason(visitors: Visitors, town: Town) -> None:
    page = visitors.look("zhaolei", PHONE)
    page.goto(town.item("zhaolei", town.assessing, "AssessSelf"))
    row = page.locator(".score-row").filter(has_text="标识标牌")
    forward = page.get_by_role("button", name="下一项")
    while not row.is_visible():
        forward.click()
    expect(row.get_by_label("判定依据和理由")).to_be_hidden()
    row.get_by_label("不涉及").check()
    expect(row.get_by_label("判定依据和理由")).to_be_visible()


def test_the_diagram_begins_where_the_case_stands(visitors: Visitors, town: Town) -> None:
    page = visitors.look("wulan", PHONE)
    page.goto(town.item("wulan", town.late, "Accept"))
    token = page.locator("bpmn-viewer [data-element-id=Accept].is-active")
    expect(token).to_be_attached()
    page.locator("bpmn-viewer").scroll_into_view_if_needed()
    expect(token).to_be_in_viewport(ratio=0.99)
    assert box(token)["width"] >= 60, "large enough to be read"


def test_the_navigation_unfolds(visitors: Visitors, town: Town) -> None:
    page = visitors.look("wulan", PHONE)
    page.goto("/work")
    done = page.locator("#site-nav").get_by_role("link", name="已办", exact=True)
    expect(done).to_be_hidden()
    page.get_by_role("button", name="导航").click()
    done.click()
    expect(page.get_by_role("heading", name="已办")).to_be_visible()
