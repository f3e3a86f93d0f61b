"""The frame of the pages and the parts they are made of."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.unit.packaging.sample_pages import (
    ERRORS,
    NAMES,
    SIGNED_IN,
    TEMPLATES,
    due,
    environment,
    render,
)

PAGES: list[tuple[str, dict[str, object]]] = [(name, {}) for name in NAMES] + [
    ("task", {"errors": ERRORS})
]
HAN = re.compile(r"[\u4e00-\u9fff]")


def parsed(markup: str) -> Any:  # the stubs of lxml do not know what xpath finds
    return html.fromstring(markup)


def tree(name: str, **changes: object) -> Any:
    return parsed(render(name, **changes))


def macro(call: str, **facts: object) -> str:
    source = f'{{% import "macros.html" as m %}}{{{{ m.{call} }}}}'
    return environment().from_string(source).render(facts)


def words(markup: str) -> str:
    return " ".join(parsed(f"<div>{markup}</div>").text_content().split())


@pytest.mark.parametrize(("name", "changes"), PAGES)
def test_a_page_holds_nothing_that_the_content_policy_forbids(
    name: str, changes: dict[str, object]
) -> None:
    page = tree(name, **changes)
    assert not page.xpath("//script[not(@src)] | //style | //@style")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")


@pytest.mark.parametrize(("name", "changes"), PAGES)
def test_a_page_has_one_heading_one_main_part_and_no_id_twice(
    name: str, changes: dict[str, object]
) -> None:
    page = tree(name, **changes)
    ids = page.xpath("//@id")
    assert len(page.xpath("//h1")) == len(page.xpath("//main[@id='main']")) == 1
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("name", "changes"), PAGES)
def test_every_control_of_a_page_has_a_label(name: str, changes: dict[str, object]) -> None:
    page = tree(name, **changes)
    controls = "//main//*[self::input or self::select or self::textarea][not(@type='hidden')]"
    for control in page.xpath(controls):
        labelled = page.xpath(f"//label[@for='{control.get('id')}']")
        assert labelled or control.xpath("ancestor::label"), html.tostring(control)


@pytest.mark.parametrize("file", ["base.html", "public_base.html", "macros.html"])
def test_every_chinese_text_of_the_frame_can_be_translated(file: str) -> None:
    source = (TEMPLATES / file).read_text(encoding="utf-8")
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    source = re.sub(r"_\('[^']*'", "", source)
    assert HAN.findall(source) == []


def test_the_account_menu_signs_out_by_a_protected_post() -> None:
    (form,) = tree("worklist").xpath("//form[@action='/sign-out']")
    assert form.get("method") == "post"
    assert form.xpath(".//input[@name='csrf_token']/@value") == ["token"]


def test_a_visitor_sees_the_way_to_sign_in_and_no_account() -> None:
    page = tree("public")
    assert page.xpath("//a[@href='/sign-in']")
    assert not page.xpath("//*[@id='account']")


def test_the_active_page_is_marked_in_the_navigation() -> None:
    assert tree("worklist").xpath("//nav//a[@aria-current='page'][@href='/']")


def test_the_calendar_warning_and_messages_stand_before_the_heading() -> None:
    page = tree("worklist", flashes=[("danger", "没有保存"), ("success", "已提交")])
    before = page.xpath("//h1/preceding::*[contains(@class, 'alert')]")
    assert [one.get("role") for one in before] == ["status", "alert", "status"]


def test_the_head_names_what_is_in_the_account_menu_for_phones_too() -> None:
    assert SIGNED_IN["account"]["capacity"] in words(render("worklist"))  # type: ignore[index]


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (due("late", 1, "11-19"), "超期 1 个工作日11-19"),
        (due("today"), "今天到期"),
        (due("soon", 2), "剩 2 个工作日"),
        (due("ok", 12), "剩 12 个工作日"),
        (due("paused", ground="补正"), "停表 · 补正"),
        (due("none"), "无期限"),
        (None, ""),
    ],
)
def test_a_limit_is_said_in_words(limit: object, said: str) -> None:
    assert words(macro("due_badge(limit)", limit=limit)) == said


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ({"last": 0}, "没有记录"),
        ({"first": 1, "last": 8, "total": None}, "第 1–8 件"),
        ({"first": 1, "last": 8, "total": 12}, "第 1–8 件，共 12 件"),
        ({"first": 1, "last": 8, "total": 1000, "is_capped": True}, "第 1–8 件，共 1000 件以上"),
    ],
)
def test_pages_of_a_list_say_where_they_are(page: dict[str, object], said: str) -> None:
    assert words(macro("pagination(page)", page=page)) == said


def test_the_error_summary_leads_to_each_field() -> None:
    page = tree("task", errors=ERRORS)
    (link,) = page.xpath("//error-summary//a/@href")
    assert page.xpath(f"//input[@id='{link[1:]}'][contains(@class, 'is-invalid')]")
    assert "有 2 处需要修改" in words(macro("error_summary(errors)", errors=ERRORS))


def test_no_error_summary_without_errors() -> None:
    assert macro("error_summary(errors)", errors=[]).strip() == ""


def test_the_state_of_a_diagram_survives_its_attribute() -> None:
    state = {"done": ["A"], "taken": [], "active": {"B": "\"2\" 人 <b> & '它'"}, "stuck": {}}
    markup = macro("bpmn_viewer('/x.bpmn', state, '图')", state=state)
    (viewer,) = parsed(f"<div>{markup}</div>").xpath("//bpmn-viewer")
    assert json.loads(viewer.get("state")) == state


def test_a_hostile_name_stays_text() -> None:
    entries = [{"title": "<script>x</script>", "text": "<b>"}]
    assert "<script>" not in macro("timeline(entries)", entries=entries)


def test_facts_without_a_value_are_left_out() -> None:
    items = [{"label": "承办", "value": "王敏"}, {"label": "备注", "value": ""}]
    assert words(macro("facts(items)", items=items)) == "承办 王敏"


def test_every_icon_that_a_template_asks_for_is_drawn() -> None:
    macros = (TEMPLATES / "macros.html").read_text(encoding="utf-8")
    drawn = set(re.findall(r'^  "([a-z-]+)": "M', macros, re.MULTILINE))
    asked = {name for file in TEMPLATES.rglob("*.html") for name in icons_of(file)}
    assert len(drawn) >= 30
    assert asked <= drawn


def icons_of(file: Path) -> list[str]:
    source = file.read_text(encoding="utf-8")
    return re.findall(r"""icon(?:_name)?(?:\(|=|": )\s*["']([a-z-]+)["']""", source)
