"""Score sheets of a case side by side, and printed as the official table (PDF, XLSX)."""

from __future__ import annotations

import io

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from webapp.http.cases import as_download
from webapp.http.frame import actor, page, product, signed_in, uuid_of, words_of
from webapp.usecases.score_sheets import printed_sheet, read_comparison, spreadsheet

blueprint = Blueprint("scores", __name__)


@blueprint.get("/cases/<case_id>/scores")
@signed_in
def compare(case_id: str) -> ResponseReturnValue:
    """Self-assessment, preliminary review, third party and spot check, item by item."""
    case, found = read_comparison(product(), actor(), uuid_of(case_id))
    sheets = [{**sheet, "when": words_of(sheet["at"])} for sheet in found.sheets]
    return page("scores/compare.html", case=case, found=found, sheets=sheets)


@blueprint.get("/cases/<case_id>/scores.xlsx")
@signed_in
def as_spreadsheet(case_id: str) -> Response:
    """The comparison as a spreadsheet."""
    name, content = spreadsheet(product(), actor(), uuid_of(case_id))
    return as_download(name, io.BytesIO(content))


@blueprint.get("/cases/<case_id>/scores/<record_id>.pdf")
@signed_in
def as_pdf(case_id: str, record_id: str) -> Response:
    """One score sheet printed as the official table."""
    found = printed_sheet(product(), actor(), uuid_of(case_id), uuid_of(record_id))
    if found is None:
        raise NotFound("没有此评分表", "there is no such score sheet")
    name, content = found
    return as_download(name, io.BytesIO(content))
