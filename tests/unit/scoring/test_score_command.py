"""``lucheng score``: exit 0 with the result, exit 2 with a message for every place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domain.scoring.command import run

from .builders import INDICATORS, THOUSAND, full_sheet, with_items
from .test_worked_examples import COAL_MINE


def find(name: str) -> Path | None:
    known = ("neimenggu-2025", "national-2024")
    return INDICATORS / f"{name}.yaml" if name in known else None


def written(folder: Path, sheet: object) -> str:
    path = folder / "sheet.json"
    path.write_text(json.dumps(sheet, ensure_ascii=False), "utf-8")
    return str(path)


def places(told: dict[str, object]) -> list[str]:
    errors: Any = told["errors"]
    return [error["field"] for error in errors]


def test_a_sheet_that_passes_is_exit_0_with_its_result(tmp_path: Path) -> None:
    code, told = run("neimenggu-2025", written(tmp_path, COAL_MINE), None, find)

    assert code == 0
    assert told["total"] == "83.23"
    assert told["passed"] is True
    assert told["reasons"] == []
    json.dumps(told)


def test_a_sheet_that_fails_is_exit_0_as_well(tmp_path: Path) -> None:
    sheet = with_items(full_sheet(), {"M08": "0"})

    code, told = run("neimenggu-2025", written(tmp_path, sheet), None, find)

    assert (code, told["passed"], told["reasons"]) == (0, False, ["constraint:M08"])


@pytest.mark.rule("R-NAT-39")
def test_the_line_replaces_the_printed_one(tmp_path: Path) -> None:
    path = written(tmp_path, COAL_MINE)

    assert run("neimenggu-2025", path, "83.23", find)[1]["reasons"] == ["below_line"]
    assert run("neimenggu-2025", path, "83.22", find)[1]["reasons"] == []


@pytest.mark.rule("R-ORD-41")
def test_a_catalogue_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "thousand.yaml").write_text(THOUSAND, "utf-8")
    sheet = {
        "group": "all",
        "variant": "",
        "prerequisites": {},
        "items": {
            "A1": {"score": "200", "proof": True},
            "B1": {"score": "700.5", "proof": True},
        },
    }

    code, told = run(str(tmp_path / "thousand.yaml"), written(tmp_path, sheet), None, find)

    assert (code, told["total"], told["passed"]) == (0, "900.50", True)


def test_numbers_in_the_file_are_read_exactly(tmp_path: Path) -> None:
    sheet = full_sheet()
    text = json.dumps(sheet).replace('"M02": {"score": "2"', '"M02": {"score": 1.005')
    (tmp_path / "sheet.json").write_text(text, "utf-8")

    told = run("neimenggu-2025", str(tmp_path / "sheet.json"), None, find)[1]

    assert told["total"] == "99.01"  # 99.005 half up; the binary float lies below it


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e99999999999999999999"])
def test_a_number_that_is_none_is_named_by_its_place(tmp_path: Path, number: str) -> None:
    text = json.dumps(full_sheet()).replace('"M02": {"score": "2"', f'"M02": {{"score": {number}')
    (tmp_path / "sheet.json").write_text(text, "utf-8")

    code, told = run("neimenggu-2025", str(tmp_path / "sheet.json"), None, find)

    assert (code, places(told)) == (2, ["items.M02.score"])


def test_every_fault_of_the_sheet_is_told(tmp_path: Path) -> None:
    sheet = with_items(full_sheet(), {"M01": "3", "M02": None})

    code, told = run("neimenggu-2025", written(tmp_path, sheet), None, find)

    assert code == 2
    assert told["code"] == "score_sheet_invalid"
    assert places(told) == ["items.M01.score", "items.M02"]
    errors: Any = told["errors"]
    assert all(error["message"] and error["message_en"] for error in errors)


@pytest.mark.parametrize("line", ["", "x", "-1", "101", "NaN", "1e1", "6０"])
def test_a_line_that_is_no_number_within_the_total_is_told(tmp_path: Path, line: str) -> None:
    code, told = run("neimenggu-2025", written(tmp_path, full_sheet()), line, find)

    assert (code, places(told)) == (2, ["line"])


@pytest.mark.parametrize("name", ["nowhere", "", "../x", "a" * 5000])
def test_an_unknown_catalogue_is_told(tmp_path: Path, name: str) -> None:
    code, told = run(name, written(tmp_path, full_sheet()), None, find)

    assert (code, places(told)) == (2, ["catalogue"])


def test_a_broken_catalogue_file_is_told_with_file_item_and_key(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(THOUSAND.replace("points: 780, kind", "points: '780', kind"), "utf-8")

    code, told = run(str(path), written(tmp_path, full_sheet()), None, find)

    assert (code, places(told)) == (2, ["broken.yaml#items.B1.points"])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"group": "g1", "group": "g2"}',
        b"[" * 100_000,
        b'{"a": ' * 50_000,
        b" " * 1_000_001,
    ],
    ids=["empty", "cut", "not utf-8", "double key", "deep list", "deep table", "huge"],
)
def test_a_file_that_is_no_json_is_told(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "sheet.json"
    path.write_bytes(raw)

    code, told = run("neimenggu-2025", str(path), None, find)

    assert (code, places(told)) == (2, ["sheet"])


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_sheet_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    code, told = run("neimenggu-2025", str(tmp_path / name), None, find)

    assert (code, places(told)) == (2, ["sheet"])
