"""What the HTML of a form says: to eyes, to screen readers, and never more than it should."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from engine.forms.initial import initial_values
from engine.forms.model import Right
from engine.forms.validation import validate
from webapp.formkit.markup import clean_html, escape_markdown, markdown_html
from webapp.formkit.names import control_id
from webapp.formkit.render import render_form, render_summary
from webapp.places import data_root

from .browser import posted, read_page
from .samples import REVIEW, form_context, form_of, render_context

HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}'


def shown(components: list[dict[str, Any]], values: dict[str, Any], **more: Any) -> str:
    return str(render_form(form_of(components), values, (), render_context(**more)))


def test_labels_hints_and_errors_belong_to_their_control() -> None:
    form, context = form_of(REVIEW), form_context()
    checked = validate(form, {}, context)

    html = str(render_form(form, {}, checked.errors, render_context(context)))

    assert '<label class="form-label required" for="f-unit">申请单位</label>' in html
    assert 'aria-invalid="true" aria-describedby="f-unit-hint f-unit-error"' in html
    assert 'aria-required="true"' in html
    ids = set(read_page(html).ids)
    assert {"f-unit-hint", "f-unit-error", "f-verdict-error"} <= ids


def test_everything_a_person_typed_is_escaped() -> None:
    values = {
        "unit": HOSTILE,
        "area": HOSTILE,
        "why": HOSTILE,
        "verdict": "fail",
        "day": HOSTILE,
        "faults": [{"what": HOSTILE}],
        "contact": {"role": HOSTILE},
    }
    form, context = form_of(REVIEW), form_context({"applicant": HOSTILE})
    checked = validate(form, values, context)

    html = str(render_form(form, values, checked.errors, render_context(context)))

    assert "<script" not in html
    assert "49" not in html
    post = posted(html)
    for name in ("f.unit", "f.area", "f.why", "f.day", "f.faults.0.what", "f.contact.role"):
        assert post[name] == HOSTILE


def test_a_name_that_looks_like_markdown_makes_no_link() -> None:
    html = shown(REVIEW, {}, context=form_context({"applicant": "[点这里](https://evil.example)"}))

    assert "evil.example)" in html
    assert "<a " not in html


@pytest.mark.parametrize(
    ("text", "gone", "kept"),
    [
        ("<script>alert(1)</script>好", "script", "好"),
        ("<img src=x onerror=alert(1)>好", "img", "好"),
        ('<a href="javascript:alert(1)">链接</a>', "javascript", "链接"),
        ('<p onclick="x" style="position:fixed">好</p>', "onclick", "<p>好</p>"),
        ("<form action=/x><input name=y></form>好", "<form", "好"),
        ("<iframe src=//evil></iframe>好", "iframe", "好"),
        ("**粗** <b>体</b>", "**", "<strong>粗</strong>"),
        ("# 标题", "<h1", "<h3>标题</h3>"),
        ("|甲|乙|\n|-|-|\n|1|2|", "|-|", "<td>1</td>"),
    ],
)
def test_markdown_and_html_are_cleaned(text: str, gone: str, kept: str) -> None:
    html = markdown_html(text)

    assert gone not in html
    assert kept in html
    assert gone not in clean_html(text) or text.startswith(("*", "#", "|"))


def test_text_put_into_markdown_stays_text() -> None:
    assert markdown_html(escape_markdown("*a* _b_ #c `d` <e>")).strip() == (
        "<p>*a* _b_ #c `d` &lt;e&gt;</p>"
    )


@pytest.mark.parametrize(
    ("around", "shown"),
    [
        ("**建设任务**\n\n{}", "<p>一、绿化<br>二、**降尘**<br><br>- 三</p>"),
        ("# {}", "一、绿化<br>二、**降尘**<br><br>- 三</h3>"),
        ("| 任务 |\n|---|\n| {} |", "<td>一、绿化<br>二、**降尘**<br><br>- 三</td>"),
    ],
)
def test_the_lines_of_a_value_stay_lines_wherever_it_stands(around: str, shown: str) -> None:
    typed = "一、绿化\r\n二、**降尘**\r\n\r\n- 三\r\n"
    assert shown in markdown_html(around.format(escape_markdown(typed)))


def test_a_read_only_field_has_no_control_and_a_hidden_one_is_not_there() -> None:
    rights = {"unit": Right.READ_ONLY, "area": Right.HIDDEN}
    context = form_context({"unit": "某某煤矿"}, rights)
    form = form_of(REVIEW)
    values = initial_values(form, context.variables, context.env)

    html = str(render_form(form, {**values, "unit": "别的"}, (), render_context(context)))

    assert "某某煤矿" in html
    assert "别的" not in html
    assert not {"f.unit", "f.area"} & set(posted(html))
    assert "矿区面积" not in html


def test_the_reading_view_has_terms_and_values_and_no_controls() -> None:
    values = {
        "unit": "某某煤矿",
        "area": "12.50",
        "verdict": "pass",
        "seen": ["licence", "right"],
        "day": "2026-03-02",
        "files": ["a1", "gone"],
        "faults": [{"what": "边坡", "grave": True}, {"what": "扬尘", "grave": False}],
        "contact": {"name": "张三", "role": "head"},
        "sure": True,
    }

    html = shown(REVIEW, values, mode="read")

    assert "<dt>申请单位</dt>" in html
    for text in ("某某煤矿", "12.5", "通过", "营业执照、采矿证", "总平面图.pdf", "张三", "矿长"):
        assert text in html
    assert "文件已不存在" in html
    assert '<th scope="col">问题</th>' in html
    page = read_page(html)
    assert (page.controls, page.buttons, page.files) == ([], [], [])


def test_fields_of_one_row_stand_side_by_side() -> None:
    html = shown(REVIEW, {})

    assert html.count("col-12 col-md-6") == 2


@pytest.mark.parametrize(
    ("columns", "width"),
    [(16, "col-12"), (8, "col-md-6"), (4, "col-md-3"), (2, "col-md-2"), (None, "col-12 col-md")],
)
def test_sixteenths_become_twelfths(columns: int | None, width: str) -> None:
    component = {
        "type": "textfield",
        "id": "x",
        "key": "x",
        "label": "x",
        "layout": {"row": "r", "columns": columns},
    }

    assert width in shown([component], {})


def test_another_prefix_keeps_two_forms_on_one_page_apart() -> None:
    html = shown(REVIEW, {"faults": [{}]}, prefix="g.")

    assert all(name.startswith("g.") for name, _ in read_page(html).controls)
    assert control_id("g.", "faults.0.what") in read_page(html).ids


def test_the_summary_counts_all_errors_and_shows_a_few_of_a_kind() -> None:
    component = REVIEW[-3]
    form, context = form_of([component]), form_context()
    values = {"faults": [{"what": ""} for _ in range(9)]}
    checked = validate(form, values, context)

    html = str(render_summary(form, values, checked.errors, render_context(context)))

    assert "有 9 处需要修改" in html
    assert html.count("请填写问题") == 5
    assert "另有 4 处同类问题" in html


def test_sentences_come_in_the_language_of_the_page() -> None:
    form, context = form_of(REVIEW), form_context()
    checked = validate(form, {}, context)

    html = str(render_form(form, {}, checked.errors, render_context(context, language="en")))

    assert "Enter 申请单位" in html


def test_static_components_show_their_texts_tables_and_pictures() -> None:
    components: list[dict[str, Any]] = [
        {"type": "html", "id": "h", "content": "<b>{{who}}</b><script>1</script>"},
        {"type": "image", "id": "i", "source": "=picture", "alt": "现场"},
        {"type": "separator", "id": "s"},
        {"type": "spacer", "id": "p", "height": 48},
        {
            "type": "table",
            "id": "t",
            "label": "历史",
            "dataSource": "=history",
            "rowCount": 1,
            "columns": [{"key": "no", "label": "证号"}],
        },
        {"type": "button", "id": "b", "label": "提交"},
    ]
    variables = {
        "who": "<i>甲</i>",
        "picture": "https://evil.example/x.png",
        "history": [{"no": "A-1"}, {"no": "A-2"}],
    }

    html = shown(components, {}, context=form_context(variables))

    assert "<b>&lt;i&gt;甲&lt;/i&gt;</b>" in html
    assert "evil.example" not in html
    assert "现场" in html
    assert "A-1" in html
    assert "A-2" not in html
    assert "另有 1 条未显示" in html
    assert "提交" not in html


def texts_of(part: Any) -> Iterator[str]:
    """Every Markdown text of a form and its groups, with something where values go."""
    for component in part.get("components", ()):
        if component["type"] == "text":
            yield re.sub(r"\{\{.*?\}\}", "甲", component["text"])
        yield from texts_of(component)


def test_no_mark_of_emphasis_is_left_in_what_shipped_forms_say() -> None:
    """Markdown closes no ** between punctuation and a letter, which Chinese texts run into."""
    shipped = sorted((data_root() / "forms").rglob("*.form"))
    said = [(p.name, t) for p in shipped for t in texts_of(json.loads(p.read_text("utf-8")))]
    assert len(said) > 20
    assert [(name, text) for name, text in said if "**" in markdown_html(text)] == []
