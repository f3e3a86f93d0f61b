"""The procedure is in files: the program names no tenant, no place and no number of the law."""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.tenancy.model import LEVELS

from .project import FLOORS, ROOT, files_of, name_of, python_files, text_of, tree_of

TENANTS = sorted(path.parent for path in (ROOT / "tenants").glob("*/tenant.toml"))
DIVISIONS = {"region", "league", "city", "banner"}
GENERIC = {"自治区", "国家", "全国"}
"""Words for a level, which happen to be the short name of a unit too."""

TECHNICAL = re.compile(r"_?(MAX|MIN|MOST|LEAST|LONGEST|PAGE|CSV_PAGE|HUNDRED|EXACT|GROUP)_?\w*")
"""Names that say of a number that it is a bound of the program, no rule of the field."""

SHAPES = ("model.py", "catalogue_schema.py", "catalogue_fields.py")
"""Files that declare widths of columns and shapes of files: their numbers are technical."""

ORDINARY = {0, 1, 2, 100}
OTHER = {
    ("domain/assessors/rules.py", 3): "the first of March follows a 29 February",
    ("domain/draws/rules.py", 60): "digits of exact arithmetic",
    ("domain/endorsements/verdict.py", 3): "an exit code",
    ("domain/endorsements/verdict.py", 4): "an exit code",
    ("domain/notices/masking.py", 3): "digits of a telephone or identity number that stay",
    ("domain/notices/masking.py", 4): "digits of a telephone or identity number that stay",
    ("domain/notices/masking.py", 7): "digits of a telephone number that stay, together",
    ("domain/notices/masking.py", 10): "fewer digits are no telephone number",
    ("domain/notices/masking.py", 11): "digits of an identity number that are hidden",
    ("domain/notices/rules.py", 4): "characters of the shortest name of a body",
    ("domain/notices/rules.py", 10): "bytes of a receipt code",
    ("webapp/bindings/drawing.py", 12): "months of a year",
    ("domain/register/import_rows.py", 5000): "rows of a file",
    ("domain/register/import_rows.py", 1000000): "bytes of a file",
    ("domain/zones/rules.py", 1000): "metres in a kilometre",
    ("domain/register/listing.py", 4): "base64 is padded to groups of four",
    ("domain/rulebook/catalogue.py", 120): "widths of texts",
    ("domain/rulebook/catalogue.py", 160): "widths of texts",
    ("domain/scoring/answers.py", 40): "characters of a key that messages repeat",
    ("domain/scoring/catalogue.py", 16): "catalogues a process keeps",
    ("domain/scoring/findings.py", 40): "characters of a key that messages repeat",
    ("domain/scoring/points.py", 80): "characters of the longest written number",
    ("domain/scoring/sheet_file.py", 40): "characters of a key that messages repeat",
    ("domain/targets/rules.py", 0.1): "a tenth of a per cent is the least that is printed",
    ("webapp/bindings/messages.py", 12): "noon, when a written date is meant",
}

EXAMPLES = {"engine/gate/messages.py"}
"""Sentences that show how a deadline is written."""


def units() -> Iterator[dict[str, str]]:
    for tenant in TENANTS:
        path = tenant / "organisation.csv"
        if path.is_file():
            yield from csv.DictReader(text_of(path).splitlines())


def names_of_places() -> set[str]:
    """The names of divisions, long and short, and of everything that bears such a name."""
    places = {u[key] for u in units() if u["kind"] in DIVISIONS for key in ("name", "short")}
    bodies = {u["name"] for u in units() if any(place in u["name"] for place in places)}
    titles = {tomllib.loads(text_of(t / "tenant.toml"))["name"]["short"] for t in TENANTS}
    return (places | bodies | titles | {"内蒙古", "鄂尔多斯", "伊金霍洛"}) - GENERIC


def program() -> list[Path]:
    """What runs, in Python and in the pages; no translations, no data."""
    pages = [p for p in files_of("webapp") if p.suffix in (".html", ".js", ".mjs")]
    return [*python_files(*FLOORS), ROOT / "hatch_build.py", *pages]


def test_no_line_of_the_program_names_a_place() -> None:
    places = names_of_places()
    assert len(places) > 100
    pattern = re.compile("|".join(map(re.escape, sorted(places, key=len, reverse=True))))
    found = [
        f"{name_of(path)}:{number}: {match[0]}"
        for path in program()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if (match := pattern.search(line))
    ]
    assert found == []


def test_no_line_of_the_program_names_a_tenant() -> None:
    slugs = {path.name for path in TENANTS} - set(LEVELS)
    assert slugs
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(slugs)))})\b")
    found = [
        f"{name_of(path)}:{number}: {match[0]}"
        for path in program()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if (match := pattern.search(line))
    ]
    assert found == []


def numbers_of(path: Path) -> Iterator[tuple[int, int | float]]:
    """The numbers in a file that no technical name and no place in a text explains."""
    tree = tree_of(path)
    explained = {id(part) for node in ast.walk(tree) for part in _explained(node)}
    for node in ast.walk(tree):
        value: Any = getattr(node, "value", None)
        if not isinstance(node, ast.Constant) or isinstance(value, bool):
            continue
        if isinstance(value, int | float) and id(node) not in explained and value not in ORDINARY:
            yield node.lineno, value
        if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?%?", value) and len(value) > 1:
            yield node.lineno, float(value.rstrip("%"))


def _explained(node: ast.AST) -> Iterator[ast.AST]:
    """Everything inside an assignment to a technical name, or inside an index."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if all(isinstance(t, ast.Name) and TECHNICAL.fullmatch(t.id) for t in targets):
            yield from ast.walk(node)


DOMAIN = [p for p in python_files("domain", "webapp/bindings") if p.name not in SHAPES]


def test_no_number_of_the_field_stands_in_the_program() -> None:
    found = {(name_of(path), value): line for path in DOMAIN for line, value in numbers_of(path)}
    assert {key: line for key, line in found.items() if key not in OTHER} == {}


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("PASS_LINE = Decimal(60)", [60]),
        ("is_late = days > 15", [15]),
        ('ratio = Decimal("20")', [20]),
        ("MAX_ROWS = 5_000", []),
        ("half = size // 2", []),
    ],
)
def test_a_number_is_found_unless_its_name_calls_it_technical(
    line: str, numbers: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "sample.py"
    path.write_text(line)
    assert [value for _, value in numbers_of(path)] == numbers


def test_the_engine_and_the_pages_hold_no_deadline() -> None:
    """A count of days written at a call or beside a unit of the law."""
    calls = re.compile(r"working[ _]days\(\s*\d|workingDays\W{1,4}\d|\d+\s*个工作日")
    found = [
        f"{name_of(path)}:{number}"
        for path in program()
        if name_of(path) not in EXAMPLES
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if calls.search(line)
    ]
    assert found == []
