"""The public list as CSV: its header stays, its values are printed words, nothing in it runs."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.register.export_rows import (
    PUBLIC_HEADER,
    escape_cell,
    is_formula,
    public_csv,
    public_values,
)
from domain.register.rules import (
    Holder,
    Level,
    ListEntry,
    ListStatus,
    Method,
    Mine,
    Scale,
)

ENTRY = ListEntry(
    mine=Mine(
        no=7,
        printed_name="某某煤炭有限公司满来梁煤矿",
        name="满来梁煤矿",
        holder=Holder("某某煤炭有限公司"),
        to_be_confirmed=False,
        mineral="煤",
        method=Method.OPEN_PIT,
        scale=Scale.MEDIUM,
    ),
    level=Level.REGIONAL,
    status=ListStatus.LISTED,
    listed_on=dt.date(2026, 3, 2),
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_header_is_the_one_people_script_against() -> None:
    assert public_csv([]) == "no,name,holder,mineral,method,scale,level,status,listed_on\r\n"


@pytest.mark.rule("R-IM-33")
def test_an_entry_is_announced_in_printed_words() -> None:
    assert rows(public_csv([ENTRY]))[1] == [
        "7", "某某煤炭有限公司满来梁煤矿", "某某煤炭有限公司", "煤", "露天开采", "中型", "自治区级",
        "在库", "2026-03-02",
    ]  # fmt: skip


@pytest.mark.rule("R-IM-34")
def test_a_mark_is_seen_on_the_public_list() -> None:
    marked = replace(ENTRY, marks=frozenset({"R-IM-37.1"}))
    assert public_values(marked)["status"] == "在库（标注）"


def test_an_unknown_holder_says_so_and_an_unknown_date_stays_empty() -> None:
    unknown = replace(ENTRY, mine=replace(ENTRY.mine, holder=None), listed_on=None)
    values = public_values(unknown)
    assert (values["holder"], values["listed_on"]) == ("待确认", "")


def test_a_mine_that_bears_a_formula_as_its_name_is_printed_as_text() -> None:
    hostile = replace(ENTRY, mine=replace(ENTRY.mine, printed_name='=HYPERLINK("http://x")'))
    assert rows(public_csv([hostile]))[1][1] == '\'=HYPERLINK("http://x")'


SIGNS = ["=1", "+1", "-1", "@x", "＝1", "＋1", "－1", "＠x"]
BLANKS = ["", " ", "\t", "\r", "\n", "\u00a0", "\u3000", "\u200b", "\ufeff", " \t"]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("sign", SIGNS)
def test_every_way_to_begin_a_formula_is_escaped(blank: str, sign: str) -> None:
    assert escape_cell(blank + sign) == f"'{blank}{sign}"


@pytest.mark.parametrize("text", ["", "煤", "1", "a=b", "满来梁-1", "（集团）", "'=1"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert escape_cell(text) == text


@given(st.text())
def test_no_escaped_cell_is_a_formula_and_escaping_twice_changes_nothing(text: str) -> None:
    once = escape_cell(text)
    assert not is_formula(once)
    assert escape_cell(once) == once
    assert once.endswith(text)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"])), max_size=5))
def test_every_row_comes_back_whole(names: list[str]) -> None:
    entries = [replace(ENTRY, mine=replace(ENTRY.mine, printed_name=name)) for name in names]
    read = rows(public_csv(entries))
    assert read[0] == list(PUBLIC_HEADER)
    assert [row[1] for row in read[1:]] == [escape_cell(name) for name in names]
