"""Rows of a hand-written CSV file, read strictly: header, width and size are checked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.tenancy.problems import Problem

MAX_BYTES = 4_000_000
MAX_ROWS = 20_000
MAX_CELL = 300


@dataclass(frozen=True)
class Row:
    """One row with its line number; every cell is stripped text."""

    file: str
    line: int
    cells: dict[str, str]

    def problem(self, column: str, code: str, zh: str, en: str) -> Problem:
        """A fault in one cell of this row."""
        return Problem(self.file, f"line {self.line}, {column}", code, zh, en)


def decode(file: str, body: bytes, limit: int = MAX_BYTES) -> tuple[str, list[Problem]]:
    """The file's text (a byte order mark is dropped), or why it is none."""
    if len(body) > limit:
        zh, en = f"文件超过 {limit} 字节", f"the file is larger than {limit} bytes"
        return "", [Problem(file, "", "too_large", zh, en)]
    try:
        return body.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        zh, en = f"第 {error.start + 1} 字节不是 UTF-8", f"byte {error.start + 1} is not UTF-8"
        return "", [Problem(file, "", "not_utf8", zh, en)]


def read_rows(
    file: str, body: bytes, columns: tuple[str, ...], required: tuple[str, ...]
) -> tuple[list[Row], list[Problem]]:
    """The rows of the file and every fault of form in it."""
    text, problems = decode(file, body)
    if problems:
        return [], problems
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if tuple(name.strip() for name in header) != columns:
            expected = ",".join(columns)
            zh, en = f"表头须为 {expected}", f"the header must be {expected}"
            return [], [Problem(file, "line 1", "wrong_header", zh, en)]
        rows = list(_rows(file, reader, columns, problems))
    except csv.Error as error:
        zh, en = f"CSV 格式错误：{error}", f"malformed CSV: {error}"
        return [], [*problems, Problem(file, f"line {reader.line_num}", "bad_csv", zh, en)]
    problems += _cell_problems(rows, required)
    return rows, problems


def _rows(
    file: str, reader: Iterable[list[str]], columns: tuple[str, ...], problems: list[Problem]
) -> Iterator[Row]:
    for count, cells in enumerate(reader, start=1):
        line = getattr(reader, "line_num", count + 1)
        if not any(cell.strip() for cell in cells):
            continue
        if count > MAX_ROWS:
            zh, en = f"超过 {MAX_ROWS} 行", f"more than {MAX_ROWS} rows"
            problems.append(Problem(file, f"line {line}", "too_large", zh, en))
            return
        if len(cells) != len(columns):
            zh = f"应有 {len(columns)} 列，实有 {len(cells)} 列"
            en = f"{len(columns)} cells are expected, {len(cells)} are there"
            problems.append(Problem(file, f"line {line}", "wrong_width", zh, en))
            continue
        stripped = [cell.strip() for cell in cells]
        yield Row(file, line, dict(zip(columns, stripped, strict=True)))


def _cell_problems(rows: Iterable[Row], required: tuple[str, ...]) -> Iterator[Problem]:
    for row in rows:
        for column, cell in row.cells.items():
            if not cell and column in required:
                yield row.problem(column, "missing", "此格不能为空", "this cell may not be empty")
            if len(cell) > MAX_CELL or not cell.isprintable():
                zh, en = f"须为 {MAX_CELL} 字以内的单行文字", f"one line of at most {MAX_CELL}"
                yield row.problem(column, "bad_cell", zh, en)
