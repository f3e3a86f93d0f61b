"""Texts of documents: read or refused by line, filled in by FEEL and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.cases.expressions import HOST_FUNCTIONS
from engine.documents.template import DocumentBroken, fill, read_template, written
from engine.feel import Environment

HEAD = "title: 告知书\nlayout: letter\n"
ENV = Environment(now=datetime(2026, 3, 2, tzinfo=UTC), lenient=True)
SHIPPED = sorted((Path(__file__).parents[3] / "tenants").glob("*/templates/*.txt"))


def text(body: str, head: str = HEAD) -> bytes:
    return f"{head}---\n{body}\n".encode()


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("没有开头", 1, "---"),
        (f"{HEAD}---\n", 3, "没有正文"),
        ("layout: letter\n---\n正文", 1, "标题"),
        ("title: 书\nlayout: poster\n---\n正文", 1, "版式"),
        (f"{HEAD}colour: red\n---\n正文", 3, "开头只能有"),
        (f"{HEAD}shown: everybody\n---\n正文", 1, "applicant"),
        (f"{HEAD}number: 第{{seq}}号\n---\n正文", 1, "编号规则"),
        (f"{HEAD}---\n你好 {{{{holder", 4, "占位符"),
        (f"{HEAD}---\n{{{{1 +}}}}", 4, "1 +"),
        (f'{HEAD}---\n{{{{open("/etc/passwd")}}}}', 4, "open"),
    ],
)
def test_a_text_that_cannot_be_filled_in_is_refused_by_line(
    body: str, line: int, said: str
) -> None:
    template, faults = read_template(body.encode(), HOST_FUNCTIONS)
    assert template is None
    assert any(fault.line == line and said in fault.zh for fault in faults), faults


@pytest.mark.parametrize("body", [b"\xff\xfe", b"x" * 70_000], ids=["no text", "too large"])
def test_what_is_no_text_is_refused(body: bytes) -> None:
    assert read_template(body)[0] is None


@pytest.mark.parametrize(
    ("body", "names", "paragraphs"),
    [
        ("{{holder}}：", {"holder": "恒泰"}, ["恒泰："]),
        ("{{missing}}", {}, [""]),
        ("共 {{count(items)}} 项", {"items": [1, 2]}, ["共 2 项"]),
        ("{{for i in items return i}}", {"items": ["甲", "乙"]}, ["甲", "乙"]),
        ("含 {{items}}", {"items": ["甲", "乙"]}, ["含 甲、乙"]),
        ("{{note}}", {"note": "一\n二"}, ["一", "二"]),
        ("{{today()}}", {}, ["2026年3月2日"]),
        ("{{name}}", {"name": "{{1+1}} #read"}, ["{{1+1}} #read"]),
    ],
)
def test_placeholders_are_filled_in_once(
    body: str, names: dict[str, object], paragraphs: list[str]
) -> None:
    template, faults = read_template(text(body))
    assert not faults
    assert template is not None
    assert fill(template, names, ENV)["paragraphs"] == paragraphs


def test_a_placeholder_without_a_value_is_named() -> None:
    template, _ = read_template(text('{{1 / 0 + abs("a")}}'))
    assert template is not None
    with pytest.raises(DocumentBroken) as caught:
        fill(template, {}, Environment(now=ENV.now))
    assert "abs" in caught.value.zh


def test_values_are_written_as_documents_write_them() -> None:
    assert written(date(2026, 3, 2)) == "2026年3月2日"
    assert written([True, None, "甲"]) == "是、、甲"


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_shipped_texts_can_be_published(file: Path) -> None:
    template, faults = read_template(file.read_bytes(), HOST_FUNCTIONS)
    assert faults == []
    assert template is not None
