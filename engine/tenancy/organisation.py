"""A tenant's organisation: units read from a table, found by code, kind and parent."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from engine.errors import NotFound
from engine.tenancy.model import CODE_PATTERN, Unit
from engine.tenancy.problems import Problem
from engine.tenancy.rows import Row, read_rows

ORGANISATION_FILE = "organisation.csv"
COLUMNS = ("code", "name", "kind", "parent", "short")

_CODE = re.compile(CODE_PATTERN)
_MAX_DEPTH = 12


class Organisation:
    """The units of one tenant, as a tree that answers questions by code."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = {unit.code: unit for unit in units}
        self._children: dict[str, list[Unit]] = defaultdict(list)
        for unit in self._units.values():
            self._children[unit.parent].append(unit)

    def __contains__(self, code: object) -> bool:
        return code in self._units

    def unit(self, code: str) -> Unit:
        """The unit with this code."""
        found = self._units.get(code)
        if found is None:
            raise NotFound(
                f"组织机构中没有代码为“{code}”的单位",
                f"the organisation has no unit with the code {code!r}",
                code="unknown_unit",
                unit=code,
            )
        return found

    def name(self, code: str) -> str:
        """The full name of the unit."""
        return self.unit(code).name

    def children(self, code: str, kind: str = "") -> tuple[Unit, ...]:
        """The units right below this one, in the order of the file, of one kind if it is given."""
        self.unit(code)
        return tuple(unit for unit in self._children[code] if kind in ("", unit.kind))

    def ancestors(self, code: str) -> tuple[Unit, ...]:
        """The units above this one, the nearest first."""
        above: list[Unit] = []
        parent = self.unit(code).parent
        while parent:
            above.append(self.unit(parent))
            parent = above[-1].parent
        return tuple(above)


def read_organisation(body: bytes) -> tuple[tuple[Unit, ...], list[Problem]]:
    """The units of the file, and every fault in it by line."""
    rows, problems = read_rows(ORGANISATION_FILE, body, COLUMNS, ("code", "name", "kind", "short"))
    problems += _code_problems(rows)
    units = tuple(Unit(**row.cells) for row in rows)
    if not problems:
        problems += _tree_problems(rows)
    return units, problems


def _code_problems(rows: Sequence[Row]) -> list[Problem]:
    found: list[Problem] = []
    first_line: dict[str, int] = {}
    for row in rows:
        for column in ("code", "kind"):
            if row.cells[column] and not _CODE.fullmatch(row.cells[column]):
                zh, en = "须为小写字母和数字，可用点或连字符分隔", "lower-case letters and digits"
                found.append(row.problem(column, "bad_code", zh, en))
        code = row.cells["code"]
        if code in first_line:
            line = first_line[code]
            zh, en = f"代码 {code} 与第 {line} 行重复", f"the code {code} is used on line {line}"
            found.append(row.problem("code", "duplicate_code", zh, en))
        first_line.setdefault(code, row.line)
    return found


def _tree_problems(rows: Sequence[Row]) -> list[Problem]:
    parents = {row.cells["code"]: row.cells["parent"] for row in rows}
    found: list[Problem] = []
    for row in rows:
        parent = row.cells["parent"]
        if parent and parent not in parents:
            zh, en = f"上级单位 {parent} 不存在", f"there is no unit {parent}"
            found.append(row.problem("parent", "unknown_unit", zh, en))
        elif not _reaches_top(row.cells["code"], parents):
            zh = f"单位层级成环或超过 {_MAX_DEPTH} 级"
            en = f"the units form a circle or are deeper than {_MAX_DEPTH}"
            found.append(row.problem("parent", "unit_cycle", zh, en))
    return found


def _reaches_top(code: str, parents: dict[str, str]) -> bool:
    for _ in range(_MAX_DEPTH):
        code = parents.get(code, "")
        if not code:
            return True
    return False
