"""Spreadsheets read in a child process with limits, and written as plain text cells."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import webapp
from engine.tenancy.problems import Problem, TenantRefused
from webapp.spreadsheets.child import MAX_ROWS

MAX_BYTES = 10_000_000
WALL_SECONDS = 30.0
CHILD = (sys.executable, "-P", "-m", "webapp.spreadsheets.child")
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "too_large": ("文件过大，没有读取", "the file is too large and was not read"),
    "unreadable": ("不是可以读取的 xlsx 表格", "this is no readable xlsx spreadsheet"),
    "too_expensive": (
        "读取该文件超出了时间或内存的限度",
        "reading the file exceeded the limits of time or memory",
    ),
}


@dataclass(frozen=True)
class Sheet:
    """A sheet to be written: its title, its headings, its rows of text."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def unpack(
    body: bytes, *, file: str, command: Sequence[str] = CHILD, wall_seconds: float = WALL_SECONDS
) -> dict[str, list[list[str]]]:
    """The cells of each sheet by its title, as text; TenantRefused names what is wrong."""
    if len(body) > MAX_BYTES:
        raise _refused(file, "too_large")
    found = _in_child(body, command, wall_seconds)
    if "problem" in found:
        raise _refused(file, str(found["problem"]))
    if found["too_long"]:
        zh, en = f"超过 {MAX_ROWS} 行，没有读取", f"more than {MAX_ROWS} rows; it was not read"
        raise TenantRefused(
            Problem(f"{file}·{title}", f"第 {MAX_ROWS + 2} 行", "too_large", zh, en)
            for title in found["too_long"]
        )
    sheets: dict[str, list[list[str]]] = found["sheets"]
    return sheets


def _refused(file: str, code: str) -> TenantRefused:
    return TenantRefused([Problem(file, "", code, *_PROBLEMS[code])])


def _in_child(body: bytes, command: Sequence[str], wall_seconds: float) -> dict[str, Any]:
    root = str(Path(webapp.__file__).parents[1])
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, the upload is only its input
            command,
            input=body,
            capture_output=True,
            timeout=wall_seconds,
            check=False,
            env={"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"problem": "too_expensive"}
    return found if isinstance(found, dict) else {"problem": "unreadable"}


def pack(sheets: Sequence[Sheet]) -> bytes:
    """An xlsx file with these sheets; every cell is text, so nothing in it is ever a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - a heavy import that few requests need
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        for number, row in enumerate([sheet.heads, *sheet.rows], start=1):
            for column, text in enumerate(row, start=1):
                cell = page.cell(number, column)
                cell.value = "".join(char for char in text if char.isprintable())
                cell.data_type = "s"
                cell.number_format = "@"
                if number == 1:
                    cell.font = Font(bold=True)
        for column, head in enumerate(sheet.heads, start=1):
            page.column_dimensions[get_column_letter(column)].width = max(14, 2 * len(head) + 4)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
