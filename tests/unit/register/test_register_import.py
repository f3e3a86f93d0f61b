"""The register file: 48 official mines read whole, and a message for every wrong cell."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.register.export_rows import is_formula
from domain.register.import_rows import (
    COLUMNS,
    MAX_FAULTS,
    ImportLimits,
    ImportRefused,
    import_rows,
)
from domain.register.rules import Holder, Level, ListEntry, ListStatus, Method, Scale
from engine.errors import TooLarge

OFFICIAL = Path(__file__).resolve().parents[3] / "tenants/neimenggu/demo/mines-yijinhuoluo.csv"
HEADER = ",".join(COLUMNS)
GOOD = "1,某某煤炭有限公司满来梁煤矿,煤,露天开采,中型,自治区级"


@pytest.fixture(scope="module")
def mines() -> tuple[ListEntry, ...]:
    return import_rows(OFFICIAL.read_bytes()).accepted()


def found(*rows: str, header: str = HEADER) -> list[tuple[int, str, str]]:
    report = import_rows("\r\n".join((header, *rows)).encode())
    return [(fault.row, fault.column, fault.code) for fault in report.faults]


@pytest.mark.rule("R-IM-34")
def test_the_48_official_mines_are_all_listed(mines: tuple[ListEntry, ...]) -> None:
    assert [entry.mine.no for entry in mines] == list(range(1, 49))
    assert {entry.status for entry in mines} == {ListStatus.LISTED}
    assert Counter(entry.level for entry in mines) == {Level.NATIONAL: 6, Level.REGIONAL: 42}
    assert Counter(entry.mine.method for entry in mines) == {
        Method.OPEN_PIT: 8,
        Method.UNDERGROUND: 40,
    }
    assert Counter(entry.mine.scale for entry in mines) == {
        Scale.LARGE: 29,
        Scale.MEDIUM: 16,
        Scale.SMALL: 3,
    }
    assert {entry.mine.mineral for entry in mines} == {"煤"}


def test_every_official_name_is_kept_as_printed(mines: tuple[ListEntry, ...]) -> None:
    with OFFICIAL.open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert [entry.mine.printed_name for entry in mines] == names


def test_nine_official_names_wait_for_a_person_and_no_more(mines: tuple[ListEntry, ...]) -> None:
    waiting = {entry.mine.no for entry in mines if entry.mine.to_be_confirmed}
    assert waiting == {10, 22, 23, 25, 27, 32, 45, 47, 48}


@pytest.mark.parametrize("name", ["满来梁", "丁家梁"])
def test_mines_of_one_name_stay_two_mines(mines: tuple[ListEntry, ...], name: str) -> None:
    two = [entry.mine for entry in mines if name in entry.mine.printed_name]
    assert len(two) == 2
    assert two[0] != two[1]
    assert two[0].holder != two[1].holder


def test_the_mines_of_one_holder_share_it(mines: tuple[ListEntry, ...]) -> None:
    holders = Counter(entry.mine.holder for entry in mines)
    assert holders[Holder("鄂尔多斯市乌兰煤炭（集团）有限责任公司")] == 7
    assert holders[Holder("中国神华能源股份有限公司")] == 7


def test_columns_may_stand_in_any_order() -> None:
    row = "大型,国家级,7,煤,某某矿业有限公司东山煤矿,地下开采"
    report = import_rows(f"scale,level,no,mineral,name,method\n{row}".encode())
    (entry,) = report.accepted()
    assert (entry.mine.no, entry.mine.name, entry.level) == (7, "东山煤矿", Level.NATIONAL)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_office_spreadsheets_are_read(codec: str) -> None:
    (entry,) = import_rows(f"{HEADER}\n{GOOD}".encode(codec)).accepted()
    assert entry.mine.name == "满来梁煤矿"


def test_blank_rows_are_passed_over_and_rows_keep_their_number() -> None:
    assert found(GOOD, ",,,,,", "", GOOD.replace("中型", "巨型")) == [(5, "scale", "unknown_word")]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("1,", "0,", ("no", "not_number")),
        ("1,", "-1,", ("no", "formula")),
        ("1,", "1.0,", ("no", "not_number")),
        ("1,", "１,", ("no", "not_number")),
        ("1,", "1234567,", ("no", "too_long")),
        ("1,", ",", ("no", "empty")),
        ("露天开采", "水下开采", ("method", "unknown_word")),
        ("中型", "", ("scale", "empty")),
        ("自治区级", "市级", ("level", "unknown_word")),
        ("某某煤炭", "=cmd|' /C calc'!A0", ("name", "formula")),
        ("某某煤炭", "＋某某煤炭", ("name", "formula")),
        ("某某煤炭", " @某某煤炭", ("name", "formula")),
        ("某某煤炭", "某\u202e某煤炭", ("name", "control")),
        ("满来梁煤矿", "满" * 101, ("name", "too_long")),
        (",煤,", f",{'煤' * 41},", ("mineral", "too_long")),
        (",煤,", ",煤,铁,", ("", "wrong_width")),
        (",煤,", ",", ("", "wrong_width")),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(
    old: str, new: str, fault: tuple[str, str]
) -> None:
    (only,) = found(GOOD.replace(old, new, 1))
    assert only[1:] == fault


def test_a_line_break_inside_a_cell_is_refused() -> None:
    row = '1,"某某煤炭有限公司\n满来梁煤矿",煤,露天开采,中型,自治区级'
    assert found(row) == [(2, "name", "control")]


def test_a_word_that_is_not_understood_is_answered_with_the_words_that_are() -> None:
    (fault,) = import_rows(f"{HEADER}\n{GOOD.replace('中型', '特大型')}".encode()).faults
    assert "大型、中型、小型" in fault.zh
    assert "特大型" in fault.en


@pytest.mark.parametrize(
    ("header", "faults"),
    [
        ("no,name,mineral,method,scale", [(1, "level", "missing_column")]),
        (HEADER + ",holder", [(1, "holder", "unknown_column")]),
        (HEADER + ",no", [(1, "no", "double_column")]),
        ("序号,name,mineral,method,scale,level",
         [(1, "no", "missing_column"), (1, "序号", "unknown_column")]),
    ],
)  # fmt: skip
def test_wrong_columns_are_named(header: str, faults: list[tuple[int, str, str]]) -> None:
    assert found(GOOD, header=header) == faults


def test_an_empty_file_lacks_every_column() -> None:
    assert [fault.column for fault in import_rows(b"").faults] == list(COLUMNS)


def test_a_repeated_number_names_the_row_that_had_it_first() -> None:
    other = GOOD.replace("满来梁", "丁家梁").replace("1,", "01,", 1)
    report = import_rows("\n".join((HEADER, GOOD, other)).encode())
    (fault,) = report.faults
    assert (fault.row, fault.column, fault.code) == (3, "no", "repeated")
    assert "第 2 行" in fault.zh
    assert len(report.entries) == 1


def test_a_whole_printed_name_stands_once_but_a_mines_own_name_may_return() -> None:
    same = GOOD.replace("1,", "2,", 1)
    namesake = same.replace("某某煤炭", "别的煤炭")
    assert found(GOOD, same) == [(3, "name", "repeated")]
    assert found(GOOD, namesake) == []


def test_a_file_with_a_fault_gives_no_entry_to_store() -> None:
    report = import_rows("\n".join((HEADER, GOOD, "x")).encode())
    with pytest.raises(ImportRefused) as caught:
        report.accepted()
    assert caught.value.facts["errors"] == [
        {
            "field": "3:",
            "code": "wrong_width",
            "message": "应有 6 列，实有 1 列。",
            "message_en": "6 cells are expected, 1 are there.",
        }
    ]


@pytest.mark.parametrize(
    "source", [b"\xff\xfe\x00\x01", f'{HEADER}\n"1'.encode(), f'{HEADER}\n"1"x,'.encode()]
)
def test_what_is_no_csv_is_one_fault(source: bytes) -> None:
    assert [fault.code for fault in import_rows(source).faults] == ["unreadable"]


def test_a_file_too_large_is_not_looked_at() -> None:
    with pytest.raises(TooLarge) as caught:
        import_rows(b"x" * 11, ImportLimits(size=10))
    assert caught.value.facts == {"limit": 10}


def test_more_rows_than_the_limit_are_refused() -> None:
    rows = "\n".join([HEADER, *[GOOD] * 3]).encode()
    with pytest.raises(TooLarge):
        import_rows(rows, ImportLimits(rows=2))
    assert import_rows(rows, ImportLimits(rows=3)).entries != ()


def test_a_report_ends_after_so_many_faults() -> None:
    assert len(found(*["x"] * (MAX_FAULTS + 50))) == MAX_FAULTS


cells = st.text(max_size=12) | st.sampled_from(["1", "2", "煤", "露天开采", "大型", "国家级", "=1"])


@given(st.lists(st.lists(cells, min_size=5, max_size=7), max_size=6))
def test_any_table_is_read_or_reported_and_no_formula_ever_comes_in(
    table: list[list[str]],
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([COLUMNS, *table])
    report = import_rows(out.getvalue().encode("utf-8", "replace"))
    assert len(report.entries) + len({fault.row for fault in report.faults}) <= len(table)
    for entry in report.entries:
        assert not is_formula(entry.mine.printed_name)
        assert not is_formula(entry.mine.mineral)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_reported(source: bytes) -> None:
    report = import_rows(source)
    assert report.faults != ()
