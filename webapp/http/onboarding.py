"""单位设置: a tenant's administrator brings it online, and keeps it up afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import LuchengError, NotFound, Refused
from engine.tenancy.problems import Problem, TenantRefused
from webapp.http.frame import (
    actor,
    go,
    is_chinese,
    office,
    page,
    product,
    signed_in,
    status_of,
    tell,
    wording,
)
from webapp.http.setting_up import faults_told, findings_told, heads, people_words, xlsx
from webapp.http.words import GATE_CHECKS, STAGES, TABLES, told, word
from webapp.spreadsheets.packing import Sheet, pack
from webapp.usecases.administering import check_system, may_staff
from webapp.usecases.going_live import go_live, standing, try_notification
from webapp.usecases.offering import Choice, choose, offers
from webapp.usecases.practice import practice_here, reset_practice
from webapp.usecases.sheets import TableShape, as_cells, rows_of
from webapp.usecases.staffing import Told
from webapp.usecases.tenant_settings import change_identity, read_own_tenant
from webapp.usecases.tenant_tables import SHAPES, current_rows
from webapp.usecases.workbook import (
    take_tables,
    take_workbook,
    write_workbook,
)

blueprint = Blueprint("onboarding", __name__)

SPARE_ROWS = 3
MOST_ON_PAGE = 250
"""More rows than these are changed in a spreadsheet."""
IDENTITY = {
    "name": ("zh", "en", "short"),
    "validity": ("document",),
    "branding": ("title", "title_en", "colour", "footer"),
}


# ---------------------------------------------------------------- the way online


@blueprint.get("/admin/onboarding")
@signed_in
def show() -> ResponseReturnValue:
    """单位设置: the steps to be live, and what is still missing."""
    return _overview()


def _overview(
    status: int = 200, problems: Sequence[Problem] = (), people: Sequence[Told] = ()
) -> ResponseReturnValue:
    who = actor()
    check_system(who)
    found = standing(product(), who)
    return page(
        "admin/onboarding.html",
        status,
        stage=told(STAGES, found.stage.value),
        is_preparing=found.stage == "preparing",
        is_ready=found.is_ready,
        checks=[
            {
                "name": word(GATE_CHECKS, check.name),
                "missing": [zh if is_chinese() else en for zh, en in check.missing],
            }
            for check in found.checks
        ],
        tables=[(shape.name, word(TABLES, shape.name)) for shape in SHAPES],
        may_staff=may_staff(who, office()),
        problems=faults_told(problems),
        people=people_words(people),
        practice_of=found.practice_of,
        practice=practice_here(product(), who),
    )


@blueprint.get("/admin/workbook.xlsx")
@signed_in
def download_workbook() -> ResponseReturnValue:
    """The tenant as a spreadsheet, to be filled in and brought back."""
    return xlsx(write_workbook(product(), actor()), f"{office().slug}.xlsx")


@blueprint.post("/admin/workbook")
@signed_in
def bring_workbook() -> ResponseReturnValue:
    """Take a spreadsheet: everything in it, or a report of every fault and nothing."""
    check_system(actor())
    given = request.files.get("workbook")
    if given is None or not given.filename:
        missing = Problem("", "", "missing", _("请选择文件"), "choose a file")
        return _overview(422, [missing])
    try:
        taken = take_workbook(product(), actor(), given.read(), file=given.filename)
    except TenantRefused as refused:
        return _overview(422, refused.problems)
    except Refused as refused:
        return _overview(422, findings_told(refused))
    if not taken.people:
        tell("success", _("已装载，共 %(count)s 处变化", count=len(taken.changes)))
        return go(".show")
    return _overview(200, (), taken.people)


@blueprint.post("/admin/onboarding/notification")
@signed_in
def test_notification() -> ResponseReturnValue:
    """Send oneself a message; marking it read shows that it came."""
    try_notification(product(), actor())
    tell("success", _("测试消息已发出；收到后请在“消息”中标为已读"))
    return go("notifications.list_own")


@blueprint.post("/admin/onboarding/live")
@signed_in
def live() -> ResponseReturnValue:
    """上线: work in earnest from here on."""
    try:
        go_live(product(), actor())
    except LuchengError as error:
        if status_of(error) not in (409, 422):
            raise
        tell("danger", wording(error))
    else:
        tell("success", _("已上线，现在接受申请"))
    return go(".show")


@blueprint.post("/admin/onboarding/practice")
@signed_in
def practise() -> ResponseReturnValue:
    """A practice of one's own with synthetic cases, made anew every time."""
    made = reset_practice(product(), actor())
    said = _("练习单位“%(name)s”已建立，有 %(count)s 件合成办件", name=made.name, count=made.cases)
    tell("success", said)
    return go(".show")


# ---------------------------------------------------------------- names


@blueprint.get("/admin/onboarding/identity")
@signed_in
def edit_identity() -> ResponseReturnValue:
    """单位名称与界面: names, basis, branding."""
    check_system(actor())
    tenant = read_own_tenant(product(), actor())
    typed = {
        "name.zh": tenant.names.zh,
        "name.en": tenant.names.en,
        "name.short": tenant.names.short,
        "validity.document": tenant.validity.document,
        "branding.title": tenant.branding.title_zh,
        "branding.title_en": tenant.branding.title_en,
        "branding.colour": tenant.branding.colour,
        "branding.footer": tenant.branding.footer,
        "separate_duties": "1" if tenant.separates_duties else "",
    }
    return page("admin/identity.html", typed=typed, errors={})


