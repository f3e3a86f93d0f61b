"""A register file (CSV) read row by row: list entries, and for every wrong cell what is wrong.

A file is taken whole or not at all: :meth:`ImportReport.accepted` gives entries only when no row
has a fault.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.register.export_rows import is_formula
from domain.register.rules import (
    LEVEL_WORDS,
    METHOD_WORDS,
    SCALE_WORDS,
    Holder,
    ListEntry,
    ListEvent,
    Mine,
    kind_of,
    name_key,
    next_status,
    split_printed_name,
)
from engine.errors import Invalid, TooLarge

COLUMNS = ("no", "name", "mineral", "method", "scale", "level")
MAX_FAULTS = 200
"""A report ends here: a file with more is of another kind altogether."""

_LONGEST = {"no": 6, "name": 100, "mineral": 40, "method": 20, "scale": 20, "level": 20}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "method": tuple(words[0] for words in METHOD_WORDS.values()),
    "scale": tuple(words[0] for words in SCALE_WORDS.values()),
    "level": tuple(words[0] for words in LEVEL_WORDS.values()),
}

Wrong = tuple[str, str, str]
"""Code and a sentence in Chinese and in English."""


@dataclass(frozen=True)
class ImportLimits:
    """The largest file that is read."""

    size: int = 1_000_000
    rows: int = 5_000


DEFAULT_LIMITS = ImportLimits()


@dataclass(frozen=True)
class RowFault:
    """One wrong cell: the row as a spreadsheet counts it (the header is 1), the column, and why."""

    row: int
    column: str
    code: str
    zh: str
    en: str


class ImportRefused(Invalid):
    """The file is not taken; ``faults`` lists every wrong cell."""

    code = "import_refused"

    def __init__(self, faults: tuple[RowFault, ...]) -> None:
        self.faults = faults
        super().__init__(
            f"文件有 {len(faults)} 处错误，未导入任何一行。",
            f"The file has {len(faults)} faults; no row was imported.",
            errors=[
                {
                    "field": f"{f.row}:{f.column}",
                    "code": f.code,
                    "message": f.zh,
                    "message_en": f.en,
                }
                for f in faults
            ],
        )


@dataclass(frozen=True)
class ImportReport:
    """What a file holds: the entries of its sound rows, and the faults of the others."""

    entries: tuple[ListEntry, ...]
    faults: tuple[RowFault, ...]

    def accepted(self) -> tuple[ListEntry, ...]:
        """All entries of a file without a fault, else :class:`ImportRefused`."""
        if self.faults:
            raise ImportRefused(self.faults)
        return self.entries


def import_rows(source: bytes, limits: ImportLimits = DEFAULT_LIMITS) -> ImportReport:
    """The report on a register file; raises only when the file is too large to be looked at."""
    if len(source) > limits.size:
        raise TooLarge(
            f"文件有 {len(source)} 字节，超过上限 {limits.size} 字节。",
            f"The file has {len(source)} bytes; the limit is {limits.size}.",
            limit=limits.size,
        )
    try:
        rows = list(csv.reader(io.StringIO(_text(source), newline=""), strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        return ImportReport((), (_unreadable(error),))
    if len(rows) - 1 > limits.rows:
        raise TooLarge(
            f"文件有 {len(rows) - 1} 行，超过上限 {limits.rows} 行。",
            f"The file has {len(rows) - 1} rows; the limit is {limits.rows}.",
            limit=limits.rows,
        )
    header_faults = tuple(_header_faults(rows[0] if rows else []))
    return ImportReport((), header_faults) if header_faults else _read_rows(rows)


def _text(source: bytes) -> str:
    """The file as text: UTF-8, or GB18030 as spreadsheets in China save it."""
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return source.decode("gb18030")


def _unreadable(error: Exception) -> RowFault:
    return RowFault(
        1,
        "",
        "unreadable",
        "文件不是有效的 CSV 文本。",
        f"The file is not readable as CSV: {error}.",
    )


def _header_faults(header: list[str]) -> Iterator[RowFault]:
    names = [name.strip() for name in header]
    for name in COLUMNS:
        if name not in names:
            yield RowFault(
                1, name, "missing_column", f"缺少列“{name}”。", f"Column {name} is missing."
            )
        elif names.count(name) > 1:
            yield RowFault(
                1, name, "double_column", f"列“{name}”重复。", f"Column {name} is doubled."
            )
    for name in names:
        if name not in COLUMNS:
            yield RowFault(
                1, name, "unknown_column", f"不认识的列“{name}”。", f"Unknown column {name!r}."
            )


def _read_rows(rows: list[list[str]]) -> ImportReport:
    header = [name.strip() for name in rows[0]]
    entries: list[ListEntry] = []
    faults: list[RowFault] = []
    seen: dict[tuple[str, object], int] = {}
    for row, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            faults.append(RowFault(row, "", *_wrong_width(len(header), len(cells))))
        else:
            entry, wrong = _read_row(dict(zip(header, cells, strict=True)))
            if entry is not None:
                wrong = _repeats(row, entry.mine, seen)
                entries += [] if wrong else [entry]
            faults += [RowFault(row, column, *why) for column, why in wrong.items()]
    return ImportReport(tuple(entries), tuple(faults[:MAX_FAULTS]))


def _wrong_width(expected: int, found: int) -> Wrong:
    return (
        "wrong_width",
        f"应有 {expected} 列，实有 {found} 列。",
        f"{expected} cells are expected, {found} are there.",
    )


def _read_row(cells: Mapping[str, str]) -> tuple[ListEntry | None, dict[str, Wrong]]:
    """The entry of a row, or None and what is wrong by column."""
    values = {column: cell.strip() for column, cell in cells.items()}
    no = _number(values["no"])
    method = kind_of(METHOD_WORDS, values["method"])
    scale = kind_of(SCALE_WORDS, values["scale"])
    level = kind_of(LEVEL_WORDS, values["level"])

    meanings = {"no": no, "method": method, "scale": scale, "level": level}
    wrong: dict[str, Wrong] = {}
    for column, cell in cells.items():
        why = _cell_fault(column, cell)
        if why is None and column in meanings and meanings[column] is None:
            why = _not_understood(column, values[column])
        if why is not None:
            wrong[column] = why
    if wrong or no is None or method is None or scale is None or level is None:
        return None, wrong

    split = split_printed_name(values["name"])
    holder = Holder(split.holder) if split.holder else None
    mine = Mine(
        no=no,
        printed_name=split.printed,
        name=split.mine,
        holder=holder,
        to_be_confirmed=split.to_be_confirmed,
        mineral=values["mineral"],
        method=method,
        scale=scale,
    )
    return ListEntry(mine, level, next_status(None, ListEvent.ENTER)), {}


def _cell_fault(column: str, cell: str) -> Wrong | None:
    """What is wrong with the cell whatever it means, None when nothing is."""
    value = cell.strip()
    if not value:
        return "empty", "不能为空。", "The cell is empty."
    if is_formula(cell):
        return "formula", "单元格不能以公式符号开头。", "A cell may not begin with a formula sign."
    if not value.isprintable():
        return "control", "单元格含有不可见字符。", "The cell holds invisible characters."
    if len(value) > _LONGEST[column]:
        longest = _LONGEST[column]
        return "too_long", f"超过 {longest} 个字符。", f"More than {longest} characters."
    return None


def _number(value: str) -> int | None:
    is_number = value.isascii() and value.isdigit() and len(value) <= _LONGEST["no"]
    return int(value) or None if is_number else None


def _not_understood(column: str, value: str) -> Wrong:
    if column == "no":
        return "not_number", "序号须为正整数。", "The number must be a whole number from 1."
    words = "、".join(_WORDS[column])
    return (
        "unknown_word",
        f"“{value}”不在以下各项之中：{words}。",
        f"{value!r} is none of: {words}.",
    )


def _repeats(row: int, mine: Mine, seen: dict[tuple[str, object], int]) -> dict[str, Wrong]:
    """The number or the whole printed name that an earlier row has; ``seen`` remembers this row.

    A mine's own name may repeat: it is the holder and the mine together that are printed once.
    """
    wrong: dict[str, Wrong] = {}
    for column, key in (("no", mine.no), ("name", name_key(mine.printed_name))):
        first = seen.setdefault((column, key), row)
        if first != row:
            wrong[column] = ("repeated", f"与第 {first} 行重复。", f"Row {first} has the same.")
    return wrong
