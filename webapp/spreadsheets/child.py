"""The child process that unpacks a spreadsheet: reads it on standard input, writes JSON.

The limits are set before a byte is read; what is larger than they allow is told, never read on.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import resource
import sys
import zipfile
from typing import Any

MEMORY = 1 << 30
CPU_SECONDS = 20
MAX_UNPACKED = 200_000_000
MAX_SHEETS = 20
MAX_ROWS = 20_000
MAX_COLUMNS = 40


def main() -> int:
    """Unpack standard input under limits; 0 when something was written."""
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    sys.stdout.write(json.dumps(_read(sys.stdin.buffer.read()), ensure_ascii=True))
    return 0


def _read(body: bytes) -> dict[str, Any]:
    """``{"sheets": {title: rows}, "too_long": [titles]}`` or ``{"problem": code}``."""
    from openpyxl import load_workbook  # noqa: PLC0415 - under the limits

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                return {"problem": "too_large"}
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    except Exception:  # the file is a stranger's: whatever it does to the reader, it is no table
        return {"problem": "unreadable"}
    sheets: dict[str, list[list[str]]] = {}
    too_long: list[str] = []
    for sheet in book.worksheets[:MAX_SHEETS]:
        rows: list[list[str]] = []
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)):
            if number > MAX_ROWS:
                too_long.append(sheet.title)
                break
            rows.append([_text(cell) for cell in cells])
        while rows and not any(rows[-1]):
            rows.pop()
        sheets[sheet.title] = rows
    return {"sheets": sheets, "too_long": too_long}


def _text(value: Any) -> str:
    """A cell as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))


if __name__ == "__main__":
    sys.exit(main())