@blueprint.post("/admin/onboarding/identity")
@signed_in
def keep_identity() -> ResponseReturnValue:
    """Keep what was typed; faults stand beside their fields."""
    form = request.form
    tables: dict[str, dict[str, Any]] = {
        name: {key: form.get(f"{name}.{key}", "").strip() for key in keys}
        for name, keys in IDENTITY.items()
    }
    tables[""] = {"separate_duties": form.get("separate_duties") == "1"}
    try:
        change_identity(product(), actor(), tables)
    except TenantRefused as refused:
        errors = {one.key: one.zh if is_chinese() else one.en for one in refused.problems}
        return page("admin/identity.html", 422, typed=form, errors=errors)
    tell("success", _("已保存"))
    return go(".show")


# ---------------------------------------------------------------- tables


def _shape() -> TableShape:
    """The table the address names."""
    name = request.args.get("table", SHAPES[0].name)
    found = next((shape for shape in SHAPES if shape.name == name), None)
    if found is None:
        raise NotFound("没有这张表", "there is no such table")
    return found


@blueprint.get("/admin/tables")
@signed_in
def edit_table() -> ResponseReturnValue:
    """One table of the tenant, to be changed on the page or in a spreadsheet."""
    check_system(actor())
    shape = _shape()
    return _table(shape, current_rows(product(), actor(), shape))


def _table(
    shape: TableShape,
    rows: Sequence[Mapping[str, str]],
    status: int = 200,
    problems: Sequence[Problem] = (),
) -> ResponseReturnValue:
    is_long = len(rows) > MOST_ON_PAGE
    return page(
        "admin/table.html",
        status,
        shape=shape,
        title=word(TABLES, shape.name),
        rows=[] if is_long else [*rows, *([{}] * SPARE_ROWS)],
        is_long=is_long,
        count=len(rows),
        problems=faults_told(problems),
    )


@blueprint.get("/admin/tables.xlsx")
@signed_in
def download_table() -> ResponseReturnValue:
    """The table as a spreadsheet with the right columns."""
    check_system(actor())
    shape = _shape()
    cells = as_cells(shape, current_rows(product(), actor(), shape))
    return xlsx(
        pack([Sheet(shape.title, heads(shape), cells)]), f"{office().slug}-{shape.name}.xlsx"
    )


@blueprint.post("/admin/tables")
@signed_in
def keep_table() -> ResponseReturnValue:
    """Keep the table as it was typed; a refusal names every fault by row and keeps what was
    typed."""
    check_system(actor())
    shape = _shape()
    cells = _typed_cells(shape)
    try:
        changes = take_tables(product(), actor(), {shape.name: rows_of(shape, cells, file="")})
    except TenantRefused as refused:
        return _table(shape, _typed_rows(shape, cells), 422, refused.problems)
    except Refused as refused:
        return _table(shape, _typed_rows(shape, cells), 422, findings_told(refused))
    tell("success", _("已保存，共 %(count)s 处变化", count=len(changes)))
    return go(".edit_table", table=shape.name)


def _typed_cells(shape: TableShape) -> list[list[str]]:
    """The table as a sheet of cells, from what was posted column by column."""
    columns = {name: request.form.getlist(name) for name in shape.names}
    count = min((len(values) for values in columns.values()), default=0)
    head = list(shape.names)
    # a choice is never empty, so a row in which nothing else was typed is one nobody used
    free = [c.name for c in shape.columns if not c.shown and not c.choices]
    rows = [[columns[name][at].strip() for name in head] for at in range(count)]
    blank = [""] * len(head)
    return [head, *(row if any(row[head.index(n)] for n in free) else blank for row in rows)]


def _typed_rows(shape: TableShape, cells: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    rows = [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]
    return [row for row in rows if any(row.values())]


# ---------------------------------------------------------------- procedures


@blueprint.get("/admin/onboarding/procedures")
@signed_in
def choose_procedures() -> ResponseReturnValue:
    """选择事项: what the tenant offers, inherited or as a variant of its own."""
    check_system(actor())
    return _procedures()


def _procedures(status: int = 200, problems: Sequence[Problem] = ()) -> ResponseReturnValue:
    return page(
        "admin/choose_procedures.html",
        status,
        rows=offers(product(), actor()),
        typed=request.form,
        problems=faults_told(problems),
    )


@blueprint.post("/admin/onboarding/procedures")
@signed_in
def keep_procedures() -> ResponseReturnValue:
    """Offer what was chosen, with the drawings that came along; all or nothing."""
    form = request.form
    uploads = {
        given.filename: given.read() for given in request.files.getlist("files") if given.filename
    }
    drawn = [
        name.removesuffix(".bpmn")
        for name in uploads
        if name.endswith(".bpmn") and form.get("offer_uploads") == "1"
    ]
    chosen = dict.fromkeys([*form.getlist("procedure"), *drawn])
    choices = [
        Choice(ref, form.get(f"way-{ref}", "inherit"), form.get(f"number-{ref}", "").strip())
        for ref in chosen
    ]
    try:
        choose(product(), actor(), choices, uploads)
    except TenantRefused as refused:
        return _procedures(422, refused.problems)
    except Refused as refused:
        return _procedures(422, findings_told(refused))
    tell("success", _("已发布所选事项，共 %(count)s 项", count=len(choices)))
    return go(".show")
