"""A tenant as one workbook: units, roles, people, calendar, parameters; taken whole or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.actors import Actor
from engine.definitions.kept_files import tenant_in
from engine.definitions.loading import settings_of
from engine.errors import LuchengError
from engine.tenancy.chain import lineage
from engine.tenancy.editing import edited_list, edited_parameter, edited_table, written_units
from engine.tenancy.organisation import ORGANISATION_FILE
from engine.tenancy.parameters import Parameter, merge_parameter
from engine.tenancy.problems import Problem, TenantRefused, refuse_if_any
from engine.tenancy.rows import Row
from engine.tenancy.schema import CALENDAR_FILE, TENANT_FILE
from webapp.product import Product
from webapp.spreadsheets.packing import Sheet, pack, unpack
from webapp.usecases.administering import check_system, office_of
from webapp.usecases.sheets import as_cells, rows_of
from webapp.usecases.staffing import (
    Frame,
    Told,
    as_row,
    check_people,
    people_here,
    people_shape,
    take_people,
)
from webapp.usecases.tenant_settings import Files, change_files, own_files, path_in, sources_here
from webapp.usecases.tenant_tables import (
    DAYS,
    PARAMETERS,
    ROLES,
    SHAPES,
    UNITS,
    Line,
    current_rows,
    typed_value,
)


@dataclass(frozen=True)
class Taken:
    """What a workbook did: what differs now, in words, and a word about every person."""

    changes: Sequence[str]
    people: Sequence[Told]


def write_workbook(product: Product, actor: Actor) -> bytes:
    """The tenant as an xlsx file: what stands there now, to be filled in and brought back."""
    check_system(actor)
    office = office_of(product, actor)
    sheets = []
    for shape in SHAPES:
        cells = as_cells(shape, current_rows(product, actor, shape))
        sheets.append(Sheet(shape.title, [c.label for c in shape.columns], cells))
    try:
        people, rows = people_here(product, actor)
    except LuchengError:
        return pack(sheets)  # duties are separated: people are another's business
    cells = as_cells(people, [as_row(office, row) for row in rows if row.active])
    sheets.insert(2, Sheet(people.title, [c.label for c in people.columns], cells))
    return pack(sheets)


def take_workbook(product: Product, actor: Actor, body: bytes, *, file: str) -> Taken:
    """Take what a workbook holds; sheets that are not there stay as they are.

    Everything in it is checked first; TenantRefused names every fault by file, sheet, row and
    column, and nothing is taken.
    """
    cells = unpack(body, file=file)
    people_title = "人员"
    known = {shape.title for shape in SHAPES} | {people_title}
    problems = [
        Problem(f"{file}·{title}", "", "unknown_sheet", "没有这个工作表", "there is no such sheet")
        for title in cells
        if title not in known
    ]
    rows: dict[str, list[Row]] = {}
    for shape in SHAPES:
        if shape.title in cells:
            try:
                rows[shape.name] = rows_of(shape, cells[shape.title], file=file)
            except TenantRefused as refused:
                problems += refused.problems
    if not cells:
        problems.append(Problem(file, "", "empty", "表格是空的", "the spreadsheet is empty"))
    refuse_if_any(problems)
    return _take(product, actor, rows, cells.get(people_title), file)


def _take(
    product: Product,
    actor: Actor,
    rows: Mapping[str, Sequence[Row]],
    people: Sequence[Sequence[str]] | None,
    file: str,
) -> Taken:
    staff: list[Row] = []
    if people is not None:
        frame = _coming(product, actor, rows, file)
        staff = rows_of(people_shape(frame), people, file=file)
        check_people(product, actor, staff, frame)
    changes = take_tables(product, actor, rows, file=file) if rows else []
    return Taken(changes, take_people(product, actor, staff) if staff else [])


def _coming(product: Product, actor: Actor, rows: Mapping[str, Sequence[Row]], file: str) -> Frame:
    """The roles and units as the tables will make them: people are checked against these."""
    slug, files = own_files(product, actor)
    if not rows:
        tenant = sources_here(product).tenant(slug)
    else:
        check_system(actor)
        try:
            tenant = tenant_in(_changed(product, slug, files, rows), slug)
        except TenantRefused as refused:
            raise TenantRefused(_placed(one, rows, file) for one in refused.problems) from refused
    facts = settings_of(tenant)["tenant"]
    return Frame(facts["roles"], [(unit.code, unit.name) for unit in tenant.units])


def _changed(product: Product, slug: str, files: Files, rows: Mapping[str, Sequence[Row]]) -> Files:
    above = lineage(slug, sources_here(product))[:-1]
    for name, taken in rows.items():
        files = _TAKING[name](slug, files, taken, above)
    return files


def take_tables(
    product: Product, actor: Actor, rows: Mapping[str, Sequence[Row]], *, file: str = ""
) -> list[str]:
    """Take tables by name, all in one change; what differs, in words."""
    check_system(actor)

    def change(slug: str, files: Files) -> Files:
        return _changed(product, slug, files, rows)

    try:
        return change_files(product, actor, "tenant.tables", change)
    except TenantRefused as refused:
        raise TenantRefused(_placed(one, rows, file) for one in refused.problems) from refused


def _placed(problem: Problem, rows: Mapping[str, Sequence[Row]], file: str) -> Problem:
    """A fault of the files that were made of the tables, at the row it came from."""
    prefix = f"{file}·" if file else ""
    key = problem.key
    for shape in (ROLES, DAYS):
        begin = {"roles": "roles[", "calendar": "exceptions["}[shape.name]
        if key.startswith(begin) and shape.name in rows:
            number, _, column = key.removeprefix(begin).partition("]")
            line = rows[shape.name][int(number)].line
            name = shape.label(column.removeprefix("."))
            where = f"第 {line} 行" + (f"“{name}”" if column else "")
            return Problem(prefix + shape.title, where, problem.code, problem.zh, problem.en)
    if key.startswith("parameters.") and "parameters" in rows:
        said = key.removeprefix("parameters.")
        for row in rows["parameters"]:
            own = row.cells["key"]
            if said == own or said.startswith(f"{own}."):
                place = prefix + PARAMETERS.title
                where = f"第 {row.line} 行“{own}”"
                return Problem(place, where, problem.code, problem.zh, problem.en)
    if problem.file.endswith(ORGANISATION_FILE) and key.startswith("line ") and "units" in rows:
        number, _, column = key.removeprefix("line ").partition(", ")
        at = int(number) - 2
        line = rows["units"][at].line if 0 <= at < len(rows["units"]) else int(number)
        where = f"第 {line} 行“{UNITS.label(column)}”"
        return Problem(prefix + UNITS.title, where, problem.code, problem.zh, problem.en)
    return problem


def _take_units(slug: str, files: Files, rows: Sequence[Row], _above: Line) -> Files:
    return {**files, path_in(slug, ORGANISATION_FILE): written_units(r.cells for r in rows)}


def _take_roles(slug: str, files: Files, rows: Sequence[Row], _above: Line) -> Files:
    path = path_in(slug, TENANT_FILE)
    tables = [
        {name: value for name, value in row.cells.items() if value or name == "name_en"}
        for row in rows
    ]
    tables = [{**one, "name_en": one["name_en"] or one.get("name", "")} for one in tables]
    return {**files, path: edited_list(files[path], "roles", tables)}


def _take_days(slug: str, files: Files, rows: Sequence[Row], _above: Line) -> Files:
    path = path_in(slug, CALENDAR_FILE)
    tables = []
    problems = []
    for row in rows:
        try:
            day = dt.date.fromisoformat(row.cells["date"])
        except ValueError:
            zh, en = "须为日期，如 2027-01-01", "a date such as 2027-01-01 is expected"
            problems.append(Problem(DAYS.title, f"第 {row.line} 行“日期”", "bad_date", zh, en))
            continue
        is_working = row.cells["working"] == "true"
        tables.append({"date": day, "working": is_working, "reason": row.cells["reason"]})
    refuse_if_any(problems)
    body = files.get(path, b"")
    if not body and not tables:
        return files
    if not body:
        body = edited_table(body, "", {"complete_years": []})
    return {**files, path: edited_list(body, "exceptions", tables)}


def _take_parameters(slug: str, files: Files, rows: Sequence[Row], above: Line) -> Files:
    """Own values; a key without a value has none, what stands above holds."""
    path = path_in(slug, TENANT_FILE)
    problems: list[Problem] = []
    body = files[path]
    for row in rows:
        cells = row.cells
        declared = merge_parameter(cells["key"], above)[0] if above else None
        try:
            kind = cells["kind"] if declared is None else declared.kind.value
            value = typed_value(cells["value"], kind)
        except ValueError:
            where = f"第 {row.line} 行“{cells['key']}”"
            zh, en = "取值与类型不符", "the value is not of this kind"
            problems.append(Problem(PARAMETERS.title, where, "bad_value", zh, en))
            continue
        entry = None if value is None else _entry(cells, value, declared)
        body = edited_parameter(body, cells["key"], entry)
    refuse_if_any(problems)
    return {**files, path: body}


def _entry(cells: Mapping[str, str], value: Any, declared: Parameter | None) -> dict[str, Any]:
    """What the tenant's file says of a parameter: all of it where nobody above declares it."""
    told = {"value": value, "note": cells["note"], "legal_basis": cells["legal_basis"]}
    if declared is None:
        told = {"title": cells["title"], "kind": cells["kind"], "unit": cells["unit"], **told}
    elif cells["legal_basis"] == declared.legal_basis:
        del told["legal_basis"]
    return {name: said for name, said in told.items() if said != ""}


_TAKING: Mapping[str, Callable[[str, Files, Sequence[Row], Line], Files]] = {
    UNITS.name: _take_units,
    ROLES.name: _take_roles,
    DAYS.name: _take_days,
    PARAMETERS.name: _take_parameters,
}
