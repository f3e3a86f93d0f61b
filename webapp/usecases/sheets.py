"""The tables of a tenant as people write them: in a spreadsheet or on a page, checked alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.tenancy.problems import Problem, refuse_if_any
from engine.tenancy.rows import Row, read_rows


@dataclass(frozen=True)
class Column:
    """One column: its name in files, what it is called, whether it must be filled.

    A column of ``choices`` takes one of these, by its name or by what it is called. One that is
    ``shown`` only stands there to be read.
    """

    name: str
    label: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    shown: bool = False
    hint: str = ""


@dataclass(frozen=True)
class TableShape:
    """A table: its name in addresses, the title of its sheet, its columns."""

    name: str
    title: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are read, by name."""
        return tuple(column.name for column in self.columns if not column.shown)

    def label(self, name: str) -> str:
        """What a column is called."""
        return next((c.label for c in self.columns if c.name == name), name)


def rows_of(shape: TableShape, cells: Sequence[Sequence[str]], *, file: str) -> list[Row]:
    """The rows of a sheet whose first row holds the headings, in whatever order they stand.

    TenantRefused names every fault by sheet, row and column: unknown and missing columns, cells
    that are empty or too long, choices that are none.
    """
    place = f"{file}·{shape.title}" if file else shape.title
    heads = [_name_of(shape, head) for head in (cells[0] if cells else [])]
    refuse_if_any(_head_problems(shape, place, cells[0] if cells else [], heads))
    at = {name: heads.index(name) for name in shape.names if name in heads}
    problems: list[Problem] = []
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(shape.names)
    for number, row in enumerate(cells[1:], start=2):
        texts = [
            row[at[name]] if name in at and at[name] < len(row) else "" for name in shape.names
        ]
        if any("\n" in text or "\r" in text for text in texts):
            zh, en = "每格须为单行文字", "every cell is one line of text"
            problems.append(Problem(place, f"line {number}, {shape.names[0]}", "bad_cell", zh, en))
            texts = [" ".join(text.split()) for text in texts]
        writer.writerow(texts)
    required = tuple(c.name for c in shape.columns if c.required)
    rows, found = read_rows(place, out.getvalue().encode(), shape.names, required)
    told = [told_by(shape, one) for one in (*problems, *found)]
    rows = [replace(row, cells=_chosen(shape, row, told)) for row in rows]
    refuse_if_any(told)
    return rows


def told_by(shape: TableShape, problem: Problem) -> Problem:
    """The problem with its place as people see it: row and heading."""
    line, _, column = problem.key.partition(", ")
    number = line.removeprefix("line ")
    if not line.startswith("line "):
        return problem
    where = f"第 {number} 行" + (f"“{shape.label(column)}”" if column else "")
    return replace(problem, key=where)


def as_cells(shape: TableShape, rows: Iterable[Mapping[str, str]]) -> list[list[str]]:
    """The rows as a sheet holds them, choices by what they are called."""
    found = []
    for row in rows:
        words = {c.name: dict(c.choices) for c in shape.columns}
        found.append(
            [words[c.name].get(row.get(c.name, ""), row.get(c.name, "")) for c in shape.columns]
        )
    return found


def _name_of(shape: TableShape, head: str) -> str:
    """The column a heading means: by its label or its name; itself when it is none."""
    said = head.strip()
    return next((c.name for c in shape.columns if said in (c.label, c.name)), said)


def _head_problems(
    shape: TableShape, place: str, heads: Sequence[str], names: Sequence[str]
) -> list[Problem]:
    known = {column.name for column in shape.columns}
    found = []
    for column in shape.columns:
        if column.required and column.name not in names:
            zh, en = f"缺少“{column.label}”列", f"the column {column.name!r} is missing"
            found.append(Problem(place, "第 1 行", "missing_column", zh, en))
    for head, name in zip(heads, names, strict=True):
        if name and name not in known:
            zh, en = f"没有名为“{head}”的列", f"there is no column {head!r}"
            found.append(Problem(place, "第 1 行", "unknown_column", zh, en))
        elif name and list(names).count(name) > 1:
            zh, en = f"“{head}”列重复", f"the column {head!r} is given twice"
            found.append(Problem(place, "第 1 行", "duplicate_column", zh, en))
    return found


def _chosen(shape: TableShape, row: Row, problems: list[Problem]) -> dict[str, str]:
    cells = dict(row.cells)
    for column in shape.columns:
        said = cells.get(column.name, "")
        if not column.choices or not said:
            continue
        meant = next((name for name, label in column.choices if said in (name, label)), None)
        if meant is None:
            listed = "、".join(label for _, label in column.choices[:20])
            zh, en = f"“{said}”须为以下之一：{listed}", f"{said!r} is none of the choices"
            problems.append(told_by(shape, row.problem(column.name, "unknown_choice", zh, en)))
        else:
            cells[column.name] = meant
    return cells
