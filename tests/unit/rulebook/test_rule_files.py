"""Gathering files from folders: sorted, under the names the report shows, foreign code left out."""

from __future__ import annotations

from pathlib import Path

from domain.rulebook.files import read_files


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_files_come_sorted_under_the_name_of_their_folder(tmp_path: Path) -> None:
    write(tmp_path / "data" / "b.bpmn", "<b/>")
    write(tmp_path / "data" / "a" / "tenant.toml", "x = 1")
    write(tmp_path / "data" / "read.me")
    found = list(read_files({"processes": tmp_path / "data", "absent": tmp_path / "no"}))
    assert found == [("processes/a/tenant.toml", "x = 1"), ("processes/b.bpmn", "<b/>")]


def test_foreign_and_copied_folders_are_left_out(tmp_path: Path) -> None:
    for folder in ("node_modules", "__pycache__", "shipped"):
        write(tmp_path / folder / "x.py")
    assert list(read_files({"webapp": tmp_path})) == []


def test_a_file_that_is_no_text_is_still_handed_on(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(b"\xff\xfe<\x00")
    assert [path for path, _ in read_files({"processes": tmp_path})] == ["processes/a.bpmn"]


def test_a_sample_diagram_beside_the_tests_is_nobodys_procedure(tmp_path: Path) -> None:
    for name in ("a.bpmn", "b.form", "test_c.py"):
        (tmp_path / name).write_text("x")
    assert [path for path, _ in read_files({"tests": tmp_path})] == ["tests/test_c.py"]
