"""审计日志: what administrators did, for the auditor to read; nobody writes in it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from engine.work_items.lists import PAGE
from webapp.http.frame import actor, page, pager, product, signed_in, words_of
from webapp.http.words import AUDITED, word
from webapp.usecases.auditing import read_audit

blueprint = Blueprint("auditing", __name__)


@blueprint.get("/admin/audit")
@signed_in
def show() -> ResponseReturnValue:
    """The log, latest first."""
    found = read_audit(product(), actor(), request.args.get("cursor") or None)
    rows = [
        {
            "seq": row.seq,
            "at": words_of(row.at),
            "at_iso": row.at.isoformat(),
            "by": row.actor_name or row.content.get("by", ""),
            "is_operator": row.actor is None,
            "act": word(AUDITED, row.act),
            "about": row.about,
            "lines": _lines(row.content),
        }
        for row in found.rows
    ]
    return page(
        "admin/audit.html",
        rows=rows,
        broken_at=found.broken_at,
        page=pager(found.following, len(rows), PAGE),
    )


def _lines(content: dict[str, Any]) -> list[str]:
    """What was written down with an act, a line each."""
    found = []
    for key, value in content.items():
        if isinstance(value, list):
            found += [str(one) for one in value]
        elif value not in ("", None) and key != "by":
            found.append(f"{key}: {value}")
    return found
