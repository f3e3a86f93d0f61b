"""人员: who works in a tenant, added one by one or by a spreadsheet; who leaves and comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.tenancy.problems import Problem, TenantRefused
from engine.tenancy.rows import Row
from webapp.http.frame import actor, go, is_chinese, office, page, product, signed_in, tell, uuid_of
from webapp.http.setting_up import faults_told, heads, people_words, xlsx
from webapp.spreadsheets.packing import Sheet, pack, unpack
from webapp.usecases.sheets import TableShape, as_cells, rows_of
from webapp.usecases.staffing import Told, as_row, people_here, switch_person, take_people

blueprint = Blueprint("staffing", __name__)


@blueprint.get("/admin/people")
@signed_in
def list_people() -> ResponseReturnValue:
    """人员: who works here, with a form for one more and a spreadsheet for many."""
    return _people()


def _people(
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    taken: Sequence[Told] = (),
) -> ResponseReturnValue:
    shape, rows = people_here(product(), actor())
    settings = office()
    shown = [
        {**as_row(settings, row), "id": row.id, "active": row.active, "code": row.unit_code or ""}
        for row in rows
    ]
    units = dict(next(c.choices for c in shape.columns if c.name == "unit"))
    for row in shown:
        row["unit"] = units.get(row["code"], "")
    return page(
        "admin/people.html",
        status,
        rows=shown,
        units=units,
        roles=[
            (role["code"], role["name_zh"] if is_chinese() else role["name_en"])
            for role in settings.facts["roles"]
            if role["capacity"] not in ("applicant", "assessor", "expert")
        ],
        typed=typed or {},
        problems=faults_told(problems),
        people=people_words(taken),
        own=actor().membership_id,
    )


@blueprint.get("/admin/people.xlsx")
@signed_in
def download_people() -> ResponseReturnValue:
    """Everybody as a spreadsheet with the right columns."""
    shape, rows = people_here(product(), actor())
    cells = as_cells(shape, [as_row(office(), row) for row in rows if row.active])
    return xlsx(pack([Sheet(shape.title, heads(shape), cells)]), f"{office().slug}-people.xlsx")


@blueprint.post("/admin/people")
@signed_in
def add_people() -> ResponseReturnValue:
    """Take one person that was typed, or a whole spreadsheet; a report tells every row."""
    shape, _rows = people_here(product(), actor())
    given = request.files.get("workbook")
    typed = {name: request.form.get(name, "").strip() for name in shape.names}
    typed["roles"] = "、".join(request.form.getlist("roles"))
    try:
        rows = _rows_given(shape, given, typed)
        taken = take_people(product(), actor(), rows)
    except TenantRefused as refused:
        return _people(422, typed, refused.problems)
    return _people(200, {}, (), taken)


def _rows_given(shape: TableShape, given: Any, typed: Mapping[str, str]) -> list[Row]:
    if given is not None and given.filename:
        cells = unpack(given.read(), file=given.filename)
        first = next(iter(cells.values()), [])
        return rows_of(shape, cells.get(shape.title, first), file=given.filename)
    return rows_of(shape, [list(shape.names), [typed[name] for name in shape.names]], file="")


@blueprint.post("/admin/people/<member_id>/retire")
@signed_in
def retire(member_id: str) -> ResponseReturnValue:
    """Let somebody leave; what is with him is handed over on a page of its own."""
    switch_person(product(), actor(), uuid_of(member_id), active=False)
    tell("success", _("已停用；手中的待办请办理离职转办"))
    return go(".list_people")


@blueprint.post("/admin/people/<member_id>/return")
@signed_in
def come_back(member_id: str) -> ResponseReturnValue:
    """Let somebody come back."""
    switch_person(product(), actor(), uuid_of(member_id), active=True)
    tell("success", _("已启用"))
    return go(".list_people")
